"""Rows of what was handed in. An attempt is never changed but in its state and its grade."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sqlalchemy import Connection, Row, insert, select, update

from grader.store.tables import submissions as t

LIVE = ("queued", "running", "graded")  # that use up an attempt; one that failed through our fault does not


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was received, when, and proof that it was."""

    id: str
    assignment: str
    student: str
    copy: str
    attempt: int
    received: float
    sha256: str
    size: int
    late: bool
    way: str
    state: str
    signature: str
    graded: float | None = None
    earned: Fraction | None = None
    points: Fraction | None = None


def add(c: Connection, receipt: Receipt) -> None:
    facts = {name: getattr(receipt, name) for name in Receipt.__slots__ if name not in ("earned", "points")}
    c.execute(insert(t).values(**facts))


def get(c: Connection, id: str) -> Receipt | None:
    row = c.execute(select(t).where(t.c.id == id)).first()
    return _receipt(row) if row else None


def of_copy(c: Connection, assignment: str, copy: str) -> tuple[Receipt, ...]:
    """Every attempt, oldest first."""
    rows = c.execute(select(t).where(t.c.assignment == assignment, t.c.copy == copy).order_by(t.c.attempt))
    return tuple(_receipt(row) for row in rows)


def of_assignment(c: Connection, assignment: str) -> tuple[Receipt, ...]:
    rows = c.execute(select(t).where(t.c.assignment == assignment).order_by(t.c.received, t.c.id))
    return tuple(_receipt(row) for row in rows)


def become(c: Connection, ids: Iterable[str], state: str) -> None:
    c.execute(update(t).where(t.c.id.in_(tuple(ids))).values(state=state))


def grade(
    c: Connection, id: str, earned: Fraction, points: Fraction, now: float, state: Literal["graded", "aside"] = "graded"
) -> None:
    c.execute(update(t).where(t.c.id == id).values(state=state, graded=now, earned=str(earned), points=str(points)))


def _receipt(row: Row[tuple[object, ...]]) -> Receipt:
    said = dict(row._mapping)
    for name in ("earned", "points"):
        said[name] = Fraction(said[name]) if said[name] is not None else None
    return Receipt(**said)
