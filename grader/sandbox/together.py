"""What all processes of a session may use together: its control group, where there is one, and nothing where not."""

from __future__ import annotations

import contextlib
import socket
import struct

from grader.model import Limits
from grader.sandbox.cgroups import Group, Groups

CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


def announce(connection: socket.socket) -> None:
    """From now on the kernel tells who sends to ``connection``. To be called before the other end can write."""
    if hasattr(socket, "SO_PASSCRED"):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)


def sender(connection: socket.socket) -> int:
    """The pid, here, of the process that wrote what is to be read next, whatever namespace it lives in; or 0."""
    if not hasattr(socket, "SO_PASSCRED"):
        return 0
    _, ancillary, _, _ = connection.recvmsg(1, socket.CMSG_SPACE(CREDENTIALS.size), socket.MSG_PEEK)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            pid: int = CREDENTIALS.unpack(data[: CREDENTIALS.size])[0]
            return pid
    return 0


class Together:
    """The group of one process and of all it will start. Every failure means: no group, the rlimits stand alone."""

    def __init__(self, groups: Groups) -> None:
        self._group: Group | None = None
        self._set: tuple[int, int] | None = None
        self._counted = (0, 0)
        if groups.controllers:
            with contextlib.suppress(OSError):
                self._group = Group(groups.controllers).__enter__()

    def take(self, pid: int, limits: Limits) -> None:
        """Before any code of a student runs in ``pid``."""
        if self._group is None:
            return
        try:
            if pid <= 1:
                raise ProcessLookupError
            self._group.limit(limits.memory_mib, limits.processes)
            self._group.take(pid)
        except OSError:
            self.close()

    def limit(self, limits: Limits) -> None:
        wanted = (limits.memory_mib, limits.processes)
        if self._group is not None and wanted != self._set:
            with contextlib.suppress(OSError):
                self._group.limit(*wanted)
            self._set = wanted

    def blamed(self) -> str | None:
        """What the group enforced since last asked: ``memory`` killed a process, ``processes`` refused one."""
        if self._group is None:
            return None
        before = self._counted
        with contextlib.suppress(OSError, ValueError):
            self._counted = self._group.count()
        if self._counted[0] > before[0]:
            return "memory"
        return "processes" if self._counted[1] > before[1] else None

    def close(self) -> None:
        if self._group is not None:
            self._group.close()
            self._group = None
