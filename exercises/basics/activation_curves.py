from itertools import combinations
from math import erf, exp, log, sqrt, tanh

import numpy as np

from grader.author import answer, choice, grid, matching, value

minutes = 5
difficulty = 1
tags = ("basics", "activation", "figure")

FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + exp(-z)),
    "tanh": tanh,
    "relu": lambda z: max(0.0, z),
    "leaky": lambda z: max(z / 10, z),
    "softplus": lambda z: log(1 + exp(z)),
    "gelu": lambda z: z * (1 + erf(z / sqrt(2))) / 2,
}
NAMES = tuple(FUNCTIONS)
LOOKALIKE = {"sigmoid": "tanh", "relu": "leaky", "softplus": "gelu"}
LOOKALIKE |= {b: a for a, b in LOOKALIKE.items()}
UNBOUNDED = {
    "sigmoid": "softplus",
    "tanh": "leaky",
    "relu": "sigmoid",
    "leaky": "tanh",
    "softplus": "sigmoid",
    "gelu": "tanh",
}
ROWS = ("curve_1", "curve_2", "curve_3", "curve_4")

params = grid(
    # Of each pair that looks alike, one curve at least is there to be recognised.
    lambda drawn, **_: all(a in drawn or b in drawn for a, b in LOOKALIKE.items()),
    drawn=list(combinations(NAMES, 4)),
    fact=NAMES,
)


@value
def z():
    return [k / 5 for k in range(-20, 21)]


@value
def order(drawn, fact):
    rng = np.random.default_rng([NAMES.index(name) for name in (*drawn, fact)])
    return [drawn[k] for k in rng.permutation(4)]


@value
def plots(order, z):
    return {name: {"": [FUNCTIONS[name](x) for x in z]} for name in order}


@answer(points=2, rule=matching(left=ROWS, right=NAMES))
def names(order):
    return dict(zip(ROWS, order, strict=True))


def swapped(order, pairs):
    return {row: pairs.get(name, name) for row, name in zip(ROWS, order, strict=True)}


@names.misconception
def sigmoid_for_tanh(order):
    return swapped(order, {"sigmoid": "tanh", "tanh": "sigmoid"})


@names.misconception
def negative_slope_missed(order):
    return swapped(order, {"relu": "leaky", "leaky": "relu"})


@names.misconception
def dip_missed(order):
    return swapped(order, {"softplus": "gelu", "gelu": "softplus"})


@names.misconception
def bounds_ignored(order):
    return swapped(order, UNBOUNDED)


@answer(points=1, rule=choice(*NAMES))
def described(fact):
    return fact


@described.misconception
def twin_function(fact):
    return LOOKALIKE[fact]


@described.misconception
def range_misread(fact):
    return UNBOUNDED[fact]


@described.misconception
def always_relu(fact):
    return "relu" if fact not in ("relu", "leaky") else "softplus"


@described.misconception
def slope_misread(fact):
    return {"relu": "tanh", "leaky": "gelu"}.get(fact, "leaky")
