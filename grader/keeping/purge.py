"""What the course's retention lets go of: files, what the ledger quotes of them, and old lines of the logs.

Marks stay: they are in nbgrader's gradebook, and in the ledger without a word of the student's.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field

from grader import attempts, intake, known, lock, verdicts
from grader.model import Course
from grader.store import Connection, Store, audit, jobs, receipts

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Purged:
    submissions: int = 0  # files of attempts
    quoted: int = 0  # lines of the ledger that quoted them
    pages: int = 0  # of feedback, and of reports
    lines: int = 0  # of logs
    kept: tuple[str, ...] = field(default=())  # what has no retention


def purge(course: Course, db: Store, now: float, *, pretend: bool = False) -> Purged:
    """Everything older than ``[server.keep]`` says. ``pretend``: counted only."""
    keep = course.service.keep
    files = quoted = pages = lines = 0
    if "submissions" in keep:
        files, quoted = _submissions(course, db, now - keep["submissions"] * DAY, now, pretend)
    if "feedback" in keep:
        pages = _pages(course, now - keep["feedback"] * DAY, pretend)
    if "logs" in keep:
        before = now - keep["logs"] * DAY
        with db.write() as c:
            lines = _logs(c, before, now, pretend)
    return Purged(files, quoted, pages, lines, tuple(k for k in ("submissions", "feedback", "logs") if k not in keep))


def _submissions(course: Course, db: Store, before: float, now: float, pretend: bool) -> tuple[int, int]:
    """Attempts that were received before: their bytes everywhere, and what the ledger quotes of them."""
    with db.read() as c:
        old = [
            one
            for assignment in _assignments(course)
            for one in receipts.of_assignment(c, assignment)
            if one.received < before and one.state not in ("queued", "running", "purged")
        ]
    if pretend:
        return len(old), 0
    quoted = 0
    for one in old:
        file = intake.bytes_of(course, one)
        for beside in file.parent.glob(f"{one.id}.*"):
            beside.unlink()
        for member in _members(course, one):
            for place in ("submitted", "autograded"):
                folder = course.root / place / member / one.assignment
                if folder.is_dir() and not folder.is_symlink() and folder.stat().st_mtime < before + DAY:
                    shutil.rmtree(folder)
    for assignment in {one.assignment for one in old}:
        gone = {name for one in old if one.assignment == assignment for name in (one.sha256, one.submission)}
        for book in (verdicts.COUNTING, attempts.BOOK, verdicts.PROPOSED):
            quoted += verdicts.unquote(verdicts.path(course, assignment, book), gone)
    with db.write() as c:
        receipts.become(c, (one.id for one in old), "purged")
        audit.note(c, now, "partiel", "command", "purge", "submissions", count=len(old))
    return len(old), quoted


def _members(course: Course, given: receipts.Receipt) -> tuple[str, ...]:
    """Whose folders hold it: a group's copy is recorded for each of them."""
    if not lock.path(course, given.assignment).is_file():
        return (given.student,)
    return known.locked(course, given.assignment).group(given.student) or (given.student,)


def _pages(course: Course, before: float, pretend: bool) -> int:
    old = [
        file
        for place in ("feedback", "report")
        for file in (course.root / place).glob("**/*")
        if file.is_file() and not file.is_symlink() and file.stat().st_mtime < before
    ]
    if not pretend:
        for file in old:
            file.unlink()
    return len(old)


def _logs(c: Connection, before: float, now: float, pretend: bool) -> int:
    count = jobs.forget(c, before, pretend=pretend) + audit.cut(c, before, pretend=pretend)
    if count and not pretend:
        audit.note(c, now, "partiel", "command", "purge", "logs", count=count)
    return count


def _assignments(course: Course) -> Iterable[str]:
    folder = intake.attempts(course)
    there = (one.name for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else ()
    return sorted({*course.assignments, *there})
