from functools import cache
from math import exp

import numpy as np

from grader.author import answer, decimal, grid, matrix, value

minutes = 6
difficulty = 2
tags = ("basics", "softmax")

params = grid(seed=range(80))

CLASSES = 3


@cache
def drawn(seed):
    """Logits without ties, whose wrong readings all lead elsewhere."""
    rng = np.random.default_rng([seed, CLASSES])
    while True:
        z = rng.choice([-2, -1, 0, 1, 2, 3, 4, 5], size=CLASSES, replace=False).tolist()
        right = normalised([exp(x) for x in z])
        if sum(z) > 0 and min(right) > 0.02 and all(max(gaps(p, right)) > 0.03 for p in mistaken(z)):
            return z


def gaps(a, b):
    return [abs(x - y) for x, y in zip(a, b, strict=True)]


def normalised(x):
    return [one / sum(x) for one in x]


def mistaken(z):
    """Each through a sigmoid, shares of the logits, powers of 2, the opposite signs, the largest takes all, ranks."""
    return (
        [1 / (1 + exp(-x)) for x in z],
        normalised(z),
        normalised([2**x for x in z]),
        normalised([exp(-x) for x in z]),
        [float(x == max(z)) for x in z],
        normalised([x - min(z) for x in z]),
    )


@value
def logits(seed):
    return drawn(seed)


@value
def largest(logits):
    return max(logits)


@value
def added(logits):
    return sum(logits)


@value
def powers(logits):
    return [exp(x) for x in logits]


@answer(points=2, rule=matrix(decimal=decimal(atol=0.005)))
def probabilities(logits):
    return [normalised([exp(x) for x in logits])]


@probabilities.misconception
def sigmoids(logits):
    return [mistaken(logits)[0]]


@probabilities.misconception
def exponential_forgotten(logits):
    return [mistaken(logits)[1]]


@probabilities.misconception
def powers_of_two(logits):
    return [mistaken(logits)[2]]


@probabilities.misconception
def sign_reversed(logits):
    return [mistaken(logits)[3]]


@probabilities.misconception
def largest_takes_all(logits):
    return [mistaken(logits)[4]]


@probabilities.misconception
def shifted_shares(logits):
    return [mistaken(logits)[5]]
