"""What students see: their assignments, handing in, the receipt, the queue, the feedback."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from grader import attempts, handed, intake, receipt
from grader.model import Text
from grader.portal import correction, doors, facts, times
from grader.portal.desk import Desk
from grader.portal.doors import Anyone, AsStudent, TheDesk, Visitor
from grader.portal.headers import READ_ONLY
from grader.portal.pages import Tab, files, page
from grader.portal.refusals import Refusal, refused, sign_in_first
from grader.portal.words import TRY_AGAIN
from grader.store import tokens
from grader.store.receipts import Receipt

router = APIRouter(include_in_schema=False)
TABS = (Tab("/", Text("Devoirs", "Assignments"), ("student",), also=("/a/", "/s/")),)
NOTEBOOK = "application/x-ipynb+json"
LABEL = tokens.TERMINAL
EVERY = 2  # seconds between two looks at an attempt that is being graded


@router.get("/")
def home(request: Request, visitor: Anyone, desk: TheDesk) -> Response:
    if visitor.role == "none":
        raise sign_in_first(request)
    if not visitor.enrolled:
        return RedirectResponse("/staff", 303)
    return page(request, "home.html.j2", held=facts.held(desk, visitor), **_told(desk))


@router.get("/a/{assignment}")
def assignment(request: Request, assignment: str, visitor: AsStudent, desk: TheDesk) -> Response:
    return _assignment(request, assignment, visitor, desk)


def _assignment(request: Request, id: str, visitor: Visitor, desk: Desk, refusal: Refusal | None = None) -> Response:
    held = facts.one(desk, visitor, id)
    course = desk.course()
    names = {one.id: one.name or one.id for one in course.students}
    others = [names.get(member, member) for member in held.locked.group(visitor.id) if member != visitor.id]
    return page(
        request,
        "assignment.html.j2",
        status=refusal.status if refusal else 200,
        headers=refusal.headers if refusal else None,
        held=held,
        others=others,
        names=names,
        scores={one.id: facts.score(desk, one) for one in held.attempts} if held.seen == "full" else {},
        beside=sorted(facts.beside(desk, visitor, held.assignment)),
        most=course.service.largest_mib,
        weights=intake.takes_weights(held.locked),
        refusal=refusal,
        url=course.service.url,
        **_told(desk),
    )


@router.get("/a/{assignment}/notebook")
def notebook(assignment: str, visitor: AsStudent, desk: TheDesk) -> Response:
    held = facts.begun(desk, visitor, assignment)
    file = facts.notebook(desk, visitor, held.assignment)
    if file is None:
        raise refused(404, "nothing_here", assignment)
    return FileResponse(file, media_type=NOTEBOOK, filename=file.name)


@router.get("/a/{assignment}/files/{name}")
def data(assignment: str, name: str, visitor: AsStudent, desk: TheDesk) -> Response:
    held = facts.begun(desk, visitor, assignment)
    file = facts.beside(desk, visitor, held.assignment).get(name)
    if file is None:
        raise refused(404, "nothing_here", name)
    return FileResponse(file, media_type="application/octet-stream", filename=file.name)


@router.post("/a/{assignment}/submit")
async def submit(request: Request, assignment: str, visitor: AsStudent, desk: TheDesk) -> Response:
    """What is refused is said on the page itself, above the form."""
    form = await request.form()
    sent = form.get("file")
    content = await sent.read() if isinstance(sent, UploadFile) and sent.filename else None
    beside = await weights_in(form)
    try:
        given = await run_in_threadpool(take, request, visitor, desk, assignment, content, "web", beside)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return await run_in_threadpool(_assignment, request, assignment, visitor, desk, refusal)
    return RedirectResponse(f"/s/{given.id}", 303)


async def weights_in(form: FormData) -> intake.Beside | None:
    """The weights file that came with a notebook; a field left empty is none."""
    sent = form.get("weights")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return None
    return intake.Beside(sent.filename, await sent.read())


def take(
    request: Request,
    visitor: Visitor,
    desk: Desk,
    assignment: str,
    content: bytes | None,
    way: str,
    beside: intake.Beside | None = None,
) -> Receipt:
    """Raises a Refusal that says why, and when to come back."""
    facts.one(desk, visitor, assignment)
    if not content:
        raise refused(422, "no_file", "file")
    doors.pause(doors.limits_of(request).uploads, visitor.id)
    try:
        return intake.take(desk.course(), desk.db, visitor.id, assignment, content, way, desk.now(), beside)
    except intake.Refused as error:
        wait = {"Retry-After": str(max(1, round(error.wait)))} if error.wait > 0 else {}
        remedy = TRY_AGAIN[error.status] if error.status in TRY_AGAIN else TRY_AGAIN[403]
        raise Refusal(error.status, error.why, remedy, assignment, wait) from error


# ── an attempt ───────────────────────────────────────────────────────────────


@router.get("/s/{id}")
def submission(request: Request, id: str, visitor: AsStudent, desk: TheDesk) -> Response:
    """Where scripts cannot ask for what is new, the page asks for itself again."""
    told = _attempt(desk, facts.attempt(desk, visitor, id))
    waits = not told["progress"].ended and "htmx.min.js" not in files()
    return page(request, "submission.html.j2", headers={"Refresh": "5"} if waits else None, **told, **_told(desk))


@router.get("/s/{id}/status")
def status(request: Request, id: str, visitor: AsStudent, desk: TheDesk) -> Response:
    """For htmx: the piece of the page that changes."""
    given = facts.attempt(desk, visitor, id)
    return page(request, "progress.html.j2", **_attempt(desk, given), **_told(desk))


def _attempt(desk: Desk, given: Receipt) -> dict[str, Any]:
    course = desk.course()
    seen = facts.seen(desk, given)
    known = {one.id: one.name or one.id for one in course.students}
    asked = course.assignments.get(given.assignment)
    return {
        "given": given,
        "name": known.get(given.student, given.student),
        "asked": asked,
        "title": asked.title if asked else given.assignment,
        "progress": facts.progress(desk, given),
        "seen": seen,
        "score": facts.score(desk, given) if seen == "full" else None,
        "coarse": facts.coarse(desk, given) if seen == "coarse" else (),
        "remarks": facts.remarks(desk, given),
        "chips": facts.COARSE,
        "every": EVERY,
    }


@router.get("/s/{id}/receipt")
def receipt_file(id: str, visitor: AsStudent, desk: TheDesk) -> Response:
    given = facts.attempt(desk, visitor, id)
    return _as_file(
        receipt.text(desk.course(), given).encode(), f"{given.assignment}-{given.attempt}.txt", "text/plain"
    )


@router.get("/s/{id}/file")
def handed_in(id: str, visitor: AsStudent, desk: TheDesk) -> Response:
    given = facts.attempt(desk, visitor, id)
    file = intake.bytes_of(desk.course(), given)
    if not file.is_file():  # purged
        raise refused(404, "nothing_here", id)
    return FileResponse(file, media_type=NOTEBOOK, filename=f"{given.assignment}-{given.attempt}.ipynb")


@router.get("/s/{id}/weights")
def weights_handed_in(id: str, visitor: AsStudent, desk: TheDesk) -> Response:
    given = facts.attempt(desk, visitor, id)
    file = facts.weights_of(desk, given)
    if file is None:
        raise refused(404, "nothing_here", id)
    name = f"{given.assignment}-{given.attempt}{file.suffix}"
    return FileResponse(file, media_type="application/octet-stream", filename=name)


@router.get("/s/{id}/feedback")
def feedback(id: str, visitor: AsStudent, desk: TheDesk) -> Response:
    return HTMLResponse(feedback_of(desk, visitor, id), headers={"Content-Security-Policy": READ_ONLY})


def feedback_of(desk: Desk, visitor: Visitor, id: str) -> str:
    """The page, where it may be seen."""
    given, course = facts.attempt(desk, visitor, id), desk.course()
    locked = desk.lock(given.assignment)
    if facts.seen(desk, given) != "full" or locked is None:
        raise refused(403, "not_released", id)
    with desk.db.read() as c:
        counted = attempts.counting(course, c, given.assignment, given.copy)
        solved = intake.shown(course, c, given.assignment, desk.now())
    counts = counted is not None and counted.id == given.id
    if solved and (page := correction.made(course, given, visitor.id, counts=counts)) is not None:
        return page
    hands = facts.hands(desk, given)
    record = facts.counted(desk, given, hands)
    if record is None:
        raise refused(404, "nothing_here", id)
    mine = handed.shared(record, visitor.id, locked.sheet(given.student), given.student)  # a group's says whose it is
    return correction.page(course, locked, given, mine, hands, solved=solved, name=visitor.name)


# ── programs ─────────────────────────────────────────────────────────────────


@router.get("/terminal")
def terminal(request: Request, visitor: Anyone, desk: TheDesk) -> Response:
    return _terminal(request, visitor, desk)


@router.post("/terminal")
def make_token(request: Request, visitor: Anyone, desk: TheDesk) -> Response:
    """One for each person: another takes its place."""
    if visitor.role == "none":
        raise sign_in_first(request)
    with desk.db.write() as c:
        tokens.revoke(c, visitor.id, LABEL)
        made = tokens.make(c, visitor.id, visitor.role, LABEL, desk.now())
    desk.note(visitor.id, visitor.role, "token", LABEL)
    return _terminal(request, visitor, desk, made)


def _terminal(request: Request, visitor: Visitor, desk: Desk, token: str = "") -> Response:
    if visitor.role == "none":
        raise sign_in_first(request)
    open_now = facts.held(desk, visitor) if visitor.enrolled else []
    example = next((one.assignment.id for one in open_now if one.allowed.open), "td1")
    return page(request, "terminal.html.j2", token=token, url=desk.course().service.url, example=example)


def _told(desk: Desk) -> dict[str, Any]:
    course = desk.course()
    return {"now": desk.now(), "zone": lambda assignment=None: times.zone(course, assignment)}


def _as_file(data: bytes, name: str, kind: str) -> Response:
    told = {"Content-Disposition": f'attachment; filename="{name}"'}  # of ids: letters, digits, '-', '_' and '.'
    return Response(data, media_type=kind, headers=told)
