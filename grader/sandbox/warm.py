"""The trusted end of a warm parent: starts it, asks it for children, signals them, and learns how they ended."""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.model import Limits
from grader.sandbox.meeting import Meeting
from grader.sandbox.protocol import SandboxFault

WORKER = Path(__file__).resolve().parent.parent / "worker"
LINE = 1 << 16
START_SECONDS = 180.0
REPLY_SECONDS = 30.0
SICK_SECONDS = 2.0  # for one that has failed before
MOST_CHILDREN = 200  # a parent's memory wears: its forks drift from 7 to 30 ms over a few hundred
REMEDY = "Run `partiel doctor`; if it is content, grade again."


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its exit code (negative for a signal) and the most memory it held."""

    code: int
    peak_kib: int
    cpu_seconds: float


def ceilings(limits: Limits) -> dict[str, int]:
    return {
        "memory_mib": limits.memory_mib,
        "processes": limits.processes,
        "file_mib": limits.file_mib,
        "cpu_seconds": 3600,
    }


@functools.cache
def _starter(pid: int) -> ThreadPoolExecutor:  # noqa: ARG001  a forked process needs a thread of its own
    """A thread that lives as long as the process: what dies with its parent dies with the *thread* that started it."""
    return ThreadPoolExecutor(1, thread_name_prefix="partiel-starter")


def _start(command: list[str], **how: Any) -> subprocess.Popen[bytes]:
    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, **how)

    return _starter(os.getpid()).submit(start).result()


class WarmParent:
    """A started worker. ``command`` is completed by the control socket's number, or where to meet, and the settings."""

    def __init__(
        self,
        command: Sequence[str],
        settings: Mapping[str, Any],
        env: Mapping[str, str],
        cwd: str,
        keep: Sequence[int] = (),
        meeting: Meeting | None = None,
        cells: Sequence[str] = (),
    ) -> None:
        self._cells = cells
        self._lock = threading.RLock()
        self._ends: dict[int, Ended] = {}
        self._replies: list[dict[str, Any]] = []
        self._rest = b""
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the parent
        self.control, theirs = socket.socketpair()
        os.set_inheritable(theirs.fileno(), True)
        try:
            self._process = _start(
                [*command, meeting.inside if meeting else str(theirs.fileno()), json.dumps(settings)],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                env=dict(env),
                cwd=cwd,
                pass_fds=[theirs.fileno(), *keep],
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxFault(command[0], f"does not start: {error}", REMEDY) from None
        finally:
            theirs.close()
        self.pid = self.group = 0  # as the worker sees itself
        self.sick = False
        self.forked = 0
        if meeting is not None:
            self.control.close()
            met = meeting.meet(lambda: self.alive, START_SECONDS)
            if met is None:
                fault = self.fault("the worker did not come")
                self.close()
                raise fault
            self.control = met

    def ready(self) -> None:
        """Waits for the imports. Raises SandboxFault."""
        with self._lock:  # it says so once, and sessions may be asked for from several threads
            if not self.pid:
                hello = self._reply("ready", START_SECONDS)
                self.pid, self.group = int(hello["pid"]), int(hello["group"])
                for source in self._cells:
                    self._learn(source)

    def _learn(self, source: str) -> None:
        """Has a cell of ours compiled in the parent; one that is too long for a line is not, and merely costs more."""
        line = json.dumps({"op": "learn", "source": source}).encode()
        if len(line) <= LINE:
            self.control.sendall(line)
            self._reply("learned", REPLY_SECONDS)

    def fork(self, connection: socket.socket, seed: int, limits: Limits, program: bytes) -> int:
        """A child that serves on ``connection``. Raises SandboxFault."""
        request = {
            "op": "fork",
            "seed": seed,
            "limits": ceilings(limits),
            "filter": base64.b64encode(program).decode(),
        }
        with self._lock:
            try:
                socket.send_fds(self.control, [json.dumps(request).encode()], [connection.fileno()])
            except OSError as error:
                raise self.fault(f"does not answer: {error}") from None
            self.forked += 1
            return int(self._reply("forked", REPLY_SECONDS)["forked"])

    def signal(self, pid: int, kill: bool) -> None:
        """Interrupts or kills a child. Returns when the signal was sent."""
        with self._lock:
            try:
                self.control.sendall(json.dumps({"op": "signal", "pid": pid, "kill": kill}).encode())
            except OSError as error:
                raise self.fault(f"does not answer: {error}") from None
            self._reply("signalled", SICK_SECONDS if self.sick else REPLY_SECONDS)

    def ended(self, pid: int) -> Ended | None:
        """How the child ended, if it did."""
        with self._lock:
            if pid not in self._ends:
                self._drain(0.0)
            return self._ends.get(pid)

    def wait(self, pid: int, seconds: float) -> Ended | None:
        limit = time.monotonic() + seconds
        while (end := self.ended(pid)) is None and self.alive and time.monotonic() < limit:
            select.select([self.control], [], [], 0.02)
        return end

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def worn(self) -> bool:
        """No new session is to start from it."""
        return self.sick or self.forked >= MOST_CHILDREN or not self.alive

    def wait_end(self, seconds: float) -> None:
        """Raises subprocess.TimeoutExpired."""
        self._process.wait(seconds)

    def kill(self) -> None:
        """Ends it and waits until it is gone; a bubblewrap takes its whole pid namespace along."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def close(self) -> None:
        self.control.close()
        self.kill()
        self._log.close()

    def fault(self, problem: str) -> SandboxFault:
        """What went wrong, with the parent's last words. A parent at fault serves no new session."""
        self.sick = True
        try:
            self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - 2000))
            said = self._log.read(2000).decode("utf-8", "replace").strip()
        except ValueError:
            said = ""
        code = self._process.poll()
        ended = "" if code is None else f" (ended with {code})"
        return SandboxFault("sandbox", f"{problem}{ended}" + (f"\n{said}" if said else ""), REMEDY)

    def _reply(self, key: str, seconds: float) -> dict[str, Any]:
        limit = time.monotonic() + seconds
        with self._lock:
            while True:
                for fact in self._replies:
                    if key in fact:
                        self._replies.remove(fact)
                        return fact
                left = limit - time.monotonic()
                if left <= 0:
                    raise self.fault(f"no '{key}' within {seconds:.0f} s")
                if not self._drain(min(left, 1.0)):
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self._process.wait(1)
                    raise self.fault("the worker ended")

    def _drain(self, seconds: float) -> bool:
        """Reads what the parent said; False when it hung up."""
        if self.control.fileno() < 0:
            return False
        while select.select([self.control], [], [], seconds)[0]:
            try:
                piece = self.control.recv(LINE)
            except OSError:
                return False
            if not piece:
                return False
            *whole, self._rest = (self._rest + piece).split(b"\n")
            for line in whole:
                self._note(line)
            if len(self._rest) > LINE:
                return False
            seconds = 0.0
        return True

    def _note(self, line: bytes) -> None:
        try:
            fact = json.loads(line)
            if "exit" in fact:
                self._ends[int(fact["exit"])] = Ended(int(fact["code"]), int(fact["peak_kib"]), float(fact["cpu"]))
            elif len(self._replies) < 100:
                self._replies.append(fact)
        except (ValueError, TypeError, KeyError, RecursionError):
            raise self.fault("the worker's parent speaks nonsense") from None
