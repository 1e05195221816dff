"""Curves, bars and time lines, legible in black and white: dashes, hatches, and names where the lines end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.figures.svg import COLOURS, DASHES, GREY, PALE, WIDEST, Point, Sheet, text_width
from grader.figures.words import numbers, power_of_ten, short, word, written
from grader.model import Lang

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_POINTS = 240  # of one curve: a longer one is thinned, its peaks kept


@dataclass(frozen=True)
class _Axis:
    """From a value to a place: ``low`` at ``start`` px, ``high`` at ``end``; logarithms taken already."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        value = math.log10(value) if self.log else value
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, lang: Lang, most: int) -> list[tuple[float, str]]:
        if self.log:
            decades = range(math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9) + 1)
            step = max(1, math.ceil(len(decades) / most))
            return [(10.0**d, power_of_ten(d, lang)) for d in decades if d % step == 0]
        step, digits = _step(self.high - self.low, most)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(k * step, written(k * step, lang, digits)) for k in range(first, last + 1)]


def _step(span: float, most: int) -> tuple[float, int]:
    """1, 2 or 5 times a power of ten, at most ``most`` of them in ``span``; and the decimals it needs."""
    power = math.floor(math.log10(span / most))
    for factor in (1, 2, 5, 10):
        step = float(f"{factor}e{power}")
        if span / step <= most:
            break
    return step, max(0, -math.floor(math.log10(step) + 1e-9))


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
    lines: Mapping[str, Any], lang: Lang = "en", *,
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
        log=log, logx=logx, marks=_marks(marks), levels=_marks(levels), points=points, xlim=xlim, ylim=ylim, title=title,
    )  # fmt: skip
    return sheet.finish()


def panels(
    plots: Mapping[str, Mapping[str, Any]], lang: Lang = "en", *,
    x: Any = None, xlabel: str = "", ylabel: str = "", log: bool = False, letters: Any = False,
    ylim: Any = None, shared: bool = True, columns: int = 2, width: int = 600, height: int = 170,
) -> str:  # fmt: skip
    """Several plots side by side, as SVG: title → what ``curves`` draws. ``shared``: one scale for all of them.

    The lines bear the same names in all, so that only the last plot of each row needs to say them.
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
    room = max(text_width(n) for row in names for n in row) + 16
    each = (width - 60) / columns - room - 34
    if each < 90:
        raise ValueError(f"panels: {columns} columns leave {each:.0f} px to each plot; take fewer columns")
    for k, (paths, title) in enumerate(zip(drawn, _names(list(plots), letters, lang), strict=True)):
        row, column = divmod(k, columns)
        box = (column * (each + room + 46), row * (height + 74), each, height)
        _plot(
            sheet, paths, names[k], lang, box, xlabel=xlabel, ylabel=ylabel if column == 0 else "",
            log=log, ylim=ylim, title=title,
        )  # fmt: skip
    return sheet.finish()


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
    levels: Mapping[str, float] | None = None, points: bool = False, xlim: Any = None, ylim: Any = None, title: str = "",
) -> None:  # fmt: skip
    left, top, width, height = box
    marks, levels = marks or {}, levels or {}
    every_x = [v for xs, _ in paths for v in xs] + list(marks.values())
    every_y = [v for _, ys in paths for v in ys] + list(levels.values())
    across = _Axis(*_range(every_x, xlim, log=logx, what="x", pad=0.0), left, left + width, logx)
    up = _Axis(*_range(every_y, ylim, log=log, what="y", pad=0.06), top + height, top, log)
    _axes(sheet, across, up, lang, xlabel, ylabel)
    if title:
        sheet.text(left + width / 2, top - 14, word(title, lang), bold=True)
    for name, place in marks.items():
        at = across(place)
        sheet.line((at, top), (at, top + height), stroke="#000", dash="3 3")
        sheet.text(at, top - 9, word(name.strip("\0"), lang))
    for name, place in levels.items():
        at = up(place)
        sheet.line((left, at), (left + width, at), stroke="#000", dash="3 3")
        sheet.text(left + 6, at - 9, word(name.strip("\0"), lang), anchor="start", halo=True)
    ends: list[tuple[float, float]] = []
    for k, (xs, ys) in enumerate(paths):
        runs = _runs(across, up, xs, ys)
        for run in runs:
            if len(run) > 1:
                sheet.line(*run, stroke=COLOURS[k], thick=2.2, dash=DASHES[k])
            if points or len(run) == 1:
                for px, py in run:
                    _point(sheet, px, py, k)
        ends.append(runs[-1][-1] if runs else (left + width, top + height))
    _end_labels(sheet, ends, names, left + width, (top, top + height))


def _axes(sheet: Sheet, across: _Axis, up: _Axis, lang: Lang, xlabel: str, ylabel: str) -> None:
    left, right, top, bottom = across.start, across.end, up.end, up.start
    widest = 0.0
    for value, label in up.ticks(lang, max(3, int((bottom - top) / 34))):
        at = up(value)
        sheet.line((left, at), (right, at), stroke=PALE)
        sheet.line((left - 4, at), (left, at))
        sheet.text(left - 8, at, label, anchor="end", size=12)
        widest = max(widest, text_width(label, 12))
    for value, label in across.ticks(lang, max(3, int((right - left) / 48))):
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


def _runs(across: _Axis, up: _Axis, xs: Sequence[float], ys: Sequence[float]) -> list[list[Point]]:
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
    gap = 16.0
    order = sorted(range(len(ends)), key=lambda k: ends[k][1])
    places = [ends[k][1] for k in order]
    for _ in range(200):
        moved = False
        for i in range(len(places) - 1):
            lack = gap - (places[i + 1] - places[i])
            if lack > 1e-6:
                places[i], places[i + 1], moved = places[i] - lack / 2, places[i + 1] + lack / 2, True
        over = places[-1] - between[1]
        if over > 0:
            places[-1] -= over
        under = between[0] - places[0]
        if under > 0:
            places[0] += under
        if not moved:
            break
    for at, k in zip(places, order, strict=True):
        x, y = ends[k]
        if not names[k]:
            continue
        if abs(at - y) > 2 or right - x > 2:
            sheet.line((x + 2, y), (right + 8, at), stroke=GREY, thick=0.8)
        sheet.text(right + 11, at, names[k], anchor="start", bold=len(names[k]) == 1)


def bars(
    values: Any, lang: Lang = "en", *,
    labels: Any = None, xlabel: str = "", ylabel: str = "", show: bool = True, highlight: Any = (), digits: int | None = None,
    edges: Any = None, unit: str = "", width: int = 480, height: int = 220, title: str = "",
) -> str:  # fmt: skip
    """Bars as SVG: a list, {label: value}, or {series: list} for two or three series side by side.

    ``edges`` (one more than the bars) makes a histogram: they touch, and the numbers stand between them. ``show``
    writes each value; ``highlight`` holds the indices of the dark bars. Labels that do not fit turn the bars sideways.
    """
    series, labels = _series(values, labels)
    count = len(labels)
    if edges is not None and len(edges) != count + 1:
        raise ValueError(f"bars: {count} bars have {count + 1} edges, got {len(edges)}")
    most = max(v for row in series.values() for v in row)
    if min(v for row in series.values() for v in row) < 0 or math.isnan(most):
        raise ValueError("bars: a bar cannot be negative or missing")
    words = [word(label, lang) if isinstance(label, str) else written(label, lang) for label in labels]
    texts = {name: [written(v, lang, digits) + unit for v in row] for name, row in series.items()}
    dark = {highlight} if isinstance(highlight, int) else set(highlight)
    sheet = Sheet()
    wide = max([text_width(w, 12) for w in words] + [text_width(t, 12) for r in texts.values() for t in r if show])
    sideways = edges is None and wide + 6 > width / count / (1 if not show else len(series))
    up = _Axis(0.0, (most or 1.0) * 1.04, height, 0.0)
    if sideways:
        _sideways(sheet, series, texts if show else {}, words, width, most or 1.0, dark, lang)
        sheet.text(0, -44 if len(series) > 1 else -16, word(title or ylabel, lang), bold=True, anchor="start")
        return sheet.finish()
    widest = 0.0
    for value, label in up.ticks(lang, 6):
        sheet.line((0, up(value)), (width, up(value)), stroke=PALE)
        sheet.text(-8, up(value), label, anchor="end", size=12)
        widest = max(widest, text_width(label, 12))
    slot = width / count
    inset = 0.0 if edges is not None else slot * 0.12
    each = (slot - 2 * inset) / len(series)
    for s, (name, row) in enumerate(series.items()):
        for k, value in enumerate(row):
            x, y = k * slot + inset + s * each, up(value)
            _bar(sheet, (x, y, each, height - y), s, dark=k in dark)
            if show and (edges is None or text_width(texts[name][k], 12) < slot):
                sheet.text(x + each / 2, y - 9, texts[name][k], size=12)
    sheet.line((0, height), (width, height))
    if edges is None:
        for k, label in enumerate(words):
            sheet.text((k + 0.5) * slot, height + 13, label, size=12)
    else:
        named = [written(edge, lang) for edge in edges]
        every = max(1, math.ceil((max(text_width(n, 12) for n in named) + 8) / slot))
        for k, label in enumerate(named):
            sheet.line((k * slot, height), (k * slot, height + 4))
            if k % every == 0:
                sheet.text(k * slot, height + 13, label, size=12)
    sheet.text(width / 2, height + 32, word(xlabel, lang))
    sheet.text(-18 - widest, height / 2, word(ylabel, lang), upright=True)
    sheet.text(width / 2, -24, word(title, lang), bold=True)
    _key(sheet, list(series), lang)
    return sheet.finish()


def _series(values: Any, labels: Any) -> tuple[dict[str, list[float]], list[Any]]:
    if isinstance(values, Mapping) and values and all(hasattr(v, "__len__") for v in values.values()):
        series = {str(name): numbers(row, f"bars: {name}") for name, row in values.items()}
    elif isinstance(values, Mapping):
        labels = list(values) if labels is None else labels
        series = {"": numbers(values.values(), "bars")}
    else:
        series = {"": numbers(values, "bars")}
    lengths = {len(row) for row in series.values()}
    if len(lengths) != 1 or len(series) > 3:
        raise ValueError("bars: at most three series, of one length")
    (count,) = lengths
    labels = list(range(count)) if labels is None else list(labels)
    if len(labels) != count:
        raise ValueError(f"bars: {len(labels)} labels for {count} bars")
    return series, labels


def _bar(sheet: Sheet, box: tuple[float, float, float, float], series: int, *, dark: bool) -> None:
    fills = ("#56B4E9", "#fff", "#D55E00")
    sheet.rect(*box, fill="#003F66" if dark else fills[series])
    if series == 1:
        sheet.hatch(*box)


def _sideways(
    sheet: Sheet, series: Mapping[str, Sequence[float]], texts: Mapping[str, Sequence[str]],
    words: Sequence[str], width: float, most: float, dark: set[int], lang: Lang,
) -> None:  # fmt: skip
    thick, block = 18, len(series) * 18 + 12
    room = max((text_width(t, 12) for row in texts.values() for t in row), default=0.0)
    length = width - max(text_width(w) for w in words) - room - 10
    if length < 80:
        raise ValueError("bars: the labels leave no room for the bars; take shorter ones")
    for k, label in enumerate(words):
        sheet.text(-8, k * block + block / 2 - 3, label, anchor="end")
        for s, (name, row) in enumerate(series.items()):
            y = k * block + s * thick + 3
            _bar(sheet, (0, y, length * row[k] / most, thick - 2), s, dark=k in dark)
            if texts:
                sheet.text(length * row[k] / most + 6, y + thick / 2 - 1, texts[name][k], anchor="start", size=12)
    sheet.line((0, 0), (0, len(words) * block - 6))
    _key(sheet, list(series), lang, top=-16)


def _key(sheet: Sheet, names: Sequence[str], lang: Lang, top: float = -24) -> None:
    if len(names) < 2:
        return
    x = 0.0
    for s, name in enumerate(names):
        _bar(sheet, (x, top - 7, 16, 14), s, dark=False)
        sheet.text(x + 22, top, word(name, lang), anchor="start")
        x += 40 + text_width(word(name, lang))
