"""nbgrader's autograde, of which the parts that would believe or run a submission are ours.

The notebook is composed from the lock, its scores come from verdicts, and nothing is executed here. An assignment
that Partiel did not hand out goes through nbgrader's own parts, unchanged.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader import converters, utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import CheckCellMetadata, Execute, OverwriteCells, SaveAutoGrades

from grader import handed, notebook
from grader.amend.withdrawn import Remedies
from grader.bridge import desk as desks
from grader.bridge import late, marking
from grader.bridge.scores import keys, outputs_of_check, set_said, status_of, verdict_of, withdrawn_score
from grader.feedback import harmless
from grader.model import Record, Status

Notebook = Any  # nbformat's NotebookNode
Resources = dict[str, Any]
EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


class SheetExporter(NotebookExporter):
    """Opens no submission of ours: a file that nobody can read must not stop the batch, and none is believed."""

    def from_filename(self, filename: str, resources: Resources | None = None, **kw: Any) -> tuple[str, Resources]:
        facts = (resources or {})["nbgrader"]
        if not self.parent._sanitizing or not desks.of(self).holds(facts["assignment"]):
            return super().from_filename(filename, resources, **kw)
        return self.from_notebook_node(notebook.as_node(EMPTY), resources, **kw)


class ComposeSheet(OverwriteCells):
    """In place of OverwriteCells: the whole notebook from the lock, and from the submission its answers by id."""

    def preprocess(self, nb: Notebook, resources: Resources) -> tuple[Notebook, Resources]:
        desk, facts = desks.of(self), resources["nbgrader"]
        if not desk.holds(facts["assignment"]):
            return super().preprocess(nb, resources)
        sheet = desk.sheet(facts["assignment"], facts["student"])
        handed_out = {cell.id: cell for cell in notebook.as_node(notebook.compose(sheet)).cells}
        submission, schemes = desk.submission(sheet), marking.schemes(sheet)
        added = {id: (*submission.added.get(id, ()), *schemes.get(id, ())) for id in {*submission.added, *schemes}}
        written = {**marking.answers(sheet, submission), **marking.whole_tests(sheet)}
        composed = notebook.as_node(notebook.compose(sheet, written, added=added))
        theirs = {*submission.written, *(cell.id for cells in submission.added.values() for cell in cells)}
        for cell in composed.cells:
            if "nbgrader" in cell.metadata:  # so that "No response." is seen
                cell.metadata.nbgrader.checksum = utils.compute_checksum(handed_out[cell.id])
            if (
                cell.cell_type == "markdown"
                and cell.id in theirs
                and cell.source.strip() != _handed(handed_out, cell.id)
            ):
                marking.make_harmless(cell, sheet.lang)
        return composed, resources


class WriteVerdicts(Execute):
    """In place of Execute: each grade cell gets one score, in range, and what the student's cells printed."""

    def preprocess(self, nb: Notebook, resources: Resources, **kw: Any) -> tuple[Notebook, Resources]:
        desk, facts = desks.of(self), resources["nbgrader"]
        if not desk.holds(facts["assignment"]):
            return super().preprocess(nb, resources, **kw)
        sheet = desk.sheet(facts["assignment"], facts["student"])
        judged = desk.record(sheet)
        record = desk.counted(judged)
        graded = keys(sheet)
        out = {v.key: v for v in record.verdicts if v.status is Status.WITHDRAWN}
        for cell in nb.cells:
            if graded.get(cell.id) in out and (utils.is_solution(cell) or utils.is_task(cell)):
                set_said(cell, out[graded[cell.id]], sheet.lang)
            if cell.cell_type != "code":
                continue
            if utils.is_grade(cell) and not utils.is_solution(cell):
                verdict = verdict_of(record, graded[cell.id], cell.metadata.nbgrader.points)
                cell.outputs = [*outputs_of_check(verdict, sheet.lang), *harmless(_printed(record, cell.id))]
            else:
                cell.outputs = harmless(record.outputs.get(cell.id, ()))
        remarks = [remark[sheet.lang] for remark in record.remarks]
        stamp = fingerprint(judged, desk.remedies(facts["assignment"]))
        nb.metadata.partiel.update(remarks=remarks, record=stamp, level=str(record.level))
        return notebook.as_node(nb), resources


class CheckForeign(CheckCellMetadata):
    """CheckCellMetadata, but not of what we composed: nbgrader saw those cells at release, and a look takes 50 ms."""

    def preprocess(self, nb: Notebook, resources: Resources) -> tuple[Notebook, Resources]:
        if desks.of(self).holds(resources["nbgrader"]["assignment"]):
            return nb, resources
        return super().preprocess(nb, resources)


class SaveVerdicts(SaveAutoGrades):
    """SaveAutoGrades in one commit; and what we could not judge has no score and waits for a human, never a 0."""

    def preprocess(self, nb: Notebook, resources: Resources) -> tuple[Notebook, Resources]:
        facts = resources["nbgrader"]
        if not desks.of(self).holds(facts["assignment"]):
            return super().preprocess(nb, resources)
        with Gradebook(facts["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(facts["notebook"], facts["assignment"], facts["student"])
            grades = {grade.name: grade for grade in submitted.grades}
            comments = {comment.name: comment for comment in submitted.comments}
            for cell in nb.cells:
                id = cell.metadata.get("nbgrader", {}).get("grade_id")
                if utils.is_grade(cell) or (utils.is_task(cell) and status_of(cell) is Status.WITHDRAWN):
                    broken = status_of(cell) is Status.BROKEN
                    score = None if broken else withdrawn_score(cell)
                    if score is None and not broken:
                        score = utils.determine_grade(cell, self.log)[0]
                    grades[id].auto_score = score
                    grades[id].needs_manual_grade = score is None or grades[id].manual_score is not None
                if utils.is_solution(cell) or utils.is_task(cell):
                    same = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
                    comments[id].auto_comment = "No response." if same and not utils.is_task(cell) else None
            gradebook.db.commit()
        return nb, resources


class Autograde(converters.Autograde):
    """nbgrader's, but of what comes with a notebook of ours nothing is copied: a link would be followed."""

    def init_notebooks(self) -> None:
        desk, assignment = desks.of(self), self.coursedir.assignment_id
        ours = dict(self._handed_in(desk, assignment)) if desk.holds(assignment) else {}
        try:
            super().init_notebooks()
        except converters.NbGraderException:
            if not ours:
                raise
        for student, folder in ours.items():
            self.assignments[folder] = [str(Path(folder, f"{assignment}.ipynb"))]  # whatever name it came under
            desk.together = (*desk.together, student)

    def _handed_in(self, desk: desks.Desk, assignment: str) -> Iterator[tuple[str, str]]:
        """Whoever is asked for and has a copy to grade: theirs, or their group's though their own folder is empty."""
        locked = desk.lock(assignment)
        for student in locked.students:
            if fnmatchcase(student, self.coursedir.student_id) and handed.handed_in(desk.root, locked, student):
                yield student, self._format_source(assignment, student)

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        if not desks.of(self).holds(assignment_id):
            super().init_assignment(assignment_id, student_id)
            return
        late.stamp(Path(self._format_source(assignment_id, student_id)))  # nbgrader has no words for a bad one
        with utils.temp_attrs(self.coursedir, ignore=["*"]):
            super().init_assignment(assignment_id, student_id)
        self._unzero(assignment_id, student_id)
        self._in_time(assignment_id, student_id)
        desk = desks.of(self)
        late.allow(desk.course, desk.lock(assignment_id), student_id, self.coursedir.db_url)
        came, goes = (
            Path(at(assignment_id, student_id), "timestamp.txt") for at in (self._format_source, self._format_dest)
        )
        if came.is_file() and not came.is_symlink():  # nbgrader compares the two to see that a newer one came
            goes.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(came, goes)

    def _in_time(self, assignment: str, student: str) -> None:
        """A group's copy came when it came: nbgrader has looked at this member's own folder."""
        desk = desks.of(self)
        found = handed.handed_in(desk.root, desk.lock(assignment), student)
        if found and found.by != student:
            when = self.coursedir.get_existing_timestamp(str(found.file.parent))
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                gradebook.update_or_create_submission(assignment, student, timestamp=when)

    def _unzero(self, assignment: str, student: str) -> None:
        """nbgrader has just given 0 where the notebook has another name: until it is judged, it has no score."""
        if Path(self._format_source(assignment, student), f"{assignment}.ipynb").exists():
            return
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            for grade in gradebook.find_submission_notebook(assignment, assignment, student).grades:
                grade.auto_score, grade.needs_manual_grade = None, True
            gradebook.db.commit()


def _handed(handed_out: dict[str, Notebook], id: str) -> str:
    return str(handed_out[id].source).strip() if id in handed_out else ""


def _printed(record: Record, id: str) -> list[Any]:
    """What a hand-written test printed; its own result is the first output, so that nbgrader reads ours."""
    return [output for output in record.outputs.get(id, ()) if output.get("output_type") in ("stream", "error")]


def fingerprint(record: Record, now: Remedies) -> str:
    """Of all that recording writes: the same record is not recorded twice."""
    said = repr(record) + now.stamp()
    return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()
