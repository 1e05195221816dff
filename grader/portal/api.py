"""``/api/v1``: what programs ask for and send, with a token. Its description is ``/api/v1/openapi.json``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from grader import anonymity, intake, receipt, report
from grader.appeal import Override
from grader.lock import Lock
from grader.model import Lang, Text, Verdict
from grader.portal import doors, facts, pages_student, times
from grader.portal.desk import Desk
from grader.portal.doors import TheDesk, Visitor
from grader.portal.headers import READ_ONLY
from grader.portal.pages import Tab
from grader.portal.refusals import refused
from grader.portal.shapes import (
    BESIDE_A_FILE,
    BODY,
    NAME,
    NOTEBOOK,
    SAID,
    TAKEN,
    AssignmentOut,
    AttemptOut,
    FeedbackOut,
    LineOut,
    Me,
    QueueOut,
    ReceiptOut,
    ReleaseOut,
    ResultOut,
    StatusOut,
    VerdictOut,
)
from grader.store import jobs, receipts, released, workers
from grader.store.receipts import Receipt

TABS = (Tab("/terminal", Text("Terminal", "Terminal"), ("student", "instructor")),)  # an assistant's opens nothing
ALIVE = 60.0  # seconds since a worker was last seen


def caller(request: Request) -> Visitor:
    """Whoever the token speaks for."""
    here = doors.visitor(request)
    if here.way != "token":
        raise refused(401, "bad_token", "Authorization", WWW_Authenticate="Bearer")
    return here


def pupil(here: Annotated[Visitor, Depends(caller)]) -> Visitor:
    if not here.enrolled:
        raise refused(403, "not_enrolled", here.id)
    return here


def teacher(here: Annotated[Visitor, Depends(caller)]) -> Visitor:
    if here.role != "instructor":
        raise refused(403, "instructors_only", here.id)
    return here


Caller = Annotated[Visitor, Depends(caller)]
Pupil = Annotated[Visitor, Depends(pupil)]
Teacher = Annotated[Visitor, Depends(teacher)]
Named = Annotated[str, Path(pattern=NAME, examples=["td1"])]
Numbered = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$", examples=["9f86d081884c7d659a2f"])]

router = APIRouter(prefix="/api/v1", responses=SAID)


@router.get("/me", tags=["everyone"])
def me(here: Caller, desk: TheDesk) -> Me:
    """Whose token this is."""
    return Me(id=here.id, name=here.name, role=here.role, lang=here.lang, course=desk.course().id)


@router.get("/assignments", tags=["students"])
def assignments(here: Pupil, desk: TheDesk) -> list[AssignmentOut]:
    """Those that this student has a copy of."""
    return [_assignment(desk, one, here) for one in facts.held(desk, here)]


@router.get("/assignments/{assignment}", tags=["students"])
def assignment(assignment: Named, here: Pupil, desk: TheDesk) -> AssignmentOut:
    return _assignment(desk, facts.one(desk, here, assignment), here)


@router.get(
    "/assignments/{assignment}/notebook",
    tags=["students"],
    response_class=FileResponse,
    responses=BESIDE_A_FILE
    | {200: {"content": {NOTEBOOK: {"schema": {"type": "object"}}}, "description": "The notebook."}},
)
def notebook(assignment: Named, here: Pupil, desk: TheDesk) -> Response:
    """This student's own copy."""
    return pages_student.notebook(assignment, here, desk)


@router.get(
    "/assignments/{assignment}/files/{name}",
    tags=["students"],
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file."}},
)
def data(assignment: Named, name: Named, here: Pupil, desk: TheDesk) -> Response:
    """What the notebook reads beside it."""
    return pages_student.data(assignment, name, here, desk)


@router.get("/assignments/{assignment}/submissions", tags=["students"])
def submissions(assignment: Named, here: Pupil, desk: TheDesk) -> list[AttemptOut]:
    """Every attempt, the newest first."""
    every = facts.one(desk, here, assignment).attempts
    return [AttemptOut(receipt=_receipt(desk, given), status=_status(desk, given)) for given in every]


@router.post(
    "/assignments/{assignment}/submissions", status_code=201, tags=["students"], responses=TAKEN, openapi_extra=BODY
)
async def submit(request: Request, assignment: Named, here: Pupil, desk: TheDesk) -> ReceiptOut:
    """Hand in a notebook: its bytes as the body, or a form with a field ``file``.

    Where trained weights are asked for, the form's field ``weights`` has them.

    The same bytes again give the same receipt, and use up no attempt.
    """
    content, beside = await _content(request)
    given = await run_in_threadpool(pages_student.take, request, here, desk, assignment, content, "api", beside)
    return _receipt(desk, given)


@router.put(
    "/assignments/{assignment}/submissions", status_code=201, tags=["students"], responses=TAKEN, openapi_extra=BODY
)
async def upload(request: Request, assignment: Named, here: Pupil, desk: TheDesk) -> ReceiptOut:
    """The same, as ``curl -T`` sends it."""
    return await submit(request, assignment, here, desk)


@router.get("/submissions/{id}", tags=["students"])
def submission(id: Numbered, here: Pupil, desk: TheDesk) -> StatusOut:
    """Where it is."""
    return _status(desk, facts.attempt(desk, here, id))


@router.get("/submissions/{id}/receipt", tags=["students"])
def receipt_of(id: Numbered, here: Pupil, desk: TheDesk) -> ReceiptOut:
    return _receipt(desk, facts.attempt(desk, here, id))


@router.get("/submissions/{id}/feedback", tags=["students"])
def feedback(id: Numbered, here: Pupil, desk: TheDesk) -> FeedbackOut:
    """As much of it as may be read now."""
    given = facts.attempt(desk, here, id)
    seen = facts.seen(desk, given)
    lines = [LineOut(question=one.question, result=one.coarse) for one in facts.coarse(desk, given)]
    hands = facts.hands(desk, given) if seen == "full" else {}
    record = facts.counted(desk, given, hands) if seen == "full" else None
    full = [_verdict(v, here.lang, hands.get(v.key)) for v in record.verdicts] if record else []
    remarks = [text[here.lang] for text in facts.remarks(desk, given)]
    return FeedbackOut(level=seen, coarse=lines if seen == "coarse" else [], full=full, remarks=remarks)


@router.get(
    "/submissions/{id}/feedback.html",
    tags=["students"],
    response_class=HTMLResponse,
    responses=BESIDE_A_FILE
    | {200: {"content": {"text/html": {"schema": {"type": "string"}}}, "description": "The page."}},
)
def feedback_page(id: Numbered, here: Pupil, desk: TheDesk) -> Response:
    """The feedback as students read it; nothing in it runs."""
    return HTMLResponse(pages_student.feedback_of(desk, here, id), headers={"Content-Security-Policy": READ_ONLY})


@router.get("/queue", tags=["instructors"], dependencies=[Depends(teacher)])
def queue(desk: TheDesk) -> QueueOut:
    """What waits and runs, in the order in which it is taken."""
    with desk.db.read() as c:
        counted = jobs.count(c)
        listed = [receipts.get(c, job.submission) for job in jobs.listed(c, "leased", "queued", most=200)]
        alive = [one.id for one in workers.seen_since(c, desk.now() - ALIVE)]
    return QueueOut(jobs=counted, waiting=[_status(desk, one) for one in listed if one], workers=alive)


@router.post("/assignments/{assignment}/release", tags=["instructors"])
def release(assignment: Named, here: Teacher, desk: TheDesk) -> ReleaseOut:
    """Feedback is shown whole from now on. Done again, nothing changes."""
    _handed_out(desk, assignment)
    now = desk.now()
    with desk.db.write() as c:
        new = released.release(c, assignment, here.id, now)
        since = released.when(c, assignment) or now
    if new:
        desk.note(here.id, here.role, "release", assignment)
    return ReleaseOut(assignment=assignment, released=_iso(since))


@router.get("/assignments/{assignment}/results", tags=["instructors"])
def results(assignment: Named, here: Teacher, desk: TheDesk) -> list[ResultOut]:
    """Everybody's, as `partiel report` has them; under codes where the assignment is anonymous."""
    _handed_out(desk, assignment)
    course = desk.course()
    points = float(report.total(course, assignment))
    hidden = anonymity.hidden(course, assignment)
    return [
        ResultOut(
            student=anonymity.code(course, row.student) if hidden else row.student,
            name=row.name,
            earned=float(row.earned) if row.record else None,
            points=points,
            questions=[_verdict(v, here.lang) for v in row.record.verdicts] if row.record else [],
        )
        for row in report.rows(course, assignment)
    ]


def _handed_out(desk: Desk, assignment: str) -> Lock:
    locked = desk.lock(assignment)
    if locked is None:
        raise refused(404, "nothing_here", assignment)
    return locked


async def _content(request: Request) -> tuple[bytes | None, intake.Beside | None]:
    """Whatever the type says, unless it is a form with a file; and the weights beside it."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form(max_files=2, max_fields=10)
        try:
            sent, beside = form.get("file"), await pages_student.weights_in(form)
            return (await sent.read() if isinstance(sent, UploadFile) else sent.encode() if sent else None), beside
        finally:
            await form.close()
    return await request.body(), None


def _assignment(desk: Desk, one: facts.Held, here: Visitor) -> AssignmentOut:
    allowed, where = one.allowed, times.zone(desk.course(), one.assignment)
    return AssignmentOut(
        id=one.assignment.id,
        title=one.assignment.title,
        due=times.iso(allowed.due, where) if allowed.due is not None else None,
        begins=times.iso(allowed.begins, where) if allowed.begins is not None else None,
        open=allowed.open,
        why=allowed.why[here.lang] if allowed.why else None,
        attempts_left=allowed.left,
        next_at=_iso(allowed.next_at) if allowed.next_at is not None else None,
        counts=one.assignment.handing.counts,
        files=sorted(facts.beside(desk, here, one.assignment)),
        weights=intake.takes_weights(one.locked) > 0,
        submissions=[given.id for given in one.attempts],
    )


def _receipt(desk: Desk, given: Receipt) -> ReceiptOut:
    return ReceiptOut(
        id=given.id,
        assignment=given.assignment,
        student=given.student,
        attempt=given.attempt,
        received=_iso(given.received),
        late=given.late,
        size=given.size,
        sha256=given.sha256,
        weights=given.weights or None,
        signature=given.signature,
        text=receipt.text(desk.course(), given),
    )


def _status(desk: Desk, given: Receipt) -> StatusOut:
    where = facts.progress(desk, given)
    return StatusOut(
        id=given.id,
        state=where.state,
        ahead=where.before,
        question=where.at,
        questions=where.of,
        feedback=facts.seen(desk, given),
    )


def _verdict(verdict: Verdict, lang: Lang, hand: Override | None = None) -> VerdictOut:
    """``hand``: a human's mark in its place, with its reason."""
    return VerdictOut(
        question=verdict.key,
        result=str(verdict.status),
        earned=float(hand.points if hand else verdict.earned),
        points=float(verdict.points),
        said=hand.because if hand else verdict.feedback[lang],
    )


def _iso(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds")
