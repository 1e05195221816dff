"""What a student is told of their assignments and attempts: the same for pages and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from grader import appeal, attempts, intake
from grader.amend import withdrawn
from grader.appeal import Override
from grader.attempts import Seen
from grader.intake import Allowed
from grader.lock import Lock
from grader.model import GRADED, Assignment, Course, Handing, Record, Text
from grader.portal.desk import Desk
from grader.portal.doors import Visitor
from grader.portal.refusals import refused
from grader.store import Connection, jobs, receipts
from grader.store.receipts import Receipt
from grader.weights import SUFFIXES

DATA = ".npz"  # what is handed out beside a notebook


@dataclass(frozen=True, slots=True)
class Held:
    """An assignment that a student has a copy of."""

    assignment: Assignment
    locked: Lock
    allowed: Allowed
    attempts: tuple[Receipt, ...]  # the newest first; of their whole group
    counts: str  # the id of the attempt that counts; "" where that may not be said yet
    seen: Seen
    own_due: bool

    @property
    def last(self) -> Receipt | None:
        return self.attempts[0] if self.attempts else None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an attempt is. ``before``: how many are graded before it; ``at`` questions are done ``of`` so many."""

    state: str
    before: int = 0
    at: int = 0
    of: int = 0
    question: str = ""  # the one that is being judged, where that is known

    @property
    def ended(self) -> bool:
        return self.state not in ("queued", "running")


@dataclass(frozen=True, slots=True)
class Line:
    """What may be said of one question before feedback is released."""

    question: str
    title: str
    coarse: attempts.Coarse


def held(desk: Desk, visitor: Visitor) -> list[Held]:
    """In the order of course.toml."""
    course = desk.course()
    with desk.db.read() as c:
        found = [_held(desk, course, c, visitor, id) for id in course.assignments]
    return [one for one in found if one]


def one(desk: Desk, visitor: Visitor, assignment: str) -> Held:
    """Refused as if it did not exist where this student was handed no copy."""
    course = desk.course()
    with desk.db.read() as c:
        found = _held(desk, course, c, visitor, assignment) if assignment in course.assignments else None
    if found is None:
        raise refused(404, "nothing_here", assignment)
    return found


def begun(desk: Desk, visitor: Visitor, assignment: str) -> Held:
    """Refused also where it has not begun: its questions are not to be read yet."""
    found = one(desk, visitor, assignment)
    if found.allowed.begins is not None:
        raise refused(403, "not_begun", assignment)
    return found


def _held(desk: Desk, course: Course, c: Connection, visitor: Visitor, id: str) -> Held | None:
    locked = desk.lock(id)
    if locked is None or visitor.id not in locked.students:
        return None
    asked, now = course.assignments[id], desk.now()
    allowed = intake.allowed(course, c, visitor.id, id, now)
    came = receipts.of_copy(c, id, intake.copy(locked, visitor.id))
    seen = attempts.visible(course, c, id, now)
    told = seen == "full" or asked.handing.counts == "last"  # which is best would say whether the newest is better
    counted = attempts.counting(course, c, id, intake.copy(locked, visitor.id)) if told else None
    common = datetime.fromisoformat(asked.due).timestamp() if asked.due else None
    return Held(
        asked,
        locked,
        allowed,
        tuple(reversed(came)),
        counted.id if counted else "",
        seen,
        allowed.due is not None and allowed.due != common,
    )


def attempt(desk: Desk, visitor: Visitor, id: str) -> Receipt:
    """One of theirs, or of their group's. Whoever else's: as if it did not exist."""
    with desk.db.read() as c:
        found = receipts.get(c, id)
    if found is not None and visitor.enrolled:
        locked = desk.lock(found.assignment)
        if found.student == visitor.id or (locked and visitor.id in locked.group(found.student)):
            return found
    raise refused(404, "nothing_here", id)


def progress(desk: Desk, given: Receipt) -> Progress:
    with desk.db.read() as c:
        job = jobs.of_submission(c, given.id)
        before = jobs.position(c, job) if job else 0
    if job is None or given.state not in ("queued", "running"):
        return Progress(given.state)
    names = questions(desk, given) if job.of else ()
    known = names[job.at] if job.of == len(names) and job.at < job.of else ""
    return Progress(given.state, before, job.at, job.of, known)


def questions(desk: Desk, given: Receipt) -> tuple[str, ...]:
    """What earns points in this copy, in order."""
    locked = desk.lock(given.assignment)
    items = locked.sheet(given.student).items if locked else ()
    return tuple(cell.question for item in items for cell in item.cells if cell.kind in GRADED)


def seen(desk: Desk, given: Receipt) -> Seen:
    """Of this attempt, now; nothing before it is graded."""
    course = desk.course()
    if given.graded is None or given.assignment not in course.assignments:
        return "none"
    with desk.db.read() as c:
        told = attempts.visible(course, c, given.assignment, desk.now())
        if told == "full" and given.state == "aside" and not intake.shown(course, c, given.assignment, desk.now()):
            return "coarse"  # it used up no attempt: all of it, again and again, would be an oracle
        return told


def coarse(desk: Desk, given: Receipt) -> tuple[Line, ...]:
    """Question by question: read, ran or not run. Nothing of what is right."""
    record = attempts.last_of(desk.course(), given)
    locked = desk.lock(given.assignment)
    if record is None or locked is None:
        return ()
    sheet = locked.sheet(given.student)
    titles = {item.key: item.variant.exercise.title[sheet.lang] for item in sheet.items}
    return tuple(Line(v.question, titles.get(v.item, v.item), attempts.coarse(v)) for v in record.verdicts)


def remarks(desk: Desk, given: Receipt) -> tuple[Text, ...]:
    """What was odd about the file itself, as soon as anything may be said of it: nothing of what is right."""
    record = attempts.last_of(desk.course(), given) if seen(desk, given) != "none" else None
    return record.remarks if record else ()


def score(desk: Desk, given: Receipt) -> tuple[Fraction, Fraction] | None:
    """What was earned, of how much: with marks by hand, and the withdrawn questions as they count."""
    by_hand = hands(desk, given)
    record = counted(desk, given, by_hand)
    if record is None:
        return None
    earned = (by_hand[v.key].points if v.key in by_hand else v.earned for v in record.verdicts)
    return sum(earned, Fraction(0)), sum((v.points for v in record.verdicts), Fraction(0))


def hands(desk: Desk, given: Receipt) -> Mapping[str, Override]:
    """The marks that a human gave in place of verdicts, by question; they are about the attempt that counts."""
    course = desk.course()
    with desk.db.read() as c:
        counts = attempts.counting(course, c, given.assignment, given.copy)
    if counts is None or counts.id != given.id:
        return {}
    return {one.key: one for one in appeal.overrides(course, given.assignment) if one.student == given.student}


def counted(desk: Desk, given: Receipt, by_hand: Mapping[str, Override]) -> Record | None:
    """Its record, the withdrawn questions as they count."""
    course = desk.course()
    record = attempts.last_of(course, given) if given.graded is not None else None
    marks = {key: one.points for key, one in by_hand.items()}
    return record and withdrawn.counted(record, withdrawn.remedies(course, given.assignment), marks)


def notebook(desk: Desk, visitor: Visitor, assignment: Assignment) -> Path | None:
    """Their copy, as it was handed out."""
    folder = desk.root / "release"
    name = f"{assignment.id}.ipynb"
    for file in (folder / visitor.id / assignment.id / name, folder / assignment.id / name):
        if file.is_file():
            return file
    return None


def beside(desk: Desk, visitor: Visitor, assignment: Assignment) -> Mapping[str, Path]:
    """Files that the notebook reads, by name."""
    file = notebook(desk, visitor, assignment)
    return {one.name: one for one in sorted(file.parent.glob(f"*{DATA}"))} if file else {}


def weights_of(desk: Desk, given: Receipt) -> Path | None:
    """What was handed in beside the notebook; None where nothing was, or it was purged."""
    course = desk.course()
    return next((file for end in SUFFIXES if (file := intake.weights_of(course, given, end)).is_file()), None)


def handing(course: Course, id: str) -> Handing:
    return course.assignments[id].handing if id in course.assignments else Handing()


COARSE: Mapping[attempts.Coarse, tuple[str, str, Text]] = {  # kind of chip, sign, words
    "done": ("busy", "●", Text("Lue et exécutée", "Read and run")),
    "unread": ("half", "?", Text("Illisible", "Could not be read")),
    "stopped": ("machine", "!", Text("Ne s’est pas exécutée jusqu’au bout", "Did not run to the end")),
    "empty": ("none", "–", Text("Pas de réponse", "No answer")),
    "waiting": ("none", "…", Text("Sera relue par un enseignant", "A teacher will look at it")),
}
