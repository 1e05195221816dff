"""Who has which mark in which assignment, and why there is none where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from grader import anonymity, handed, lock
from grader.course import deadlines
from grader.errors import CourseError
from grader.lock import Lock
from grader.marks.scale import Scale
from grader.model import Absence, Course, Student

if TYPE_CHECKING:
    from grader.bridge import Finals


@dataclass(frozen=True, slots=True)
class Cell:
    """A mark; or an absence; or neither, and what must be done before there is one."""

    share: Fraction | None = None  # of all points, before rounding
    mark: Fraction | None = None
    absent: Absence | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    student: Student
    cells: tuple[Cell, ...]
    total: Cell

    @property
    def number(self) -> str:
        """The registrar's; the roster's id where it says no other."""
        return self.student.number or self.student.id


@dataclass(frozen=True, slots=True)
class Table:
    assignments: tuple[str, ...]
    scale: Scale
    lines: tuple[Line, ...]
    remarks: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """A sentence for each mark that is not there yet."""
        return tuple(
            f"{line.number}, {id}: {cell.missing}"
            for line in self.lines
            for id, cell in zip(self.assignments, line.cells, strict=True)
            if cell.missing
        )


def collect(course: Course, weights: Mapping[str, Fraction], scale: Scale, now: float | None = None) -> Table:
    """Of the roster, without who withdrew. ``now`` (seconds since 1970): who may still hand in on time is not absent.

    Raises CourseError where names are hidden, or nothing was released.
    """
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    for id in weights:
        if anonymity.hidden(course, id):
            remedy = f"When its marks are final: 'partiel lift {id}'."
            raise CourseError(course.root / "course.toml", f"'{id}' is anonymous, and its names are hidden", remedy)
    locks = {id: lock.read(course, id) for id in weights}
    for locked in locks.values():
        if (course.root / "gradebook.db").is_file():
            bridge.settle(course, locked)
    counted = {id: bridge.finals(course, id) for id in weights}
    remarks: list[str] = []
    lines = []
    for student in course.students:
        if student.withdrawn:
            continue
        cells = tuple(_cell(course, locks[id], student, counted[id], scale, remarks, now) for id in weights)
        total = _total(cells, tuple(weights.values()), scale)
        lines.append(Line(student, cells, total))
    known = {student.id for student in course.students}
    gone = sorted({s for locked in locks.values() for s in locked.students} - known)
    if gone:
        remarks.append(f"No longer in the roster, and not in the file: {', '.join(gone)}.")
    return Table(tuple(weights), scale, tuple(lines), tuple(remarks))


def _cell(
    course: Course, locked: Lock, student: Student, counted: Finals, scale: Scale, remarks: list[str], now: float | None
) -> Cell:
    id = locked.assignment
    final = counted.by_student.get(student.id)
    came = student.id in locked.students and handed.handed_in(course.root, locked, student.id)
    if absent := student.absence(id):
        if final or came:
            remarks.append(f"{student.id}, {id}: the roster says {absent}, and a copy was handed in. {absent} stands.")
        return Cell(absent=absent)
    if student.id in counted.behind:
        return Cell(missing=f"judged, and not in the gradebook: run 'partiel grade {id}'")
    if final is None and student.id not in locked.students:
        return Cell(missing=f"was handed no copy: say ABI or ABJ in the roster, or run 'partiel generate {id}'")
    if final is None and came:
        return Cell(missing=f"not graded yet: run 'partiel grade {id}'")
    if final is None:
        early = _may_still_come(course, locked, student, now)
        return Cell(missing="may still hand in on time") if early else Cell(absent="ABI")
    if final.waiting:
        return Cell(missing=f"waits for a human in formgrader: {', '.join(final.waiting)}")
    if not counted.maximum:
        raise CourseError(course.root / "course.toml", f"'{id}' is worth no points", "Give its questions some.")
    share = final.score / counted.maximum
    if share > 1:
        remarks.append(f"{student.id}, {id}: above {scale.name}, by extra credit. Apogée refuses such a mark.")
    return Cell(share, scale.rounded(share))


def _may_still_come(course: Course, locked: Lock, student: Student, now: float | None) -> bool:
    asked = course.assignments.get(locked.assignment)
    if now is None or asked is None:
        return False
    until = deadlines.of(course, asked, locked.group(student.id) or (student.id,))
    return until is not None and now < until


def _total(cells: tuple[Cell, ...], weights: tuple[Fraction, ...], scale: Scale) -> Cell:
    """The weighted mean, rounded once. ABI counts 0 and ABJ not at all; who was always absent is absent."""
    if any(cell.missing for cell in cells):
        return Cell(missing="not every mark is there")
    absent = [cell.absent for cell in cells]
    if all(absent):
        return Cell(absent="ABI" if "ABI" in absent else "ABJ")
    counting = [(cell.share or Fraction(0), w) for cell, w in zip(cells, weights, strict=True) if cell.absent != "ABJ"]
    share = sum((s * w for s, w in counting), Fraction(0)) / sum(w for _, w in counting)
    return Cell(share, scale.rounded(share))
