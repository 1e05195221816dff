"""Tokens of programs, and the version of each person's link: what can be taken back."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from grader.store.tables import links
from grader.store.tables import tokens as t

DAY = 86400.0
TERMINAL = "terminal"  # what one is for that a person made on their own page
HEAD = "partiel_"  # by which one is recognised where it should not be


@dataclass(frozen=True, slots=True)
class Token:
    who: str
    role: str
    label: str
    created: float
    expires: float


def make(c: Connection, who: str, role: str, label: str, now: float, days: float = 120) -> str:
    """Shown once: only its hash is kept."""
    token = f"{HEAD}{secrets.token_urlsafe(32)}"
    c.execute(
        insert(t).values(sha256=_hash(token), who=who, role=role, label=label, created=now, expires=now + days * DAY)
    )
    return token


def known(c: Connection, token: str, now: float) -> Token | None:
    row = c.execute(select(t).where(t.c.sha256 == _hash(token), t.c.expires > now)).first()
    return Token(row.who, row.role, row.label, row.created, row.expires) if row else None


def listed(c: Connection) -> tuple[Token, ...]:
    rows = c.execute(select(t).order_by(t.c.created))
    return tuple(Token(row.who, row.role, row.label, row.created, row.expires) for row in rows)


def revoke(c: Connection, who: str, label: str = "") -> int:
    """Those of this label, or all of this person's. Gives how many."""
    wanted = [t.c.who == who, *([t.c.label == label] if label else [])]
    return int(c.execute(delete(t).where(*wanted)).rowcount)


def version(c: Connection, who: str) -> int:
    """Of this person's link."""
    return int(c.execute(select(links.c.version).where(links.c.who == who)).scalar() or 0)


def renew(c: Connection, who: str) -> int:
    """From now on the links that they had open nothing, nor does the token that somebody could make with one."""
    now = version(c, who) + 1
    revoke(c, who, TERMINAL)
    if c.execute(update(links).where(links.c.who == who).values(version=now)).rowcount == 0:
        c.execute(insert(links).values(who=who, version=now))
    return now


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
