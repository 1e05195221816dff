from functools import cache

import numpy as np

from grader.author import answer, decimal, grid, table, value

minutes = 10
difficulty = 2
tags = ("basics", "gradient", "optimizer")

params = grid(rate=[0.05, 0.1, 0.2], seed=range(26))

ROWS = ("prediction", "dw", "db", "w", "b")


@cache
def drawn(rate, seed):
    """A linear neuron and two examples; the error of each is 1 to 4, and they do not cancel out."""
    rng = np.random.default_rng([int(100 * rate), seed])
    while True:
        w, b = int(rng.integers(-3, 4)), int(rng.integers(-3, 4))
        xs = rng.choice([-3, -2, 2, 3], size=2, replace=False).tolist()
        es = rng.choice([-4, -3, -2, -1, 1, 2, 3, 4], size=2, replace=False).tolist()
        ys = [w * x + b - e for x, e in zip(xs, es, strict=True)]
        right = sum(e * x for e, x in zip(es, xs, strict=True))
        wrong = 2 * right, 2 * es[1] * xs[1], right / 2, sum(es) * sum(xs) / 2, sum(es)
        if w and b and all(abs(one - right) > 0.05 for one in wrong) and abs(es[0]) > 1 and sum(es):
            return w, b, xs, ys


@value
def w0(rate, seed):
    return drawn(rate, seed)[0]


@value
def b0(rate, seed):
    return drawn(rate, seed)[1]


@value
def x(rate, seed):
    return drawn(rate, seed)[2]


@value
def y(rate, seed):
    return drawn(rate, seed)[3]


def stepped(prediction, dw, db, rate, w0, b0):
    return dict(zip(ROWS, (prediction, dw, db, w0 - rate * dw, b0 - rate * db), strict=True))


@value
def error(w0, b0, x, y):
    return w0 * x[0] + b0 - y[0]


def load(w0, x, errors):
    """Products and additions, those with a factor of 1 or -1 left out."""
    products = [(w0, x[0]), (2, errors[0]), (2 * errors[0], x[0]), (w0, x[1]), (errors[0], x[0]), (errors[1], x[1])]
    rate_times, sums = 2, 2 + 2 + 2 + 1
    return rate_times + sums + sum(abs(a) != 1 and abs(b) != 1 for a, b in products)


@answer(points=3, rule=table(*ROWS, decimal=decimal(3)))
def step(rate, w0, b0, x, y):
    prediction = w0 * x[0] + b0
    slope = 2 * (prediction - y[0])
    return stepped(prediction, slope * x[0], slope, rate, w0, b0)


@step.follow_through
def from_your_lines(yours, rate, w0, b0, x, y):
    rows = dict.fromkeys(ROWS, w0 * x[0] + b0)
    prediction = rows["prediction"] if yours["prediction"] is None else yours["prediction"]
    slope = 2 * (prediction - y[0])
    rows["dw"], rows["db"] = slope * x[0], slope
    rows["w"] = w0 - rate * (rows["dw"] if yours["dw"] is None else yours["dw"])
    rows["b"] = b0 - rate * (rows["db"] if yours["db"] is None else yours["db"])
    return rows


@step.misconception
def climbs(step, rate, w0, b0):
    return stepped(step["prediction"], step["dw"], step["db"], -rate, w0, b0)


@step.misconception
def rate_forgotten(step, w0, b0):
    return stepped(step["prediction"], step["dw"], step["db"], 1, w0, b0)


@step.misconception
def two_forgotten(step, rate, w0, b0):
    return stepped(step["prediction"], step["dw"] / 2, step["db"] / 2, rate, w0, b0)


@step.misconception
def input_forgotten(step, rate, w0, b0):
    return stepped(step["prediction"], step["db"], step["db"], rate, w0, b0)


@step.misconception
def error_reversed(step, rate, w0, b0):
    return stepped(step["prediction"], -step["dw"], -step["db"], rate, w0, b0)


@step.misconception
def bias_forgotten(rate, w0, b0, x, y):
    slope = 2 * (w0 * x[0] - y[0])
    return stepped(w0 * x[0], slope * x[0], slope, rate, w0, b0)


@value
def errors(w0, b0, x, y):
    return [w0 * a + b0 - b for a, b in zip(x, y, strict=True)]


@answer(points=1, rule=decimal(2))
def batch_dw(errors, x):
    return errors[0] * x[0] + errors[1] * x[1]


@batch_dw.misconception
def added_up(batch_dw):
    return 2 * batch_dw


@batch_dw.misconception
def second_example_only(errors, x):
    return 2 * errors[1] * x[1]


@batch_dw.misconception
def factor_two_lost(batch_dw):
    return batch_dw / 2


@batch_dw.misconception
def product_of_means(errors, x):
    return sum(errors) * sum(x) / 2


@batch_dw.misconception
def inputs_lost(errors):
    return sum(errors)
