import math

import numpy as np

from grader.author import answer, decimal, grid, matching, value

minutes = 5
difficulty = 2
tags = ("diffusion", "schedule", "figure")

params = grid(seed=range(24), part=[0.2, 0.25, 0.3, 0.4, 0.6, 0.75])

CURVES = ("first", "second", "third", "fourth")
KINDS = ("cosine", "linear", "short")
T = 1000


@value
def places(seed, part):
    """Which curve each kind is, and the one that is none."""
    order = np.random.default_rng([seed, int(part * 100)]).permutation(4)
    return {kind: CURVES[n] for kind, n in zip((*KINDS, "straight"), order, strict=True)}


@value
def shares():
    return np.linspace(0, 1, 33).tolist()


@value
def lines(places, shares):
    t = np.array(shares)
    steps = np.cumprod(1 - np.linspace(1e-4, 0.02, T))
    slow = np.cumprod(1 - np.linspace(1e-4, 0.02, 100))
    made = {
        "cosine": np.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2 / math.cos(0.008 / 1.008 * math.pi / 2) ** 2,
        "linear": np.interp(t, np.arange(T + 1) / T, [1, *steps]),
        "short": np.interp(t, np.arange(101) / 100, [1, *slow]),
        "straight": 1 - t,
    }
    kinds = {place: kind for kind, place in places.items()}
    return {str(n + 1): made[kinds[name]].tolist() for n, name in enumerate(CURVES)}


@answer(points=2, rule=matching(left=KINDS, right=CURVES))
def curves_of(places):
    return {kind: places[kind] for kind in KINDS}


@curves_of.misconception
def linear_in_the_wrong_sense(places):
    return {"cosine": places["cosine"], "linear": places["straight"], "short": places["short"]}


@curves_of.misconception
def cosine_and_linear_swapped(places):
    return {"cosine": places["linear"], "linear": places["cosine"], "short": places["short"]}


@curves_of.misconception
def rescaled_anyway(places):
    return {"cosine": places["cosine"], "linear": places["short"], "short": places["linear"]}


@answer(points=1, rule=decimal(2))
def cosine_at(part):
    return math.cos(part * math.pi / 2) ** 2


@cosine_at.misconception
def not_squared(part):
    return math.cos(part * math.pi / 2)


@cosine_at.misconception
def straight_line(part):
    return 1 - part


@cosine_at.misconception
def share_of_noise(part):
    return math.sin(part * math.pi / 2) ** 2


@cosine_at.misconception
def half_turn(part):
    return math.cos(part * math.pi) ** 2


@cosine_at.misconception
def in_degrees(part):
    return math.cos(math.radians(part * math.pi / 2)) ** 2
