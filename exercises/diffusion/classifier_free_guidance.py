import numpy as np

from grader.author import answer, choice, decimal, grid, value

minutes = 5
difficulty = 3
tags = ("diffusion", "guidance")

params = grid(s=[2, 3, 5, 7], seed=range(20))


@value
def without(s, seed):
    return int(np.random.default_rng([seed, s]).choice([-8, -6, -4, -3, 3, 4, 6, 8])) / 10


@value
def gap(s, seed):
    return int(np.random.default_rng([seed, s, 1]).choice([-5, -4, -2, 2, 4, 5])) / 10


@value
def with_caption(without, gap):
    return round(without + gap, 1)


@value
def w(s):
    return s - 1


@answer(points=1, rule=decimal(atol=0.01))
def by_scale(without, with_caption, s):
    return without + s * (with_caption - without)


@by_scale.misconception
def predictions_swapped(without, with_caption, s):
    return with_caption + s * (without - with_caption)


@by_scale.misconception
def from_the_caption(without, with_caption, s):
    return with_caption + s * (with_caption - without)


@by_scale.misconception
def difference_alone(without, with_caption, s):
    return s * (with_caption - without)


@by_scale.misconception
def caption_only(with_caption):
    return with_caption


@by_scale.misconception
def added(without, with_caption, s):
    return without + s * (with_caption + without)


@answer(points=1, rule=decimal(atol=0.01))
def by_weight(without, with_caption, seed):
    return (1 + weight(seed)) * with_caption - weight(seed) * without


@by_weight.misconception
def weight_for_scale(without, with_caption, seed):
    return without + weight(seed) * (with_caption - without)


@by_weight.misconception
def roles_swapped(without, with_caption, seed):
    return (1 + weight(seed)) * without - weight(seed) * with_caption


@by_weight.misconception
def one_forgotten(without, with_caption, seed):
    return weight(seed) * with_caption - weight(seed) * without


@by_weight.misconception
def plus_for_minus(without, with_caption, seed):
    return (1 + weight(seed)) * with_caption + weight(seed) * without


@value
def weight_w(seed):
    return weight(seed)


def weight(seed):
    return (1.5, 2, 3, 4)[seed % 4]


@answer(points=1, rule=choice("minus_one", "same", "plus_one", "inverse"))
def equivalence():
    return "minus_one"


@equivalence.misconception
def conventions_confused():
    return "same"


@equivalence.misconception
def wrong_way_round():
    return "plus_one"


@equivalence.misconception
def taken_for_temperature():
    return "inverse"
