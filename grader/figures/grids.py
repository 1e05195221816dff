"""Grids of numbers: a matrix, a kernel half-way across an image, rectangles whose overlap is measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.figures.svg import COLOURS, DASHES, GREY, PALE, WIDEST, Sheet, text_width
from grader.figures.words import numbers, one_of, rows_of, short, word, written
from grader.model import Lang

WINDOW = "#FCE3C2"  # pale orange: the cells a kernel covers
CELL = "#CDE6F7"  # pale blue: the cell that is being filled
BLANK = "#F0F0F0"
Cell = tuple[int, int]


class _Grid:
    """Where a grid stands and what its cells are like, before it is drawn."""

    def __init__(self, cells: list[list[Any]], lang: Lang, digits: int | None, side: float | None = None) -> None:
        self.texts = [[written(cell, lang, digits) for cell in row] for row in cells]
        widest = max(text_width(text) for row in self.texts for text in row)
        self.side = side or max(26.0, widest + 10)
        self.high = side or (26.0 if self.side > 32 else self.side)
        self.width, self.height = self.side * len(cells[0]), self.high * len(cells)

    def draw(
        self, sheet: Sheet, x: float, y: float, fills: Mapping[Cell, str], dashed: frozenset[Cell] = frozenset()
    ) -> None:
        for i, row in enumerate(self.texts):
            for j, text in enumerate(row):
                left, top = x + j * self.side, y + i * self.high
                fill = fills.get((i, j), "#fff")
                sheet.rect(left, top, self.side, self.high, fill=fill, stroke="#999" if (i, j) in dashed else "#555")
                sheet.text(left + self.side / 2, top + self.high / 2, text, bold=text == "?")
        sheet.rect(x, y, self.width, self.height, thick=1.4)

    def frame(self, sheet: Sheet, x: float, y: float, window: Sequence[int], colour: str = "#000") -> None:
        i, j, height, width = window
        sheet.rect(
            x + j * self.side, y + i * self.high, width * self.side, height * self.high, stroke=colour, thick=3.2
        )


def matrix_figure(
    values: Any, lang: Lang = "en", *,
    window: Any = None, cells: Any = (), rows: Any = None, columns: Any = None,
    row_title: str = "", column_title: str = "", heat: bool = False, digits: int | None = None, title: str = "",
) -> str:  # fmt: skip
    """A grid of numbers as SVG; ``None`` is an empty cell, ``"?"`` one to fill.

    ``window`` (row, column, height, width) is framed and tinted; ``cells`` [(row, column), …] are tinted. ``rows`` and
    ``columns`` name the lines; ``heat`` shades each cell by its value, darker for larger. Raises ``ValueError`` on
    ragged rows, and on cells outside the grid.
    """
    table = rows_of(values, "matrix_figure")
    height, width = len(table), len(table[0])
    chosen = {_cell(cell, height, width) for cell in ([cells] if _is_cell(cells) else cells)}
    grid = _Grid(table, lang, digits)
    sheet = Sheet()
    fills = _shades(table) if heat else {}
    fills |= dict.fromkeys(chosen, CELL)
    if window is not None:
        window = _window(window, height, width)
        fills |= dict.fromkeys(_covered(window), WINDOW)
    column_words = _labels(columns, width, "columns", lang)
    row_words = _labels(rows, height, "rows", lang)
    if column_words:
        grid.side = max(grid.side, max(text_width(w) for w in column_words) + 8)
        grid.width = grid.side * width
    grid.draw(sheet, 0, 0, fills)
    if window is not None:
        grid.frame(sheet, 0, 0, window)
    for i, j in sorted(chosen):
        grid.frame(sheet, 0, 0, (i, j, 1, 1))
    for j, label in enumerate(column_words):
        sheet.text((j + 0.5) * grid.side, -12, label)
    for i, label in enumerate(row_words):
        sheet.text(-8, (i + 0.5) * grid.high, label, anchor="end")
    room = max((text_width(w) for w in row_words), default=0.0) + 24
    sheet.text(-room, grid.height / 2, word(row_title, lang), bold=True, upright=True)
    top = -36 if column_words else -16
    sheet.text(grid.width / 2, top, word(column_title or title, lang), bold=True)
    return sheet.finish()


def convolution(
    image: Any, lang: Lang = "en", *,
    kernel: Any = None, size: Any = None, at: Any = (0, 0), stride: Any = 1, padding: Any = 0,
    output: Any = None, filled: str = "before", digits: int | None = None, operation: str = "",
) -> str:  # fmt: skip
    """A window half-way across an image: the input, the kernel, and the output with one cell being filled, as SVG.

    ``at`` is the (row, column) of that output cell, marked “?”. ``filled``: the output holds what comes ``before`` it
    in reading order, ``all`` but it, or ``none``. Without ``kernel``, ``size`` is a pooling window and ``output`` may
    give its values. ``padding`` zeros stand around the input, in grey. ``stride``, ``padding``, ``size`` are a number
    or (vertical, horizontal). The kernel is not flipped. Raises ``ValueError`` where the window does not fit.
    """
    table = rows_of(image, "convolution: input")
    weights = None if kernel is None else rows_of(kernel, "convolution: kernel")
    if weights is None and size is None:
        raise ValueError("convolution: give a kernel, or the size of a pooling window")
    high, wide = (len(weights), len(weights[0])) if weights is not None else _pair(size, "size", 1)
    (down, right), (pad_i, pad_j) = _pair(stride, "stride", 1), _pair(padding, "padding", 0)
    inner = np.array(table, dtype=object)
    padded = np.full((inner.shape[0] + 2 * pad_i, inner.shape[1] + 2 * pad_j), 0, dtype=object)
    padded[pad_i : pad_i + inner.shape[0], pad_j : pad_j + inner.shape[1]] = inner
    out_h, out_w = (padded.shape[0] - high) // down + 1, (padded.shape[1] - wide) // right + 1
    if out_h < 1 or out_w < 1:
        raise ValueError(f"convolution: a {high}×{wide} window does not fit in {padded.shape[0]}×{padded.shape[1]}")
    i, j = _cell(at, out_h, out_w)
    results = _results(padded, weights, output, (high, wide), (down, right), (out_h, out_w))
    one_of(filled, ("before", "all", "none"), "convolution: filled")
    kept = {"all": (out_h, 0), "before": (i, j), "none": (0, 0)}[filled]
    shown = [[results[a][b] if (a, b) < kept else None for b in range(out_w)] for a in range(out_h)]
    shown[i][j] = "?"
    window = (i * down, j * right, high, wide)
    edge = frozenset(
        (a, b) for a in range(padded.shape[0]) for b in range(padded.shape[1])
        if not (pad_i <= a < pad_i + inner.shape[0] and pad_j <= b < pad_j + inner.shape[1])
    )  # fmt: skip
    left = _Grid(padded.tolist(), lang, digits)
    middle = _Grid(weights, lang, digits) if weights is not None else None
    last = _Grid(results, lang, digits)  # as wide as the whole output will be
    last.texts = [[written(cell, lang, digits) for cell in row] for row in shown]
    sheet = Sheet()
    parts: list[tuple[_Grid, str]] = [(left, "input"), *([(middle, "kernel")] if middle else []), (last, "output")]
    signs = ["∗", "="] if middle else [operation or "→"]
    gaps = [max(34.0, text_width(sign, 16) + 16) for sign in signs]
    whole = sum(grid.width for grid, _ in parts) + sum(gaps)
    if whole > WIDEST - 12:
        raise ValueError(
            f"convolution: the grids are {whole:.0f} px wide in all, at most {WIDEST - 12}: take fewer columns"
        )
    x, tall = 0.0, max(grid.height for grid, _ in parts)
    for k, (grid, name) in enumerate(parts):
        y = (tall - grid.height) / 2
        if name == "input":
            grid.draw(sheet, x, y, dict.fromkeys(edge, BLANK) | dict.fromkeys(_covered(window), WINDOW), edge)
            grid.frame(sheet, x, y, window)
        elif name == "kernel":
            grid.draw(sheet, x, y, dict.fromkeys(_covered((0, 0, high, wide)), WINDOW))
        else:
            grid.draw(sheet, x, y, {(i, j): CELL})
            grid.frame(sheet, x, y, (i, j, 1, 1))
        sheet.text(x + grid.width / 2, y + grid.height + 14, word(name, lang))
        x += grid.width
        if k < len(signs):
            sheet.text(x + gaps[k] / 2, tall / 2, word(signs[k], lang), size=16)
            x += gaps[k]
    return sheet.finish()


def _results(
    padded: Any, weights: list[list[Any]] | None, output: Any, size: Cell, stride: Cell, shape: Cell
) -> list[list[Any]]:
    if output is not None:
        given = rows_of(output, "convolution: output")
        if (len(given), len(given[0])) != shape:
            raise ValueError(f"convolution: the output is {shape[0]}×{shape[1]}, not {len(given)}×{len(given[0])}")
        return given
    if weights is None:
        return [[None] * shape[1] for _ in range(shape[0])]
    try:
        numbers_, kernel = padded.astype(float), np.array(weights, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError("convolution: with empty or lettered cells, give the output") from error
    whole = all(float(v).is_integer() for v in (*numbers_.flat, *kernel.flat))
    found = [
        [
            float((numbers_[a : a + size[0], b : b + size[1]] * kernel).sum())
            for b in range(0, shape[1] * stride[1], stride[1])
        ]
        for a in range(0, shape[0] * stride[0], stride[0])
    ]
    return [[int(v) if whole else round(v, 10) for v in row] for row in found]


def boxes(
    rectangles: Any, lang: Lang = "en", *,
    size: Any = None, form: str = "xyxy", corners: bool = False, overlap: bool = True, width: int = 340,
) -> str:  # fmt: skip
    """Rectangles in an image's pixels, y downwards, as SVG: {name: (x1, y1, x2, y2)}, or (x, y, w, h) for ``xywh``.

    ``size`` (width, height) of the image, or just enough. The overlap of two rectangles is hatched; ``corners`` writes
    the coordinates of two corners. Raises ``ValueError`` on an empty rectangle.
    """
    one_of(form, ("xyxy", "xywh"), "boxes: form")
    if not isinstance(rectangles, Mapping) or not 1 <= len(rectangles) <= 4:
        raise ValueError(f"boxes: expected 1 to 4 rectangles {{name: (x1, y1, x2, y2)}}, got {short(rectangles)}")
    placed: dict[str, tuple[float, float, float, float]] = {}
    for name, given in rectangles.items():
        four = numbers(given, f"boxes: {name}")
        if len(four) != 4 or any(map(math.isnan, four)):
            raise ValueError(f"boxes: {name}: expected 4 numbers, got {short(given)}")
        a, b, c, d = four
        placed[name] = (a, b, c, d) if form == "xyxy" else (a, b, a + c, b + d)
        if not (placed[name][0] < placed[name][2] and placed[name][1] < placed[name][3]):
            raise ValueError(f"boxes: {name}: the first corner is the one nearest to the origin, got {short(given)}")
    across = float(size[0]) if size else max(r[2] for r in placed.values()) * 1.1
    down = float(size[1]) if size else max(r[3] for r in placed.values()) * 1.1
    scale = width / across
    sheet = Sheet()
    step = _round_step(max(across, down) / 8)
    for axis, end in enumerate((across, down)):
        for k in range(math.floor(end / step + 1e-9) + 1):
            at = k * step * scale
            sheet.line(*(((at, 0), (at, down * scale)) if axis == 0 else ((0, at), (width, at))), stroke=PALE)
            label = written(k * step, lang)
            if axis == 0:
                sheet.text(at, -10, label, size=12)
            else:
                sheet.text(-7, at, label, size=12, anchor="end")
    sheet.rect(0, 0, width, down * scale, stroke=GREY)
    sheet.text(width + 14, 0, "x", bold=True)
    sheet.text(-12, down * scale + 14, "y", bold=True)
    if overlap and len(placed) == 2:
        (a1, b1, c1, d1), (a2, b2, c2, d2) = placed.values()
        left, top, right, bottom = max(a1, a2), max(b1, b2), min(c1, c2), min(d1, d2)
        if left < right and top < bottom:
            sheet.hatch(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale)
    for k, (name, (x1, y1, x2, y2)) in enumerate(placed.items()):
        sheet.rect(
            x1 * scale, y1 * scale, (x2 - x1) * scale, (y2 - y1) * scale, stroke=COLOURS[k], thick=2.6, dash=DASHES[k]
        )
        label = word(name, lang)
        # The first name stands inside at the top left, the second at the bottom right, where the other is least likely.
        first = k % 2 == 0
        sheet.text(
            (x1 if first else x2) * scale + (6 if first else -6), y1 * scale + 11 if first else y2 * scale - 11, label,
            anchor="start" if first else "end", bold=True, halo=True,
        )  # fmt: skip
        if corners:
            between = " ; " if lang == "fr" else ", "  # (1,5 ; 2): a comma is taken
            for x, y, away in ((x1, y1, -10), (x2, y2, 11)):
                place = f"({written(x, lang)}{between}{written(y, lang)})"
                sheet.text(x * scale, y * scale + away, place, size=12, halo=True)
    return sheet.finish()


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= step - 1e-9)


def _is_cell(cell: Any) -> bool:
    return isinstance(cell, list | tuple) and len(cell) == 2 and all(isinstance(k, int | np.integer) for k in cell)


def _cell(cell: Any, height: int, width: int) -> Cell:
    if not _is_cell(cell) or not (0 <= cell[0] < height and 0 <= cell[1] < width):
        raise ValueError(f"cell {short(cell)} is not (row, column) in a grid of {height}×{width}")
    return int(cell[0]), int(cell[1])


def _window(window: Any, height: int, width: int) -> tuple[int, int, int, int]:
    if not isinstance(window, list | tuple) or len(window) != 4:
        raise ValueError(f"window: expected (row, column, height, width), got {short(window)}")
    i, j, h, w = (int(k) for k in window)
    if not (i >= 0 and j >= 0 and h >= 1 and w >= 1 and i + h <= height and j + w <= width):
        raise ValueError(f"window {short(window)} leaves the grid of {height}×{width}")
    return i, j, h, w


def _covered(window: Sequence[int]) -> list[Cell]:
    i, j, h, w = window
    return [(a, b) for a in range(i, i + h) for b in range(j, j + w)]


def _pair(value: Any, what: str, least: int) -> Cell:
    pair = (value, value) if isinstance(value, int | np.integer) else tuple(value)
    if len(pair) != 2 or any(not isinstance(v, int | np.integer) or v < least for v in pair):
        raise ValueError(f"{what}: expected a whole number from {least}, or two, got {short(value)}")
    return int(pair[0]), int(pair[1])


def _labels(labels: Any, count: int, what: str, lang: Lang) -> list[str]:
    if labels is None:
        return []
    listed = [word(label, lang) if isinstance(label, str) else written(label, lang) for label in labels]
    if len(listed) != count:
        raise ValueError(f"{what}: {len(listed)} labels for {count} lines")
    return listed


def _shades(table: list[list[Any]]) -> dict[Cell, str]:
    """White to mid-grey: black digits stay legible on the darkest."""
    real = {(i, j): float(v) for i, row in enumerate(table) for j, v in enumerate(row) if isinstance(v, int | float)}
    low, high = min(real.values(), default=0.0), max(real.values(), default=1.0)
    shades = {cell: round(255 - 95 * (v - low) / ((high - low) or 1)) for cell, v in real.items()}
    return {cell: f"#{g:02x}{g:02x}{g:02x}" for cell, g in shades.items()}
