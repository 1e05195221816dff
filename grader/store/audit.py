"""Who did what, and when: lines that are only ever added, each chained to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, text, true

from grader.store.tables import audit as t

FIRST = "0" * 64
CUT = "cut"


@dataclass(frozen=True, slots=True)
class Line:
    id: int
    at: float
    who: str
    role: str
    what: str
    on: str
    detail: str
    chain: str


def note(
    c: Connection, at: float, who: str, role: str, what: str, on: str, *, after: str = FIRST, **detail: object
) -> None:
    """``after`` is the chain that an empty log goes on from."""
    last = c.execute(select(t.c.chain).order_by(t.c.id.desc()).limit(1)).scalar() or after
    facts = (at, who, role, what, on, json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str))
    named = dict(zip(("at", "who", "role", "what", "on", "detail"), facts, strict=True))
    c.execute(insert(t).values(**named, chain=_link(last, *facts)))


def lines(c: Connection, most: int = 200, before: int | None = None) -> tuple[Line, ...]:
    """The newest first; of those before a line, where one is named."""
    wanted = select(t) if before is None else select(t).where(t.c.id < before)
    return tuple(Line(**row._mapping) for row in c.execute(wanted.order_by(t.c.id.desc()).limit(most)))


def cut(c: Connection, before: float, *, pretend: bool = False) -> int:
    """Lines older than a retention, taken off the beginning; the chain goes on from a line that says so."""
    end = c.execute(select(t.c.id).where(t.c.at >= before).order_by(t.c.id).limit(1)).scalar()
    old = t.c.id < end if end is not None else true()
    last = c.execute(select(t).where(old).order_by(t.c.id.desc()).limit(1)).first()
    count = int(c.execute(select(func.count()).select_from(t).where(old)).scalar_one())
    if pretend or last is None:
        return count
    with _unlocked(c):
        c.execute(delete(t).where(old))
    note(c, before, "partiel", "command", CUT, str(last.id), after=last.chain, chain=last.chain, count=count)
    return count


def torn(c: Connection) -> int | None:
    """The first line that is not what was written after the one before; None where the chain holds."""
    last = _start(c)
    for line in _all(c):
        last = _link(last, line.at, line.who, line.role, line.what, line.on, line.detail)
        if last != line.chain:
            return line.id
    return None


def _start(c: Connection) -> str:
    """What the first line that is left was chained to."""
    cuts = c.execute(select(t.c.detail).where(t.c.what == CUT).order_by(t.c.id.desc()).limit(1)).scalar()
    return str(json.loads(cuts)["chain"]) if cuts else FIRST


@contextmanager
def _unlocked(c: Connection) -> Iterator[None]:
    """Within a transaction: nobody else sees the log without its lock."""
    if c.dialect.name == "postgresql":
        c.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_stays"))
        yield
        c.execute(text("ALTER TABLE audit ENABLE TRIGGER audit_stays"))
        return
    made = c.execute(text("SELECT sql FROM sqlite_master WHERE name = 'audit_no_delete'")).scalar_one()
    c.execute(text("DROP TRIGGER audit_no_delete"))
    yield
    c.execute(text(made))


def _all(c: Connection) -> Iterator[Line]:
    for row in c.execute(select(t).order_by(t.c.id)):
        yield Line(**row._mapping)


def _link(before: str, at: float, who: str, role: str, what: str, on: str, detail: str) -> str:
    return hashlib.sha256("\0".join((before, repr(at), who, role, what, on, detail)).encode()).hexdigest()
