"""Judged again from the pages: asked for and queued, compared when that is done, and then it counts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from weakref import WeakKeyDictionary

from grader import attempts, content, handed, intake, regrade, served, verdicts, whole
from grader.course import amended
from grader.dispatch.folder import Folder
from grader.lock import Lock
from grader.model import Course, Terms
from grader.portal.desk import Desk
from grader.portal.refusals import refused
from grader.portal.staff import background
from grader.portal.staff.background import Task
from grader.regrade import Judged, Proposal, Round
from grader.store import jobs
from grader.store.receipts import Receipt

COMPARE, COUNT = "regrade", "accept"
OPEN = ("queued", "leased")
_FOLDERS: WeakKeyDictionary[Desk, Folder] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom and of what; all, where nobody and nothing is named."""

    students: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    by: str = ""
    at: float = 0.0


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
    if _busy(desk, assignment):
        return False
    with desk.db.write() as c:
        if any(job.state in OPEN for job in jobs.judged_again(c, assignment, 0)):
            return False
        background.forget(desk, COMPARE, assignment)
        for copy in dict.fromkeys(intake.copy(locked, one) for one in asked.students or locked.students):
            for given in attempts.to_judge_again(course, c, assignment, copy):
                intake.queue(course, c, given, asked.at, again=True)
        _keep(course, assignment, asked)
    return True


def look(desk: Desk, assignment: str) -> tuple[Asked, Task] | None:
    """What was asked, and how far it is: in the queue first, then compared here."""
    asked = _asked(desk.course(), assignment)
    if asked is None:
        return None
    with desk.db.read() as c:
        asked_for = jobs.judged_again(c, assignment, asked.at)
    left = sum(job.state in OPEN for job in asked_for)
    if left:
        background.forget(desk, COMPARE, assignment)  # one that was set aside is tried again
        return asked, Task(asked.by, asked.at, len(asked_for), len(asked_for) - left)
    task = background.find(desk, COMPARE, assignment)
    if task is None:
        background.start(desk, COMPARE, assignment, asked.by, lambda task: _compared(desk, assignment, asked, task))
        task = background.find(desk, COMPARE, assignment)
    return (asked, task) if task else None


def drop(desk: Desk, assignment: str) -> bool:
    """Not while it is compared, or begins to count. Whether there was anything."""
    if _busy(desk, assignment):
        return False
    there = _file(desk.course(), assignment).is_file()
    with desk.db.write() as c:
        jobs.stop_judging_again(c, assignment)
    _forget(desk, assignment)
    background.forget(desk, COUNT, assignment)  # what an earlier one said when it counted
    return there


def accept(desk: Desk, assignment: str, by: str) -> bool:
    """What was shown counts, and nothing else. Whether there was something to accept."""
    task = background.find(desk, COMPARE, assignment)
    if task is None or task.state != "ended" or not isinstance(task.result, Proposal):
        return False
    proposal: Proposal = task.result
    count = served.on(desk.course(), desk.db, desk.now)

    def work(counting: Task) -> tuple[str, ...]:
        remarks = regrade.let_count(proposal, count, counting.step)
        _forget(desk, assignment)
        return tuple(remarks)

    return background.start(desk, COUNT, assignment, by, work, len(proposal.records))


def _busy(desk: Desk, assignment: str) -> bool:
    tasks = (background.find(desk, what, assignment) for what in (COMPARE, COUNT))
    return any(task is not None and task.state == "running" for task in tasks)


# ── compared ─────────────────────────────────────────────────────────────────


def _compared(desk: Desk, assignment: str, asked: Asked, task: Task) -> Proposal:
    """Workers judged what came through the server; what lies in ``submitted/`` by another way is judged here."""
    course = desk.course()
    fresh(desk, assignment)
    round_ = regrade.ask(course, assignment, asked.students or None, asked.questions)
    with desk.db.read() as c:
        why = {job.submission: job.why for job in jobs.judged_again(c, assignment, asked.at) if job.state != "done"}
        came = {copy: attempts.to_judge_again(course, c, assignment, copy) for copy in _copies(round_)}
    ours = tuple(_served(course, round_, came, why))
    others = tuple(one for one in round_.students if one not in {judged.student for judged in ours})
    task.of = len(others)
    theirs = regrade.fresh(course, round_, _terms(desk), others, task.step) if others else ()
    return regrade.compare(course, round_, (*ours, *theirs), best=attempts.best_counts(course, assignment))


def _copies(asked: Round) -> tuple[str, ...]:
    return tuple(dict.fromkeys(intake.copy(asked.locked, one) for one in asked.students))


def _served(
    course: Course, asked: Round, came: Mapping[str, tuple[Receipt, ...]], why: Mapping[str, str]
) -> Iterator[Judged]:
    """Each member's attempts, oldest first, where the one that counts is the server's."""
    for student in asked.students:
        every = came[intake.copy(asked.locked, student)]
        counts = asked.counting[student].submission
        if not any(counts in (given.submission, given.sha256) for given in every):
            continue
        for given in every:
            sheet = asked.locked.sheet(given.student)
            old, new = (attempts.last_of(course, given, book) for book in (attempts.BOOK, verdicts.PROPOSED))
            if old is None:
                continue
            old = handed.shared(old, student, sheet, given.student)
            if counts in (given.submission, given.sha256):
                old = asked.counting[student]
            if new is None:
                yield Judged(student, old, why.get(given.id) or "was not judged again.")
            else:
                yield Judged(student, old, handed.shared(new, student, sheet, given.student))


def _terms(desk: Desk) -> Terms:
    """As course.toml says, and whoever began the server."""
    return amended(desk.course().grading, {}, trust=desk.trust, force=False)


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
    background.forget(desk, COMPARE, assignment)


def _locked(desk: Desk, assignment: str) -> Lock:
    locked = desk.lock(assignment)
    if locked is None:
        raise refused(404, "nothing_here", assignment)
    return locked
