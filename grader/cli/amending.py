"""The command for what is wrong in what students hold: a statement corrected, a question replaced or withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader import anonymity, served, steps
from grader.amend.withdrawing import Plan
from grader.cli.options import Json, opened
from grader.errors import UsageError
from grader.model import Course
from grader.render import points
from grader.steps import err, out

commands = typer.Typer()


@commands.command()
def amend(
    assignment: str,
    statement: Annotated[str | None, typer.Option(metavar="ITEM", help="Its words were corrected.")] = None,
    withdraw: Annotated[str | None, typer.Option(metavar="ITEM[-QUESTION]", help="It no longer counts.")] = None,
    replace: Annotated[str | None, typer.Option(metavar="ITEM", help="Another exercise takes its place.")] = None,
    by: Annotated[str, typer.Option(metavar="EXERCISE", help="The other; course.toml must ask it already.")] = "",
    restore: Annotated[str | None, typer.Option(metavar="ITEM[-QUESTION]", help="It counts again.")] = None,
    given: Annotated[
        str, typer.Option("--points", help="Withdrawn: all (to everyone) or rescale. Replaced: keep or all.")
    ] = "",
    because: Annotated[str, typer.Option(help="The reason; students read it too.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else the difference is shown, and nothing done.")] = False,
    as_json: Json = False,
) -> None:
    """Correct a statement, replace or withdraw a question that is in students' hands: the difference first."""
    here = opened()
    deeds = [one for one in (statement, withdraw, replace, restore) if one]
    if len(deeds) != 1:
        remedy = "--statement, --replace, --withdraw or --restore, with an ITEM."
        raise UsageError("amend", "say one thing to amend", remedy)
    if yes and not because.strip():
        raise UsageError("--because", "an amendment needs its reason", "Students read it in their notebook.")
    if statement:
        done = _statement(here, assignment, statement, because, yes=yes, as_json=as_json)
    elif replace:
        done = _replace(here, assignment, replace, by, given, because, yes=yes, as_json=as_json)
    else:
        done = _withdraw(here, assignment, deeds[0], given, because, back=bool(restore), yes=yes, as_json=as_json)
    if done:
        served.note(here, "amend", f"{assignment}/{deeds[0]}", because=because.strip())
    else:
        err.print("Nothing was changed. The same command with --because and --yes does it.")


def _statement(here: Course, assignment: str, item: str, because: str, *, yes: bool, as_json: bool) -> bool:
    from grader.amend import wording

    found = wording.correction(here, assignment, item)
    if as_json:
        facts = [
            {
                "variant": c.number,
                "lang": c.lang,
                "students": list(c.students),
                "cells": {k: list(d) for k, d in c.diffs.items()},
            }
            for c in found.changes
        ]
        print(json.dumps({"item": item, "changes": facts, "handed_in": list(found.came)}, ensure_ascii=False, indent=1))
    else:
        shown: set[str] = set()
        for one in found.changes:
            if one.lang in shown:
                continue
            shown.add(one.lang)
            alike = sum(other.lang == one.lang for other in found.changes) - 1
            more = f", and {alike} other variants alike" if alike else ""
            out.print(f"[bold]{escape(item)}#{one.number}[/] ({one.lang}){more}")
            for id, lines in one.diffs.items():
                out.print(f"  [dim]{escape(id)}[/]")
                for line in lines:
                    style = "green" if line.startswith("+") else "red" if line.startswith("-") else "dim"
                    out.print(f"  {escape(line)}", style=style, soft_wrap=True)
        named = ", ".join(_names(here, assignment, found.students))
        out.print(f"Held by {len(found.students)}: {escape(named)}." if named else "No student's words change.")
        if found.came:
            came = ", ".join(_names(here, assignment, found.came))
            out.print(
                f"Handed in already: {escape(came)}. Their answers stay, and are judged as they are.", soft_wrap=True
            )
    for remark in found.remarks:
        err.print(escape(remark), soft_wrap=True)
    if not found.changes and not found.images:
        return True
    if not yes:
        return False
    wording.apply(here, found, because)
    err.print("Written: release/ holds the corrected notebooks, with an erratum. Give them out; those handed in count.")
    return True


def _replace(
    here: Course, assignment: str, item: str, by: str, given: str, because: str, *, yes: bool, as_json: bool
) -> bool:
    from grader.amend import replacing

    if not by:
        raise UsageError("--by", f"what takes the place of '{item}'?", "Say --by EXERCISE.")
    policy = next((one for one in replacing.POLICIES if one == (given or "keep")), None)
    if policy is None:
        raise UsageError("--points", f"{given!r} is no way to keep them", "Say keep (their share) or all.")
    found = replacing.replacement(here, assignment, item, by, policy)
    names = _names(here, assignment, [one.student for one in found.carried])
    if as_json:
        kept = [{"student": c.student, "old": float(c.earned), "share": float(c.share)} for c in found.carried]
        worth = {key: float(value) for key, value in found.points.items()}
        print(json.dumps({"item": item, "by": found.by, "points": worth, "kept": kept}, indent=1))
    else:
        grid = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("student", f"of {item}", f"of {found.by}"):
            grid.add_column(escape(column), justify="left" if column == "student" else "right")
        for name, one in zip(names, found.carried, strict=True):
            grid.add_row(escape(name), points(one.earned, here.lang), points(one.share * found.total, here.lang))
        out.print(grid)
        worth_ = ", ".join(f"{key} {points(value, here.lang)}" for key, value in found.points.items())
        out.print(f"{escape(worth_)}: {points(found.total, here.lang)} points, as before.")
        out.print(f"Handed in already: {len(names)}; they keep that until they hand in a new notebook.")
    if not yes:
        return False
    with steps.bar(assignment, len(found.carried)) as step:
        failures = replacing.apply(here, found, because, step)
    for failure in failures:
        err.print(escape(failure), soft_wrap=True)
    err.print("Recorded: release/ holds the new notebooks. Give them to whoever has not handed in.")
    if failures:
        raise typer.Exit(1)
    return True


def _withdraw(
    here: Course, assignment: str, about: str, given: str, because: str, *, back: bool, yes: bool, as_json: bool
) -> bool:
    from grader.amend import withdrawing
    from grader.amend.withdrawn import POLICIES

    policy = next((one for one in POLICIES if one == given), None)
    if not back and policy is None:
        raise UsageError(
            "--points", f"{given or 'nothing'!r} is no way to share them", "Say all (to everyone) or rescale."
        )
    found = withdrawing.plan(here, assignment, about, None if back else policy)
    if as_json:
        lines = [{"student": one.student, "old": float(one.old), "new": float(one.new)} for one in found.lines]
        print(json.dumps({"questions": list(found.keys), "total": float(found.total), "students": lines}, indent=1))
    else:
        _differences(here, found)
    for remark in found.remarks:
        err.print(escape(remark), soft_wrap=True)
    if not yes:
        return False
    with steps.bar(assignment, len(found.lines)) as step:
        failures = withdrawing.apply(here, found, because, step)
    for failure in failures:
        err.print(escape(failure), soft_wrap=True)
    err.print(f"Recorded. The pages are made by 'partiel feedback {escape(assignment)}'.")
    if failures:
        raise typer.Exit(1)
    return True


def _differences(here: Course, found: Plan) -> None:
    grid = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("student", "was", "would be", ""):
        grid.add_column(column, justify="left" if column == "student" else "right")
    names = _names(here, found.assignment, [line.student for line in found.lines])
    for name, line in zip(names, found.lines, strict=True):
        gain = line.new - line.old
        sign = "" if not gain else ("+" if gain > 0 else "−") + points(abs(gain), here.lang)
        grid.add_row(escape(name), points(line.old, here.lang), points(line.new, here.lang), sign)
    out.print(grid)
    up, down = (sum((one.new - one.old) * sign > 0 for one in found.lines) for sign in (1, -1))
    gains = f"{up} gain{'s' * (up == 1)}, {down} lose{'s' * (down == 1)}"
    out.print(f"{', '.join(map(escape, found.keys))}: {gains}.", soft_wrap=True)
    out.print(f"{points(found.total, here.lang)} points in all, as before; late penalties are not in it.")


def _names(here: Course, assignment: str, students: Iterable[str]) -> list[str]:
    if anonymity.hidden(here, assignment):
        return [anonymity.code(here, student) for student in students]
    known = {student.id: student.name or student.id for student in here.students}
    return [known.get(student, student) for student in students]
