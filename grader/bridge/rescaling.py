"""Rescaled points of withdrawn questions, as they are now: marks given by hand change the rest that they follow."""

from __future__ import annotations

from collections.abc import Iterable

from nbgrader.api import MissingEntry

from grader import verdicts
from grader.amend import withdrawn
from grader.bridge.gradebook import by_hand, opened
from grader.bridge.scores import keys
from grader.lock import Lock
from grader.model import Course, Status


def settle(course: Course, lock: Lock, students: Iterable[str] | None = None) -> None:
    """Of what is recorded already. Nothing is looked at where no question was rescaled."""
    now = withdrawn.remedies(course, lock.assignment)
    if not now.rescaled:
        return
    given, named = by_hand(course, lock), keys(lock.example(course.lang))
    wanted = None if students is None else {*students}
    id = lock.assignment
    with opened(course) as gradebook:
        for student, record in verdicts.latest(course, id).items():
            if wanted is not None and student not in wanted:
                continue
            counts = withdrawn.counted(record, now, given.get(student, {}))
            due = {v.key: float(v.earned) for v in counts.verdicts if v.status is Status.WITHDRAWN}
            try:
                grades = gradebook.find_submission_notebook(id, id, student).grades
            except MissingEntry:  # judged, and not recorded yet
                continue
            for grade in grades:
                key = named.get(grade.name)
                if key in due and grade.auto_score != due[key]:
                    grade.auto_score = due[key]
        gradebook.db.commit()
