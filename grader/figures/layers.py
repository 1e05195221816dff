"""Networks drawn layer by layer, tensors as stacks of squares, neurons with what their edges carry, and time lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from grader.figures.svg import GREY, WIDEST, Point, Sheet, text_width
from grader.figures.words import numbers, one_of, rows_of, short, word, written
from grader.model import Lang

_TINTS = {"conv": "#CDE6F7", "pool": "#FCE3C2", "dense": "#D5EFE5", "linear": "#D5EFE5"}
_MOST_SQUARES = 7  # drawn of a stack, however many maps it has


def stack(
    tensors: Any, lang: Lang = "en", *, operations: Any = None, channels: str = "last", largest: int = 96
) -> str:  # fmt: skip
    """Feature maps as stacks of squares with their sizes written, as SVG: {name: shape} or a list of shapes.

    A shape is (h, w, c) or, for ``channels="first"``, (c, h, w), and is written so; (n,) is a vector; an entry may be
    ``None`` or "?", and so may a whole shape. ``operations`` names the arrows between them: one fewer than tensors.
    """
    one_of(channels, ("first", "last"), "stack: channels")
    named = list(tensors.items()) if isinstance(tensors, Mapping) else [("", shape) for shape in tensors]
    if not named:
        raise ValueError("stack: nothing to draw")
    arrows = [word(o, lang) for o in operations] if operations is not None else [""] * (len(named) - 1)
    if len(arrows) != len(named) - 1:
        raise ValueError(
            f"stack: {len(named)} tensors have {len(named) - 1} operations between them, got {len(arrows)}"
        )
    shapes = [_shape(shape, f"stack: {name}") for name, shape in named]
    sides = [h for shape in shapes for h in _spatial(shape, channels)[:2] if h]
    unit = largest / math.sqrt(max(sides, default=1))
    sheet, x, columns = Sheet(), 0.0, []
    for (name, _), shape in zip(named, shapes, strict=True):
        columns.append(_Column(word(name, lang), shape, channels, unit, lang))
    tall = max(column.height for column in columns)
    for k, column in enumerate(columns):
        column.draw(sheet, x, tall)
        x += column.width
        if k < len(arrows):
            lines = arrows[k].split(" ") if len(columns) > 3 else [arrows[k]]
            length = max(26.0, max(text_width(line, 12) for line in lines) + 8)
            sheet.arrow((x + 4, tall / 2), (x + 4 + length, tall / 2))
            for n, line in enumerate(reversed(lines)):
                sheet.text(x + 4 + length / 2, tall / 2 - 10 - 14 * n, line, size=12)
            x += length + 8
    return sheet.finish()


class _Column:
    """One tensor of a stack: its squares, and the words under them."""

    def __init__(self, name: str, shape: tuple[Any, ...] | None, channels: str, unit: float, lang: Lang) -> None:
        self.name = name
        self.size = "?" if shape is None else " × ".join("?" if n is None else written(n, lang) for n in shape)
        high, wide, deep = _spatial(shape, channels)
        self.vector = shape is not None and len(shape) == 1
        # Square roots: 224 and 7 stay visible side by side.
        self.h = unit * math.sqrt(high) if high else 44.0
        self.w = unit * math.sqrt(wide) if wide else 44.0
        self.count = 1 if not deep else max(1, min(_MOST_SQUARES, 1 + round(math.log2(deep))) if deep > 3 else deep)
        if self.vector:
            count = shape[0] if shape and isinstance(shape[0], int) else 64
            self.h, self.w, self.count = min(110.0, 14 + 12 * math.log2(count + 1)), 12.0, 1
        self.h, self.w = max(self.h, 9.0), max(self.w, 9.0)
        spread = (self.count - 1) * 6
        self.drawn_w, self.drawn_h = self.w + spread, self.h + spread
        self.width = max(self.drawn_w, text_width(self.size, 12), text_width(name))
        self.height = self.drawn_h

    def draw(self, sheet: Sheet, x: float, tall: float) -> None:
        left, top = x + (self.width - self.drawn_w) / 2, (tall - self.drawn_h) / 2
        for k in range(self.count):
            sheet.rect(left + k * 6, top + k * 6, self.w, self.h, fill="#D5EFE5" if self.vector else "#CDE6F7")
        sheet.text(x + self.width / 2, tall + 14, self.size, size=12)
        sheet.text(x + self.width / 2, tall + 31, self.name, bold=True)


def _shape(shape: Any, what: str) -> tuple[int | str | None, ...] | None:
    if shape is None or shape == "?":
        return None
    entries = (
        (shape,) if isinstance(shape, int | np.integer) else tuple(shape) if isinstance(shape, list | tuple) else ()
    )
    kept = tuple(None if e in (None, "?") else int(e) if isinstance(e, int | np.integer) else e for e in entries)
    if not 1 <= len(kept) <= 4 or any(isinstance(e, int) and e < 1 for e in kept):
        raise ValueError(f"{what}: expected a shape such as (28, 28, 1), got {short(shape)}")
    return kept


def _spatial(shape: tuple[Any, ...] | None, channels: str) -> tuple[int | None, int | None, int | None]:
    """Height, width and channels, where they are known."""
    if shape is None or len(shape) == 1:
        return None, None, None
    whole = [n if isinstance(n, int) else None for n in shape]
    if len(whole) == 2:
        return whole[0], whole[1], 1
    high, wide, deep = whole[-3:] if channels == "last" else (whole[-2], whole[-1], whole[-3])
    return high, wide, deep


def architecture(
    layers: Any, lang: Lang = "en", *, direction: str = "auto", skips: Any = (), sum_sign: str = "+"
) -> str:
    """Layers as boxes with what comes out of each, as SVG.

    ``layers``: a list of (name, detail, shape) or {"name":, "detail":, "shape":}; ``detail`` ("3 × 3, 16 filters") and
    ``shape`` (a tuple, a text, or "?" for a blank) may be left out or ``None``. ``direction``: across, down, or auto
    (across where one row is enough). ``skips`` [(from, to), …] are drawn beside, from the output of one layer to the
    input of another, counted from 0. Raises ``ValueError`` where a row of boxes is wider than a page.
    """
    one_of(direction, ("auto", "across", "down"), "architecture: direction")
    if not isinstance(layers, Sequence) or isinstance(layers, str) or not layers:
        raise ValueError(f"architecture: expected a list of layers, got {short(layers)}")
    drawn = [_layer(layer, lang) for layer in layers]
    widths = [max(text_width(t, 12 if n else 13.5) for n, t in enumerate(texts)) + 16 for texts in drawn]
    whole = sum(widths) + 26 * (len(drawn) - 1)
    jumps = [(int(a), int(b)) for a, b in skips]
    if any(not 0 <= a < b < len(drawn) for a, b in jumps):
        raise ValueError(f"architecture: a skip goes from an earlier layer to a later one, got {short(skips)}")
    if direction == "across" or (direction == "auto" and whole <= WIDEST - 12 and not jumps):
        return _across(drawn, widths)
    return _down(drawn, jumps, sum_sign)


def _layer(layer: Any, lang: Lang) -> tuple[str, str, str]:
    """Its name, its detail and its output shape, as written."""
    if isinstance(layer, str):
        parts: list[Any] = [layer]
    elif isinstance(layer, Mapping):
        if not {"name"} <= set(layer) <= {"name", "detail", "shape"}:
            raise ValueError(f"architecture: a layer has a name, a detail and a shape, got {short(layer)}")
        parts = [layer.get(key) for key in ("name", "detail", "shape")]
    else:
        parts = list(layer) if isinstance(layer, list | tuple) else []
    if not 1 <= len(parts) <= 3 or not isinstance(parts[0], str):
        raise ValueError(f"architecture: expected (name, detail, shape), got {short(layer)}")
    name, detail, shape = [*parts, None, None][:3]
    if isinstance(shape, list | tuple):
        known = _shape(shape, f"architecture: {name}") or ()
        shape = " × ".join("?" if n is None else written(n, lang) for n in known)
    return (
        word(name, lang),
        written(word(detail, lang) if isinstance(detail, str) else detail, lang),
        written(shape, lang),
    )


def _tint(name: str) -> str:
    return next((tint for start, tint in _TINTS.items() if start in name.lower()), "#F5F5F5")


def _across(layers: Sequence[tuple[str, str, str]], widths: Sequence[float]) -> str:
    """Left to right, in as many rows as the page needs; each row says that the next goes on."""
    sheet = Sheet()
    rows: list[list[int]] = [[]]
    used = 0.0
    for k, width in enumerate(widths):
        if rows[-1] and used + width > WIDEST - 50:
            rows.append([])
            used = 0.0
        rows[-1].append(k)
        used += width + 26
    tall = 46.0 if any(detail for _, detail, _ in layers) else 32.0
    pitch = tall + (46 if any(shape for _, _, shape in layers) else 28)
    for r, row in enumerate(rows):
        x, y = 0.0, r * pitch
        if r:
            sheet.arrow((-22, y + tall / 2), (-1, y + tall / 2))
        for k in row:
            name, detail, shape = layers[k]
            sheet.rect(x, y, widths[k], tall, fill=_tint(name), round_=4)
            sheet.text(x + widths[k] / 2, y + (15 if detail else tall / 2), name, bold=True)
            sheet.text(x + widths[k] / 2, y + 33, detail, size=12)
            sheet.text(x + widths[k] / 2, y + tall + 13, shape, size=12, bold=shape == "?")
            x += widths[k]
            if k < len(layers) - 1:
                sheet.arrow((x + 1, y + tall / 2), (x + 25, y + tall / 2))
            x += 26
    return sheet.finish()


def _down(layers: Sequence[tuple[str, str, str]], skips: Sequence[tuple[int, int]], sign: str) -> str:
    """Top to bottom: name and detail in a box, the shape beside the arrow that leaves it."""
    sheet = Sheet()
    names = max(text_width(name) * 1.06 for name, _, _ in layers)
    details = max(text_width(detail, 12) for _, detail, _ in layers)
    width = max(names + (details + 18 if details else 0) + 24, 120)
    tall, pitch = 26.0, 60.0 if skips else 50.0
    for k, (name, detail, shape) in enumerate(layers):
        y = k * pitch
        sheet.rect(0, y, width, tall, fill=_tint(name), round_=4)
        if detail:
            sheet.text(12, y + tall / 2, name, bold=True, anchor="start")
            sheet.text(width - 12, y + tall / 2, detail, size=12, anchor="end")
        else:
            sheet.text(width / 2, y + tall / 2, name, bold=True)
        last = k == len(layers) - 1
        if not last or shape:
            sheet.arrow((width / 2, y + tall + 1), (width / 2, y + pitch - 1))
        # Skips leave to the right: the shapes make room for them.
        side, anchor = (-14, "end") if skips else (10, "start")
        sheet.text(
            width / 2 + side, y + tall + (pitch - tall) / 2 - 1, shape, size=12, anchor=anchor, bold=shape == "?"
        )
    lanes: list[int] = []  # where the last skip of each lane ends: nested ones stand further out
    for start, end in sorted(skips, key=lambda jump: (jump[1] - jump[0], jump)):
        inside = [lane for a, b, lane in _placed(skips, lanes) if a < end and start < b]
        lane = max(inside, default=-1) + 1
        lanes.append(lane)
        top, bottom = start * pitch + tall + 7, end * pitch - 14
        x = width + 24 + 22 * lane
        sheet.line((width / 2, top), (x, top), (x, bottom), stroke="#000", thick=1.3, dash="5 3")
        sheet.arrow((x, bottom), (width / 2 + 9, bottom))
        sheet.circle(width / 2, bottom, 8)
        sheet.text(width / 2, bottom, sign, size=12)
    return sheet.finish()


def _placed(skips: Sequence[tuple[int, int]], lanes: Sequence[int]) -> list[tuple[int, int, int]]:
    order = sorted(skips, key=lambda jump: (jump[1] - jump[0], jump))
    return [(a, b, lane) for (a, b), lane in zip(order, lanes, strict=False)]


def network(
    weights: Any, lang: Lang = "en", *,
    inputs: Any = None, biases: Any = None, values: Any = None, names: Any = None, digits: int | None = None,
    activations: Any = None,
) -> str:  # fmt: skip
    """A small dense network with its weights on its edges, as SVG; or bare neurons from a list of layer sizes.

    ``weights``: one matrix for each layer, (inputs, neurons) as in a Keras kernel; entries may be "?" or letters.
    ``inputs`` stand in the first column; ``biases`` one list for each layer, under its neurons; ``values`` one
    list for each layer, inside them; ``names`` one list for each column; ``activations`` one name for each layer.
    """
    sizes, matrices = _sizes(weights)
    if max(sizes) > (6 if matrices else 10) or len(sizes) > 5:
        raise ValueError(f"network: {sizes} is too much to read: at most 5 columns of {6 if matrices else 10} neurons")
    columns = len(sizes)
    gap = min(230.0, (WIDEST - 170) / max(1, columns - 1)) if matrices else min(120.0, (WIDEST - 130) / (columns - 1))
    pitch, radius = (84.0 if matrices else 48.0), (22.0 if matrices else 16.0)
    tall = max(sizes) * pitch
    where = [[(c * gap, (tall - n * pitch) / 2 + (i + 0.5) * pitch) for i in range(n)] for c, n in enumerate(sizes)]
    sheet = Sheet()
    for c in range(columns - 1):
        for x0, y0 in where[c]:
            for x1, y1 in where[c + 1]:
                sheet.line((x0, y0), (x1, y1), stroke=GREY, thick=1.2)
    for c, matrix in enumerate(matrices):
        _edge_values(sheet, where[c], where[c + 1], [[written(v, lang, digits) for v in row] for row in matrix])
    inside = [inputs, *_each(values, columns - 1, "values")]
    beside = [None, *_each(biases, columns - 1, "biases")]
    for c, column in enumerate(where):
        texts = _of_length(inside[c], len(column), "inputs" if c == 0 else "values", lang, digits)
        extra = _of_length(beside[c], len(column), "biases", lang, digits)
        for k, (x, y) in enumerate(column):
            sheet.circle(x, y, radius, fill="#fff" if c == 0 else "#CDE6F7", thick=1.4)
            sheet.text(x, y, texts[k])
            if extra[k]:
                bias = f"b = {extra[k]}" if extra[k][0] in "−?0123456789" else extra[k]
                sheet.text(x, y + radius + 11, bias, halo=True)
    for c, labels in enumerate(_each(names, columns, "names")):
        for (x, y), label in zip(where[c], _of_length(labels, sizes[c], "names", lang, None), strict=True):
            if c in (0, columns - 1):
                sheet.text(x + (radius + 7) * (1 if c else -1), y, label, anchor="start" if c else "end")
            else:
                sheet.text(x, y - radius - 10, label, halo=True)
    for c, label in enumerate(_each(activations, columns - 1, "activations")):
        sheet.text((c + 1) * gap, tall + 12, word(label or "", lang))
    return sheet.finish()


def _edge_values(
    sheet: Sheet, before: Sequence[Point], after: Sequence[Point], texts: Sequence[Sequence[str]]
) -> None:  # fmt: skip
    """A number on each edge, where the other edges and the numbers already written are farthest."""
    edges = {(i, j): (start, end) for i, start in enumerate(before) for j, end in enumerate(after)}
    taken: list[Point] = []
    for (i, j), (start, end) in edges.items():
        others = [edge for key, edge in edges.items() if key != (i, j)]
        spots = [
            (start[0] + (end[0] - start[0]) * share / 40, start[1] + (end[1] - start[1]) * share / 40)
            for share in range(9, 32)
        ]
        spot = max(spots, key=lambda s: min(_room(s, others, taken), 24.0) - abs(s[0] - start[0]) * 0.004)
        taken.append(spot)
        wide = text_width(texts[i][j]) + 8  # the edge stops well before the number: −1 is not 1 on a line
        sheet.rect(spot[0] - wide / 2, spot[1] - 8, wide, 16, fill="#fff", stroke="none")
        sheet.text(*spot, texts[i][j])


def _room(spot: Point, edges: Sequence[tuple[Point, Point]], taken: Sequence[Point]) -> float:
    """px between a number and the nearest edge that is not its own, or the nearest other number (half of it)."""
    aside = [math.hypot((spot[0] - x) * 0.5, spot[1] - y) * 0.7 for x, y in taken]
    for (x0, y0), (x1, y1) in edges:
        y = y0 + (y1 - y0) * (spot[0] - x0) / (x1 - x0)
        aside.append(abs(spot[1] - y) * (x1 - x0) / math.hypot(x1 - x0, y1 - y0))
    return min(aside, default=99.0)


def _sizes(weights: Any) -> tuple[list[int], list[list[list[Any]]]]:
    listed = list(weights) if isinstance(weights, list | tuple) else []
    if len(listed) >= 2 and all(isinstance(n, int) and n >= 1 for n in listed):
        return listed, []
    if not listed:
        raise ValueError(f"network: expected one matrix for each layer, or a list of sizes, got {short(weights)}")
    matrices = [rows_of(matrix, f"network: layer {k + 1}") for k, matrix in enumerate(listed)]
    for k, (before, after) in enumerate(pairwise(matrices)):
        if len(before[0]) != len(after):
            raise ValueError(f"network: layer {k + 1} has {len(before[0])} neurons, layer {k + 2} reads {len(after)}")
    return [len(matrices[0]), *(len(m[0]) for m in matrices)], matrices


def _each(values: Any, count: int, what: str) -> list[Any]:
    if values is None:
        return [None] * count
    if len(values) != count:
        raise ValueError(f"network: {what}: expected {count}, got {len(values)}")
    return list(values)


def _of_length(values: Any, count: int, what: str, lang: Lang, digits: int | None) -> list[str]:
    texts = [""] * count if values is None else [written(v, lang, digits) for v in values]
    if len(texts) != count:
        raise ValueError(f"network: {what}: expected {count}, got {len(texts)}")
    return texts


def timeline(events: Any, lang: Lang = "en", *, xlabel: str = "", width: int = 520) -> str:
    """Events along an arrow, as SVG: {name: place}, or a list of names at equal distances."""
    if isinstance(events, Mapping):
        names, places = [word(name, lang) for name in events], numbers(events.values(), "timeline")
    else:
        names = [word(name, lang) for name in events]
        places = [float(k) for k in range(len(names))]
    if not names or len(names) > 12 or any(map(math.isnan, places)):
        raise ValueError(f"timeline: expected 1 to 12 events at finite places, got {short(events)}")
    low, high = min(places), max(places)
    width = min(
        width, int(WIDEST - 50 - (text_width(names[places.index(low)]) + text_width(names[places.index(high)])) / 2)
    )
    sheet = Sheet()
    taken: list[tuple[float, float, int]] = []
    sheet.arrow((-14, 0), (width + 18, 0), thick=1.8)
    for name, place in sorted(zip(names, places, strict=True), key=lambda event: event[1]):
        x = width / 2 if high == low else (place - low) / (high - low) * width
        half = text_width(name) / 2 + 5
        level = next(
            n for n in (1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 7)
            if all(n != used or x - half > right or x + half < left for left, right, used in taken)
        )  # fmt: skip
        taken.append((x - half, x + half, level))
        y = -24.0 * level
        sheet.line((x, 0), (x, y + math.copysign(9, level)), stroke=GREY)
        sheet.circle(x, 0, 4, fill="#000")
        sheet.text(x, y, name, halo=True)
    lowest = min(level for _, _, level in taken)
    sheet.text(width, 24.0 * -min(lowest, 0) + 22, word(xlabel, lang), anchor="end", bold=True)
    return sheet.finish()
