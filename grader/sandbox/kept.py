"""One warm parent for many sessions, renewed when it is worn: after a fault, or after so many children."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from grader.sandbox.warm import WarmParent


class Running(Protocol):
    """A started parent, with what was made for it."""

    @property
    def parent(self) -> WarmParent: ...
    def close(self) -> None: ...


class Lease:
    """The right of one session to a parent: it is not ended under it."""

    def __init__(self, kept: Kept, running: Running) -> None:
        self._kept, self._running = kept, running
        self.parent = running.parent
        self._held = True

    def release(self) -> None:
        """Once; again is nothing."""
        if self._held:
            self._held = False
            self._kept.give_back(self._running)


class Kept:
    """The current parent, and worn ones that still serve the sessions they have."""

    def __init__(self, start: Callable[[], Running]) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._leases: dict[Running, int] = {}
        self.current: Running | None = None

    def begin(self) -> None:
        """Starts a parent where there is none, without waiting for its imports. Raises SandboxFault."""
        with self._lock:
            self._renew()

    def lease(self) -> Lease:
        """A parent that is ready and fit. Raises SandboxFault."""
        with self._lock:
            running = self._renew()
            running.parent.ready()  # one that never is has had its fault, and is replaced next time
            self._leases[running] += 1
            return Lease(self, running)

    def give_back(self, running: Running) -> None:
        with self._lock:
            if running in self._leases:
                self._leases[running] -= 1
                if running is not self.current:
                    self._end_unused(running)

    def close(self) -> None:
        """Ends all of them, and every session with them."""
        with self._lock:
            self.current = None
            for running in [*self._leases]:
                del self._leases[running]
                running.close()

    def _renew(self) -> Running:
        worn = self.current
        if worn is not None and worn.parent.worn:
            self.current = None
            self._end_unused(worn)
        if self.current is None:
            self.current = self._start()
            self._leases[self.current] = 0
        return self.current

    def _end_unused(self, running: Running) -> None:
        if self._leases[running] == 0:
            del self._leases[running]
            running.close()
