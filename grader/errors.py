"""Errors a person can act on: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class PartielError(Exception):
    """Something a person must fix. ``where`` is a file, a file and its line, or the name of a thing."""

    exit_code = 1

    def __init__(self, where: object, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}\n  {remedy}")
        self.where, self.problem, self.remedy = str(where), problem, remedy


class ContentError(PartielError):
    """For an author, in ``exercises/`` or ``solutions/``."""

    def __init__(self, path: Path, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{path}:{line}", problem, remedy)
        self.path, self.line = path, line


class CourseError(PartielError):
    """For an instructor, in a course folder."""


class UsageError(PartielError):
    """For whoever typed the command."""

    exit_code = 2


class WallError(PartielError):
    """The sandbox cannot stand on this machine."""


def near_miss(name: str, known: Iterable[str], otherwise: str) -> str:
    """``Did you mean 'conv_output_size'?``, or what to do when nothing is close."""
    close = get_close_matches(name, list(known), n=1)
    return f"Did you mean '{close[0]}'?" if close else otherwise
