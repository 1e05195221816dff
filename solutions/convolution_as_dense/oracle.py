import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import torch
from keras import layers


def conv(d, m, k):
    return torch.nn.Conv2d(d, m, k, bias=False, dtype=torch.float64)


def convolution(side, d, k, m):
    layer = layers.Conv2D(m, k)
    layer.build((None, side, side, d))
    return layer.count_params()


def dense(side, d, k, m):
    x = torch.zeros(1, d, side, side, device="meta")
    y = torch.nn.Conv2d(d, m, k, device="meta")(x)
    layer = torch.nn.Linear(x.numel(), y.numel(), device="meta")
    return sum(p.numel() for p in layer.parameters())


def nonzero(side, d, k, m):
    """The dense matrix gives each output its window: with weights of 1, an output counts its own inputs."""
    layer = conv(d, m, k)
    torch.nn.init.ones_(layer.weight)
    with torch.no_grad():
        return int(layer(torch.ones(1, d, side, side, dtype=torch.float64)).sum())


def shifted(side, d, k, m):
    layer, moved = conv(d, m, k), {}
    x = torch.zeros(1, d, side, side, dtype=torch.float64)
    x[..., side // 2, side // 2] = 1
    with torch.no_grad():
        before, after = layer(x), layer(x.roll(1, dims=-1))
    moved["output_moves"] = torch.allclose(before.roll(1, dims=-1), after)
    moved["output_same"] = torch.allclose(before, after)
    moved["output_vanishes"] = bool((after == 0).all())
    return next((name for name, holds in moved.items() if holds), "output_scrambled")
