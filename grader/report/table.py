"""Copies by questions: what the statistics are computed from. One line for a group's common copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from grader import lock, values
from grader.model import GRADED, Answer, Asserted, Course, Essay, Item, Lang, Params, Question, Status, Variant, Verdict
from grader.report.lines import Row
from grader.report.stats import Array

UNSCORED = ("broken", "waiting", "withdrawn")  # what no student is the cause of


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the assignment, as the first who was handed it has it."""

    item: Item
    question: Question
    points: Fraction

    @property
    def key(self) -> str:
        return f"{self.item.key}-{self.question.name}"

    @property
    def kind(self) -> str:
        if isinstance(self.question, Answer):
            return self.question.rule.kind
        return (
            "essay" if isinstance(self.question, Essay) else "test" if isinstance(self.question, Asserted) else "task"
        )


@dataclass(frozen=True, slots=True)
class Copy:
    """What one student, or one group, was handed and what it was worth."""

    student: str
    lang: Lang
    verdicts: Mapping[str, Verdict]  # by key
    numbers: Mapping[str, str]  # of its variants, by item


@dataclass(frozen=True, slots=True)
class Table:
    copies: tuple[Copy, ...]
    asked: tuple[Asked, ...]
    variants: Mapping[tuple[str, str], Variant]  # by item and number
    shares: Array  # (copies, questions), of the question's points; NaN without a score
    points: Array  # (questions,)

    def verdicts(self, asked: Asked) -> list[tuple[Copy, Verdict]]:
        """Of the copies that have one which counts."""
        found = ((copy, copy.verdicts.get(asked.key)) for copy in self.copies)
        return [(copy, verdict) for copy, verdict in found if verdict is not None and is_scored(verdict)]

    def variant(self, copy: Copy, asked: Asked) -> Variant:
        return self.variants[asked.item.key, copy.numbers[asked.item.key]]

    def params(self, asked: Asked) -> list[Params]:
        """Each copy's."""
        return [self.variant(copy, asked).params for copy in self.copies]


def is_scored(verdict: Verdict) -> bool:
    return str(verdict.status) not in UNSCORED and verdict.points > 0


def of(course: Course, locked: lock.Lock, rows: Sequence[Row]) -> Table:
    """The graded copies among ``rows``."""
    example = locked.example(course.lang)
    asked = tuple(_asked(example.items))
    exercises = {item.key: item.variant.exercise for item in example.items}
    variants = {
        (key, number): Variant(exercises[key], values.plain(kept["params"]))
        for key, item in locked.said["items"].items()
        for number, kept in item["variants"].items()
    }
    copies = tuple(_copies(locked, rows))
    shares = np.full((len(copies), len(asked)), np.nan)
    for at, copy in enumerate(copies):
        for q, one in enumerate(asked):
            verdict = copy.verdicts.get(one.key)
            if verdict is not None and is_scored(verdict):
                shares[at, q] = float(verdict.earned / verdict.points)
    return Table(copies, asked, variants, shares, np.array([float(one.points) for one in asked]))


def _asked(items: Sequence[Item]) -> list[Asked]:
    found = []
    for item in items:
        worth = {cell.question: cell.points for cell in item.cells if cell.kind in GRADED}
        found += [Asked(item, q, worth[q.name]) for q in item.variant.exercise.questions if q.name in worth]
    return found


def _copies(locked: lock.Lock, rows: Sequence[Row]) -> list[Copy]:
    found: list[Copy] = []
    done: set[str] = set()
    for row in rows:
        if row.record is None or row.student in done:
            continue
        done.update(locked.group(row.student))
        given = {verdict.key: verdict for verdict in row.record.verdicts}
        lang: Lang = locked.said["students"][row.student]["lang"]
        found.append(Copy(row.student, lang, given, locked.numbers(row.student)))
    return found


def counted(table: Table, asked: Asked) -> dict[Status, int]:
    """How many copies have each status, the unscored ones too."""
    found: dict[Status, int] = dict.fromkeys(Status, 0)
    for copy in table.copies:
        if asked.key in copy.verdicts:
            found[copy.verdicts[asked.key].status] += 1
    return found
