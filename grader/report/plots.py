"""The report's drawings: small SVG that reads in grey, a shape or a dash beside every colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from grader.figures.axis import Axis, round_step
from grader.figures.svg import COLOURS, GREY, PALE, Sheet, text_width
from grader.model import Lang
from grader.report.stats import Distribution, Estimate
from grader.report.words import percent, said, signed

BLUE, ORANGE = COLOURS[:2]
LIGHT = "#9CC4E4"
ROW = 18.0
LABEL = 262.0  # px, of what stands before the panels
PANEL = 158.0


def histogram(scores: Sequence[float], total: float, marks: Distribution, lang: Lang) -> str:
    """Of marks in points, with mean and median."""
    step, _ = round_step(total, 20)  # a round number: marks are whole points or simple shares of one
    bins = math.ceil(total / step - 1e-9)
    edges = [min(total, step * k) for k in range(bins + 1)]
    counts = [0] * bins
    for score in scores:
        counts[min(bins - 1, max(0, math.floor(score / step + 1e-9)))] += 1
    sheet = Sheet()
    across, up = Axis(0.0, total, 0.0, 560.0), Axis(0.0, max(counts) * 1.05, 170.0, 0.0)
    for value, label in up.ticks(lang, 5):
        if value == int(value):
            sheet.line((0, up(value)), (560, up(value)), stroke=PALE)
            sheet.text(-8, up(value), label, anchor="end", size=12)
    for k, count in enumerate(counts):
        if count:
            left, right = across(edges[k]), across(edges[k + 1])
            sheet.rect(left, up(count), right - left, 170 - up(count), fill=LIGHT, stroke=BLUE)
    sheet.line((0, 170), (560, 170))
    for value, label in across.ticks(lang, 10):
        sheet.line((across(value), 170), (across(value), 175))
        sheet.text(across(value), 184, label, size=12)
    sheet.text(280, 203, said("points", lang), size=12)
    sheet.text(-34, 85, said("students", lang), size=12, upright=True)
    at, middle = across(marks.median), across(marks.mean)
    sheet.line((at, 170), (at, -8), thick=2, dash="6 3")
    sheet.polygon([(middle - 6, -2), (middle + 6, -2), (middle, 8)], fill=ORANGE, stroke="#000")
    sheet.polygon([(6, -26), (18, -26), (12, -17)], fill=ORANGE, stroke="#000")
    sheet.text(24, -22, said("mean", lang), size=12, anchor="start")
    sheet.line((120, -22), (146, -22), thick=2, dash="6 3")
    sheet.text(152, -22, said("median", lang), size=12, anchor="start")
    return drawn(sheet, said("alt_histogram", lang))


@dataclass(frozen=True, slots=True)
class Line:
    """A question in the plot of all: where it stands and how sure that is."""

    label: str
    success: Estimate
    rest: Estimate | None
    against: bool


def questions(lines: Sequence[Line], lang: Lang) -> str:
    """Each question's success, and how it goes with the rest: a point and its interval."""
    sheet = Sheet()
    first, second = Axis(0.0, 1.0, LABEL, LABEL + PANEL), Axis(-0.4, 1.0, LABEL + PANEL + 34, LABEL + 2 * PANEL + 34)
    bottom = ROW * len(lines)
    for k in range(len(lines)):
        if k % 2 == 0:
            sheet.rect(0, ROW * k, LABEL + 2 * PANEL + 34, ROW, fill="#F4F4F4", stroke="none")
    for axis, marks in ((first, (0.0, 0.25, 0.5, 0.75, 1.0)), (second, (-0.4, 0.0, 0.2, 0.4, 0.6, 0.8))):
        for value in marks:
            zero = axis is second and value == 0
            sheet.line((axis(value), 0), (axis(value), bottom), stroke="#000" if zero else "#CCCCCC")
            words = percent(value, lang) if axis is first else signed(value, 1, lang) if value >= 0 else ""
            sheet.text(axis(value), bottom + 11, words, size=12)
    sheet.text(first(0.5), -14, said("success", lang), size=12, bold=True)
    sheet.text((second(-0.4) + second(1)) / 2, -14, said("rest", lang), size=12, bold=True)
    for k, one in enumerate(lines):
        y = ROW * (k + 0.5)
        sheet.text(LABEL - 12, y, fitted(one.label, LABEL - 12), size=12, anchor="end")
        _whisker(sheet, first, one.success, y)
        sheet.circle(first(one.success.value), y, 4, fill=BLUE)
        if one.rest is None:
            sheet.text(second(0.3), y, said("unknown", lang), size=12)
            continue
        _whisker(sheet, second, one.rest, y)
        x = second(max(-0.4, one.rest.value))
        if one.against:
            sheet.polygon([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], fill=ORANGE, stroke="#000")
        else:
            sheet.circle(x, y, 4, fill=BLUE if one.rest.low > 0 else "#fff")
    return drawn(sheet, said("alt_questions", lang))


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    held: Estimate
    count: int


def ideas(bars: Sequence[Bar], lang: Lang) -> str:
    """Shares of the class, the commonest first; the number before a label is the table's."""
    sheet = Sheet()
    wide = 250.0
    most = min(1.0, max(bar.held.high for bar in bars) * 1.02)
    axis = Axis(0.0, most, LABEL, LABEL + wide)
    height = 20.0
    bottom = height * len(bars)
    for value, _ in axis.ticks(lang, 6):
        sheet.line((axis(value), 0), (axis(value), bottom), stroke=PALE)
        sheet.text(axis(value), bottom + 11, percent(value, lang), size=12)
    for k, bar in enumerate(bars):
        y = height * (k + 0.5)
        sheet.text(LABEL - 10, y, fitted(bar.label, LABEL - 10), size=12, anchor="end")
        sheet.rect(LABEL, y - 7, axis(bar.held.value) - LABEL, 14, fill=LIGHT, stroke=BLUE)
        _whisker(sheet, axis, bar.held, y)
        sheet.text(LABEL + wide + 12, y, f"{bar.count} / {bar.held.n}", size=12, anchor="start")
    sheet.line((LABEL, 0), (LABEL, bottom))
    return drawn(sheet, said("alt_ideas", lang))


@dataclass(frozen=True, slots=True)
class Apart:
    label: str
    gap: Estimate
    real: bool


def gaps(lines: Sequence[Apart], lang: Lang) -> str:
    """How far apart the copies with one value are from the others, in share of the points."""
    sheet = Sheet()
    far = min(1.0, max(0.2, *(max(abs(one.gap.low), abs(one.gap.high)) for one in lines)) * 1.05)
    wide = LABEL + 100
    axis = Axis(-far, far, wide, wide + 250)
    height = 20.0
    bottom = height * len(lines)
    for value, _ in axis.ticks(lang, 6):
        sheet.line((axis(value), 0), (axis(value), bottom), stroke="#000" if abs(value) < 1e-9 else "#CCCCCC")
        sheet.text(axis(value), bottom + 11, signed(100 * value, 0, lang), size=12)
    sheet.text(axis(-far / 2), -12, "← " + said("harder", lang), size=12)
    sheet.text(axis(far / 2), -12, said("easier", lang) + " →", size=12)
    for k, one in enumerate(lines):
        y = height * (k + 0.5)
        sheet.text(wide - 12, y, fitted(one.label, wide - 12, bold=one.real), size=12, anchor="end", bold=one.real)
        _whisker(sheet, axis, one.gap, y)
        x = axis(one.gap.value)
        if one.real:
            sheet.polygon([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], fill=ORANGE, stroke="#000")
        else:
            sheet.circle(x, y, 4)
    return drawn(sheet, said("alt_gaps", lang))


def _whisker(sheet: Sheet, axis: Axis, of: Estimate, y: float) -> None:
    """Cut at the ends of the axis."""
    left, right = axis(max(axis.low, of.low)), axis(min(axis.high, of.high))
    sheet.line((left, y), (right, y), stroke=GREY, thick=2)
    for x in (left, right):
        sheet.line((x, y - 3), (x, y + 3), stroke=GREY, thick=1.5)


def fitted(label: str, room: float, *, bold: bool = False) -> str:
    """Cut to ``room`` px: a drawing is no wider than a page, whatever a question is called."""
    whole = label
    while text_width(label, 12) * (1.06 if bold else 1) > room:
        label = label[:-1]
    return label if label == whole else label[:-1] + "…"


def drawn(sheet: Sheet, words: str) -> str:
    """With what it shows, for who does not see it."""
    return sheet.finish().replace("<svg ", f'<svg role="img" aria-label="{escape(words)}" ', 1)
