import numpy as np

from grader.author import answer, choice, grid, value

minutes = 4
difficulty = 2
tags = ("basics", "loss", "formula")

RIGHT = {
    "bce": r"-\frac{1}{n} \sum_{i=1}^{n} \left( y_i \ln p_i + (1 - y_i) \ln(1 - p_i) \right)",
    "cce": r"-\frac{1}{n} \sum_{i=1}^{n} \sum_{c=1}^{C} y_{i,c} \ln p_{i,c}",
    "sparse": r"-\frac{1}{n} \sum_{i=1}^{n} \ln p_{i,y_i}",
    "mse": r"\frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i - y_i \right)^2",
    "mae": r"\frac{1}{n} \sum_{i=1}^{n} \left| \hat{y}_i - y_i \right|",
}
WRONG = {
    "bce": [
        r"-\frac{1}{n} \sum_{i=1}^{n} \left( y_i \ln p_i + (1 - y_i) \ln p_i \right)",
        r"\frac{1}{n} \sum_{i=1}^{n} \left( y_i \ln p_i + (1 - y_i) \ln(1 - p_i) \right)",
        r"-\frac{1}{n} \sum_{i=1}^{n} \left( y_i \ln p_i - (1 - y_i) \ln(1 - p_i) \right)",
    ],
    "cce": [
        r"-\frac{1}{n} \sum_{i=1}^{n} \sum_{c=1}^{C} p_{i,c} \ln y_{i,c}",
        r"-\frac{1}{n} \sum_{i=1}^{n} \ln \sum_{c=1}^{C} p_{i,c}",
        r"-\frac{1}{n} \sum_{i=1}^{n} \sum_{c=1}^{C} \ln p_{i,c}",
    ],
    "sparse": [
        r"-\frac{1}{n} \sum_{i=1}^{n} y_i \ln p_{i,y_i}",
        r"-\frac{1}{n} \sum_{i=1}^{n} p_{i,y_i}",
        r"\frac{1}{n} \sum_{i=1}^{n} \ln p_{i,y_i}",
    ],
    "mse": [
        r"\frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i^2 - y_i^2 \right)",
        r"\left( \frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i - y_i \right) \right)^2",
        r"\frac{1}{n} \sum_{i=1}^{n} \left| \hat{y}_i - y_i \right|",
    ],
    "mae": [
        r"\frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i - y_i \right)",
        r"\left| \frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i - y_i \right) \right|",
        r"\frac{1}{n} \sum_{i=1}^{n} \left( \hat{y}_i - y_i \right)^2",
    ],
}
NAMES = tuple(RIGHT)

# Fifteen wrong formulas, each among three right ones: no more to tell apart. A regression loss is always offered.
params = grid(
    lambda spoilt, absent, **_: spoilt not in ("mse", "mae") or absent < 3,
    spoilt=NAMES,
    how=range(3),
    absent=range(4),
)


@value
def offered(spoilt, how, absent):
    """Four losses, the spoilt one among them."""
    others = [name for name in NAMES if name != spoilt]
    rng = np.random.default_rng([NAMES.index(spoilt), how, absent])
    left = [name for k, name in enumerate(others) if k != absent] + [spoilt]
    return tuple(left[k] for k in rng.permutation(4))


@value
def formulas(spoilt, how):
    return {**RIGHT, spoilt: WRONG[spoilt][how]}


def other(offered, spoilt, order):
    """The first of ``order`` that is offered and right."""
    return next(name for name in order if name in offered and name != spoilt)


@answer(points=1, rule=choice("offered"))
def wrong(spoilt):
    return spoilt


@wrong.misconception
def class_index_unread(offered, spoilt):
    return other(offered, spoilt, ("sparse", "cce", "bce"))


@wrong.misconception
def signs_misread(offered, spoilt):
    return other(offered, spoilt, ("bce", "cce", "sparse"))


@wrong.misconception
def no_logarithm_expected(offered, spoilt):
    return other(offered, spoilt, ("mse", "mae"))


@wrong.misconception
def distance_misread(offered, spoilt):
    return other(offered, spoilt, ("mae", "mse"))
