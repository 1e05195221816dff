"""From exercises to quiz items: the first N variants of a hashed order, each with what is asked, right and wrong."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction

from grader import render, values
from grader.errors import ContentError, UsageError
from grader.model import Answer, Exercise, Lang, Question, Value, Variant
from grader.quiz import distractors, parts, words
from grader.quiz.asked import Asked
from grader.quiz.distractors import Domain
from grader.quiz.item import Group, Item, Quiz
from grader.quiz.numbers import plain
from grader.quiz.policy import Policy

Allowed = Callable[[Exercise], Collection[int]]  # the numbers of a pool's variants


def quiz(
    id: str,
    title: str,
    exercises: Sequence[Exercise],
    lang: Lang,
    variants: int,
    *,
    policy: Policy | None = None,
    allowed: Allowed | None = None,
    points: Mapping[str, Fraction] | None = None,
) -> Quiz:
    """``points`` are by exercise or by ``exercise.question``, as in an assignment. Raises ContentError, UsageError."""
    if variants < 1:
        raise UsageError("--variants", f"{variants} variants is no quiz", "Ask for at least one of each exercise.")
    groups = []
    for exercise in {
        exercise.id: exercise for exercise in exercises
    }.values():  # one that comes twice is drawn from once
        numbers = range(len(exercise.params)) if allowed is None else allowed(exercise)
        groups.append(group(exercise, lang, variants, numbers, policy or Policy(), points or {}))
    return Quiz(ascii_id(id), title, lang, tuple(groups))


def group(
    exercise: Exercise,
    lang: Lang,
    variants: int,
    numbers: Collection[int],
    policy: Policy,
    points: Mapping[str, Fraction],
) -> Group:
    """Variants whose texts are the same count once."""
    domains, worth = domains_of(exercise), worth_of(exercise, points)
    items: list[Item] = []
    seen: set[tuple[object, ...]] = set()
    space = len(numbers)
    for number in order(exercise, numbers):
        if len(items) == variants:
            break
        item = build(exercise, number, lang, policy, worth, domains)
        text = (item.statement, *((part.prompt, part.options, part.stems) for part in item.parts))
        if text in seen:
            space -= 1
            continue
        seen.add(text)
        items.append(item)
    path = (exercise.shelf, exercise.id)
    title = words.text(words.read(exercise.title[lang], lang))
    return Group(exercise.id, path, title, tuple(items), space, exercise.minutes, exercise.difficulty)


def domains_of(exercise: Exercise) -> dict[str, Domain]:
    return {q.name: distractors.domain(exercise, q.name) for q in exercise.questions if is_number(q)}


def worth_of(exercise: Exercise, points: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {q.name: _points(exercise, q.name, q.points, points) for q in exercise.questions}


def order(exercise: Exercise, numbers: Collection[int]) -> list[int]:
    """Asking for more variants keeps those that were there."""
    return sorted(numbers, key=lambda n: hashlib.sha256(f"{exercise.id}\0{n}".encode()).digest())


def _points(exercise: Exercise, name: str, said: Fraction, points: Mapping[str, Fraction]) -> Fraction:
    if f"{exercise.id}.{name}" in points:
        return points[f"{exercise.id}.{name}"]
    if exercise.id not in points:
        return said
    return points[exercise.id] * said / sum(q.points for q in exercise.questions)


def is_number(question: Question) -> bool:
    return isinstance(question, Answer) and question.rule.kind in ("whole", "decimal")


def build(
    exercise: Exercise,
    number: int,
    lang: Lang,
    policy: Policy,
    points: Mapping[str, Fraction],
    domains: Mapping[str, Domain] | None = None,
    params: Mapping[str, Value] | None = None,
) -> Item:
    """``params`` are what was handed out under this number. Raises ContentError where a text needs a value that
    students are not given.
    """
    variant = Variant(exercise, exercise.params[number] if params is None else params)
    try:
        return _build(variant, number, lang, policy, points, domains or {})
    except render.Missing as error:
        file = exercise.path.with_suffix(f".{lang}.md")
        raise ContentError(file, 1, f"{error} ({variant})", f"See 'partiel verify {exercise.id}'.") from error


def _build(
    variant: Variant,
    number: int,
    lang: Lang,
    policy: Policy,
    points: Mapping[str, Fraction],
    domains: Mapping[str, Domain],
) -> Item:
    exercise = variant.exercise
    given = values.given(exercise, variant.params)
    known = values.of(variant)
    revision = revision_of(exercise)
    slug = f"{ascii_id(exercise.id)}-{revision}-{number}"

    def read(text: str, facts: Mapping[str, Value]) -> words.Words:
        return words.read(render.fill(text, facts, lang), lang)

    asked = [
        Asked(variant, q, f"{slug}-{ascii_id(q.name)}", points[q.name], lang, policy, given, known, domains.get(q.name))
        for q in exercise.questions
    ]
    return Item(
        id=f"{exercise.id}@{revision}#{number}",
        slug=slug,
        exercise=exercise.id,
        revision=revision,
        variant=number,
        title=words.text(words.read(exercise.title[lang], lang)),
        statement=read(exercise.statement[lang], given),
        parts=tuple(parts.part(one) for one in asked),
        solution=read(exercise.solution[lang], known),
        params={name: jsonable(value) for name, value in variant.params.items()},
        answers={q.name: jsonable(known[q.name]) for q in exercise.questions if isinstance(q, Answer)},
        tags=exercise.tags,
    )


def revision_of(exercise: Exercise) -> str:
    """Of all that a quiz shows: what students read, and what judges them."""
    both = f"{exercise.statement_revision}\0{exercise.judging_revision}"
    return hashlib.sha256(both.encode()).hexdigest()[:8]


def ascii_id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-") or "quiz"


def jsonable(value: Value) -> Value:
    """The same on every machine: sets in order, tuples as lists, fractions as text."""
    value = plain(value)
    if isinstance(value, set | frozenset):
        return sorted(map(jsonable, value), key=lambda part: json.dumps(part, sort_keys=True))
    if isinstance(value, list | tuple):
        return [jsonable(part) for part in value]
    if isinstance(value, dict):
        return {str(name): jsonable(part) for name, part in value.items()}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
