"""The log: who did what and when, and whether any line of it was touched. It does not tell what a code hides."""

from __future__ import annotations

import json
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from grader import anonymity
from grader.portal import times
from grader.portal.desk import Desk
from grader.portal.doors import AsInstructor, TheDesk
from grader.portal.pages import page
from grader.portal.staff.log_words import DEEDS, DETAILS
from grader.portal.staff.who import Everyone
from grader.portal.staff.words import WORDS
from grader.store import audit

router = APIRouter()
MOST = 200
STAFF = ("assistant", "instructor", "command")


@dataclass(frozen=True, slots=True)
class Told:
    at: float
    who: str
    role: str
    what: str
    on: str
    detail: tuple[tuple[str, str | float], ...] = ()  # what DETAILS has a word for, and what it was


def told(desk: Desk, most: int = MOST) -> tuple[Told, ...]:
    """The newest first. Somebody who signs in just before a code hands in would be that code."""
    course, everyone = desk.course(), Everyone(desk)
    veiled = anonymity.hidden(course)
    with desk.db.read() as c:
        lines = audit.lines(c, most)
    return tuple(_told(line, everyone, veiled=veiled) for line in lines)


def _told(line: audit.Line, everyone: Everyone, *, veiled: bool) -> Told:
    assignment, _, whose = line.on.partition("/")
    known = everyone.of(assignment)
    facts = {} if not line.detail else json.loads(line.detail)
    detail = tuple((name, _said(value)) for name, value in facts.items() if value not in ("", [], None))
    if not veiled or (known is not None and not known.hidden) or line.role in STAFF:
        if known is not None and known.hidden and whose in known.locked.students:
            return Told(line.at, line.who, line.role, line.what, f"{assignment}/{known.handle(whose)}")
        return Told(line.at, line.who, line.role, line.what, line.on, detail)
    on = f"{assignment}/{known.handle(whose)}" if known is not None and whose in known.locked.students else "…"
    return Told(line.at, "…", line.role, line.what, on)


def _said(value: object) -> str | float:
    if isinstance(value, float):
        return value
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@router.get("/staff/audit")
def shown(request: Request, _: AsInstructor, desk: TheDesk) -> Response:
    with desk.db.read() as c:
        torn = audit.torn(c)
    return page(
        request,
        "staff_audit.html.j2",
        more=WORDS,
        lines=told(desk),
        torn=torn,
        deeds=DEEDS,
        details=DETAILS,
        veiled=anonymity.hidden(desk.course()),
        zone=times.zone(desk.course()),
    )
