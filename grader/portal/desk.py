"""What every page needs: the course as its files are now, the database, the time, and keys made from the secret."""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from grader import course as courses
from grader import known, lock, store
from grader.course.secret import HIDDEN
from grader.errors import PartielError
from grader.lock import Lock
from grader.model import Course, Lang, Role, Student
from grader.store import Store, audit

LOCAL = "local"  # who `partiel build` lets in
WATCHED = ("course.toml", "students.csv", f"{HIDDEN}/secret")


@dataclass(frozen=True, slots=True)
class Person:
    """What the course says of somebody: in the roster, of the staff, or both."""

    id: str
    role: Role | None
    student: Student | None
    lang: Lang

    @property
    def name(self) -> str:
        return (self.student.name if self.student else "") or self.id


class Desk:
    """One for each application. A course that cannot be read any more stays as it was, and ``problem`` says why."""

    def __init__(self, root: Path, clock: Callable[[], float], local: str = "") -> None:
        self.root = root.resolve()
        self._local = local
        self.now = clock
        self.problem: PartielError | None = None
        self.trust = False  # what students wrote is judged without walls
        self._guard = threading.Lock()
        self._stamp = self._seen()
        self._course = self._loaded()
        self.db: Store = store.of(self._course)

    def course(self) -> Course:
        """Read again when one of its files has changed."""
        with self._guard:
            stamp = self._seen()
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._course = self._loaded()
                    self.problem = None
                except PartielError as error:  # whoever edits it has not finished: what was read last holds
                    self.problem = error
                    logging.getLogger(__name__).warning("%s", error)
            return self._course

    def _loaded(self) -> Course:
        course = courses.load(self.root)
        if not self._local:
            return course
        here = replace(course.service, url=self._local)  # on this machine, whoever typed the command is the instructor
        return replace(course, service=here, staff={**course.staff, LOCAL: "instructor"})

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
        lang = (student.lang if student else None) or course.lang
        return Person(id, role or "student", student, lang)

    def key(self, purpose: str) -> bytes:
        """One for each use, so that what is signed for one is worth nothing in another."""
        return hmac.digest(self.course().secret.encode(), f"portal\0{purpose}".encode(), hashlib.sha256)

    def note(self, who: str, role: str, what: str, on: str, **detail: object) -> None:
        with self.db.write() as c:
            audit.note(c, self.now(), who, role, what, on, **detail)  # type: ignore[arg-type]

    def close(self) -> None:
        self.db.close()

    def _seen(self) -> tuple[known.Stamp, ...]:
        return tuple(known.stamp(self.root / name) for name in WATCHED)
