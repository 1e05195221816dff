from functools import cache
from math import exp, log, log2, log10

import numpy as np

from grader.author import answer, decimal, grid, value

minutes = 8
difficulty = 2
tags = ("basics", "loss", "softmax")

params = grid(classes=[10, 26, 43, 100, 1000], reached=[0.3, 0.4, 0.7, 0.8, 1.2, 1.6], seed=range(3))

SHOWN = 3  # classes of the two examples computed by hand


@cache
def drawn(classes, reached, seed):
    """Two true classes, and the two rows of probabilities: wrong readings all lead elsewhere."""
    rng = np.random.default_rng([classes, int(10 * reached), seed])
    while True:
        truth = rng.permutation(SHOWN)[:2].tolist()
        rows = []
        for _ in truth:
            a, b = sorted(rng.choice(range(1, 20), size=2, replace=False).tolist())
            rows.append([round(x / 20, 2) for x in (a, b - a, 20 - b)])
        right = entropy(truth, rows)
        if 0.25 < right < 1.6 and all(abs(wrong - right) > 0.08 for wrong in mistaken(truth, rows)):
            return truth, rows


def entropy(truth, rows, logarithm=log):
    return -sum(logarithm(row[k]) for k, row in zip(truth, rows, strict=True)) / len(rows)


def mistaken(truth, rows):
    """Added up, decimal logarithm, binary logarithm, every class, logarithm of the mean, columns for rows, 1 − p."""
    chosen = [row[k] for k, row in zip(truth, rows, strict=True)]
    return (
        entropy(truth, rows) * len(rows),
        entropy(truth, rows, log10),
        entropy(truth, rows, log2),
        -sum(log(p) for row in rows for p in row) / len(rows),
        -log(sum(chosen) / len(chosen)),
        1 - sum(chosen) / len(chosen),
    )


@value
def truth(classes, reached, seed):
    return drawn(classes, reached, seed)[0]


@value
def predicted(classes, reached, seed):
    return drawn(classes, reached, seed)[1]


@value
def one_hot(truth):
    return [[int(k == t) for k in range(SHOWN)] for t in truth]


@answer(points=1, rule=decimal(2))
def loss(truth, predicted):
    return entropy(truth, predicted)


@loss.misconception
def added_up(truth, predicted):
    return mistaken(truth, predicted)[0]


@loss.misconception
def decimal_logarithm(truth, predicted):
    return mistaken(truth, predicted)[1]


@loss.misconception
def binary_logarithm(truth, predicted):
    return mistaken(truth, predicted)[2]


@loss.misconception
def every_class(truth, predicted):
    return mistaken(truth, predicted)[3]


@loss.misconception
def logarithm_of_mean(truth, predicted):
    return mistaken(truth, predicted)[4]


@loss.misconception
def no_logarithm(truth, predicted):
    return mistaken(truth, predicted)[5]


@answer(points=1, rule=decimal(2))
def untrained(classes):
    return log(classes)


@untrained.misconception
def log_base_ten(classes):
    return log10(classes)


@untrained.misconception
def log_base_two(classes):
    return log2(classes)


@untrained.misconception
def probability_given(classes):
    return 1 / classes


@untrained.misconception
def error_rate_given(classes):
    return 1 - 1 / classes


@untrained.misconception
def all_classes_added(classes):
    return classes * log(classes)


@answer(points=1, rule=decimal(3))
def typical(reached):
    return exp(-reached)


@typical.misconception
def complement(reached):
    return 1 - reached


@typical.misconception
def sign_forgotten(reached):
    return exp(reached)


@typical.misconception
def power_of_ten(reached):
    return 10**-reached


@typical.misconception
def power_of_two(reached):
    return 2**-reached


@typical.misconception
def inverse(reached):
    return 1 / (1 + reached)
