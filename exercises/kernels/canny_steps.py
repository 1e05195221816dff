from functools import cache

import numpy as np

from grader.author import answer, choice, grid, ordering, value

minutes = 8
difficulty = 3
tags = ("kernels", "culture", "edges")

params = grid(low=[20, 30], high=[60, 70], seed=range(20))

STEPS = ("smooth", "gradient", "thin", "thresholds", "hysteresis")
HEIGHT, WIDTH = 5, 6


@value
def magnitudes(low, high, seed):
    return drawn(low, high, seed)


@value
def strong(magnitudes, high):
    return int((magnitudes >= high).sum())


@value
def weak(magnitudes, low, high):
    return int(((magnitudes >= low) & (magnitudes < high)).sum())


@cache
def drawn(low, high, seed):
    """Multiples of 5: four strong pixels, chains of weak ones, some tied to a strong one and some not."""
    rng = np.random.default_rng([seed, low, high])
    while True:
        m = np.zeros(HEIGHT * WIDTH, dtype=int)
        places = rng.permutation(HEIGHT * WIDTH)
        m[places[:3]] = rng.integers(high // 5, 20, size=3) * 5
        m[places[3:13]] = rng.integers(low // 5, high // 5, size=10) * 5
        m[places[13:18]] = rng.integers(1, low // 5, size=5) * 5
        m = m.reshape(HEIGHT, WIDTH)
        led_to = [kept_by(m, low, high, **idea) for idea in ({}, {"sides": 4}, {"rounds": 1}, {"rounds": 0})]
        if len({*led_to, int((m >= low).sum())}) == 5:
            return m


def kept_by(m, low, high, sides=8, rounds=HEIGHT * WIDTH):
    """How many pixels are edges when strong ones spread to weak neighbours, ``rounds`` times at most."""
    edges = m >= high
    for _ in range(rounds):
        wide = np.pad(edges, 1)
        near = edges.copy()
        for i in range(3):
            for j in range(3):
                if sides == 8 or 1 in (i, j):
                    near |= wide[i : i + HEIGHT, j : j + WIDTH]
        before, edges = edges, near & (m >= low)
        if (edges == before).all():
            break
    return int(edges.sum())


@answer(points=1, rule=ordering(*STEPS, distractors=("train", "pool")))
def steps():
    return STEPS


@steps.misconception
def thinned_before_gradient():
    return ("smooth", "thin", "gradient", "thresholds", "hysteresis")


@steps.misconception
def smoothed_after():
    return ("gradient", "smooth", "thin", "thresholds", "hysteresis")


@steps.misconception
def learned():
    return ("train", *STEPS)


@answer(points=2)
def kept(magnitudes, low, high):
    return kept_by(magnitudes, low, high)


@kept.misconception
def only_strong(strong):
    return strong


@kept.misconception
def every_weak(strong, weak):
    return strong + weak


@kept.misconception
def no_diagonal(magnitudes, low, high):
    return kept_by(magnitudes, low, high, sides=4)


@kept.misconception
def one_step_away(magnitudes, low, high):
    return kept_by(magnitudes, low, high, rounds=1)


@answer(points=1, rule=choice("nothing", "kernels", "thresholds", "all"))
def found_by_training():
    return "nothing"


@found_by_training.misconception
def like_a_network():
    return "kernels"


@found_by_training.misconception
def tuned_for_trained():
    return "thresholds"


@found_by_training.misconception
def everything():
    return "all"
