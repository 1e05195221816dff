from functools import cache

import numpy as np

from grader.author import answer, choices, grid, value, whole

minutes = 6
difficulty = 2
tags = ("notebooks", "augmentation", "gtsrb")

params = grid(seed=range(72))

# What a left-right flip makes of GTSRB signs: the same class, another class, or no sign at all.
SAME = ("s11", "s12", "s13", "s15", "s17", "s18", "s26", "s35")
OTHER = ("s33", "s34", "s36", "s37", "s38", "s39", "s19", "s20")
NONE = ("s1", "s2", "s4", "s7", "s8", "s14")


@cache
def drawn(seed):
    rng = np.random.default_rng([seed, 13])
    sizes = ((SAME, 2 + seed % 2), (OTHER, 2), (NONE, 2))
    return tuple(tuple(str(name) for name in rng.choice(names, k, replace=False)) for names, k in sizes)


@value
def signs(seed):
    return tuple(sign for group in drawn(seed) for sign in group)


@value
def counts(seed):
    """Training images whose class survives a flip, the others, and shifted copies made of each image."""
    rng = np.random.default_rng([seed, 14])
    flipped, fixed, copies = (int(n) for n in rng.integers((21, 61, 2), (60, 99, 5)))
    return {"flipped": 10 * flipped, "fixed": 10 * fixed, "copies": copies}


@answer(points=2, rule=choices("signs"))
def survive(seed):
    return drawn(seed)[0]


@survive.misconception
def all_signs(signs):
    return signs


@survive.misconception
def arrows_kept(seed):
    same, other, _ = drawn(seed)
    return (*same, *other)


@survive.misconception
def digits_kept(seed):
    same, _, none = drawn(seed)
    return (*same, *none)


@survive.misconception
def arrows_only(seed):
    return drawn(seed)[1]


@answer(points=1, rule=whole)
def images(counts):
    return (counts["flipped"] * 2 + counts["fixed"]) * (counts["copies"] + 1)


@images.misconception
def everything_flipped(counts):
    return (counts["flipped"] + counts["fixed"]) * 2 * (counts["copies"] + 1)


@images.misconception
def originals_forgotten(counts):
    return (counts["flipped"] * 2 + counts["fixed"]) * counts["copies"]


@images.misconception
def steps_added(counts):
    return (counts["flipped"] * 2 + counts["fixed"]) + (counts["flipped"] + counts["fixed"]) * counts["copies"]


@images.misconception
def flip_forgotten(counts):
    return (counts["flipped"] + counts["fixed"]) * (counts["copies"] + 1)


@answer(points=1, rule=choices("train", "validation", "test", "production"))
def where():
    return ("train",)


@where.misconception
def everywhere():
    return ("train", "validation", "test", "production")


@where.misconception
def validation_too():
    return ("train", "validation")


@where.misconception
def test_too():
    return ("train", "test")


@where.misconception
def all_sets():
    return ("train", "validation", "test")
