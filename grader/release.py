"""An assignment handed out: the lock, a notebook per student, and the gradebook's rows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from grader import datasets, lock, notebook
from grader.lock import Lock
from grader.model import Assignment, Cell, Course, Sheet

IN_KERAS = ("mnist", "fashion-mnist")  # a student's notebook has these from `keras.datasets`


def generate(course: Course, assignment: Assignment, step: Callable[[], None] = lambda: None) -> int:
    """How many notebooks were written. A copy that was handed out before is the same, to the byte."""
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    with datasets.use(course.secret, course.data):
        handed = lock.write(course, assignment)
    notebooks(course, handed, shared=assignment.shared, step=step)
    notebook.write(_source(course, assignment.id), notebook.compose(handed.example(course.lang)))
    lay(course, handed)
    bridge.register(course, handed)
    return len(handed.students)


def lay(course: Course, handed: Lock) -> None:
    """The images that students train on, beside each notebook that is there."""
    id = handed.assignment
    for name in handed.needs:
        if name in datasets.KNOWN and name not in IN_KERAS:
            public = datasets.public(name, course.data.get(name)) / "public.npz"
            notebooks = sorted(course.root.glob(f"release/**/{id}.ipynb"))
            _lay(public, _source(course, id).with_name(f"{name}.npz"), notebooks)


def notebooks(course: Course, handed: Lock, *, shared: bool, step: Callable[[], None] = lambda: None) -> None:
    """``release/``: the copies as the lock says them, with whatever errata there are."""
    id = handed.assignment
    copies = {id: handed.example(course.lang)} if shared else {}  # where nbgrader's exchange looks for it
    for student in () if shared else handed.students:
        copies[f"{student}/{id}"] = handed.sheet(student)
    for folder, sheet in copies.items():
        notebook.write(
            course.root / "release" / folder / f"{id}.ipynb", notebook.compose(sheet, added=errata(handed, sheet))
        )
        step()


def errata(handed: Lock, sheet: Sheet) -> dict[str, tuple[Cell, ...]]:
    """What students are told of amendments, by the cell it stands under; it is no part of the sheet."""
    under: dict[str, tuple[Cell, ...]] = {}
    for one in handed.said.get("errata", ()):
        words = Cell("words", one["id"], one["text"][sheet.lang])
        under[one["under"]] = (*under.get(one["under"], ()), words)
    return under


def _source(course: Course, id: str) -> Path:
    return course.root / "source" / id / f"{id}.ipynb"


def _lay(public: Path, first: Path, notebooks: list[Path]) -> None:
    """One copy, under as many names as the disk allows."""
    first.unlink(missing_ok=True)
    shutil.copyfile(public, first)
    for file in notebooks:
        beside = file.with_name(first.name)
        beside.unlink(missing_ok=True)
        try:
            os.link(first, beside)
        except OSError:  # this disk has no hard links
            shutil.copyfile(first, beside)
