"""Which attempt counts, and who may see what came of it."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, datetime
from fractions import Fraction
from typing import Literal

from grader import course as courses
from grader import handed, intake, known, verdicts, weights, whole
from grader.lock import Lock
from grader.model import Course, Record, Status, Verdict
from grader.store import Connection, Store, jobs, outbox, receipts
from grader.store.jobs import Job
from grader.store.receipts import Receipt

BOOK = "attempts"  # the ledger's book of every attempt; the counting one holds those that count
GRADEBOOK = "gradebook"  # of the outbox
Seen = Literal["none", "coarse", "full"]
Coarse = Literal["done", "unread", "stopped", "empty", "waiting"]


def settle(
    course: Course, db: Store, given: Receipt, record: Record, now: float, job: Job | None = None, left: str = ""
) -> tuple[Record, ...] | None:
    """An attempt was graded: the records that count now, one for each member of the copy, for the gradebook.

    Done again, or cut short and done again, the result is the same. With its ``job``, that is done in the same breath;
    None, and nothing is changed, where the job was lost to somebody else. ``left`` says what is left to a human of it.
    """
    if last_of(course, given) != record:
        verdicts.append(course, record, BOOK)
    with db.write() as c:  # two attempts of one copy may end at once: the second one here sees both
        if job is not None and not (jobs.set_aside(c, job, left, now) if left else jobs.finish(c, job, now)):
            return None
        earned = sum((v.earned for v in record.verdicts), Fraction(0))
        points = sum((v.points for v in record.verdicts), Fraction(0))
        receipts.grade(c, given.id, earned, points, now, "aside" if left else "graded")
        counted = counting(course, c, given.assignment, given.copy)
        records = _let_count(course, counted) if counted else ()
        for one in records:
            tell_gradebook(c, one, now)
        return records


def judged_elsewhere(course: Course, db: Store, record: Record, now: float) -> str:
    """Not in the queue, but by a command, or again: gives who handed it in, whose record does it; "": not here.

    It is settled as any attempt is, so that a newer or a better one is not overtaken.
    """
    with db.read() as c:
        given = of_record(course, c, record)
    if given is None:
        return ""
    if given.student == record.student:
        broken = [v.key for v in record.verdicts if v.status is Status.BROKEN]
        settle(course, db, given, record, now, left=", ".join(broken))
    return given.student


def of_record(course: Course, c: Connection, record: Record) -> Receipt | None:
    """The attempt that it judges, where that came through the server and was graded."""
    came = receipts.of_copy(c, record.assignment, intake.copy(known.locked(course, record.assignment), record.student))
    mine = (one for one in reversed(came) if record.submission in (one.submission, one.sha256))
    return next((one for one in mine if one.graded is not None), None)


def propose(course: Course, db: Store, record: Record, job: Job, now: float) -> bool:
    """It was judged again, and nothing counts by that. False where the job was lost to somebody else."""
    book = known.book(course, record.assignment, verdicts.PROPOSED)
    if record not in book.of(record.student):
        verdicts.append(course, record, verdicts.PROPOSED)
    with db.write() as c:
        return jobs.finish(c, job, now)


def to_judge_again(course: Course, c: Connection, assignment: str, copy: str) -> tuple[Receipt, ...]:
    """Of one copy, oldest first: every attempt that could count, once the verdicts are others."""
    counted = counting(course, c, assignment, copy)
    if counted is None or counted.state == "purged":
        return ()
    if not best_counts(course, assignment):
        return (counted,)
    return tuple(one for one in receipts.of_copy(c, assignment, copy) if one.state == counted.state)


def best_counts(course: Course, assignment: str) -> bool:
    return assignment in course.assignments and course.assignments[assignment].handing.counts == "best"


def counting(course: Course, c: Connection, assignment: str, whose: str) -> Receipt | None:
    """The last, or the best and of the best the first, among those that are graded.

    Where none is, the last of which some was: its other questions are for a human.
    """
    every = receipts.of_copy(c, assignment, whose)
    graded = [one for one in every if one.state == "graded" or (one.state == "purged" and one.graded is not None)]
    if not graded:
        return max((one for one in every if one.graded is not None), key=lambda one: one.attempt, default=None)
    if best_counts(course, assignment):
        return max(graded, key=lambda one: (one.earned or 0, -one.attempt))
    return max(graded, key=lambda one: one.attempt)


def last_of(course: Course, given: Receipt, book: str = BOOK) -> Record | None:
    """The last record of this attempt's bytes. Beside a notebook that cannot be read, weights were not looked at."""
    found = known.book(course, given.assignment, book).of(given.student)
    names = (given.submission, given.sha256)
    return next((one for name in names for one in reversed(found) if one.submission == name), None)


def _let_count(course: Course, counted: Receipt) -> tuple[Record, ...]:
    record = last_of(course, counted)
    if record is None:
        return ()
    locked, book = known.locked(course, counted.assignment), known.book(course, counted.assignment)
    _lay(course, counted, locked)
    sheet = locked.sheet(counted.student)
    now = tuple(handed.shared(record, member, sheet, counted.student) for member in sheet.group or (counted.student,))
    for one in now:
        if book.last(one.student) != one:
            verdicts.append(course, one)
    return now


def tell_gradebook(c: Connection, record: Record, now: float) -> None:
    """Through the outbox: nbgrader takes its time, and what it could not take is tried again."""
    facts = hashlib.sha256(repr(record).encode()).hexdigest()[:16]
    payload = {"assignment": record.assignment, "student": record.student, "record": facts}
    outbox.put(c, GRADEBOOK, f"{GRADEBOOK}/{record.assignment}/{record.student}", payload, now)


def penalize(course: Course, c: Connection, assignment: str, student: str, penalty: Fraction) -> None:
    """What lateness costs, in points, once the gradebook has it: of whoever handed in the attempt that counts."""
    counted = counting(course, c, assignment, intake.copy(known.locked(course, assignment), student))
    if counted is not None and counted.student == student and (counted.penalty or 0) != penalty:
        receipts.penalize(c, counted.id, penalty)


def _lay(course: Course, counted: Receipt, locked: Lock) -> None:
    """Where nbgrader looks for it; of a group, nowhere else. Every attempt stays where it was received."""
    if counted.state == "purged":
        return
    for member in locked.group(counted.student):
        folder = course.root / "submitted" / member / counted.assignment
        if member != counted.student and folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
    folder = course.root / "submitted" / counted.student / counted.assignment
    if folder.is_symlink():
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.fromtimestamp(counted.received, UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    whole.write(folder / f"{counted.assignment}.ipynb", intake.bytes_of(course, counted).read_bytes())
    if counted.weights is not None:
        for suffix in weights.SUFFIXES:
            there, place = intake.weights_of(course, counted, suffix), folder / f"weights{suffix}"
            if there.is_file():
                whole.write(place, there.read_bytes())
            else:
                place.unlink(missing_ok=True)
    whole.write(folder / "timestamp.txt", stamp.encode())


# ── what a student may see ───────────────────────────────────────────────────


def visible(course: Course, c: Connection, assignment: str, now: float) -> Seen:
    """Of feedback. Before its release, hidden checks must be no oracle for whoever may still hand in."""
    asked = courses.assignment(course, assignment)
    return "full" if intake.shown(course, c, assignment, now) else asked.handing.feedback


def coarse(verdict: Verdict) -> Coarse:
    """What may be said of a question before the deadline: that it was read, or ran; nothing of whether it is right."""
    match verdict.status:
        case Status.MISSING:
            return "empty"
        case Status.UNREADABLE:
            return "unread"
        case Status.CRASHED | Status.EXHAUSTED:
            return "done" if verdict.checked else "stopped"  # in a check: what a hidden one asks stays hidden
        case Status.WAITING | Status.BROKEN:
            return "waiting"
        case _:
            return "done"
