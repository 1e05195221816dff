"""The feedback of one attempt, as a page: nbgrader's where it was made for this very attempt, else from the record.

nbgrader's page has late penalties and what was marked in formgrader; it exists for the attempt that counts, once
`partiel feedback` made it, and is passed over where a mark or a verdict has changed since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from grader import decided, feedback, intake, notebook
from grader.appeal import Override
from grader.errors import PartielError
from grader.feedback import Marked, Page, Part
from grader.lock import Lock
from grader.model import GRADED, Course, Item, Record, Sheet, Submission, Verdict
from grader.store.receipts import Receipt


def made(course: Course, given: Receipt, student: str, *, counts: bool) -> str | None:
    """The page in ``feedback/``, where it is of this attempt: of the one that counts, and not older than its marks."""
    if not counts:
        return None
    last = _changed(course, given)
    for who in dict.fromkeys((student, given.student)):
        file = course.root / "feedback" / who / given.assignment / f"{given.assignment}.html"
        if last is not None and (_written(file) or 0) >= last:
            return file.read_text("utf-8", "replace")
    return None


def _changed(course: Course, given: Receipt) -> float | None:
    """When this student's copy, its verdicts in nbgrader's folder, or a mark by hand changed last."""
    notebook_of = Path(given.student) / given.assignment / f"{given.assignment}.ipynb"
    handed_in = _written(course.root / "submitted" / notebook_of)
    if handed_in is None:
        return None
    hands = [
        datetime.fromisoformat(one.when).timestamp()
        for one in decided.read(course, given.assignment)
        if one.student == given.student and one.deed in ("override", "lift") and one.when
    ]
    return max(handed_in, _written(course.root / "autograded" / notebook_of) or 0, *hands, 0)


def _written(file: Path) -> float | None:
    try:
        return file.stat().st_mtime
    except OSError:
        return None


def page(
    course: Course,
    locked: Lock,
    given: Receipt,
    record: Record,
    hands: Mapping[str, Override],
    *,
    solved: bool,
    name: str,
) -> str:
    """The whole HTML document of a record as it counts, with the marks by hand in it; ``name`` is its student's.

    ``solved``: with worked solutions, where the assignment shows them.
    """
    sheet = locked.sheet(given.student)
    assignment = course.assignments[given.assignment]
    try:
        written = notebook.read_submission(intake.bytes_of(course, given), sheet)
    except (notebook.UnreadableSubmission, OSError, PartielError):
        written = Submission(given.student, given.assignment, {}, given.sha256)
    solutions = feedback.solutions(sheet) if solved and assignment.show_solution else {}
    parts = tuple(part for item in sheet.items for part in _item(item, sheet, written, record, hands, solutions))
    earned = [hands[v.key].points if v.key in hands else v.earned for v in record.verdicts]
    return feedback.page(
        Page(
            lang=sheet.lang,
            title=assignment.title,
            course=course.title,
            student=record.student,
            total=float(sum(earned)),
            maximum=float(sum(v.points for v in record.verdicts)),
            late_penalty=float(given.penalty or 0),
            parts=parts,
            remarks=tuple(text[sheet.lang] for text in record.remarks),
            name=name,
        )
    )


def _item(
    item: Item,
    sheet: Sheet,
    written: Submission,
    record: Record,
    hands: Mapping[str, Override],
    solutions: dict[str, str],
) -> Iterator[Part]:
    verdicts = {v.key: v for v in record.verdicts}
    number = [one.key for one in sheet.items].index(item.key) + 1
    title = f"{number}. {feedback.typography(item.variant.exercise.title[sheet.lang], sheet.lang)}"
    waiting: Marked | None = None
    for cell in item.cells:
        if cell.kind == "words":
            yield Part("words", feedback.markdown(cell.source, sheet.lang))
            continue
        source = written.written.get(cell.id, "")
        shown = feedback.code(source) if cell.is_code else feedback.sentence(source, sheet.lang)
        printed = feedback.shown(record.outputs.get(cell.id, ()), sheet.lang)
        blank = Marked(cell.id, title, cell.question or cell.id, None, None, None, by_hand=False)
        if cell.kind in ("solution", "free", "essay"):
            waiting = replace(blank, answer_html=shown, in_words=not cell.is_code, printed_html=printed)
        if cell.kind == "task":
            yield Part("words", feedback.markdown(cell.source, sheet.lang))
        if cell.kind in GRADED:
            verdict = verdicts.get(f"{item.key}-{cell.question}")
            marked = _marked(waiting or blank, float(cell.points), verdict, sheet)
            if hand := hands.get(f"{item.key}-{cell.question}"):
                comment = feedback.sentence(hand.because, sheet.lang)
                marked = replace(marked, score=float(hand.points), by_hand=True, comment_html=comment)
            checks = feedback.code(cell.source) if cell.kind == "check" and cell.is_code else ""
            yield Part("question", marked=replace(marked, checks_html=checks))
            waiting = None
        elif cell.kind == "given":
            yield Part("setup", feedback.code(cell.source))
    if item.key in solutions:
        yield Part("solution", feedback.markdown(solutions[item.key], sheet.lang))


def _marked(answer: Marked, points: float, verdict: Verdict | None, sheet: Sheet) -> Marked:
    if verdict is None:
        return replace(answer, points=points)
    words = verdict.feedback[sheet.lang]
    if words.rstrip(" .") == feedback.WORDS[verdict.status][sheet.lang]:
        words = ""  # said above it already
    pending = verdict.status in ("waiting", "broken")
    return replace(
        answer,
        points=points,
        score=None if pending else float(verdict.earned),
        status=verdict.status,
        sentence_html=feedback.sentence(words, sheet.lang) if words else "",
        evidence=feedback.otherwise(verdict.evidence, verdict.measures, sheet.lang),
        training_html=feedback.training(verdict.measures, verdict.curves, sheet.lang),
    )
