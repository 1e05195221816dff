"""Who may be named: where an assignment is anonymous, a student is a code until the names are lifted."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from grader import course as courses
from grader import lock
from grader.course.secret import HIDDEN
from grader.model import Course, Student

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 for O, no 1 for I
LENGTH = 7  # 32 ** 7: no two of a thousand students have the same one


def code(course: Course, student: str) -> str:
    """The same in every assignment of the course, and nothing of the name in it."""
    drawn = int.from_bytes(hmac.digest(course.secret.encode(), f"code\0{student}".encode(), hashlib.sha256), "big")
    letters = "".join(LETTERS[drawn // len(LETTERS) ** place % len(LETTERS)] for place in range(LENGTH))
    return f"{letters[:3]}-{letters[3:]}"


def hidden(course: Course, assignment: str = "") -> bool:
    """Whether names are hidden in this assignment; unless one is named, in anything that was handed out.

    nbgrader's gradebook has one name per student for all assignments: one that is still anonymous hides it in all.
    """
    if not assignment:
        return any(hidden(course, id) for id in course.assignments if lock.path(course, id).is_file())
    asked = course.assignments.get(assignment)
    return asked is not None and asked.anonymous and not _file(course, assignment).exists()


def name(course: Course, student: Student, assignment: str = "") -> str:
    """What an instructor is shown; their id where the roster has no name."""
    return code(course, student.id) if hidden(course, assignment) else student.name or student.id


def lift(course: Course, assignment: str) -> bool:
    """From now on names are shown. Says whether they were hidden. Raises CourseError for an unknown assignment."""
    courses.assignment(course, assignment)
    was = hidden(course, assignment)
    file = _file(course, assignment)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch()
    return was


def _file(course: Course, assignment: str) -> Path:
    return course.root / HIDDEN / "lifted" / assignment
