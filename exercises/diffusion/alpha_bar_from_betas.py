import numpy as np

from grader.author import answer, decimal, grid, table, value

minutes = 5
difficulty = 2
tags = ("diffusion", "schedule")

params = grid(seed=range(72))

ROWS = ("one", "two", "three", "four")
CLOSE = decimal(atol=0.001)


@value
def betas(seed):
    """Four rising hundredths, large enough that adding and multiplying do not agree."""
    rng = np.random.default_rng([seed, 4])
    return tuple(int(n) / 100 for n in np.sort(rng.choice(np.arange(5, 45), size=4, replace=False)))


@value
def alphas(betas):
    return tuple(round(1 - b, 2) for b in betas)


def named(values):
    return {row: round(float(v), 6) for row, v in zip(ROWS, values, strict=True)}


def load(alphas, abar):
    """Products of two digits; three figures of the product so far are enough."""
    figures = [len(f"{alpha:g}") - 2 for alpha in alphas]
    return figures[1] * figures[0] + 3 * sum(figures[2:])


@answer(points=2, rule=table(*ROWS, decimal=CLOSE))
def abar(alphas):
    return named(np.cumprod(alphas))


@abar.misconception
def betas_added(betas):
    return named(1 - np.cumsum(betas))


@abar.misconception
def not_multiplied(alphas):
    return named(alphas)


@abar.misconception
def one_step_late(alphas):
    return named(np.cumprod((1, *alphas[:-1])))


@abar.misconception
def betas_multiplied(betas):
    return named(np.cumprod(betas))


@abar.misconception
def alphas_averaged(alphas):
    return named(np.cumsum(alphas) / np.arange(1, 5))


@abar.misconception
def roots_taken(alphas):
    return named(np.sqrt(np.cumprod(alphas)))


@abar.follow_through
def row_by_row(alphas, yours):
    """Each row from the student's own row before."""
    before = [1, *(yours[row] for row in ROWS[:-1])]
    return {row: a * b for row, a, b in zip(ROWS, alphas, before, strict=True)}
