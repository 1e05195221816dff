"""The worked solutions of one student's sheet, with that student's numbers."""

from __future__ import annotations

from grader import render, values
from grader.model import Item, Sheet


def solutions(sheet: Sheet) -> dict[str, str]:
    """Markdown by item key; an exercise without a worked solution is left out."""
    return {item.key: text for item in sheet.items if (text := _solution(item, sheet)).strip()}


def _solution(item: Item, sheet: Sheet) -> str:
    exercise = item.variant.exercise
    try:
        return render.fill(exercise.solution[sheet.lang], values.of(item.variant), sheet.lang)
    except (render.Missing, KeyError):  # reworked since the release: it may no longer be about what was handed out
        return ""
