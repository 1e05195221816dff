"""What must reach another service in the end: tried again with longer and longer pauses, and sent once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from grader.store.tables import outbox as t

PAUSE, LONGEST = 30.0, 6 * 3600.0  # seconds: doubled after each failure


@dataclass(frozen=True, slots=True)
class Parcel:
    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    tries: int
    why: str


def put(c: Connection, kind: str, key: str, payload: dict[str, Any], now: float) -> bool:
    """Whether it is new. Under a known key: what waits is replaced, what was sent is sent again only if it differs."""
    text = json.dumps(payload, ensure_ascii=False, sort_keys=True)
    row = c.execute(select(t).where(t.c.key == key)).first()
    if row is None:
        c.execute(insert(t).values(kind=kind, key=key, payload=text, tries=0, next=now, why=""))
        return True
    if row.payload == text:
        return False
    c.execute(update(t).where(t.c.id == row.id).values(payload=text, tries=0, next=now, done=None, why=""))
    return True


def due(c: Connection, kind: str, now: float, most: int = 50) -> tuple[Parcel, ...]:
    wanted = (t.c.kind == kind, t.c.done.is_(None), t.c.next <= now)
    return tuple(_parcel(row) for row in c.execute(select(t).where(*wanted).order_by(t.c.next).limit(most)))


def sent(c: Connection, parcel: Parcel, now: float) -> None:
    """Unless something else was put under its key meanwhile: then that is still to be sent."""
    same = (t.c.id == parcel.id, t.c.payload == json.dumps(parcel.payload, ensure_ascii=False, sort_keys=True))
    c.execute(update(t).where(*same).values(done=now, why=""))


def failed(c: Connection, parcel: Parcel, now: float, why: str) -> None:
    pause = min(PAUSE * 2**parcel.tries, LONGEST)
    c.execute(update(t).where(t.c.id == parcel.id).values(tries=parcel.tries + 1, next=now + pause, why=why))


def waiting(c: Connection) -> tuple[Parcel, ...]:
    """What was not sent yet, for a human to see."""
    return tuple(_parcel(row) for row in c.execute(select(t).where(t.c.done.is_(None)).order_by(t.c.id)))


def _parcel(row: Row[tuple[object, ...]]) -> Parcel:
    said = row._mapping
    return Parcel(said["id"], said["kind"], said["key"], json.loads(said["payload"]), said["tries"], said["why"])
