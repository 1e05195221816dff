from functools import cache

import numpy as np

from grader.author import answer, choice, grid, ordering, value

minutes = 4
difficulty = 1
tags = ("culture", "history")

params = grid(seed=range(80))

YEARS = {
    "perceptron": 1958,
    "neocognitron": 1980,
    "backprop": 1986,
    "lenet": 1998,
    "viola_jones": 2001,
    "hog": 2005,
    "imagenet": 2009,
    "alexnet": 2012,
    "vgg": 2014,
    "resnet": 2015,
    "mobilenet": 2017,
    "vit": 2020,
}
HAND_MADE = ("viola_jones", "hog")
EARLY, LATE = ("neocognitron", "backprop", "lenet"), ("vgg", "resnet", "mobilenet", "vit")


@cache
def drawn(seed):
    """One early network, one method with hand-made features, AlexNet, and one or two later networks: years apart."""
    rng = np.random.default_rng([seed, 17])
    while True:
        early = rng.choice(EARLY, 2, replace=False)
        late = rng.choice(LATE, 2, replace=False)
        extra = rng.choice(["perceptron", "imagenet"])
        chosen = sorted({*early, str(rng.choice(HAND_MADE)), "alexnet", *late, extra}, key=YEARS.get)
        years = [YEARS[str(name)] for name in chosen]
        if min(b - a for a, b in zip(years, years[1:], strict=False)) >= 2:
            return tuple(str(name) for name in chosen)


@value
def cards(seed):
    return drawn(seed)


@answer(points=2, rule=ordering("cards"))
def order(cards):
    return cards


def moved(order, name, place):
    rest = [other for other in order if other != name]
    rest.insert(place, name)
    return tuple(rest)


@order.misconception
def networks_born_in_2012(order):
    return moved(order, "alexnet", 0)


@order.misconception
def newest_first(order):
    return order[::-1]


@order.misconception
def features_after_networks(order):
    hand_made = next(name for name in order if name in HAND_MADE)
    return moved(order, hand_made, len(order) - 1)


@order.misconception
def early_networks_forgotten(order):
    early = next(name for name in order if name in EARLY)
    return moved(order, early, order.index("alexnet"))


@answer(points=1, rule=choice("gpu_and_data", "invention", "hand_made", "fewer"))
def in_2012():
    return "gpu_and_data"


@in_2012.misconception
def convolution_invented():
    return "invention"


@in_2012.misconception
def better_features():
    return "hand_made"
