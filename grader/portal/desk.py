"""What every page needs: the course as its files are now, the database, the time, and keys made from the secret."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from grader import course as courses
from grader import known, lock, store
from grader.errors import PartielError
from grader.lock import Lock
from grader.model import Course, Lang, Role, Student
from grader.store import Store, audit

LOCAL = "local"  # who `partiel build` lets in


@dataclass(frozen=True, slots=True)
class Person:
    """What the course says of somebody: in the roster, of the staff, or both."""

    id: str
    role: Role | None
    student: Student | None
    lang: Lang | None  # where the roster says it

    @property
    def name(self) -> str:
        return (self.student.name if self.student else "") or self.id


class Desk:
    """One for each application. A course that cannot be read any more stays as it was, and ``problem`` says why."""

    def __init__(self, root: Path, clock: Callable[[], float], local: str = "") -> None:
        self._watched = known.Watched(root, lambda folder: _as_local(courses.load(folder), local))
        self.root, self.course = self._watched.root, self._watched.course
        self.now = clock
        self.trust = False  # what students wrote is judged without walls
        self.db: Store = store.of(self.course())

    @property
    def problem(self) -> PartielError | None:
        """Why the course's files cannot be read any more."""
        return self._watched.problem

    def lock(self, assignment: str) -> Lock | None:
        """What was handed out; None where nothing was, yet. Raises CourseError where it is damaged."""
        course = self.course()
        if assignment not in course.assignments:
            return None
        return known.locked(course, assignment) if lock.path(course, assignment).is_file() else None

    def person(self, id: str) -> Person | None:
        """None for who is neither in the roster nor of the staff, or has withdrawn."""
        course = self.course()
        student = next((one for one in course.students if one.id == id and not one.withdrawn), None)
        role = course.staff.get(id)
        if student is None and role is None:
            return None
        return Person(id, role or "student", student, student.lang if student else None)

    def key(self, purpose: str) -> bytes:
        """One for each use, so that what is signed for one is worth nothing in another."""
        return hmac.digest(self.course().secret.encode(), f"portal\0{purpose}".encode(), hashlib.sha256)

    def note(self, who: str, role: str, what: str, on: str, **detail: object) -> None:
        with self.db.write() as c:
            audit.note(c, self.now(), who, role, what, on, **detail)  # type: ignore[arg-type]

    def close(self) -> None:
        self.db.close()


def _as_local(course: Course, address: str) -> Course:
    """Served at this address for one person: on their machine, whoever typed the command is the instructor."""
    if not address:
        return course
    return replace(course, service=replace(course.service, url=address), staff={**course.staff, LOCAL: "instructor"})
