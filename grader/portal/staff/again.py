"""Judged again from the pages: what was asked is kept on the disk, what it would change is shown, then it counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from weakref import WeakKeyDictionary

from grader import attempts, content, handed, intake, known, regrade, verdicts, whole
from grader.course import amended
from grader.dispatch.folder import Folder
from grader.lock import Lock
from grader.model import Course, Record, Status, Terms
from grader.portal.desk import Desk
from grader.portal.refusals import refused
from grader.portal.staff import background
from grader.portal.staff.background import Task
from grader.regrade import Proposal
from grader.store import Connection, receipts
from grader.store.receipts import Receipt

JUDGE, COUNT = "regrade", "accept"
_FOLDERS: WeakKeyDictionary[Desk, Folder] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom and of what; all, where nobody and nothing is named."""

    students: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    by: str = ""
    at: float = 0.0


def terms(desk: Desk) -> Terms:
    """As course.toml says, and whoever began the server."""
    return amended(desk.course().grading, {}, trust=desk.trust, force=False)


def fresh(desk: Desk, assignment: str) -> None:
    """Exercises that were edited since are read again: this process lives long."""
    folder = _FOLDERS.get(desk)
    if folder is None:
        folder = _FOLDERS[desk] = Folder(desk.root)
        content.load.cache_clear()
    folder.lock(desk.course(), assignment)


def start(desk: Desk, assignment: str, asked: Asked) -> bool:
    """Whether it was. What an earlier one judged, and nobody let count, is taken up."""
    course, locked = desk.course(), _locked(desk, assignment)
    if _running(desk, assignment):
        return False
    _keep(course, assignment, asked)
    chosen = asked.students or locked.students
    count = sum(handed.handed_in(course.root, locked, one) is not None for one in chosen)

    def work(task: Task) -> Proposal:
        content.load.cache_clear()  # the exercise was mended: this process has read it long ago
        return regrade.propose(course, assignment, terms(desk), asked.students or None, asked.questions, task.step)

    return background.start(desk, JUDGE, assignment, asked.by, work, count)


def look(desk: Desk, assignment: str) -> tuple[Asked, Task] | None:
    """What was asked, and how far it is. After a restart of the server it goes on where it was."""
    asked = _asked(desk.course(), assignment)
    if asked is None:
        return None
    task = background.find(desk, JUDGE, assignment)
    if task is None:
        start(desk, assignment, asked)
        task = background.find(desk, JUDGE, assignment)
    return (asked, task) if task else None


def drop(desk: Desk, assignment: str) -> bool:
    """Not while it is being judged, or begins to count. Whether there was anything."""
    if _running(desk, assignment):
        return False
    there = _file(desk.course(), assignment).is_file()
    _forget(desk, assignment)
    return there


def accept(desk: Desk, assignment: str, by: str) -> bool:
    """What was shown counts, and nothing else. Whether there was something to accept."""
    task = background.find(desk, JUDGE, assignment)
    if task is None or task.state != "ended" or not isinstance(task.result, Proposal):
        return False
    proposal: Proposal = task.result

    def work(counting: Task) -> tuple[str, ...]:
        remarks = let_count(desk, proposal, counting.step)
        _forget(desk, assignment)
        return tuple(remarks)

    return background.start(desk, COUNT, assignment, by, work, len(proposal.records))


def _running(desk: Desk, assignment: str) -> bool:
    tasks = (background.find(desk, what, assignment) for what in (JUDGE, COUNT))
    return any(task is not None and task.state == "running" for task in tasks)


def let_count(desk: Desk, proposal: Proposal, step: Callable[[], None] = lambda: None) -> list[str]:
    """Into the ledger and the database; the gradebook hears of it through the outbox. Gives what was left, and why."""
    course, id = desk.course(), proposal.assignment
    locked, left = _locked(desk, id), []
    mine = {record.student: record for record in proposal.records}
    for student, record in mine.items():
        with desk.db.read() as c:
            given = _given(c, locked, record)
        if given is None:
            left += _outside(desk, course, record)
        elif given.student == student:
            broken = [v.key for v in record.verdicts if v.status is Status.BROKEN]
            attempts.settle(course, desk.db, given, record, desk.now(), left=", ".join(broken))
        elif given.student not in mine:
            left.append(f"{student}: {given.student} handed this copy in, and was not judged again.")
        step()
    return left


def _outside(desk: Desk, course: Course, record: Record) -> list[str]:
    """A copy that did not come through the server."""
    last = known.book(course, record.assignment).last(record.student)
    if last is not None and last.submission != record.submission:
        return [f"{record.student}: another file was graded meanwhile, and counts."]
    with desk.db.write() as c:
        verdicts.append(course, record)
        attempts.tell_gradebook(c, record, desk.now())
    return []


def _given(c: Connection, locked: Lock, record: Record) -> Receipt | None:
    came = receipts.of_copy(c, locked.assignment, intake.copy(locked, record.student))
    mine = (one for one in reversed(came) if record.submission in (one.submission, one.sha256))
    return next((one for one in mine if one.graded is not None), None)


def up_and_down(proposal: Proposal) -> tuple[int, int]:
    """How many students gain, and how many lose."""
    gains = [new - old for old, new in proposal.totals.values()]
    return sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)


def by_question(proposal: Proposal) -> Mapping[str, tuple[int, int, Fraction]]:
    """Who gains, who loses, and what all of it adds up to."""
    found = {}
    for key in dict.fromkeys(one.new.key for one in proposal.changes):
        gains = [one.gain for one in proposal.changes if one.new.key == key]
        found[key] = (sum(g > 0 for g in gains), sum(g < 0 for g in gains), sum(gains, Fraction(0)))
    return found


# ── what was asked ───────────────────────────────────────────────────────────


def _file(course: Course, assignment: str) -> Path:
    return verdicts.path(course, assignment, verdicts.PROPOSED).with_suffix(".asked.json")


def _keep(course: Course, assignment: str, asked: Asked) -> None:
    file = _file(course, assignment)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole.write(file, json.dumps(asdict(asked)).encode())


def _asked(course: Course, assignment: str) -> Asked | None:
    try:
        said = json.loads(_file(course, assignment).read_text("utf-8"))
        return Asked(tuple(said["students"]), tuple(said["questions"]), str(said["by"]), float(said["at"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _forget(desk: Desk, assignment: str) -> None:
    course = desk.course()
    regrade.drop(course, assignment)
    _file(course, assignment).unlink(missing_ok=True)
    background.forget(desk, JUDGE, assignment)


def _locked(desk: Desk, assignment: str) -> Lock:
    locked = desk.lock(assignment)
    if locked is None:
        raise refused(404, "nothing_here", assignment)
    return locked
