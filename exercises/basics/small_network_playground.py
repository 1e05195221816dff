from functools import cache

import numpy as np

from grader.author import answer, choices, grid, value

minutes = 7
difficulty = 3
tags = ("basics", "activation", "figure")

ABLE = {
    "half_plane": {"no_hidden", "linear_hidden", "one_tanh", "two_tanh", "many_tanh"},
    "crosswise": {"two_tanh", "many_tanh", "product"},
    "ring": {"many_tanh", "squares"},
    "band": {"two_tanh", "many_tanh"},
}
NETWORKS = ("no_hidden", "linear_hidden", "one_tanh", "two_tanh", "many_tanh", "squares", "product")

params = grid(pattern=list(ABLE), hidden=[4, 5, 6, 7, 8], seed=range(4))


@cache
def drawn(pattern, seed):
    """Thirty points of each class, well apart."""
    rng = np.random.default_rng([list(ABLE).index(pattern), seed])
    flip = seed % 2
    found = {0: [], 1: []}
    while min(map(len, found.values())) < 30:
        x, y = rng.uniform(-3, 3, size=2)
        if pattern == "half_plane":
            side = x + (1 - 2 * flip) * y
        elif pattern == "crosswise":
            side = x * y if abs(abs(x) - 2) < 0.8 and abs(abs(y) - 2) < 0.8 else 0
        elif pattern == "ring":
            radius = np.hypot(x, y)
            side = 1 if radius < 1 else -1 if 2.3 < radius < 2.9 else 0
        else:
            side = 1 - abs(x + (1 - 2 * flip) * y)
        away = abs(side) > {"half_plane": 0.5, "band": 0.5}.get(pattern, 0.1)
        label = int(side > 0)
        if away and len(found[label]) < 30:
            found[label].append((round(float(x), 2), round(float(y), 2)))
    return found


@value
def points(pattern, seed):
    """Separate dots, a gap after each one, from left to right: a class is named next to its last dot."""
    groups = drawn(pattern, seed)
    return {
        str(label + 1): ([x for x, _ in group for _ in range(2)], [one for _, y in group for one in (y, None)])
        for label, group in ((label, sorted(group)) for label, group in groups.items())
    }


@answer(points=2, rule=choices(*NETWORKS))
def able(pattern):
    return sorted(ABLE[pattern])


@able.misconception
def depth_bends(pattern):
    """Takes any hidden layer to bend the border, even a linear one or a single unit."""
    return sorted((ABLE[pattern] | {"linear_hidden", "one_tanh"}) - {"no_hidden"})


@able.misconception
def inputs_unread(pattern):
    """Never counts on a network whose only virtue is its inputs, or on any of them."""
    clever = ABLE[pattern] & {"squares", "product"}
    return sorted(ABLE[pattern] - clever if clever else ABLE[pattern] | {"squares", "product"})


@able.misconception
def largest_only(pattern):
    return ["many_tanh"]


@able.misconception
def any_product_bends(pattern):
    return sorted(ABLE[pattern] ^ ({"product"} if pattern == "ring" else {"squares"}))


@answer(points=1)
def parameters(hidden):
    return (2 + 1) * hidden + (hidden + 1)


@parameters.misconception
def biases_or_output_layer_forgotten(hidden):
    """With two inputs, 2h + h without biases and (2 + 1)h without the output layer are the same."""
    return 3 * hidden


@parameters.misconception
def neurons_counted(hidden):
    return 2 + hidden + 1


@parameters.misconception
def output_bias_forgotten(hidden):
    return (2 + 1) * hidden + hidden


@parameters.misconception
def bias_for_each_input(hidden):
    return (2 + 2) * hidden + 2 * hidden
