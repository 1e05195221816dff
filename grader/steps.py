"""The steps of a course as a person at a terminal sees them: progress, a table, where the files are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from grader import handed, lock
from grader import report as reports
from grader.catalogue import Facts
from grader.grading import grade as judged
from grader.model import Course, Lang, Record, Status, Terms, Variant
from grader.render import points
from grader.status import SIGNS, WORDS

FEW = 12  # exercises that fit on a line of course.toml
COLUMNS = ("shelf", "id", "title", "kinds", "level", "min", "variants", "needs")
ROOMY = 70  # what the other columns take, with some room for words
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


def grade(here: Course, assignment: str, terms: Terms, students: tuple[str, ...] | None = None) -> int:
    """Judge, then record each in nbgrader's gradebook as it comes. Gives how many went wrong through our fault."""
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    problems = 0

    def records() -> Iterator[Record]:
        nonlocal problems
        for student, result in judged(here, assignment, terms, None if students is None else chosen):
            if isinstance(result, Record):
                ours = [v for v in result.verdicts if v.status is Status.BROKEN]
                if ours:
                    problems += 1
                    names = ", ".join(v.key for v in ours[:3]) + (" …" if len(ours) > 3 else "")
                    why = "; ".join(dict.fromkeys(line for v in ours for line in v.evidence))
                    err.print(f"[bold]{escape(student)}[/]: left to a human: {escape(names)} ({escape(why[:300])})")
                yield result
            else:
                problems += 1
                err.print(f"[bold]{escape(student)}[/]: {escape(str(result))}")
            step()

    locked = lock.read(here, assignment)
    chosen = students if students is not None else locked.students
    chosen = tuple(dict.fromkeys(member for student in chosen for member in locked.group(student) or (student,)))
    count = sum(handed.handed_in(here.root, locked, student) is not None for student in chosen)
    with bar(assignment, count) as step:
        failures = bridge.record(here, records())
    for failure in failures:
        err.print(escape(str(failure)))
    return problems + len(failures)


def table(here: Course, assignment: str, did: Mapping[str, str] | None = None) -> None:
    """Who got what, and why; ``did`` says what simulated students did."""
    total = points(reports.total(here, assignment), here.lang)
    title = lock.read(here, assignment).title
    grid = Table(box=None, pad_edge=False, header_style="dim", title=escape(title), title_justify="left")
    for column in ("student", *(("did",) if did else ()), f"/ {total}", "", "why"):
        grid.add_column(column, justify="right" if column.startswith("/") else "left", no_wrap=column == "")
    for row in reports.rows(here, assignment):
        who = [escape(row.name or row.student), *([escape(did.get(row.student, ""))] if did else [])]
        if row.record is None:
            grid.add_row(*who, "–", "", "nothing handed in")
            continue
        marks = "".join(SIGNS[v.status] for v in row.record.verdicts)
        remarks = "; ".join(r[here.lang] for r in row.record.remarks[:1])
        why = remarks or reports.one_line(row.why, here.lang, most=2)
        grid.add_row(*who, points(row.earned, here.lang), marks, escape(why))
    out.print(grid)


def catalogue(found: Sequence[Facts], lang: Lang, *, with_ids: bool) -> None:
    """A line per exercise; ``with_ids`` adds the line to copy into ``course.toml``."""
    from grader import exhibit

    longest = max((len(one.shelf) + len(one.id) for one in found), default=0)
    few = out.width < longest + ROOMY  # a title cut in pieces is worse than a column less
    left_out = ("kinds", "variants", "needs") if few else ()
    columns = [name for name in COLUMNS if name not in left_out]
    grid = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        right = column in ("level", "min", "variants")
        grid.add_column(
            column, justify="right" if right else "left", no_wrap=column in ("shelf", "id"), overflow="fold"
        )
    shelf = ""
    for one in found:
        needs = ", ".join((*one.needs, *(("gpu",) if one.device == "gpu" else ())))
        numbers = (str(one.difficulty), str(one.minutes), str(one.variants))
        first = one.shelf if one.shelf != shelf else ""
        said = (first, one.id, exhibit.title(one.title[lang]), ", ".join(one.kinds), *numbers, needs)
        grid.add_row(*(escape(text) for name, text in zip(COLUMNS, said, strict=True) if name in columns))
        shelf = one.shelf
    out.print(grid)
    minutes, members = sum(one.minutes for one in found), sum(one.variants for one in found)
    many = f"{len(found)} exercise{'s' * (len(found) != 1)}"
    out.print(f"[dim]{many}, {minutes} minutes, {members} variant{'s' * (members != 1)}[/]")
    if with_ids and 0 < len(found) <= FEW:
        ids = ", ".join(f'"{one.id}"' for one in found)
        out.print(escape(f"exercises = [{ids}]"), soft_wrap=True)


def variant(of: Variant, lang: Lang, *, solution: bool, named: bool) -> None:
    """A variant as its student sees it: formulas in Unicode, figures by their alternative text."""
    from grader import exhibit, handout

    exercise = of.exercise
    if named:
        out.rule(f"{of}", style="dim")
    points = {f"{exercise.id}-{question.name}": question.points for question in exercise.questions}
    for cell in handout.cells(exercise.id, of, lang, points):
        words = not cell.is_code
        out.print(Markdown(exhibit.words(cell.source, lang) if words else f"```python\n{cell.source}\n```"))
    if not solution:
        return
    colon = "\u202f:" if lang == "fr" else ":"
    for question in exercise.questions:
        known = exhibit.key(of, question, lang)
        out.print()
        out.print(escape(known.answer or question.name), style="bold", soft_wrap=True)
        for wrong in known.wrong:
            out.print(Markdown(f"- `{wrong.said}` *{wrong.name}*{colon} {exhibit.words(wrong.sentence, lang)}"))
    out.print()
    out.print(Markdown(exhibit.words(exhibit.solution(of, lang), lang)))


def legend(lang: Lang) -> None:
    """What the marks of a table mean."""
    words = (f"{mark} {WORDS[status][lang].lower()}" for status, mark in SIGNS.items())
    out.print(f"[dim]{', '.join(words)}[/]")


def report(here: Course, assignment: str, lang: Lang) -> tuple[Path, Path, Path]:
    """The page, the CSV file and the JSON file, written."""
    found = reports.collect(here, assignment)
    folder = here.root / "report"
    folder.mkdir(exist_ok=True)
    page, sheet, plain = (folder / f"{assignment}.{kind}" for kind in ("html", "csv", "json"))
    page.write_text(reports.as_page(here, assignment, lang, found=found), "utf-8")
    sheet.write_text(reports.as_csv(here, assignment), "utf-8")
    plain.write_text(json.dumps(reports.as_json(here, assignment, found), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return page, sheet, plain


def spent(seconds: float) -> str:
    """``42 s``, ``3 min 05 s``, ``2 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


@contextmanager
def bar(name: str, count: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(name, total=count)
        yield lambda: progress.advance(task)
