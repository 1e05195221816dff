from functools import cache

import numpy as np

from grader.author import answer, decimal, grid, value

minutes = 8
difficulty = 4
tags = ("diffusion", "sampling")

params = grid(beta=[0.1, 0.19, 0.2, 0.36], abar=[0.36, 0.4, 0.5, 0.64], seed=range(6))

CLOSE = decimal(atol=0.01)


@value
def noisy(beta, abar, seed):
    return drawn(beta, abar, seed)[0]


@value
def estimate(beta, abar, seed):
    return drawn(beta, abar, seed)[1]


@value
def z(beta, abar, seed):
    return drawn(beta, abar, seed)[2]


@value
def alpha(beta):
    return round(1 - beta, 2)


@value
def rest(abar):
    return round(1 - abar, 2)


@cache
def drawn(beta, abar, seed):
    rng = np.random.default_rng([seed, int(beta * 100), int(abar * 100)])
    x = int(rng.choice([-12, -9, -7, 7, 9, 12])) / 10
    e = int(rng.choice([-11, -8, -6, 6, 8, 11])) / 10
    return x, e, int(rng.choice([-15, -10, -8, 8, 10, 15])) / 10


@answer(points=1, rule=CLOSE)
def clean(noisy, estimate, abar):
    return (noisy - (1 - abar) ** 0.5 * estimate) / abar**0.5


@clean.misconception
def clean_without_roots(noisy, estimate, abar):
    return (noisy - (1 - abar) * estimate) / abar


@clean.misconception
def clean_undivided(noisy, estimate, abar):
    return noisy - (1 - abar) ** 0.5 * estimate


@clean.misconception
def clean_with_one_alpha(noisy, estimate, beta):
    return (noisy - beta**0.5 * estimate) / (1 - beta) ** 0.5


@clean.misconception
def clean_plus(noisy, estimate, abar):
    return (noisy + (1 - abar) ** 0.5 * estimate) / abar**0.5


@answer(points=1, rule=CLOSE)
def mean(noisy, estimate, beta, abar):
    return (noisy - beta / (1 - abar) ** 0.5 * estimate) / (1 - beta) ** 0.5


@mean.misconception
def mean_not_rescaled(noisy, estimate, beta, abar):
    return noisy - beta / (1 - abar) ** 0.5 * estimate


@mean.misconception
def all_noise_removed(noisy, estimate, beta, abar):
    return (noisy - (1 - abar) ** 0.5 * estimate) / (1 - beta) ** 0.5


@mean.misconception
def divided_by_abar(noisy, estimate, beta, abar):
    return (noisy - beta / (1 - abar) ** 0.5 * estimate) / abar**0.5


@mean.misconception
def mean_plus(noisy, estimate, beta, abar):
    return (noisy + beta / (1 - abar) ** 0.5 * estimate) / (1 - beta) ** 0.5


@answer(points=1, rule=CLOSE)
def previous(mean, beta, z):
    return mean + beta**0.5 * z


@previous.misconception
def variance_for_deviation(mean, beta, z):
    return mean + beta * z


@previous.misconception
def no_noise(mean):
    return mean


@previous.misconception
def noise_unscaled(mean, z):
    return mean + z


@previous.misconception
def noise_removed(mean, beta, z):
    return mean - beta**0.5 * z
