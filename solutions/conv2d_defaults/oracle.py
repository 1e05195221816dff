import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import torch
from keras import layers


@cache
def built(f, k, shape, **options):
    layer = layers.Conv2D(f, k, **options)
    return layer, tuple(layer.compute_output_shape((1, *shape))[1:])


def keras_shape(h, w, c, f, k):
    return built(f, k, (h, w, c))[1]


def torch_shape(h, w, c, f, k):
    return tuple(torch.nn.Conv2d(c, f, k, device="meta")(torch.empty(1, c, h, w, device="meta")).shape[1:])


def parameters(c, f, k):
    return sum(p.numel() for p in torch.nn.Conv2d(c, f, k, device="meta").parameters())


@cache
def unchanged(f, k):
    """The arguments whose configuration is that of the plain layer."""
    tried = {
        "stride": {"strides": 1},
        "valid": {"padding": "valid"},
        "linear": {"activation": None},
        "bias": {"use_bias": True},
        "same": {"padding": "same"},
        "relu": {"activation": "relu"},
        "pool": {"strides": k},
        "no_bias": {"use_bias": False},
    }

    def told(**options):
        return {**layers.Conv2D(f, k, **options).get_config(), "name": ""}

    return tuple(name for name, options in tried.items() if told(**options) == told())
