"""The report as one page that holds all it shows: no script, nothing to load, ready for A4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader import content, feedback, render
from grader.model import Course, Lang, Status, Text
from grader.report import facts, plots, words
from grader.report.facts import Facts, Measured
from grader.report.fairness import LANGUAGE, LEAST, LEVEL, Gap
from grader.report.ideas import Idea
from grader.report.lines import BY_HAND
from grader.status import SIGNS, WORDS

MOST = 15  # bars, or gaps, in a plot
NEAR = 5  # comparisons that are shown although chance explains them


@dataclass(frozen=True, slots=True)
class Names:
    """Questions as the page numbers them, and their exercises' titles."""

    number: dict[str, int]
    title: dict[str, Text]

    def label(self, key: str) -> str:
        return f"{self.number[key]} · {key}" if key in self.number else key

    def inside(self, key: str) -> str:
        """In a sentence: ``question 8 (pooling_output-size)``, the same in both languages."""
        return f"question {self.number[key]} ({key})" if key in self.number else key


def as_page(course: Course, assignment: str, lang: Lang, *, integrity: bool = True, found: Facts | None = None) -> str:
    """Of everything that was graded, or of what ``collect`` has found already.

    ``integrity``: with what copies have in common, which instructors alone may read.

    Raises CourseError where the assignment was not released.
    """
    found = found or facts.collect(course, assignment)
    remarks = None
    if integrity:
        from grader.integrity import findings  # it compares every pair of copies: only where it is shown

        remarks = findings(course, assignment, lang)
    return render_page(course, found, lang, remarks)


def render_page(course: Course, found: Facts, lang: Lang, remarks: object = None) -> str:
    names = Names(
        {one.asked.key: n for n, one in enumerate(found.questions, 1)},
        {one.asked.key: facts.title(one.asked) for one in found.questions},
    )
    held = _by_exercise(found.ideas.held, names)
    page = render.page(
        content.root() / "templates" / "report",
        "report.html.j2",
        lang=lang,
        fr=lang == "fr",
        course=course,
        found=found,
        names=names,
        remarks=remarks,
        hardest=sorted(found.questions, key=lambda one: one.success.value if one.success.n else 2.0),
        brief=list(_brief(found, names, lang)),
        histogram=_histogram(found, lang),
        questions_plot=_questions(found, names, lang),
        held=held,
        ideas_plot=_ideas(held, lang),
        gaps_plot=_gaps(found, names, lang),
        near=_near(found),
        never=_never(found.ideas.never),
        by_hand=sum(one.by_hand for one in found.questions),
        hand=BY_HAND,
        statuses=[s for s in Status if any(one.statuses[s] for one in found.questions)],
        status_words={status: text[lang] for status, text in WORDS.items()},
        signs=SIGNS,
        least=LEAST,
        level=LEVEL,
        few=facts.LEAST,
        firm=facts.FIRM,
        said=lambda name: words.said(name, lang),
        kind=lambda name: words.KINDS[name][lang] if name in words.KINDS else name,
        points=lambda x: render.points(x, lang),
        fixed=lambda x, digits=2: words.signed(float(x), digits, lang),
        percent=lambda x, digits=0: words.percent(x, lang, digits),
        between=lambda of, shares=False: words.between(of, lang, shares=shares),
        chance=lambda p: words.chance(p, lang),
        side=lambda gap: side(gap, lang),
        numbers=lambda params: words.numbers(params, lang),
        sentence=lambda text: feedback.sentence(text, lang),
        colon=words.colon(lang),
        key=words.breakable,
        cut=words.cut,
    )
    head, body, rest = page.partition("<body>")
    return head + body + render.typography(rest, lang)


def side(gap: Gap, lang: Lang) -> str:
    """``s = 4``; of a number split in two, ``n ≤ 40``."""
    name = {"fr": "langue", "en": "language"}[lang] if gap.axis == LANGUAGE else gap.axis
    if isinstance(gap.value, str) and gap.value.startswith("≤"):
        return f"{name} {gap.value}"
    return f"{name} = {words.value(gap.value, lang)}"


def _brief(found: Facts, names: Names, lang: Lang) -> Iterator[str]:
    """What stands out, in a few sentences."""
    fr = lang == "fr"
    scored = [one for one in found.questions if one.success.n]
    if not found.marks or not scored:
        return
    hardest = min(scored, key=lambda one: one.success.value)
    easiest = max(scored, key=lambda one: one.success.value)
    low, high = (words.percent(one.success.value, lang) for one in (hardest, easiest))
    a, b = (names.inside(one.asked.key) for one in (hardest, easiest))
    yield (
        f"La moins réussie : {a}, {low} des points. La plus réussie : {b}, {high}."
        if fr
        else f"The hardest: {a}, {low} of its points. The easiest: {b}, {high}."
    )
    if found.ideas.held:
        first = found.ideas.held[0]
        share, where = words.percent(first.held.value, lang), names.inside(first.question)
        example = render.typography(words.plain(first.example.sentence[lang]), lang) if first.example else first.name
        yield (
            f"L’idée fausse la plus répandue, {share} de la classe, {where} : « {example} »"
            if fr
            else f"The commonest misconception, {share} of the class, {where}: ‘{example}’"
        )
    sure = [one for one in found.against if one.rest and one.rest.is_below_zero]
    if sure:
        listed = ", ".join(names.inside(one.asked.key) for one in sure)
        yield f"Va contre le reste du devoir : {listed}." if fr else f"Works against the rest: {listed}."
    for gap in found.fairness.found:
        where, how = names.inside(gap.question), abs(round(100 * gap.gap.value))
        word = words.said("harder" if gap.gap.value < 0 else "easier", lang)
        yield (
            f"Variantes inégales, {where} : avec {side(gap, lang)}, elle est {word}e de {how} points sur 100."
            if fr
            else f"Unequal variants, {where}: with {side(gap, lang)} it is {word} by {how} points in 100."
        )


def _histogram(found: Facts, lang: Lang) -> str:
    if not found.marks or not found.total:
        return ""
    scores = [float(row.earned) for row in found.seen]
    return plots.histogram(scores, float(found.total), found.marks, lang)


def _questions(found: Facts, names: Names, lang: Lang) -> str:
    scored = sorted((one for one in found.questions if one.success.n), key=lambda one: one.success.value)
    if not scored:
        return ""
    return plots.questions(
        [plots.Line(names.label(m.asked.key), m.success, m.rest, _is_against(m)) for m in scored], lang
    )


def _is_against(one: Measured) -> bool:
    return one.rest is not None and one.rest.value < 0


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line of the table of ideas, and the title above it where another exercise begins."""

    number: int
    idea: Idea
    opens: Text | None


def _by_exercise(held: Sequence[Idea], names: Names) -> list[Numbered]:
    """In the order of the questions; of each, the commonest first."""
    ordered = sorted(held, key=lambda one: names.number.get(one.question, 0))
    lines, before = [], ""
    for n, one in enumerate(ordered, 1):
        item = one.question.rpartition("-")[0]
        lines.append(Numbered(n, one, names.title.get(one.question) if item != before else None))
        before = item
    return lines


def _ideas(held: Sequence[Numbered], lang: Lang) -> str:
    """The commonest, by their number in the table."""
    if not held:
        return ""
    first = sorted(held, key=lambda one: -one.idea.held.value)[:MOST]
    bars = [_bar(one) for one in first]
    return plots.ideas(bars, lang)


def _bar(one: Numbered) -> plots.Bar:
    question = one.idea.question.rpartition("-")[2]
    return plots.Bar(f"{one.number}. {question}: {one.idea.name}", one.idea.held, one.idea.count)


def _never(never: Sequence[Idea]) -> list[tuple[str, str]]:
    """By question: the names of its ideas that nobody had."""
    by_question: dict[str, list[str]] = {}
    for one in never:
        by_question.setdefault(one.question, []).append(one.name)
    return [(question, ", ".join(names)) for question, names in by_question.items()]


def _near(found: Facts) -> list[Gap]:
    """What chance explains, the least likely first; where one value of a question stands out, the others do too."""
    out = {gap.question for gap in found.fairness.found}
    return [gap for gap in found.fairness.gaps if gap.question not in out][:NEAR]


def _gaps(found: Facts, names: Names, lang: Lang) -> str:
    shown: list[tuple[Gap, bool]] = [(gap, True) for gap in found.fairness.found[:MOST]]
    shown += [(gap, False) for gap in _near(found)]
    if not shown:
        return ""
    lines = [plots.Apart(f"{names.label(gap.question)}, {side(gap, lang)}", gap.gap, real) for gap, real in shown]
    return plots.gaps(lines, lang)
