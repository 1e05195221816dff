from types import SimpleNamespace

import numpy as np

from grader.author import answer, choice, grid, matching, value

minutes = 6
difficulty = 2
tags = ("geometry", "cnn", "formula", "pytorch", "keras")

# The letters that textbooks use.
LETTERS = {"kernel": "IKPSD", "filter": "WFPSD", "small": "nkpsd"}
LAYERS = {
    "convolution": "nn.Conv2d(16, 32, kernel_size={K}, stride={S}, padding={P})",
    "pooling": "nn.MaxPool2d({K}, stride={S}, padding={P})",
    "dilated": "nn.Conv2d(16, 32, kernel_size={K}, stride={S}, padding={P}, dilation={D})",
}
WRONG = ("rounded_up", "one_inside", "padding_once", "padding_after", "start_forgotten", "kernel_ignored")
KINDS = ("same", "valid", "transposed", "dilated")
SHAPES = (*KINDS, "floored", "multiplied")
ROWS = ("first", "second", "third")

params = grid(layer=list(LAYERS), letters=list(LETTERS), seed=range(8))


def symbols(letters):
    return dict(zip("IKPSD", LETTERS[letters], strict=True))


@value
def names(letters):
    return SimpleNamespace(**symbols(letters))


@value
def code(layer, letters):
    return LAYERS[layer].format(**symbols(letters))


@value
def tex(layer, letters):
    """The candidate formulas, in LaTeX."""
    size, kernel, padding, stride, rate = LETTERS[letters]
    left = f"{rate}({kernel} - 1) - 1" if layer == "dilated" else kernel

    def floor(top, side="floor"):
        return rf"\left\l{side} \frac{{{top}}}{{{stride}}} \right\r{side}"

    return SimpleNamespace(
        right=floor(f"{size} + 2{padding} - {left}") + " + 1",
        rounded_up=floor(f"{size} + 2{padding} - {left}", "ceil") + " + 1",
        one_inside=floor(f"{size} + 2{padding} - {left} + 1"),
        padding_once=floor(f"{size} + {padding} - {left}") + " + 1",
        padding_after=floor(f"{size} - {left}") + f" + 2{padding} + 1",
        start_forgotten=floor(f"{size} + 2{padding} - {left}"),
        kernel_ignored=floor(f"{size} + 2{padding}") + " + 1",
        same=rf"\left\lceil \frac{{{size}}}{{{stride}}} \right\rceil",
        valid=floor(f"{size} - {kernel}") + " + 1",
        transposed=f"({size} - 1)\\,{stride} + {kernel}",
        dilated=f"{size} - {rate}({kernel} - 1)",
        floored=rf"\left\lfloor \frac{{{size}}}{{{stride}}} \right\rfloor",
        multiplied=f"{size} - {rate}{kernel} + 1",
    )


@value
def offered(layer, letters, seed):
    rng = np.random.default_rng([seed, len(layer), len(letters)])
    return ("right", *(str(name) for name in rng.permutation(WRONG)[:4]))


@value
def kinds(layer, letters, seed):
    """The three layers to match, in a drawn order."""
    rng = np.random.default_rng([seed, len(layer), len(letters), 1])
    return tuple(str(kind) for kind in rng.permutation(KINDS)[:3])


@value
def calls(kinds, letters):
    calls = {
        "same": 'layers.Conv2D(32, {K}, strides={S}, padding="same")',
        "valid": 'layers.Conv2D(32, {K}, strides={S}, padding="valid")',
        "transposed": "nn.ConvTranspose2d(16, 32, kernel_size={K}, stride={S})",
        "dilated": "nn.Conv2d(16, 32, kernel_size={K}, dilation={D})",
    }
    return {row: calls[kind].format(**symbols(letters)) for row, kind in zip(ROWS, kinds, strict=True)}


@answer(points=1, rule=choice("offered"))
def width():
    return "right"


@answer(points=2, rule=matching(left=ROWS, right=SHAPES))
def formulas(kinds):
    return dict(zip(ROWS, kinds, strict=True))


def confused(formulas, **confusions):
    return {row: confusions.get(kind, kind) for row, kind in formulas.items()}
