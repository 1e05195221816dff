"""What comes back from a quiz, on another platform or on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grader import course, results
from grader.results import exported as exports
from grader.steps import err, out

commands = typer.Typer()


@commands.command(name="import")
def import_(
    assignment: Annotated[str, typer.Argument(help="Of the course in this folder.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="What the platform gave.")],
    quiz_folder: Annotated[Path, typer.Option("--quiz", help="The folder that 'partiel export' wrote.")],
    came_from: Annotated[str, typer.Option("--from", help=f"Where from: {', '.join(results.READERS)}.")] = "moodle",
    force: Annotated[bool, typer.Option(help="Replace notebooks that are already handed in.")] = False,
) -> None:
    """Results of a quiz, as submissions: 'partiel grade' then judges them by the same rules."""
    here = course.load(Path.cwd())
    chosen = course.assignment(here, assignment)
    exported = exports.read(quiz_folder, here.content)
    done = results.bring(here, chosen, exported, results.read(came_from, exported, files), force=force)
    for line in (*done.remarks, *(f"not imported: {problem}" for problem in done.problems)):
        err.print(escape(line), soft_wrap=True)
    out.print(
        f"{done.answers} answers of {len(done.students)} students in submitted/. Next: partiel grade {assignment}"
    )
    if done.problems:
        raise typer.Exit(1)
