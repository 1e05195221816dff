"""Rows of what was handed in. An attempt is never changed but in its state and its grade."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from grader import weights
from grader.store.tables import submissions as t

FRACTIONS = ("earned", "points", "penalty")
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
    penalty: Fraction | None = None  # for lateness, once it is in the gradebook; ``earned`` is without it
    weights: str | None = None  # SHA-256 of those beside it; "": none came; None: they are not asked for

    @property
    def submission(self) -> str:
        """What its records call it."""
        return self.sha256 if self.weights is None else weights.identity(self.sha256, self.weights)


def add(c: Connection, receipt: Receipt) -> None:
    facts = {name: getattr(receipt, name) for name in Receipt.__slots__ if name not in FRACTIONS}
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


def tally(c: Connection) -> dict[str, dict[str, int]]:
    """By assignment and state: how many attempts; under "copies": how many copies some came of."""
    found: dict[str, dict[str, int]] = {}
    for row in c.execute(select(t.c.assignment, t.c.state, func.count()).group_by(t.c.assignment, t.c.state)):
        found.setdefault(row[0], {})[row[1]] = row[2]
    for row in c.execute(select(t.c.assignment, func.count(t.c.copy.distinct())).group_by(t.c.assignment)):
        found[row[0]]["copies"] = row[1]
    done = select(t.c.assignment, func.count(t.c.copy.distinct())).where(t.c.graded.is_not(None))
    for row in c.execute(done.group_by(t.c.assignment)):
        found[row[0]]["done"] = row[1]
    return found


def become(c: Connection, ids: Iterable[str], state: str) -> None:
    c.execute(update(t).where(t.c.id.in_(tuple(ids))).values(state=state))


def grade(
    c: Connection, id: str, earned: Fraction, points: Fraction, now: float, state: Literal["graded", "aside"] = "graded"
) -> None:
    c.execute(update(t).where(t.c.id == id).values(state=state, graded=now, earned=str(earned), points=str(points)))


def penalize(c: Connection, id: str, penalty: Fraction) -> None:
    c.execute(update(t).where(t.c.id == id).values(penalty=str(penalty)))


def _receipt(row: Row[tuple[object, ...]]) -> Receipt:
    said = dict(row._mapping)
    for name in FRACTIONS:
        said[name] = Fraction(said[name]) if said[name] is not None else None
    return Receipt(**said)
