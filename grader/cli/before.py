"""Commands for the days before: what will be handed out, how long grading takes; and for after: the names lifted."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader import course, lock, steps
from grader.cli.options import Json, On, Trust, Workers, opened, spoken
from grader.steps import err, out

commands = typer.Typer()
MOST_SHOWN = 12  # pairs of neighbours, odd verdicts: the page, or --json, has them all


@commands.command()
def proof(
    assignment: str,
    lang: Annotated[str | None, typer.Option(help="Of the page: fr or en.")] = None,
    to: Annotated[Path | None, typer.Option(help="The page's path; else report/ASSIGNMENT-proof.html.")] = None,
) -> None:
    """Every variant that is handed out, with its answers, and who has which: before the release too."""
    from grader import proof as proofs
    from grader.render import points

    here = opened()
    made = proofs.proof(here, assignment)
    grid = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("exercise", "handed out", "pool", "min", "points"):
        grid.add_column(column, justify="left" if column == "exercise" else "right")
    for one in made.asked:
        pool = f"{one.size} of {one.of}"
        grid.add_row(escape(one.key), str(len(one.held)), pool, str(one.minutes), points(one.points, here.lang))
    grid.add_row("[dim]total[/]", "", escape(made.pool), str(made.minutes), points(made.points, here.lang))
    out.print(grid)
    who = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("student", "room", "group", "rights", "variants, in that order"):
        who.add_column(column)
    for line in made.lines:
        numbers = " ".join(f"{number:>3}" for number in line.numbers)
        who.add_row(*map(escape, (line.shown, line.room, line.group, line.rights)), numbers)
    out.print(who)
    pairs = len(made.neighbours)
    out.print(f"Neighbours with the same variant: {pairs or 'none'}.")
    for a, b, same in made.neighbours[:MOST_SHOWN]:
        out.print(escape(f"  {a.shown}, {b.shown}: {', '.join(same)}"), soft_wrap=True)
    if pairs > MOST_SHOWN:
        out.print(f"  … and {pairs - MOST_SHOWN} more on the page")
    for remark in made.remarks:
        err.print(escape(remark), soft_wrap=True)
    if not made.released:
        out.print(f"Nothing is handed out yet: 'partiel generate {escape(assignment)}' would hand out this.")
    file = to or here.root / "report" / f"{assignment}-proof.html"
    file.parent.mkdir(exist_ok=True)
    file.write_text(proofs.page(here, made, spoken(lang or here.lang)), "utf-8")
    out.print(f"{escape(str(file))} holds the answers.", soft_wrap=True)


@commands.command()
def rehearse(
    assignment: str,
    students: Annotated[int | None, typer.Option(min=1, help="Only so many; else the whole roster.")] = None,
    workers: Workers = None,
    device: On = None,
    trust: Trust = False,
    as_json: Json = False,
) -> None:
    """Grade references, blanks and starters, and say how long the real thing takes. The gradebook stays as it is."""
    from grader import rehearsal

    here = opened()
    terms = course.amended(here.grading, {"workers": workers, "device": device}, trust=trust, force=False)
    file = lock.path(here, assignment)
    known = lock.read(here, assignment).students if file.is_file() else here.students
    roster = len(known)
    count = min(students or roster, roster)
    with steps.bar(assignment, count * len(rehearsal.PLAYS)) as step:
        played = list(rehearsal.rehearse(here, assignment, terms, students, step))
    odd = [one for each in played for one in each.odd]
    if as_json:
        facts = [asdict(each) | {"each": each.each, "predicted": each.predicted(roster)} for each in played]
        print(json.dumps({"students": roster, "plays": facts}, ensure_ascii=False, indent=1, default=str))
    else:
        grid = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("copies", "", "took", "one more", "odd"):
            grid.add_column(column, justify="left" if not column or column == "copies" else "right")
        for each in played:
            took = (steps.spent(each.seconds), f"{each.each:.2f} s", str(len(each.odd) or "none"))
            grid.add_row(str(each.copies), each.play, *took)
        out.print(grid)
        for one in odd[:MOST_SHOWN]:
            out.print(escape(f"  {one.play}, {one.student}, {one.question}: {one.said}"), soft_wrap=True)
        if len(odd) > MOST_SHOWN:
            out.print(f"  … and {len(odd) - MOST_SHOWN} more (--json shows them all)")
        whole = steps.spent(played[0].predicted(roster))
        out.print(f"If all {roster} are right: about {whole} on this machine; a copy that loops takes its time limit.")
    if odd:
        raise typer.Exit(1)


@commands.command()
def lift(assignment: str) -> None:
    """Show the names of an anonymous assignment from now on: its marks are final."""
    from grader import anonymity, bridge, served

    here = opened()
    was = anonymity.lift(here, assignment)
    bridge.rename(here)
    if not was:
        out.print(f"{escape(assignment)} showed its names already.")
        return
    served.note(here, "names", assignment)
    still = [id for id in here.assignments if lock.path(here, id).is_file() and anonymity.hidden(here, id)]
    out.print(f"{escape(assignment)} shows its names.")
    if still:
        out.print(f"Formgrader goes on showing codes: {escape(', '.join(still))} is still anonymous.")
