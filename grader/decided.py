"""``.partiel/decided/td1.jsonl``: what people decided about marks: by whom, when and why. Only ever added to."""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from grader import verdicts
from grader.course.secret import HIDDEN
from grader.model import Course

Deed = Literal["override", "lift", "withdraw", "restore", "reword", "replace"]


@dataclass(frozen=True, slots=True)
class Decision:
    """``about`` is a question's key, ``item-question``, or an item's; ``said`` is what the deed needs besides."""

    deed: Deed
    about: str
    because: str
    student: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""
    when: str = ""


def path(course: Course, assignment: str) -> Path:
    return course.root / HIDDEN / "decided" / f"{assignment}.jsonl"


def write(course: Course, assignment: str, decision: Decision) -> None:
    """On the disk when this returns. Who and when are filled in where the decision does not say them."""
    said = asdict(decision) | {"who": decision.who or _who(), "when": decision.when or verdicts.now()}
    verdicts.add(path(course, assignment), said)


def read(course: Course, assignment: str) -> tuple[Decision, ...]:
    """Oldest first. A line cut short by a crash was never believed, and is passed over."""
    file = path(course, assignment)
    if not file.is_file():
        return ()
    found = []
    for line in file.read_bytes().splitlines():
        try:
            found.append(Decision(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return tuple(found)


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return ""
