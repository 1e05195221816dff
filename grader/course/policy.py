"""How an assignment is handed in to the server: attempts, pauses, which one counts, what is shown and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.course import words
from grader.errors import CourseError, near_miss
from grader.model import Handing

KEYS = ("attempts", "cool_down", "counts", "late", "feedback", "release")
CHOICES = {"counts": ("last", "best"), "feedback": ("none", "coarse", "full"), "release": ("hand", "deadline")}
UNITS = {"s": 1, "min": 60, "h": 3600}


def read(file: Path, where: str, said: Mapping[str, object]) -> Handing:
    """Raises CourseError."""
    given: dict[str, Any] = {}
    for key, known in CHOICES.items():
        if key in said:
            if said[key] not in known:
                remedy = near_miss(str(said[key]), known, f"Write one of: {', '.join(known)}.")
                raise CourseError(file, f"{where}: {key} = {said[key]!r} is none", remedy)
            given[key] = said[key]
    if "late" in said:
        if not isinstance(said["late"], bool):
            raise CourseError(file, f"{where}: late = {said['late']!r} says neither yes nor no", "Write true or false.")
        given["late"] = said["late"]
    if "attempts" in said:
        given["attempts"] = words.count(file, f"{where}: attempts", said["attempts"], "Write a whole number; 0: any.")
    if "cool_down" in said:
        given["cool_down"] = _seconds(file, where, said["cool_down"])
    return Handing(**given)


def _seconds(file: Path, where: str, said: object) -> float:
    """``"10 min"``, ``"30 s"``, ``"1 h"``."""
    found = re.fullmatch(r"(\d+) ?(s|min|h)", said) if isinstance(said, str) else None
    if not found:
        raise CourseError(
            file, f"{where}: cool_down = {said!r} is no duration", 'Write it as "10 min", "30 s" or "1 h".'
        )
    return float(found[1]) * UNITS[found[2]]
