"""Commands for the days after: judging again with the difference shown, and marks for the registrar."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader import course, handed, lock, steps, whole
from grader.cli.options import Json, On, Trust, Workers, opened, spoken
from grader.errors import UsageError, near_miss
from grader.model import Course, Lang
from grader.regrade import Proposal
from grader.render import points
from grader.status import WORDS
from grader.steps import err, out

commands = typer.Typer()
FORMATS = ("csv", "moodle", "apogee")


@commands.command()
def regrade(
    assignment: str,
    student: Annotated[list[str] | None, typer.Option(help="Only this one; may be repeated.")] = None,
    question: Annotated[
        list[str] | None, typer.Option(metavar="ITEM-QUESTION", help="Only this one; may be repeated.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Let the new verdicts count, without asking.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Forget what was judged again and not accepted.")] = False,
    workers: Workers = None,
    device: On = None,
    trust: Trust = False,
    as_json: Json = False,
) -> None:
    """Judge again, show who gains and who loses, and let it count once you say so."""
    from grader import regrade as again
    from grader import served

    here = opened()
    locked = lock.read(here, assignment)
    for id in student or ():
        if id not in locked.students:
            raise UsageError(id, "was handed no copy", near_miss(id, locked.students, f"See {assignment}.lock.json."))
    if drop:
        if there := again.drop(here, assignment):
            served.note(here, "regrade_drop", assignment)
        out.print("Forgotten: the next regrade judges anew." if there else "Nothing was waiting to be accepted.")
        return
    terms = course.amended(here.grading, {"workers": workers, "device": device}, trust=trust, force=False)
    chosen = tuple(student) if student else locked.students
    count = sum(handed.handed_in(here.root, locked, one) is not None for one in chosen)
    with steps.bar(assignment, count) as step:
        found = again.propose(here, assignment, terms, chosen, tuple(question or ()), step)
    print(json.dumps(_facts(found), ensure_ascii=False, indent=1)) if as_json else _show(here, found)
    for remark in found.remarks:
        err.print(escape(remark), soft_wrap=True)
    if not found.records:
        again.drop(here, assignment)
        err.print("Nothing to record: what counts stays as it is.")
    elif yes or _agreed():
        with steps.bar(assignment, len(found.records)) as step:
            failures = again.accept(here, found, step)
        means = {"mean_was": float(found.before), "mean_is": float(found.after)}
        served.note(here, "regrade_accept", assignment, records=len(found.records), **means)
        for failure in failures:
            err.print(escape(failure), soft_wrap=True)
        err.print(f"Recorded. The pages are made by 'partiel feedback {escape(assignment)}'.")
        if failures:
            raise typer.Exit(1)
    else:
        err.print("Nothing was changed. The same command with --yes records this very difference; --drop forgets it.")


def _agreed() -> bool:
    return sys.stdin.isatty() and typer.confirm("Let these verdicts count?", err=True)


def _show(here: Course, found: Proposal) -> None:
    from grader import report

    names = {row.student: row.name or row.student for row in report.rows(here, found.assignment)}
    total = points(report.total(here, found.assignment), here.lang)
    if found.changes:
        grid = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("student", f"/ {total}", "question", "was", "is", "", "why"):
            grid.add_column(column, justify="left" if column in ("student", "question", "why") else "right")
        shown = ""
        for one in found.changes:
            gain = ("+" if one.gain > 0 else "−") + points(abs(one.gain), here.lang) if one.gain else ""
            why = f"{WORDS[one.old.status].en.lower()} → {WORDS[one.new.status].en.lower()}"
            if one.given is not None:
                why += f"; marked by hand, stays {points(one.given, here.lang)}"
            elif one.withdrawn:
                why += "; withdrawn, counts for nothing"
            was, now = (points(v.earned, here.lang) for v in (one.old, one.new))
            sums = " → ".join(points(whole, here.lang) for whole in found.totals[one.student])
            who = ("", "") if one.student == shown else (names.get(one.student, one.student), sums)
            shown = one.student
            style = "bold" if one.gain < 0 else ""
            grid.add_row(
                *map(escape, (*who, one.new.key, was, now)), f"[{style}]{gain}[/]" if style else gain, escape(why)
            )
        out.print(grid)
    up, down = (sum((new - old) * sign > 0 for old, new in found.totals.values()) for sign in (1, -1))
    out.print(f"{found.judged} judged again: {up} gain{'s' * (up == 1)}, {down} lose{'s' * (down == 1)}.")
    asked = list(dict.fromkeys(one.new.key for one in found.changes))
    for key in asked if len(asked) > 1 else ():
        gains = [one.gain for one in found.changes if one.new.key == key]
        more, less = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
        out.print(f"  {escape(key)}: {more} gain{'s' * (more == 1)}, {less} lose{'s' * (less == 1)}")
    before, after = (
        f"{float(mean):.2f}".replace(".", "," if here.lang == "fr" else ".") for mean in (found.before, found.after)
    )
    out.print(f"Mean of the class: {before} → {after} of {total}.")


def _facts(found: Proposal) -> dict[str, object]:
    return {
        "assignment": found.assignment,
        "judged": found.judged,
        "mean": [float(found.before), float(found.after)],
        "changes": [
            {
                "student": one.student,
                "question": one.new.key,
                "old": float(one.old.earned),
                "new": float(one.new.earned),
                "by_hand": None if one.given is None else float(one.given),
                "status": [one.old.status, one.new.status],
            }
            for one in found.changes
        ],
        "totals": {student: [float(old), float(new)] for student, (old, new) in found.totals.items()},
        "remarks": list(found.remarks),
    }


@commands.command()
def grades(
    assignment: Annotated[list[str], typer.Argument(help="One, or several for their mean.")],
    to: Annotated[str, typer.Option(help="csv, moodle or apogee.")] = "csv",
    out_of: Annotated[str, typer.Option(help="The scale.")] = "20",
    round_to: Annotated[str, typer.Option("--round", help="Marks are multiples of this; half-way goes up.")] = "0.01",
    weights: Annotated[str | None, typer.Option(metavar="td1=1,td2=2", help="Else all weigh the same.")] = None,
    lang: Annotated[str | None, typer.Option(help="Of the csv file: fr or en.")] = None,
    template: Annotated[Path | None, typer.Option(help="The file that Apogée exported, to be filled in.")] = None,
    element: Annotated[str | None, typer.Option(help="The test's code, where the template has several.")] = None,
    file: Annotated[Path | None, typer.Option(help="Where to; else in report/.")] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Marks may be missing: their cells are empty.")] = False,
) -> None:
    """A file of marks: late penalties and marks by hand in it, absences by their code, nothing guessed."""
    from grader import marks

    if to not in FORMATS:
        raise UsageError("--to", f"{to!r} is no format", near_miss(to, FORMATS, "Say csv, moodle or apogee."))
    if to != "apogee" and (template or element):
        raise UsageError("--template", "only Apogée's files are filled in", "Say --to apogee with it.")
    here = opened()
    asked = tuple(dict.fromkeys(assignment))
    scale = marks.read_scale(out_of, round_to)
    found = marks.collect(here, marks.read_weights(weights, asked), scale)
    told: Lang = spoken(lang or here.lang)
    if to == "apogee" and template:
        filled = marks.fill(template, found, element)
        data = filled.data
        for what, who in (("In Apogée's list only", filled.unknown), ("Not in Apogée's list", filled.left)):
            if who:
                err.print(escape(f"{what}: {', '.join(who)}."), soft_wrap=True)
    else:
        written = {"csv": lambda: marks.as_sheet(found, told), "moodle": lambda: marks.as_moodle(found)}
        data = written.get(to, lambda: marks.as_list(found))()
    suffix = template.suffix if template else ".csv"
    target = file or here.root / "report" / f"{'-'.join(asked)}-{to}{suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    whole.write(target, data)
    for remark in found.remarks:
        err.print(escape(remark), soft_wrap=True)
    for sentence in found.missing:
        err.print(escape(sentence), soft_wrap=True)
    many = f"{len(found.lines)} student{'s' * (len(found.lines) != 1)}"
    out.print(f"{escape(str(target))}: {many}, out of {scale.name}.", soft_wrap=True)
    if found.missing and not partial:
        err.print(f"Missing marks, whose cells are empty: {len(found.missing)}. --partial if that is meant.")
        raise typer.Exit(1)
