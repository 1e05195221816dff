"""Commands about this machine: its walls, its datasets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from grader.cli.options import Json, warned_if_open
from grader.steps import out

commands = typer.Typer()
data = typer.Typer(help="Datasets.", no_args_is_help=True)
commands.add_typer(data, name="data")


@commands.command()
def doctor(as_json: Json = False) -> None:
    """Attack the walls of this machine: what holds, what does not, and what to do about it."""
    from grader import doctor as physician

    found = physician.examine()
    if as_json:
        print(json.dumps(found.facts(), ensure_ascii=False, indent=1))
    else:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("wall", "", "what was seen"):
            table.add_column(column)
        for f in found.findings:
            table.add_row(f.wall, physician.word(f), escape(f.seen))
        out.print(table)
        for line in physician.advice(found):
            out.print(escape(line), soft_wrap=True)
    if Path("course.toml").is_file():
        warned_if_open(Path())
    if not found.sound:
        raise typer.Exit(1)


@data.command()
def fetch(
    name: str,
    file: Annotated[Path | None, typer.Option("--from", help="A file or folder you already have.")] = None,
) -> None:
    """Bring a dataset into the cache, with its checksum. Cut short, it goes on where it was."""
    from grader import datasets

    with Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()) as bar:
        task = bar.add_task(name, total=None)  # no percentage until something counts bytes: a file one has is only read
        facts = datasets.fetch(name, file=file, progress=lambda here, of: bar.update(task, completed=here, total=of))
        bar.update(task, completed=1, total=1)
    out.print(escape(f"{facts.name}, '{facts.source}': {facts.sentence.en}"), soft_wrap=True)
    out.print(escape(facts.chosen_by.en), soft_wrap=True)
