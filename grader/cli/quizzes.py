"""Commands about quizzes: the same exercises, for another platform or for paper."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grader import content, course, pools, quiz
from grader.cli.options import spoken
from grader.errors import UsageError
from grader.model import Course, Exercise
from grader.quiz import policy
from grader.quiz.build import Allowed, ascii_id
from grader.steps import err, out

commands = typer.Typer()


@commands.command()
def export(
    assignment: Annotated[str | None, typer.Argument(help="Of the course in this folder.")] = None,
    exercise: Annotated[list[str] | None, typer.Option(help="Instead of an assignment; may be repeated.")] = None,
    to: Annotated[str, typer.Option(help=f"The format: {', '.join(quiz.FORMATS)}.")] = "moodle",
    variants: Annotated[int, typer.Option(min=1, help="Of each exercise.")] = 10,
    lang: Annotated[str | None, typer.Option(help="fr or en; else the course's.")] = None,
    pool: Annotated[str | None, typer.Option(help="Where variants come from, in a course with pools.")] = None,
    scoring: Annotated[
        str, typer.Option("--policy", help="all-or-nothing, proportional, net-correct; negative=1/3, guess.")
    ] = "",
    to_folder: Annotated[Path | None, typer.Option("--out", help="The folder; else quiz/ID-FORMAT.")] = None,
) -> None:
    """Variants as a quiz: questions, right answers, what wrong ones reveal, worked solutions."""
    here = _course()
    if (assignment is None) == (not exercise):
        raise UsageError("partiel export", "an assignment or exercises", "Name one, or say --exercise ID.")
    if assignment is not None and here is None:
        raise UsageError(assignment, "this folder is no course", "Go to the course's folder, or say --exercise ID.")
    chosen = course.assignment(here, assignment) if here and assignment else None
    ids = chosen.exercises if chosen else tuple(exercise or ())
    speaks = spoken(lang) if lang else here.lang if here else "fr"
    name = assignment or (ids[0] if len(ids) == 1 else "quiz")
    made = quiz.export(
        [content.find(id, here.content if here else ()) for id in ids],
        speaks,
        to,
        id=name,
        title=chosen.title if chosen else name,
        variants=variants,
        policy=policy.read(scoring),
        allowed=_allowed(here, pool),
        points=chosen.points if chosen else None,
    )
    folder = to_folder or Path("quiz") / f"{ascii_id(name)}-{to}"
    _write(folder, made.files.items())
    for line in made.report.lines(speaks):
        err.print(escape(line), soft_wrap=True)
    count = len(made.quiz.items)
    out.print(f"{count} variants of {len(made.quiz.groups)} exercises in {escape(str(folder))}/", soft_wrap=True)


def _course() -> Course | None:
    return course.load(Path.cwd()) if Path("course.toml").is_file() else None


def _allowed(here: Course | None, pool: str | None) -> Allowed | None:
    """Where a course keeps variants for its exams, they leave it only when that pool is named."""
    if here is None:
        if pool:
            raise UsageError("--pool", f"no pool '{pool}': this folder is no course", "Go there, or leave it out.")
        return None
    if here.pools.shares and not pool and pools.PRACTICE not in here.pools.shares:
        raise UsageError(
            "--pool", "this course has pools, none for practice", f"Say one: {', '.join(here.pools.shares)}."
        )

    def allowed(exercise: Exercise) -> Collection[int]:
        return pools.allowed(here, exercise, pool or "")

    return allowed


def _write(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
