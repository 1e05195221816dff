"""What a process that lives long has read already: read again only where its file has changed."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from grader import course as courses
from grader import lock, verdicts
from grader.course.secret import HIDDEN
from grader.errors import PartielError
from grader.lock import Lock
from grader.model import Course, Record

Stamp = tuple[int, int, int]
WATCHED = ("course.toml", "students.csv", f"{HIDDEN}/secret")


def stamp(file: Path) -> Stamp:
    """Another one when the file is another; zeros where there is none."""
    try:
        seen = file.stat()
    except OSError:
        return 0, 0, 0
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


class Watched:
    """A folder's course, as its files are now. One that cannot be read any more holds, and ``problem`` says why."""

    def __init__(self, root: Path, load: Callable[[Path], Course] = courses.load) -> None:
        """Raises CourseError."""
        self.root, self._load = root.resolve(), load
        self.problem: PartielError | None = None
        self._guard = threading.Lock()
        self._seen = self._stamps()
        self._course = load(self.root)

    def course(self) -> Course:
        with self._guard:
            seen = self._stamps()
            if seen != self._seen:
                self._seen = seen
                try:
                    self._course, self.problem = self._load(self.root), None
                except PartielError as error:  # whoever edits it has not finished
                    self.problem = error
                    logging.getLogger(__name__).warning("%s", error)
            return self._course

    def _stamps(self) -> tuple[Stamp, ...]:
        return tuple(stamp(self.root / name) for name in WATCHED)


def locked(course: Course, assignment: str) -> Lock:
    """As ``lock.read``, and raises what it raises. Many share it: its ``said`` is never changed."""
    file = lock.path(course, assignment)
    slot = _slot(file, stamp(file), course.id, course.secret, course.content)
    if not slot:
        slot.append(lock.read(course, assignment))
    return slot[0]


@lru_cache(maxsize=32)
def _slot(*key: object) -> list[Lock]:  # noqa: ARG001 - the key of what is put into it
    return []


def book(course: Course, assignment: str, name: str = verdicts.COUNTING) -> Book:
    return _book(verdicts.path(course, assignment, name))


@lru_cache(maxsize=64)
def _book(file: Path) -> Book:
    return Book(file)


class Book:
    """Where each student's lines stand in a book that grows: what was read once is not read again."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._guard = threading.Lock()
        self._forget(0)

    def of(self, student: str) -> tuple[Record, ...]:
        """Every record of one student, oldest first."""
        with self._guard:
            self._catch_up()
            places = tuple(self._places.get(student, ()))
        if not places:
            return ()
        found = []
        with self._file.open("rb") as lines:
            for place in places:
                lines.seek(place)
                if read := verdicts.parsed(lines.readline()):
                    found.append(read[1])
        return tuple(found)

    def last(self, student: str) -> Record | None:
        records = self.of(student)
        return records[-1] if records else None

    def _catch_up(self) -> None:
        _, size, inode = stamp(self._file)
        if inode != self._inode or size < self._read:
            self._forget(inode)
        if size <= self._read:
            return
        with self._file.open("rb") as lines:
            lines.seek(self._read)
            for line in lines:
                if not line.endswith(b"\n"):
                    return  # somebody is writing it
                with contextlib.suppress(ValueError, LookupError, TypeError):  # one that was cut short is passed over
                    self._places.setdefault(str(json.loads(line)["student"]), []).append(self._read)
                self._read += len(line)

    def _forget(self, inode: int) -> None:
        self._inode, self._read = inode, 0
        self._places: dict[str, list[int]] = {}
