"""Assignments, cells and students in nbgrader's gradebook, through its own interface."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from nbgrader import api
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import reads
from nbgrader.preprocessors import ComputeChecksums, SaveCells
from sqlalchemy import exc

from grader import anonymity, notebook
from grader.bridge import late
from grader.bridge.scores import keys
from grader.course.secret import HIDDEN
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
        _appears(course)
        with told(course), Gradebook(url(course.root), course.id) as gradebook:
            yield gradebook
    finally:
        os.environ["PATH"] = before


def _appears(course: Course) -> None:
    """nbgrader makes tables where it finds none, one after the other: whoever looks meanwhile would make them too."""
    file = course.root / "gradebook.db"
    if file.exists():
        return
    with _alone(course, "making"):
        if not file.exists():
            beside = file.with_name(f".{file.name}.making")
            beside.unlink(missing_ok=True)  # somebody was killed here
            Gradebook(f"sqlite:///{beside}", course.id).close()
            beside.replace(file)


@contextmanager
def _alone(course: Course, what: str) -> Iterator[None]:
    """Whoever else does the same waits, in whatever process."""
    with (course.root / HIDDEN / what).open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def told(course: Course) -> Iterator[None]:
    """SQLite's words about the gradebook, as a CourseError that says what to do."""
    try:
        yield
    except exc.DatabaseError as error:
        raise trouble(course, str(error)) or error from error


def ready(course: Course) -> None:
    """Raises CourseError where nothing can be written in the gradebook just now."""
    with opened(course) as gradebook:
        gradebook.db.connection().exec_driver_sql("BEGIN IMMEDIATE")  # what a write would ask for, and no write
        gradebook.db.rollback()


def trouble(course: Course, said: str) -> CourseError | None:
    """What SQLite's words mean for whoever grades; None where they say nothing that we know."""
    file = course.root / "gradebook.db"
    if "database is locked" in said:
        remedy = "Close what has it open (formgrader, another partiel or nbgrader), then run the command again."
        return CourseError(file, "another program is writing in it, and nothing was changed", remedy)
    if "readonly database" in said:
        return CourseError(file, "it may be read but not written", "Give yourself the right to write it, then again.")
    if "no such column" in said or "no such table" in said:
        remedy = "Copy it somewhere safe, then run 'nbgrader db upgrade' in the course folder: no grade is lost."
        return CourseError(file, "it was made by an older nbgrader", remedy)
    if "file is not a database" in said or "malformed" in said:
        return CourseError(
            file, "it is damaged, or no gradebook", "Put it back from a backup; 'partiel grade' fills it."
        )
    return None


def register(course: Course, lock: Lock) -> None:
    """The roster, and the assignment with its cells. Done again, nothing is doubled, and no due date or grade is lost.

    Raises CourseError where the assignment has other cells than those that submissions were recorded for.
    """
    sheet = lock.example(course.lang)
    example = reads(json.dumps(notebook.compose(sheet)), as_version=4)  # nbgrader looks at the cells, once
    facts = {"notebook": lock.assignment, "assignment": lock.assignment, "db_url": url(course.root)}
    resources = {"nbgrader": facts}
    example, resources = ComputeChecksums().preprocess(example, resources)
    with _alone(course, "registering"):
        with opened(course) as gradebook:
            _enrol(gradebook, _named(course))
            late.date(course, gradebook.update_or_create_assignment(lock.assignment, course_id=course.id))
            gradebook.db.commit()
        try:
            SaveCells().preprocess(example, resources)
        except RuntimeError as error:  # its way to say that there are submissions to other cells
            remedy = "Give the changed assignment another name in course.toml: grades were recorded for the old one."
            raise CourseError(course.root / "gradebook.db", str(error), remedy) from error


def rename(course: Course) -> None:
    """The roster's names as they may be shown now: after they were lifted, or hidden. Nobody is enrolled."""
    if not (course.root / "gradebook.db").is_file():
        return
    with opened(course) as gradebook:
        known = {student.id for student in gradebook.students}
        _enrol(gradebook, tuple(student for student in _named(course) if student.id in known))


def _named(course: Course) -> tuple[Student, ...]:
    """Formgrader shows what the gradebook holds: a code and no address, where some assignment is still anonymous."""
    if not anonymity.hidden(course):
        return course.students
    return tuple(replace(s, name=anonymity.code(course, s.id), email="") for s in course.students)


def _enrol(gradebook: Gradebook, students: tuple[Student, ...]) -> None:
    """In one commit: a thousand of them, as ``update_or_create_student`` does it, take half a minute."""
    known = {student.id: student for student in gradebook.students}
    for student in students:
        first, _, last = student.name.partition(" ")
        facts = {"first_name": first or None, "last_name": last or None, "email": student.email or None}
        if student.id not in known and not student.withdrawn:
            gradebook.db.add(api.Student(id=student.id, **facts))
        for name, fact in facts.items():
            if student.id in known and getattr(known[student.id], name) != fact:
                setattr(known[student.id], name, fact)
    gradebook.db.commit()


def by_hand(course: Course, lock: Lock) -> dict[str, dict[str, Fraction]]:
    """What humans gave, by student and key of the verdict."""
    if not (course.root / "gradebook.db").is_file():
        return {}
    named = keys(lock.example(course.lang))
    found: dict[str, dict[str, Fraction]] = {}
    with opened(course) as gradebook:
        marks = (
            gradebook.db.query(api.SubmittedAssignment.student_id, api.BaseCell.name, api.Grade.manual_score)
            .select_from(api.Grade)
            .join(api.BaseCell, api.Grade.cell_id == api.BaseCell.id)
            .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
            .join(api.SubmittedAssignment, api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id)
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == lock.assignment, api.Grade.manual_score.isnot(None))
        )
        for student, cell, score in marks:
            if cell in named:
                found.setdefault(student, {})[named[cell]] = Fraction(str(score))
    return found
