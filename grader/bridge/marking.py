"""What a human marks: the rubric beside the answer, and an answer that their browser may show."""

from __future__ import annotations

import re
from typing import Any

from grader import feedback, render, values
from grader.model import Asserted, Cell, Essay, Item, Lang, Sheet, Submission, Text

Notebook = Any  # nbformat's NotebookNode
RUBRIC = Text("Barème", "Mark scheme")
END = "-rubric"


def schemes(sheet: Sheet) -> dict[str, tuple[Cell, ...]]:
    """By the id of the cell they stand under: what students do not see before their feedback."""
    found: dict[str, tuple[Cell, ...]] = {}
    for item in sheet.items:
        rubrics = {q.name: q for q in item.variant.exercise.questions if isinstance(q, Essay) and q.rubric}
        for cell in item.cells:
            if cell.kind in ("essay", "task") and cell.question in rubrics:
                words = _rubric(item, rubrics[cell.question], cell, sheet.lang)
                found[cell.id] = (Cell("free", f"{cell.id}{END}"[-64:], words, text=True),)
    return found


def _rubric(item: Item, essay: Essay, cell: Cell, lang: Lang) -> str:
    known = values.of(item.variant)
    scale = cell.points / essay.points if essay.points else 1  # course.toml may give it other points
    lines = [f"**{RUBRIC[lang]}**", ""]
    for line in essay.rubric:
        if not line.name:  # by hand: its own words, whole
            lines.append(line.words[lang])
            continue
        words = render.fill(line.words[lang], known, lang).replace("\n", "\n  ")
        lines.append(f"- **{render.points(line.points * scale, lang)}** · {words}")
    return "\n".join(lines)


def answers(sheet: Sheet, submission: Submission) -> dict[str, str]:
    """What was written; an essay that was emptied is one that was left as it was, for nbgrader too."""
    essays = {cell.id for item in sheet.items for cell in item.cells if cell.kind == "essay"}
    return {id: source for id, source in submission.written.items() if source.strip() or id not in essays}


def whole_tests(sheet: Sheet) -> dict[str, str]:
    """Hand-written tests with their hidden parts, as nbgrader shows them to a marker."""
    return {
        cell.id: question.test
        for item in sheet.items
        for cell in item.cells
        for question in item.variant.exercise.questions
        if isinstance(question, Asserted) and cell.kind == "check" and cell.question == question.name
    }


def make_harmless(cell: Notebook, lang: Lang) -> None:
    """A student's Markdown as HTML that runs and loads nothing: formgrader would show any HTML, with a marker's rights.

    It is one line in one block, which no Markdown reads again; MathJax is told to leave it alone.
    """
    cell.metadata["partiel"] = {**cell.metadata.get("partiel", {}), "written": cell.source}
    html = feedback.sentence(cell.source, lang).replace("\n", "&#10;")
    cell.source = f'<div class="tex2jax_ignore mathjax_ignore">{html}</div>'


def written(cell: Notebook) -> str:
    """What the student wrote in this cell, as they wrote it."""
    said = cell.metadata.get("partiel", {})
    return str(said["written"]) if "written" in said else str(cell.source)


def is_rubric(cell: Notebook) -> bool:
    return bool(re.search(f"{END}$", cell.get("id", ""))) and "nbgrader" not in cell.metadata
