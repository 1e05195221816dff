"""What nbgrader's steps ask about a course: which sheet was handed out, what was written on it, what was concluded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from nbgrader.converters import BaseConverter

from grader import course as courses
from grader import handed, lock, notebook, queue, verdicts, weights
from grader.amend import withdrawn
from grader.amend.withdrawn import Remedies
from grader.bridge.gradebook import by_hand
from grader.errors import CourseError
from grader.model import Course, Record, Sheet, Status, Submission


class Desk:
    """One batch's view of a course folder. Each file is read once; ``records`` are verdicts already at hand."""

    def __init__(self, course: Course | Path, records: Mapping[str, Record] | None = None) -> None:
        self.root = course.root if isinstance(course, Course) else course
        if isinstance(course, Course):
            self.course = course
        self.records: dict[str, Record | Exception] = dict(records or {})
        self.together: tuple[str, ...] = ()  # students whose submissions may be judged in one go
        self._locks: dict[str, lock.Lock] = {}
        self._remedies: dict[str, Remedies] = {}
        self._given: dict[str, dict[str, dict[str, Fraction]]] = {}

    @cached_property
    def course(self) -> Course:
        return courses.load(self.root)

    def holds(self, assignment: str) -> bool:
        """Whether Partiel handed this assignment out. The course's other assignments are nbgrader's alone."""
        return (self.root / "course.toml").is_file() and lock.path(self.course, assignment).is_file()

    def lock(self, assignment: str) -> lock.Lock:
        if assignment not in self._locks:
            self._locks[assignment] = lock.read(self.course, assignment)
        return self._locks[assignment]

    def remedies(self, assignment: str) -> Remedies:
        if assignment not in self._remedies:
            self._remedies[assignment] = withdrawn.remedies(self.course, assignment)
        return self._remedies[assignment]

    def counted(self, record: Record) -> Record:
        """What the record counts for: not what was judged, where a question was withdrawn."""
        id, now = record.assignment, self.remedies(record.assignment)
        if now and id not in self._given:
            self._given[id] = by_hand(self.course, self.lock(id))
        return withdrawn.counted(record, now, self._given[id].get(record.student, {})) if now else record

    def sheet(self, assignment: str, student: str) -> Sheet:
        """Raises CourseError where the student was handed nothing."""
        return self.lock(assignment).sheet(student)

    def submission(self, sheet: Sheet) -> Submission:
        """What was handed in; an unreadable file is a submission in which nothing is written, and a remark says why."""
        came = handed.handed_in(self.root, self.lock(sheet.assignment), sheet.student)
        if came is None:
            remedy = f"Put it at submitted/{sheet.student}/{sheet.assignment}/{sheet.assignment}.ipynb."
            raise CourseError(f"submitted/{sheet.student}", f"no notebook was handed in for {sheet.assignment}", remedy)
        try:
            read = notebook.read_submission(came.file, sheet)
            by_weights = self.lock(sheet.assignment).training == "weights"
            return weights.beside(came.file, sheet, read) if by_weights else read
        except notebook.UnreadableSubmission as error:
            return Submission(sheet.student, sheet.assignment, {}, error.sha256, (error.why,))

    def record(self, sheet: Sheet) -> Record:
        """The verdicts on the file as it is now: reused where it was judged before, else judged behind the walls.

        Raises what went wrong of ours: then nothing is recorded for this student.
        """
        if sheet.student not in self.records:
            self._find(sheet.assignment, dict.fromkeys((*self.together, sheet.student)))
        known = self.records[sheet.student]
        if isinstance(known, Exception):
            raise known
        if known.submission != self.submission(sheet).sha256 or known.sheet not in sheet.revisions:
            where = f"submitted/{sheet.student}/{sheet.assignment}"
            remedy = f"Run 'partiel grade {sheet.assignment}' again."
            raise CourseError(where, "the submission has changed since it was judged", remedy)
        return known

    def _find(self, assignment: str, students: Iterable[str]) -> None:
        """Verdicts from the ledger; the walls are needed only for what it lacks."""
        ledger = verdicts.latest(self.course, assignment)
        left = []
        for student in students:
            if student not in self.lock(assignment).students:
                continue
            before = ledger.get(student)
            if before is not None and self._stands(before):
                self.records[student] = before
            else:
                left.append(student)
        if left:
            from grader import grading  # judging is not loaded where every verdict is there already

            self.records.update(grading.grade(self.course, assignment, self.course.grading, tuple(left)))

    def _stands(self, before: Record) -> bool:
        """Judged as it would be now; a fault of ours stays with the human it called."""
        sheet = self.sheet(before.assignment, before.student)
        if handed.handed_in(self.root, self.lock(sheet.assignment), sheet.student) is None or not before.verdicts:
            return False
        submission = self.submission(sheet)
        if before.submission != submission.sha256 or before.sheet not in sheet.revisions:
            return False
        standing = queue.standing(before, sheet, submission, before.device, before.level)
        return all(verdict.key in standing for verdict in before.verdicts if verdict.status is not Status.BROKEN)


def of(step: object) -> Desk:
    """The desk of a converter, or of the exporter or preprocessor that works for it."""
    if isinstance(step, BaseConverter):
        if not hasattr(step, "desk"):  # it lives as long as the converter: one batch
            step.desk = Desk(Path(step.coursedir.root))
        desk: Desk = step.desk
        return desk
    if (parent := getattr(step, "parent", None)) is None:
        raise TypeError(f"{type(step).__name__} works inside nbgrader's autograde and generate_feedback only")
    return of(parent)
