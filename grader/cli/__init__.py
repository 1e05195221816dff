"""The command: arguments to one call, and what it says printed."""

from __future__ import annotations

import contextvars
import sys
from typing import Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from grader import __version__
from grader.cli import (
    after,
    amending,
    appeals,
    before,
    courses,
    evidence,
    exercises,
    imports,
    keeping,
    machine,
    quizzes,
    server,
    serving,
)
from grader.errors import PartielError
from grader.steps import err, out


class OneCourse(TyperGroup):
    """Each command in a context of its own, which `opened` makes its course's."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        return contextvars.copy_context().run(super().invoke, ctx)


app = typer.Typer(
    name="partiel",
    cls=OneCourse,
    help="Exercises and exams of a deep-learning course, with numbers of their own for every student.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (
    exercises,
    courses,
    before,
    after,
    appeals,
    amending,
    evidence,
    quizzes,
    imports,
    keeping,
    server,
    serving,
    machine,
):
    app.add_typer(group.commands)
INTERRUPTED = 130


def main() -> None:
    """Exit codes: 0 fine, 1 content or a submission has a problem, 2 wrong usage, 3 our bug."""
    try:
        left = app(standalone_mode=False)  # typer returns the code of an Exit, and turns an interruption into one
        if left == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(left if isinstance(left, int) else 0)
    except PartielError as error:
        err.print(f"[bold]error[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        err.print("Stopped. What was done is kept: the same command goes on from there.")
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the face of the program: what nobody expected is told, with its trace
        if getattr(error, "exit_code", None) == 2:  # typer's own usage errors
            show = getattr(error, "show", None)
            show() if show else err.print(escape(str(error)))
            sys.exit(2)
        err.print_exception()
        err.print("This is a bug of Partiel's: please report it with the lines above.")
        sys.exit(3)


@app.callback(invoke_without_command=True)
def top(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        out.print(f"partiel {__version__}")
        raise typer.Exit
