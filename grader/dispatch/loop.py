"""The loop of ``partiel work``: takes what waits, hears how it ended, and ends without losing any of it."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

from grader.dispatch import examined
from grader.dispatch.arms import Arm, Here, Places, Seats
from grader.dispatch.perform import Ack, Bench, Said, ended, name
from grader.dispatch.pulse import LEASE
from grader.dispatch.recorder import Recorder
from grader.dispatch.sending import Sending
from grader.errors import UsageError, WallError
from grader.model import Terms
from grader.sandbox import cards
from grader.store import Trouble, jobs, workers
from grader.store.workers import Worker

log = logging.getLogger("partiel.work")
TURN, IDLE = 0.2, 0.25  # seconds: of waiting for an end, of waiting for something to do
BEAT = 5.0  # between two signs of life of a worker
SILENT = 12 * BEAT  # after which nobody believes in it
LATER = 10.0  # before more is taken, where this place could not even write
PATIENCE = 20.0  # for what runs, when the loop is told to end


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says."""

    said: Said = field(default_factory=Said)
    scheduler: str = ""  # dask's; else here
    _: KW_ONLY
    once: bool = False  # until nothing waits
    record: bool = True  # in nbgrader's gradebook; else somebody else does, later
    parent: int = 0  # whose end is ours
    lease: float = LEASE
    patience: float = PATIENCE


def work(root: Path, wanted: Wanted, clock: Callable[[], float] = time.time) -> None:
    """Until it is stopped by SIGTERM or SIGINT. Raises CourseError, UsageError, WallError before anything is taken."""
    bench = Bench(root, wanted.said, name(), clock, wanted.lease)
    arm: Arm | None = None
    try:
        terms = wanted.said.terms(bench.folder.course())
        if wanted.scheduler:
            from grader.dispatch import cluster

            arm = cluster.Dask(bench, wanted.scheduler, wanted.said)
        else:
            if why := examined.unsound(terms):
                raise WallError("partiel work", why, "For submissions you trust: --trust-submissions.")
            arm = Here(bench, room(terms, cards.count(), os.cpu_count() or 1))
        _Loop(bench, arm, wanted, clock).run()
    finally:
        if arm is not None:
            arm.close()
        bench.close()


def room(terms: Terms, there: int, cores: int) -> Places:
    """The places of one machine with so many cards and cores. Raises UsageError."""
    if terms.device == "gpu" and not there:
        raise UsageError("--device gpu", "this machine has no card", "Run nvidia-smi, or work with --device cpu.")
    on_cards = 0 if terms.device == "cpu" else len(terms.gpus or range(there)) * terms.per_gpu if there else 0
    return Places(0 if terms.device == "gpu" else terms.workers or cores, on_cards)


class _Loop:
    def __init__(self, bench: Bench, arm: Arm, wanted: Wanted, clock: Callable[[], float]) -> None:
        self._bench, self._arm, self._wanted, self._clock = bench, arm, wanted, clock
        self._db, self._worker = bench.db, bench.worker
        self._seats = Seats()
        self._stop = threading.Event()
        self._began = clock()
        self._beaten = float("-inf")
        self._not_before = 0.0
        self._recorder = Recorder(bench.folder.root, bench.db, clock) if wanted.record else None
        self._sending = Sending(bench.folder, bench.db, clock)

    def run(self) -> None:
        heard = (signal.SIGTERM, signal.SIGINT) if threading.current_thread() is threading.main_thread() else ()
        was = {number: signal.signal(number, self._told) for number in heard}
        try:
            while not self._over():
                self._turn()
            self._end()
        finally:
            for number, handler in was.items():
                signal.signal(number, handler)
            self._sending.close()
            if self._recorder is not None:
                self._recorder.close()

    def _told(self, *_: object) -> None:
        self._stop.set()

    def _over(self) -> bool:
        if self._wanted.parent and os.getppid() != self._wanted.parent:
            log.warning("whoever started this worker has ended: so does it")
            self._stop.set()
        return self._stop.is_set() or (self._wanted.once and self._nothing_left())

    def _nothing_left(self) -> bool:
        try:
            with self._db.read() as c:
                known = jobs.count(c)
            left = len(self._seats) or known.get("queued") or known.get("leased")
            return not left and (self._recorder is None or self._recorder.idle())
        except Trouble:
            return False

    def _turn(self) -> None:
        try:
            if time.monotonic() - self._beaten > BEAT:
                self._beat()
                self._beaten = time.monotonic()
            if self._recorder is not None:
                self._recorder.look()
            took = self._fill()
        except Trouble as error:
            log.warning("the database is out of reach: %s", error.orig)
            took = False
            time.sleep(1)
        for ack in self._arm.acks(TURN if took or len(self._seats) else IDLE):
            self._heard(ack)

    def _heard(self, ack: Ack) -> None:
        self._seats.left(ack)
        if ack.end == "done":
            log.info("%s graded in %.1f s", ack.submission, ack.seconds)
        elif ack.end == "aside":
            log.error("%s is left to a human: %s", ack.submission, ack.why)
        else:
            log.warning("%s: %s %s", ack.submission, ack.end, ack.why)
        if ack.end == "back":
            self._not_before = time.monotonic() + LATER

    def _beat(self) -> None:
        now, places = self._clock(), self._arm.places()
        me = Worker(self._worker, self._arm.name, self._began, now, True, "", places.cpu, places.gpu)
        with self._db.write() as c:
            workers.beat(c, me)
            seen = {one.id for one in workers.seen_since(c, 0.0)} | {one.worker for one in jobs.listed(c, "leased")}
            gone = {one for one in seen if one and ended(one)}
            jobs.expire(c, now, self._wanted.lease, gone)
            for one in gone:
                workers.leave(c, one)
            workers.forget(c, now - SILENT)

    def _fill(self) -> bool:
        """Whether anything was taken."""
        if self._stop.is_set() or time.monotonic() < self._not_before:
            return False
        took = False
        while not self._seats.full(places := self._arm.places()):
            with self._db.read() as c:
                if not jobs.waiting(c):
                    break
            with self._db.write() as c:
                found = self._seats.take(c, places, self._worker, self._clock(), self._wanted.lease)
            if found is None:
                break
            self._arm.start(*found)
            took = True
        return took

    def _end(self) -> None:
        """What runs may end; what takes too long is anyone's again."""
        limit = time.monotonic() + self._wanted.patience
        while len(self._seats) and time.monotonic() < limit:
            for ack in self._arm.acks(TURN):
                self._heard(ack)
        try:
            if len(self._seats):
                self._arm.give_back()
            with self._db.write() as c:
                workers.leave(c, self._worker)
        except Trouble as error:  # the leases end by themselves
            log.warning("the database is out of reach: %s", error.orig)
