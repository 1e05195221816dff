"""What counts, into nbgrader's gradebook: a process of its own, because nbgrader is slow and takes one writer.

    python -m grader.dispatch.recorder COURSE

It ends when nothing has been due for a while, or when whoever started it has ended.
"""

from __future__ import annotations

import fcntl
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from grader import attempts, known, store
from grader.course.secret import HIDDEN
from grader.dispatch.folder import Folder
from grader.errors import PartielError
from grader.model import Course
from grader.store import Store, outbox
from grader.store.outbox import Parcel

LINGERS = 20.0  # seconds: importing nbgrader takes two
LOOKS = 0.3
SOON = 3.0  # before it is started again
ANOTHER = 75  # its exit code where somebody else records
FEW = 20  # students at a time: what was recorded is said soon


def record_due(course: Course, db: Store, clock: Callable[[], float], most: int = FEW) -> int:
    """Records what is due, from the ledger. Gives how many there were."""
    with db.read() as c:
        parcels = outbox.due(c, attempts.GRADEBOOK, clock(), most)
    if not parcels:
        return 0
    why, late = _recorded(course, parcels)
    with db.write() as c:
        for parcel in parcels:
            if reason := why.get(parcel.id):
                outbox.failed(c, parcel, clock(), reason)
                logging.getLogger(__name__).warning("%s could not be recorded: %s", parcel.key, reason)
            else:
                outbox.sent(c, parcel, clock())
                assignment, student = parcel.payload["assignment"], parcel.payload["student"]
                attempts.penalize(course, c, assignment, student, late[assignment].get(student, Fraction(0)))
    return len(parcels)


def _recorded(course: Course, parcels: tuple[Parcel, ...]) -> tuple[dict[int, str], dict[str, Mapping[str, Fraction]]]:
    """Why not, by parcel; and by assignment, what lateness costs each student."""
    from grader import bridge  # nbgrader takes seconds to import

    why: dict[int, str] = {}
    late: dict[str, Mapping[str, Fraction]] = {}
    for assignment in dict.fromkeys(parcel.payload["assignment"] for parcel in parcels):
        book = known.book(course, assignment)
        mine = {p.payload["student"]: p for p in parcels if p.payload["assignment"] == assignment}
        records = [record for student in mine if (record := book.last(student))]
        try:
            failures = bridge.record(course, records)
            late[assignment] = bridge.penalties(course, assignment)
        except PartielError as error:
            why |= {parcel.id: str(error) for parcel in mine.values()}
            continue
        why |= {mine[one.student].id: one.why or "nbgrader did not say why" for one in failures}
    return why, late


@contextmanager
def alone(root: Path) -> Iterator[bool]:
    """Whether nobody else records in this course, on any machine that shares its folder."""
    with (root / HIDDEN / "recording").open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def main(root: Path, parent: int) -> int:
    folder = Folder(root)
    db = store.of(folder.course())
    with alone(root) as mine:
        idle = time.monotonic()
        while mine and time.monotonic() - idle < LINGERS and os.getppid() == parent:
            if record_due(folder.course(), db, time.time):
                idle = time.monotonic()
            else:
                time.sleep(LOOKS)
    return 0 if mine else ANOTHER


class Recorder:
    """The child of this process that records; there is one only while there is something to record."""

    def __init__(self, root: Path, db: Store, clock: Callable[[], float]) -> None:
        self._root, self._db, self._clock = root, db, clock
        self._child: subprocess.Popen[bytes] | None = None
        self._next = 0.0

    def look(self) -> None:
        """Starts it where something is due and nobody records; not again at once, where it just ended."""
        if (self._child is None or self._child.poll() is not None) and time.monotonic() > self._next:
            with self._db.read() as c:
                due = outbox.due(c, attempts.GRADEBOOK, self._clock(), 1)
            if due:
                another = self._child is not None and self._child.returncode == ANOTHER
                self._next = time.monotonic() + (LINGERS if another else SOON)
                command = [sys.executable, "-W", "ignore", "-m", "grader.dispatch.recorder", str(self._root)]
                self._child = subprocess.Popen(command, cwd=self._root, stdin=subprocess.DEVNULL)

    def idle(self) -> bool:
        """Whether all that counts is recorded, or was tried."""
        with self._db.read() as c:
            return not outbox.due(c, attempts.GRADEBOOK, self._clock(), 1)

    def close(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            self._child.wait()


if __name__ == "__main__":
    logging.basicConfig(format="%(levelname)s %(message)s")
    sys.exit(main(Path(sys.argv[1]), os.getppid()))
