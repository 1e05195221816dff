"""Marks by hand, written where formgrader writes them: nbgrader's manual score, and its comment for the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook, MissingEntry

from grader.bridge.gradebook import opened
from grader.bridge.scores import keys
from grader.errors import CourseError
from grader.lock import Lock
from grader.model import Course


@dataclass(frozen=True, slots=True)
class Held:
    """What the gradebook holds of one question of one student."""

    automatic: Fraction | None
    manual: Fraction | None
    comment: str


def held(course: Course, lock: Lock, student: str, key: str) -> Held | None:
    """None where nothing was recorded yet."""
    if not (course.root / "gradebook.db").is_file():
        return None
    with opened(course) as gradebook:
        found = _find(gradebook, lock, student, key)
        return None if found is None else _held(*found)


def give(course: Course, lock: Lock, student: str, key: str, mark: Fraction | None, comment: str | None) -> Held:
    """The mark in place of whatever counted, or taken back; gives what was there. ``None`` leaves a comment alone.

    Raises CourseError where the student's copy is not in the gradebook.
    """
    with opened(course) as gradebook:
        found = _find(gradebook, lock, student, key)
        if found is None:
            remedy = f"Run 'partiel grade {lock.assignment}' first."
            raise CourseError(course.root / "gradebook.db", f"nothing is recorded of {student}'s {key}", remedy)
        grade, said = found
        before = _held(grade, said)
        grade.manual_score = None if mark is None else float(mark)
        grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
        if said is not None and comment is not None:
            said.manual_comment = comment or None
        gradebook.db.commit()
        return before


def set_aside(course: Course, lock: Lock, key: str) -> None:
    """No mark by hand on this question any more: what a withdrawal gives counts."""
    _each(course, lock, key, dict.fromkeys(lock.students))


def give_back(course: Course, lock: Lock, key: str, marks: Mapping[str, str]) -> None:
    """What was set aside. A mark that somebody has given since stays."""
    _each(course, lock, key, {student: float(Fraction(mark)) for student, mark in marks.items()})


def _each(course: Course, lock: Lock, key: str, marks: Mapping[str, float | None]) -> None:
    if not (course.root / "gradebook.db").is_file():
        return
    with opened(course) as gradebook:
        for student, mark in marks.items():
            found = _find(gradebook, lock, student, key)
            if found and (mark is None or found[0].manual_score is None):
                found[0].manual_score = mark
        gradebook.db.commit()


def _find(gradebook: Gradebook, lock: Lock, student: str, key: str) -> tuple[Grade, Comment | None] | None:
    id, (cell, beside) = lock.assignment, _cells(lock, key)
    try:
        submitted = gradebook.find_submission_notebook(id, id, student)
    except MissingEntry:
        return None
    grades: dict[str, Any] = {grade.name: grade for grade in submitted.grades}
    comments: dict[str, Any] = {comment.name: comment for comment in submitted.comments}
    return (grades[cell], comments.get(beside)) if cell in grades else None


def _cells(lock: Lock, key: str) -> tuple[str, str]:
    """The cell that is worth the points, and the one that nbgrader keeps a comment on: the answer above it."""
    sheet = lock.example("en" if "en" in lock.said["head"] else "fr")
    cell = next((id for id, named in keys(sheet).items() if named == key), "")
    above = ""
    for one in (one for item in sheet.items for one in item.cells):
        if one.kind in ("solution", "essay", "task"):
            above = one.id
        if one.id == cell:
            return cell, above
    return cell, ""


def _held(grade: Grade, said: Comment | None) -> Held:
    def exact(score: float | None) -> Fraction | None:
        return None if score is None else Fraction(str(score))

    return Held(exact(grade.auto_score), exact(grade.manual_score), (said.manual_comment or "") if said else "")
