"""``[content]`` of ``course.toml``: folders of exercises of the course's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.course import words
from grader.errors import CourseError


def read(file: Path, said: Mapping[str, Any]) -> tuple[Path, ...]:
    """Each holds ``exercises/`` (and ``solutions/``); a relative path starts from the course. Raises CourseError."""
    words.only(file, "[content]", said, ("paths",))
    named = said.get("paths", [])
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise CourseError(file, f"[content]: paths = {named!r} is no list of folders", 'Write paths = ["mine"].')
    found = tuple((file.parent / one).resolve() for one in named)
    for one, folder in zip(named, found, strict=True):
        if not (folder / "exercises").is_dir():
            remedy = f"It looks for {folder / 'exercises'}: 'partiel new SHELF/ID --in {one}' makes a first one."
            raise CourseError(file, f"[content]: '{one}' has no folder exercises/", remedy)
    return found
