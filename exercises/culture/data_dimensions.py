from functools import cache

import numpy as np

from grader.author import answer, grid, matching, shape, value

minutes = 5
difficulty = 1
tags = ("culture", "geometry", "data")

params = grid(seed=range(72))

LAYERS = ("dense", "conv1d", "conv2d", "conv3d")
CARDS = {kind: tuple(f"{kind}_{n}" for n in range(1, 5)) for kind in LAYERS}


@cache
def drawn(seed):
    """One card for each kind of layer, and the sizes of a batch of the last question."""
    rng = np.random.default_rng([seed, 19])
    right = {kind: str(rng.choice(CARDS[kind])) for kind in LAYERS}
    names = ("frames", "height", "width", "batch")
    drawn_sizes = rng.choice([10, 12, 16, 20, 24, 30, 36, 48, 60, 64], 4, replace=False).tolist()
    return right, {**dict(zip(names, drawn_sizes, strict=True)), "channels": 3}


@value
def cards(seed):
    return tuple(drawn(seed)[0].values())


@value
def sizes(seed):
    return drawn(seed)[1]


@answer(points=2, rule=matching(left=LAYERS, right="cards"))
def layers(seed):
    return drawn(seed)[0]


def swapped(layers, one, other):
    return {**layers, one: layers[other], other: layers[one]}


@layers.misconception
def time_as_depth(layers):
    return swapped(layers, "conv2d", "conv3d")


@layers.misconception
def order_ignored(layers):
    return swapped(layers, "dense", "conv1d")


@layers.misconception
def signal_as_image(layers):
    return swapped(layers, "conv1d", "conv2d")


@answer(points=1, rule=shape(5))
def video(sizes):
    return sizes["batch"], sizes["frames"], sizes["height"], sizes["width"], sizes["channels"]


@video.misconception
def channels_first(sizes):
    return sizes["batch"], sizes["channels"], sizes["frames"], sizes["height"], sizes["width"]


@video.misconception
def batch_after_time(sizes):
    return sizes["frames"], sizes["batch"], sizes["height"], sizes["width"], sizes["channels"]


@video.misconception
def width_before_height(sizes):
    return sizes["batch"], sizes["frames"], sizes["width"], sizes["height"], sizes["channels"]


@answer(points=1, rule=shape(4))
def frame_batch(sizes):
    return sizes["batch"] * sizes["frames"], sizes["height"], sizes["width"], sizes["channels"]


@frame_batch.misconception
def frames_as_channels(sizes):
    return sizes["batch"], sizes["height"], sizes["width"], sizes["frames"] * sizes["channels"]


@frame_batch.misconception
def one_video(sizes):
    return sizes["frames"], sizes["height"], sizes["width"], sizes["channels"]


@frame_batch.misconception
def one_frame_each(sizes):
    return sizes["batch"], sizes["height"], sizes["width"], sizes["channels"]
