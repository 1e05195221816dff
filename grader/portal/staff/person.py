"""One student's copy: every question with what was seen, every attempt with its receipt, and a mark by hand."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from grader import appeal, attempts, intake, notebook, receipt
from grader.appeal.overrides import worth
from grader.errors import PartielError
from grader.feedback import sentence
from grader.model import Lang, Text
from grader.portal import correction, facts, times
from grader.portal.desk import Desk
from grader.portal.doors import AsInstructor, AsStaff, TheDesk
from grader.portal.headers import READ_ONLY
from grader.portal.pages import page
from grader.portal.refusals import Refusal, quoting, refused
from grader.portal.staff import again, classes
from grader.portal.staff.who import Names, names
from grader.portal.staff.words import WORDS
from grader.render import points as points_of
from grader.status import SIGNS
from grader.status import WORDS as STATUS
from grader.store import jobs, receipts
from grader.store.receipts import Receipt

router = APIRouter()
LANGS: tuple[Lang, ...] = ("fr", "en")
NOTEBOOK = "application/x-ipynb+json"
KEPT = ("id", "cell_type", "source", "outputs", "execution_count")  # of a cell
MOST = 40  # characters of a mark
WRITTEN = Annotated[str, Form(max_length=2000)]


@router.get("/staff/a/{assignment}/s/{student}")
def student(request: Request, assignment: str, student: str, _: AsStaff, desk: TheDesk) -> Response:
    return _page(request, assignment, student, desk)


class Typed(NamedTuple):
    """What was in a form that is refused, to be put right."""

    question: str = ""
    points: str = ""
    because: str = ""


NOTHING = Typed()


def _page(
    request: Request, id: str, handle: str, desk: Desk, refusal: Refusal | None = None, typed: Typed = NOTHING
) -> Response:
    known, course = names(desk, id), desk.course()
    one = known.find(handle)
    again.fresh(desk, id)
    with desk.db.read() as c:
        came = receipts.of_copy(c, id, known.copies[one])
        counted = attempts.counting(course, c, id, known.copies[one]) if came else None
        stopped = jobs.stopped(c, [given.id for given in came])
    found = appeal.why(course, id, one)
    overridden = {o.key: o for o in appeal.overrides(course, id) if o.student == one}
    return page(
        request,
        "staff_student.html.j2",
        more=WORDS,
        status=refusal.status if refusal else 200,
        assignment=classes.asked(desk, id),
        known=known,
        handle=handle,
        shown=known.shown(one),
        others=[known.shown(member) for member in known.locked.group(one) if member != one],
        why=found,
        earned=sum((w.counts for w in found if w.counts is not None), Fraction(0))
        if any(w.counts is not None for w in found)
        else None,
        total=sum((w.points for w in found), Fraction(0)),
        overridden=overridden,
        attempts=tuple(reversed(came)),
        counts=counted.id if counted else "",
        genuine={a.id: receipt.genuine(course, receipt.text(course, a)) for a in came},
        there={a.id: intake.bytes_of(course, a).is_file() for a in came},
        stopped=[(job, next(a.attempt for a in came if a.id == job.submission)) for job in stopped],
        refusal=refusal,
        typed=typed,
        exact=Fraction,
        sentence=sentence,
        status_words=STATUS,
        signs=SIGNS,
        zone=times.zone(course, course.assignments.get(id)),
        date=lambda said: datetime.fromisoformat(said).timestamp(),
    )


# ── what was handed in ───────────────────────────────────────────────────────


@router.get("/staff/a/{assignment}/s/{student}/{id}/file")
def file(assignment: str, student: str, id: str, _: AsStaff, desk: TheDesk) -> Response:
    """The very bytes; where names are hidden, without what a notebook says of its owner."""
    known, given = _attempt(desk, assignment, student, id)
    there = intake.bytes_of(desk.course(), given)
    if not there.is_file():  # purged
        raise refused(404, "nothing_here", id)
    name = f"{assignment}-{student}-{given.attempt}.ipynb"
    if not known.hidden:
        return FileResponse(there, media_type=NOTEBOOK, filename=name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(nameless(there.read_bytes()), media_type=NOTEBOOK, headers=headers)


@router.get("/staff/a/{assignment}/s/{student}/{id}/weights")
def beside(assignment: str, student: str, id: str, _: AsStaff, desk: TheDesk) -> Response:
    """The weights that came with it: numbers, and no name."""
    _known, given = _attempt(desk, assignment, student, id)
    there = facts.weights_of(desk, given)
    if there is None:
        raise refused(404, "nothing_here", id)
    name = f"{assignment}-{student}-{given.attempt}{there.suffix}"
    return FileResponse(there, media_type="application/octet-stream", filename=name)


def nameless(data: bytes) -> bytes:
    """Its cells alone: the rest of a notebook says whose it is. What is no notebook has no cells."""
    try:
        said = json.loads(data)
        cells = [_plain(cell) for cell in said["cells"] if isinstance(cell, dict)]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        cells = []
    made = {"cells": cells, "metadata": {"kernelspec": notebook.KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")


def _plain(cell: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: cell[name] for name in KEPT if name in cell}
    return kept | {"metadata": {}}


@router.get("/staff/a/{assignment}/s/{student}/{id}/receipt")
def the_receipt(assignment: str, student: str, id: str, _: AsStaff, desk: TheDesk) -> Response:
    """It names its owner: not while names are hidden."""
    known, given = _attempt(desk, assignment, student, id)
    if known.hidden:
        raise Refusal(403, WORDS["names_hidden"], WORDS["names_where"], assignment)
    headers = {"Content-Disposition": f'attachment; filename="{assignment}-{student}-{given.attempt}.txt"'}
    return Response(receipt.text(desk.course(), given), media_type="text/plain", headers=headers)


@router.get("/staff/a/{assignment}/s/{student}/{id}/feedback")
def feedback(assignment: str, student: str, id: str, _: AsStaff, desk: TheDesk) -> Response:
    """What the student reads once it is released."""
    known, given = _attempt(desk, assignment, student, id)
    if known.hidden:
        raise Refusal(403, WORDS["names_hidden"], WORDS["names_where"], assignment)
    course = desk.course()
    with desk.db.read() as c:
        counted = attempts.counting(course, c, assignment, given.copy)
    html = correction.made(course, given, given.student, counts=counted is not None and counted.id == given.id)
    if html is None:
        hands, name = facts.hands(desk, given), known.shown(given.student)
        record = facts.counted(desk, given, hands)
        if record is None:
            raise refused(404, "nothing_here", id)
        html = correction.page(course, known.locked, given, record, hands, solved=True, name=name)
    return HTMLResponse(html, headers={"Content-Security-Policy": READ_ONLY})


def _attempt(desk: Desk, assignment: str, handle: str, id: str) -> tuple[Names, Receipt]:
    """One of theirs, or of their group's; whoever else's: as if it did not exist."""
    known = names(desk, assignment)
    one = known.find(handle)
    with desk.db.read() as c:
        given = receipts.get(c, id)
    if given is None or (given.assignment, given.copy) != (assignment, known.copies[one]):
        raise refused(404, "nothing_here", id)
    return known, given


# ── a mark by hand ───────────────────────────────────────────────────────────


@router.post("/staff/a/{assignment}/s/{student}/override")
def override(
    request: Request,
    assignment: str,
    student: str,
    visitor: AsInstructor,
    desk: TheDesk,
    question: WRITTEN = "",
    points: WRITTEN = "",
    because: WRITTEN = "",
) -> Response:
    """What is refused is said on the page itself."""
    known, typed = names(desk, assignment), Typed(question, points, because)
    one = known.find(student)
    try:
        if len(points) > MOST or "e" in points.lower():  # 1e999999999 is a number, and takes the server with it
            raise ValueError
        given = Fraction(points.strip().replace(",", "."))
        if refusal := _impossible(known, question, given, because):
            return _page(request, assignment, student, desk, refusal, typed)
        appeal.override(desk.course(), assignment, one, question, given, because, visitor.id)
    except (ValueError, ZeroDivisionError):
        refusal = Refusal(422, WORDS["no_number"], WORDS["no_number_how"], points)
        return _page(request, assignment, student, desk, refusal, typed)
    except PartielError as error:
        return _page(request, assignment, student, desk, quoting(422, WORDS["mark_refused"], error), typed)
    told = {"question": question, "points": str(given), "because": because.strip()}
    desk.note(visitor.id, visitor.role, "override", f"{assignment}/{student}", **told)
    return RedirectResponse(f"/staff/a/{assignment}/s/{student}", 303)


@router.post("/staff/a/{assignment}/s/{student}/lift")
def lift(
    request: Request,
    assignment: str,
    student: str,
    visitor: AsInstructor,
    desk: TheDesk,
    question: WRITTEN = "",
    because: WRITTEN = "",
) -> Response:
    """The verdict counts again."""
    one = names(desk, assignment).find(student)
    try:
        appeal.lift(desk.course(), assignment, one, question, because, visitor.id)
    except PartielError as error:
        return _page(request, assignment, student, desk, quoting(422, WORDS["mark_refused"], error))
    desk.note(visitor.id, visitor.role, "lift", f"{assignment}/{student}", question=question)
    return RedirectResponse(f"/staff/a/{assignment}/s/{student}", 303)


def _impossible(known: Names, question: str, given: Fraction, because: str) -> Refusal | None:
    """What a teacher most often mistypes, in their language."""
    most = worth(known.locked).get(question)
    if most is not None and not 0 <= given <= most:
        said = {lang: points_of(most, lang) for lang in LANGS}
        how = Text(f"Cette question vaut de 0 à {said['fr']}.", f"This question gives from 0 to {said['en']}.")
        return Refusal(422, WORDS["out_of_range"], how, question)
    return None if because.strip() else Refusal(422, WORDS["no_reason"], WORDS["override_how"], question)
