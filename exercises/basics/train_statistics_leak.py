from functools import cache

import numpy as np

from grader.author import answer, choice, decimal, grid, value

minutes = 6
difficulty = 2
tags = ("basics", "normalisation", "evaluation")

PROCEDURES = {
    "right": [
        "xmax = x_train.max()\nx_train = x_train / xmax\nx_test = x_test / xmax",
        "x_train = x_train / 255\nx_test = x_test / 255",
        "scaler = StandardScaler()\nx_train = scaler.fit_transform(x_train)\nx_test = scaler.transform(x_test)",
    ],
    "leak": [
        "x = (x - x.mean()) / x.std()\nx_train, x_test = x[:n], x[n:]",
        "scaler = StandardScaler()\nx = scaler.fit_transform(x)\nx_train, x_test = x[:n], x[n:]",
        "xmax = max(x_train.max(), x_test.max())\nx_train = x_train / xmax\nx_test = x_test / xmax",
    ],
    "scales": [
        "x_train = x_train / x_train.max()\nx_test = x_test / x_test.max()",
        "x_train = (x_train - x_train.mean()) / x_train.std()\nx_test = (x_test - x_test.mean()) / x_test.std()",
        "x_train = x_train / 255\nx_test = x_test / 255 / 255",
    ],
    "nothing": [
        "xmax = x_train.max()\nx_train / xmax\nx_test / xmax",
        "scaler = StandardScaler().fit(x_train)\nscaler.transform(x_train)\nscaler.transform(x_test)",
        "for x in (x_train, x_test):\n    x = x / 255",
    ],
}
NAMES = tuple(PROCEDURES)

params = grid(kind=NAMES, which=range(3), seed=range(7))


@cache
def drawn(kind, which, seed):
    """A test value, then mean and standard deviation of the training set, of the test set, of both together."""
    rng = np.random.default_rng([NAMES.index(kind), which, seed])
    while True:
        mean, other = (int(m) for m in rng.choice(range(80, 150, 5), size=2, replace=False))
        sigma, spread = (int(s) for s in rng.choice(range(30, 65, 5), size=2, replace=False))
        both = round(((sigma**2 + spread**2) / 2 + (mean - other) ** 2 / 4) ** 0.5, 1)
        stats = (mean, sigma), (other, spread), ((mean + other) / 2, both)
        tested = int(rng.integers(20, 240))
        right, *wrong = (transformed(tested, *one) for one in stats)
        if abs(right) > 0.4 and all(abs(one - right) > 0.1 for one in wrong) and abs(tested / 255 - right) > 0.1:
            return tested, stats


def transformed(x, mean, sigma):
    return (x - mean) / sigma


@value
def code(kind, which):
    return PROCEDURES[kind][which].replace("\n", "\n    ")


@value
def tested(kind, which, seed):
    return drawn(kind, which, seed)[0]


@value
def stats(kind, which, seed):
    return drawn(kind, which, seed)[1]


@answer(points=1, rule=decimal(2))
def normalised(tested, stats):
    return transformed(tested, *stats[0])


@normalised.misconception
def own_statistics(tested, stats):
    return transformed(tested, *stats[1])


@normalised.misconception
def all_the_data(tested, stats):
    return transformed(tested, *stats[2])


@normalised.misconception
def mean_kept(tested, stats):
    return tested / stats[0][1]


@normalised.misconception
def only_centred(tested, stats):
    return tested - stats[0][0]


@normalised.misconception
def divided_by_255(tested):
    return tested / 255


@normalised.misconception
def wrong_way_round(tested, stats):
    return transformed(stats[0][0], tested, stats[0][1])


@answer(points=1, rule=choice(*NAMES))
def diagnosis(kind):
    return kind


@diagnosis.misconception
def test_set_of_its_own(kind):
    return {"scales": "right", "right": "scales", "leak": "scales", "nothing": "scales"}[kind]


@diagnosis.misconception
def leak_unseen(kind):
    return "right" if kind != "right" else "leak"


@diagnosis.misconception
def assignment_unread(kind):
    return "leak" if kind not in ("leak", "right") else "nothing"
