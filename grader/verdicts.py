"""``.partiel/verdicts/td1.jsonl``: every run of every submission, one line each. Only ever added to.

What a regrade proposes has the same form in ``.partiel/proposed/``, where nothing counts.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.course.secret import HIDDEN
from grader.model import Course, Level, Record, Status, Text, Verdict

COUNTING, PROPOSED = "verdicts", "proposed"


def path(course: Course, assignment: str, book: str = COUNTING) -> Path:
    return course.root / HIDDEN / book / f"{assignment}.jsonl"


def append(course: Course, record: Record, book: str = COUNTING) -> None:
    """On the disk when this returns: what was judged is never judged again."""
    file = path(course, record.assignment, book)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps(_plain(record), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
    with file.open("a+b") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        out.seek(0, os.SEEK_END)
        if out.tell() and _last_byte(out) != b"\n":
            line = b"\n" + line  # a line cut short by a crash stays alone, and is passed over
        out.write(line)
        out.flush()
        os.fsync(out.fileno())


def read(course: Course, assignment: str, book: str = COUNTING) -> Iterator[Record]:
    """Every record, oldest first. A line cut short by a crash was never believed, and is passed over."""
    file = path(course, assignment, book)
    if not file.is_file():
        return
    with file.open("rb") as lines:
        for line in lines:
            try:
                yield _record(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue


def latest(course: Course, assignment: str) -> dict[str, Record]:
    """The last record of each student."""
    return {record.student: record for record in read(course, assignment)}


def history(course: Course, assignment: str, book: str = COUNTING) -> dict[str, tuple[Record, ...]]:
    """Every record of each student, oldest first."""
    known: dict[str, list[Record]] = {}
    for record in read(course, assignment, book):
        known.setdefault(record.student, []).append(record)
    return {student: tuple(records) for student, records in known.items()}


def _last_byte(file: Any) -> bytes:
    file.seek(-1, os.SEEK_END)
    return bytes(file.read(1))


def _plain(record: Record) -> dict[str, Any]:
    said = asdict(record)
    for verdict in said["verdicts"]:
        verdict["earned"], verdict["points"] = str(verdict["earned"]), str(verdict["points"])
    return said


def _record(said: dict[str, Any]) -> Record:
    said["verdicts"] = tuple(_verdict(v) for v in said["verdicts"])
    said["remarks"] = tuple(Text(**text) for text in said["remarks"])
    said["outputs"] = {key: tuple(outputs) for key, outputs in said["outputs"].items()}
    return Record(**(said | {"level": Level(said["level"])}))


def _verdict(said: dict[str, Any]) -> Verdict:
    return Verdict(
        **said
        | {
            "status": Status(said["status"]),
            "earned": Fraction(said["earned"]),
            "points": Fraction(said["points"]),
            "feedback": Text(**said["feedback"]),
            "misconceptions": tuple(said["misconceptions"]),
            "evidence": tuple(said["evidence"]),
        }
    )
