from functools import cache

import numpy as np

from grader.author import answer, choice, grid, value

minutes = 4
difficulty = 2
tags = ("basics", "training", "figure")

REGIMES = ("good", "over", "lr_large", "regularised", "under", "lr_small")
REMEDIES = {
    "good": "keep",
    "over": "regularise",
    "lr_large": "lower_rate",
    "regularised": "keep_dropout",
    "under": "bigger",
    "lr_small": "raise_rate",
}
EPOCHS = 30

params = grid(regime=REGIMES, seed=range(16))


@cache
def drawn(regime, seed):
    """A parametric run of 30 epochs with a little noise: training loss, validation loss."""
    rng = np.random.default_rng([REGIMES.index(regime), seed])
    t = np.arange(EPOCHS)
    start, pace = rng.uniform(2.2, 2.5), rng.uniform(3.5, 5)
    floor, gap = rng.uniform(0.25, 0.35), rng.uniform(0.06, 0.1)
    train = floor + (start - floor) * np.exp(-t / pace)
    val = train + gap * (1 - np.exp(-t / pace))
    grain = 0.012
    if regime == "over":
        turn = rng.uniform(5, 8)
        train = 0.02 + (start - 0.02) * np.exp(-t / pace)
        val = train + 0.05 + rng.uniform(0.05, 0.065) * np.maximum(t - turn, 0) + 0.35 * (1 - np.exp(-t / turn))
    elif regime == "lr_large":
        grain = 0.02
        jumps = rng.uniform(-0.5, 0.7, size=(2, EPOCHS))
        train, val = start - 0.15 + jumps[0], start - 0.1 + 0.6 * jumps[0] + 0.5 * jumps[1]
    elif regime == "regularised":
        train = train + rng.uniform(0.3, 0.4) * np.exp(-t / 60)
        val = floor + 0.02 + (start - floor - 0.1) * np.exp(-t / (0.8 * pace))
    elif regime == "under":
        level = rng.uniform(1.4, 1.6)
        train = level + (start - level) * np.exp(-t / 2.5)
        val = train + 0.04
    elif regime == "lr_small":
        train = start - rng.uniform(0.018, 0.024) * t
        val = train + 0.03
    noise = rng.normal(0, grain, size=(2, EPOCHS))
    return [float(x) for x in (train + noise[0]).clip(0.01)], [float(x) for x in (val + noise[1]).clip(0.01)]


@value
def losses(regime, seed):
    train, val = drawn(regime, seed)
    return {"train": train, "val": val}


@value
def offered(regime, seed):
    """'under' and 'lr_small' look too much alike to be offered together."""
    slow = regime if regime in ("under", "lr_small") else ("under", "lr_small")[seed % 2]
    return (*REGIMES[:4], slow)


@value
def slow(offered):
    return offered[-1]


@value
def remedies(offered):
    return tuple(REMEDIES[name] for name in offered)


@answer(points=1, rule=choice("offered"))
def situation(regime):
    return regime


@situation.misconception
def training_curve_only(regime, slow):
    return {"good": "over", "lr_large": slow}.get(regime, "good")


@situation.misconception
def gap_misread(regime):
    return {"over": "regularised", "regularised": "over", "good": "regularised"}.get(regime, "over")


@situation.misconception
def level_misread(regime, slow):
    return {"good": slow, "over": "lr_large", "regularised": slow}.get(regime, "regularised")


@answer(points=1, rule=choice("remedies"))
def remedy(regime):
    return REMEDIES[regime]


@remedy.misconception
def always_regularise(regime):
    return "keep" if regime == "over" else "regularise"


@remedy.misconception
def rate_the_wrong_way(regime, slow):
    return REMEDIES[slow] if regime == "lr_large" else "lower_rate"


@remedy.misconception
def training_loss_chased(regime, slow):
    return "keep_dropout" if regime == slow else REMEDIES[slow]
