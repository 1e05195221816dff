"""A quiz as the spreadsheet that Wooclap imports: a row for each question, an option in each cell."""

from __future__ import annotations

from grader.model import Text
from grader.quiz import plain, words
from grader.quiz.carry import Notes
from grader.quiz.item import Item, Part, Quiz
from grader.quiz.policy import Policy
from grader.quiz.sheets import workbook

TITLE = Text("Wooclap (tableur)", "Wooclap (spreadsheet)")
CARRIES = frozenset({"choice", "choices", "text"})
SCORES = False  # a sheet says what is right, and no points
LONGEST = 32_000  # characters of a cell of a spreadsheet, with some room
TOO_LONG = Text("son texte dépasse une cellule de tableur", "its text does not fit in a cell of a spreadsheet")


def write(quiz: Quiz, _policy: Policy, notes: Notes) -> dict[str, bytes]:
    rows = [_row(item, part) for _, item, part in plain.every(quiz, CARRIES, notes, plain.picture, _fits)]
    if not rows:
        return {}
    most = max(len(row) for row in rows) - 3
    head = ["Type", "Title", "Correct", *["Choice"] * most]
    return {f"{quiz.id}-wooclap.xlsx": workbook([head, *rows], "wooclap", "Wooclap", (14, 70, 10))}


def _fits(item: Item, part: Part) -> Text | None:
    return TOO_LONG if len(words.text(plain.asked(item, part))) > LONGEST else None


def _row(item: Item, part: Part) -> list[str | int]:
    """Right options by their numbers, from 1, between commas."""
    title = words.text(plain.asked(item, part))
    if part.kind == "text":
        return ["OpenQuestion", "\n".join(filter(None, (title, part.starter.rstrip()))), ""]
    right = ",".join(str(n) for n, option in enumerate(part.options, 1) if option.right)
    return ["MCQ", title, right, *(words.text(option.words) for option in part.options)]
