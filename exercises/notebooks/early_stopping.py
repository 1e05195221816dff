from functools import cache

import numpy as np

from grader.author import answer, choice, decimal, grid, value, whole

minutes = 6
difficulty = 3
tags = ("notebooks", "callbacks")

params = grid(patience=[2, 3], min_delta=[0.0, 0.02], seed=range(24))

EPOCHS = 14


def stopped(losses, patience, min_delta, resets=True):
    """Keras's rule, epochs from 1: (last epoch run, epoch of the best)."""
    best, at, waited = float("inf"), 0, 0
    for epoch, loss in enumerate(losses, 1):
        if loss < best - min_delta - 1e-9:
            best, at = loss, epoch
            waited = 0 if resets else waited
        else:
            waited += 1
            if waited >= patience:
                return epoch, at
    return len(losses), at


@cache
def drawn(patience, min_delta, seed):
    """Losses in hundredths that stop early, after an interruption shorter than the patience."""
    rng = np.random.default_rng([seed, patience, int(100 * min_delta)])
    while True:
        steps = rng.choice([-11, -9, -7, -5, -1, 1, 3, 4, 6], EPOCHS - 1)
        losses = tuple(round(float(n) / 100, 2) for n in 95 + np.concatenate([[0], np.cumsum(steps)]))
        last, at = stopped(losses, patience, min_delta)
        others = {at, at + patience + 1, rise(losses), stopped(losses, patience, min_delta, resets=False)[0], EPOCHS}
        if min(losses) < 0.1 or len(set(losses)) < EPOCHS or not 5 <= last <= EPOCHS - 2 or last in others:
            continue
        if at != last - 1 and at != 1:
            return losses


def rise(losses):
    """The first epoch whose loss is above the previous one."""
    return next((n for n, (a, b) in enumerate(zip(losses, losses[1:], strict=False), 2) if b > a), 1)


@value
def losses(patience, min_delta, seed):
    return drawn(patience, min_delta, seed)


@value
def history(losses):
    return "\n".join(f"    epoch {n:2}  val_loss: {loss:.2f}" for n, loss in enumerate(losses, 1))


@value
def last_epoch():
    return EPOCHS


@answer(points=2, rule=whole)
def stop(losses, patience, min_delta):
    return stopped(losses, patience, min_delta)[0]


@stop.misconception
def at_the_best(losses, patience, min_delta):
    return stopped(losses, patience, min_delta)[1]


@stop.misconception
def one_more(stop):
    return stop + 1


@stop.misconception
def first_rise(losses):
    return rise(losses)


@stop.misconception
def count_never_reset(losses, patience, min_delta):
    return stopped(losses, patience, min_delta, resets=False)[0]


@stop.misconception
def never():
    return EPOCHS


@answer(points=1, rule=decimal(3))
def restored(losses, patience, min_delta):
    return losses[stopped(losses, patience, min_delta)[1] - 1]


@restored.misconception
def last_weights(losses, stop):
    return losses[stop - 1]


@restored.misconception
def weights_before_the_last(losses, stop):
    return losses[stop - 2]


@restored.misconception
def first_weights(losses):
    return losses[0]


@restored.misconception
def later_epoch(losses, stop):
    return min(losses[stop:])


@answer(points=1, rule=choice("last", "best", "first", "none"))
def without_restore():
    return "last"


@without_restore.misconception
def best_anyway():
    return "best"


@without_restore.misconception
def nothing_kept():
    return "none"
