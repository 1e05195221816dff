"""One unprivileged uid per sandbox at a time, so that a process limit counts one student's processes."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from grader.sandbox.protocol import SandboxFault

FIRST, COUNT = 61000, 180  # between the ranges that distributions and systemd hand out
FOLDER = "/run/partiel/slots"


class Slot:
    """Held until ``release``, or until this process ends."""

    def __init__(self) -> None:
        Path(FOLDER).mkdir(mode=0o755, parents=True, exist_ok=True)
        for number in range(COUNT):
            fd = os.open(f"{FOLDER}/{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(fd)
                continue
            self._fd, self.uid = fd, FIRST + number
            return
        raise SandboxFault("sandbox", f"all {COUNT} slots are taken", "Wait for other gradings, or use fewer workers.")

    def release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
