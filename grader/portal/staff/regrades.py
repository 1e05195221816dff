"""Judging again, from a page: who gains and who loses is shown before anything counts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from grader import report
from grader.portal.doors import AsInstructor, AsStaff, TheDesk
from grader.portal.pages import files, page
from grader.portal.refusals import refused
from grader.portal.staff import again, background, classes, live
from grader.portal.staff.again import Asked
from grader.portal.staff.live import EVERY
from grader.portal.staff.who import names
from grader.portal.staff.words import WORDS
from grader.status import SIGNS
from grader.status import WORDS as STATUS

router = APIRouter()
Field = Annotated[str, Form(max_length=200)]


@router.get("/staff/a/{assignment}/regrade")
def shown(request: Request, assignment: str, visitor: AsStaff, desk: TheDesk) -> Response:
    known = names(desk, assignment)
    found = again.look(desk, assignment)
    task = found[1] if found else None
    counting = background.find(desk, again.COUNT, assignment)
    busy = any(one is not None and one.state == "running" for one in (task, counting))
    proposal = task.result if task and task.state == "ended" else None
    place = {one: n for n, one in enumerate(known.order())}
    return page(
        request,
        "staff_regrade.html.j2",
        more=WORDS,
        headers={"Refresh": "3"} if busy and "htmx.min.js" not in files() else None,
        assignment=classes.asked(desk, assignment),
        known=known,
        asked=found[0] if found else None,
        task=task,
        counting=counting,
        busy=busy,
        queued=task is not None and task.thread is None,
        stuck=not live.graded(desk),
        every=EVERY,
        proposal=proposal,
        changes=sorted(proposal.changes, key=lambda one: place[one.student]) if proposal else (),
        up_and_down=again.up_and_down(proposal) if proposal else (0, 0),
        by_question=again.by_question(proposal) if proposal else {},
        total=report.total(desk.course(), assignment),
        questions=classes.questions(known, visitor.lang),
        status_words=STATUS,
        signs=SIGNS,
    )


@router.post("/staff/a/{assignment}/regrade")
def ask(assignment: str, visitor: AsStaff, desk: TheDesk, student: Field = "", question: Field = "") -> Response:
    """Of one student or all, one question or all."""
    known = names(desk, assignment)
    chosen = (known.find(student),) if student else ()
    keys = [key for key, _ in classes.questions(known, visitor.lang)]
    if question and question not in keys:
        raise refused(404, "nothing_here", question)
    asked = Asked(chosen, (question,) if question else (), visitor.id, desk.now())
    if again.start(desk, assignment, asked):
        desk.note(visitor.id, visitor.role, "regrade", _on(assignment, student), question=question)
    return _back(assignment)


@router.post("/staff/a/{assignment}/regrade/accept")
def accept(assignment: str, visitor: AsInstructor, desk: TheDesk) -> Response:
    """What counts changes here: instructors only."""
    names(desk, assignment)
    task = background.find(desk, again.COMPARE, assignment)
    proposal = task.result if task and task.state == "ended" else None
    if again.accept(desk, assignment, visitor.id) and proposal is not None:
        more, less = again.up_and_down(proposal)
        facts = {"records": len(proposal.records), "gain": more, "lose": less}
        means = {"mean_was": float(proposal.before), "mean_is": float(proposal.after)}
        desk.note(visitor.id, visitor.role, "regrade_accept", assignment, **facts, **means)
    return _back(assignment)


@router.post("/staff/a/{assignment}/regrade/drop")
def drop(assignment: str, visitor: AsStaff, desk: TheDesk) -> Response:
    names(desk, assignment)
    if again.drop(desk, assignment):
        desk.note(visitor.id, visitor.role, "regrade_drop", assignment)
    return _back(assignment)


def _on(assignment: str, student: str) -> str:
    return f"{assignment}/{student}" if student else assignment


def _back(assignment: str) -> Response:
    return RedirectResponse(f"/staff/a/{assignment}/regrade", 303)
