"""``partiel work`` as a child of ``partiel serve``: started again when it dies, gone when the pages go."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader.dispatch.loop import PATIENCE

FIRST, LONGEST = 1.0, 60.0  # seconds before it is started again: twice as long each time, unless it had lived
LIVED = 120.0
log = logging.getLogger("partiel.serve")


@contextmanager
def working(root: Path, *options: str) -> Iterator[None]:
    """Inside, a worker lives. ``options`` are those of ``partiel work``."""
    child = _Child(root, options)
    try:
        yield
    finally:
        child.end()


class _Child:
    def __init__(self, root: Path, options: Sequence[str]) -> None:
        self._root = root
        self._command = [sys.executable, "-m", "grader", "work", "--child-of", str(os.getpid()), *options]
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch, name="partiel-supervise", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Asked to finish; killed where it does not."""
        with self._guard:
            self._ended.set()
        self._process.terminate()
        try:
            self._process.wait(PATIENCE + 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, cwd=self._root, stdin=subprocess.DEVNULL)

    def _watch(self) -> None:
        pause = FIRST
        while True:
            began = time.monotonic()
            code = self._process.wait()
            pause = FIRST if time.monotonic() - began > LIVED else min(2 * pause, LONGEST)
            if self._ended.is_set():
                return
            log.error("the worker ended with %s: it is started again in %.0f s", code, pause)
            if self._ended.wait(pause):
                return
            with self._guard:
                if self._ended.is_set():
                    return
                self._process = self._start()
