import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

from keras import layers


@cache
def built(kind, k, d, m, use_bias=True):
    layer = getattr(layers, kind)(m, k, use_bias=use_bias)
    layer.build((None, 16, 16, d))
    return layer.count_params()


def separable(k, d, m):
    return built("SeparableConv2D", k, d, m)


def standard(k, d, m):
    return built("Conv2D", k, d, m)


def ratio(k, d, m):
    return built("Conv2D", k, d, m, False) / built("SeparableConv2D", k, d, m, False)


def limit(k, d):
    """With a great many filters the ratio of the layers comes close to one of the sizes."""
    found = built("Conv2D", k, d, 9973, False) / built("SeparableConv2D", k, d, 9973, False)
    sizes = {"kernel": k * k, "filters": 9973, "depth": k * k * d, "area": 16 * 16}
    return min(sizes, key=lambda name: abs(sizes[name] - found))
