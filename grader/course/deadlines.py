"""When a copy is late: the assignment's due date, and what the roster adds to it for each student."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta

from grader.model import Assignment, Course, Student

LAST = time(23, 59, 59)  # a deadline that is a day lasts all day


def due(assignment: Assignment) -> datetime | None:
    """With its offset; None where course.toml says nothing."""
    return datetime.fromisoformat(assignment.due) if assignment.due else None


def extension(assignment: Assignment, students: Iterable[Student]) -> timedelta:
    """What is added to the due date: for a group, what its luckiest member has, since they hand in one copy.

    A deadline of one's own is taken as it is written; else extra time lengthens the time from start to due.
    """
    return max((_own(assignment, student) for student in students), default=timedelta())


def of(course: Course, assignment: Assignment, members: Collection[str]) -> float | None:
    """Of those who hand in one copy, in seconds since 1970; None where there is none."""
    common = due(assignment)
    more = extension(assignment, (one for one in course.students if one.id in members))
    return (common + more).timestamp() if common else None


def _own(assignment: Assignment, student: Student) -> timedelta:
    common = due(assignment)
    if common is None:
        return timedelta()
    if said := student.deadline(assignment.id):
        own = datetime.fromisoformat(said)
        if len(said) == len("2026-12-01"):
            own = datetime.combine(own, LAST)
        return (own if own.tzinfo else own.replace(tzinfo=common.tzinfo)) - common
    if assignment.start and student.extra_time:
        seconds = (common - datetime.fromisoformat(assignment.start)).total_seconds()
        return timedelta(seconds=float(student.extra_time * int(seconds)))
    return timedelta()
