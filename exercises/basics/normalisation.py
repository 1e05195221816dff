from functools import cache

import numpy as np

from grader.author import answer, decimal, grid, matrix, value

minutes = 8
difficulty = 2
tags = ("basics", "normalisation")

params = grid(seed=range(80))


@cache
def drawn(seed):
    """Five values, one of them to transform, whose wrong readings all lead elsewhere."""
    rng = np.random.default_rng([seed, 5])
    while True:
        x = rng.integers(4, 41, size=5).tolist()
        if len(set(x)) == 5 and all(apart(found) for found in (ranged(x), centred(x))):
            return x


def apart(found):
    right, *wrong = found
    return all(abs(one - right) > 0.08 for one in wrong)


def deviation(x, less=0):
    mean = sum(x) / len(x)
    return (sum((one - mean) ** 2 for one in x) / (len(x) - less)) ** 0.5


def ranged(x):
    """Right; divided by the maximum, range forgotten, mean for minimum, upside down."""
    low, high, mean = min(x), max(x), sum(x) / len(x)
    return (
        (x[0] - low) / (high - low),
        x[0] / high,
        (x[0] - low) / high,
        (x[0] - mean) / (high - low),
        (high - x[0]) / (high - low),
    )


def centred(x):
    """Right; divided by n − 1, by the variance, by the range; not centred, sign reversed."""
    mean, sigma = sum(x) / len(x), deviation(x)
    return (
        (x[0] - mean) / sigma,
        (x[0] - mean) / deviation(x, 1),
        (x[0] - mean) / sigma**2,
        (x[0] - mean) / (max(x) - min(x)),
        x[0] / sigma,
        (mean - x[0]) / sigma,
    )


@value
def x(seed):
    return drawn(seed)


@value
def mean(x):
    return sum(x) / len(x)


@value
def sigma(x):
    return deviation(x)


@value
def pixel(seed):
    return np.random.default_rng([seed, 3]).choice([51, 102, 153, 204, 255], size=3, replace=False).tolist()


@value
def channel_means(seed):
    return (np.random.default_rng([seed, 4]).choice([3, 5, 7], size=3, replace=False) / 10).tolist()


@value
def channel_sigmas(seed):
    return np.random.default_rng([seed, 5]).permutation([0.2, 0.25, 0.4]).tolist()


@answer(points=1, rule=decimal(2))
def min_max(x):
    return ranged(x)[0]


@min_max.misconception
def divided_by_maximum(x):
    return ranged(x)[1]


@min_max.misconception
def range_forgotten(x):
    return ranged(x)[2]


@min_max.misconception
def mean_for_minimum(x):
    return ranged(x)[3]


@min_max.misconception
def upside_down(x):
    return ranged(x)[4]


@answer(points=1, rule=decimal(2))
def z_score(x):
    return centred(x)[0]


@z_score.misconception
def divided_by_n_minus_one(x):
    return centred(x)[1]


@z_score.misconception
def variance_for_deviation(x):
    return centred(x)[2]


@z_score.misconception
def range_for_deviation(x):
    return centred(x)[3]


@z_score.misconception
def not_centred(x):
    return centred(x)[4]


@z_score.misconception
def sign_reversed(x):
    return centred(x)[5]


def channels(pixel, means, sigmas):
    return [[(p - m) / s for p, m, s in zip(pixel, means, sigmas, strict=True)]]


@answer(points=1, rule=matrix(decimal=decimal(2)))
def per_channel(pixel, channel_means, channel_sigmas):
    return channels([p / 255 for p in pixel], channel_means, channel_sigmas)


@per_channel.misconception
def not_scaled(pixel, channel_means, channel_sigmas):
    return channels(pixel, channel_means, channel_sigmas)


@per_channel.misconception
def not_divided(pixel, channel_means):
    return channels([p / 255 for p in pixel], channel_means, [1, 1, 1])


@per_channel.misconception
def squared_deviation(pixel, channel_means, channel_sigmas):
    return channels([p / 255 for p in pixel], channel_means, [s * s for s in channel_sigmas])


@per_channel.misconception
def first_channel_everywhere(pixel, channel_means, channel_sigmas):
    return channels([p / 255 for p in pixel], channel_means[:1] * 3, channel_sigmas[:1] * 3)


@per_channel.misconception
def multiplied(pixel, channel_means, channel_sigmas):
    return channels([p / 255 for p in pixel], channel_means, [1 / s for s in channel_sigmas])
