"""Questions answered by choosing among options, as parts of a quiz item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from string import ascii_uppercase

from grader.model import Value
from grader.quiz.asked import Asked, as_choice, legend, letters, line
from grader.quiz.item import Known, Option, Part
from grader.quiz.words import Words
from grader.rules.choosing import Choices, Matching, Ordering


def choice(asked: Asked) -> Part:
    said = {value: words for _, value, words in reversed(asked.wrong)}
    cost = asked.policy.wrong_choice(len(asked.shown))
    options = tuple(
        Option(name, letter, asked.label(name), name == asked.right, Fraction(1) if name == asked.right else cost,
               said.get(name, ()))
        for name, letter in zip(asked.shown, ascii_uppercase, strict=False)
    )  # fmt: skip
    known = tuple(Known(name, (value,), letters(asked, (value,)), words) for name, value, words in asked.wrong)
    return asked.part(kind="choice", options=options, known=known)


def _options(
    asked: Asked, right: Sequence[str] = (), credit: Mapping[bool, Fraction] | None = None
) -> tuple[Option, ...]:
    said: dict[str, Words] = {}
    for _, value, words in asked.wrong:
        for name in value if isinstance(asked.answer.rule, Choices) else ():
            said.setdefault(name, words)
    return tuple(
        Option(name, letter, asked.label(name), name in right, (credit or {}).get(name in right, Fraction(0)),
               () if name in right else said.get(name, ()))
        for name, letter in zip(asked.shown, ascii_uppercase, strict=False)
    )  # fmt: skip


def choices(asked: Asked) -> Part:
    rule = asked.answer.rule
    assert isinstance(rule, Choices)
    right = tuple(name for name in asked.shown if name in set(asked.right))
    earns, costs = asked.policy.credits(len(right), len(asked.shown) - len(right), all_or_nothing=rule.all_or_nothing)
    options = _options(asked, right, {True: earns, False: costs})

    def sorted_(value: Value) -> tuple[str, ...]:
        return tuple(name for name in asked.shown if name in set(value))

    known = tuple(Known(n, sorted_(v), letters(asked, sorted_(v)), words) for n, v, words in asked.wrong)
    listed = legend([(option.label, option.words) for option in options])
    twin = as_choice(asked, asked.wrong, lambda value: line(letters(asked, sorted_(value))), listed)
    strict = asked.policy.strict(all_or_nothing=rule.all_or_nothing)
    return asked.part(kind="choices", options=options, known=known, twin=twin, all_or_nothing=strict)


def matching(asked: Asked) -> Part:
    rule = asked.answer.rule
    assert isinstance(rule, Matching)
    options = _options(asked)
    stems = tuple((left, asked.label(left), asked.right[left]) for left in rule.left)

    def paired(value: Value) -> str:
        pairs = (f"{n} → {letters(asked, (value[left],))}" for n, left in enumerate(rule.left, 1))
        return (" ; " if asked.lang == "fr" else "; ").join(pairs)

    known = tuple(Known(n, tuple(v[left] for left in rule.left), paired(v), words) for n, v, words in asked.wrong)
    listed = legend([(str(n), words) for n, (_, words, _) in enumerate(stems, 1)])
    listed += legend([(option.label, option.words) for option in options])
    twin = as_choice(asked, asked.wrong, lambda value: line(paired(value)), listed)
    return asked.part(kind="matching", options=options, stems=stems, known=known, twin=twin)


def ordering(asked: Asked) -> Part:
    rule = asked.answer.rule
    assert isinstance(rule, Ordering)
    right = tuple(asked.right)
    options = _options(asked, right)

    def arrows(value: Value) -> str:
        return letters(asked, tuple(value), " → ")

    known = tuple(Known(n, tuple(v), arrows(v), words) for n, v, words in asked.wrong)
    listed = legend([(option.label, option.words) for option in options])
    twin = as_choice(asked, asked.wrong, lambda value: line(arrows(value)), listed)
    return asked.part(kind="ordering", options=options, order=right, before=rule.before, known=known, twin=twin)
