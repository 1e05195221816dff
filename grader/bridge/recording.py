"""Verdicts into autograded/ and the gradebook, then feedback/: one student at a time, from one writer."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.converters import GenerateFeedback, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.bridge import setup
from grader.bridge.autograde import Autograde, fingerprint
from grader.bridge.desk import Desk
from grader.bridge.gradebook import opened
from grader.bridge.scores import SUFFIX
from grader.model import Course, Record, Status


@dataclass(frozen=True, slots=True)
class Failure:
    """A student for whom nothing was recorded, and what nbgrader said about it. The others went on."""

    student: str
    why: str


def record(course: Course, records: Iterable[Record], progress: Callable[[], None] = lambda: None) -> list[Failure]:
    """Write each record into ``autograded/`` and the gradebook; what is there already is left alone.

    Stopped anywhere and done again, the result is the same. Scores and comments given by hand are kept.
    """
    desk = Desk(course)
    failures = []
    for one in records:
        if not _is_recorded(course, one):
            desk.records = {one.student: one}
            why = _convert(Autograde, desk, one.assignment, one.student)
            failures += [Failure(one.student, why)] if why else []
        progress()
    return failures


def feedback(
    course: Course, assignment: str, students: Iterable[str] | None = None, progress: Callable[[], None] = lambda: None
) -> list[Failure]:
    """``feedback/<student>/<assignment>/<assignment>.html`` for whoever has been graded, or for ``students``."""
    desk = Desk(course)
    graded = sorted(
        path.parent.parent.name for path in course.root.glob(f"autograded/*/{assignment}/{assignment}.ipynb")
    )
    failures = []
    for student in graded if students is None else students:
        why = _convert(GenerateFeedback, desk, assignment, student)
        failures += [Failure(student, why)] if why else []
        progress()
    return failures


def _convert(converter_class: Any, desk: Desk, assignment: str, student: str) -> str:
    """Run one of nbgrader's converters for one student. Returns what went wrong, or nothing."""
    config = Config()
    setup.options(config, desk.course)
    coursedir = CourseDirectory(config=config, assignment_id=assignment, student_id=student)
    with _heard() as (log, errors):
        converter = converter_class(coursedir=coursedir, config=config, log=log)
        converter.desk, converter.force = desk, True
        try:
            converter.start()
        except NbGraderException as error:
            return _reason(errors) or str(error)
        except Exception as error:  # noqa: BLE001  # one bad submission never stops the rest
            return f"{type(error).__name__}: {error}"
    return ""


@contextmanager
def _heard() -> Iterator[tuple[logging.Logger, list[str]]]:
    """A logger for nbgrader that prints nothing, and the errors it heard."""
    errors: list[str] = []

    class Ear(logging.Handler):
        def emit(self, message: logging.LogRecord) -> None:
            errors.append(message.getMessage())

    log = logging.Logger("partiel.nbgrader", logging.ERROR)  # noqa: LOG001  # of this conversion alone: no one else hears
    log.addHandler(Ear())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's and SQLAlchemy's words to one another
        yield log, errors


def _reason(errors: list[str]) -> str:
    """The last line of the traceback that nbgrader logged, which names the cause."""
    traces = [error.strip() for error in errors if "Traceback" in error]
    return traces[-1].split("\n\n")[-1][-2000:] if traces else "\n".join(errors)


def _is_recorded(course: Course, record: Record) -> bool:
    """Whether both the autograded notebook and the gradebook hold this very record."""
    id = record.assignment
    file: Path = course.root / "autograded" / record.student / id / f"{id}.ipynb"
    try:
        stamp = json.loads(file.read_bytes())["metadata"]["partiel"]["record"]
    except (OSError, ValueError, KeyError, TypeError):  # none yet, or cut short by a crash
        return False
    if stamp != fingerprint(record):
        return False
    due = {v.key + SUFFIX: None if v.status is Status.BROKEN else float(v.earned) for v in record.verdicts}
    with opened(course) as gradebook:
        try:
            grades = gradebook.find_submission_notebook(id, id, record.student).grades
        except MissingEntry:
            return False
        return {grade.name: grade.auto_score for grade in grades if grade.name in due} == due
