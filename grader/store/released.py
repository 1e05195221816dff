"""Which assignments' feedback is shown, since when, and who said so."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from grader.store.tables import released as t


def release(c: Connection, assignment: str, by: str, now: float) -> bool:
    """Whether it was not yet."""
    if when(c, assignment) is not None:
        return False
    c.execute(insert(t).values(assignment=assignment, at=now, by=by))
    return True


def hold(c: Connection, assignment: str) -> bool:
    """Feedback is hidden again. Whether it was shown."""
    return c.execute(delete(t).where(t.c.assignment == assignment)).rowcount == 1


def when(c: Connection, assignment: str) -> float | None:
    return c.execute(select(t.c.at).where(t.c.assignment == assignment)).scalar()
