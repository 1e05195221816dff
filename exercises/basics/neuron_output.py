from functools import cache
from math import exp, log, tanh

import numpy as np

from grader.author import answer, decimal, grid, value

minutes = 5
difficulty = 1
tags = ("basics", "activation")

params = grid(activation=["ReLU", "leaky ReLU", "sigmoid", "tanh", "softplus"], seed=range(16))

FUNCTIONS = {
    "ReLU": lambda z: max(0.0, z),
    "leaky ReLU": lambda z: max(z / 10, z),
    "sigmoid": lambda z: 1 / (1 + exp(-z)),
    "tanh": tanh,
    "softplus": lambda z: log(1 + exp(z)),
}
FORMULAS = {
    "ReLU": r"\max(0, z)",
    "leaky ReLU": r"\max\left(\frac{z}{10}, z\right)",
    "sigmoid": r"\frac{1}{1 + e^{-z}}",
    "tanh": r"\frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}",
    "softplus": r"\ln(1 + e^{z})",
}
MISTAKEN = {"ReLU": "softplus", "leaky ReLU": "softplus", "sigmoid": "tanh", "tanh": "sigmoid", "softplus": "ReLU"}


@cache
def drawn(activation, seed):
    """Inputs, weights in steps of 0.5 and a bias whose wrong readings all lead elsewhere."""
    rng = np.random.default_rng([seed, list(FUNCTIONS).index(activation)])
    while True:
        x = rng.choice([-2, -1, 1, 2, 3], size=3).tolist()
        w = (rng.choice([-3, -2, -1, 1, 2, 3], size=3) / 2).tolist()
        b = float(rng.choice([-3, -2, -1, 1, 2, 3])) / 2
        z = total(x, w) + b
        reached = [*sums(x, w, b), z]
        if 0.5 <= abs(z) <= 2 and apart(reached) and apart([*outputs(activation, x, w, b), FUNCTIONS[activation](z)]):
            return x, w, b


def apart(found):
    *wrong, right = found
    return len(set(wrong)) > 2 and all(abs(one - right) > 0.01 for one in wrong)


def total(x, w):
    return sum(a * b for a, b in zip(x, w, strict=True))


def sums(x, w, b):
    """Bias forgotten, weights forgotten, signs of the weights lost, bias taken away."""
    return total(x, w), sum(x) + b, total(x, map(abs, w)) + b, total(x, w) - b


def outputs(activation, x, w, b):
    """Bias forgotten, activation forgotten, another activation, activation before the sum, weights forgotten."""
    f, z = FUNCTIONS[activation], total(x, w) + b
    return f(z - b), z, FUNCTIONS[MISTAKEN[activation]](z), total(map(f, x), w) + b, f(sum(x) + b)


@value
def inputs(activation, seed):
    return drawn(activation, seed)[0]


@value
def weights(activation, seed):
    return drawn(activation, seed)[1]


@value
def bias(activation, seed):
    return drawn(activation, seed)[2]


@value
def layer(weights):
    return [[[w] for w in weights]]


@value
def formula(activation):
    return FORMULAS[activation]


@answer(points=1, rule=decimal(3))
def pre_activation(inputs, weights, bias):
    return total(inputs, weights) + bias


@pre_activation.misconception
def bias_forgotten(inputs, weights, bias):
    return sums(inputs, weights, bias)[0]


@pre_activation.misconception
def weights_forgotten(inputs, weights, bias):
    return sums(inputs, weights, bias)[1]


@pre_activation.misconception
def signs_lost(inputs, weights, bias):
    return sums(inputs, weights, bias)[2]


@pre_activation.misconception
def bias_subtracted(inputs, weights, bias):
    return sums(inputs, weights, bias)[3]


@answer(points=1, rule=decimal(3))
def output(activation, pre_activation):
    return FUNCTIONS[activation](pre_activation)


@output.misconception
def no_bias(activation, inputs, weights, bias):
    return outputs(activation, inputs, weights, bias)[0]


@output.misconception
def activation_forgotten(pre_activation):
    return pre_activation


@output.misconception
def another_activation(activation, inputs, weights, bias):
    return outputs(activation, inputs, weights, bias)[2]


@output.misconception
def activated_inputs(activation, inputs, weights, bias):
    return outputs(activation, inputs, weights, bias)[3]


@output.misconception
def no_weights(activation, inputs, weights, bias):
    return outputs(activation, inputs, weights, bias)[4]
