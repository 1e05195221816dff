from functools import cache
from math import log, log2, log10

import numpy as np

from grader.author import answer, decimal, formula, grid, value

minutes = 8
difficulty = 2
tags = ("basics", "loss", "formula")

params = grid(n=[3, 4], seed=range(40))


@cache
def drawn(n, seed):
    """Labels of both kinds and probabilities whose wrong readings all lead elsewhere."""
    rng = np.random.default_rng([n, seed])
    while True:
        y = rng.integers(0, 2, size=n).tolist()
        p = (rng.choice(range(1, 20), size=n, replace=False) / 20).round(2).tolist()
        if not (0 < sum(y) < n and 0.2 < entropy(y, p) < 1.5):
            continue
        if all(abs(wrong - entropy(y, p)) > 0.08 for wrong in mistaken(y, p)):
            return y, p


def entropy(y, p, logarithm=log):
    given = [b if a else 1 - b for a, b in zip(y, p, strict=True)]
    return -sum(map(logarithm, given)) / len(y)


def mistaken(y, p):
    """Added up, decimal logarithm, binary logarithm, sign lost, negatives left out, labels swapped, errors averaged."""
    return (
        entropy(y, p) * len(y),
        entropy(y, p, log10),
        entropy(y, p, log2),
        -entropy(y, p),
        -sum(a * log(b) for a, b in zip(y, p, strict=True)) / len(y),
        entropy([1 - a for a in y], p),
        sum(abs(a - b) for a, b in zip(y, p, strict=True)) / len(y),
    )


@value
def labels(n, seed):
    return drawn(n, seed)[0]


@value
def predicted(n, seed):
    return drawn(n, seed)[1]


@value
def given(labels, predicted):
    return [p if y else round(1 - p, 2) for y, p in zip(labels, predicted, strict=True)]


@value
def negatives(n, labels):
    return n - sum(labels)


@answer(points=1, rule=decimal(2))
def loss(labels, predicted):
    return entropy(labels, predicted)


@loss.misconception
def added_up(labels, predicted):
    return mistaken(labels, predicted)[0]


@loss.misconception
def decimal_logarithm(labels, predicted):
    return mistaken(labels, predicted)[1]


@loss.misconception
def binary_logarithm(labels, predicted):
    return mistaken(labels, predicted)[2]


@loss.misconception
def sign_lost(labels, predicted):
    return mistaken(labels, predicted)[3]


@loss.misconception
def negatives_left_out(labels, predicted):
    return mistaken(labels, predicted)[4]


@loss.misconception
def labels_swapped(labels, predicted):
    return mistaken(labels, predicted)[5]


@loss.misconception
def errors_averaged(labels, predicted):
    return mistaken(labels, predicted)[6]


@answer(points=1, rule=formula(y=[0, 1], p=[k / 32 for k in range(1, 32)]))
def one_example():
    return "-(y*ln(p) + (1 - y)*ln(1 - p))"


@one_example.misconception
def minus_forgotten():
    return "y*ln(p) + (1 - y)*ln(1 - p)"


@one_example.misconception
def second_term_forgotten():
    return "-y*ln(p)"


@one_example.misconception
def terms_crossed():
    return "-(y*ln(1 - p) + (1 - y)*ln(p))"


@one_example.misconception
def terms_subtracted():
    return "-(y*ln(p) - (1 - y)*ln(1 - p))"


@one_example.misconception
def squared_error():
    return "(y - p)^2"
