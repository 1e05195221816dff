"""The warm parent: imports once, then forks one child per submission at the request of the trusted side."""

from __future__ import annotations

import base64
import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from typing import Any

from . import card, child, shims, walls
from .shell import Shell

LINE = 1 << 16


class Parent:
    """One thread, no pool, no secret: what children inherit is the imports and nothing else."""

    def __init__(self, control: socket.socket, shell: Shell, settings: dict[str, Any]) -> None:
        self._control, self._shell, self._settings = control, shell, settings
        self._children: set[int] = set()
        self._awake, self._waker = socket.socketpair()
        for end in (self._awake, self._waker):
            end.setblocking(False)

    def serve(self) -> None:
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        selector = selectors.DefaultSelector()
        selector.register(self._control, selectors.EVENT_READ)
        selector.register(self._awake, selectors.EVENT_READ)
        self._say({"ready": True, "pid": os.getpid(), "group": os.getpgrp(), "threads": _threads()})
        while True:
            for key, _ in selector.select():
                if key.fileobj is self._awake:
                    with contextlib.suppress(BlockingIOError):
                        self._awake.recv(4096)
                    self._reap()
                elif not self._obey():
                    return

    def _obey(self) -> bool:
        line, fds, _, _ = socket.recv_fds(self._control, LINE, 4)
        if not line:
            return False
        request = json.loads(line)
        if request["op"] == "fork":
            self._fork(request, socket.socket(fileno=fds[0]))
        elif request["op"] == "learn":
            self._shell.learn(request["source"])
            self._say({"learned": True})
        elif request["op"] == "signal":
            if request["pid"] in self._children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(request["pid"], signal.SIGKILL if request["kill"] else signal.SIGINT)
            self._say({"signalled": request["pid"]})
        return True

    def _fork(self, request: dict[str, Any], connection: socket.socket) -> None:
        program = base64.b64decode(request["filter"])
        pid = os.fork()
        if pid == 0:
            try:
                signal.set_wakeup_fd(-1)
                self._control.close()
                self._awake.close()
                self._waker.close()
                connection.settimeout(None)
                child.run(connection, self._shell, request, program, self._settings)
            finally:
                os._exit(70)
        connection.close()
        self._children.add(pid)
        self._say({"forked": pid})

    def _reap(self) -> None:
        ended = []
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid in self._children:
                self._children.discard(pid)
                code = os.waitstatus_to_exitcode(status)
                if self._settings["inner"] and code > 128:
                    code = 128 - code  # as the inner wall's guard tells of a signal
                ended.append(
                    {"exit": pid, "code": code, "peak_kib": usage.ru_maxrss, "cpu": usage.ru_utime + usage.ru_stime}
                )
        if ended:
            self._bury()
        for fact in ended:
            self._say(fact)

    def _bury(self) -> None:
        """Kills what the ended children left running: their orphans became ours."""
        for _ in range(1000):
            orphans = _offspring() - self._children
            if not orphans:
                return
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for pid in orphans:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)

    def _say(self, fact: dict[str, Any]) -> None:
        self._control.sendall(json.dumps(fact).encode() + b"\n")


def _offspring() -> set[int]:
    """Pids whose parent is this process."""
    found, me = set(), os.getpid()
    with contextlib.suppress(OSError):
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{entry}/stat") as file:
                    if int(file.read().rpartition(")")[2].split()[1]) == me:
                        found.add(int(entry))
    return found


def _threads() -> int:
    with contextlib.suppress(OSError):
        return len(os.listdir("/proc/self/task"))
    return 1


def _connected(where: str) -> socket.socket:
    """The control socket: one that was inherited, by its number, or one to be met, by its path."""
    if where.isdigit():
        control = socket.socket(fileno=int(where))
    else:
        control = socket.socket(socket.AF_UNIX)
        control.connect(where)
    os.set_inheritable(control.fileno(), False)
    return control


def main(where: str, settings: str) -> None:
    """Runs until the control socket closes. ``settings`` is JSON: preload, data, strict, inner, card."""
    control = _connected(where)
    wanted = json.loads(settings)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    walls.adopt_orphans()
    shims.install(wanted["data"])
    for name in wanted["preload"]:
        importlib.import_module(name)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
    child.reseed(0)  # numpy imports its generators when they are first used: 40 ms, once
    shell = Shell()
    sys.path[:] = ["", *(path for path in sys.path if path)]
    gc.collect()
    gc.freeze()
    if not card.untouched():
        raise SystemExit("CUDA was started by an import: no child could use it")
    walls.collapse()
    walls.hide_memory(True)
    Parent(control, shell, wanted).serve()
    os._exit(0)
