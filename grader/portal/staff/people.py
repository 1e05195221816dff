"""The roster: who is in it, and a new one: what it changes is shown before anything is written."""

from __future__ import annotations

import contextlib
import hashlib
import re
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from grader.course.secret import HIDDEN
from grader.errors import CourseError
from grader.model import Course
from grader.portal import doors
from grader.portal.desk import Desk
from grader.portal.doors import AsInstructor, TheDesk
from grader.portal.pages import page
from grader.portal.refusals import Refusal, quoting, refused
from grader.portal.staff import arrivals, classes
from grader.portal.staff.who import names
from grader.portal.staff.words import WORDS

router = APIRouter()
SHA = re.compile(r"[0-9a-f]{64}")


@router.get("/staff/roster")
def roster(request: Request, _: AsInstructor, desk: TheDesk, done: str = "") -> Response:
    return _page(request, desk, done=done == "1")


def _page(request: Request, desk: Desk, refusal: Refusal | None = None, *, done: bool = False) -> Response:
    course = desk.course()
    return page(
        request,
        "staff_roster.html.j2",
        more=WORDS,
        status=refusal.status if refusal else 200,
        students=course.students,
        lacking=[(one, without) for one in course.assignments.values() if (without := _without(desk, one.id))],
        refusal=refusal,
        done=done,
    )


def _without(desk: Desk, assignment: str) -> int:
    """How many have no copy of what was handed out already."""
    return classes.lacking(desk, names(desk, assignment)) if desk.lock(assignment) else 0


@router.post("/staff/roster")
async def compare(request: Request, _: AsInstructor, desk: TheDesk) -> Response:
    """What the file would change. It is kept until somebody says yes; nothing else is written."""
    sent = (await request.form()).get("file")
    data = await sent.read() if isinstance(sent, UploadFile) and sent.filename else b""
    name = sent.filename or "" if isinstance(sent, UploadFile) else ""
    return await run_in_threadpool(_compared, request, desk, name[-80:], data)


def _compared(request: Request, desk: Desk, name: str, data: bytes) -> Response:
    course = desk.course()
    if not data:
        return _page(request, desk, refused(422, "no_file", "file"))
    try:
        found = arrivals.compare(course, name, data)
    except CourseError as error:
        return _page(request, desk, quoting(422, WORDS["roster_unread"], error, error.where))
    wanted = _keep(course, name, data)
    return page(
        request,
        "staff_difference.html.j2",
        more=WORDS,
        found=found,
        facts=arrivals.FACTS,
        wanted=wanted,
        now=arrivals.stamp(course),
        name=name,
    )


@router.post("/staff/roster/accept")
def accept(
    request: Request,
    visitor: AsInstructor,
    desk: TheDesk,
    wanted: Annotated[str, Form(max_length=64)] = "",
    now: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Only what was shown, and only in place of what it was compared with."""
    course = desk.course()
    file = _waiting(course) / wanted
    if not SHA.fullmatch(wanted) or not file.is_file():
        raise refused(404, "nothing_here", "roster")
    name, _, data = file.read_bytes().partition(b"\n")
    try:
        found = arrivals.compare(course, name.decode("utf-8", "replace"), data)
        if arrivals.stamp(course) != now:
            return _page(request, desk, Refusal(409, WORDS["roster_moved"], WORDS["roster_again"], "students.csv"))
        kept = arrivals.write(course, found, desk.now())
    except CourseError as error:
        return _page(request, desk, quoting(422, WORDS["roster_unread"], error, Path(error.where).name))
    file.unlink(missing_ok=True)
    _told(visitor, desk, found, kept)
    return RedirectResponse("/staff/roster?done=1", 303)


def _told(visitor: doors.Visitor, desk: Desk, found: arrivals.Difference, kept: Path | None) -> None:
    facts = {
        "added": [one.id for one in found.added],
        "back": [one.id for one in found.back],
        "withdrawn": [one.id for one in found.withdrawn],
        "changed": [one.id for one, _ in found.changed],
    }
    desk.note(visitor.id, visitor.role, "roster", "students.csv", kept=kept.name if kept else "", **facts)


def _waiting(course: Course) -> Path:
    return course.root / HIDDEN / "rosters" / "waiting"


def _keep(course: Course, name: str, data: bytes) -> str:
    """Under its hash: of those that nobody said yes to, the last one stays."""
    folder = _waiting(course)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        with contextlib.suppress(OSError):
            old.unlink()
    whole = name.replace("\n", " ").encode("utf-8", "replace") + b"\n" + data
    sha = hashlib.sha256(whole).hexdigest()
    file = folder / sha
    file.touch(mode=0o600)
    file.write_bytes(whole)
    return sha
