from functools import cache

import numpy as np

from grader.author import answer, choice, grid, matrix, value

minutes = 6
difficulty = 2
tags = ("kernels", "pooling", "cnn")

# (height, width, window, stride): 36 cells to compare in each, and a window that would stick out of the border.
params = grid(
    layer=[(7, 7, 2, 2), (7, 6, 2, 2), (6, 7, 2, 2), (8, 8, 3, 3), (6, 6, 3, 2), (7, 8, 3, 3)], seed=range(14)
)


@value
def window(layer):
    return layer[2]


@value
def stride(layer):
    return layer[3]


@value
def image(layer, seed):
    return drawn(layer, seed)


@cache
def drawn(layer, seed):
    """Positive and negative numbers; one window at least is all negative."""
    rng = np.random.default_rng([seed, *layer])
    height, width, k, s = layer
    while True:
        x = rng.integers(-9, 10, size=(height, width))
        pooled = np.array(pool(x, k, s, np.max))
        if len({*pooled.flat}) > 2:
            low = np.unravel_index(pooled.argmin(), pooled.shape)
            x[low[0] * s : low[0] * s + k, low[1] * s : low[1] * s + k] -= max(
                pooled.min() + int(rng.integers(1, 4)), 0
            )
            return x


def pool(image, k, s, function, partial=False):
    height, width = image.shape
    last = (height, width) if partial else (height - k + 1, width - k + 1)
    rows = [[int(function(image[i : i + k, j : j + k])) for j in range(0, last[1], s)] for i in range(0, last[0], s)]
    return rows


def load(image, window, stride):
    """Comparisons: one fewer in a window than it has cells."""
    return sum(map(sum, pool(image, window, stride, lambda patch: patch.size - 1)))


@answer(points=2, rule=matrix())
def pooled(image, window, stride):
    return pool(image, window, stride, np.max)


@pooled.misconception
def minimum(image, window, stride):
    return pool(image, window, stride, np.min)


@pooled.misconception
def added_up(image, window, stride):
    return pool(image, window, stride, np.sum)


@pooled.misconception
def first_of_window(image, window, stride):
    return pool(image, window, stride, lambda patch: patch[0, 0])


@pooled.misconception
def largest_in_magnitude(image, window, stride):
    return pool(image, window, stride, lambda patch: np.abs(patch).max())


@pooled.misconception
def negatives_cut(image, window, stride):
    return pool(image, window, stride, lambda patch: max(0, patch.max()))


@pooled.misconception
def stride_of_one(image, window):
    return pool(image, window, 1, np.max)


@pooled.misconception
def window_sticks_out(image, window, stride):
    return pool(image, window, stride, np.max, partial=True)


@answer(points=1, rule=choice("none", "one", "weights", "channels"))
def learned():
    return "none"


@learned.misconception
def one_for_the_maximum():
    return "one"


@learned.misconception
def like_a_kernel():
    return "weights"


@learned.misconception
def one_each_channel():
    return "channels"
