"""A course's submissions to records: what the ledger has is reused, what is judged is written at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader import datasets, lock, queue, verdicts
from grader.errors import WallError
from grader.model import Course, Device, Level, Record
from grader.sandbox import Kind, Sandbox, open_sandbox, standing

HEAVY = ("torch", "keras")


@dataclass(frozen=True, slots=True)
class Terms:
    """How submissions are graded: behind which walls, on what, how many at a time."""

    trust: bool = False  # no walls: honest submissions only
    device: Device = "cpu"
    workers: int = max(1, (os.cpu_count() or 2))
    force: bool = False

    @property
    def level(self) -> Level:
        return Level.NONE if self.trust else Level.OUTER


def grade(
    course: Course, assignment: str, terms: Terms, students: tuple[str, ...] | None = None
) -> Iterator[tuple[str, Record | Exception]]:
    """Each submitted copy's record, as they end; a new one is on the disk before it is given.

    Raises CourseError where the assignment was not released, WallError where the walls cannot stand.
    """
    _walls_stand(terms)
    handed = lock.read(course, assignment)
    shared = opener(course, handed.needs, terms)

    def work(job: queue.Job) -> Record:
        with datasets.use(course.secret, course.data):  # in each thread: which hidden data its checks see
            return queue.grade(job, shared, terms.level, device=terms.device, force=terms.force)

    jobs = _jobs(course, handed, handed.students if students is None else students)
    with closing(shared), closing(queue.grade_all(jobs, work, workers=terms.workers)) as results:
        for job, result in results:
            if isinstance(result, Record) and result is not job.latest:
                verdicts.append(course, result)
            yield job.sheet.student, result


def _jobs(course: Course, handed: lock.Lock, students: Iterable[str]) -> Iterator[queue.Job]:
    """One for each student who handed something in. Raises CourseError where a student was handed nothing."""
    before = verdicts.history(course, handed.assignment)
    for student in students:
        sheet = handed.sheet(student)
        file = queue.submitted(course.root, handed.assignment, student)
        if file is not None:
            yield queue.Job(sheet, file, before.pop(student, ()))


def grade_one(course: Course, assignment: str, student: str, terms: Terms | None = None) -> Record | None:
    """The record of one student's submission, or None where nothing was handed in. Raises what went wrong of ours."""
    for _, result in grade(course, assignment, terms or Terms(), (student,)):
        if isinstance(result, Exception):
            raise result
        return result
    return None


class Opener:
    """The sandbox an assignment needs: opened when first asked for, and one for all jobs until ``close``."""

    def __init__(self, kind: Kind, preload: tuple[str, ...], data: dict[str, Path]) -> None:
        self.kind, self.preload, self.data = kind, preload, data
        self._lock = threading.Lock()
        self._opened: Sandbox | None = None

    @contextmanager
    def __call__(self) -> Iterator[Sandbox]:
        with self._lock:
            if self._opened is None:
                self._opened = open_sandbox(self.kind, preload=self.preload, data=self.data)
        yield self._opened

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()


def opener(course: Course, needs: tuple[str, ...], terms: Terms) -> Opener:
    """Needs are modules to import beforehand, and data to show read-only; hidden parts are shown to nobody."""
    preload = tuple(name for name in HEAVY if name in needs)
    data = {name: datasets.public(name, course.data.get(name)) for name in needs if name in datasets.KNOWN}
    return Opener("plain" if terms.trust else "bubblewrap", preload, data)


def _walls_stand(terms: Terms) -> None:
    if terms.trust:
        return
    state = standing()
    if not state:
        raise WallError("sandbox", state.why, f"{state.remedy} Or, for submissions you trust: --trust-submissions.")
