from functools import cache

import numpy as np

from grader.author import answer, decimal, grid, matrix, value

minutes = 12
difficulty = 3
tags = ("kernels", "cnn")

# Whatever the number of channels, each of the four cells is a sum of six products.
params = grid(channels=[2, 3], seed=range(40))

CELLS = matrix(decimal=decimal(2))


@value
def image(channels, seed):
    return drawn(channels, seed)[0]


@value
def kernel(channels, seed):
    return drawn(channels, seed)[1]


@value
def bias(channels, seed):
    return drawn(channels, seed)[2]


@value
def inputs(image):
    return r" \qquad ".join(f"X_{c + 1} = {latex(x)}" for c, x in enumerate(image))


@value
def weights(kernel):
    return r" \qquad ".join(f"K_{c + 1} = {latex(k)}" for c, k in enumerate(kernel))


@value
def partial_sums(image, kernel):
    return r" \qquad ".join(latex(slid) for slid in slide(image, kernel))


@value
def bias_sum(bias, channels):
    return bias * channels


@value
def first_cell(image, kernel):
    """The four products of each channel under the first window, added up."""
    return " + ".join(f"({slid[0, 0]})" for slid in slide(image, kernel))


def latex(rows):
    return r"\begin{pmatrix} " + r" \\ ".join(" & ".join(map(str, row)) for row in rows.tolist()) + r" \end{pmatrix}"


def slide(image, kernel):
    """One map for each channel, before they are added: (channels, 2, 2)."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (2, 2), axis=(1, 2))
    return (windows * kernel[:, None, None]).sum(axis=(3, 4))


@cache
def drawn(channels, seed):
    """Six coefficients that are not zero in all; the bias and ReLU each change the map, and not all of it."""
    rng = np.random.default_rng([seed, channels])
    while True:
        x = rng.integers(0, 6, size=(channels, 3, 3))
        k = np.zeros((channels, 4), dtype=int)
        for row in k:
            row[rng.permutation(4)[: 6 // channels]] = rng.choice([-2, -1, 1, 2], size=6 // channels)
        k = k.reshape(channels, 2, 2)
        b = int(rng.choice([-4, -3, -2, 2, 3, 4]))
        alone = slide(x, k)
        total = alone.sum(axis=0)
        crossed = ((total < 0) != (total + b < 0)).any()
        if 1 <= (total + b < 0).sum() <= 2 and (total + b > 0).any() and crossed and (alone < 0).any(axis=(1, 2)).any():
            return x, k, b


def load(image, kernel):
    """Products with a coefficient other than zero, and adding the bias to each cell."""
    cells = slide(image, kernel)[0].size
    return cells * (np.count_nonzero(kernel) + 1)


@answer(points=2, rule=CELLS)
def before_relu(image, kernel, bias):
    return (slide(image, kernel).sum(axis=0) + bias).tolist()


@before_relu.misconception
def channels_averaged(image, kernel, bias):
    return (slide(image, kernel).mean(axis=0) + bias).round(2).tolist()


@before_relu.misconception
def bias_per_channel(image, kernel, bias, channels):
    return (slide(image, kernel).sum(axis=0) + bias * channels).tolist()


@before_relu.misconception
def bias_forgotten(image, kernel):
    return slide(image, kernel).sum(axis=0).tolist()


@before_relu.misconception
def kernel_flipped(image, kernel, bias):
    return (slide(image, kernel[:, ::-1, ::-1]).sum(axis=0) + bias).tolist()


@before_relu.misconception
def first_channel_only(image, kernel, bias):
    return (slide(image, kernel)[0] + bias).tolist()


@before_relu.misconception
def first_kernel_everywhere(image, kernel, bias):
    return (slide(image, kernel[[0] * len(kernel)]).sum(axis=0) + bias).tolist()


@answer(points=1, rule=CELLS)
def after_relu(before_relu):
    return np.maximum(before_relu, 0).tolist()


@after_relu.misconception
def bias_after_relu(image, kernel, bias):
    return (np.maximum(slide(image, kernel).sum(axis=0), 0) + bias).tolist()


@after_relu.misconception
def relu_in_each_channel(image, kernel, bias):
    return np.maximum(np.maximum(slide(image, kernel), 0).sum(axis=0) + bias, 0).tolist()


@after_relu.misconception
def absolute_value(before_relu):
    return np.abs(before_relu).tolist()


@after_relu.misconception
def relu_skipped(before_relu):
    return before_relu


@after_relu.misconception
def ones_for_positive(before_relu):
    return (np.array(before_relu) > 0).astype(int).tolist()
