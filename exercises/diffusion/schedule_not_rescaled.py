from functools import cache

import numpy as np

from grader.author import answer, choice, decimal, grid, value

minutes = 6
difficulty = 3
tags = ("diffusion", "schedule")

params = grid(T=[60, 80, 100, 120, 150, 160, 200, 250], first=[0.0001, 0.0002], last=[0.015, 0.018, 0.02, 0.024])

REFERENCE = 1000


@value
def factor(T):
    return REFERENCE / T


@cache
def product(T, first, last):
    return float(np.prod(1 - np.linspace(first, last, T)))


@answer(points=2, rule=decimal(atol=0.01))
def left(T, first, last):
    return product(T, first, last)


@left.misconception
def betas_added(T, first, last):
    return 1 - T * (first + last) / 2


@left.misconception
def last_step_only(last):
    return 1 - last


@left.misconception
def last_beta_everywhere(T, last):
    return (1 - last) ** T


@left.misconception
def of_a_thousand_steps(first, last):
    return product(REFERENCE, first, last)


@left.misconception
def root_taken(T, first, last):
    return product(T, first, last) ** 0.5


@answer(points=1, rule=decimal(rtol=0.01))
def rescaled(T, last):
    return last * REFERENCE / T


@rescaled.misconception
def divided(T, last):
    return last * T / REFERENCE


@rescaled.misconception
def unchanged(last):
    return last


@rescaled.misconception
def root_of_factor(T, last):
    return last * (REFERENCE / T) ** 0.5


@rescaled.misconception
def factor_squared(T, last):
    return last * (REFERENCE / T) ** 2


@answer(points=1, rule=choice("mismatch", "faster", "darker", "untrainable"))
def consequence():
    return "mismatch"


@consequence.misconception
def fewer_steps_only():
    return "faster"


@consequence.misconception
def brightness():
    return "darker"


@consequence.misconception
def training_blamed():
    return "untrainable"
