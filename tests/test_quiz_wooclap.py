"""Wooclap's spreadsheet, read back: every option in its cell, the right ones by their numbers."""

from __future__ import annotations

import io
import os

import pytest

from grader import quiz
from grader.model import Exercise
from grader.quiz import plain, wooclap, words
from grader.quiz.carry import Notes
from grader.quiz.item import Group, Item, Part

openpyxl = pytest.importorskip("openpyxl", reason="pip install 'partiel[quiz]'")
FITS = (plain.picture,)

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))


@pytest.fixture(scope="module", params=["fr", "en"])
def export(request: pytest.FixtureRequest, catalogue: list[Exercise]) -> quiz.Export:
    return quiz.export(catalogue, request.param, "wooclap", id="td", title="TD", variants=VARIANTS)


def asked(export: quiz.Export) -> list[tuple[Group, Item, Part]]:
    return plain.every(export.quiz, wooclap.CARRIES, Notes(), *FITS)


def rows(export: quiz.Export) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(export.files["td-wooclap.xlsx"]))
    return list(book.active.iter_rows(values_only=True))


def test_the_rows_are_the_questions(export: quiz.Export) -> None:
    head, *lines = rows(export)
    assert head[:4] == ("Type", "Title", "Correct", "Choice") and set(head[3:]) == {"Choice"}
    expected = asked(export)
    assert len(lines) == len(expected) > 100
    for (kind, title, correct, *cells), (_, item, form) in zip(lines, expected, strict=True):
        assert isinstance(title, str) and title.startswith(words.text(item.statement)[:60])
        options = [cell for cell in cells if cell is not None]
        if form.kind == "text":
            assert (kind, correct, options) == ("OpenQuestion", None, [])
            continue
        assert kind == "MCQ" and len(set(options)) == len(options) >= 2
        right = {options[int(n) - 1] for n in str(correct).split(",")}
        assert right == {words.text(option.words) for option in form.options if option.right}
        assert len(options) == len(form.options) and all(isinstance(one, str) for one in options)


def test_what_looks_like_a_formula_stays_a_text() -> None:
    from grader.quiz import sheets

    data = sheets.workbook([["=1+1", 3, "2,5"]], "test")
    (row,) = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows()
    assert [cell.data_type for cell in row] == ["s", "n", "s"] and row[0].value == "=1+1"
    assert data == sheets.workbook([["=1+1", 3, "2,5"]], "test")
