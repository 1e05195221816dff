"""Lateness in nbgrader's own terms: the due date, each student's extension, and the penalty by the course's plugin."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Assignment as Row
from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from traitlets.config import Config

from grader import handed, notebook
from grader.course import deadlines
from grader.errors import CourseError
from grader.lock import Lock
from grader.model import Course

EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def date(course: Course, row: Row) -> None:
    """The due date of course.toml, where it says one; else whatever nbgrader was told stays."""
    assignment = course.assignments.get(row.name)
    when = deadlines.due(assignment) if assignment else None
    if when is not None:
        row.duedate = when.astimezone(UTC).replace(tzinfo=None)  # as nbgrader keeps them


def extend(course: Course, lock: Lock, submission: SubmittedAssignment) -> None:
    """What the roster gives this student, or their group; where course.toml has no due date, nbgrader's own stays."""
    assignment = course.assignments.get(lock.assignment)
    if assignment is None or not assignment.due:
        return
    members = lock.group(submission.student_id) or (submission.student_id,)
    more = deadlines.extension(assignment, (student for student in course.students if student.id in members))
    submission.extension = more or None


def allow(course: Course, lock: Lock, student: str, url: str) -> None:
    """Before a submission is graded: nbgrader's step for late penalties finds both dates in the gradebook."""
    if lock.assignment not in course.assignments or not course.assignments[lock.assignment].due:
        return
    with Gradebook(url, course.id) as gradebook:
        date(course, gradebook.find_assignment(lock.assignment))
        extend(course, lock, gradebook.find_submission(lock.assignment, student))
        gradebook.db.commit()


def settle(course: Course, lock: Lock, config: Config, url: str, students: Iterable[str] | None = None) -> None:
    """The penalties of what is recorded already, as dates, plugin and marks given by hand now make them.

    The plugin is asked again about whoever is late, or was; scores and comments are not touched.
    """
    asked = []
    with Gradebook(url, course.id) as gradebook:
        try:
            date(course, gradebook.find_assignment(lock.assignment))
        except MissingEntry:
            return
        for submission in gradebook.assignment_submissions(lock.assignment):
            if students is not None and submission.student_id not in students:
                continue
            with suppress(CourseError):  # it was said when the copy was graded, and nothing was recorded then
                came = handed.handed_in(course.root, lock, submission.student_id)
                submission.timestamp = (stamp(came.file.parent) if came else None) or submission.timestamp
            extend(course, lock, submission)
            if late(submission) or submission.late_submission_penalty:
                asked.append(submission.student_id)
        gradebook.db.commit()
    step = AssignLatePenalties(config=config)
    step.log.disabled = True
    for student in asked:
        facts = {"notebook": lock.assignment, "assignment": lock.assignment, "student": student, "db_url": url}
        step.preprocess(notebook.as_node(EMPTY), {"nbgrader": facts})


def stamp(folder: Path) -> datetime | None:
    """When it came, by nbgrader's ``timestamp.txt`` and nothing else: a file's own date changes with every copy."""
    file = folder / "timestamp.txt"
    if not file.is_file() or file.is_symlink():
        return None
    said = file.read_bytes()[: handed.LONGEST].decode("utf-8", "replace").strip()
    try:
        when: datetime | None = parse_utc(said) if said else None
    except (ValueError, OverflowError) as error:
        remedy = "Write it as 2026-12-01 18:00:00 UTC, or take the file away: without it nobody is late."
        raise CourseError(file, f"{said!r} is no moment", remedy) from error
    return when


def late(submission: SubmittedAssignment) -> bool:
    return submission.assignment.duedate is not None and submission.total_seconds_late > 0
