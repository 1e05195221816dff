"""An assignment handed out: the lock, a notebook per student, and the gradebook's rows."""

from __future__ import annotations

from collections.abc import Callable

from grader import datasets, lock, notebook
from grader.model import Assignment, Course


def generate(course: Course, assignment: Assignment, step: Callable[[], None] = lambda: None) -> int:
    """How many notebooks were written. A copy that was handed out before is the same, to the byte."""
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    with datasets.use(course.secret, course.data):
        handed = lock.write(course, assignment)
    for student in handed.students:
        file = course.root / "release" / student / assignment.id / f"{assignment.id}.ipynb"
        notebook.write(file, notebook.compose(handed.sheet(student)))
        step()
    source = course.root / "source" / assignment.id / f"{assignment.id}.ipynb"
    notebook.write(source, notebook.compose(handed.example(course.lang)))
    bridge.register(course, handed)
    return len(handed.students)
