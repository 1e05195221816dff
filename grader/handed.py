"""Which notebook counts for a student: their own, or the last one that somebody of their group handed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from grader import queue
from grader.lock import Lock
from grader.model import Record, Sheet, Text

LONGEST = 100  # bytes of a timestamp


@dataclass(frozen=True, slots=True)
class HandedIn:
    file: Path
    by: str


def handed_in(root: Path, locked: Lock, student: str) -> HandedIn | None:
    """Of a group, the last one in: by nbgrader's timestamp where its exchange left one, else by the file's."""
    group = locked.group(student)
    if not group:
        file = queue.submitted(root, locked.assignment, student)
        return HandedIn(file, student) if file else None
    found = [(queue.submitted(root, locked.assignment, member), member) for member in group]
    came = [(_when(file), member, file) for file, member in found if file]
    if not came:
        return None
    _, member, file = max(came)
    return HandedIn(file, member)


def _when(file: Path) -> float:
    stamp = file.parent / "timestamp.txt"
    if stamp.is_file() and not stamp.is_symlink() and stamp.stat().st_size <= LONGEST:
        try:
            said = datetime.fromisoformat(stamp.read_text("utf-8").strip().removesuffix(" UTC"))
        except ValueError:
            return file.lstat().st_mtime
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()
    return file.lstat().st_mtime


def shared(record: Record, student: str, sheet: Sheet, by: str) -> Record:
    """The same record for another member of the group; it says who handed the copy in."""
    if not sheet.group:
        return record
    told = Text(
        f"Copie commune de {', '.join(sheet.group)}, rendue par {by}.",
        f"The common copy of {', '.join(sheet.group)}, handed in by {by}.",
    )
    rest = (remark for remark in record.remarks if not remark.en.startswith("The common copy of "))
    return replace(record, student=student, remarks=(*rest, told))
