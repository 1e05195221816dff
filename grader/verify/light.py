"""The laws that read: words, answers and files, in every variant. None needs torch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from operator import itemgetter
from typing import Any

from grader import feedback, handout, judge, render, values, variants
from grader.blind import Looked, blind
from grader.errors import ContentError
from grader.model import Essay, Exercise, Item, Lang, Status, Task, Unreadable, Variant
from grader.verify.common import answers, parts, solutions, wrong_values

LANGS: tuple[Lang, Lang] = ("fr", "en")
ENOUGH = 3  # distinct distractors, so that a four-choice quiz can always be printed
MOST_EXTREME = 0.6  # share of variants in which the right value may be the largest, or the smallest
ALIKE = 0.5  # share of variants in which two wrong ideas may lead to the same value
UNEVEN = 1.5  # between the variants that take the most and the least arithmetic by hand
KNOWN_FILES = re.compile(r"(oracle|reference(_\w+)?|(wrong|crashed|exhausted|unreadable)_\w+)\.py")

Law = Callable[[Exercise], Iterator[str]]


def light(exercise: Exercise) -> Iterator[str]:
    """The laws that need no torch, in order."""
    for law in LIGHT:
        yield from law(exercise)


def languages_agree(exercise: Exercise) -> Iterator[str]:
    """French and English show the same values, and only values that exist."""
    known = values.of(variants.every(exercise)[0]).keys()
    asked = {question.name for question in answers(exercise)}
    for key, text in parts(exercise):
        used = {}
        for lang in LANGS:
            try:
                used[lang] = render.names(text[lang], lang)
            except render.Missing as error:
                yield f"{_md(exercise, lang)}: '{key}': {error}"
        if len(used) < len(LANGS):
            continue
        for name in sorted(used["fr"] ^ used["en"]):
            has, lacks = LANGS if name in used["fr"] else LANGS[::-1]
            yield f"{_md(exercise, lacks)}: '{key}' does not use {{{{ {name} }}}}, but the {has} one does"
        for name in sorted((used["fr"] | used["en"]) - known):
            yield f"{exercise.id}.*.md: '{key}' uses {{{{ {name} }}}}\n  The values are {', '.join(known)}."
        for name in sorted((used["fr"] | used["en"]) & asked if _is_handed_out(exercise, key) else ()):
            yield f"{exercise.id}.*.md: '{key}' shows {{{{ {name} }}}}, an answer\n  Keep it for the solution."


def words_can_be_read(exercise: Exercise) -> Iterator[str]:
    """Every text of every variant fills; its formulas use only what every target renders."""
    texts = [(key, text[lang], lang) for key, text in parts(exercise) for lang in LANGS]
    filled: set[Hashable] = set()  # by the values a text shows: many variants share them
    for number, variant in enumerate(variants.every(exercise)):
        known = values.of(variant)
        for key, source, lang in texts:
            try:
                shows = _shown_values(source, lang, known)
                if shows in filled:
                    continue
                words = render.fill(source, known, lang)
            except render.Missing as error:
                yield f"{_md(exercise, lang)}: '{key}' in {variant}: {error}"
                return
            if shows is not None:
                filled.add(shows)
            for maths in render.MATH.findall(words) if number == 0 else ():  # macros do not depend on numbers
                tex = maths.strip("$").strip()
                if feedback.formula(tex).startswith("<code"):
                    yield f"{_md(exercise, lang)}: '{key}': this formula has no MathML: {tex}"


@lru_cache(maxsize=4096)
def _names(source: str, lang: Lang) -> tuple[str, ...]:
    return tuple(sorted(render.names(source, lang)))


def _shown_values(source: str, lang: Lang, known: Mapping[str, Any]) -> Hashable:
    """A text with the numbers and words it is filled with; None where it shows more than that. Raises Missing."""
    shows = tuple(known.get(name) for name in _names(source, lang))
    plain = all(isinstance(value, bool | int | float | str) for value in shows)
    return (source, lang, tuple(map(type, shows)), shows) if plain else None


def answers_stand_apart(exercise: Exercise) -> Iterator[str]:
    """Each variant has one right answer, at least three different wrong ones, and size alone tells neither."""
    for question in answers(exercise):
        poor, extremes, counted = [], [0, 0], 0
        for variant in variants.every(exercise):
            known = values.of(variant)
            right, rule = known[question.name], question.rule
            if rule.score(right, right) != 1:
                yield f"{exercise.path}: in {variant}, '{question.name}' does not accept its own answer {right!r}"
                return
            led_to = wrong_values(question, variant, known)
            if len(led_to) < ENOUGH:
                poor.append((variant, right, led_to))
            if rule.kind in ("whole", "decimal"):
                counted += 1
                extremes[0] += right < min(led_to, default=right)
                extremes[1] += right > max(led_to, default=right)
        if poor:
            variant, right, led_to = poor[0]
            where = " ".join(f"{k}={v}" for k, v in variant.params.items())
            yield (
                f"{exercise.path}: in {len(poor)} of {len(exercise.params)} variants, '{question.name}' has fewer than"
                f" {ENOUGH} distractors\n  {variant} ({where}): the answer is {right}, the wrong ideas lead only to"
                f" {led_to}.\n  Narrow the grid, or add a misconception."
            )
        for extreme, times in zip(("smallest", "largest"), extremes, strict=True):
            if counted and times > MOST_EXTREME * counted:
                yield (
                    f"{exercise.path}: '{question.name}' is the {extreme} value in {times} of {counted} variants\n"
                    f"  Add a misconception that leads further {'down' if extreme == 'smallest' else 'up'}."
                )


def ideas_stand_apart(exercise: Exercise) -> Iterator[str]:
    """Two wrong ideas of one question lead to different values in at least half of the variants.

    A choice is left out: its few options cannot keep many ideas apart.
    """
    every = [values.of(variant) for variant in variants.every(exercise)]
    for question in answers(exercise):
        if question.rule.kind == "choice":
            continue
        led_to = [[(m.name, values.call(m.compute, known)) for m in question.misconceptions] for known in every]
        together = Counter(
            (one, other)
            for ideas in led_to
            for (one, value), (other, same) in combinations(ideas, 2)
            if question.rule.score(value, same) == 1
        )
        for (one, other), times in together.items():
            if times > ALIKE * len(every):
                yield (
                    f"{exercise.path}: '{one}' and '{other}' lead '{question.name}' to the same value in {times} of"
                    f" {len(every)} variants\n  Nobody can tell which it was: change the grid, or make them one idea."
                )


def answers_are_read(exercise: Exercise) -> Iterator[str]:
    """The right answer as a student writes it earns its points; each wrong idea is recognised by name."""
    for variant in variants.every(exercise):
        known = values.of(variant)
        item = Item(exercise.id, variant, ())
        for question in answers(exercise):
            asked = judge.expected(variant, question, known)
            tries = [(asked.right, Status.CORRECT, "")]
            tries += [(value, Status.WRONG, m.name) for m, value in asked.wrong]
            for value, status, name in tries:
                try:
                    source = question.rule.write(value, asked.shown)
                    verdict = judge.answer(item, question, question.points, source, "fr", asked)
                except (Unreadable, TypeError, ValueError) as error:
                    yield f"{exercise.path}: in {variant}, '{question.name}' = {value!r}: {error}"
                    return
                wrong = verdict.status is not status if not name else name not in verdict.misconceptions
                if wrong:
                    said = (
                        f"{verdict.status}{' ' + ', '.join(verdict.misconceptions) if verdict.misconceptions else ''}"
                    )
                    yield f"{exercise.path}: in {variant}, '{name or question.name}' = {value!r} is judged {said}"
                    return


def load_is_even(exercise: Exercise) -> Iterator[str]:
    """Where an exercise counts its operations by hand, no variant takes far more of them than another."""
    if exercise.load is None:
        return
    counted = [(values.call(exercise.load, values.of(variant)), variant) for variant in variants.every(exercise)]
    (least, easy), (most, hard) = min(counted, key=itemgetter(0)), max(counted, key=itemgetter(0))
    if most > UNEVEN * least:
        yield (
            f"{exercise.path}: {hard} takes {most:g} operations by hand, {easy} only {least:g}\n"
            f"  At most {UNEVEN} times as many: narrow the grid, or draw more alike."
        )


def nothing_leaks(exercise: Exercise) -> Iterator[str]:
    """What students receive is the same, to the byte, when all that judges them is replaced by sentinels."""
    empty = blind(exercise)
    points = {f"{exercise.id}-{q.name}": q.points for q in exercise.questions}
    for params in exercise.params:
        for lang in LANGS:
            variant = Variant(exercise, params)
            try:
                real = handout.cells(exercise.id, variant, lang, points)
                same = handout.cells(exercise.id, Variant(empty, params), lang, points) == real
            except ContentError as error:
                yield str(error)
                return
            except Looked as looked:
                yield f"{exercise.path}: what students receive needs '{looked}', which judges them"
                return
            if not same:
                yield f"{exercise.path}: what students receive depends on what judges them ({variant})"
                return


def files_belong(exercise: Exercise) -> Iterator[str]:
    """No stray file; a reference for each task, wrong solutions to prove its checks, and an oracle for answers."""
    folder = solutions(exercise)
    names = {file.name for file in folder.glob("*") if file.name != "__pycache__"}
    for name in sorted(names):
        if not KNOWN_FILES.fullmatch(name):
            known = "oracle.py, reference*.py, wrong_*.py, crashed_*.py…"
            yield f"{folder / name}: this file is nobody's\n  Known are {known}"
    if any(isinstance(q, Task) for q in exercise.questions):
        if not any(name.startswith("reference") for name in names):
            yield f"{folder}: no reference solution\n  Write reference.py: it must pass every check."
        if not any(name.startswith("wrong_") for name in names):
            yield f"{folder}: no wrong solution\n  Write wrong_*.py: a check that nothing fails proves nothing."
    if answers(exercise) and "oracle.py" not in names:
        yield f"{folder}: no oracle.py\n  Answer once more, through real layers or another way, with no formula."
    for file in exercise.path.parent.glob(f"{exercise.id}.*"):
        if not re.fullmatch(rf"{exercise.id}(\.py|\.(fr|en)\.md|\.\w+\.(svg|png))", file.name):
            yield f"{file}: this file is nobody's"


def rubrics_add_up(exercise: Exercise) -> Iterator[str]:
    """The lines of a rubric are worth something each, and together what the question is."""
    for question in exercise.questions:
        if not isinstance(question, Essay):
            continue
        for line in question.rubric:
            if line.points <= 0:
                problem = f"'{question.name}/{line.name}' earns {line.points}"
                yield f"{exercise.path}: {problem}\n  Give it points, or remove it."
        total = sum(line.points for line in question.rubric)
        if total != question.points:
            problem = f"the rubric of '{question.name}' adds up to {total}, not {question.points}"
            yield f"{exercise.path}: {problem}\n  Change the points of the question, or of its lines."


LIGHT: tuple[Law, ...] = (
    languages_agree,
    words_can_be_read,
    answers_stand_apart,
    ideas_stand_apart,
    answers_are_read,
    load_is_even,
    nothing_leaks,
    rubrics_add_up,
    files_belong,
)


def _is_handed_out(exercise: Exercise, key: str) -> bool:
    """Whether students read this text whatever they answered: no solution, no wrong idea's words, no rubric."""
    later = {f"{q.name}/{m.name}" for q in answers(exercise) for m in q.misconceptions}
    later |= {f"{q.name}/{line.name}" for q in exercise.questions if isinstance(q, Essay) for line in q.rubric}
    return key != "solution" and key not in later


def _md(exercise: Exercise, lang: Lang) -> str:
    return exercise.path.with_suffix(f".{lang}.md").name
