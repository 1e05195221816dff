from functools import cache

import numpy as np

from grader.author import answer, decimal, grid, table, value

minutes = 5
difficulty = 2
tags = ("diffusion", "noising")

params = grid(abar=[0.16, 0.19, 0.25, 0.36, 0.51, 0.64, 0.75, 0.84], seed=range(10))

NAMES = ("first", "second", "third")
CLOSE = decimal(atol=0.005)


@value
def pixels(abar, seed):
    return drawn(abar, seed)[0]


@value
def noise(abar, seed):
    return drawn(abar, seed)[1]


@value
def signal(abar):
    return abar**0.5


@value
def rest(abar):
    return 1 - abar


@value
def spread(abar):
    return (1 - abar) ** 0.5


def mixed(pixels, noise, a, b):
    return [a * x + b * e for x, e in zip(pixels, noise, strict=True)]


@cache
def drawn(abar, seed):
    """Three pixels between −1 and 1 and their noise, such that no wrong idea comes near the right values."""
    rng = np.random.default_rng([seed, int(abar * 100)])
    while True:
        x = [float(n) / 10 for n in rng.choice([-9, -8, -7, -6, -5, -4, 4, 5, 6, 7, 8, 9], size=3)]
        e = [float(n) / 10 for n in rng.choice([-18, -15, -12, -9, -6, 6, 9, 12, 15, 18], size=3)]
        a, b = abar**0.5, (1 - abar) ** 0.5
        right = mixed(x, e, a, b)
        weights = [(abar, 1 - abar), (b, a), (a, -b), (a, 1 - abar), (abar, b), (1, b), (a, 1 - a)]
        gaps = [abs(r - w) for way in weights for r, w in zip(right, mixed(x, e, *way), strict=True)]
        if min(gaps) > 0.025 and len({*x}) == 3:
            return tuple(x), tuple(e)


def named(values):
    return {name: round(value, 6) for name, value in zip(NAMES, values, strict=True)}


@answer(points=2, rule=table(*NAMES, decimal=CLOSE))
def noisy(pixels, noise, abar):
    return named(mixed(pixels, noise, abar**0.5, (1 - abar) ** 0.5))


@noisy.misconception
def no_square_roots(pixels, noise, abar):
    return named(mixed(pixels, noise, abar, 1 - abar))


@noisy.misconception
def weights_swapped(pixels, noise, abar):
    return named(mixed(pixels, noise, (1 - abar) ** 0.5, abar**0.5))


@noisy.misconception
def noise_subtracted(pixels, noise, abar):
    return named(mixed(pixels, noise, abar**0.5, -((1 - abar) ** 0.5)))


@noisy.misconception
def root_on_signal_only(pixels, noise, abar):
    return named(mixed(pixels, noise, abar**0.5, 1 - abar))


@noisy.misconception
def root_on_noise_only(pixels, noise, abar):
    return named(mixed(pixels, noise, abar, (1 - abar) ** 0.5))


@noisy.misconception
def image_not_scaled(pixels, noise, abar):
    return named(mixed(pixels, noise, 1, (1 - abar) ** 0.5))


@noisy.misconception
def weights_add_to_one(pixels, noise, abar):
    return named(mixed(pixels, noise, abar**0.5, 1 - abar**0.5))
