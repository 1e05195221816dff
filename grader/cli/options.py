"""What several commands take: a course, a language, the usual flags."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.markup import escape

from grader import course, datasets
from grader.course import secret
from grader.errors import UsageError
from grader.model import Course, Lang
from grader.steps import err

Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Workers = Annotated[int | None, typer.Option(min=1, help="At a time.")]
On = Annotated[str | None, typer.Option("--device", help="cpu, gpu, or auto.")]
Trust = Annotated[bool, typer.Option("--trust-submissions", help="No walls: only for submissions you trust.")]


def opened() -> Course:
    """The course of the folder we stand in. To the end of the command, facts of images are of this course's."""
    here = course.load(Path.cwd())
    datasets.enter(here.secret, here.data)
    return here


def warned_if_open(root: Path) -> None:
    """On a machine of many, a course that was made by hand, or cloned, is everybody's to read."""
    if secret.open_to_others(root):
        problem = "Every account of this machine can read the course folder: exams, copies, marks. Close it:"
        err.print(escape(f"{problem} chmod 700 {shlex.quote(str(root.resolve()))}"), soft_wrap=True)


def own_content() -> tuple[Path, ...]:
    """The exercises of the course we stand in; none where we stand in no course."""
    return opened().content if Path("course.toml").is_file() else ()


def spoken(said: str) -> Lang:
    if said in ("fr", "en"):
        return cast(Lang, said)
    raise UsageError("--lang", f"{said!r} is no language we speak", "Say fr or en.")
