"""Locks as they were before each amendment: what a copy handed in then says can still be read and shown."""

from __future__ import annotations

import json
from pathlib import Path

from grader import lock
from grader.course.secret import HIDDEN
from grader.lock import Lock
from grader.model import Course


def keep(course: Course, locked: Lock) -> Path:
    """The lock as it is, before it becomes another."""
    folder = course.root / HIDDEN / "editions"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{locked.assignment}-{len(_files(course, locked.assignment)) + 1}.json"
    file.write_bytes(lock.path(course, locked.assignment).read_bytes())
    return file


def editions(course: Course, assignment: str) -> tuple[Lock, ...]:
    """Every lock of the assignment, the one that holds now first."""
    now = lock.read(course, assignment)
    files = reversed(_files(course, assignment))
    return now, *(Lock(now.file, json.loads(file.read_text("utf-8")), now.content) for file in files)


def _files(course: Course, assignment: str) -> list[Path]:
    found = (course.root / HIDDEN / "editions").glob(f"{assignment}-*.json")
    numbered = [(file.stem.removeprefix(f"{assignment}-"), file) for file in found]
    return [file for _, file in sorted((int(number), file) for number, file in numbered if number.isdigit())]
