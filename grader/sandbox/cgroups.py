"""Control groups, where they can be had: one per session, so that its processes and scratch count together.

Groups are made below the group that this process is in, or beside it: never outside of what an administrator,
a batch system or a container allows us.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

MIB = 1 << 20
ROOM_MIB = 256  # above a question's memory: pages shared with the parent and written to, and the report itself
ROOM_PROCESSES = 8
MOUNTS = Path("/proc/self/mountinfo")
OURS = Path("/proc/self/cgroup")
NAME = "partiel"


@dataclass(frozen=True, slots=True)
class Controller:
    """One hierarchy in which groups can be made: its folder for us, and the files that set and tell."""

    folder: Path
    memory: str = ""  # the file of the limit, where this hierarchy limits it
    killed: str = ""  # the file whose line `oom_kill N` counts
    processes: str = ""
    refused: str = ""  # the file whose line `max N` counts


@dataclass(frozen=True, slots=True)
class Groups:
    """``version`` is 2, 1 or 0 (none). ``why`` says what is missing."""

    version: int = 0
    controllers: tuple[Controller, ...] = ()
    why: str = ""

    @property
    def memory(self) -> bool:
        return any(c.memory for c in self.controllers)

    @property
    def processes(self) -> bool:
        return any(c.processes for c in self.controllers)

    def sentence(self) -> str:
        if not self.controllers:
            return f"none ({self.why}): limits are of each process, by rlimits"
        what = " and ".join(name for name, there in (("memory", self.memory), ("processes", self.processes)) if there)
        return f"cgroup v{self.version}: {what} of a session together"


@functools.cache
def detect() -> Groups:
    """What can be had here, found out by moving a process into a group. Once per process of ours."""
    found = find(MOUNTS, OURS)
    sweep(found)
    return found


def find(mounts: Path, ours: Path) -> Groups:
    """The controllers of these two files of /proc in which groups can really be made."""
    try:
        hierarchies, memberships = _mounted(mounts.read_text()), _memberships(ours.read_text())
    except (OSError, ValueError, IndexError):
        return Groups(why="there are no control groups")
    unified = hierarchies.get("")
    if unified is not None and "" in memberships:
        for folder in _beside(unified, memberships[""]):
            two = Controller(folder, "memory.max", "memory.events", "pids.max", "pids.events")
            if _works(two):
                return Groups(2, (two,))
    found = []
    for name, files in (
        ("memory", {"memory": "memory.limit_in_bytes", "killed": "memory.oom_control"}),
        ("pids", {"processes": "pids.max", "refused": "pids.events"}),
    ):
        if name in hierarchies and name in memberships:
            one = Controller(hierarchies[name].folder(memberships[name]), **files)
            if _works(one):
                found.append(one)
    if found:
        return Groups(1, tuple(found))
    return Groups(why="none that we may write to")


@dataclass(frozen=True, slots=True)
class Mounted:
    """A hierarchy, of which ``root`` is what is seen at ``place``: not all of it, within a container."""

    place: Path
    root: str

    def folder(self, path: str) -> Path:
        return self.place / path.removeprefix(self.root.rstrip("/")).lstrip("/")


def _mounted(mountinfo: str) -> dict[str, Mounted]:
    """The hierarchy of each controller of version 1, and of version 2 under the empty name."""
    found: dict[str, Mounted] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.partition(" ")
        place = Mounted(Path(before.split()[4]), before.split()[3])
        if kind == "cgroup2":
            found.setdefault("", place)
        elif kind == "cgroup":
            for name in options.split()[-1].split(","):
                found.setdefault(name, place)
    return found


def _memberships(text: str) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        _, names, path = line.split(":", 2)
        found.update(dict.fromkeys(names.split(","), path))
    return found


def _beside(mounted: Mounted, path: str) -> list[Path]:
    """Groups of version 2 that may hold others: not the one we are in, which holds processes, but those above."""
    here = mounted.folder(path)
    above = [folder for folder in (here, *here.parents) if folder.is_relative_to(mounted.place)]
    kept = []
    for folder in above:
        with contextlib.suppress(OSError):
            passed_on = (folder / "cgroup.subtree_control").read_text().split()
            if {"memory", "pids"} <= set(passed_on) and os.access(folder, os.W_OK):
                kept.append(folder)
    return kept


def _works(controller: Controller) -> bool:
    group = Group((controller,), f"{NAME}-try-{os.getpid()}")
    try:
        with group, subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as someone:
            try:
                group.limit(64, 8)
                group.take(someone.pid)
                group.count()
            finally:
                someone.kill()
    except (OSError, ValueError):
        return False
    return True


_numbers = itertools.count(1)


@dataclass
class Group:
    """The groups of one session, one in each hierarchy. Raises OSError until it was entered."""

    controllers: tuple[Controller, ...]
    name: str = ""
    folders: list[Path] = field(default_factory=list)

    def __enter__(self) -> Self:
        name = self.name or f"{NAME}-{os.getpid()}-{next(_numbers)}"
        try:
            for controller in self.controllers:
                folder = controller.folder / name
                folder.mkdir()
                self.folders.append(folder)
        except OSError:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def limit(self, memory_mib: int, processes: int) -> None:
        """Of all processes of the group together, what they left in memory as files included."""
        for controller, folder in zip(self.controllers, self.folders, strict=True):
            if controller.memory:
                with contextlib.suppress(BlockingIOError):  # below what is in use now: the old limit stays
                    _write(folder / controller.memory, str((memory_mib + ROOM_MIB) * MIB))
                with contextlib.suppress(OSError):
                    _write(folder / "memory.swap.max", "0")
            if controller.processes:
                _write(folder / controller.processes, str(processes + ROOM_PROCESSES))

    def take(self, pid: int) -> None:
        for folder in self.folders:
            _write(folder / "cgroup.procs", str(pid))

    def count(self) -> tuple[int, int]:
        """How often a process was killed for memory, and how often one more was refused."""
        killed = refused = 0
        for controller, folder in zip(self.controllers, self.folders, strict=True):
            if controller.killed:
                killed += _line(folder / controller.killed, "oom_kill")
            if controller.refused:
                refused += _line(folder / controller.refused, "max")
        return killed, refused

    def close(self) -> None:
        """Removes the groups; what a dying process still holds is tried again when another session ends."""
        with _lock:
            _left.extend(self.folders)
            self.folders = []
            _left[:] = [folder for folder in _left if not _removed(folder)]


_lock = threading.Lock()
_left: list[Path] = []


def _removed(folder: Path) -> bool:
    for _ in range(5):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            time.sleep(0.002)
        else:
            return True
    return False


def sweep(groups: Groups) -> None:
    """Removes empty groups of graders that were killed."""
    for controller in groups.controllers:
        for folder in controller.folder.glob(f"{NAME}-*"):
            owner = folder.name.removeprefix(f"{NAME}-").removeprefix("try-").partition("-")[0]
            if owner.isdigit() and not Path("/proc", owner).exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _write(file: Path, text: str) -> None:
    fd = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def _line(file: Path, name: str) -> int:
    for line in file.read_text().splitlines():
        key, _, number = line.partition(" ")
        if key == name:
            return int(number)
    return 0
