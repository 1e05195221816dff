from functools import cache

import numpy as np

from grader.author import answer, grid, value

minutes = 6
difficulty = 2
tags = ("basics", "training", "figure")

params = grid(patience=[2, 3], seed=range(36))

EPOCHS = 14


@cache
def drawn(patience, seed):
    """A validation loss that rises too briefly to stop, later rises long enough, and last finds a lower minimum."""
    rng = np.random.default_rng([patience, seed])
    while True:
        steps = rng.integers(2, 15, size=(500, EPOCHS)) * rng.choice([-1, -1, 1], size=(500, EPOCHS))
        paths = 150 + steps.cumsum(axis=1)
        for losses in paths[(paths.min(1) >= 20) & (paths.argmin(1) < EPOCHS - 1)].tolist():
            val = [loss / 100 for loss in losses]
            if len(set(val)) == EPOCHS and worth_asking(val, patience):
                return val


def worth_asking(val, patience):
    """Whether training stops before its true minimum, and each wrong reading shows."""
    stop, kept = stopped(val, patience)
    if stop is None or stop > EPOCHS - 2 or val.index(min(val)) < stop or min(val) > val[kept - 1] - 0.05:
        return False
    return len({stop, first_rise(val), never_better(val, patience), stop - 1, stop + 1, kept}) == 6 and kept > 2


def stopped(val, patience):
    """The last epoch run and the best one so far, from 1."""
    best = 0
    for k in range(1, len(val)):
        if val[k] < val[best]:
            best = k
        elif k - best == patience:
            return k + 1, best + 1
    return None, best + 1


def first_rise(val):
    """The first epoch that is worse than the one before."""
    return next(k + 1 for k in range(1, len(val)) if val[k] > val[k - 1])


def never_better(val, patience):
    """Where it would stop if bad epochs were counted in all, not in a row."""
    bad = [k + 1 for k in range(1, len(val)) if val[k] > min(val[:k])]
    return bad[patience - 1]


@value
def val_loss(patience, seed):
    return drawn(patience, seed)


@value
def train_loss(patience, seed):
    rng = np.random.default_rng([patience, seed, 1])
    low = np.cumsum(rng.uniform(0.03, 0.07, size=EPOCHS))
    return (drawn(patience, seed)[0] + 0.1 - low).round(2).tolist()


@value
def history(train_loss, val_loss):
    return {"train": train_loss, "val": val_loss}


@answer(points=1)
def best(val_loss):
    return val_loss.index(min(val_loss)) + 1


@best.misconception
def counted_from_zero(best):
    return best - 1


@best.misconception
def last_epoch(val_loss):
    return len(val_loss)


@best.misconception
def before_the_first_rise(val_loss):
    return first_rise(val_loss) - 1


@best.misconception
def highest(val_loss):
    return val_loss.index(max(val_loss)) + 1


@answer(points=1)
def last_run(val_loss, patience):
    return stopped(val_loss, patience)[0]


@last_run.misconception
def one_too_many(last_run):
    return last_run + 1


@last_run.misconception
def one_too_few(last_run):
    return last_run - 1


@last_run.misconception
def stops_at_once(val_loss):
    return first_rise(val_loss)


@last_run.misconception
def count_never_reset(val_loss, patience):
    return never_better(val_loss, patience)


@last_run.misconception
def runs_to_the_end(val_loss):
    return len(val_loss)


@answer(points=1)
def restored(val_loss, patience):
    return stopped(val_loss, patience)[1]


@restored.misconception
def stopping_epoch(last_run):
    return last_run


@restored.misconception
def epoch_not_reached(best):
    return best


@restored.misconception
def numbered_from_zero(restored):
    return restored - 1


@restored.misconception
def just_after(restored):
    return restored + 1
