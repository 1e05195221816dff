"""All that a report says, before it is a page, a table or JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from grader import lock, verdicts
from grader.amend import withdrawn
from grader.amend.withdrawn import Withdrawal
from grader.model import Course, Record, Status, Text, Verdict
from grader.report import fairness, ideas, stats, table
from grader.report.fairness import Fairness
from grader.report.ideas import Ideas
from grader.report.lines import BY_HAND, Row, rows, total
from grader.report.stats import Distribution, Estimate, Reach
from grader.report.table import Asked, Table
from grader.report.words import plain

if TYPE_CHECKING:
    from grader.appeal import Override

LEAST = 10  # copies, below which nothing is said but counts
FIRM = 50  # copies, below which correlations are indications


@dataclass(frozen=True, slots=True)
class Measured:
    """One question. ``success`` is the mean share of its points; ``rest``, its correlation with the other questions."""

    asked: Asked
    statuses: dict[Status, int]
    success: Estimate
    rest: Estimate | None
    by_hand: int
    tried_again: int  # copies that were handed in more than once
    came_right: int  # of those, wrong in the first and right in the last


@dataclass(frozen=True, slots=True)
class Attempts:
    """Distinct files that were judged, for each student who handed one in."""

    mean: float
    most: int
    several: int  # students


@dataclass(frozen=True, slots=True)
class Facts:
    title: str
    rows: tuple[Row, ...]
    total: Fraction
    table: Table
    urgent: tuple[tuple[Row, Verdict], ...]  # broken, then unreadable
    waiting: int  # verdicts that a human has to give: so it was meant
    marks: Distribution | None
    questions: tuple[Measured, ...]
    alpha: Estimate | None
    against: tuple[Measured, ...]  # able students fail them more than the others
    ideas: Ideas
    fairness: Fairness
    attempts: Attempts | None  # None: every copy was judged once
    reach: Reach
    levels: tuple[str, ...]
    withdrawn: Mapping[str, Withdrawal] = field(default_factory=dict)
    overrides: tuple[tuple[str, Override], ...] = ()  # with the name that may be shown

    @property
    def seen(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.record)

    @property
    def copies(self) -> int:
        return len(self.table.copies)


def collect(course: Course, assignment: str) -> Facts:
    """Raises CourseError where nothing was released."""
    locked = lock.read(course, assignment)
    history = {
        student: [record for record in records if record.submission]
        for student, records in verdicts.history(course, assignment).items()
    }
    from grader.appeal import overrides  # it can judge again, and loads what that takes

    everyone = tuple(rows(course, assignment))
    names = {row.student: row.name or row.student for row in everyone}
    return replace(
        of(course, locked, everyone, total(course, assignment), history),
        withdrawn=withdrawn.remedies(course, assignment).withdrawn,
        overrides=tuple((names.get(one.student, one.student), one) for one in overrides(course, assignment)),
    )


def of(
    course: Course,
    locked: lock.Lock,
    everyone: tuple[Row, ...],
    worth: Fraction,
    history: dict[str, list[Record]],
) -> Facts:
    """From rows and earlier records: nothing is read here, and nothing written."""
    seen = [row for row in everyone if row.record]
    made = table.of(course, locked, everyone)
    enough = len(made.copies) >= LEAST
    nothing: list[Estimate | None] = [None] * len(made.asked)
    against_rest = stats.item_rest(made.shares, made.points) if enough else nothing
    hand = Counter(v.key for row in seen for v in _verdicts(row) if v.feedback == BY_HAND)
    again, right = _retries(history)
    measured = tuple(
        Measured(
            asked,
            table.counted(made, asked),
            stats.share(float(np.nansum(made.shares[:, q])), int((~np.isnan(made.shares[:, q])).sum())),
            against_rest[q],
            hand[asked.key],
            again[asked.key],
            right[asked.key],
        )
        for q, asked in enumerate(made.asked)
    )
    fair = fairness.compare(
        [asked.key for asked in made.asked],
        made.shares,
        stats.rest(made.shares, made.points),
        {
            asked.key: [
                {**params, fairness.LANGUAGE: copy.lang}
                for params, copy in zip(made.params(asked), made.copies, strict=True)
            ]
            for asked in made.asked
        },
    )
    return Facts(
        title=locked.title,
        rows=everyone,
        total=worth,
        table=made,
        urgent=tuple((r, v) for s in (Status.BROKEN, Status.UNREADABLE) for r in seen for v in r.why if v.status is s),
        waiting=sum(v.status is Status.WAITING for row in seen for v in _verdicts(row)),
        marks=stats.distribution(np.array([float(row.earned) for row in seen])),
        questions=measured,
        alpha=stats.alpha(made.shares[:, _counting(made)], made.points[_counting(made)]) if enough else None,
        against=tuple(one for one in measured if one.rest and one.rest.value < 0),
        ideas=ideas.of(made),
        fairness=fair,
        attempts=_attempts(history),
        reach=stats.reach(len(made.copies), len(fair.gaps), fairness.LEVEL),
        levels=tuple(sorted({row.record.level for row in seen if row.record})),
    )


def _counting(made: Table) -> stats.Array:
    """Questions that at least half of the copies have a score for: one that waits for a human would empty the table."""
    return np.asarray((~np.isnan(made.shares)).mean(axis=0) >= 0.5) if len(made.copies) else np.zeros(0, dtype=bool)


def _verdicts(row: Row) -> tuple[Verdict, ...]:
    return row.record.verdicts if row.record else ()


def _retries(history: dict[str, list[Record]]) -> tuple[Counter[str], Counter[str]]:
    """By question: students who handed in several files, and those whose last is right where the first was not."""
    again: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for records in history.values():
        if len({record.submission for record in records}) < 2:
            continue
        first = {v.key: v.status for v in records[0].verdicts}
        for verdict in records[-1].verdicts:
            again[verdict.key] += 1
            right[verdict.key] += verdict.status is Status.CORRECT and first.get(verdict.key) is not Status.CORRECT
    return again, right


def _attempts(history: dict[str, list[Record]]) -> Attempts | None:
    files = [len({record.submission for record in records}) for records in history.values() if records]
    if not files or max(files) < 2:
        return None
    return Attempts(sum(files) / len(files), max(files), sum(n > 1 for n in files))


def title(asked: Asked) -> Text:
    """Without the marks of its Markdown."""
    words = asked.item.variant.exercise.title
    return Text(plain(words.fr), plain(words.en))
