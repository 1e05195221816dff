"""Bars and histograms: the height says it, and the number above it says it again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from grader.figures.axis import Axis
from grader.figures.svg import PALE, Sheet, text_width
from grader.figures.words import numbers, word, written
from grader.model import Lang


def bars(
    values: Any, lang: Lang = "en", *,
    labels: Any = None, xlabel: str = "", ylabel: str = "", show: bool = True,
    highlight: Any = (), digits: int | None = None,
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
    up = Axis(0.0, (most or 1.0) * 1.04, height, 0.0)
    if sideways:
        _sideways(sheet, series, texts if show else {}, words, width, most or 1.0, dark, lang)
        sheet.text(-8, -16, word(xlabel, lang), bold=True, anchor="end")
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
