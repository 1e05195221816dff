from functools import cache

import numpy as np

from grader.author import answer, decimal, grid, value

minutes = 5
difficulty = 1
tags = ("basics", "loss")

params = grid(n=[4, 5], seed=range(40))


@cache
def drawn(n, seed):
    """True values and predictions, errors of both signs, whose wrong readings all lead elsewhere."""
    rng = np.random.default_rng([n, seed])
    while True:
        true = rng.integers(1, 13, size=n).tolist()
        errors = rng.choice([-4, -3, -2, -1, 0, 1, 2, 3, 4], size=n, replace=False).tolist()
        right = mean([e * e for e in errors]), mean(map(abs, errors))
        wrong = squares(errors), distances(errors)
        if sum(errors) and all(abs(w - r) > 0.09 for r, ws in zip(right, wrong, strict=True) for w in ws):
            return true, [t + e for t, e in zip(true, errors, strict=True)]


def mean(x):
    listed = list(x)
    return sum(listed) / len(listed)


def squares(errors):
    """Added up, square root, half, absolute values, square of the mean."""
    right = mean([e * e for e in errors])
    return right * len(errors), right**0.5, right / 2, mean(map(abs, errors)), mean(errors) ** 2


def distances(errors):
    """Added up, signs kept, squares, root of the mean square, the largest."""
    right = mean(map(abs, errors))
    squared = mean([e * e for e in errors])
    return right * len(errors), mean(errors), squared, squared**0.5, max(map(abs, errors))


@value
def true_values(n, seed):
    return drawn(n, seed)[0]


@value
def predicted(n, seed):
    return drawn(n, seed)[1]


@value
def errors(true_values, predicted):
    return [p - t for t, p in zip(true_values, predicted, strict=True)]


@answer(points=1, rule=decimal(2))
def mse(errors):
    return mean([e * e for e in errors])


@mse.misconception
def squares_added_up(errors):
    return squares(errors)[0]


@mse.misconception
def root_taken(errors):
    return squares(errors)[1]


@mse.misconception
def halved(errors):
    return squares(errors)[2]


@mse.misconception
def not_squared(errors):
    return squares(errors)[3]


@mse.misconception
def squared_too_late(errors):
    return squares(errors)[4]


@answer(points=1, rule=decimal(2))
def mae(errors):
    return mean(map(abs, errors))


@mae.misconception
def distances_added_up(errors):
    return distances(errors)[0]


@mae.misconception
def signs_kept(errors):
    return distances(errors)[1]


@mae.misconception
def squared(errors):
    return distances(errors)[2]


@mae.misconception
def root_of_squares(errors):
    return distances(errors)[3]


@mae.misconception
def largest_only(errors):
    return distances(errors)[4]
