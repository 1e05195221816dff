"""The secret that gives each student numbers of their own."""

from __future__ import annotations

import secrets
from pathlib import Path

from grader.errors import CourseError

SHORTEST = 16  # characters
HIDDEN = ".partiel"  # the course's own folder: secret, verdicts. Never handed out
DATABASE = "server.db"  # in it, where course.toml names none


def make(folder: Path) -> None:
    """A new one, unless there is one."""
    hidden = folder / HIDDEN
    hidden.mkdir(mode=0o700, exist_ok=True)
    secret = hidden / "secret"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_hex(32) + "\n")


def open_to_others(folder: Path) -> bool:
    """Whether every account of this machine can read what lies in the course's folder."""
    root = folder.resolve()
    reached = all(one.stat().st_mode & 0o001 for one in root.parents)
    return reached and bool(root.stat().st_mode & 0o005)


def read(folder: Path) -> str:
    file = folder / HIDDEN / "secret"
    remedy = "Copy it from where the course was made: other secrets give other variants."
    if not file.is_file():
        raise CourseError(file, "the course's secret is missing", f"{remedy} For a new course, 'partiel init'.")
    secret = file.read_text("utf-8", "replace").strip()
    if len(secret) < SHORTEST:
        raise CourseError(file, "the course's secret is empty, or too short to be one", remedy)
    return secret
