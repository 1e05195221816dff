from functools import cache

import numpy as np

from grader.author import answer, decimal, grid, value

minutes = 5
difficulty = 2
tags = ("basics", "evaluation")

params = grid(k=[2, 3], seed=range(40))

EXAMPLES, CLASSES = 5, 5


@cache
def drawn(k, seed):
    """Probabilities in percent, a row for each example, without ties; and the true classes."""
    rng = np.random.default_rng([k, seed])
    while True:
        rows = [rng.permutation([3, 8, 14, 25, 50] if x < 0.5 else [6, 11, 20, 28, 35]) for x in rng.random(EXAMPLES)]
        rows = np.array(rows).tolist()
        truth = rng.integers(0, CLASSES, size=EXAMPLES).tolist()
        places = ranks(rows, truth)
        found = [sum(p <= k for p in places), *wrong_counts(rows, truth, k)]
        if len(set(found)) < 4 or found[0] in found[1:]:
            continue
        if 1 <= sum(p == 1 for p in places) < found[0] < EXAMPLES:
            return rows, truth


def ranks(rows, truth):
    """The place of the true class in each row, the most likely being the first."""
    return [sum(p >= row[t] for p in row) for row, t in zip(rows, truth, strict=True)]


def wrong_counts(rows, truth, k):
    """Only the first; only the k-th; outside the first k; one more; the k least likely."""
    places = ranks(rows, truth)
    return (
        sum(p == 1 for p in places),
        sum(p == k for p in places),
        sum(p > k for p in places),
        sum(p <= k + 1 for p in places),
        sum(p > CLASSES - k for p in places),
    )


@value
def percents(k, seed):
    return drawn(k, seed)[0]


@value
def truth(k, seed):
    return drawn(k, seed)[1]


@value
def places(percents, truth):
    return ranks(percents, truth)


@answer(points=1, rule=decimal(2))
def top_k(percents, truth, k):
    return sum(p <= k for p in ranks(percents, truth)) / EXAMPLES


@top_k.misconception
def first_only(percents, truth, k):
    return wrong_counts(percents, truth, k)[0] / EXAMPLES


@top_k.misconception
def exactly_kth(percents, truth, k):
    return wrong_counts(percents, truth, k)[1] / EXAMPLES


@top_k.misconception
def error_rate(percents, truth, k):
    return wrong_counts(percents, truth, k)[2] / EXAMPLES


@top_k.misconception
def one_too_many(percents, truth, k):
    return wrong_counts(percents, truth, k)[3] / EXAMPLES


@top_k.misconception
def least_likely(percents, truth, k):
    return wrong_counts(percents, truth, k)[4] / EXAMPLES


@top_k.misconception
def divided_by_k(percents, truth, k):
    return sum(p <= k for p in ranks(percents, truth)) / EXAMPLES / k
