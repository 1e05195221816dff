"""What the rest of the house knows of a sandbox: sessions, what they observed, and how they fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.errors import WallError
from grader.model import Level, Limits, Value

Exhaustion = str  # "seconds", "memory", "output", "processes" or "files"


@dataclass(frozen=True, slots=True)
class Crash:
    """A student's code raised, or ended its process (ename ``ProcessDied``). All of it is untrusted text."""

    ename: str
    evalue: str
    traceback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """What one cell did. ``seconds`` is wall clock as we measured it; ``memory_mib`` is what the process says."""

    outputs: tuple[Mapping[str, Any], ...]
    crash: Crash | None = None
    exhausted: Exhaustion | None = None
    seconds: float = 0.0
    memory_mib: float = 0.0
    cpu_seconds: float = 0.0
    truncated: bool = field(default=False)  # the middle of the outputs was left out

    @property
    def ok(self) -> bool:
        return self.crash is None and self.exhausted is None


class StudentError(Exception):
    """A student's code raised while a remote was used. Untrusted text."""

    def __init__(self, ename: str, evalue: str) -> None:
        super().__init__(f"{ename}: {evalue}")
        self.ename, self.evalue = ename, evalue


class Absent(StudentError):
    """The name is not defined."""

    def __init__(self, name: str) -> None:
        super().__init__("NameError", f"name {name!r} is not defined")
        self.name = name


class Oversized(StudentError):
    """A value beyond the caps of the wire."""

    def __init__(self, why: str) -> None:
        super().__init__("Oversized", why)


class Exhausted(Exception):
    """A limit of the question was reached while a remote was used."""

    def __init__(self, limit: Exhaustion) -> None:
        super().__init__(limit)
        self.limit = limit


class SandboxFault(WallError):
    """Our fault, never the student's: the sandbox did not start, or ended by itself."""


class Remote:
    """An object of the student's process. Calls and attributes go there; plain data or a Remote comes back.

    Raises StudentError, Exhausted, SandboxFault. It has no truth, length, order or equality of its own.
    """

    __slots__ = ("_handle", "_session", "kind")

    def __init__(self, session: Any, handle: int, kind: str) -> None:
        self._session, self._handle, self.kind = session, handle, kind

    def __call__(self, *args: Value, **kwargs: Value) -> Value:
        return self._session.use(self._handle, None, (args, kwargs))

    def __getattr__(self, name: str) -> Value:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._session.use(self._handle, name, None)

    def __repr__(self) -> str:
        return f"<Remote {self.kind!r}>"

    def __bool__(self) -> bool:
        raise TypeError("a Remote is neither true nor false: fetch a value from it")

    def __copy__(self) -> Remote:
        return self

    def __deepcopy__(self, memo: object) -> Remote:
        return self


class Session(Protocol):
    """One submission's process behind the walls."""

    level: Level

    @property
    def alive(self) -> bool: ...
    @property
    def killed(self) -> bool:
        """Whether its process ended by a SIGKILL that neither we nor a limit sent."""
        ...

    def execute(self, source: str, limits: Limits) -> Ran:
        """Runs a cell. Its limits also bound the remotes used until the next cell. Raises SandboxFault."""
        ...

    def clear(self, names: Sequence[str]) -> None: ...
    def fetch(self, name: str) -> Value:
        """Raises Absent, Oversized, StudentError (the process is gone), Exhausted, SandboxFault."""
        ...

    def close(self) -> None: ...


class Sandbox(Protocol):
    """A place where sessions are opened."""

    level: Level

    def session(self, seed: int) -> AbstractContextManager[Session]:
        """A fresh process whose generators start from ``seed``. Raises SandboxFault."""
        ...

    def close(self) -> None: ...
