"""Marks that a person gave elsewhere, on paper: in the gradebook they are marks by hand, as formgrader's are."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from fractions import Fraction

from grader.bridge.gradebook import opened
from grader.bridge.scores import keys
from grader.lock import Lock
from grader.model import Course


def marked_on_paper(course: Course, lock: Lock, marks: Mapping[str, Mapping[str, Fraction]]) -> None:
    """``marks`` are shares of the points, by student and key of the verdict. What was given by hand before is replaced.

    The assignment is registered. Raises CourseError where the gradebook cannot be written.
    """
    id = lock.assignment
    with opened(course) as gradebook:
        for student, given in marks.items():
            sheet = lock.sheet(student)
            named = keys(sheet)
            worth = {cell.id: cell.points for item in sheet.items for cell in item.cells if cell.id in named}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # nbgrader's and SQLAlchemy's words to one another
                gradebook.update_or_create_submission(id, student)
            for grade in gradebook.find_submission_notebook(id, id, student).grades:
                if named.get(grade.name) in given:
                    grade.manual_score = float(given[named[grade.name]] * worth[grade.name])
                    grade.needs_manual_grade = False
        gradebook.db.commit()
