"""A training as a student reads it back: what was measured against its thresholds, and the curves of the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from html import escape

from grader import figures, judge
from grader.feedback.markup import sentence
from grader.feedback.words import said
from grader.figures.axis import Axis
from grader.figures.svg import COLOURS, Sheet, text_width, uri
from grader.model import Curve, Lang, Measure, Measured
from grader.render import fixed, typography

WIDE, THICK = 290.0, 18.0  # px, of a scale
NOTHING, SOME, ALL = "#f4f4f4", "#cfe2ef", "#8fbcda"  # told apart in grey; words stand at their borders
HOW_WIDE, HOW_HIGH = 180, 130  # px, of the frame of a plot


def training(measures: Sequence[Measured], curves: Sequence[Curve], lang: Lang) -> str:
    """One figure for each check that measured something, its runs on one scale; then the curves that were kept."""
    checks = dict.fromkeys(one.check for one in measures)
    drawn = [_measured([one for one in measures if one.check == check], lang) for check in checks]
    return "\n".join([*drawn, *_plots(measures, curves, lang)])


def labelled(measures: Sequence[Measured], lang: Lang) -> list[tuple[str, tuple[str, ...]]]:
    """The same in words: what each check measured, and a line for each run."""
    words = said(lang)
    found: dict[str, list[Measured]] = {}
    for one in measures:
        found.setdefault(one.check, []).append(one)
    return [(runs[0].words[lang] or words["measured"], tuple(_told(runs, lang))) for runs in found.values()]


def otherwise(evidence: Iterable[str], measures: Sequence[Measured], lang: Lang) -> tuple[str, ...]:
    """The lines of evidence that the figures do not say already."""
    once = {judge.measured(one.measure, lang) for one in measures}
    twice = {f"{judge.RUN[lang].format(n=one.run)} {judge.measured(one.measure, lang)}" for one in measures}
    return tuple(line for line in evidence if line not in once | twice)


# ── one measure ──────────────────────────────────────────────────────────────


def _measured(runs: Sequence[Measured], lang: Lang) -> str:
    words = said(lang)
    title = sentence(runs[0].words[lang] or words["measured"], lang)
    told = _told(runs, lang)
    margins = [_margin(one.measure, lang) for one in runs]
    if len(runs) > 1:
        names = [words["run"].format(n=one.run) for one in runs]
        names = [f"{name}, {words['counts']}" if one.counts else name for name, one in zip(names, runs, strict=True)]
        margins = [f"{margin} ({name})" for name, margin in zip(names, margins, strict=True)]
    alt = typography(" ; ".join(told) if lang == "fr" else "; ".join(told), lang)
    below = escape(typography(f"{words['margin']}{words['colon']}{', '.join(margins)}", lang))
    picture = f'<img alt="{escape(alt)}" src="{uri(_gauge(runs, lang))}">'
    return f'<figure class="measure"><figcaption>{title}</figcaption>{picture}<p>{below}</p></figure>'


def _told(runs: Sequence[Measured], lang: Lang) -> list[str]:
    words = said(lang)
    told = [judge.measured(one.measure, lang) for one in runs]
    if len(runs) == 1:
        return told
    names = [words["run"].format(n=one.run) for one in runs]
    return [f"{name}{words['colon']}{line}" for name, line in zip(names, told, strict=True)]


def _gauge(runs: Sequence[Measured], lang: Lang) -> str:
    """A scale with its thresholds under it, and each run's value above it, hollow where it does not count."""
    words, measure = said(lang), runs[0].measure
    across, sheet = _axis([one.measure for one in runs]), Sheet()
    gate, full = across(measure.gate), across(measure.full)
    for left, right, colour in ((0.0, gate, NOTHING), (gate, full, SOME), (full, WIDE, ALL)):
        if right > left:
            sheet.rect(left, 0, right - left, THICK, fill=colour, stroke="none")
    sheet.rect(0, 0, WIDE, THICK)
    sheet.line((gate, 0), (gate, THICK + 8), thick=2)
    if full > gate:
        sheet.line((full, 0), (full, THICK + 8), dash="4 3", thick=2)
        named = [(gate, f"{words['threshold']} {_figure(measure.gate, lang)}")]
        named += [(full, f"{words['all_points']} {_figure(measure.full, lang)}")]
    else:
        named = [(gate, f"{words['all_points']} {_figure(measure.gate, lang)}")]
    _under(sheet, named)
    levels = list(enumerate(reversed(runs)))
    for level, one in sorted(levels, key=lambda it: it[1].counts):  # lines first: words stand over them
        at, colour = across(one.measure.value), COLOURS[1] if one.counts else "#fff"
        sheet.line((at, 0), (at, -14 - 17 * level))
        sheet.polygon([(at - 6, -12), (at + 6, -12), (at, 0)], fill=colour, stroke="#000")
    for level, one in levels:
        name = f"{words['run'].format(n=one.run)}{words['colon']}" if len(runs) > 1 else ""
        label = f"{name}{_figure(one.measure.value, lang)}"
        sheet.text(_within(across(one.measure.value), label), -21 - 17 * level, label, bold=one.counts, halo=True)
    return sheet.finish()


def _within(x: float, words: str) -> float:
    """The middle of words that keep to the scale's width."""
    half = text_width(words) / 2
    return min(max(x, half), WIDE - half)


def _axis(measures: Sequence[Measure]) -> Axis:
    """Wide enough for every value and both thresholds, with room around them."""
    places = [x for m in measures for x in (m.value, m.gate, m.full)]
    gap = max(max(places) - min(places), abs(max(places)) * 0.02, 1e-6)
    return Axis(min(places) - 0.25 * gap, max(places) + 0.25 * gap, 0.0, WIDE)


def _under(sheet: Sheet, named: Sequence[tuple[float, str]]) -> None:
    """Each threshold's words under its line; the second a line lower where they would meet."""
    places = [_within(x, words) for x, words in named]
    meet = len(named) > 1 and places[1] - places[0] < sum(text_width(words) for _, words in named) / 2 + 10
    if meet:
        sheet.line((named[1][0], THICK), (named[1][0], THICK + 26), thick=2, dash="4 3")
    for k, ((_, words), place) in enumerate(zip(named, places, strict=True)):
        sheet.text(place, THICK + 17 + (17 if k and meet else 0), words, halo=True)


def _figure(value: float, lang: Lang) -> str:
    return fixed(value, 3, lang) if abs(value) < 1e6 else f"{value:.2g}"


def _margin(measure: Measure, lang: Lang) -> str:
    return f"{'+' if measure.value >= measure.gate else '−'}{_figure(abs(measure.value - measure.gate), lang)}"


# ── the curves ───────────────────────────────────────────────────────────────


def _plots(measures: Sequence[Measured], curves: Sequence[Curve], lang: Lang) -> list[str]:
    """Losses on one plot and accuracies on another, where there are any. Nothing else is known by its name."""
    losses = [curve for curve in curves if "loss" in curve.name.lower()]
    accuracies = [curve for curve in curves if "acc" in curve.name.lower() and curve not in losses]
    gates = {one.measure.gate for one in measures}
    threshold = {"threshold": gates.pop()} if len(gates) == 1 else {}
    drawn = []
    for lines, name, levels in ((losses, "loss", {}), (accuracies, "accuracy", threshold)):
        with suppress(ValueError):  # what a student called a line, or put in it, may be impossible to draw
            drawn += [_plot(lines, name, levels, lang)] if lines else []
    heading = said(lang)["curves"]
    return [f'<figure class="curves"><figcaption>{heading}</figcaption>{"".join(drawn)}</figure>'] if drawn else []


def _plot(lines: Sequence[Curve], name: str, levels: dict[str, float], lang: Lang) -> str:
    steps = any(curve.every > 1 or curve.name == "losses" for curve in lines)
    named = {"val" if curve.name.startswith("val_") else "train": curve for curve in lines}
    named = named if len(named) == len(lines) > 1 else {curve.name: curve for curve in lines}
    drawing = figures.curves(
        {key if len(lines) > 1 else "": _placed(curve) for key, curve in named.items()}, lang,
        xlabel="step" if steps else "epoch", ylabel=name, levels=levels, width=HOW_WIDE, height=HOW_HIGH,
    )  # fmt: skip
    words = said(lang)
    ends = [f"{key}{words['colon']}{_ends(curve, lang)}" for key, curve in named.items()]
    return f'<img alt="{escape(typography(", ".join(ends), lang))}" src="{uri(drawing)}">'


def _placed(curve: Curve) -> tuple[list[float], list[float | None]]:
    """Each mean in the middle of the values it stands for, which are counted from 1."""
    return [k * curve.every + (curve.every + 1) / 2 for k in range(len(curve.points))], list(curve.points)


def _ends(curve: Curve, lang: Lang) -> str:
    real = [point for point in curve.points if point is not None]
    return f"{_figure(real[0], lang)} → {_figure(real[-1], lang)}"
