from functools import cache

import numpy as np

from grader.author import answer, grid, value

minutes = 3
difficulty = 2
tags = ("kernels", "cnn", "figure")

params = grid(stride=[1, 2], padding=[0, 1], seed=range(30))


@value
def image(stride, padding, seed):
    return drawn(stride, padding, seed)[0]


@value
def kernel(stride, padding, seed):
    return drawn(stride, padding, seed)[1]


@value
def at(stride, padding, seed):
    return drawn(stride, padding, seed)[2]


@value
def row(at):
    return at[0] + 1


@value
def column(at):
    return at[1] + 1


@value
def products(image, kernel, stride, padding, at):
    """The sum written out, zeros of the kernel left out."""
    window = under(image, stride, padding, at)
    written = [f"{x} \\times {k if k > 0 else f'({k})'}" for x, k in zip(window.flat, kernel.flat, strict=True) if k]
    return " + ".join(written)


def under(image, stride, padding, at):
    padded = np.pad(image, padding)
    i, j = at[0] * stride, at[1] * stride
    return padded[i : i + 3, j : j + 3]


def terms(image, kernel, stride, padding, at):
    """Products of a pixel and a coefficient other than zero: those over the padding are not worked out."""
    return summed(np.ones_like(image), kernel != 0, stride, padding, at)


def summed(image, kernel, stride, padding, at):
    return int((under(image, stride, padding, at) * kernel).sum())


@cache
def drawn(stride, padding, seed):
    """Off the diagonal, away from the first row; five coefficients of both signs, one at most over the padding."""
    rng = np.random.default_rng([seed, stride, padding])
    sides = {(1, 0): (5, 6), (1, 1): (4, 5), (2, 0): (7, 7), (2, 1): (5, 6)}[stride, padding]
    out = [(n + 2 * padding - 3) // stride + 1 for n in sides]
    while True:
        x = rng.integers(0, 8, size=sides)
        k = np.zeros(9, dtype=int)
        k[rng.permutation(9)[:5]] = rng.permutation([-2, -1, 1, 2, 3])
        k = k.reshape(3, 3)
        at = int(rng.integers(1, out[0])), int(rng.integers(0, out[1]))
        if at[0] == at[1] or at[1] >= out[0] or terms(x, k, stride, padding, at) < 4:
            continue
        led_to = [
            idea(x, k, stride, padding, at) for idea in (summed, turned, elsewhere, swapped, unsigned, multiplied)
        ]
        if len(set(led_to)) == len(led_to):
            return x, k, at


def turned(image, kernel, stride, padding, at):
    return summed(image, kernel[::-1, ::-1], stride, padding, at)


def elsewhere(image, kernel, stride, padding, at):
    """One window too high: rows counted from the second."""
    return summed(image, kernel, stride, padding, (at[0] - 1, at[1]))


def swapped(image, kernel, stride, padding, at):
    return summed(image, kernel, stride, padding, at[::-1])


def unsigned(image, kernel, stride, padding, at):
    return summed(image, abs(kernel), stride, padding, at)


def multiplied(image, kernel, stride, padding, at):
    return int((under(image, stride, padding, at) @ kernel).sum())


def load(image, kernel, stride, padding, at):
    return terms(image, kernel, stride, padding, at)


@answer(points=1)
def cell(image, kernel, stride, padding, at):
    return summed(image, kernel, stride, padding, at)


@cell.misconception
def kernel_flipped(image, kernel, stride, padding, at):
    return turned(image, kernel, stride, padding, at)


@cell.misconception
def window_too_high(image, kernel, stride, padding, at):
    return elsewhere(image, kernel, stride, padding, at)


@cell.misconception
def rows_for_columns(image, kernel, stride, padding, at):
    return swapped(image, kernel, stride, padding, at)


@cell.misconception
def signs_dropped(image, kernel, stride, padding, at):
    return unsigned(image, kernel, stride, padding, at)


@cell.misconception
def matrix_product(image, kernel, stride, padding, at):
    return multiplied(image, kernel, stride, padding, at)
