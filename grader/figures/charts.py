"""Curves that black and white tells apart: dashes, and names where the lines end."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from grader.figures.axis import Axis
from grader.figures.svg import COLOURS, DASHES, GREY, PALE, WIDEST, Point, Sheet, text_width
from grader.figures.words import numbers, short, word
from grader.model import Lang

COUNTED = ("epoch", "iteration", "step")  # axes of whole numbers
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_POINTS = 240  # of one curve: a longer one is thinned, its peaks kept


def _range(values: Sequence[float], given: Any, *, log: bool, what: str, pad: float) -> tuple[float, float]:
    if given is not None:
        low, high = numbers(given, what)
    else:
        real = [v for v in values if not math.isnan(v)]
        if not real:
            raise ValueError(f"{what}: no finite number to draw")
        low, high = min(real), max(real)
    if log:
        if low <= 0:
            raise ValueError(f"{what}: a logarithmic axis needs numbers above 0, got {low:g}")
        low, high = math.log10(low), math.log10(high)
    if given is None:
        if high - low < 1e-12:
            low, high = low - 0.5, high + 0.5
        room = (high - low) * pad
        touches = not log and 0 <= low <= 0.35 * high  # a loss or a share is read from zero
        low, high = (0.0 if touches else low - room), high + room
    if not low < high:
        raise ValueError(f"{what}: an axis goes from a smaller number to a larger one, got {short(given)}")
    return low, high


def curves(
    lines: Any, lang: Lang = "en", *,
    x: Any = None, xlabel: str = "", ylabel: str = "", log: bool = False, logx: bool = False, letters: Any = False,
    marks: Any = None, levels: Any = None, points: bool = False, xlim: Any = None, ylim: Any = None,
    width: int = 460, height: int = 270, title: str = "",
) -> str:  # fmt: skip
    """Lines named where they end, as SVG. ``lines``: name → list of y, or name → (list of x, list of y).

    ``x`` is shared by the lists of y; without it they are counted 1, 2, 3…, as epochs are. ``letters``: the names
    become A, B, C… in this order, or the characters given. ``marks`` {name: x} are vertical lines, ``levels``
    {name: y} horizontal ones. ``None`` and ``nan`` break a line. Raises ``ValueError`` on lists of unequal lengths.
    """
    sheet = Sheet()
    paths, names = _paths(lines, x), _names(list(lines), letters, lang)
    width = min(width, int(WIDEST - 105 - max(map(text_width, names))))
    _plot(
        sheet, paths, names, lang, (0, 0, width, height), xlabel=xlabel, ylabel=ylabel,
        log=log, logx=logx, marks=_marks(marks), levels=_marks(levels), points=points, xlim=xlim, ylim=ylim,
        title=title,
    )  # fmt: skip
    return sheet.finish()


def panels(
    plots: Any, lang: Lang = "en", *,
    x: Any = None, xlabel: str = "", ylabel: str = "", log: bool = False, letters: Any = False,
    ylim: Any = None, shared: bool = True, columns: int = 2, width: int = 600, height: int = 170,
) -> str:  # fmt: skip
    """Several plots side by side, as SVG: title → what ``curves`` draws. ``shared``: one scale for all of them.

    Lines that bear the same names in every plot are named once, above; others where they end.
    """
    if not isinstance(plots, Mapping) or not plots:
        raise ValueError(f"panels: expected {{title: curves}}, got {short(plots)}")
    drawn = [_paths(lines, x) for lines in plots.values()]
    if shared and ylim is None:
        every = [v for paths in drawn for _, ys in paths for v in ys]
        low, high = _range(every, None, log=log, what="panels", pad=0.06)
        ylim = (10**low, 10**high) if log else (low, high)
    sheet = Sheet()
    columns = min(columns, len(drawn))
    names = [_names(list(lines), False, lang) for lines in plots.values()]
    same = all(row == names[0] for row in names)
    room = 10.0 if same else max(text_width(n) for row in names for n in row) + 16
    each = (width - 60) / columns - room - 34
    if each < 90:
        raise ValueError(f"panels: {columns} columns leave {each:.0f} px to each plot; take fewer columns")
    if same and names[0] != [""]:
        _line_key(sheet, names[0], -48)
    for k, (paths, title) in enumerate(zip(drawn, _names(list(plots), letters, lang), strict=True)):
        row, column = divmod(k, columns)
        box = (column * (each + room + 46), row * (height + 74), each, height)
        _plot(
            sheet, paths, [""] * len(paths) if same else names[k], lang, box, xlabel=xlabel,
            ylabel=ylabel if column == 0 else "", log=log, ylim=ylim, title=title,
        )  # fmt: skip
    return sheet.finish()


def _line_key(sheet: Sheet, names: Sequence[str], y: float) -> None:
    x = 0.0
    for k, name in enumerate(names):
        sheet.line((x, y), (x + 34, y), stroke=COLOURS[k], thick=2.2, dash=DASHES[k])
        sheet.text(x + 40, y, name, anchor="start")
        x += 62 + text_width(name)


_Path = tuple[list[float], list[float]]


def _paths(lines: Any, x: Any) -> list[_Path]:
    if not isinstance(lines, Mapping) or not lines:
        raise ValueError(f"curves: expected {{name: list of numbers}}, got {short(lines)}")
    if len(lines) > len(COLOURS):
        raise ValueError(f"curves: at most {len(COLOURS)} lines can be told apart, got {len(lines)}")
    shared = None if x is None else numbers(x, "curves: x")
    found = []
    for name, line in lines.items():
        what = f"curves: {name}"
        pair = len(line) == 2 and not isinstance(line[0], int | float) and hasattr(line[0], "__len__")
        ys = numbers(line[1] if pair else line, what)
        xs = numbers(line[0], what) if pair else shared or [float(k) for k in range(1, len(ys) + 1)]
        if len(xs) != len(ys):
            raise ValueError(f"{what}: {len(xs)} x for {len(ys)} y")
        found.append((xs, ys))
    return found


def _names(names: Sequence[str], letters: Any, lang: Lang) -> list[str]:
    if letters is False or letters is None:
        return [word(name, lang) for name in names]
    marks = list(LETTERS if letters is True else letters)
    if len(marks) < len(names):
        raise ValueError(f"{len(names)} names are needed, letters={letters!r} has {len(marks)}")
    return [str(mark) for mark in marks[: len(names)]]


def _marks(marks: Any) -> dict[str, float]:
    if marks is None:
        return {}
    if isinstance(marks, Mapping):
        return dict(zip(map(str, marks), numbers(list(marks.values()), "marks"), strict=True)) if marks else {}
    listed = numbers(marks if isinstance(marks, list | tuple) else [marks], "marks")
    return {"\0" * k: place for k, place in enumerate(listed)}  # no names


def _plot(
    sheet: Sheet, paths: Sequence[_Path], names: Sequence[str], lang: Lang, box: tuple[float, float, float, float], *,
    xlabel: str = "", ylabel: str = "", log: bool = False, logx: bool = False, marks: Mapping[str, float] | None = None,
    levels: Mapping[str, float] | None = None, points: bool = False, xlim: Any = None, ylim: Any = None,
    title: str = "",
) -> None:  # fmt: skip
    left, top, width, height = box
    marks, levels = marks or {}, levels or {}
    every_x = [v for xs, _ in paths for v in xs] + list(marks.values())
    every_y = [v for _, ys in paths for v in ys] + list(levels.values())
    across = Axis(*_range(every_x, xlim, log=logx, what="x", pad=0.0), left, left + width, logx)
    up = Axis(*_range(every_y, ylim, log=log, what="y", pad=0.06), top + height, top, log)
    _axes(sheet, across, up, lang, xlabel, ylabel)
    if title:
        sheet.text(left + width / 2, top - 14, word(title, lang), bold=True)
    for name, place in marks.items():
        at = across(place)
        sheet.line((at, top), (at, top + height), stroke="#000", dash="3 3")
        sheet.text(at, top - 9, word(name.strip("\0"), lang))
    named: list[tuple[str, float]] = []
    for name, place in levels.items():
        at = up(place)
        sheet.line((left, at), (left + width, at), stroke="#000", dash="3 3")
        named.append((word(name.strip("\0"), lang), at))
    lines = [_runs(across, up, xs, ys) for xs, ys in paths]
    for k, runs in enumerate(lines):
        for run in runs:
            if len(run) > 1:
                sheet.line(*run, stroke=COLOURS[k], thick=2.2, dash=DASHES[k])
            if points or len(run) == 1:
                for px, py in run:
                    _point(sheet, px, py, k)
    _name_lines(sheet, lines, names, box)
    drawn = [point for runs in lines for run in runs for point in run]
    for label, at in named:
        half = text_width(label) / 2 + 6
        spots = [(left + half + k / 8 * (width - 2 * half), at + side) for k in range(9) for side in (-9, 10)]
        x, y = max(spots, key=lambda spot: _clear(spot, half, drawn))
        sheet.text(x, y, label, halo=True)


def _name_lines(
    sheet: Sheet, lines: Sequence[Sequence[Sequence[Point]]], names: Sequence[str],
    box: tuple[float, float, float, float],
) -> None:  # fmt: skip
    """At the ends of the lines; on the line itself where ends meet, there where it is farthest from the others."""
    left, top, width, height = box
    ends = [runs[-1][-1] if runs else (left + width, top + height) for runs in lines]
    beside = []
    for k, (x, y) in enumerate(ends):
        meets = any(j != k and abs(x - x2) < 30 and abs(y - y2) < 9 for j, (x2, y2) in enumerate(ends))
        half = text_width(names[k]) / 2 + 3
        others = [run for j, runs in enumerate(lines) if j != k for run in runs]
        spots = [p for run in lines[k] for p in run if left + half < p[0] < left + width - half]
        spots = [p for p in spots if top + 8 < p[1] < top + height - 10] or spots  # not on the axis
        place = max(spots, key=lambda spot: (_apart(spot, half, others), spot[0]), default=None)
        if meets and names[k] and place is not None and _apart(place, half, others) >= (11 if half < 8 else 16):
            sheet.text(*place, names[k], bold=len(names[k]) == 1, halo=True)
        else:
            beside.append(k)
    _end_labels(sheet, [ends[k] for k in beside], [names[k] for k in beside], left + width, (top, top + height))


def _apart(spot: Point, half: float, runs: Sequence[Sequence[Point]]) -> float:
    """px up or down from a label to the nearest of other lines; beyond 32 any place is as good."""
    nearest = 32.0
    for run in runs:
        for x in (spot[0] - half, spot[0], spot[0] + half):
            k = bisect_left(run, x, key=lambda point: point[0])
            if 0 < k < len(run):
                (x0, y0), (x1, y1) = run[k - 1], run[k]
                nearest = min(nearest, abs(y0 + (y1 - y0) * (x - x0) / ((x1 - x0) or 1.0) - spot[1]))
    return nearest


def _clear(spot: Point, half: float, drawn: Sequence[Point]) -> float:
    """How far the lines stay from a label, px; beyond 20 any place is as good."""
    near = (max(0.0, abs(x - spot[0]) - half) + abs(y - spot[1]) for x, y in drawn)
    return min(20.0, min(near, default=20.0))


def _axes(sheet: Sheet, across: Axis, up: Axis, lang: Lang, xlabel: str, ylabel: str) -> None:
    left, right, top, bottom = across.start, across.end, up.end, up.start
    widest = 0.0
    for value, label in up.ticks(lang, max(3, int((bottom - top) / 34))):
        at = up(value)
        sheet.line((left, at), (right, at), stroke=PALE)
        sheet.line((left - 4, at), (left, at))
        sheet.text(left - 8, at, label, anchor="end", size=12)
        widest = max(widest, text_width(label, 12))
    for value, label in across.ticks(lang, max(3, int((right - left) / 48)), whole=xlabel in COUNTED):
        at = across(value)
        sheet.line((at, bottom), (at, bottom + 4))
        sheet.text(at, bottom + 13, label, size=12)
    if not up.log and up.low < 0 < up.high:
        sheet.line((left, up(0)), (right, up(0)), stroke=GREY)
    if not across.log and across.low < 0 < across.high:
        sheet.line((across(0), top), (across(0), bottom), stroke=GREY)
    sheet.line((left, top), (left, bottom), (right, bottom))
    sheet.text((left + right) / 2, bottom + 32, word(xlabel, lang))
    sheet.text(left - 20 - widest, (top + bottom) / 2, word(ylabel, lang), upright=True)


def _runs(across: Axis, up: Axis, xs: Sequence[float], ys: Sequence[float]) -> list[list[Point]]:
    """The pieces of one line between its gaps, cut where they leave the frame, thinned where they are long."""
    low, high = (10**up.low, 10**up.high) if up.log else (up.low, up.high)
    left, right = (10**across.low, 10**across.high) if across.log else (across.low, across.high)
    runs: list[list[Point]] = [[]]
    before: tuple[float, float] | None = None
    for x, y in zip(xs, ys, strict=True):
        if math.isnan(x) or math.isnan(y) or not left - 1e-9 <= x <= right + 1e-9:
            before = None
            runs.append([])
            continue
        inside = low - 1e-12 <= y <= high + 1e-12
        edge = max(low, min(high, y))
        if before is not None and inside != (low <= before[1] <= high):
            out, into = ((x, y), before) if not inside else (before, (x, y))
            border = max(low, min(high, out[1]))
            share = (border - into[1]) / (out[1] - into[1])
            cut = (across(into[0] + share * (out[0] - into[0])), up(border))
            runs[-1].append(cut)
            if not inside:
                runs.append([])
        if inside:
            runs[-1].append((across(x), up(edge)))
        before = (x, y)
    return [_thinned(run) for run in runs if run]


def _thinned(run: list[Point]) -> list[Point]:
    if len(run) <= MOST_POINTS:
        return run
    kept, size = [run[0]], math.ceil(len(run) / (MOST_POINTS // 2))
    for start in range(0, len(run), size):
        bucket = run[start : start + size]
        ends = {bucket.index(min(bucket, key=lambda p: p[1])), bucket.index(max(bucket, key=lambda p: p[1]))}
        kept += [bucket[i] for i in sorted(ends)]
    return [*kept, run[-1]]


def _point(sheet: Sheet, x: float, y: float, k: int) -> None:
    if k % 3 == 0:
        sheet.circle(x, y, 3.2, fill=COLOURS[k], stroke="none")
    elif k % 3 == 1:
        sheet.rect(x - 3, y - 3, 6, 6, fill=COLOURS[k], stroke="none")
    else:
        sheet.polygon([(x, y - 4), (x + 4, y + 3), (x - 4, y + 3)], fill=COLOURS[k])


def _end_labels(
    sheet: Sheet, ends: Sequence[Point], names: Sequence[str], right: float, between: tuple[float, float]
) -> None:
    """Each name beside the end of its line, moved up or down until none covers another; a thread leads to it."""
    if not ends:
        return
    gap = 16.0
    order = sorted(range(len(ends)), key=lambda k: ends[k][1])
    places = [ends[k][1] for k in order]
    for _ in range(200):
        for i in range(len(places) - 1):
            lack = max(0.0, gap - (places[i + 1] - places[i]))
            places[i], places[i + 1] = places[i] - lack / 2, places[i + 1] + lack / 2
        places[0], places[-1] = max(places[0], between[0]), min(places[-1], between[1])
    for at, k in zip(places, order, strict=True):
        x, y = ends[k]
        if not names[k]:
            continue
        if abs(at - y) > 2 or right - x > 2:
            sheet.line((x + 2, y), (right + 8, at), stroke=GREY, thick=0.8)
        sheet.text(right + 11, at, names[k], anchor="start", bold=len(names[k]) == 1)
