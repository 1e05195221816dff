from functools import cache

import numpy as np

from grader.author import answer, choice, grid, value, whole

minutes = 4
difficulty = 2
tags = ("notebooks", "callbacks", "curves")

params = grid(seed=range(72))

EPOCHS = 12


@cache
def drawn(seed):
    """Training loss that falls, validation loss and accuracy whose best epochs are all different and never the last."""
    rng = np.random.default_rng([seed, 11])
    while True:
        bottom = int(rng.integers(3, 9))
        x = np.arange(1, EPOCHS + 1)
        loss = np.round(1.2 * np.exp(-x / 4) + rng.normal(0, 0.004, EPOCHS), 2)
        val = np.round(0.4 + 0.02 * (x - bottom) ** 2 / 2 + rng.normal(0, 0.01, EPOCHS), 2)
        top = bottom + int(rng.integers(1, 4))
        score = np.round(0.88 - 0.006 * (x - top) ** 2 + rng.normal(0, 0.006, EPOCHS), 3)
        found = [int(loss.argmin()), int(val.argmin()), int(score.argmax()), int(val.argmax()), int(score.argmin())]
        one = all(list(r).count(b) == 1 for r, b in ((loss, loss.min()), (val, val.min()), (score, score.max())))
        if one and len(set(found[:4])) == 4 and EPOCHS - 1 not in found[1:3]:
            if found[1] not in found[3:] and found[2] not in found[3:]:
                return {"loss": loss.tolist(), "val_loss": val.tolist(), "val_accuracy": score.tolist()}


@value
def logs(seed):
    return drawn(seed)


@value
def losses(logs):
    return {"train": logs["loss"], "val": logs["val_loss"]}


@value
def rows(logs):
    names = ("loss", "val_loss", "val_accuracy")
    lines = zip(*(logs[name] for name in names), strict=True)
    return "\n".join(
        f"    epoch {n:2}  loss: {a:.2f}  val_loss: {b:.2f}  val_accuracy: {c:.3f}"
        for n, (a, b, c) in enumerate(lines, 1)
    )


def where(scores, best):
    return scores.index(best(scores)) + 1


@answer(points=1, rule=whole)
def by_loss(logs):
    return where(logs["val_loss"], min)


@by_loss.misconception
def training_loss(logs):
    return where(logs["loss"], min)


@by_loss.misconception
def highest_loss(logs):
    return where(logs["val_loss"], max)


@by_loss.misconception
def accuracy_instead(logs):
    return where(logs["val_accuracy"], max)


@by_loss.misconception
def index_for_epoch(by_loss):
    return by_loss - 1


@answer(points=1, rule=whole)
def by_accuracy(logs):
    return where(logs["val_accuracy"], max)


@by_accuracy.misconception
def loss_instead(logs):
    return where(logs["val_loss"], min)


@by_accuracy.misconception
def lowest_accuracy(logs):
    return where(logs["val_accuracy"], min)


@by_accuracy.misconception
def last_epoch():
    return EPOCHS


@by_accuracy.misconception
def counted_from_zero(by_accuracy):
    return by_accuracy - 1


@answer(points=1, rule=choice("overfits", "underfits", "diverges", "healthy"))
def after():
    return "overfits"


@after.misconception
def falling_loss_is_good():
    return "healthy"


@after.misconception
def rising_loss_diverges():
    return "diverges"
