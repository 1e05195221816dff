from functools import cache

import numpy as np

from grader.author import answer, choice, grid, value, whole

minutes = 5
difficulty = 2
tags = ("notebooks", "callbacks")

params = grid(monitor=["val_loss", "val_accuracy"], seed=range(30))

EPOCHS = 9


def writes(scores, sign):
    """The epochs, from 1, whose score beats all the earlier ones; sign is 1 where larger is better."""
    best, found = float("-inf"), []
    for epoch, score in enumerate(scores, 1):
        if sign * score > best:
            best = sign * score
            found.append(epoch)
    return found


def improvements_on_previous(scores, sign):
    return 1 + sum(sign * b > sign * a for a, b in zip(scores, scores[1:], strict=False))


@cache
def drawn(seed):
    """Losses and accuracies whose best epochs differ, and whose counts of files all differ."""
    rng = np.random.default_rng([seed, 7])
    while True:
        losses = np.round(1.1 - np.cumsum(rng.choice([-0.12, -0.05, 0.07, 0.11, 0.19], EPOCHS)), 2)
        accuracies = np.round(0.42 + np.cumsum(rng.choice([-0.04, -0.02, 0.03, 0.06, 0.09], EPOCHS)), 2)
        rows = [tuple(map(float, column)) for column in (losses, accuracies)]
        if min(rows[0]) < 0.1 or max(rows[1]) > 0.97 or any(len(set(row)) < EPOCHS for row in rows):
            continue
        by_loss, by_accuracy = writes(rows[0], -1), writes(rows[1], 1)
        if 3 <= len(by_loss) != len(by_accuracy) >= 3 and len({by_loss[-1], by_accuracy[-1], EPOCHS}) == 3:
            wrong = [improvements_on_previous(rows[0], -1), improvements_on_previous(rows[1], 1), EPOCHS]
            if not {len(by_loss), len(by_accuracy)} & set(wrong):
                return rows


@value
def losses(seed):
    return drawn(seed)[0]


@value
def accuracies(seed):
    return drawn(seed)[1]


@value
def history(losses, accuracies):
    rows = zip(losses, accuracies, strict=True)
    return "\n".join(
        f"    epoch {n}  val_loss: {loss:.2f}  val_accuracy: {score:.2f}" for n, (loss, score) in enumerate(rows, 1)
    )


@value
def mode(monitor):
    return "min" if monitor == "val_loss" else "max"


def kept(monitor, losses, accuracies):
    return writes(losses, -1) if monitor == "val_loss" else writes(accuracies, 1)


@answer(points=1, rule=whole)
def files(monitor, losses, accuracies):
    return len(kept(monitor, losses, accuracies))


@files.misconception
def one_per_epoch():
    return EPOCHS


@files.misconception
def best_only():
    return 1


@files.misconception
def better_than_previous(monitor, losses, accuracies):
    scores, sign = (losses, -1) if monitor == "val_loss" else (accuracies, 1)
    return improvements_on_previous(scores, sign)


@files.misconception
def other_column(monitor, losses, accuracies):
    return len(kept("val_accuracy" if monitor == "val_loss" else "val_loss", losses, accuracies))


@files.misconception
def first_not_written(files):
    return files - 1


@answer(points=1, rule=whole)
def best(monitor, losses, accuracies):
    return kept(monitor, losses, accuracies)[-1]


@best.misconception
def last_epoch():
    return EPOCHS


@best.misconception
def best_of_the_other(monitor, losses, accuracies):
    return kept("val_accuracy" if monitor == "val_loss" else "val_loss", losses, accuracies)[-1]


@best.misconception
def wrong_way(monitor, losses, accuracies):
    return writes(losses, 1)[-1] if monitor == "val_loss" else writes(accuracies, -1)[-1]


@best.misconception
def counted_from_zero(best):
    return best - 1


@answer(points=1, rule=choice("worst", "same", "all", "crash"))
def opposite_mode():
    return "worst"


@opposite_mode.misconception
def keras_corrects():
    return "same"


@opposite_mode.misconception
def keras_refuses():
    return "crash"
