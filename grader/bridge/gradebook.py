"""Assignments, cells and students in nbgrader's gradebook, through its own interface."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader import api
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import reads
from nbgrader.preprocessors import ComputeChecksums, SaveCells

from grader import notebook
from grader.errors import CourseError
from grader.lock import Lock
from grader.model import Course, Student


def url(root: Path) -> str:
    return f"sqlite:///{root / 'gradebook.db'}"


@contextmanager
def opened(course: Course) -> Iterator[Gradebook]:
    """The course's gradebook. nbgrader makes a new one with ``alembic``, which it looks for on PATH."""
    before = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        with Gradebook(url(course.root), course.id) as gradebook:
            yield gradebook
    finally:
        os.environ["PATH"] = before


def register(course: Course, lock: Lock) -> None:
    """The roster, and the assignment with its cells. Done again, nothing is doubled, and no due date or grade is lost.

    Raises CourseError where the assignment has other cells than those that submissions were recorded for.
    """
    sheet = lock.example(course.lang)
    example = reads(json.dumps(notebook.compose(sheet)), as_version=4)  # nbgrader looks at the cells, once
    facts = {"notebook": lock.assignment, "assignment": lock.assignment, "db_url": url(course.root)}
    resources = {"nbgrader": facts}
    with opened(course) as gradebook:
        _enrol(gradebook, course.students)
        gradebook.update_or_create_assignment(lock.assignment, course_id=course.id)
    example, resources = ComputeChecksums().preprocess(example, resources)
    try:
        SaveCells().preprocess(example, resources)
    except RuntimeError as error:  # its way to say that there are submissions to other cells
        remedy = "Give the changed assignment another name in course.toml: grades were recorded for the old one."
        raise CourseError(course.root / "gradebook.db", str(error), remedy) from error


def _enrol(gradebook: Gradebook, students: tuple[Student, ...]) -> None:
    """In one commit: a thousand of them, as ``update_or_create_student`` does it, take half a minute."""
    known = {student.id: student for student in gradebook.students}
    for student in students:
        first, _, last = student.name.partition(" ")
        facts = {"first_name": first or None, "last_name": last or None, "email": student.email or None}
        if student.id not in known:
            gradebook.db.add(api.Student(id=student.id, **facts))
        for name, fact in facts.items():
            if student.id in known and getattr(known[student.id], name) != fact:
                setattr(known[student.id], name, fact)
    gradebook.db.commit()
