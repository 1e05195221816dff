from functools import cache

import numpy as np

from grader.author import answer, decimal, grid, value

minutes = 9
difficulty = 3
tags = ("basics", "evaluation", "figure")

params = grid(seed=range(80))

NAMES = ["A", "B", "C"]


@cache
def drawn(seed):
    """Counts of three unbalanced classes, rows being true classes, whose wrong readings all lead elsewhere."""
    rng = np.random.default_rng([seed, 9])
    while True:
        m = (rng.integers(1, 16, size=(3, 3)) + np.diag(rng.integers(2, 70, size=3))).tolist()
        found = precisions(m), recalls(m), scores(m), macros(m)
        if all(abs(wrong - right) > 0.012 for right, *wrongs in found for wrong in wrongs):
            return m


def column(m, k):
    return sum(row[k] for row in m)


def total(m):
    return sum(map(sum, m))


def accuracy(m):
    return sum(m[k][k] for k in range(3)) / total(m)


def precisions(m):
    """Right; recall, accuracy, false alarms, over everything."""
    right = m[0][0] / column(m, 0)
    return right, m[0][0] / sum(m[0]), accuracy(m), 1 - right, m[0][0] / total(m)


def recalls(m):
    """Right; precision, accuracy, missed, over everything."""
    right = m[0][0] / sum(m[0])
    return right, m[0][0] / column(m, 0), accuracy(m), 1 - right, m[0][0] / total(m)


def scores(m):
    """Right; arithmetic mean, factor 2 forgotten, product, right over all that is involved."""
    p, r = precisions(m)[0], recalls(m)[0]
    return 2 * p * r / (p + r), (p + r) / 2, p * r / (p + r), p * r, m[0][0] / (sum(m[0]) + column(m, 0) - m[0][0])


def macros(m):
    """Right; micro average, mean of the precisions, weighted the wrong way, the class A alone."""
    each = [m[k][k] / sum(m[k]) for k in range(3)]
    exact = [m[k][k] / column(m, k) for k in range(3)]
    called = sum(r * column(m, k) for k, r in enumerate(each)) / total(m)
    return sum(each) / 3, accuracy(m), sum(exact) / 3, called, each[0]


@value
def counts(seed):
    return drawn(seed)


@value
def names():
    return NAMES


@answer(points=1, rule=decimal(3))
def precision(counts):
    return precisions(counts)[0]


@precision.misconception
def recall_for_precision(counts):
    return precisions(counts)[1]


@precision.misconception
def accuracy_for_precision(counts):
    return precisions(counts)[2]


@precision.misconception
def false_alarms(counts):
    return precisions(counts)[3]


@precision.misconception
def over_everything(counts):
    return precisions(counts)[4]


@answer(points=1, rule=decimal(3))
def recall(counts):
    return recalls(counts)[0]


@recall.misconception
def precision_for_recall(counts):
    return recalls(counts)[1]


@recall.misconception
def accuracy_for_recall(counts):
    return recalls(counts)[2]


@recall.misconception
def missed(counts):
    return recalls(counts)[3]


@recall.misconception
def over_all_examples(counts):
    return recalls(counts)[4]


@answer(points=1, rule=decimal(3))
def f1(counts):
    return scores(counts)[0]


@f1.misconception
def arithmetic_mean(counts):
    return scores(counts)[1]


@f1.misconception
def two_forgotten(counts):
    return scores(counts)[2]


@f1.misconception
def product(counts):
    return scores(counts)[3]


@f1.misconception
def intersection_over_union(counts):
    return scores(counts)[4]


@answer(points=1, rule=decimal(3))
def macro_recall(counts):
    return macros(counts)[0]


@macro_recall.misconception
def micro_average(counts):
    return macros(counts)[1]


@macro_recall.misconception
def mean_precision(counts):
    return macros(counts)[2]


@macro_recall.misconception
def weighted_by_predictions(counts):
    return macros(counts)[3]


@macro_recall.misconception
def single_class(counts):
    return macros(counts)[4]
