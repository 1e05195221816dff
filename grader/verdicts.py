"""``.partiel/verdicts/td1.jsonl``: every run of every submission, one line each. Only ever added to.

What a regrade proposes has the same form in ``.partiel/proposed/``, where nothing counts.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from grader.course.secret import HIDDEN
from grader.model import Course, Curve, Level, Measure, Measured, Record, Status, Text, Verdict

COUNTING, PROPOSED = "verdicts", "proposed"


def path(course: Course, assignment: str, book: str = COUNTING) -> Path:
    return course.root / HIDDEN / book / f"{assignment}.jsonl"


def append(course: Course, record: Record, book: str = COUNTING) -> None:
    """On the disk when this returns: what was judged is never judged again."""
    add(path(course, record.assignment, book), {"when": now(), **_plain(record)})


def now() -> str:
    """To the second, with its offset: for a person who asks when, never for a key."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def add(file: Path, said: dict[str, Any]) -> None:
    """A line more in a book that is only ever added to; on the disk when this returns."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps(said, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
    with _held(file) as out:
        out.seek(0, os.SEEK_END)
        if out.tell() and _last_byte(out) != b"\n":
            line = b"\n" + line  # a line cut short by a crash stays alone, and is passed over
        out.write(line)
        out.flush()
        os.fsync(out.fileno())


def unquote(file: Path, gone: Collection[str]) -> int:
    """A book without what it quotes of these submissions (SHA-256): their time is over. Gives how many lines."""
    if not file.is_file():
        return 0
    with _held(file) as book:
        count, kept = 0, []
        for line in book:
            with suppress(ValueError):
                said = json.loads(line)
                if said.get("submission") in gone:
                    count += 1
                    said |= {"outputs": {}, "verdicts": [one | {"evidence": []} for one in said["verdicts"]]}
                kept.append(json.dumps(said, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
        if count:
            beside = file.with_name(f".{file.name}.{os.getpid()}")
            beside.write_bytes(b"".join(kept))
            beside.replace(file)
    return count


@contextmanager
def _held(file: Path) -> Iterator[BinaryIO]:
    """The book, and nobody else's meanwhile: one that was put in its place while we waited is opened instead."""
    while True:
        with file.open("a+b") as book:
            fcntl.flock(book, fcntl.LOCK_EX)
            if file.exists() and os.fstat(book.fileno()).st_ino == file.stat().st_ino:
                book.seek(0)
                yield book
                return


def read(course: Course, assignment: str, book: str = COUNTING) -> Iterator[Record]:
    """Every record, oldest first. A line cut short by a crash was never believed, and is passed over."""
    for _, record in dated(course, assignment, book):
        yield record


def dated(course: Course, assignment: str, book: str = COUNTING) -> Iterator[tuple[str, Record]]:
    """Every record and when it was written, which the oldest lines do not say; not part of what a record is."""
    file = path(course, assignment, book)
    if not file.is_file():
        return
    with file.open("rb") as lines:
        for line in lines:
            if found := parsed(line):
                yield found


def parsed(line: bytes) -> tuple[str, Record] | None:
    """A line of a book; None for one that was cut short."""
    try:
        said = json.loads(line)
        when = str(said.pop("when", ""))
        return when, _record(said)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


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
            "measures": measures(said.get("measures", ())),
            "curves": curves(said.get("curves", ())),
        }
    )


def measures(said: Iterable[dict[str, Any]]) -> tuple[Measured, ...]:
    """From what ``asdict`` makes of them."""
    return tuple(
        Measured(**one | {"words": Text(**one["words"]), "measure": Measure(**one["measure"])}) for one in said
    )


def curves(said: Iterable[dict[str, Any]]) -> tuple[Curve, ...]:
    """From what ``asdict`` makes of them."""
    return tuple(Curve(**one | {"points": tuple(one["points"])}) for one in said)
