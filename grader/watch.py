"""A student's objects as a check handles them: each call is noted, and nothing opaque is taken for a value."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.model import Value
from grader.sandbox import Remote, StudentError

ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")  # colours of a terminal


@dataclass
class Log:
    """What a check asked of a student's code, and what came back."""

    calls: list[str] = field(default_factory=list)

    def note(self, said: str) -> None:
        self.calls.append(line(said, 300))

    def watch(self, name: str, value: Value) -> Value:
        """The value as a check handles it: what stays in the sandbox is watched, however deep it lies."""
        if not _holds_remote(value):
            self.note(f"{name} = {short(value)}")
        return self.wrapped(value, name)

    def wrapped(self, value: Value, name: str) -> Value:
        if isinstance(value, Remote):
            return Watched(name, value, self)
        if not _holds_remote(value):
            return value
        if isinstance(value, dict):
            return {key: self.wrapped(member, f"{name}[{short(key)}]") for key, member in value.items()}
        return type(value)(self.wrapped(member, f"{name}[{place}]") for place, member in enumerate(value))


class Watched:
    """A Remote that notes down its calls. Only a check handles it."""

    def __init__(self, name: str, remote: Remote, log: Log) -> None:
        self._name, self._remote, self._log = name, remote, log

    def __call__(self, *args: Value, **kwargs: Value) -> Value:
        words = [short(a) for a in args] + [f"{k}={short(v)}" for k, v in kwargs.items()]
        call = f"{self._name}({', '.join(words)})"
        result = self._remote(*_bare(args), **_bare(kwargs))
        self._log.note(f"{call} → {short(result)}")
        return self._log.wrapped(result, call)

    def __getattr__(self, name: str) -> Value:
        if name.startswith("__"):
            raise AttributeError(name)
        path = f"{self._name}.{name}"
        try:
            value = getattr(self._remote, name)
        except StudentError as error:
            if error.ename != "AttributeError":
                raise
            self._log.note(f"{path}: AttributeError")
            raise AttributeError(name) from None  # so that hasattr and getattr answer as in a notebook
        if not _holds_remote(value):
            self._log.note(f"{path} = {short(value)}")
        return self._log.wrapped(value, path)

    def __repr__(self) -> str:
        return f"<{self._remote.kind!r}>"

    __hash__ = None  # type: ignore[assignment]


def _refuses(name: str) -> Callable[..., Any]:
    def refuse(self: Watched, *_: object) -> Any:
        self._log.note(f"{self._name}: {self._remote.kind}")
        raise TypeError(f"{name} of an object that stays in the sandbox")

    return refuse


# An opaque object has no truth, length or value here: `assert f(x)`, `!=` or `<` must not hold by accident.
for _name in (
    *("bool", "len", "iter", "getitem", "contains", "float", "int", "index", "complex", "array"),
    *("eq", "ne", "lt", "le", "gt", "ge", "add", "radd", "sub", "rsub", "mul", "rmul", "matmul", "rmatmul"),
    *("truediv", "rtruediv", "floordiv", "rfloordiv", "mod", "rmod", "pow", "rpow", "neg", "abs", "round"),
):
    setattr(Watched, f"__{_name}__", _refuses(f"__{_name}__"))


def _holds_remote(value: Value) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_holds_remote, value))
    return any(map(_holds_remote, value.values())) if isinstance(value, dict) else isinstance(value, Remote)


def _bare(value: Value) -> Value:
    """Arguments as the sandbox knows them."""
    if isinstance(value, list | tuple):
        return type(value)(map(_bare, value))
    if isinstance(value, dict):
        return {key: _bare(member) for key, member in value.items()}
    return value._remote if isinstance(value, Watched) else value


class _Repr(reprlib.Repr):
    """Short whatever the value; Python refuses to write down an int of more than 4300 digits."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = 12
        self.maxstring, self.maxother, self.maxlevel = 100, 60, 4

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002  reprlib calls it so
        return repr(x) if abs(x) < 10**40 else f"an int of {x.bit_length()} bits"

    def repr_ndarray(self, x: np.ndarray[Any, Any], level: int) -> str:
        return self.repr1(x.tolist(), level) if x.size <= 12 else f"array {x.shape} {x.dtype}"


_REPR = _Repr()


def short(value: Value) -> str:
    """A line about a value that is not ours: never long."""
    return line(_REPR.repr(value), 120)


def line(text: str, most: int, *, code: bool = False) -> str:
    """One line of text that is not ours; with ``code``, it cannot leave the backquotes it stands in."""
    left = ESCAPES.sub("", text[:2000]).split()
    words = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(left))
    words = words.replace("`", "'") if code else words
    return words if len(words) <= most else words[: most - 1] + "…"
