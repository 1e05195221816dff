"""Commands that put a served course away, take it out again, and let go of what is too old."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grader.cli.options import opened
from grader.steps import err, out

commands = typer.Typer()


@commands.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to; else beside the course folder, with the date.")] = None,
) -> None:
    """Put the whole course into one file, while it is served: secret, submissions, verdicts, gradebook, database."""
    from grader import keeping

    here = opened()
    day = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
    saved = keeping.backup(here, (file or here.root.parent / f"{here.root.name}-{day}.tar.gz").absolute())
    size = saved.size / 2**20
    out.print(escape(f"{saved.file}: {saved.files} files, {saved.rows} rows, {size:.1f} MiB."), soft_wrap=True)
    err.print("It holds the course's secret and the students' work: keep it where the course may be kept.")


@commands.command()
def restore(
    file: Path,
    folder: Annotated[Path, typer.Argument(help="A new or empty one.")],
    database: Annotated[
        str,
        typer.Option(
            metavar="URL", help="An empty one for its rows, written into its course.toml; sqlite: a file in the folder."
        ),
    ] = "",
) -> None:
    """Make the course again from a backup, once every file in it was found as it was saved."""
    from grader import keeping, store
    from grader.store import addresses

    here = keeping.restore(file.absolute(), folder.absolute(), database)
    out.print(escape(f"{here.root}: {here.title}, {len(here.students)} students."), soft_wrap=True)
    said = ", as its course.toml says from now on" if database else ""
    err.print(escape(f"Its database: {addresses.shown(store.address(here))}{said}."), soft_wrap=True)


@commands.command()
def purge(
    yes: Annotated[bool, typer.Option("--yes", help="Do it: what is deleted is gone for good.")] = False,
) -> None:
    """Delete what is older than \\[server.keep] allows: submissions, feedback, logs. Marks stay."""
    from grader import keeping, store

    here = opened()
    db = store.of(here)
    try:
        gone = keeping.purge(here, db, time.time(), pretend=not yes)
    finally:
        db.close()
    out.print(
        f"{gone.submissions} submissions, {gone.pages} pages, {gone.lines} lines of logs"
        + (f", and what {gone.quoted} lines of the ledger quoted of them: gone." if yes else " are over their time.")
    )
    for name in gone.kept:
        err.print(f"\\[server.keep] says nothing of {name}: they are kept.")
    if not yes and (gone.submissions or gone.pages or gone.lines):
        err.print("Nothing was changed. The same command with --yes deletes them.")
