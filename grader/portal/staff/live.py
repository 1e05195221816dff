"""What goes on now: the queue, who grades, what needs a human, how far each assignment is, what was not sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from grader import attempts
from grader.model import Assignment
from grader.portal import doors, times
from grader.portal.desk import Desk
from grader.portal.doors import AsInstructor, AsStaff, TheDesk
from grader.portal.pages import files, local, page
from grader.portal.refusals import Refusal, refused
from grader.portal.staff.classes import lacking
from grader.portal.staff.who import Everyone
from grader.portal.staff.words import WORDS
from grader.store import Connection, jobs, outbox, receipts, released, workers
from grader.store.jobs import Job
from grader.store.outbox import Parcel
from grader.store.workers import Worker

router = APIRouter()
EVERY = 3  # seconds between two looks
ALIVE = 60.0  # seconds since a worker was last seen
FEW = 15  # that wait, in full
MOST = 100  # failures, and what was not sent
Address = Annotated[str, Form(max_length=400)]


@dataclass(frozen=True, slots=True)
class Line:
    """A job, under the name that may be shown."""

    job: Job
    who: str
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """What could not be sent yet, without the ids that its key has."""

    kind: str
    assignment: str
    who: str
    tries: int
    why: str


@dataclass(frozen=True, slots=True)
class Class:
    """An assignment, in copies: a group's is one."""

    assignment: Assignment
    title: str
    handed_out: int
    received: int
    graded: int
    waiting: int
    aside: int
    lacking: int  # students of the roster who have none
    released: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class Live:
    queued: int
    running: tuple[Line, ...]
    next: tuple[Line, ...]
    aside: tuple[Line, ...]
    workers: tuple[Worker, ...]
    classes: tuple[Class, ...]
    unsent: tuple[Unsent, ...]
    not_released: tuple[Assignment, ...]

    @property
    def stuck(self) -> bool:
        """Copies wait, and nobody grades."""
        return bool(self.queued) and not any(one.sound for one in self.workers)


def graded(desk: Desk) -> bool:
    """Whether somebody takes what waits."""
    with desk.db.read() as c:
        return any(one.sound for one in workers.seen_since(c, desk.now() - ALIVE))


def live(desk: Desk) -> Live:
    everyone, now = Everyone(desk), desk.now()
    with desk.db.read() as c:
        counted = jobs.count(c)
        running, next_ = jobs.listed(c, "leased"), jobs.listed(c, "queued", most=FEW)
        aside = jobs.listed(c, "aside", most=MOST)
        alive, waiting = workers.seen_since(c, now - ALIVE), outbox.waiting(c)
        classes = _classes(desk, c, everyone)
    unsent = tuple(_unsent(everyone, one) for one in waiting if one.tries or one.kind != attempts.GRADEBOOK)
    course = desk.course()
    known = {one.assignment.id for one in classes}
    return Live(
        counted.get("queued", 0),
        _lines(everyone, running),
        _lines(everyone, next_),
        _lines(everyone, aside),
        alive,
        classes,
        unsent[:MOST],
        tuple(one for one in course.assignments.values() if one.id not in known),
    )


def _lines(everyone: Everyone, some: Iterable[Job]) -> tuple[Line, ...]:
    return tuple(_line(everyone, job) for job in some)


def _line(everyone: Everyone, job: Job) -> Line:
    known = everyone.of(job.assignment)
    why = known.veiled(job.why) if known else job.why
    return Line(job, everyone.shown(job.assignment, job.student), everyone.address(job.assignment, job.student), why)


def _unsent(everyone: Everyone, parcel: Parcel) -> Unsent:
    assignment, student = str(parcel.payload.get("assignment", "")), str(parcel.payload.get("student", ""))
    known = everyone.of(assignment)
    why = known.veiled(parcel.why) if known else parcel.why
    who = everyone.shown(assignment, student) if student else ""
    return Unsent(parcel.kind, assignment, who, parcel.tries, why)


def _classes(desk: Desk, c: Connection, everyone: Everyone) -> tuple[Class, ...]:
    found, tallies = [], receipts.tally(c)
    for assignment in desk.course().assignments.values():
        known = everyone.of(assignment.id)
        if known is None:
            continue
        tally: Mapping[str, int] = tallies.get(assignment.id, {})
        found.append(
            Class(
                assignment,
                assignment.title,
                handed_out=len(set(known.copies.values())),
                received=tally.get("copies", 0),
                graded=tally.get("done", 0),
                waiting=tally.get("queued", 0) + tally.get("running", 0),
                aside=tally.get("aside", 0),
                lacking=lacking(desk, known),
                released=released.when(c, assignment.id) is not None,
                hidden=known.hidden,
            )
        )
    return tuple(found)


# ── pages ────────────────────────────────────────────────────────────────────


@router.get("/staff")
def home(request: Request, _: AsStaff, desk: TheDesk) -> Response:
    """Where scripts cannot ask for what is new, the page asks for itself again."""
    headers = None if "htmx.min.js" in files() else {"Refresh": "15"}
    return page(request, "staff_live.html.j2", more=WORDS, headers=headers, **_told(desk))


@router.get("/staff/live")
def piece(request: Request, _: AsStaff, desk: TheDesk) -> Response:
    """For htmx."""
    return page(request, "staff_now.html.j2", more=WORDS, **_told(desk))


def _told(desk: Desk) -> dict[str, Any]:
    return {"live": live(desk), "now": desk.now(), "zone": times.zone(desk.course()), "every": EVERY}


@router.post("/staff/jobs/{number}/again")
def again(number: int, visitor: AsStaff, desk: TheDesk, to: Address = "") -> Response:
    """A human has looked: it may be tried again. What an instructor cancelled, an instructor takes up again."""
    with desk.db.write() as c:
        job = _job(c, number)
        if job.state == "cancelled" and visitor.role != "instructor":
            raise refused(403, "instructors_only", str(number))
        done = jobs.again(c, number)
    return _noted(visitor, desk, "try_again", job, to, done=done)


@router.post("/staff/jobs/{number}/cancel")
def cancel(number: int, visitor: AsInstructor, desk: TheDesk, to: Address = "", sure: Address = "") -> Response:
    """It is not graded any more: neither one that waits nor one that was set aside. Nothing without the box ticked."""
    with desk.db.write() as c:
        job = _job(c, number)
        if sure != "yes":
            raise Refusal(422, WORDS["cancel_unsure"], WORDS["cancel_sure"])
        done = jobs.cancel(c, number)
    return _noted(visitor, desk, "cancel", job, to, done=done)


def _job(c: Connection, number: int) -> Job:
    job = jobs.get(c, number) if number < 1 << 62 else None
    if job is None:
        raise refused(404, "nothing_here", str(number))
    return job


def _noted(visitor: doors.Visitor, desk: Desk, what: str, job: Job, to: str, *, done: bool) -> Response:
    if done:
        desk.note(visitor.id, visitor.role, what, f"{job.assignment}/{job.student}", id=job.submission)
    return RedirectResponse(local(to, "/staff"), 303)
