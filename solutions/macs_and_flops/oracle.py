import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import torch
from keras import layers
from torch.utils.flop_counter import FlopCounterMode


@cache
def counted(side, d, m, k, s):
    """The products and sums that PyTorch counts for this convolution, given the output size that Keras announces."""
    out = layers.Conv2D(m, k, strides=s, padding="same").compute_output_shape((None, side, side, d))[1]
    layer = torch.nn.Conv2d(d, m, k, stride=s, padding=k // 2, device="meta")
    with FlopCounterMode(display=False) as counter:
        y = layer(torch.zeros(1, d, side, side, device="meta"))
    assert y.shape[-1] == out
    return counter.get_total_flops()


def macs(side, d, m, k, s):
    return counted(side, d, m, k, s) // 2


def flops(side, d, m, k, s):
    return counted(side, d, m, k, s)


def larger(side, d, m, k, s):
    return {1: "same", 2: "doubled", 4: "fourfold"}[counted(2 * side, d, m, k, s) // counted(side, d, m, k, s)]
