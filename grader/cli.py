"""The command: arguments to one call, and what it says printed."""

from __future__ import annotations

import json
import re
import sys
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from grader import __version__, catalogue, content, course, lock, steps, variants
from grader.errors import ContentError, PartielError, UsageError, near_miss
from grader.model import Course, Lang
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
    shelf: Annotated[list[str] | None, typer.Option(help="Only this shelf; may be repeated.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only with this tag; repeated, with all of them.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only with a question of this kind.")] = None,
    difficulty: Annotated[str | None, typer.Option(metavar="N or N-M", help="Only this difficulty: 2, or 1-3.")] = None,
    most: Annotated[int | None, typer.Option(min=1, help="At most so many, the easiest first.")] = None,
    lang: Annotated[str, typer.Option(help="Of the titles.")] = "fr",
    as_json: Json = False,
) -> None:
    """The catalogue. Three easy ones about geometry: --shelf geometry --difficulty 1-2 --most 3."""
    wish = catalogue.Wish(tuple(shelf or ()), tuple(tag or ()), tuple(kind or ()), _levels(difficulty))
    titles = _lang(lang)
    found, broken = catalogue.search(wish)
    if most is not None:
        found = sorted(found, key=lambda one: one.difficulty)[:most]
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        steps.catalogue(found, titles, with_ids=bool(shelf or tag or kind or difficulty or most))
    for problem in broken:
        err.print(f"[bold]does not load[/] {escape(problem)}", soft_wrap=True)
    if broken:
        raise typer.Exit(1)


@app.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID[#N]")],
    lang: Annotated[str, typer.Option(help="fr or en.")] = "fr",
    solution: Annotated[bool, typer.Option("--solution", help="With answers, wrong ideas, worked solution.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Every variant, one after the other.")] = False,
    html: Annotated[bool, typer.Option("--html", help="As a page, like the notebook: prints its path.")] = False,
    to: Annotated[Path | None, typer.Option(help="The page's path; else ID-N.LANG.html, here.")] = None,
) -> None:
    """A variant, as its student sees it."""
    from grader import exhibit

    name, _, number = id.partition("#")
    exercise, said = content.find(name), _lang(lang)
    if number and (not number.isdigit() or int(number) >= len(exercise.params)):
        raise UsageError(id, f"no variant {number}", f"They go from 0 to {len(exercise.params) - 1}.")
    if every and number:
        raise UsageError(id, "--all shows every variant, and this is one", f"Say '{name} --all'.")
    members = variants.every(exercise)
    chosen = members if every else [members[int(number or 0)]]
    if html or to:
        file = to or Path(f"{name}-{'all' if every else int(number or 0)}.{said}.html")
        file.write_text(exhibit.page(chosen, said, with_solution=solution), "utf-8")
        print(file)
        return
    with out.pager(styles=True) if every and out.is_terminal else nullcontext():
        for variant in chosen:
            steps.variant(variant, said, solution=solution, named=every)


@app.command()
def gallery(
    folder: Annotated[Path, typer.Argument(metavar="DIR")] = Path("gallery"),
    lang: Annotated[str | None, typer.Option(help="fr or en; else both.")] = None,
) -> None:
    """A page per language with one variant of every exercise, and what is behind it."""
    from grader import exhibit

    exercises, broken = [], []
    for path in content.paths().values():
        try:
            exercises.append(content.load(path))
        except ContentError as error:
            broken.append(error)
    folder.mkdir(parents=True, exist_ok=True)
    langs: tuple[Lang, ...] = (_lang(lang),) if lang else ("fr", "en")
    for said in langs:
        with steps.bar(f"gallery ({said})", len(exercises)) as step:
            pages = exhibit.gallery(exercises, said, step)
        for name, text in pages.items():
            (folder / name).write_text(text, "utf-8")
            out.print(str(folder / name))
    for problem in broken:
        err.print(f"[bold]does not load[/] {escape(str(problem))}", soft_wrap=True)
    if broken:
        raise typer.Exit(1)


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


def _course() -> Course:
    return course.load(Path.cwd())


def _lang(said: str) -> Lang:
    if said in ("fr", "en"):
        return cast(Lang, said)
    raise UsageError("--lang", f"{said!r} is no language we speak", "Say fr or en.")


def _levels(said: str | None) -> tuple[int, int]:
    """``2`` or ``1-3``."""
    if said is None:
        return 1, 5
    found = re.fullmatch(r"([1-5])(?:-([1-5]))?", said)
    if not found or int(found[1]) > int(found[2] or 5):
        raise UsageError("--difficulty", f"{said!r} is no difficulty", "They go from 1 to 5: say 2, or 1-3.")
    return int(found[1]), int(found[2] or found[1])
