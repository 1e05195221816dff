"""Which attempt counts, and who may see what came of it."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Literal

from grader import course as courses
from grader import handed, intake, lock, verdicts
from grader.model import Course, Handing, Record, Status, Verdict
from grader.store import Connection, Store, receipts, released
from grader.store.receipts import Receipt

BOOK = "attempts"  # the ledger's book of every attempt; the counting one holds those that count
Seen = Literal["none", "coarse", "full"]
Coarse = Literal["done", "unread", "stopped", "empty", "waiting"]


def settle(course: Course, db: Store, given: Receipt, record: Record, now: float) -> tuple[Record, ...]:
    """An attempt was graded: the records that count now, one for each member of the copy, for the gradebook.

    Done again, or cut short and done again, the result is the same.
    """
    if last_of(course, given) != record:
        verdicts.append(course, record, BOOK)
    with db.write() as c:  # two attempts of one copy may end at once: the second one here sees both
        earned = sum((v.earned for v in record.verdicts), Fraction(0))
        receipts.grade(c, given.id, earned, sum((v.points for v in record.verdicts), Fraction(0)), now)
        counted = counting(course, c, given.assignment, given.copy)
        return _let_count(course, counted) if counted else ()


def counting(course: Course, c: Connection, assignment: str, whose: str) -> Receipt | None:
    """The last, or the best and of the best the first; among those that are graded."""
    graded = [one for one in receipts.of_copy(c, assignment, whose) if one.state == "graded"]
    handing = course.assignments[assignment].handing if assignment in course.assignments else Handing()
    if handing.counts == "best":
        return max(graded, key=lambda one: (one.earned or 0, -one.attempt), default=None)
    return max(graded, key=lambda one: one.attempt, default=None)


def last_of(course: Course, given: Receipt) -> Record | None:
    """The last record of this attempt's bytes."""
    found = verdicts.history(course, given.assignment, BOOK).get(given.student, ())
    return next((one for one in reversed(found) if one.submission == given.sha256), None)


def _let_count(course: Course, counted: Receipt) -> tuple[Record, ...]:
    record = last_of(course, counted)
    if record is None:
        return ()
    locked = lock.read(course, counted.assignment)
    _lay(course, counted, locked)
    sheet = locked.sheet(counted.student)
    known = verdicts.latest(course, counted.assignment)
    now = tuple(handed.shared(record, member, sheet, counted.student) for member in sheet.group or (counted.student,))
    for one in now:
        if known.get(one.student) != one:
            verdicts.append(course, one)
    return now


def _lay(course: Course, counted: Receipt, locked: lock.Lock) -> None:
    """Where nbgrader looks for it; of a group, nowhere else. Every attempt stays where it was received."""
    for member in locked.group(counted.student):
        folder = course.root / "submitted" / member / counted.assignment
        if member != counted.student and folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
    folder = course.root / "submitted" / counted.student / counted.assignment
    if folder.is_symlink():
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.fromtimestamp(counted.received, UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    _replace(folder / f"{counted.assignment}.ipynb", intake.bytes_of(course, counted).read_bytes())
    _replace(folder / "timestamp.txt", stamp.encode())


def _replace(file: Path, data: bytes) -> None:
    """Whole, or as it was."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(file)


# ── what a student may see ───────────────────────────────────────────────────


def visible(course: Course, c: Connection, assignment: str, now: float) -> Seen:
    """Of feedback. Before its release, hidden checks must be no oracle for whoever may still hand in."""
    asked = courses.assignment(course, assignment)
    if released.when(c, assignment) is not None:
        return "full"
    if asked.handing.release == "deadline" and (last := _last_deadline(course, assignment)) and now > last:
        return "full"
    return asked.handing.feedback


def _last_deadline(course: Course, assignment: str) -> float | None:
    """Of whoever has the most time."""
    asked, locked = courses.assignment(course, assignment), lock.read(course, assignment)
    known = {one.id for one in course.students}
    every = (intake.deadline(course, asked, locked, one) for one in locked.students if one in known)
    return max((one for one in every if one is not None), default=None)


def coarse(verdict: Verdict) -> Coarse:
    """What may be said of a question before the deadline: that it was read, or ran; nothing of whether it is right."""
    match verdict.status:
        case Status.MISSING:
            return "empty"
        case Status.UNREADABLE:
            return "unread"
        case Status.CRASHED | Status.EXHAUSTED:
            return "stopped"
        case Status.WAITING | Status.BROKEN:
            return "waiting"
        case _:
            return "done"
