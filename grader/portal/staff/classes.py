"""One assignment: its copies, its marks, its report, its feedback released or held, and its copies handed out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from grader import anonymity, attempts, intake, marks, release, report
from grader.errors import PartielError
from grader.marks import Scale
from grader.model import GRADED, Assignment, Lang, Text
from grader.portal import doors, times
from grader.portal.desk import Desk
from grader.portal.doors import AsInstructor, AsStaff, TheDesk
from grader.portal.headers import READ_ONLY
from grader.portal.pages import page
from grader.portal.refusals import Refusal, quoting, refused
from grader.portal.staff import again, background
from grader.portal.staff.background import Task
from grader.portal.staff.who import Names, names
from grader.portal.staff.words import WORDS
from grader.store import outbox, receipts, released
from grader.store.receipts import Receipt

router = APIRouter()
BINS = 10  # of the small histogram
HAND_OUT = "generate"


@dataclass(frozen=True, slots=True)
class Row:
    """One student's line. ``counted`` is the attempt that counts, where it came through the server."""

    handle: str
    shown: str
    attempts: int
    last: Receipt | None
    counted: Receipt | None
    earned: Fraction | None
    withdrawn: bool


def rows(desk: Desk, known: Names) -> tuple[Row, ...]:
    """In an order that tells nothing where names are hidden."""
    course, id = desk.course(), known.locked.assignment
    came: dict[str, list[Receipt]] = {}
    with desk.db.read() as c:
        for one in receipts.of_assignment(c, id):
            came.setdefault(one.copy, []).append(one)
        counted = {copy: attempts.counting(course, c, id, copy) for copy in came}
    earned = {row.student: row.earned for row in report.rows(course, id) if row.record}
    gone = {one.id for one in course.students if one.withdrawn}
    enrolled = {one.id for one in course.students}
    found = []
    for student in known.order():
        copy = known.copies[student]
        mine = came.get(copy, [])
        found.append(
            Row(
                known.handle(student),
                known.shown(student),
                len(mine),
                mine[-1] if mine else None,
                counted.get(copy),
                earned.get(student),
                student in gone or student not in enrolled,
            )
        )
    return tuple(found)


def histogram(shares: Sequence[Fraction]) -> list[int]:
    """How many in each tenth of the points; full marks are in the last."""
    bins = Counter(min(int(share * BINS), BINS - 1) for share in shares)
    return [bins[n] for n in range(BINS)]


def questions(known: Names, lang: Lang) -> list[tuple[str, str]]:
    """Each question's key, and its exercise's title."""
    items = known.locked.example(lang).items
    return [
        (f"{item.key}-{cell.question}", item.variant.exercise.title[lang])
        for item in items
        for cell in item.cells
        if cell.kind in GRADED
    ]


def asked(desk: Desk, id: str) -> Assignment:
    course = desk.course()
    if id not in course.assignments:
        raise refused(404, "nothing_here", id)
    return course.assignments[id]


@router.get("/staff/a/{assignment}")
def assignment(request: Request, assignment: str, visitor: AsStaff, desk: TheDesk) -> Response:
    one = asked(desk, assignment)
    if desk.lock(assignment) is None:
        busy = handing_out(desk, assignment)
        return page(request, "staff_not_yet.html.j2", more=WORDS, assignment=one, handing_out=busy)
    known, course = names(desk, assignment), desk.course()
    lines, total = rows(desk, known), report.total(course, assignment)
    shares = [row.earned / total for row in lines if row.earned is not None and total]
    with desk.db.read() as c:
        since = released.when(c, assignment)
        shown = intake.shown(course, c, assignment, desk.now())
    return page(
        request,
        "staff_class.html.j2",
        more=WORDS,
        assignment=one,
        hidden=known.hidden,
        still=still_hidden(desk, assignment) if known.hidden else (),
        rows=lines,
        total=total,
        bins=histogram(shares),
        mean=sum(shares, Fraction(0)) / len(shares) * total if shares else None,
        graded=len(shares),
        received=sum(row.attempts > 0 or row.earned is not None for row in lines),
        questions=questions(known, visitor.lang),
        since=since,
        feedback_shown=shown,
        in_time=None if shown else in_time(desk, known),
        again=again.look(desk, assignment),
        lacking=lacking(desk, known),
        handing_out=handing_out(desk, assignment),
        zone=times.zone(course, one),
        now=desk.now(),
    )


@router.get("/staff/a/{assignment}/report")
def the_report(assignment: str, visitor: AsStaff, desk: TheDesk) -> Response:
    """As `partiel report` makes it: a page that holds all it shows, and can do nothing."""
    names(desk, assignment)
    html = report.as_page(desk.course(), assignment, visitor.lang, integrity=visitor.role == "instructor")
    return HTMLResponse(html, headers={"Content-Security-Policy": READ_ONLY})


@router.get("/staff/a/{assignment}/marks.csv")
def the_marks(assignment: str, visitor: AsStaff, desk: TheDesk) -> Response:
    """On the course's scale; what is hidden stays so."""
    if names(desk, assignment).hidden:
        raise Refusal(403, WORDS["marks_hidden"], WORDS["names_where"], assignment)
    if waiting := unsettled(desk, assignment):
        raise Refusal(409, WORDS["marks_not"], waiting, assignment)
    try:
        found = marks.collect(desk.course(), {assignment: Fraction(1)}, Scale(), desk.now())
    except PartielError as error:
        raise quoting(409, WORDS["marks_not"], error, assignment) from error
    desk.note(visitor.id, visitor.role, "marks", assignment)
    data = marks.as_sheet(found, visitor.lang)
    headers = {"Content-Disposition": f'attachment; filename="{assignment}.csv"'}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


def unsettled(desk: Desk, assignment: str) -> Text | None:
    """What is still to come: whoever waits would be down as absent."""
    with desk.db.read() as c:
        tally = receipts.tally(c).get(assignment, {})
        parcels = [one for one in outbox.waiting(c) if one.kind == attempts.GRADEBOOK]
    if any(tally.get(state) for state in ("queued", "running", "aside")):
        return WORDS["marks_wait"]
    return WORDS["marks_unsent"] if any(one.payload.get("assignment") == assignment for one in parcels) else None


# ── names ────────────────────────────────────────────────────────────────────


def still_hidden(desk: Desk, assignment: str) -> tuple[str, ...]:
    """The titles of the others, for which formgrader will go on showing codes."""
    course = desk.course()
    others = [one for id, one in course.assignments.items() if id != assignment and desk.lock(id)]
    return tuple(one.title for one in others if anonymity.hidden(course, one.id))


@router.post("/staff/a/{assignment}/names")
def lift_names(assignment: str, visitor: AsInstructor, desk: TheDesk, sure: Annotated[str, Form()] = "") -> Response:
    """As `partiel lift`: from now on names are shown, to everybody, and that is not undone."""
    if names(desk, assignment).hidden:
        if sure != "yes":
            raise Refusal(422, WORDS["names_unsure"], WORDS["names_sure"], assignment)
        from grader import bridge  # nbgrader takes seconds to import: only where it is used

        anonymity.lift(desk.course(), assignment)
        desk.note(visitor.id, visitor.role, "names", assignment)
        try:
            bridge.rename(desk.course())
        except PartielError as error:
            raise quoting(409, WORDS["names_not_there"], error, assignment) from error
    return RedirectResponse(f"/staff/a/{assignment}", 303)


# ── feedback ─────────────────────────────────────────────────────────────────


@router.post("/staff/a/{assignment}/release")
def show(assignment: str, visitor: AsInstructor, desk: TheDesk) -> Response:
    return _released(assignment, visitor, desk, shown=True)


@router.post("/staff/a/{assignment}/hold")
def hold(assignment: str, visitor: AsInstructor, desk: TheDesk) -> Response:
    return _released(assignment, visitor, desk, shown=False)


@dataclass(frozen=True, slots=True)
class InTime:
    """How many students may still hand in before their deadline, and until when at most; None: they have none."""

    students: int
    until: float | None


def in_time(desk: Desk, known: Names) -> InTime:
    """Releasing the feedback ends that for those of them who have handed in something."""
    course, locked = desk.course(), known.locked
    one, most = course.assignments[locked.assignment], course.assignments[locked.assignment].handing.attempts
    came: dict[str, list[Receipt]] = {}
    with desk.db.read() as c:
        for given in receipts.of_assignment(c, one.id):
            came.setdefault(given.copy, []).append(given)
    spent = {copy for copy, mine in came.items() if most and len(intake.begun(one, mine)) >= most}
    found = [
        intake.deadline(course, one, locked, student.id)
        for student in course.students
        if not student.withdrawn and student.id in known.copies and known.copies[student.id] not in spent
    ]
    left = [until for until in found if until is None or until >= desk.now()]
    return InTime(len(left), max((until for until in left if until is not None), default=None))


def _released(id: str, visitor: doors.Visitor, desk: Desk, *, shown: bool) -> Response:
    names(desk, id)
    with desk.db.write() as c:
        new = released.release(c, id, visitor.id, desk.now()) if shown else released.hold(c, id)
    if new:
        desk.note(visitor.id, visitor.role, "release" if shown else "hold", id)
    return RedirectResponse(f"/staff/a/{id}", 303)


# ── handing out ──────────────────────────────────────────────────────────────


def lacking(desk: Desk, known: Names) -> int:
    """Students of the roster who have no copy: they came after it was handed out."""
    here = set(known.locked.students)
    return sum(not one.withdrawn and one.id not in here for one in desk.course().students)


def handing_out(desk: Desk, assignment: str) -> Task | None:
    return background.find(desk, HAND_OUT, assignment)


@router.post("/staff/a/{assignment}/hand-out")
def hand_out(assignment: str, visitor: AsInstructor, desk: TheDesk) -> Response:
    """As `partiel generate`: who has a copy keeps it, to the byte."""
    one, course = asked(desk, assignment), desk.course()
    count = sum(not student.withdrawn for student in course.students)
    begun = background.start(
        desk, HAND_OUT, assignment, visitor.id, lambda task: release.generate(course, one, task.step), count
    )
    if begun:
        desk.note(visitor.id, visitor.role, "hand_out", assignment)
    return RedirectResponse(f"/staff/a/{assignment}", 303)
