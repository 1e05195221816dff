"""Walls around a student's code: open a sandbox, open a session in it, and read what it observed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from grader.model import Level
from grader.sandbox import cards
from grader.sandbox.bubblewrap import BubblewrapSandbox
from grader.sandbox.container import ContainerSandbox, engine
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
from grader.sandbox.standing import Standing, contained, probe, standing
from grader.sandbox.stock import Stock

Kind = Literal["bubblewrap", "container", "plain"]

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
    "contained",
    "open_sandbox",
    "probe",
    "standing",
]


def open_sandbox(
    kind: Kind,
    *,
    preload: tuple[str, ...] = (),
    data: Mapping[str, Path] | None = None,
    inner: bool | None = None,
    gpu: int | None = None,
    share: float = 1.0,
    image: str = "",
    cells: tuple[str, ...] = (),
) -> BubblewrapSandbox | ContainerSandbox | PlainSandbox:
    """A sandbox, as a context manager.

    ``preload`` names modules to import once, ``data`` the public files of data sets by name (``{"mnist": path}``).
    ``inner`` asks for one warm bubblewrap with a wall of its own around each session; by default where that stands.
    ``gpu`` shows one card, by its number in nvidia-smi, and ``share`` (0 to 1) is what a session may use of its memory.
    ``cells`` are sources of ours that sessions will execute: compiled once, they cost nothing.
    ``image`` is what a container starts from: one with the packages of the course, and without `grader`.
    Raises SandboxFault when the first session cannot start.
    """
    card = None if gpu is None else cards.card(gpu, share)
    stock = Stock(preload, data or {}, card, cells)
    if kind == "plain":
        return PlainSandbox(stock)
    if kind == "bubblewrap":
        inner = standing().level is Level.INNER if inner is None else inner
        return BubblewrapSandbox(stock, inner)
    if kind == "container":
        if not image:
            raise SandboxFault("container", "no image is named", "Name one that has the packages of the course.")
        return ContainerSandbox(engine(image), stock)
    raise ValueError(f"no such sandbox: {kind!r}")
