import numpy as np

from grader.author import essay, grid, value

minutes = 15
difficulty = 3
tags = ("culture", "training", "figure", "essay")

EPOCHS = 30

params = grid(turn=[6, 7, 8, 9, 10], images=[1000, 2000, 4000], seed=range(4))


@value
def losses(turn, images, seed):
    """A run that overfits: the validation loss turns upwards, the sooner and the harder the fewer the images."""
    rng = np.random.default_rng([turn, images, seed])
    t = np.arange(1, EPOCHS + 1)
    train = 0.03 + 2.2 * np.exp(-t / 3.5) + rng.normal(0, 0.008, EPOCHS)
    rise = 60 / images + 0.01
    val = 0.3 + 2.0 * np.exp(-t / (turn / 2.6)) + rise * np.maximum(t - turn, 0) + rng.normal(0, 0.008, EPOCHS)
    return {"train": [float(x) for x in train.clip(0.01)], "val": [float(x) for x in val]}


@value
def best(losses):
    return int(np.argmin(losses["val"])) + 1


@value
def lowest(losses):
    return min(losses["val"])


@value
def last(losses):
    return losses["val"][-1]


@essay(points=4)
def discuss():
    return {"overfitting": 1, "figures": 1, "remedies": "3/2", "order": "1/2"}
