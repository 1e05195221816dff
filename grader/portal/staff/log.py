"""The log: who did what and when, and whether any line of it was touched. It does not tell what a code hides."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from grader import anonymity, marks
from grader.model import Lang
from grader.portal import times
from grader.portal.desk import Desk
from grader.portal.doors import AsInstructor, TheDesk
from grader.portal.pages import page
from grader.portal.staff.log_words import DEEDS, DETAILS, PAGE
from grader.portal.staff.who import Everyone
from grader.portal.staff.words import WORDS
from grader.store import audit

router = APIRouter()
MOST = 200  # on a page
PIECE = 500  # that are read at once
SAID = {**WORDS, **PAGE}
About = Annotated[str, Query(max_length=200)]
Before = Annotated[int | None, Query(ge=0, lt=1 << 62)]
STAFF = ("assistant", "instructor", "command")


@dataclass(frozen=True, slots=True)
class Told:
    id: int
    at: float
    who: str
    role: str
    what: str
    on: str
    detail: tuple[tuple[str, str | float], ...] = ()  # what DETAILS has a word for, and what it was


def told(desk: Desk, on: str = "", before: int | None = None) -> Iterator[Told]:
    """The newest first; about an assignment or a person, where one is named, by what is said and not by what is veiled.

    Somebody who signs in just before a code hands in would be that code.
    """
    course, everyone = desk.course(), Everyone(desk)
    veiled = anonymity.hidden(course)
    while True:
        with desk.db.read() as c:
            lines = audit.lines(c, PIECE, before)
        if not lines:
            return
        before = lines[-1].id
        for line in lines:
            shown = _told(line, everyone, veiled=veiled)
            if not on or on in (shown.who, shown.on, *shown.on.split("/")):
                yield shown


def _told(line: audit.Line, everyone: Everyone, *, veiled: bool) -> Told:
    assignment, _, whose = line.on.partition("/")
    known = everyone.of(assignment)
    facts = {} if not line.detail else json.loads(line.detail)
    detail = tuple((name, _said(value)) for name, value in facts.items() if value not in ("", [], None))
    if not veiled or (known is not None and not known.hidden) or line.role in STAFF:
        if known is not None and known.hidden and whose in known.locked.students:
            return Told(line.id, line.at, line.who, line.role, line.what, f"{assignment}/{known.handle(whose)}")
        return Told(line.id, line.at, line.who, line.role, line.what, line.on, detail)
    on = f"{assignment}/{known.handle(whose)}" if known is not None and whose in known.locked.students else "…"
    return Told(line.id, line.at, "…", line.role, line.what, on)


def _said(value: object) -> str | float:
    if isinstance(value, float):
        return value
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@router.get("/staff/audit")
def shown(request: Request, _: AsInstructor, desk: TheDesk, on: About = "", before: Before = None) -> Response:
    with desk.db.read() as c:
        torn = audit.torn(c)
    lines = list(islice(told(desk, on.strip(), before), MOST + 1))
    return page(
        request,
        "staff_audit.html.j2",
        more=SAID,
        lines=lines[:MOST],
        older=lines[MOST - 1].id if len(lines) > MOST else None,
        before=before,
        on=on.strip(),
        torn=torn,
        deeds=DEEDS,
        details=DETAILS,
        veiled=anonymity.hidden(desk.course()),
        zone=times.zone(desk.course()),
    )


@router.get("/staff/audit.csv")
def file(visitor: AsInstructor, desk: TheDesk, on: About = "") -> Response:
    """All of it, as the page has it."""
    headers = {"Content-Disposition": 'attachment; filename="log.csv"'}
    made = _csv(desk, on.strip(), visitor.lang)
    return StreamingResponse(made, media_type="text/csv; charset=utf-8", headers=headers)


def _csv(desk: Desk, on: str, lang: Lang) -> Iterator[bytes]:
    lines, zone = told(desk, on), times.zone(desk.course())
    yield marks.as_csv([[SAID[name][lang] for name in ("when", "who", "role", "what", "on_what", "detail")]], lang)
    while piece := [_row(line, zone, lang) for line in islice(lines, PIECE)]:
        yield marks.as_csv(piece, lang).removeprefix(BOM_UTF8)


def _row(line: Told, zone: tzinfo | None, lang: Lang) -> list[str]:
    what = DEEDS[line.what][lang] if line.what in DEEDS else line.what
    detail = ", ".join(f"{DETAILS[name][lang] if name in DETAILS else name}: {value}" for name, value in line.detail)
    return [times.iso(line.at, zone), line.who, line.role, what, line.on, detail]
