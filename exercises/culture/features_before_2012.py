from functools import cache

import numpy as np

from grader.author import answer, grid, matching, value

minutes = 5
difficulty = 2
tags = ("culture", "history", "kernels")

params = grid(seed=range(60))  # a finite set of facts: the wording and the spare sentence change

METHODS = ("canny", "hog", "haar", "sift")
CELLS = ("s_cell", "c_cell", "lenet_training", "neocognitron_training")
CARDS = {name: (f"{name}_1", f"{name}_2") for name in (*METHODS, "lbp", "fourier")}
FACTS = {name: (f"{name}_1", f"{name}_2") for name in (*CELLS, "dropout", "boosting")}


@cache
def drawn(seed, which):
    rng = np.random.default_rng([seed, which])
    bank, spare = (CARDS, ("lbp", "fourier")) if which else (FACTS, ("dropout", "boosting"))
    names = METHODS if which else CELLS
    right = {name: str(rng.choice(bank[name])) for name in names}
    return right, str(rng.choice(bank[str(rng.choice(spare))]))


@value
def sentences(seed):
    right, spare = drawn(seed, 1)
    return (*right.values(), spare)


@value
def facts(seed):
    right, spare = drawn(seed, 0)
    return (*right.values(), spare)


def swapped(pairs, one, other):
    return {**pairs, one: pairs[other], other: pairs[one]}


@answer(points=2, rule=matching(left=METHODS, right="sentences"))
def features(seed):
    return drawn(seed, 1)[0]


@features.misconception
def edges_for_histograms(features):
    return swapped(features, "canny", "hog")


@features.misconception
def points_for_grid(features):
    return swapped(features, "hog", "sift")


@features.misconception
def rectangles_for_edges(features):
    return swapped(features, "haar", "canny")


@answer(points=2, rule=matching(left=CELLS, right="facts"))
def neocognitron(seed):
    return drawn(seed, 0)[0]


@neocognitron.misconception
def cells_swapped(neocognitron):
    return swapped(neocognitron, "s_cell", "c_cell")


@neocognitron.misconception
def backpropagated_already(neocognitron):
    return swapped(neocognitron, "lenet_training", "neocognitron_training")


@neocognitron.misconception
def both_swapped(neocognitron):
    return swapped(swapped(neocognitron, "s_cell", "c_cell"), "lenet_training", "neocognitron_training")
