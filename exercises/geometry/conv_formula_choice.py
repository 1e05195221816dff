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
OPTIONS = ("right", "rounded_up", "one_inside", "padding_once", "padding_after", "start_forgotten")
KINDS = ("same", "valid", "transposed", "dilated")
SHAPES = (*KINDS, "floored", "multiplied")
ROWS = ("first", "second", "third", "fourth")

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
        return rf"\left\l{side} ({top}) / {stride} \right\r{side}"

    return SimpleNamespace(
        right=floor(f"{size} + 2{padding} - {left}") + " + 1",
        rounded_up=floor(f"{size} + 2{padding} - {left}", "ceil") + " + 1",
        one_inside=floor(f"{size} + 2{padding} - {left} + 1"),
        padding_once=floor(f"{size} + {padding} - {left}") + " + 1",
        padding_after=floor(f"{size} - {left}") + f" + 2{padding} + 1",
        start_forgotten=floor(f"{size} + 2{padding} - {left}"),
        same=rf"\left\lceil {size} / {stride} \right\rceil",
        valid=floor(f"{size} - {kernel}") + " + 1",
        transposed=f"({size} - 1)\\,{stride} + {kernel}",
        dilated=f"{size} - {rate}({kernel} - 1)",
        floored=rf"\left\lfloor {size} / {stride} \right\rfloor",
        multiplied=f"{size} - {rate}{kernel} + 1",
    )


@value
def kinds(layer, letters, seed):
    """The layers to match, in a drawn order."""
    rng = np.random.default_rng([seed, len(layer), len(letters), 1])
    return tuple(str(kind) for kind in rng.permutation(KINDS))


@value
def calls(kinds, letters):
    calls = {
        "same": 'layers.Conv2D(32, {K}, strides={S}, padding="same")',
        "valid": 'layers.Conv2D(32, {K}, strides={S}, padding="valid")',
        "transposed": "nn.ConvTranspose2d(16, 32, kernel_size={K}, stride={S})",
        "dilated": "nn.Conv2d(16, 32, kernel_size={K}, dilation={D})",
    }
    return {row: calls[kind].format(**symbols(letters)) for row, kind in zip(ROWS, kinds, strict=True)}


@answer(points=1, rule=choice(*OPTIONS))
def width():
    return "right"


@width.misconception
def incomplete_window_counted():
    return "rounded_up"


@width.misconception
def one_divided():
    return "one_inside"


@width.misconception
def single_side():
    return "padding_once"


@width.misconception
def padding_not_crossed():
    return "padding_after"


@width.misconception
def moves_counted():
    return "start_forgotten"


@answer(points=2, rule=matching(left=ROWS, right=SHAPES))
def formulas(kinds):
    return dict(zip(ROWS, kinds, strict=True))


def confused(formulas, **confusions):
    return {row: confusions.get(kind, kind) for row, kind in formulas.items()}


@formulas.misconception
def same_rounded_down(formulas):
    return confused(formulas, same="floored")


@formulas.misconception
def same_and_valid_swapped(formulas):
    return confused(formulas, same="valid", valid="same")


@formulas.misconception
def transposed_read_backwards(formulas):
    return confused(formulas, transposed="valid", valid="transposed")


@formulas.misconception
def dilation_times_kernel(formulas):
    return confused(formulas, dilated="multiplied")
