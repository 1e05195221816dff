"""What a server's database is told of what is done elsewhere: a record that counts from now on, a line of its log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

from grader import known, verdicts
from grader.course.secret import DATABASE, HIDDEN
from grader.model import Course, Record

if TYPE_CHECKING:
    from grader.store import Store


class Count(Protocol):
    """Lets a record count. Gives whose record does it for a group: the others' follow by themselves.

    ``same``: only where that very file is still the one that counts, if it did not come through the server; else "".
    """

    def __call__(self, record: Record, *, same: bool = False) -> str: ...


def there(course: Course) -> bool:
    """Whether a server serves this course, or did."""
    return bool(course.service.database) or (course.root / HIDDEN / DATABASE).is_file()


def note(course: Course, what: str, on: str, **detail: object) -> None:
    """A line of the server's log for what a command did, as for the same deed on a page.

    Raises CourseError where the server's database cannot be opened.
    """
    if not there(course):
        return
    from grader import store
    from grader.store import audit

    db = store.of(course)
    try:
        with db.write() as c:
            audit.note(c, time.time(), "partiel", "command", what, on, **detail)  # type: ignore[arg-type]
    finally:
        db.close()


@contextmanager
def counting(course: Course) -> Iterator[Count]:
    """Raises CourseError where the server's database cannot be opened."""
    if not there(course):
        yield partial(_alone, course)
        return
    from grader import store  # SQLAlchemy takes its time to import: only where there is a server

    db = store.of(course)
    try:
        yield on(course, db, time.time)
    finally:
        db.close()


def on(course: Course, db: Store, clock: Callable[[], float]) -> Count:
    """With a server's database, which is open."""
    from grader import attempts

    def count(record: Record, *, same: bool = False) -> str:
        if by := attempts.judged_elsewhere(course, db, record, clock()):
            return by
        by = _alone(course, record, same=same)
        if by:
            with db.write() as c:
                attempts.tell_gradebook(c, record, clock())
        return by

    return count


def _alone(course: Course, record: Record, *, same: bool = False) -> str:
    """In the ledger, and nowhere else."""
    if same:
        last = known.book(course, record.assignment).last(record.student)
        if last is not None and last.submission != record.submission:
            return ""
    verdicts.append(course, record)
    return record.student
