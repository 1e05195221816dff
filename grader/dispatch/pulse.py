"""Says of the jobs of this process that they are alive, and how far they are; and hears that one was lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grader.store import Store, Trouble, jobs
from grader.store.jobs import Job

LEASE = 60.0  # seconds after which a job whose worker says nothing is anyone's
BEAT = 2.0  # seconds: what a student sees of the progress is no older


class Lost(BaseException):
    """Somebody else has the job now, or nobody is to have it: what is judged of it here counts for nothing.

    Not an Exception: where those are caught, a record would be made of it.
    """


class Held:
    """A job that is being graded here."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.at, self.of = 0, 0
        self.lost = False

    def progress(self, at: int, of: int) -> None:
        """Raises Lost, between two questions."""
        self.at, self.of = at, of
        self.check()

    def check(self) -> None:
        if self.lost:
            raise Lost


class Pulse:
    """One thread for all jobs of a process."""

    def __init__(self, db: Store, clock: Callable[[], float], lease: float = LEASE) -> None:
        self._db, self._clock, self._lease = db, clock, lease
        self._held: dict[int, Held] = {}
        self._guard = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="partiel-pulse", daemon=True)
        self._thread.start()

    @contextmanager
    def holding(self, job: Job) -> Iterator[Held]:
        held = Held(job)
        with self._guard:
            self._held[job.id] = held
        try:
            yield held
        finally:
            with self._guard:
                self._held.pop(job.id, None)

    def drop(self) -> tuple[Job, ...]:
        """Nothing that is held now is to be finished; the jobs, to be given back."""
        with self._guard:
            every = tuple(self._held.values())
        for held in every:
            held.lost = True
        return tuple(held.job for held in every)

    def close(self) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(min(BEAT, self._lease / 4)):
            with self._guard:
                every = [held for held in self._held.values() if not held.lost]
            if every:
                try:
                    self._beat(every)
                except Trouble as error:  # the next beat may reach it; the lease is longer than many of them
                    logging.getLogger(__name__).warning("the database is out of reach: %s", error.orig)

    def _beat(self, every: list[Held]) -> None:
        now = self._clock()
        with self._db.write() as c:
            for held in every:
                held.lost = not jobs.renew(c, held.job, now, self._lease, held.at, held.of)
