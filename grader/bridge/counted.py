"""What each student has in the gradebook when all is counted: automatic and manual scores, and the late penalty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from nbgrader import api
from nbgrader.api import MissingEntry

from grader import handed, lock, verdicts
from grader.amend import withdrawn
from grader.bridge.autograde import fingerprint
from grader.bridge.gradebook import opened
from grader.lock import Lock
from grader.model import Course, Record

FINEST = 10**6  # nbgrader keeps floats: thirds come back as thirds


@dataclass(frozen=True, slots=True)
class Final:
    """A student's score in points, the late penalty taken off it already."""

    score: Fraction
    penalty: Fraction
    waiting: tuple[str, ...]  # cells that nobody has scored: a human is called


@dataclass(frozen=True, slots=True)
class Finals:
    """Of one assignment. ``behind`` are students of whom the ledger knows more than the gradebook."""

    maximum: Fraction
    by_student: Mapping[str, Final]
    behind: frozenset[str]


def penalties(course: Course, assignment: str) -> Mapping[str, Fraction]:
    """What nbgrader's plugin deducted, in points, from each student who has something recorded."""
    with opened(course) as gradebook:
        try:
            every = gradebook.assignment_submissions(assignment)
            return {one.student_id: exact(one.late_submission_penalty or 0) for one in every}
        except MissingEntry:
            return {}


def finals(course: Course, assignment: str) -> Finals:
    """As nbgrader's own export counts them. An assignment that nothing was recorded for has no students in it."""
    if not (course.root / "gradebook.db").is_file():
        return Finals(Fraction(0), {}, frozenset())
    with opened(course) as gradebook:
        try:
            maximum = exact(gradebook.find_assignment(assignment).max_score)
        except MissingEntry:
            return Finals(Fraction(0), {}, frozenset())
        waiting: dict[str, list[str]] = {}
        unscored = (
            gradebook.db.query(api.SubmittedAssignment.student_id, api.BaseCell.name)
            .select_from(api.Grade)
            .join(api.BaseCell, api.Grade.cell_id == api.BaseCell.id)
            .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
            .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == assignment)
            .filter(api.Grade.manual_score.is_(None), api.Grade.auto_score.is_(None))
        )
        for student, cell in unscored:
            waiting.setdefault(student, []).append(cell)
        found = {}
        for one in gradebook.assignment_submissions(assignment):
            penalty = exact(one.late_submission_penalty or 0)
            score = max(Fraction(0), exact(one.score or 0) - penalty)
            found[one.student_id] = Final(score, penalty, tuple(waiting.get(one.student_id, ())))
    latest, now = verdicts.latest(course, assignment), withdrawn.remedies(course, assignment)
    locked = lock.read(course, assignment)
    behind = frozenset(
        student
        for student, record in latest.items()
        if not _stamped(course, record, now) and not (student in found and _purged(course, locked, student))
    )
    return Finals(maximum, found, behind)


def exact(score: float) -> Fraction:
    return Fraction(score).limit_denominator(FINEST)


def _purged(course: Course, locked: Lock, student: str) -> bool:
    """Whether its files were let go of, in time: what was recorded of them stays, and nobody can judge them again."""
    id = locked.assignment
    autograded = course.root / "autograded" / student / id / f"{id}.ipynb"
    return not autograded.exists() and handed.handed_in(course.root, locked, student) is None


def _stamped(course: Course, record: Record, now: withdrawn.Remedies) -> bool:
    """Whether the autograded notebook is of this very record."""
    id = record.assignment
    try:
        said = json.loads((course.root / "autograded" / record.student / id / f"{id}.ipynb").read_bytes())
        return bool(said["metadata"]["partiel"]["record"] == fingerprint(record, now))
    except (OSError, ValueError, KeyError, TypeError):
        return False
