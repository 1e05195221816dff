"""A course folder that changes while somebody works in it: course.toml, the roster, the exercises themselves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from grader import content, handwritten, known
from grader.lock import Lock
from grader.model import Course

ENDS = (".py", ".fr.md", ".en.md")


class Folder:
    """One for each process."""

    def __init__(self, root: Path) -> None:
        """Raises CourseError."""
        self._watched = known.Watched(root)
        self.root, self.course = self._watched.root, self._watched.course
        self._guard = threading.Lock()
        self._exercises: dict[Path, known.Stamp] = {}

    def lock(self, course: Course, assignment: str) -> Lock:
        """What was handed out, with the exercises that judge it as they are now. Raises CourseError, ContentError."""
        locked = known.locked(course, assignment)
        files = {file: known.stamp(file) for file in _exercises(course, locked)}
        with self._guard:
            if any(self._exercises.get(file, stamp) != stamp for file, stamp in files.items()):
                content.load.cache_clear()
            self._exercises |= files
        return locked


def _exercises(course: Course, locked: Lock) -> Iterator[Path]:
    for item in locked.said["items"].values():
        id = item["exercise"]
        if not handwritten.is_one(id):  # those are read again by themselves
            file = content.where(id, course.content)
            yield from (file.with_suffix(end) for end in ENDS)
