import numpy as np

from grader.author import answer, grid, table, value, whole

minutes = 4
difficulty = 1
tags = ("geometry", "tensors", "keras")

params = grid(batch=[16, 32, 64], side=[28, 32], seed=range(12))

# How many axes each tensor has: in all, of which one for the batch, and one for colours.
AXES = {
    "grey_image": (2, 0, 0),
    "colour_image": (3, 0, 1),
    "colour_batch": (4, 1, 1),
    "video_batch": (5, 1, 1),
    "sound_batch": (3, 1, 0),
    "integer_labels": (1, 1, 0),
    "one_hot_labels": (2, 1, 0),
    "loss": (0, 0, 0),
    "kernel": (4, 0, 1),
    "flattened": (2, 1, 0),
}


@value
def rows(batch, side, seed):
    """Five of the tensors; one batch of images or videos and one without a batch axis are always there."""
    rng = np.random.default_rng([seed, batch, side])
    first = [str(rng.choice(["colour_batch", "video_batch"])), str(rng.choice(["colour_image", "kernel"]))]
    others = rng.permutation([name for name in AXES if name not in first])
    chosen = {*first, *(str(name) for name in others[:3])}
    return tuple(name for name in AXES if name in chosen)


@answer(points=2, rule=table("rows"))
def ranks(rows):
    return {row: AXES[row][0] for row in rows}


@ranks.misconception
def batch_forgotten(rows):
    return {row: AXES[row][0] - AXES[row][1] for row in rows}


@ranks.misconception
def channels_forgotten(rows):
    return {row: AXES[row][0] - AXES[row][2] for row in rows}


@ranks.misconception
def batch_everywhere(rows):
    return {row: AXES[row][0] + 1 - AXES[row][1] for row in rows}


@answer(points=1, rule=whole)
def numbers(batch, side):
    return batch * side * side * 3


@numbers.misconception
def one_image(side):
    return side * side * 3


@numbers.misconception
def one_colour(batch, side):
    return batch * side * side


@numbers.misconception
def one_side(batch, side):
    return batch * side * 3


@numbers.misconception
def bits_counted(batch, side):
    return batch * side * side * 3 * 8


@numbers.misconception
def fourth_channel(batch, side):
    return batch * side * side * 4
