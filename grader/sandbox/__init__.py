"""Walls around a student's code: open a sandbox, open a session in it, and read what it observed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from grader.model import Level
from grader.sandbox.bubblewrap import BubblewrapSandbox
from grader.sandbox.plain import PlainSandbox
from grader.sandbox.protocol import (
    Absent,
    Crash,
    Exhausted,
    Oversized,
    Ran,
    Remote,
    Sandbox,
    SandboxFault,
    Session,
    StudentError,
)
from grader.sandbox.standing import Standing, probe, standing

Kind = Literal["bubblewrap", "plain"]

__all__ = [
    "Absent",
    "Crash",
    "Exhausted",
    "Kind",
    "Oversized",
    "Ran",
    "Remote",
    "Sandbox",
    "SandboxFault",
    "Session",
    "Standing",
    "StudentError",
    "open_sandbox",
    "probe",
    "standing",
]


def open_sandbox(
    kind: Kind, *, preload: tuple[str, ...] = (), data: Mapping[str, Path] | None = None, inner: bool | None = None
) -> BubblewrapSandbox | PlainSandbox:
    """A sandbox, as a context manager.

    ``preload`` names modules to import once, ``data`` the public files of data sets by name (``{"mnist": path}``).
    ``inner`` asks for one warm bubblewrap with a wall of its own around each session; by default where that stands.
    Raises SandboxFault when the first session cannot start.
    """
    if kind == "plain":
        return PlainSandbox(preload, data or {})
    if kind == "bubblewrap":
        return BubblewrapSandbox(preload, data or {}, standing().level is Level.INNER if inner is None else inner)
    raise ValueError(f"no such sandbox: {kind!r}")
