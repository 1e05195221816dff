"""nbgrader's generate_feedback, with our page for our assignments and nbgrader's own for the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from nbconvert.exporters import Exporter, HTMLExporter
from nbgrader import utils
from nbgrader.preprocessors import GetGrades

from grader import anonymity, datasets, feedback, verdicts
from grader.bridge import desk as desks
from grader.bridge import marking
from grader.bridge.scores import SUFFIX, said_in
from grader.feedback import Marked, Page, Part
from grader.model import Course, Sheet, Status

Notebook = Any  # nbformat's NotebookNode
Resources = dict[str, Any]


class GetMarks(GetGrades):
    """GetGrades, and besides the scores who gave them."""

    def preprocess(self, nb: Notebook, resources: Resources) -> tuple[Notebook, Resources]:
        resources["nbgrader"]["marks"] = {}
        return super().preprocess(nb, resources)

    def _get_score(self, cell: Notebook, resources: Resources) -> None:
        super()._get_score(cell, resources)
        id = cell.metadata["nbgrader"]["grade_id"]
        grade = self.gradebook.find_grade(id, self.notebook_id, self.assignment_id, self.student_id)
        given = grade.manual_score is not None or grade.auto_score is not None
        resources["nbgrader"]["marks"][id] = (grade.score if given else None, grade.manual_score is not None)

    def _get_comment(self, cell: Notebook, resources: Resources) -> None:
        super()._get_comment(cell, resources)
        id = cell.metadata["nbgrader"]["grade_id"]
        found = self.gradebook.find_comment(id, self.notebook_id, self.assignment_id, self.student_id)
        resources["nbgrader"].setdefault("comments", {})[id] = found.manual_comment or ""


class FeedbackExporter(HTMLExporter):
    """Our page where Partiel handed the assignment out; it has no script and loads nothing, as nbgrader's does."""

    def from_notebook_node(self, nb: Notebook, resources: Resources | None = None, **kw: Any) -> tuple[str, Resources]:
        desk, facts = desks.of(self), (resources or {})["nbgrader"]
        if not desk.holds(facts["assignment"]):
            return super().from_notebook_node(nb, resources, **kw)
        nb, told = Exporter.from_notebook_node(
            self, nb, resources, **kw
        )  # preprocessors, and no template of nbconvert's
        sheet = desk.sheet(facts["assignment"], facts["student"])
        return feedback.page(page_of(nb, told, sheet, desk.course)), told


def page_of(nb: Notebook, resources: Resources, sheet: Sheet, course: Course) -> Page:
    """The page's content, from an autograded notebook and the marks in the gradebook."""
    facts = resources["nbgrader"]
    assignment = course.assignments.get(sheet.assignment)
    with datasets.use(course.secret, course.data):  # a solution may quote facts of the course's images
        solved = feedback.solutions(sheet) if assignment and assignment.show_solution else {}
    return Page(
        lang=sheet.lang,
        title=assignment.title if assignment else sheet.assignment,
        course=course.title,
        student=sheet.student,
        total=facts["score"],
        maximum=facts["max_score"],
        late_penalty=facts["late_penalty"] or 0.0,
        parts=list(_parts(nb, facts, sheet, solved)),
        remarks=tuple(nb.metadata.get("partiel", {}).get("remarks", ())),
        name="" if anonymity.hidden(course, sheet.assignment) else _name(course, sheet.student),
    )


def _name(course: Course, student: str) -> str:
    return next((one.name for one in course.students if one.id == student), "")


def _parts(nb: Notebook, facts: Resources, sheet: Sheet, solved: dict[str, str]) -> Iterator[Part]:
    head = {cell.id for cell in sheet.head}  # the page has a title of its own
    rubrics = {id: cells[-1].id for id, cells in marking.schemes(sheet).items()}
    last_of = {rubrics.get(item.cells[-1].id, item.cells[-1].id): item.key for item in sheet.items if item.cells}
    names = _names(sheet)
    waiting: Marked | None = None  # an answer whose check is still to come
    for cell in nb.cells:
        id = cell.metadata.get("nbgrader", {}).get("grade_id", cell.get("id", ""))
        if id in head:
            continue
        if waiting and not (utils.is_grade(cell) and id == waiting.anchor + SUFFIX):
            yield Part("question", marked=waiting)
            waiting = None
        if utils.is_solution(cell) and not utils.is_grade(cell):
            waiting = _answer(cell, id, names, facts, sheet)
        elif utils.is_grade(cell) or utils.is_task(cell):
            if utils.is_task(cell):
                yield Part("words", feedback.markdown(cell.source, sheet.lang))
            base = waiting or _answer(cell, id, names, facts, sheet)
            yield Part("question", marked=_marked(base, cell, id, facts, sheet))
            waiting = None
        elif marking.is_rubric(cell):
            yield Part("rubric", feedback.markdown(cell.source, sheet.lang))
        elif cell.cell_type == "markdown":
            told = marking.written(cell)
            ours = told == cell.source
            yield Part("words", (feedback.markdown if ours else feedback.sentence)(told, sheet.lang))
        elif cell.cell_type == "code" and "nbgrader" not in cell.metadata:
            yield Part("question", marked=_answer(cell, id, names, facts, sheet))  # of the student's own
        elif cell.cell_type == "code":
            yield Part("setup", feedback.code(cell.source))
        if id in last_of and last_of[id] in solved:
            yield Part("solution", feedback.markdown(solved[last_of[id]], sheet.lang))
    if waiting:
        yield Part("question", marked=waiting)


def _answer(cell: Notebook, id: str, names: dict[str, tuple[str, str]], facts: Resources, sheet: Sheet) -> Marked:
    """The student's half of a question: what they wrote, and what that printed."""
    title, name = names.get(id) or names.get(id.removesuffix(SUFFIX)) or (id, "")
    written = utils.is_solution(cell) or "nbgrader" not in cell.metadata
    is_code = cell.cell_type == "code"
    source = feedback.code(cell.source) if is_code else feedback.sentence(marking.written(cell), sheet.lang)
    comment = facts.get("comments", {}).get(id, "")
    return Marked(
        anchor=id,
        title=title,
        name=name,
        points=None,
        score=None,
        status=None,
        by_hand=False,
        answer_html=source if written else "",
        in_words=not is_code,
        printed_html=feedback.shown(cell.outputs, sheet.lang) if written and is_code else "",
        comment_html=feedback.sentence(comment, sheet.lang) if comment else "",
    )


def _marked(answer: Marked, cell: Notebook, id: str, facts: Resources, sheet: Sheet) -> Marked:
    """The question with its mark, and the reason for it."""
    score, by_hand = facts["marks"][id]
    said = said_in(cell) or {}
    status = Status(said["status"]) if said else None
    if not said and not by_hand:  # a human's to mark; nbgrader's own 0 is for what was left as it was
        status = Status.WAITING if score is None else Status.MISSING
    words = said.get("feedback", "")
    measures, curves = verdicts.measures(said.get("measures", ())), verdicts.curves(said.get("curves", ()))
    if status and words.rstrip(" .") == feedback.WORDS[status][sheet.lang]:
        words = ""  # said above it already
    return replace(
        answer,
        points=cell.metadata.nbgrader["points"],
        score=score,
        by_hand=by_hand,
        status=status,
        sentence_html=feedback.sentence(words, sheet.lang) if words else "",
        evidence=feedback.otherwise(said.get("evidence", ()), measures, sheet.lang),
        training_html=feedback.training(measures, curves, sheet.lang),
        checks_html="" if utils.is_solution(cell) or cell.cell_type != "code" else feedback.code(cell.source),
    )


def _names(sheet: Sheet) -> dict[str, tuple[str, str]]:
    """Of each solution cell: the exercise's title, and the question's name."""
    return {
        cell.id: (
            f"{number}. {feedback.typography(item.variant.exercise.title[sheet.lang], sheet.lang)}",
            cell.question or cell.id,
        )
        for number, item in enumerate(sheet.items, 1)
        for cell in item.cells
        if cell.kind == "solution" or (cell.question and item.variant.exercise.cells) or cell.kind == "essay"
    }
