"""The steps of a course as a person at a terminal sees them: progress, a table, where the files are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from grader import lock, queue
from grader import report as reports
from grader.grading import Terms
from grader.grading import grade as judged
from grader.model import Course, Lang, Record, Status
from grader.render import points
from grader.status import SIGNS, WORDS

out, err = Console(highlight=False), Console(stderr=True, highlight=False)


def grade(here: Course, assignment: str, terms: Terms, students: tuple[str, ...] | None = None) -> int:
    """Judge, then record each in nbgrader's gradebook as it comes. Gives how many went wrong through our fault."""
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    problems = 0

    def records() -> Iterator[Record]:
        nonlocal problems
        for student, result in judged(here, assignment, terms, students):
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

    chosen = students if students is not None else lock.read(here, assignment).students
    count = sum(queue.submitted(here.root, assignment, student) is not None for student in chosen)
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


def legend(lang: Lang) -> None:
    """What the marks of a table mean."""
    words = (f"{mark} {WORDS[status][lang].lower()}" for status, mark in SIGNS.items())
    out.print(f"[dim]{', '.join(words)}[/]")


def report(here: Course, assignment: str, lang: Lang) -> tuple[Path, Path]:
    """The page and the CSV file, written."""
    folder = here.root / "report"
    folder.mkdir(exist_ok=True)
    page, sheet = folder / f"{assignment}.html", folder / f"{assignment}.csv"
    page.write_text(reports.as_page(here, assignment, lang), "utf-8")
    sheet.write_text(reports.as_csv(here, assignment), "utf-8")
    return page, sheet


@contextmanager
def bar(name: str, count: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(name, total=count)
        yield lambda: progress.advance(task)
