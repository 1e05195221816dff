"""A quiz as Aiken: a line, its options, the letter of the right one. Several courses' platforms read it."""

from __future__ import annotations

from string import ascii_uppercase

from grader.model import Text
from grader.quiz import plain
from grader.quiz.carry import Notes
from grader.quiz.item import Item, Part, Quiz
from grader.quiz.policy import Policy

TITLE = Text("Aiken", "Aiken")
CARRIES = frozenset({"choice"})
SCORES = False  # a file says which option is right, and no points
MANY = Text("plus de 26 propositions", "more than 26 options")


def write(quiz: Quiz, _policy: Policy, notes: Notes) -> dict[str, bytes]:
    found = plain.every(quiz, CARRIES, notes, plain.picture, plain.lines, _too_many)
    return {f"{quiz.id}-aiken.txt": "\n".join(_question(i, p) for _, i, p in found).encode()} if found else {}


def _too_many(_item: Item, part: Part) -> Text | None:
    return MANY if len(part.options) > len(ascii_uppercase) else None


def _question(item: Item, part: Part) -> str:
    options = list(zip(ascii_uppercase, part.options, strict=False))
    lines = [plain.one_line(plain.asked(item, part))]
    lines += [f"{letter}. {plain.one_line(option.words)}" for letter, option in options]
    return "\n".join([*lines, *(f"ANSWER: {letter}" for letter, option in options if option.right), ""])
