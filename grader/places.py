"""Where submissions run: one sandbox for all, or one for each card with so many places on it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader import datasets
from grader.errors import UsageError
from grader.model import Course, Device, Level, Terms
from grader.sandbox import Kind, Sandbox, cards, open_sandbox

HEAVY = ("torch", "keras")


@dataclass(frozen=True, slots=True)
class Plan:
    """What an assignment's submissions run in. ``gpus`` is empty where they run on CPU."""

    kind: Kind
    preload: tuple[str, ...]
    data: dict[str, Path]
    gpus: tuple[int, ...] = ()
    per_gpu: int = 1
    inner: bool | None = None
    image: str = ""
    cells: tuple[str, ...] = ()  # of ours, which every submission executes first

    @property
    def device(self) -> Device:
        return "gpu" if self.gpus else "cpu"

    def workers(self, wanted: int, cores: int) -> int:
        """Submissions at a time: as many as wanted, never more than there are places on cards."""
        most = len(self.gpus) * self.per_gpu
        return min(wanted or most, most) if most else wanted or cores


def plan(
    course: Course, needs: tuple[str, ...], terms: Terms, cells: tuple[str, ...] = (), there: int | None = None
) -> Plan:
    """Needs are modules to import beforehand, data to show read-only (hidden parts are shown to nobody), and "gpu".

    ``there`` is the number of cards of this machine. Raises UsageError where a card is asked for that is not there.
    """
    there = cards.count() if there is None else there
    wanted = terms.device == "gpu" or (terms.device == "auto" and "gpu" in needs and there > 0)
    gpus = (terms.gpus or tuple(range(there))) if wanted else ()
    if wanted and not gpus:
        raise UsageError("--device gpu", "this machine has no card", "Run nvidia-smi, or grade with --device cpu.")
    for number in gpus:
        if number >= there:
            known = ", ".join(map(str, range(there))) or "none"
            raise UsageError(f"--gpus {number}", f"there is no such card (cards here: {known})", "Run nvidia-smi.")
    return Plan(
        kind="plain" if terms.trust else "container" if terms.image else "bubblewrap",
        preload=tuple(name for name in HEAVY if name in needs),
        data={name: datasets.public(name, course.data.get(name)) for name in needs if name in datasets.KNOWN},
        gpus=gpus,
        per_gpu=terms.per_gpu,
        inner=True if terms.walls is Level.INNER and not terms.trust else None,
        image=terms.image,
        cells=cells,
    )


def free_places(plan: Plan) -> queue.SimpleQueue[int]:
    """Cards, each as often as it has places: one on each before the second on any."""
    free: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in plan.gpus * plan.per_gpu:
        free.put(number)
    return free


class Places:
    """Sandboxes opened when first asked for, and shared by all jobs until ``close``.

    On cards, ``with places() as sandbox`` waits for a free place on one; on CPU it never waits. Several plans on the
    same cards share what is ``free`` there.
    """

    def __init__(self, plan: Plan, free: queue.SimpleQueue[int] | None = None) -> None:
        self.plan = plan
        self._lock = threading.Lock()
        self._opened: dict[int | None, Sandbox] = {}
        self._free = free_places(plan) if free is None else free

    @contextmanager
    def __call__(self) -> Iterator[Sandbox]:
        if not self.plan.gpus:
            yield self._sandbox(None)
            return
        card = self._free.get()
        try:
            yield self._sandbox(card)
        finally:
            self._free.put(card)

    def _sandbox(self, card: int | None) -> Sandbox:
        with self._lock:
            if card not in self._opened:
                self._opened[card] = open_sandbox(
                    self.plan.kind,
                    preload=self.plan.preload,
                    data=self.plan.data,
                    inner=self.plan.inner,
                    gpu=card,
                    share=1 / self.plan.per_gpu,
                    image=self.plan.image,
                    cells=self.plan.cells,
                )
            return self._opened[card]

    def close(self) -> None:
        for sandbox in self._opened.values():
            sandbox.close()
