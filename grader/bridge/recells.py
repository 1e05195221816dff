"""The cells of an assignment made others in the gradebook though submissions are recorded: nbgrader itself refuses.

A cell that stays keeps its scores and comments; with a cell that goes, go its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from nbgrader import utils
from nbgrader.api import Comment, Grade, MissingEntry
from nbgrader.nbgraderformat import reads

from grader import notebook
from grader.bridge.gradebook import opened
from grader.bridge.scores import keys
from grader.lock import Lock
from grader.model import Course

Words = Mapping[str, Mapping[str, tuple[float | None, str]]]


def human_words(course: Course, lock: Lock, wanted: Iterable[str]) -> Words:
    """By student and cell: the mark and the comment that humans gave to these questions, before they go."""
    named, wanted = keys(lock.example(course.lang)), {*wanted}
    found: dict[str, dict[str, tuple[float | None, str]]] = {}
    with opened(course) as gradebook:
        for one in gradebook.notebook_submissions(lock.assignment, lock.assignment):
            for grade in one.grades:
                if named.get(grade.name) in wanted and grade.manual_score is not None:
                    found.setdefault(one.student.id, {})[grade.name] = (grade.manual_score, "")
            for comment in one.comments:
                if comment.name in wanted and comment.manual_comment:
                    found.setdefault(one.student.id, {})[comment.name] = (None, comment.manual_comment)
    return found


def recell(course: Course, lock: Lock) -> None:
    """The gradebook's cells as the lock has them; ``register`` then finds nothing to object to. Done again, nothing."""
    id = lock.assignment
    example = reads(json.dumps(notebook.compose(lock.example(course.lang))), as_version=4)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in example.cells if "nbgrader" in cell.metadata}
    graded = {name for name, cell in cells.items() if utils.is_grade(cell)}
    solved = {name for name, cell in cells.items() if utils.is_solution(cell)}
    tasks = {name for name, cell in cells.items() if utils.is_task(cell)}
    with opened(course) as gradebook:
        try:
            kept = gradebook.find_notebook(id, id)
        except MissingEntry:  # nothing was registered: nothing is there to be made another
            return
        for known, wanted in (
            (kept.grade_cells, graded),
            (kept.solution_cells, solved),
            (kept.task_cells, tasks),
            (kept.source_cells, set(cells)),
        ):
            for cell in list(known):
                if cell.name not in wanted:
                    for one in [*getattr(cell, "grades", ()), *getattr(cell, "comments", ())]:
                        gradebook.db.delete(one)
                    gradebook.db.delete(cell)
        gradebook.db.commit()
        before = {cell.name for cell in (*kept.grade_cells, *kept.task_cells)}
        answered = {cell.name for cell in (*kept.solution_cells, *kept.task_cells)}
        for name, cell in cells.items():
            facts = {"cell_type": cell.cell_type}
            if name in graded:
                points = float(cell.metadata.nbgrader.points)
                gradebook.update_or_create_grade_cell(name, id, id, max_score=points, **facts)
            if name in solved:
                gradebook.update_or_create_solution_cell(name, id, id)
            if name in tasks:
                points = float(cell.metadata.nbgrader.points)
                gradebook.update_or_create_task_cell(name, id, id, max_score=points, **facts)
            gradebook.update_or_create_source_cell(
                name, id, id, source=cell.source, locked=utils.is_locked(cell), **facts
            )
        gradebook.db.refresh(kept)
        for submitted in kept.submissions:
            for cell in (*kept.grade_cells, *kept.task_cells):
                if cell.name not in before:
                    gradebook.db.add(Grade(cell_id=cell.id, notebook=submitted))
            for cell in (*kept.solution_cells, *kept.task_cells):
                if cell.name not in answered:
                    gradebook.db.add(Comment(cell_id=cell.id, notebook=submitted))
        gradebook.db.commit()
