"""A control channel for a worker that inherits no file of ours, because an engine stands between."""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

NAME = "control"


class Meeting:
    """A socket in a folder of its own, to be mounted read-only. The worker comes once, then the door is shut.

    We only ever listen, and never look at the folder again: nothing that is put there leads us astray.
    """

    def __init__(self, inside: str) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="partiel-"))  # ours alone; what is mounted is the folder in it
        self.folder = self._root / "m"
        self.folder.mkdir(mode=0o755)
        self.folder.chmod(0o755)
        self.inside = f"{inside}/{NAME}"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / NAME))
        (self.folder / NAME).chmod(0o666)
        self._listener.listen(1)

    def meet(self, alive: Callable[[], bool], seconds: float) -> socket.socket | None:
        """The worker's end, or None when it died or did not come."""
        limit = time.monotonic() + seconds
        self._listener.settimeout(0.1)
        try:
            while time.monotonic() < limit:
                try:
                    met, _ = self._listener.accept()
                except TimeoutError:
                    if not alive():
                        return None
                    continue
                met.setblocking(True)
                return met
            return None
        finally:
            self.close()

    def close(self) -> None:
        self._listener.close()
        shutil.rmtree(self._root, ignore_errors=True)
