"""What grades: places, what is started on them, and how it ended. One arm for the threads of this process."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import Protocol

from grader.dispatch.perform import Ack, Bench
from grader.store import Connection, jobs
from grader.store.jobs import Job


@dataclass(frozen=True, slots=True)
class Places:
    """How many jobs an arm takes at a time: on CPU, and on cards."""

    cpu: int
    gpu: int


class Arm(Protocol):
    name: str

    def places(self) -> Places:
        """As they are now: an arm may grow and shrink."""
        ...

    def start(self, job: Job, gpu: bool) -> None: ...
    def acks(self, seconds: float) -> list[Ack]:
        """Of what ended; waits so long for the first."""
        ...

    def give_back(self) -> None:
        """What runs is anyone's again."""
        ...

    def close(self) -> None: ...


class Seats:
    """Who sits where. Trainings never have the last place on CPU; where there is only one, they take turns."""

    def __init__(self) -> None:
        self._running: dict[int, tuple[Job, bool]] = {}
        self._long_before = False

    def __len__(self) -> int:
        return len(self._running)

    def take(self, c: Connection, places: Places, worker: str, now: float, lease: float) -> tuple[Job, bool] | None:
        """The next job that a place is free for, leased, and whether it goes on a card."""
        jobs_here = self._running.values()
        on_cards = sum(gpu for _, gpu in jobs_here)
        on_cpu = len(self._running) - on_cards
        if on_cards < places.gpu:
            wanted = True if places.cpu else None  # where there are but cards, everything goes there
            if job := jobs.take(c, worker, now, lease, gpu=wanted):
                return self._sit(job, gpu=True)
        if on_cpu < places.cpu:
            kind = False if places.gpu else None  # where there are no cards, CPUs do what they can
            long = sum(job.long for job, gpu in jobs_here if not gpu)
            may = long < places.cpu - 1 if places.cpu > 1 else not self._long_before
            job = jobs.take(c, worker, now, lease, gpu=kind, long=may)
            if job is None and places.cpu == 1:
                job = jobs.take(c, worker, now, lease, gpu=kind)
            if job is not None:
                self._long_before = job.long
                return self._sit(job, gpu=False)
        return None

    def full(self, places: Places) -> bool:
        return len(self._running) >= places.cpu + places.gpu

    def left(self, ack: Ack) -> None:
        self._running.pop(ack.job, None)

    def _sit(self, job: Job, *, gpu: bool) -> tuple[Job, bool]:
        self._running[job.id] = job, gpu
        return job, gpu


class Here:
    """Threads of this process: nothing to install, nothing to start."""

    name = "here"

    def __init__(self, bench: Bench, places: Places) -> None:
        self._bench, self._places = bench, places
        self._todo: queue.SimpleQueue[tuple[Job, bool] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Ack] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"partiel-place-{n}", daemon=True)
            for n in range(places.cpu + places.gpu)
        ]
        for thread in self._threads:
            thread.start()

    def places(self) -> Places:
        return self._places

    def start(self, job: Job, gpu: bool) -> None:
        self._todo.put((job, gpu))

    def acks(self, seconds: float) -> list[Ack]:
        return gathered(self._done, seconds)

    def give_back(self) -> None:
        self._bench.give_back()

    def close(self) -> None:
        for _ in self._threads:
            self._todo.put(None)

    def _work(self) -> None:
        while (asked := self._todo.get()) is not None:
            job, gpu = asked
            self._done.put(self._bench.perform(job, gpu=gpu))


def gathered(acks: queue.SimpleQueue[Ack], seconds: float) -> list[Ack]:
    """All that are there; waits so long for the first."""
    found: list[Ack] = []
    try:
        found.append(acks.get(timeout=seconds))
        while True:
            found.append(acks.get_nowait())
    except queue.Empty:
        return found
