from functools import cache

import numpy as np

from grader.author import answer, choices, grid, matrix, value

minutes = 10
difficulty = 3
tags = ("kernels", "cnn")

# Two grids of four cells, each of five products.
params = grid(seed=range(72))

BANK = {  # square kernels, each named after its coefficients
    "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "box": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    "gauss": [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
    "diagonal": [[1, 0, 0], [0, 0, 0], [0, 0, -1]],
    "twins": [[1, 0, 0], [0, -2, 0], [0, 0, 1]],
    "spin": [[0, 1, 2], [-3, 0, -3], [2, 1, 0]],
    "sobel": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "shift": [[0, 0, 0], [0, 0, 1], [0, 0, 0]],
    "corner": [[2, 1, 0], [1, 1, 0], [0, 0, 0]],
}


@value
def image(seed):
    return drawn(seed)[0]


@value
def kernel(seed):
    return drawn(seed)[1]


@value
def turned(kernel):
    return kernel[::-1, ::-1]


@value
def offered(seed):
    """Six kernels of which two, three or four stay the same when turned, and no wrong idea finds them all."""
    return offered_for(seed)


@value
def bank():
    return BANK


@cache
def offered_for(seed):
    rng = np.random.default_rng([seed, 5])
    while True:
        names = tuple(str(name) for name in rng.permutation(list(BANK))[:6])
        right = alike(names, half_turn)
        wrong = {alike(names, same) for same in (transposition, mirror)} | {weightless(names), all_positive(names)}
        if 2 <= len(right) <= 4 and right not in wrong and () not in wrong and len(wrong) == 4:
            return names


def slide(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    return (windows * kernel).sum(axis=(2, 3)).tolist()


@cache
def drawn(seed):
    """Five coefficients; the eight ways to turn or mirror the kernel give different maps."""
    rng = np.random.default_rng(seed)
    while True:
        x = rng.integers(0, 6, size=(4, 4))
        k = np.zeros(9, dtype=int)
        k[rng.permutation(9)[:5]] = rng.choice([-2, -1, 1, 2], size=5)
        k = k.reshape(3, 3)
        ways = [turn for base in (k, k.T) for turn in (base, base[::-1], base[:, ::-1], base[::-1, ::-1])]
        maps = {repr(slide(x, way)) for way in ways} | {repr(np.transpose(slide(x, k)).tolist())}
        if len(maps) == 9 and (k < 0).any() and (k > 0).any():
            return x, k


def load(image, kernel, offered):
    """Products of two maps with a coefficient other than zero, and four pairs to compare in each kernel offered."""
    return 2 * np.size(slide(image, kernel)) * np.count_nonzero(kernel) + 4 * len(offered)


@answer(points=1, rule=matrix())
def layer_output(image, kernel):
    return slide(image, kernel)


@layer_output.misconception
def layer_flips(image, kernel):
    return slide(image, kernel[::-1, ::-1])


@layer_output.misconception
def layer_transposes(image, kernel):
    return slide(image, kernel.T)


@layer_output.misconception
def map_transposed(image, kernel):
    return np.transpose(slide(image, kernel)).tolist()


@answer(points=1, rule=matrix())
def convolution(image, kernel):
    return slide(image, kernel[::-1, ::-1])


@convolution.misconception
def not_flipped(image, kernel):
    return slide(image, kernel)


@convolution.misconception
def rows_only(image, kernel):
    return slide(image, kernel[::-1])


@convolution.misconception
def columns_only(image, kernel):
    return slide(image, kernel[:, ::-1])


@convolution.misconception
def transposed(image, kernel):
    return slide(image, kernel.T)


def half_turn(k):
    return k[::-1, ::-1]


def transposition(k):
    return k.T


def mirror(k):
    return k[::-1]


def alike(names, change):
    return tuple(sorted(name for name in names if np.array_equal(BANK[name], change(np.array(BANK[name])))))


def weightless(names):
    return tuple(sorted(name for name in names if np.sum(BANK[name]) == 0))


def all_positive(names):
    return tuple(sorted(name for name in names if np.min(BANK[name]) >= 0))


@answer(points=1, rule=choices("offered"))
def unrevealing(offered):
    return alike(offered, half_turn)


@unrevealing.misconception
def symmetric_matrix(offered):
    return alike(offered, transposition)


@unrevealing.misconception
def one_mirror(offered):
    return alike(offered, mirror)


@unrevealing.misconception
def sum_of_zero(offered):
    return weightless(offered)


@unrevealing.misconception
def no_negative(offered):
    return all_positive(offered)
