"""What was answered elsewhere, as a notebook's cell would hold it: the same readers and rules then judge it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from string import ascii_uppercase
from typing import Any

from grader import values
from grader.model import Answer, Unreadable, Value
from grader.quiz import words as trees
from grader.quiz.item import Part
from grader.quiz.moodle.text import html
from grader.quiz.numbers import plain
from grader.results import words
from grader.results.exported import Asked

CHOSEN = ("choice", "choices", "matching", "ordering")


class Unclear(ValueError):
    """An answer that could be two different ones."""


def free(asked: Asked, text: str) -> str:
    """Code, prose, or a value as it was typed."""
    if not isinstance(asked.question, Answer):
        return text
    if asked.answer.rule.kind == "shape" and text.strip() in ("()", "[]"):
        return f"{asked.part.name} = ()"  # as a text it would read as nothing written
    return f"{asked.part.name} = {text!r}"


def value(asked: Asked, meant: Value) -> str:
    """The cell of who means this value."""
    return f"{asked.part.name} = {_literal(asked.answer.rule.write(meant, asked.shown))!r}"


def _literal(written: Value) -> Any:
    written = plain(written)
    if isinstance(written, Fraction):
        return f"{written.numerator}/{written.denominator}"
    if isinstance(written, list | tuple):
        return [_literal(part) for part in written]
    return {name: _literal(part) for name, part in written.items()} if isinstance(written, dict) else written


def unread(asked: Asked, text: str) -> str:
    """Kept as it came, and read as no answer of its kind: a text that spells letters is no choice of theirs."""
    for written in (text, f"# {text}"):
        try:
            asked.answer.rule.read(written, asked.shown, asked.lang)
        except Unreadable as why:
            if type(why) is Unreadable:
                return f"{asked.part.name} = {written!r}"
    return f"{asked.part.name} = '#'  # {text!r}"


def option(asked: Asked, form: Part, name: str) -> str:
    """One option of a question, or of the choice that stands for it."""
    if form.note != "choice":
        return value(asked, name)
    if name == "right":
        return value(asked, asked.known[asked.part.name])
    idea = next((one for one in asked.answer.misconceptions if one.name == name), None)
    if idea:
        return value(asked, values.call(idea.compute, asked.known))
    said = trees.text(next(one.words for one in form.options if one.name == name))
    return f"{asked.part.name} = {_number(said, asked.lang)!r}"


def _number(said: str, lang: str) -> str:
    """A printed distractor, without what separates thousands."""
    said = "".join(said.split()).replace("−", "-")
    return said.replace(",", "") if lang == "en" else said


def shown(form: Part) -> Mapping[str, str]:
    """An option's words by its name, as HTML without tags."""
    return {one.name: words.plain(html(one.words)) for one in form.options}


def several(asked: Asked, names: Sequence[str]) -> str:
    return value(asked, tuple(names))


def matched(asked: Asked, pairs: Mapping[str, str]) -> str:
    """By the names of left and right; those that are not there were left blank."""
    left = [name for name, _, _ in asked.part.stems]
    if set(pairs) == set(left):
        return value(asked, dict(pairs))
    letters = {n: ascii_uppercase[asked.shown.index(pairs[name])] for n, name in enumerate(left, 1) if name in pairs}
    return f"{asked.part.name} = {letters!r}"


def fields(asked: Asked, typed: Mapping[int, str]) -> str | None:
    """The fields of a table, a matrix or a shape, by place from 1; nothing where all of them are blank."""
    part = asked.part
    cells = [typed.get(n, "").strip() or None for n in range(1, len(part.fields) + 1)]
    if not any(cells):
        return None
    if part.kind == "table":
        held: Any = {one.name: cell for one, cell in zip(part.fields, cells, strict=True)}
    elif part.kind == "grid":
        held = [cells[n : n + part.columns] for n in range(0, len(cells), part.columns)]
    else:
        held = cells
    return f"{part.name} = {held!r}"
