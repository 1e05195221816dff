"""The command: arguments to one call, and what it says printed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from grader import __version__, content, course, lock, steps, values, variants
from grader.errors import PartielError, UsageError, near_miss
from grader.model import Answer, Course, Exercise, Lang
from grader.steps import err, out

app = typer.Typer(
    name="partiel",
    help="Exercises and exams of a deep-learning course, with numbers of their own for every student.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
INTERRUPTED = 130
data = typer.Typer(help="Datasets.", no_args_is_help=True)
app.add_typer(data, name="data")

MOST_SHOWN = 6  # problems of one exercise: the first ones usually explain the rest

Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Trust = Annotated[bool, typer.Option("--trust-submissions", help="No walls: only for submissions you trust.")]


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


# ── exercises ────────────────────────────────────────────────────────────────


@app.command("list")
def list_(
    shelf: Annotated[str | None, typer.Option(help="Only this shelf.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only with this tag.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only with a question of this kind.")] = None,
    difficulty: Annotated[int | None, typer.Option(min=1, max=5, help="Only of this difficulty.")] = None,
    lang: Annotated[str, typer.Option(help="Of the titles.")] = "fr",
    as_json: Json = False,
) -> None:
    """The catalogue."""
    found = [
        e
        for e in map(content.load, content.paths().values())
        if shelf in (None, e.shelf) and (tag is None or tag in e.tags)
        if (kind is None or kind in kinds(e)) and difficulty in (None, e.difficulty)
    ]
    if as_json:
        print(json.dumps([_facts(e) for e in found], ensure_ascii=False, indent=1))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("id", "title", "kinds", "level", "min", "variants", "needs"):
        table.add_column(column, justify="right" if column in ("level", "min", "variants") else "left")
    for e in found:
        row = (e.id, e.title[_lang(lang)], ", ".join(kinds(e)), str(e.difficulty), str(e.minutes), str(len(e.params)))
        table.add_row(*map(escape, (*row, ", ".join(e.needs))))
    out.print(table)


@app.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID[#N]")],
    lang: Annotated[str, typer.Option(help="fr or en.")] = "fr",
    solution: Annotated[bool, typer.Option("--solution", help="With the answers and the worked solution.")] = False,
) -> None:
    """A variant, as its student sees it."""
    from rich.markdown import Markdown

    from grader import handout, render

    name, _, number = id.partition("#")
    exercise = content.find(name)
    if number and (not number.isdigit() or int(number) >= len(exercise.params)):
        raise UsageError(id, f"no variant {number}", f"They go from 0 to {len(exercise.params) - 1}.")
    variant = variants.every(exercise)[int(number or 0)]
    points = {f"{exercise.id}-{q.name}": q.points for q in exercise.questions}
    for cell in handout.cells(exercise.id, variant, _lang(lang), points):
        if cell.kind == "words":
            out.print(Markdown(cell.source))
        else:
            out.print(Markdown(f"```python\n{cell.source}\n```"))
    if solution:
        known = values.of(variant)
        for question in exercise.questions:
            if isinstance(question, Answer):
                out.print(f"{question.name} = {known[question.name]}")
        out.print(Markdown(render.fill(exercise.solution[_lang(lang)], known, _lang(lang))))


@app.command()
def verify(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID…]")] = None,
    full: Annotated[bool, typer.Option("--full", help="Also what needs torch: oracles, training.")] = False,
    as_json: Json = False,
) -> None:
    """The laws of content, in every variant."""
    from grader import verify as laws

    said = []
    for checked in laws.check_all(ids or list(content.paths()), full=full):
        said.append(checked)
        if as_json:
            continue
        mark = "[red]FAIL[/]" if checked.problems else "ok  "
        dropped = f", {checked.dropped} dropped" if checked.dropped else ""
        rest = f"  [dim]not run: {checked.not_run} (--full)[/]" if checked.not_run else ""
        out.print(f"{mark} {checked.id}  {checked.variants} variants{dropped}{rest}")
        for problem in checked.problems[:MOST_SHOWN]:
            out.print("     " + escape(problem), soft_wrap=True)
        if len(checked.problems) > MOST_SHOWN:
            out.print(f"     … and {len(checked.problems) - MOST_SHOWN} more (--json shows them all)")
    if as_json:
        print(json.dumps([asdict(checked) for checked in said], ensure_ascii=False, indent=1))
    if any(checked.problems for checked in said):
        raise typer.Exit(1)


# ── a course ─────────────────────────────────────────────────────────────────


@app.command()
def init(
    folder: Annotated[Path, typer.Argument()] = Path(),
    id: Annotated[str | None, typer.Option(help="The course's id; else the folder's name.")] = None,
    title: Annotated[str, typer.Option()] = "Deep learning",
    lang: Annotated[str, typer.Option(help="fr or en.")] = "fr",
) -> None:
    """A new course folder, that nbgrader understands too."""
    from grader import bridge

    course.init(folder, id or folder.resolve().name, title, _lang(lang))
    here = course.load(folder)
    config = folder / "nbgrader_config.py"
    if not config.exists():
        config.write_text(bridge.config_text(here), "utf-8")
    out.print(f"{escape(str(folder))}: course.toml, students.csv and nbgrader_config.py are yours to edit.")


@app.command()
def generate(assignment: str) -> None:
    """Every student's notebook, with numbers of their own."""
    from grader import release

    here = _course()
    with steps.bar("students", len(here.students)) as step:
        made = release.generate(here, course.assignment(here, assignment), step)
    out.print(f"{made} notebooks in release/, one per student; who got what is in {assignment}.lock.json")


@app.command()
def grade(
    assignment: str,
    student: Annotated[list[str] | None, typer.Option(help="Only this one; may be repeated.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="At a time.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Judge again what was judged.")] = False,
    trust: Trust = False,
) -> None:
    """Run, judge and record what was submitted. Stopped, it goes on where it was."""
    from grader import grading

    here = _course()
    handed = lock.read(here, assignment).students
    for id in student or ():
        if id not in handed:
            raise UsageError(id, "was handed no copy", near_miss(id, handed, f"See {assignment}.lock.json."))
    base = grading.Terms()
    terms = grading.Terms(trust=trust, workers=workers or base.workers, force=force)
    problems = steps.grade(here, assignment, terms, tuple(student) if student else None)
    steps.table(here, assignment)
    if problems:
        raise typer.Exit(1)


@app.command()
def feedback(assignment: str) -> None:
    """A page per student, with what was observed and why."""
    from grader import bridge

    here = _course()
    failures = bridge.feedback(here, assignment)
    for failure in failures:
        err.print(f"{escape(str(failure))}")
    out.print(f"Pages are in feedback/<student>/{assignment}/.")
    if failures:
        raise typer.Exit(1)


@app.command()
def report(assignment: str, lang: Annotated[str | None, typer.Option(help="fr or en.")] = None) -> None:
    """Who got what, and which misconceptions the class has: a page and a CSV file."""
    here = _course()
    for file in steps.report(here, assignment, _lang(lang or here.lang)):
        out.print(str(file))


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR")] = Path("demo"),
    students: Annotated[int, typer.Option(min=1, max=12, help="How many of the twelve.")] = 12,
    trust: Trust = False,
) -> None:
    """A course of two assignments and twelve simulated students, from generation to feedback."""
    from grader import demo as play

    play.run(folder, students, trust)


@app.command()
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
    if not found.sound:
        raise typer.Exit(1)


@data.command()
def fetch(
    name: str,
    file: Annotated[Path | None, typer.Option("--from", help="A file you already have.")] = None,
) -> None:
    """Bring a dataset into the cache, with its checksum. Cut short, it goes on where it was."""
    from grader import datasets

    with Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%")) as bar:
        task = bar.add_task(name, total=None)
        facts = datasets.fetch(name, file=file, progress=lambda here, of: bar.update(task, completed=here, total=of))
    out.print(escape(facts.sentence.en))


# ── shared by commands ───────────────────────────────────────────────────────


def kinds(exercise: Exercise) -> list[str]:
    return list(dict.fromkeys(q.rule.kind if isinstance(q, Answer) else "code" for q in exercise.questions))


def _course() -> Course:
    return course.load(Path.cwd())


def _lang(said: str) -> Lang:
    if said in ("fr", "en"):
        return cast(Lang, said)
    raise UsageError("--lang", f"{said!r} is no language we speak", "Say fr or en.")


def _facts(exercise: Exercise) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "shelf": exercise.shelf,
        "title": {"fr": exercise.title.fr, "en": exercise.title.en},
        "kinds": kinds(exercise),
        "difficulty": exercise.difficulty,
        "minutes": exercise.minutes,
        "tags": list(exercise.tags),
        "needs": list(exercise.needs),
        **_counts(exercise),
    }


def _counts(exercise: Exercise) -> dict[str, Any]:
    return {"variants": len(exercise.params), "dropped": exercise.dropped}
