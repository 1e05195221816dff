from math import prod

import numpy as np

from grader.author import answer, grid, value

minutes = 6
difficulty = 4
tags = ("geometry", "cnn", "shapes", "inverse", "keras")

# A layer is (kernel or window, stride); a convolution also has filters.
NETS = {
    "model_02": [(3, 1, 32), (2, 2), (3, 1, 64), (2, 2), (3, 1, 128), (2, 2), (3, 1, 256), (2, 2)],
}

params = grid(lambda net, seed: net == "drawn" or seed == 0, net=[*NETS, "drawn"], seed=range(80))


@value
def layers(net, seed):
    return NETS[net] if net in NETS else drawn(seed)


def drawn(seed):
    """Six layers, the last one a pooling: three convolutions and three poolings, or four and two."""
    rng = np.random.default_rng([seed, 7])
    convolutions = [
        (int(k), int(s), f)
        for k, s, f in zip(rng.choice([3, 4, 5], 4), rng.permutation([1, 1, 1, 2]), (16, 32, 64, 128), strict=True)
    ]
    pools = [(int(w), int(w)) for w in rng.permutation([2, 2, 3])]
    first, second, third, fourth = convolutions
    if seed % 2:
        return [first, pools[0], second, pools[1], third, pools[2]]
    return [first, second, pools[0], third, fourth, pools[1]]


@value
def drawing(layers):
    return [box(layer) for layer in layers]


def box(layer):
    size, stride, *filters = layer
    if filters:
        return "Conv2D", f"{filters[0]}, {size} × {size}" + (f", S = {stride}" if stride > 1 else ""), None
    return "MaxPooling2D", f"{size} × {size}", None


def before(size, layers):
    """The least side of the input for which the output has this side."""
    for kernel, stride, *_ in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


def load(layers):
    """From one output to the input, twice: a product for a pooling; a kernel is added and 1 taken off, after a stride."""
    return 2 * sum(1 if len(layer) == 2 else 2 + (layer[1] > 1) for layer in layers)


@answer(points=2)
def least(layers):
    return before(1, layers)


@least.misconception
def poolings_only(layers):
    return prod(layer[0] for layer in layers if len(layer) == 2)


@least.misconception
def strides_only(layers):
    return prod(layer[1] for layer in layers)


@least.misconception
def whole_kernel_taken_off(layers):
    side = 1
    for kernel, stride, *filters in reversed(layers):
        side = side * stride + kernel if filters else side * kernel
    return side


@least.misconception
def wrong_way_round(layers):
    return before(1, layers[::-1])


@least.misconception
def last_pooling_skipped(layers):
    return before(1, layers[:-1])


@answer(points=1)
def for_two(layers):
    return before(2, layers)


@for_two.misconception
def one_more_pixel(least):
    return least + 1


@for_two.misconception
def twice_as_large(least):
    return 2 * least


@for_two.misconception
def last_pooling_alone(least, layers):
    return least + layers[-1][1]


@for_two.misconception
def two_the_wrong_way(layers):
    return before(2, layers[::-1])
