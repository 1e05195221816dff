"""The command for what copies share beyond chance: for instructors, and nothing is concluded."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape

from grader.cli.options import Json, opened, spoken
from grader.model import Lang
from grader.steps import err, out

commands = typer.Typer()


@commands.command()
def integrity(
    assignment: str,
    lang: Annotated[str | None, typer.Option(help="fr or en; else the course's.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also each answer that fits another copy, alone.")] = False,
    as_json: Json = False,
) -> None:
    """What copies share beyond chance: answers that fit another's numbers, code, outputs. For instructors alone."""
    from grader.integrity import findings, words

    here = opened()
    told: Lang = spoken(lang or here.lang)
    found = findings(here, assignment, told)
    if as_json:
        facts = asdict(found)
        print(json.dumps(facts if every else facts | {"echoes": []}, ensure_ascii=False, indent=1))
        return
    for pair in found.pairs:
        mark = "[bold]!![/] " if pair.flagged else ""
        out.print(f"{mark}[bold]{escape(pair.name)}[/] · {escape(pair.other_name)}", soft_wrap=True)
        for line in (*(one.sentence for one in pair.evidence), *filter(None, (pair.summary,))):
            out.print(f"   {escape(line)}", soft_wrap=True)
    if found.on and not found.pairs:
        out.print(escape(words.NOTHING[told]))
    for echo in found.echoes if every else ():
        out.print(escape(echo.sentence), soft_wrap=True)
    for remark in found.remarks:
        err.print(escape(remark), soft_wrap=True)
