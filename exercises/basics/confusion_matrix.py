from functools import cache

import numpy as np

from grader.author import answer, decimal, grid, value

minutes = 6
difficulty = 2
tags = ("basics", "evaluation", "figure")

params = grid(seed=range(80))

NAMES = ["3", "5", "8"]


@cache
def drawn(seed):
    """Counts, rows being true classes of unequal sizes, whose wrong readings all lead elsewhere."""
    rng = np.random.default_rng([seed, len(NAMES)])
    while True:
        counts = rng.integers(1, 13, size=(3, 3)) + np.diag(rng.integers(15, 60, size=3))
        m = counts.tolist()
        if len({m[0][1], *confusions(m)}) < 6:
            continue
        if apart(accurate(m), rates(m)) and apart(recalled(m), shares(m)):
            return m


def apart(right, wrong):
    return all(abs(one - right) > 0.012 for one in wrong)


def column(m, k):
    return sum(row[k] for row in m)


def whole(m):
    return sum(map(sum, m))


def accurate(m):
    return sum(m[k][k] for k in range(3)) / whole(m)


def recalled(m):
    return m[0][0] / sum(m[0])


def rates(m):
    """Error rate, mean of the recalls, share of the largest class, right for wrong, right ones of one class."""
    right = accurate(m)
    return (
        1 - right,
        sum(m[k][k] / sum(m[k]) for k in range(3)) / 3,
        max(map(sum, m)) / whole(m),
        1 / (1 / right - 1),
        m[0][0] / whole(m),
    )


def confusions(m):
    """Transposed, both ways, the true ones, all wrongly called so, all of the row."""
    return m[1][0], m[0][1] + m[1][0], m[0][0], column(m, 1) - m[1][1], sum(m[0])


def shares(m):
    """Precision, share of the class, accuracy, missed ones, over the right ones."""
    return (
        m[0][0] / column(m, 0),
        sum(m[0]) / whole(m),
        accurate(m),
        1 - recalled(m),
        m[0][0] / sum(m[k][k] for k in range(3)),
    )


@value
def counts(seed):
    return drawn(seed)


@value
def names():
    return NAMES


@answer(points=1)
def mistaken(counts):
    return counts[0][1]


@mistaken.misconception
def read_across(counts):
    return confusions(counts)[0]


@mistaken.misconception
def both_ways(counts):
    return confusions(counts)[1]


@mistaken.misconception
def right_ones(counts):
    return confusions(counts)[2]


@mistaken.misconception
def every_wrong_call(counts):
    return confusions(counts)[3]


@mistaken.misconception
def whole_row(counts):
    return confusions(counts)[4]


@answer(points=1, rule=decimal(3))
def accuracy(counts):
    return accurate(counts)


@accuracy.misconception
def error_rate(counts):
    return rates(counts)[0]


@accuracy.misconception
def mean_of_recalls(counts):
    return rates(counts)[1]


@accuracy.misconception
def largest_class(counts):
    return rates(counts)[2]


@accuracy.misconception
def right_over_wrong(counts):
    return rates(counts)[3]


@accuracy.misconception
def one_class_only(counts):
    return rates(counts)[4]


@answer(points=1, rule=decimal(3))
def recognised(counts):
    return recalled(counts)


@recognised.misconception
def column_for_row(counts):
    return shares(counts)[0]


@recognised.misconception
def share_of_the_class(counts):
    return shares(counts)[1]


@recognised.misconception
def all_classes(counts):
    return shares(counts)[2]


@recognised.misconception
def missed_ones(counts):
    return shares(counts)[3]


@recognised.misconception
def over_the_diagonal(counts):
    return shares(counts)[4]
