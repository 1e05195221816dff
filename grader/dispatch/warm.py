"""Sandboxes that stay warm from one job to the next: a few plans' at a time, closed when nobody has asked for long."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grader import places
from grader.places import Places, Plan

MOST = 4  # plans: each has a parent that has imported PyTorch or Keras
IDLE = 600.0  # seconds


@dataclass(eq=False)
class _Kept:
    places: Places
    users: int
    used: float


class Warm:
    def __init__(self, most: int = MOST, idle: float = IDLE) -> None:
        self._most, self._idle = most, idle
        self._guard = threading.Lock()
        self._kept: list[_Kept] = []
        self._cards: dict[tuple[tuple[int, ...], int], queue.SimpleQueue[int]] = {}

    @contextmanager
    def places(self, plan: Plan) -> Iterator[Places]:
        """Where submissions of this plan run."""
        self.tidy()
        with self._guard:
            kept = next((one for one in self._kept if one.places.plan == plan), None)
            if kept is None:
                cards = self._cards.setdefault((plan.gpus, plan.per_gpu), places.free_places(plan))
                kept = _Kept(Places(plan, cards), 0, 0.0)
                self._kept.append(kept)
            kept.users += 1
        try:
            yield kept.places
        finally:
            with self._guard:
                kept.users -= 1
                kept.used = time.monotonic()

    def tidy(self) -> None:
        """Closes what nobody uses: what has been idle for long, and the longest idle where there are too many."""
        now = time.monotonic()
        with self._guard:
            unused = sorted((one for one in self._kept if not one.users), key=lambda one: one.used)
            over = len(self._kept) - self._most
            ended = [one for n, one in enumerate(unused) if n < over or now - one.used > self._idle]
            for one in ended:
                self._kept.remove(one)
        for one in ended:
            one.places.close()

    def close(self) -> None:
        """All of them, also under whoever still runs in one."""
        with self._guard:
            ended, self._kept = self._kept, []
        for one in ended:
            one.places.close()
