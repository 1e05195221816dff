from math import exp, log, tanh

from grader.author import answer, decimal, grid, value

minutes = 5
difficulty = 2
tags = ("basics", "activation", "gradient")

params = grid(
    activation=["sigmoid", "tanh", "ReLU", "leaky ReLU", "softplus"],
    z=[-2, -1.6, -1.4, -1.2, -0.8, -0.6, 0.6, 0.8, 1.2, 1.4, 1.6, 1.8],
    depth=[4, 6],
)

FORMULAS = {
    "ReLU": r"\max(0, z)",
    "leaky ReLU": r"\max\left(\frac{z}{10}, z\right)",
    "sigmoid": r"\frac{1}{1 + e^{-z}}",
    "tanh": r"\frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}",
    "softplus": r"\ln(1 + e^{z})",
}
CONSTANT = {"ReLU": 0, "leaky ReLU": 0.1}  # the slope on the negative side


@value
def formula(activation):
    return FORMULAS[activation]


def sigmoid(z):
    return 1 / (1 + exp(-z))


@answer(points=1, rule=decimal(3))
def slope(activation, z):
    if activation in CONSTANT:
        return 1 if z > 0 else CONSTANT[activation]
    bell = sigmoid(z) * (1 - sigmoid(z))
    return {"sigmoid": bell, "tanh": 1 - tanh(z) ** 2, "softplus": sigmoid(z)}[activation]


@slope.misconception
def value_given(activation, z):
    """Where ReLU is zero its value is also its slope: what is left then is z itself."""
    if activation in CONSTANT:
        return z if z > 0 else CONSTANT[activation] * z or z
    return {"sigmoid": sigmoid(z), "tanh": tanh(z), "softplus": log(1 + exp(z))}[activation]


@slope.misconception
def other_side(activation, z, slope):
    if activation in CONSTANT:
        return 1 if z < 0 else CONSTANT[activation]
    return sigmoid(-z) if activation == "softplus" else -slope


@slope.misconception
def another_derivative(activation, z):
    found = {"sigmoid": 1 - sigmoid(z) ** 2, "tanh": tanh(z) * (1 - tanh(z))}
    return found.get(activation, sigmoid(z) * (1 - sigmoid(z)))


@slope.misconception
def slope_at_zero(activation):
    return {"sigmoid": 0.25, "tanh": 1, "softplus": 0.5, "ReLU": 0.5, "leaky ReLU": 0.55}[activation]


@answer(points=1, rule=decimal(rtol=0.01))
def at_most(depth):
    return 0.25**depth


@at_most.misconception
def largest_value_for_slope():
    return 1


@at_most.misconception
def half_for_quarter(depth):
    return 0.5**depth


@at_most.misconception
def added_up(depth):
    return depth / 4


@at_most.misconception
def averaged():
    return 0.25


@at_most.misconception
def one_layer_more(depth):
    return 0.25 ** (depth + 1)
