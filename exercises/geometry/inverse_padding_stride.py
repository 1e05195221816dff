from functools import cache

import numpy as np

from grader.author import answer, choices, grid, shape, value

minutes = 7
difficulty = 4
tags = ("geometry", "cnn", "inverse")

MOST = 6  # padding asked for: 0 to MOST
LAYERS = [(k, s) for k in (2, 3, 4, 5, 7) for s in (1, 2, 3, 4)]
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")


def positions(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride + 1


def paddings_for(target, count):
    return tuple(p for p in range(MOST + 1) if count(p) == target)


@cache
def offer(side, seed):
    """A width, and six layers of which some give it and others do for whoever counts wrongly."""
    rng = np.random.default_rng([seed, side])
    widths = [positions(side, *layer, 1) for layer in LAYERS if layer[1] > 1]
    target = int(rng.choice(sorted({width for width in widths if widths.count(width) > 1})))
    pools = [[layer for layer in LAYERS if count(side, *layer) == target] for count in (right, *WRONG)]
    chosen = pools[0][:3]
    for pool in pools[1:]:
        chosen += [layer for layer in pool if layer not in chosen][:1]
    nearest = sorted(LAYERS, key=lambda layer: abs(right(side, *layer) - target))
    chosen = [*chosen, *(layer for layer in nearest if layer not in chosen)][: len(PLACES)]
    return target, {place: chosen[i] for place, i in zip(PLACES, rng.permutation(len(PLACES)), strict=True)}


def right(side, k, s):
    return positions(side, k, s, 1)


def exact(side, k, s):
    return (side + 2 - k) / s + 1


def unpadded(side, k, s):
    return positions(side, k, s, 0)


def completed(side, k, s):
    return -((side + 2 - k) // -s) + 1


def moves(side, k, s):
    return right(side, k, s) - 1


WRONG = (exact, unpadded, completed, moves)


def tells(side, seed):
    """Whether each wrong count finds some layers, and three of them different ones."""
    target, offered = offer(side, seed)
    found = {places(offered, lambda k, s, count=count: count(side, k, s), target) for count in WRONG}
    return () not in found and len(found) >= 3


def places(offered, count, target):
    return tuple(place for place in PLACES if count(*offered[place]) == target)


params = grid(
    lambda n, k, s, width, seed: len(paddings_for(width, lambda p: positions(n, k, s, p))) > 1 and tells(n + 11, seed),
    n=[30, 33, 37, 40, 44, 47, 52, 58],
    k=[5, 7, 8],
    s=[3, 4, 5],
    width=range(6, 18),
    seed=range(4),
)


@value
def side(n):
    return n + 11


@value
def target(side, seed):
    return offer(side, seed)[0]


@value
def offered(side, seed):
    return offer(side, seed)[1]


@answer(points=2, rule=shape)
def paddings(n, k, s, width):
    return paddings_for(width, lambda p: positions(n, k, s, p))


@paddings.misconception
def without_rounding(n, k, s, width):
    return (-(((width - 1) * s + k - n) // -2),)


@paddings.misconception
def one_side(n, k, s, width):
    return paddings_for(width, lambda p: (n + p - k) // s + 1)


@paddings.misconception
def rounded_up(n, k, s, width):
    return paddings_for(width, lambda p: -((n + 2 * p - k) // -s) + 1)


@paddings.misconception
def last_position_forgotten(n, k, s, width):
    return paddings_for(width, lambda p: (n + 2 * p - k) // s)


@answer(points=2, rule=choices(*PLACES))
def fitting(offered, side, target):
    return places(offered, lambda k, s: right(side, k, s), target)


@fitting.misconception
def exact_only(offered, side, target):
    return places(offered, lambda k, s: exact(side, k, s), target)


@fitting.misconception
def padding_forgotten(offered, side, target):
    return places(offered, lambda k, s: unpadded(side, k, s), target)


@fitting.misconception
def windows_completed(offered, side, target):
    return places(offered, lambda k, s: completed(side, k, s), target)


@fitting.misconception
def start_forgotten(offered, side, target):
    return places(offered, lambda k, s: moves(side, k, s), target)
