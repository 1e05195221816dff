from functools import cache

import numpy as np

from grader.author import answer, grid, matrix, value

minutes = 6
difficulty = 4
tags = ("kernels", "cnn")

# A single pixel is lit: nine cells of the output say it all, whatever the numbers.
params = grid(gain=[2, 3, 4], bias=[-3, -1, 2, 4], seed=range(8))


@value
def lit(seed):
    """Row and column, counted from 0: never in the middle, so that the answer has to be placed."""
    return ((1, 1), (1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2), (3, 3))[seed % 8]


@value
def image(gain, lit):
    x = np.zeros((5, 5), dtype=int)
    x[lit] = gain
    return x


@value
def output(gain, bias, seed, image):
    padded = np.pad(image, 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    return (windows * hidden(gain, bias, seed)).sum(axis=(2, 3)) + bias


@value
def patch(output, lit):
    """The nine cells of the output that the lit pixel reaches."""
    i, j = lit
    return output[i - 1 : i + 2, j - 1 : j + 2]


@cache
def hidden(gain, bias, seed):
    """Nine coefficients that no turn or mirror leaves in place."""
    rng = np.random.default_rng([seed, gain, bias + 10])
    while True:
        k = rng.integers(-4, 5, size=(3, 3))
        ways = [turn for base in (k, k.T) for turn in (base, base[::-1], base[:, ::-1], base[::-1, ::-1])]
        if len({way.tobytes() for way in ways}) == 8 and 0 < (k == 0).sum() < 3:
            return k


@answer(points=3, rule=matrix())
def kernel(gain, bias, seed):
    return hidden(gain, bias, seed).tolist()


@kernel.misconception
def read_as_it_stands(patch, gain, bias):
    return ((patch - bias) // gain).tolist()


@kernel.misconception
def mirrored_once(patch, gain, bias):
    return ((patch - bias) // gain)[::-1].tolist()


@kernel.misconception
def mirrored_sideways(patch, gain, bias):
    return ((patch - bias) // gain)[:, ::-1].tolist()


@kernel.misconception
def turned_transposed(patch, gain, bias):
    return ((patch - bias) // gain)[::-1, ::-1].T.tolist()


@kernel.misconception
def only_turned(patch):
    return patch[::-1, ::-1].tolist()


@kernel.misconception
def nothing_undone(patch):
    return patch.tolist()
