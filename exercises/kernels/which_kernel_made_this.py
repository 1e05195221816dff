from functools import cache

import numpy as np

from grader.author import answer, choice, grid, value
from grader.figures import filtered, in_numbers, separable
from grader.figures import scene as drawn

minutes = 4
difficulty = 2
tags = ("kernels", "cnn", "figure")

APART = 0.15  # what any two pictures offered together differ by at the least, as `separable` counts
SCENES = 12

BANK = {
    "blur": np.ones((7, 7), int),
    "streak": np.ones((1, 9), int),
    "drip": np.ones((9, 1), int),
    "sharpen": np.array([[0, -2, 0], [-2, 9, -2], [0, -2, 0]]),
    "edges": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "horizontal": np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
    "vertical": np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
    "negative": np.array([[0, 0, 0], [0, -1, 0], [0, 0, 0]]),
    "relief": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
}

params = grid(made=[name for name in BANK if name != "negative"], picture=range(SCENES))


@value
def scene(picture):
    return drawn(picture)


@value
def candidates(made, picture):
    return others(made, picture, "kernels")


@value
def asked(made, picture):
    """The kernel of the second question: another one."""
    names = [name for name in BANK if name not in (made, "negative")]
    return names[int(np.random.default_rng([picture, list(BANK).index(made), 3]).integers(len(names)))]


@value
def pictures(asked, picture):
    return others(asked, picture, "pictures")


@value
def result(made, picture):
    return shown(picture)[made]


@value
def results(picture):
    return shown(picture)


@value
def looks(picture):
    """Each result in numbers: its mean grey, and how far neighbours are apart along rows and along columns."""
    return {name: in_numbers(image) for name, image in shown(picture).items()}


@value
def look(looks, made):
    return looks[made]


@value
def kernel(asked):
    return latex(asked)


@value
def bank():
    return {name: latex(name) for name in BANK}


def latex(name):
    kernel = BANK[name]
    rows = r" \\ ".join(" & ".join(map(str, row)) for row in kernel.tolist())
    factor = rf"\frac{{1}}{{{kernel.sum()}}}" if kernel.sum() > 1 else ""
    return rf"{factor}\begin{{pmatrix}} {rows} \end{{pmatrix}}"


@cache
def shown(picture):
    return {name: filtered(drawn(picture), kernel) for name, kernel in BANK.items()}


@cache
def apart(picture):
    """Which pictures made from this scene can be told from one another."""
    made = shown(picture)
    return {(a, b): a != b and separable(made[a], made[b]) >= APART for a in BANK for b in BANK}


def others(name, picture, what):
    """``name`` and three more whose pictures can all be told apart."""
    rng = np.random.default_rng([picture, list(BANK).index(name), len(what)])
    chosen = [name]
    for other in rng.permutation(list(BANK)):
        if len(chosen) < 4 and all(apart(picture)[str(other), known] for known in chosen):
            chosen.append(str(other))
    return tuple(chosen)


@answer(points=1, rule=choice("candidates"))
def which_kernel(made):
    return made


@which_kernel.misconception
def sum_ignored(candidates, made):
    return unlike(made, candidates, lambda name: np.sum(BANK[name]) == 0)


@which_kernel.misconception
def signs_ignored(candidates, made):
    return unlike(made, candidates, lambda name: np.min(BANK[name]) >= 0)


@which_kernel.misconception
def direction_ignored(candidates, made):
    return unlike(made, candidates, direction)


def direction(name):
    return name if name in ("streak", "drip", "horizontal", "vertical", "relief") else ""


def unlike(right, candidates, trait):
    """The last option that this trait alone tells from the right one; any where there is none."""
    wrong = [name for name in candidates if name != right]
    return ([name for name in wrong if trait(name) != trait(right)] or wrong)[-1]


@answer(points=1, rule=choice("pictures"))
def which_image(asked):
    return asked


@which_image.misconception
def sum_not_added(pictures, asked):
    return unlike(asked, pictures, lambda name: np.sum(BANK[name]) == 0)


@which_image.misconception
def signs_not_seen(pictures, asked):
    return unlike(asked, pictures, lambda name: np.min(BANK[name]) >= 0)


@which_image.misconception
def direction_not_seen(pictures, asked):
    return unlike(asked, pictures, direction)
