"""A course folder that changes while somebody works in it: course.toml, the roster, the exercises themselves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

from grader import content, handwritten, known
from grader import course as courses
from grader.course.secret import HIDDEN
from grader.errors import PartielError
from grader.lock import Lock
from grader.model import Course

WATCHED = ("course.toml", "students.csv", f"{HIDDEN}/secret")
ENDS = (".py", ".fr.md", ".en.md")


class Folder:
    """One for each process. A course.toml that cannot be read any more holds as it was."""

    def __init__(self, root: Path) -> None:
        """Raises CourseError."""
        self.root = root.resolve()
        self._guard = threading.Lock()
        self._seen = self._stamps()
        self._course = courses.load(self.root)
        self._exercises: dict[Path, known.Stamp] = {}

    def course(self) -> Course:
        """As its files are now."""
        with self._guard:
            seen = self._stamps()
            if seen != self._seen:
                self._seen = seen
                try:
                    self._course = courses.load(self.root)
                except PartielError as error:  # whoever edits it has not finished
                    logging.getLogger(__name__).warning("%s", error)
            return self._course

    def lock(self, course: Course, assignment: str) -> Lock:
        """What was handed out, with the exercises that judge it as they are now. Raises CourseError, ContentError."""
        locked = known.locked(course, assignment)
        files = {file: known.stamp(file) for file in _exercises(course, locked)}
        with self._guard:
            if any(self._exercises.get(file, stamp) != stamp for file, stamp in files.items()):
                content.load.cache_clear()
            self._exercises |= files
        return locked

    def _stamps(self) -> tuple[known.Stamp, ...]:
        return tuple(known.stamp(self.root / name) for name in WATCHED)


def _exercises(course: Course, locked: Lock) -> Iterator[Path]:
    for item in locked.said["items"].values():
        id = item["exercise"]
        if not handwritten.is_one(id):  # those are read again by themselves
            file = content.where(id, course.content)
            yield from (file.with_suffix(end) for end in ENDS)
