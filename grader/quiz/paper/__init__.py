"""A quiz on paper: for each copy a PDF with its answer sheet, and one with its solutions. Typst prints them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

from grader.errors import UsageError
from grader.model import Text
from grader.quiz import copies, words
from grader.quiz.carry import Notes
from grader.quiz.item import KINDS, Copy, Item, Quiz
from grader.quiz.paper import press, sheet
from grader.quiz.paper.formula import Unknown
from grader.quiz.paper.markup import file_of
from grader.quiz.policy import Policy
from grader.quiz.words import Node, Words

TITLE = Text("Papier (PDF)", "Paper (PDF)")
CARRIES = frozenset(KINDS)
ON_PAPER = True  # it is written copy by copy


def write(quiz: Quiz, policy: Policy, _notes: Notes) -> dict[str, bytes]:
    quiz = quiz if quiz.copies else replace(quiz, copies=copies.dealt(quiz))
    pictures = {file_of(node): node.data for item in printed(quiz) for node in words.images(list(said(item)))}
    files = {f"{quiz.id}-answers.csv": _answers(quiz)}
    with press.press(pictures) as made:
        for one in quiz.copies:
            try:
                asked, solved = sheet.copy(quiz, one, policy), sheet.solutions(quiz, one)
            except Unknown as error:
                problem = f"a formula of {', '.join(item.id for item in one.items)} has '{error}', which paper has not"
                remedy = "Write it with macros that grader/quiz/paper/formula.py lists, or add this one there."
                raise UsageError("--to paper", problem, remedy) from error
            name = copies.file(one)
            files[f"copies/{name}.pdf"] = made.pdf(asked)
            files[f"solutions/{name}.pdf"] = made.pdf(solved)
    return files


def printed(quiz: Quiz) -> list[Item]:
    """What is in the copies, each item once."""
    return list({item.slug: item for one in quiz.copies for item in one.items}.values())


def said(item: Item) -> Iterator[Node]:
    yield from item.statement + item.solution
    for part in item.parts:
        every: list[Words] = [part.prompt, *part.checks, *(known.feedback for known in part.known)]
        every += [o.words for o in part.options] + [f.label for f in part.fields] + [stem for _, stem, _ in part.stems]
        for one in every:
            yield from one


def _answers(quiz: Quiz) -> bytes:
    """For the marker: a line for each copy, with what is right in its variants."""
    table = io.StringIO()
    lines = csv.writer(table, lineterminator="\n")
    lines.writerow(["code", "student", "number", "name", "exercise", "variant", "question", "points", "answer"])
    for one in quiz.copies:
        for item in one.items:
            lines.writerows(_line(quiz, one, item))
    return table.getvalue().encode("utf-8-sig")


def _line(quiz: Quiz, one: Copy, item: Item) -> Iterator[list[str]]:
    for part in item.parts:
        right = sheet.answer(part, quiz.lang)
        who = [one.code, one.student, one.number, one.name]
        yield [*map(copies.plain, who), item.exercise, str(item.variant), part.name, str(part.points), right]
