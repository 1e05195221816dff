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

from grader.bridge import late, rescaling, setup
from grader.bridge.autograde import Autograde, fingerprint
from grader.bridge.desk import Desk
from grader.bridge.gradebook import opened, told, trouble, url
from grader.bridge.scores import keys
from grader.lock import Lock
from grader.model import Course, Record, Sheet, Status


@dataclass(frozen=True, slots=True)
class Failure:
    """A student for whom nothing was recorded, and what nbgrader said about it. The others went on."""

    student: str
    why: str

    def __str__(self) -> str:
        return f"{self.student}: {self.why}"


def record(course: Course, records: Iterable[Record], progress: Callable[[], None] = lambda: None) -> list[Failure]:
    """Write each record into ``autograded/`` and the gradebook; what is there already is left alone.

    Stopped anywhere and done again, the result is the same. Scores and comments given by hand are kept.
    """
    desk, config = Desk(course), setup.configured(course)
    failures = []
    there: dict[str, set[str]] = {}
    for one in records:
        if _is_recorded(desk, one):
            there.setdefault(one.assignment, set()).add(one.student)
        else:
            desk.records = {one.student: one}
            why = _convert(Autograde, desk, one.assignment, one.student, config)
            failures += [Failure(one.student, why)] if why else []
        progress()
    for assignment, students in there.items():
        settle(course, desk.lock(assignment), students, config)
    return failures


def settle(course: Course, lock: Lock, students: Iterable[str] | None = None, config: Config | None = None) -> None:
    """Late penalties and rescaled points as they are now: a due date may have moved since, a human given marks."""
    with told(course):
        rescaling.settle(course, lock, students)
        late.settle(course, lock, config or setup.configured(course), url(course.root), students)


def feedback(
    course: Course, assignment: str, students: Iterable[str] | None = None, progress: Callable[[], None] = lambda: None
) -> list[Failure]:
    """``feedback/<student>/<assignment>/<assignment>.html`` for whoever has been graded, or for ``students``."""
    desk, config = Desk(course), setup.configured(course)
    graded = sorted(
        path.parent.parent.name for path in course.root.glob(f"autograded/*/{assignment}/{assignment}.ipynb")
    )
    failures = []
    if desk.holds(assignment) and desk.remedies(assignment).rescaled:
        settle(course, desk.lock(assignment), students, config)
    for student in graded if students is None else students:
        why = _convert(GenerateFeedback, desk, assignment, student, config)
        failures += [Failure(student, why)] if why else []
        progress()
    return failures


def _convert(converter_class: Any, desk: Desk, assignment: str, student: str, config: Config) -> str:
    """Run one of nbgrader's converters for one student. Returns what went wrong, or nothing.

    Raises CourseError where it is the gradebook that nobody can write in: the next student would fare no better.
    """
    coursedir = CourseDirectory(config=config, assignment_id=assignment, student_id=student)
    with _heard() as (log, errors):
        converter = converter_class(coursedir=coursedir, config=config, log=log)
        converter.desk, converter.force = desk, True
        try:
            converter.start()
        except NbGraderException as error:
            if known := trouble(desk.course, "\n".join(errors)):
                raise known from error
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


def _due(sheet: Sheet, record: Record) -> dict[str, float | None]:
    """The score of each graded cell as nbgrader keeps it; None is for a human to say."""
    known = {verdict.key: verdict for verdict in record.verdicts}
    tasks = {cell.id for item in sheet.items for cell in item.cells if cell.kind == "task"}
    return {
        id: None if _humans(known[key].status, task=id in tasks) else float(known[key].earned)
        for id, key in keys(sheet).items()
        if key in known
    }


def _humans(status: Status, *, task: bool) -> bool:
    """Whether the score is a human's to give."""
    return status in (Status.BROKEN, Status.WAITING) or (task and status is not Status.WITHDRAWN)


def _is_recorded(desk: Desk, record: Record) -> bool:
    """Whether both the autograded notebook and the gradebook hold this very record."""
    id, course = record.assignment, desk.course
    file: Path = course.root / "autograded" / record.student / id / f"{id}.ipynb"
    try:
        stamp = json.loads(file.read_bytes())["metadata"]["partiel"]["record"]
    except (OSError, ValueError, KeyError, TypeError):  # none yet, or cut short by a crash
        return False
    if stamp != fingerprint(record, desk.remedies(id)):
        return False
    due = _due(desk.sheet(id, record.student), desk.counted(record))
    with opened(course) as gradebook:
        try:
            grades = gradebook.find_submission_notebook(id, id, record.student).grades
        except MissingEntry:
            return False
        return {grade.name: grade.auto_score for grade in grades if grade.name in due} == due
