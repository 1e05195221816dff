from functools import cache

import numpy as np

from grader.author import answer, choice, grid, matching, value
from grader.figures import in_numbers

minutes = 5
difficulty = 2
tags = ("kernels", "cnn")

params = grid(effect=["blur", "sharpen", "horizontal", "vertical", "all_edges", "shift"], seed=range(6))

SIDE = 64
ACROSS = [[[1, 2, 1], [0, 0, 0], [-1, -2, -1]], [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]]  # Sobel, Prewitt
KERNELS = {  # integer coefficients; a blur is divided by their sum
    "blur": [np.ones((5, 5), int), np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])],
    "sharpen": [[[0, -1, 0], [-1, 5, -1], [0, -1, 0]], [[0, -2, 0], [-2, 9, -2], [0, -2, 0]]],
    "horizontal": [sign * np.array(k) for k in ACROSS for sign in (1, -1)],
    "vertical": [sign * np.array(k).T for k in ACROSS for sign in (1, -1)],
    "all_edges": [[[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], [[0, 1, 0], [1, -4, 1], [0, 1, 0]]],
    "shift": [np.roll(np.diag([0, 1, 0]), move, axis) for move in (1, -1) for axis in (0, 1)],
}
OFFERED = tuple(name for name in KERNELS if name != "shift")  # a pixel to the side cannot be seen
ROWS = ("first", "second", "third")


@value
def scene(seed):
    return drawn(seed)


@value
def kernel(effect, seed):
    return kernel_for(effect, seed)


@value
def total(kernel):
    return 1 if kernel.shape == (5, 5) else int(kernel.sum())


@value
def effects(effect, seed):
    """The effects of the three kernels to match: one orientation and two others, none of them ``effect``."""
    rng = np.random.default_rng([seed, list(KERNELS).index(effect)])
    orientations = [name for name in ("horizontal", "vertical") if name != effect]
    others = [name for name in ("blur", "sharpen", "all_edges") if name != effect]
    chosen = [str(rng.choice(orientations)), *rng.permutation(others)[:2]]
    return tuple(str(name) for name in rng.permutation(chosen))


@value
def formulas(kernel, effects, seed):
    return tuple(latex(k) for k in (kernel, *(kernel_for(name, seed) for name in effects)))


@value
def results(seed):
    return filtered(seed)


@value
def looks(results):
    return {name: in_numbers(image) for name, image in results.items()}


@cache
def drawn(seed):
    """Bars both ways, a disc and a diamond, each in a quarter of the image. Shape (64, 64), in [0, 1]."""
    rng = np.random.default_rng([seed, SIDE])
    rows, columns = np.mgrid[:SIDE, :SIDE]
    image = np.full((SIDE, SIDE), rng.choice([0.35, 0.45, 0.55]))
    corners = rng.permutation([(3, 3), (3, 35), (35, 3), (35, 35)])
    thick, (disc, diamond) = rng.integers(4, 6), rng.permutation([0.1, 0.75, 0.9])[:2]
    for along, (top, left) in zip((rows, columns), corners[:2], strict=True):
        square = np.s_[top : top + 26, left : left + 26]
        image[square] = np.where((along[square] - along[top, left]) // thick % 2, 0.85, 0.15)
    for tone, round_, (top, left) in zip((disc, diamond), (True, False), corners[2:], strict=True):
        down, right = rows - top - 12.5, columns - left - 12.5
        image[np.hypot(down, right) <= 12.5 if round_ else abs(down) + abs(right) <= 13] = tone
    return image


@cache
def filtered(seed):
    """What one kernel of each effect makes of the scene, in absolute value and cut at 1."""
    shown = {}
    for name in OFFERED:
        k = kernel_for(name, seed)
        padded = np.pad(drawn(seed), len(k) // 2, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, k.shape)
        shown[name] = np.abs((windows * (k / divisor(k))).sum(axis=(2, 3))).clip(0, 1)
    return shown


def kernel_for(name, seed):
    return np.array(KERNELS[name][seed % len(KERNELS[name])])


def divisor(kernel):
    return kernel.sum() if kernel.shape == (5, 5) else 1


def latex(kernel):
    factor = rf"\frac{{1}}{{{divisor(kernel)}}}" if divisor(kernel) != 1 else ""
    rows = r" \\ ".join(" & ".join(map(str, row)) for row in kernel)
    return rf"{factor}\begin{{pmatrix}} {rows} \end{{pmatrix}}"


@answer(points=1, rule=choice(*KERNELS))
def purpose(effect):
    return effect


@purpose.misconception
def sum_ignored(effect):
    return "all_edges" if effect in ("blur", "sharpen", "shift") else "sharpen"


@purpose.misconception
def signs_ignored(effect):
    return "sharpen" if effect in ("blur", "shift") else "blur"


@purpose.misconception
def direction_ignored(effect):
    return {"horizontal": "vertical", "vertical": "horizontal", "all_edges": "horizontal", "shift": "blur"}.get(
        effect, "shift"
    )


@answer(points=2, rule=matching(left=ROWS, right=OFFERED))
def images(effects):
    return dict(zip(ROWS, effects, strict=True))


def confused(effects, one, other):
    swap = {one: other, other: one}
    return {row: swap.get(name, name) for row, name in zip(ROWS, effects, strict=True)}


@images.misconception
def orientation_inverted(effects):
    return confused(effects, "horizontal", "vertical")


@images.misconception
def sharpening_for_edges(effects):
    return confused(effects, "sharpen", "all_edges")


@images.misconception
def blur_for_sharpening(effects):
    return confused(effects, "blur", "sharpen")
