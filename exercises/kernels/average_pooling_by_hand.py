from functools import cache

import numpy as np

from grader.author import answer, choice, decimal, grid, matrix, value

minutes = 10
difficulty = 3
tags = ("kernels", "pooling", "cnn", "frameworks")

# Two maps of six cells each, four corners of four numbers and two edges of six.
params = grid(size=[(3, 5), (5, 3)], seed=range(36))

CELLS = matrix(decimal=decimal(2))
SIDE, STRIDE, PADDING = 3, 2, 1


@value
def image(size, seed):
    return drawn(size, seed)


@value
def corner_sum(image):
    return int(image[:2, :2].sum())


@cache
def drawn(size, seed):
    """No average of a window is its maximum, and corners hold more than nothing."""
    rng = np.random.default_rng([seed, *size])
    while True:
        x = rng.integers(0, 10, size=size)
        if all(patch.sum() >= 9 and len({*patch.flat}) > 2 for row in patches(x) for patch in row):
            return x


def patches(image, padding=PADDING, stride=STRIDE):
    """The cells of the image, without the zeros around it, under each window."""
    height, width = image.shape

    def cut(n):
        return [slice(max(i, 0), i + SIDE) for i in range(-padding, n + padding - SIDE + 1, stride)]

    return [[image[rows, columns] for columns in cut(width)] for rows in cut(height)]


def averaged(image, function, **geometry):
    return [[round(float(function(patch)), 4) for patch in row] for row in patches(image, **geometry)]


def over_window(patch):
    return patch.sum() / SIDE**2


def load(image):
    """Additions, once for both maps, and two divisions for each window."""
    return sum(patch.size - 1 + 2 for row in patches(image) for patch in row)


@answer(points=2, rule=CELLS)
def pytorch(image):
    return averaged(image, over_window)


@pytorch.misconception
def zeros_left_out(image):
    return averaged(image, np.mean)


@pytorch.misconception
def not_divided(image):
    return averaged(image, np.sum)


@pytorch.misconception
def maximum(image):
    return averaged(image, np.max)


@pytorch.misconception
def no_padding(image):
    return averaged(image, over_window, padding=0)


@pytorch.misconception
def stride_of_one(image):
    return averaged(image, over_window, stride=1)


@answer(points=2, rule=CELLS)
def keras(image):
    return averaged(image, np.mean)


@keras.misconception
def zeros_counted(image):
    return averaged(image, over_window)


@keras.misconception
def sum_kept(image):
    return averaged(image, np.sum)


@keras.misconception
def maximum_kept(image):
    return averaged(image, np.max)


@keras.misconception
def valid_for_same(image):
    return averaged(image, np.mean, padding=0)


@keras.misconception
def every_position(image):
    return averaged(image, np.mean, stride=1)


@answer(points=1, rule=choice("count_include_pad", "ceil_mode", "larger_stride", "no_stride"))
def option():
    return "count_include_pad"


@option.misconception
def sizes_for_values():
    return "ceil_mode"


@option.misconception
def fewer_windows():
    return "larger_stride"


@option.misconception
def other_default():
    return "no_stride"
