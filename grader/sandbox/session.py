"""The trusted end of one submission's process. Each reply is data from a hostile process, never more."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from grader.model import Level, Limits, Value
from grader.sandbox import outputs
from grader.sandbox.blame import card_failed, exhaustion
from grader.sandbox.cgroups import Groups
from grader.sandbox.protocol import (
    Absent,
    Crash,
    Exhausted,
    Oversized,
    Ran,
    Remote,
    SandboxFault,
    StudentError,
)
from grader.sandbox.together import Together, announce, sender
from grader.sandbox.warm import Ended, WarmParent
from grader.worker import wire

GRACE = 2.0  # seconds between the interrupt and the kill
BASE = 2.0  # seconds that reading a plain name may take, whatever the cell used up
TICK = 0.25
SETTLE = 0.05  # an interrupt still on its way must not hit the next cell
START = Limits(memory_mib=8192, processes=256, file_mib=512)


class _Gone(Exception):
    """The process ended while we waited."""


class _Nonsense(Exception):
    """The process answered something that is no answer."""


class Conversation:
    """One child of a warm parent. ``release`` is called once it is gone."""

    def __init__(
        self,
        parent: WarmParent,
        level: Level,
        seed: int,
        program: bytes,
        release: Callable[[], None],
        groups: Groups = Groups(),  # noqa: B008  frozen
        on_card: bool = False,
    ) -> None:
        self._killed = False
        self.level, self._on_card = level, on_card
        self._parent, self._release = parent, release
        self._number = 0
        self._limits = Limits()
        self._left = self._limits.seconds
        self._dead: str | None = None  # why, once it is
        self._closed = False
        self._socket, theirs = socket.socketpair()
        announce(self._socket)
        self._together = Together(groups)
        try:
            self._pid = parent.fork(theirs, seed, START, program)
        except BaseException:
            self._socket.close()
            self._together.close()
            release()
            raise
        finally:
            theirs.close()
        try:
            hello, pid = self._hello()
        except (_Gone, _Nonsense, wire.Late) as error:
            self.close()
            raise parent.fault(f"no session: {error!r}") from None
        if "pid" not in hello:
            self.close()
            raise parent.fault("no session")
        self._together.take(pid, START)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    @property
    def killed(self) -> bool:
        return self._killed

    @property
    def alive(self) -> bool:
        return self._dead is None and not self._closed

    # ── what a run asks ──────────────────────────────────────────────────────

    def execute(self, source: str, limits: Limits) -> Ran:
        """Runs a cell. A dead session gives a crash again: it never pretends. Raises SandboxFault."""
        if not self.alive:
            return Ran((), Crash("ProcessDied", self._dead or "the session is closed"))
        self._limits, self._left = limits, limits.seconds
        request = {
            "op": "execute",
            "source": wire.clean(source),
            "output_bytes": limits.output_kib << 10,
            "limits": {
                "memory_mib": limits.memory_mib,
                "processes": limits.processes,
                "file_mib": limits.file_mib,
                "seconds": limits.seconds,
            },
        }
        self._together.limit(limits)
        start = time.monotonic()
        late = False
        try:
            reply, _, late = self._timed(request, limits.seconds, most=(limits.output_kib << 10) * 8 + (4 << 20))
        except _Gone:
            return self._died(time.monotonic() - start)
        except _Nonsense as problem:
            return Ran((), Crash("ProtocolViolation", str(problem)), seconds=time.monotonic() - start)
        except Exhausted as problem:
            return Ran((), exhausted=problem.limit, seconds=time.monotonic() - start)
        seconds = time.monotonic() - start
        return self._ran(reply, seconds, late, limits)

    def clear(self, names: Sequence[str]) -> None:
        """Forgets these names."""
        self._plainly({"op": "clear", "names": list(names)})

    def fetch(self, name: str) -> Value:
        """Plain data or a Remote. Raises Absent, Oversized, StudentError, Exhausted, SandboxFault."""
        reply, blobs = self._plainly({"op": "fetch", "name": name})
        if reply.get("absent") is True:
            raise Absent(name)
        return self._value(reply, blobs)

    def use(self, handle: int, attribute: str | None, arguments: tuple[Any, Any] | None) -> Value:
        """For Remote: an attribute, or a call. Its time counts against the question's seconds."""
        request: dict[str, Any] = {"op": "call", "handle": handle}
        blobs: list[bytes] = []
        if attribute is not None:
            request["attribute"] = attribute
        if arguments is not None:
            request["arguments"] = wire.pack(_outgoing(arguments), blobs, self._reference)
        self._must_live()
        if self._left <= 0:
            raise Exhausted("seconds")
        start = time.monotonic()
        try:
            reply, parts, late = self._timed(request, self._left, blobs)
        except _Gone:
            raise self._as_error(self._died(0.0)) from None
        except _Nonsense as problem:
            raise StudentError("ProtocolViolation", str(problem)) from None
        finally:
            self._left -= time.monotonic() - start
        if late:
            raise Exhausted("seconds")
        return self._value(reply, parts)

    def close(self) -> None:
        """Ends the process and all that it started."""
        if self._closed:
            return
        self._closed = True
        self._socket.close()
        try:
            if self._kill() is None:
                self._parent.sick = True
                self._parent.kill()
        except SandboxFault:  # it is gone, or hangs: either way nothing of the session may survive
            self._parent.kill()
        finally:
            self._together.close()
            self._release()

    # ── frames ───────────────────────────────────────────────────────────────

    def _plainly(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[memoryview]]:
        """A request that runs none of the student's functions, in the time it deserves."""
        self._must_live()
        try:
            reply, blobs, late = self._timed(request, max(self._left, BASE))
        except _Gone:
            raise self._as_error(self._died(0.0)) from None
        except _Nonsense as problem:
            raise StudentError("ProtocolViolation", str(problem)) from None
        if late:
            raise Exhausted("seconds")
        return reply, blobs

    def _timed(
        self, request: dict[str, Any], seconds: float, blobs: Sequence[bytes] = (), most: int = wire.MAX_FRAME
    ) -> tuple[dict[str, Any], list[memoryview], bool]:
        """The reply, and whether it had to be interrupted. Raises _Gone, _Nonsense, Exhausted, SandboxFault."""
        if select.select([self._socket], [], [], 0)[0]:
            self._check_end()
            raise self._nonsense("a frame that nobody asked for")
        self._number += 1
        deadline = time.monotonic() + seconds
        try:
            wire.write(self._socket, {"id": self._number, **request}, blobs, deadline)
            return *self._reply(self._number, deadline, most), False
        except wire.Closed:
            self._gone()
        except wire.Late:
            pass
        self._parent.signal(self._pid, kill=False)
        try:
            header, parts = self._reply(self._number, time.monotonic() + GRACE, most)
            time.sleep(SETTLE)
            return header, parts, True
        except wire.Late:
            self._dead = "killed: it did not stop in time"
            self._kill()
            raise Exhausted("seconds") from None

    def _hello(self) -> tuple[dict[str, Any], int]:
        """The first frame, before any code of a student, and the pid that wrote it as this side knows it."""
        deadline = time.monotonic() + 60.0
        self._arrived(deadline)
        pid = sender(self._socket)
        return self._reply(0, deadline, 4096)[0], pid

    def _reply(self, number: int, deadline: float, most: int) -> tuple[dict[str, Any], list[memoryview]]:
        self._arrived(deadline)
        try:
            header, blobs = wire.read(self._socket, deadline, most)
        except wire.Closed:
            self._gone()
        except wire.ProtocolError as problem:
            raise self._nonsense(str(problem)) from None
        if header.pop("id", None) != number:
            raise self._nonsense("an answer to another question")
        return header, blobs

    def _arrived(self, deadline: float) -> None:
        while not select.select([self._socket], [], [], min(TICK, max(0.0, deadline - time.monotonic())))[0]:
            self._check_end()
            if time.monotonic() >= deadline:
                raise wire.Late

    def _check_end(self) -> None:
        if self._parent.ended(self._pid) is not None:
            self._gone()

    def _gone(self) -> Any:
        self._dead = "the process ended"
        raise _Gone

    def _nonsense(self, problem: str) -> _Nonsense:
        self._dead = f"killed: {problem}"
        self._kill()
        return _Nonsense(problem)

    def _kill(self) -> Ended | None:
        if self._parent.ended(self._pid) is None:
            self._parent.signal(self._pid, kill=True)
        return self._parent.wait(self._pid, 10.0)

    def _must_live(self) -> None:
        if not self.alive:
            raise StudentError("ProcessDied", self._dead or "the session is closed")

    # ── what a reply means ───────────────────────────────────────────────────

    def _value(self, reply: Mapping[str, Any], blobs: list[memoryview]) -> Value:
        if "oversized" in reply:
            raise Oversized(outputs.text(reply["oversized"], 200))
        raised = reply.get("raised")
        if isinstance(raised, dict):
            ename, evalue = outputs.text(raised.get("ename"), 200), outputs.text(raised.get("evalue"), 4000)
            limit = exhaustion(ename, evalue)
            if limit is not None:
                raise Exhausted(limit)
            self._check_card(evalue)
            raise StudentError(ename, evalue)
        if "value" not in reply:
            raise StudentError("ProtocolViolation", str(self._nonsense("an answer without a value")))
        try:
            return wire.unpack(reply["value"], blobs, self._remote)
        except wire.ProtocolError as problem:
            raise StudentError("ProtocolViolation", str(self._nonsense(str(problem)))) from None

    def _check_card(self, evalue: str) -> None:
        if self._on_card and card_failed(evalue):
            raise SandboxFault("the card", evalue[:200], "Look at nvidia-smi and dmesg; or grade with --device cpu.")

    def _remote(self, handle: int, kind: str) -> Remote:
        return Remote(self, handle, kind)

    def _reference(self, thing: Any) -> list[Any]:
        if isinstance(thing, Remote):
            if thing._session is not self:
                raise TypeError("a Remote of another session")
            return [thing._handle, thing.kind]
        raise TypeError(f"a {type(thing).__name__} cannot cross into the sandbox: hand over plain data or arrays")

    def _ran(self, reply: Mapping[str, Any], seconds: float, late: bool, limits: Limits) -> Ran:
        shown, cut = outputs.rebuilt(reply.get("outputs"), limits.output_kib << 10)
        error, crash = reply.get("error"), None
        if isinstance(error, dict):
            ename, evalue = outputs.text(error.get("ename"), 200), outputs.text(error.get("evalue"), 4000)
            crash = Crash(ename, evalue, outputs.lines(error.get("traceback")))
        elif error is not None or "outputs" not in reply:
            crash = Crash("ProtocolViolation", str(self._nonsense("an answer without outputs")))
        limit = "seconds" if late else exhaustion(crash.ename, crash.evalue) if crash else None
        if crash and limit is None:
            self._check_card(crash.evalue)
        blamed = self._together.blamed()
        if limit is None and (blamed == "memory" or crash):
            limit = blamed
        self._left = limits.seconds - seconds
        return Ran(
            outputs=shown,
            crash=crash,
            exhausted=limit,
            seconds=seconds,
            memory_mib=_number(reply.get("peak_kib")) / 1024,
            cpu_seconds=_number(reply.get("cpu")),
            truncated=cut or bool(reply.get("dropped")),
        )

    def _died(self, seconds: float) -> Ran:
        """How the process ended tells whether a limit did it. Raises SandboxFault when we did."""
        end = self._parent.wait(self._pid, 5.0)
        by_us = end is None
        if end is None:
            if not self._parent.alive:
                raise self._parent.fault("the worker ended by itself")
            end = self._kill()
        if end is None:
            raise self._parent.fault("a process that does not end")
        limit = None
        if end.code == -24:  # SIGXCPU
            limit = "seconds"
        elif end.code == -25:  # SIGXFSZ
            limit = "files"
        elif end.code in (-9, -6, -11, -7) and end.peak_kib / 1024 > 0.7 * self._limits.memory_mib:
            limit = "memory"
        limit = limit or self._together.blamed()
        self._killed = end.code == -9 and limit is None and not by_us
        shown = f"signal {-end.code}" if end.code < 0 else f"exit code {end.code}"
        self._dead = f"the process ended ({shown})"
        crash = Crash("ProcessDied", self._dead)
        return Ran((), crash, limit, seconds, end.peak_kib / 1024, end.cpu_seconds)

    @staticmethod
    def _as_error(ran: Ran) -> Exception:
        if ran.exhausted is not None:
            return Exhausted(ran.exhausted)
        crash = ran.crash or Crash("ProcessDied", "")
        return StudentError(crash.ename, crash.evalue)


def _outgoing(value: Any) -> Any:
    """Arguments in exact wire types: numpy scalars become Python's."""
    kind = type(value)
    if kind in (list, tuple):
        return kind(_outgoing(member) for member in value)
    if kind is dict:
        return {_outgoing(k): _outgoing(v) for k, v in value.items()}
    if kind.__module__ == "numpy" and kind.__name__ != "ndarray" and hasattr(value, "item"):
        return value.item()
    bases: tuple[Any, ...] = (bool, int, float, complex, str)
    for base in bases:
        if kind is not base and isinstance(value, base):
            return base(value)
    return value


def _number(claimed: object) -> float:
    return float(claimed) if isinstance(claimed, (int, float)) and 0 <= claimed < 1e12 else 0.0
