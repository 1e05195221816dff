import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import torch
from keras import layers


def count(*modules):
    return sum(p.numel() for module in modules for p in module.parameters())


def conv(d, m, k):
    return torch.nn.Conv2d(d, m, k, padding="same", device="meta")


def pointwise(d, narrow):
    return count(conv(d, narrow, 1))


def bottleneck(d, narrow):
    return count(conv(d, narrow, 1), conv(narrow, d, 3))


@cache
def head(kind, side, d, classes):
    shape = getattr(layers, kind)().compute_output_shape((None, side, side, d))
    dense = layers.Dense(classes)
    dense.build(shape)
    return dense.count_params()


def flat_head(side, d, classes):
    return head("Flatten", side, d, classes)


def gap_head(side, d, classes):
    return head("GlobalAveragePooling2D", side, d, classes)
