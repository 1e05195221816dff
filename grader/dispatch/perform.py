"""One job from its bytes to its verdicts on the disk, in whatever process this is."""

from __future__ import annotations

import errno
import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

from grader import attempts, datasets, images, intake, known, places, queue, store, verdicts, weights
from grader import course as courses
from grader.dispatch.folder import Folder
from grader.dispatch.pulse import LEASE, Held, Lost, Pulse
from grader.dispatch.warm import Warm
from grader.errors import CourseError
from grader.lock import Lock
from grader.model import Course, Record, Status, Terms
from grader.store import Store, Trouble, jobs, receipts
from grader.store.jobs import Job
from grader.store.receipts import Receipt

End = Literal["done", "queued", "aside", "lost", "back"]
PATIENCE = (0.1, 0.3, 1.0, 2.0, 5.0, 10.0)  # seconds between tries, where the database is out of reach
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said:
    """What the command line says of the terms; None: as course.toml does."""

    workers: int | None = None
    device: str | None = None
    trust: bool = False

    def terms(self, course: Course) -> Terms:
        """Raises UsageError."""
        options = {"workers": self.workers, "device": self.device}
        return courses.amended(course.grading, options, trust=self.trust, force=False)


@dataclass(frozen=True, slots=True)
class Ack:
    """How a job ended, in a few words: its verdicts are on the disk already."""

    job: int
    submission: str
    end: End  # back: nothing was wrong with it, this place just cannot do it now
    why: str = ""
    seconds: float = 0.0


class Bench:
    """Grades jobs, several at once, as long as the process lives. Its sandboxes stay warm."""

    def __init__(
        self, root: Path, said: Said, worker: str, clock: Callable[[], float] = time.time, lease: float = LEASE
    ) -> None:
        """Raises CourseError."""
        self.folder, self._said, self.worker, self._clock = Folder(root), said, worker, clock
        self.db: Store = store.of(self.folder.course())
        self.pulse = Pulse(self.db, clock, lease)
        self.lease = lease
        self._warm = Warm()

    def perform(self, job: Job, *, gpu: bool = False) -> Ack:
        """Whatever happens, an Ack; nothing is raised but what ends the process."""
        began = time.monotonic()
        try:
            with self.pulse.holding(job) as held:
                end, why = self._performed(job, held, gpu)
        except Lost:
            end, why = "lost", ""
        except Exception as error:  # noqa: BLE001 - one bad job never stops the others: it is tried again, then set aside
            end, why = self._failed(job, error)
        return Ack(job.id, job.submission, end, why, time.monotonic() - began)

    def give_back(self) -> None:
        """What is not finished is as if it had never been begun."""
        for job in self.pulse.drop():
            with self.db.write() as c:
                jobs.give_back(c, job)

    def close(self) -> None:
        self.pulse.close()
        self._warm.close()
        self.db.close()

    def _performed(self, job: Job, held: Held, gpu: bool) -> tuple[End, str]:
        course = self.folder.course()
        with self.db.read() as c:
            given = receipts.get(c, job.submission)
        if given is None:
            raise CourseError(job.submission, "this job's submission is not in the database", "Restore a backup.")
        record = self._graded(course, given, job, held, gpu)
        held.check()
        broken = [v for v in record.verdicts if v.status is Status.BROKEN]
        why = "; ".join(f"{v.key}: {', '.join(v.evidence)}" for v in broken)[:1000]
        if broken and job.tries + 1 < jobs.SEEN:
            return self._tried(job, why)
        if job.again:  # what broke is said beside the difference, and keeps its points
            if not patient(lambda: attempts.propose(course, self.db, record, job, self._clock())):
                raise Lost
            return "done", why
        counted = patient(lambda: attempts.settle(course, self.db, given, record, self._clock(), job, left=why))
        if counted is None:
            raise Lost
        return ("aside" if broken else "done"), why

    def _graded(self, course: Course, given: Receipt, job: Job, held: Held, gpu: bool) -> Record:
        locked = self.folder.lock(course, given.assignment)
        images.are_the_same(course, locked.said)
        terms = self._said.terms(course)
        if not gpu:
            terms = replace(terms, device="cpu")
        plan = places.plan(course, locked.needs, terms, locked.setup)
        with self._warm.places(plan) as shared, datasets.use(course.secret, course.data):
            return queue.grade(
                _as_handed(course, given, locked, verdicts.PROPOSED if job.again else attempts.BOOK),
                shared,
                terms.level,
                device=plan.device,
                progress=held.progress,
            )

    def _failed(self, job: Job, error: Exception) -> tuple[End, str]:
        logging.getLogger(__name__).error("submission %s of %s", job.submission, job.student, exc_info=error)
        why = f"{type(error).__name__}: {error}"[:1000]
        try:
            if isinstance(error, Trouble) or (isinstance(error, OSError) and error.errno in _NOT_ITS_FAULT):
                with self.db.write() as c:
                    return ("back" if jobs.give_back(c, job) else "lost"), why
            return self._tried(job, why)
        except Trouble:  # its lease ends by itself
            return "lost", why

    def _tried(self, job: Job, why: str) -> tuple[End, str]:
        def told() -> str:
            with self.db.write() as c:
                return jobs.fail(c, job, why)

        state = patient(told)
        return ("queued" if state == "queued" else "aside" if state == "aside" else "lost"), why


_NOT_ITS_FAULT = (*intake.FULL, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM)


def _as_handed(course: Course, given: Receipt, locked: Lock, name: str) -> queue.Job:
    """With every record that this book has of it and of its group's: what stands is not judged again."""
    sheet, book = locked.sheet(given.student), known.book(course, given.assignment, name)
    others = (record for member in sheet.group if member != given.student for record in book.of(member))
    before = (*others, *book.of(given.student))
    file = intake.bytes_of(course, given)
    if not file.is_file():
        raise CourseError(file, "what was handed in is not there", "Restore it from a backup, then put the job back.")
    beside = tuple(intake.weights_of(course, given, suffix) for suffix in weights.SUFFIXES)
    return queue.Job(sheet, file, before, by_weights=locked.training == "weights", weights=beside)


def patient(call: Callable[[], T]) -> T:
    """Tries again where the database is out of reach: what is done twice here is done once."""
    for pause in PATIENCE:
        try:
            return call()
        except Trouble as error:
            logging.getLogger(__name__).warning("the database is out of reach: %s", error.orig)
            time.sleep(pause)
    return call()


def name() -> str:
    """Of this process among all that work for a course: machine, process, and when that one started."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def ended(worker: str) -> bool:
    """Whether this worker was a process of this machine, and is no more."""
    host, _, rest = worker.partition(":")
    pid, _, since = rest.partition(":")
    if host != socket.gethostname() or not pid.isdigit() or not since.isdigit():
        return False
    return _started(int(pid)) != since


def _started(pid: int) -> str:
    """Ticks since the machine's start; nothing where there is no such process, or only its remains."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if said[0] in "ZX" else said[19]
