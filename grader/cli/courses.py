"""Commands run in a course folder, from its making to its report."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grader import course, lock, steps
from grader.cli.options import Json, Trust, Workers, opened, spoken
from grader.errors import UsageError, near_miss
from grader.steps import err, out

commands = typer.Typer()


@commands.command()
def init(
    folder: Annotated[Path, typer.Argument()] = Path(),
    id: Annotated[str | None, typer.Option(help="The course's id; else the folder's name.")] = None,
    title: Annotated[str | None, typer.Option(help="Else 'Apprentissage profond', or 'Deep learning'.")] = None,
    lang: Annotated[str, typer.Option(help="fr or en.")] = "fr",
) -> None:
    """A new course folder, that nbgrader understands too."""
    from grader import bridge

    chosen = spoken(lang)
    known = "Apprentissage profond" if chosen == "fr" else "Deep learning"
    course.init(folder, id or folder.resolve().name, title or known, chosen)
    here = course.load(folder)
    config = folder / "nbgrader_config.py"
    if not config.exists():
        config.write_text(bridge.config_text(here), "utf-8")
    out.print(f"{escape(str(folder))}: course.toml, students.csv and nbgrader_config.py are yours to edit.")


@commands.command()
def generate(
    assignment: str,
    resit: Annotated[bool, typer.Option("--resit", help="Its second session: variants that nobody has had.")] = False,
) -> None:
    """Every student's notebook, with numbers of their own."""
    from grader import release

    here = opened()
    chosen = course.assignment(here, assignment)
    with course.resit(here, assignment) if resit else nullcontext(assignment) as id:
        if resit:
            here, chosen = opened(), course.assignment(opened(), id)
        with steps.bar("students", len(here.students)) as step:
            made = release.generate(here, chosen, step)
    for line in lock.read(here, id).remarks(here):
        err.print(escape(line), soft_wrap=True)
    if resit:
        out.print(f"course.toml calls it '{escape(id)}': so do the other commands.")
    if chosen.shared:
        out.print(f"One notebook for all in release/{escape(id)}/; its numbers are in {escape(id)}.lock.json")
        return
    out.print(f"{made} notebooks in release/, one per student; who got what is in {escape(id)}.lock.json")


@commands.command()
def grade(
    assignment: str,
    student: Annotated[list[str] | None, typer.Option(help="Only this one; may be repeated.")] = None,
    workers: Workers = None,
    device: Annotated[str | None, typer.Option(help="cpu, gpu, or auto: a card where a question asks for one.")] = None,
    gpus: Annotated[str | None, typer.Option(metavar="N,N…", help="Which cards, as nvidia-smi numbers them.")] = None,
    per_gpu: Annotated[int | None, typer.Option(min=1, help="At a time on each card.")] = None,
    walls: Annotated[str | None, typer.Option(help="The weakest that will do: outer or inner.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Judge again what was judged.")] = False,
    trust: Trust = False,
) -> None:
    """Run, judge and record what was submitted. Stopped, it goes on where it was."""
    here = opened()
    handed = lock.read(here, assignment).students
    for id in student or ():
        if id not in handed:
            raise UsageError(id, "was handed no copy", near_miss(id, handed, f"See {assignment}.lock.json."))
    said = {"workers": workers, "device": device, "gpus": gpus, "per_gpu": per_gpu, "walls": walls}
    terms = course.amended(here.grading, said, trust=trust, force=force)
    problems = steps.grade(here, assignment, terms, tuple(student) if student else None)
    steps.table(here, assignment)
    if problems:
        raise typer.Exit(1)


@commands.command()
def feedback(assignment: str) -> None:
    """A page per student, with what was observed and why."""
    from grader import bridge

    here = opened()
    failures = bridge.feedback(here, assignment)
    for failure in failures:
        err.print(f"{escape(str(failure))}")
    out.print(f"Pages are in feedback/<student>/{assignment}/.")
    if failures:
        raise typer.Exit(1)


@commands.command()
def report(
    assignment: str,
    lang: Annotated[str | None, typer.Option(help="fr or en.")] = None,
    as_json: Json = False,
) -> None:
    """Marks, questions, misconceptions and the fairness of variants: a page, a CSV and a JSON file."""
    here = opened()
    if as_json:
        from grader import report as reports

        print(json.dumps(reports.as_json(here, assignment), ensure_ascii=False, indent=1))
        return
    for file in steps.report(here, assignment, spoken(lang or here.lang)):
        out.print(str(file))


@commands.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR")] = Path("demo"),
    students: Annotated[int, typer.Option(min=1, max=12, help="How many of the twelve.")] = 12,
    serve: Annotated[bool, typer.Option("--serve", help="On the web: they hand in to a server, as you watch.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of that server.")] = 8020,
    trust: Trust = False,
) -> None:
    """A course of two assignments and twelve simulated students, from generation to feedback."""
    from grader import demo as play

    if serve:
        from grader.demo import served

        served.run(folder, students, port, trust)
    else:
        play.run(folder, students, trust)
