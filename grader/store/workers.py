"""Who grades: seen when, on how many places, and whether its walls hold."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from grader.store.tables import workers as t


@dataclass(frozen=True, slots=True)
class Worker:
    id: str
    arm: str
    started: float
    seen: float
    sound: bool
    why: str
    slots: int
    gpus: int


def beat(c: Connection, worker: Worker) -> None:
    facts = {name: getattr(worker, name) for name in Worker.__slots__}
    if c.execute(update(t).where(t.c.id == worker.id).values(**facts)).rowcount == 0:
        c.execute(insert(t).values(**facts))


def seen_since(c: Connection, since: float) -> tuple[Worker, ...]:
    return tuple(Worker(**row._mapping) for row in c.execute(select(t).where(t.c.seen >= since).order_by(t.c.id)))


def leave(c: Connection, id: str) -> None:
    c.execute(delete(t).where(t.c.id == id))


def forget(c: Connection, before: float) -> None:
    """Those that nobody has seen since."""
    c.execute(delete(t).where(t.c.seen < before))
