from functools import cache

import numpy as np

from grader.author import answer, choice, grid, ordering, value
from grader.figures import noised, sign

minutes = 3
difficulty = 1
tags = ("diffusion", "noising", "figure")

params = grid(seed=range(48, 72), step=[2.5, 3, 3.5])

NAMES = ("a", "b", "c", "d", "e")


@value
def ratios(step):
    """Signal-to-noise ratios, each ``step`` times the next one."""
    return tuple(6 / step**k for k in range(5))


@value
def rank(seed, step):
    """For each picture, its place from the cleanest (0) to the noisiest (4)."""
    return tuple(int(n) for n in np.random.default_rng([seed, int(step * 10)]).permutation(5))


@value
def images(seed, ratios, rank):
    made = chain(seed % 12, ratios)
    return {name: made[place] for name, place in zip(NAMES, rank, strict=True)}


@value
def colours(images):
    """The mean colour of each, for whoever cannot see them; noise hardly moves it."""
    return {name: tuple(int(x) for x in np.round(255 * np.mean(image, axis=(0, 1)))) for name, image in images.items()}


@cache
def chain(picture, ratios):
    return [noised(clean(picture), r / (1 + r), picture + 100) for r in ratios]


@cache
def clean(picture):
    return sign(picture, size=32)


@answer(points=1, rule=ordering(*NAMES))
def forward(rank):
    return tuple(name for _, name in sorted(zip(rank, NAMES, strict=True)))


@forward.misconception
def generation(forward):
    return forward[::-1]


@forward.misconception
def ends_swapped(forward):
    return (forward[4], *forward[1:4], forward[0])


@forward.misconception
def middle_swapped(forward):
    return (forward[0], forward[2], forward[1], *forward[3:])


@answer(points=1, rule=choice("lower", "higher", "equal", "random"))
def level():
    return "lower"


@level.misconception
def abar_for_noise():
    return "higher"


@level.misconception
def same_total():
    return "equal"


@level.misconception
def chance():
    return "random"
