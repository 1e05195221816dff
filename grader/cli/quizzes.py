"""Commands about quizzes: the same exercises, for another platform or for paper."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grader import content, course, lock, pools, quiz
from grader.cli.options import spoken
from grader.errors import UsageError, near_miss
from grader.lock import Lock
from grader.model import Assignment, Course, Exercise, Lang, Sheet, Student
from grader.quiz import build, copies, policy
from grader.quiz.build import Allowed, ascii_id
from grader.quiz.copies import Hand, Held
from grader.quiz.policy import Policy
from grader.steps import err, out

commands = typer.Typer()
PAGES = ("a4", "letter")
VARIANTS = 10


@commands.command()
def export(
    assignment: Annotated[str | None, typer.Argument(help="Of the course in this folder.")] = None,
    exercise: Annotated[list[str] | None, typer.Option(help="Instead of an assignment; may be repeated.")] = None,
    to: Annotated[str, typer.Option(help=f"The format: {', '.join(quiz.FORMATS)}.")] = "moodle",
    variants: Annotated[int | None, typer.Option(min=1, show_default=str(VARIANTS), help="Of each exercise.")] = None,
    lang: Annotated[str | None, typer.Option(help="fr or en; else the course's.")] = None,
    pool: Annotated[str | None, typer.Option(help="Where variants come from, in a course with pools.")] = None,
    scoring: Annotated[
        str, typer.Option("--policy", help="all-or-nothing, proportional, net-correct; negative=1/3, guess.")
    ] = "",
    page: Annotated[str | None, typer.Option(show_default=PAGES[0], help="Of paper and amc: a4 or letter.")] = None,
    spare: Annotated[int, typer.Option(min=0, help="Of paper and amc: copies without a name.")] = 0,
    to_folder: Annotated[Path | None, typer.Option("--out", help="The folder; else quiz/ID-FORMAT.")] = None,
) -> None:
    """Variants as a quiz: questions, right answers, what wrong ones reveal, worked solutions.

    On paper, students of a released assignment have the variants that they were handed, unless --pool is said.
    """
    if page is not None and page not in PAGES:
        raise UsageError("--page", f"no page '{page}'", near_miss(page, PAGES, f"Known: {', '.join(PAGES)}."))
    here = _course()
    if (assignment is None) == (not exercise):
        raise UsageError("partiel export", "an assignment or exercises", "Name one, or say --exercise ID.")
    if assignment is not None and here is None:
        raise UsageError(assignment, "this folder is no course", "Go to the course's folder, or say --exercise ID.")
    chosen = course.assignment(here, assignment) if here and assignment else None
    ids = chosen.exercises if chosen else tuple(exercise or ())
    speaks = spoken(lang) if lang else here.lang if here else "fr"
    name = assignment or (ids[0] if len(ids) == 1 else "quiz")
    folder = to_folder or Path("quiz") / f"{ascii_id(name)}-{to}"
    _refuse_what_the_format_has_not(to, page, spare, scoring)
    if here and chosen and not pool and quiz.on_paper(quiz.find(to)) and lock.path(here, chosen.id).is_file():
        if variants is not None:
            pooled = ", or --pool NAME instead of theirs" if here.pools.shares else ""
            remedy = f"Leave it out. For copies without a name: --spare N beside theirs{pooled}."
            raise UsageError("--variants", f"'{chosen.id}' is released: its students' copies hold theirs", remedy)
        _for_students(here, chosen, to, policy.read(scoring), lang, page or PAGES[0], spare, folder)
        return
    if spare:
        remedy = f"Ask for that many --variants, or {'leave --pool out' if pool else 'release the assignment first'}."
        raise UsageError("--spare", "without released copies, none has a name", remedy)
    made = quiz.export(
        [content.find(id, here.content if here else ()) for id in ids],
        speaks,
        to,
        id=name,
        title=chosen.title if chosen else name,
        variants=variants or VARIANTS,
        policy=policy.read(scoring),
        allowed=_allowed(here, pool),
        points=chosen.points if chosen else None,
        page=page or PAGES[0],
    )
    _write(folder, made.files.items())
    for line in made.report.lines(speaks):
        err.print(escape(line), soft_wrap=True)
    count = len(made.quiz.items)
    groups = len(made.quiz.groups)
    of = f"{groups} exercise{'s' * (groups != 1)}"
    out.print(f"{count} variant{'s' * (count != 1)} of {of} in {escape(str(folder))}/", soft_wrap=True)


def _refuse_what_the_format_has_not(to: str, page: str | None, spare: int, scoring: str) -> None:
    """What was asked for is done or refused, never passed over. Raises UsageError."""
    module = quiz.find(to)
    asked = {"--page": page, "--spare": spare}
    for option in (option for option, said in asked.items() if said and not quiz.on_paper(module)):
        raise UsageError(option, f"'{to}' is not printed", "Leave it out, or say --to paper or --to amc.")
    if scoring and not quiz.scores(module):
        raise UsageError("--policy", f"'{to}' leaves scoring to whoever runs it", "Leave it out.")


def _for_students(
    here: Course,
    assignment: Assignment,
    to: str,
    scoring: Policy,
    lang: str | None,
    page: str,
    spare: int,
    folder: Path,
) -> None:
    """Copies of what the lock says they hold, in their own languages: a folder for each where there are two."""
    handed = lock.read(here, assignment.id)
    hands: dict[Lang, list[Hand]] = {}
    points: dict[str, Fraction] = {}
    for student in here.students:
        if student.withdrawn or student.id not in handed.students:
            continue
        sheet = handed.sheet(student.id)
        hand = _hand(student, sheet, spoken(lang) if lang else sheet.lang, handed)
        hands.setdefault(hand.lang, []).append(hand)
        points |= {f"{i.variant.exercise.id}.{c.question}": c.points for i in sheet.items for c in i.cells if c.points}
    for reworded in {
        held.exercise.id for hand in hands.get(here.lang, []) for held in hand.held if handed.reworded(held.exercise)
    }:
        err.print(f"{escape(reworded)}: reworded since its release; the paper has today's words", soft_wrap=True)
    for speaks, group in hands.items():
        nobodys = None
        if spare and speaks == (here.lang if here.lang in hands else next(iter(hands))):
            exercises = {held.exercise.id: held.exercise for held in group[0].held}.values()
            allowed = _allowed(here, handed.pool or None)
            nobodys = build.quiz(
                "spare", "", list(exercises), speaks, spare, policy=scoring, allowed=allowed, points=points
            )
        made = copies.named(assignment.id, assignment.title, speaks, group, scoring, points, spare=nobodys, page=page)
        written = quiz.written(made, to, scoring)
        where = folder / speaks if len(hands) > 1 else folder
        _write(where, written.files.items())
        for line in written.report.lines(speaks):
            err.print(escape(line), soft_wrap=True)
        out.print(
            f"{len(made.copies)} cop{'y' if len(made.copies) == 1 else 'ies'} in {escape(str(where))}/", soft_wrap=True
        )


def _hand(student: Student, sheet: Sheet, lang: Lang, handed: Lock) -> Hand:
    numbers = handed.numbers(student.id)
    for item in sheet.items:
        if item.variant.exercise.cells:
            remedy = "Leave it out of this assignment, or hand the assignment out as a notebook."
            raise UsageError(item.key, "a notebook written by hand is no quiz", remedy)
    held = tuple(Held(i.variant.exercise, int(numbers[i.key]), i.variant.params) for i in sheet.items)
    return Hand(student.id, student.name, student.number, lang, held)


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
