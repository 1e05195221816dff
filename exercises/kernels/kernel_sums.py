from functools import cache

import numpy as np

from grader.author import answer, choice, grid, table, value

minutes = 6
difficulty = 2
tags = ("kernels", "cnn")

params = grid(grey=[10, 20, 40, 50, 60], bias=[-5, -2, 3, 4], seed=range(4))


@value
def kernel(grey, bias, seed):
    """Six coefficients that are not zero, of both signs, whose sum is neither 0 nor 1."""
    rng = np.random.default_rng([seed, grey, bias + 9])
    while True:
        k = np.zeros(9, dtype=int)
        k[rng.permutation(9)[:6]] = rng.choice([-3, -2, -1, 1, 2, 3], size=6)
        if k.sum() not in (-1, 0, 1) and (k < 0).any() and (k > 0).any() and k[4] not in (k.sum(), 0, 1):
            return k.reshape(3, 3)


@value
def total(kernel):
    return int(kernel.sum())


@value
def around(grey, bias, seed):
    """What the eight coefficients around the unknown centre add up to, and those coefficients."""
    return ring(grey, bias, seed)


@value
def around_total(around):
    return sum(around)


@value
def holed(around):
    cells = [str(c) for c in (*around[:4], "c", *around[4:])]
    rows = r" \\ ".join(" & ".join(cells[i : i + 3]) for i in (0, 3, 6))
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


@cache
def ring(grey, bias, seed):
    rng = np.random.default_rng([seed, grey, bias + 9, 1])
    while True:
        found = tuple(int(c) for c in rng.integers(-3, 4, size=8))
        if sum(found) not in (-1, 0, 1) and min(found) < 0 < max(found) and found.count(0) == 2:
            return found


@answer(points=1)
def response(grey, bias, total):
    return grey * total + bias


@response.misconception
def always_black(bias):
    return bias


@response.misconception
def always_kept(grey, bias):
    return grey + bias


@response.misconception
def bias_forgotten(grey, total):
    return grey * total


@response.misconception
def signs_dropped(grey, bias, kernel):
    return int(grey * abs(kernel).sum() + bias)


@response.misconception
def bias_multiplied(grey, bias, total):
    return (grey + bias) * total


@response.misconception
def centre_only(grey, bias, kernel):
    return int(grey * kernel[1, 1] + bias)


@answer(points=2, rule=table("edges", "brightness"))
def centre(around_total):
    return {"edges": -around_total, "brightness": 1 - around_total}


@centre.misconception
def roles_swapped(around_total):
    return {"edges": 1 - around_total, "brightness": -around_total}


@centre.misconception
def sign_forgotten(around_total):
    return {"edges": around_total, "brightness": around_total - 1}


@centre.misconception
def centre_alone():
    return {"edges": 0, "brightness": 1}


@centre.misconception
def one_below(around_total):
    return {"edges": -around_total, "brightness": -1 - around_total}


@answer(points=1, rule=choice("zero", "one", "nine", "positive"))
def divided():
    return "one"


@divided.misconception
def edges_for_averages():
    return "zero"


@divided.misconception
def count_for_sum():
    return "nine"


@divided.misconception
def signs_for_sum():
    return "positive"
