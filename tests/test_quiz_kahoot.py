"""Kahoot!'s spreadsheet, read back by its rules: 120 and 75 characters, four options, its time limits."""

from __future__ import annotations

import io
import os

import pytest

from grader import content, quiz
from grader.model import Exercise
from grader.quiz import kahoot, plain, words
from grader.quiz.carry import Notes
from grader.quiz.item import Group, Item, Part

openpyxl = pytest.importorskip("openpyxl", reason="pip install 'partiel[quiz]'")
FITS = (kahoot._fits, kahoot._too_many)

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))


@pytest.fixture(scope="module", params=["fr", "en"])
def export(request: pytest.FixtureRequest, catalogue: list[Exercise]) -> quiz.Export:
    return quiz.export(catalogue, request.param, "kahoot", id="td", title="TD", variants=VARIANTS)


def asked(export: quiz.Export) -> list[tuple[Group, Item, Part]]:
    return plain.every(export.quiz, kahoot.CARRIES, Notes(), *FITS)


def rows(export: quiz.Export) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(export.files["td-kahoot.xlsx"]))
    return list(book.active.iter_rows(values_only=True))


def test_every_row_keeps_to_the_limits(export: quiz.Export) -> None:
    *above, head, first = rows(export)[:9]
    assert len(above) == 7 and head[1] == "Question - max 120 characters" and first[0] == 1
    lines = rows(export)[8:]
    expected = asked(export)
    assert len(lines) == len(expected) > 50
    statements = export.files["td-kahoot.txt"].decode()
    for (_, question, *answers, seconds, correct), (_, item, form) in zip(lines, expected, strict=True):
        assert isinstance(question, str) and 0 < len(question) <= 120 and "\n" not in question
        options = [one for one in answers if one is not None]
        assert 2 <= len(options) <= 4 and all(len(str(one)) <= 75 for one in options)
        assert len(set(options)) == len(options)
        assert seconds in (5, 10, 20, 30, 60, 90, 120, 240)
        right = {options[int(n) - 1] for n in str(correct).split(",")}
        assert right == {plain.one_line(option.words) for option in form.options if option.right}
        assert question.endswith(plain.one_line((*form.prompt, *form.how))), "nothing is cut"
        if plain.one_line(item.statement) not in question:
            number = question.partition(")")[0]
            assert statements.partition(f"{number})\n\n")[2].startswith(words.text(item.statement))


def test_a_question_of_121_characters_is_left_out() -> None:
    from dataclasses import replace

    from grader.quiz.words import plain as paragraph

    export = quiz.export([content.find("softmax_temperature")], "fr", "json", id="td", variants=1)
    item = replace(export.quiz.items[0], statement=())
    part = next(part for part in item.parts if part.kind == "choice")
    for length, fits in ((120, True), (121, False)):
        asked_ = replace(part, prompt=paragraph("a" * length), how=())
        assert (kahoot._fits(item, asked_) is None) == fits
    for length, fits in ((75, True), (76, False)):
        options = tuple(replace(one, words=paragraph("b" * length)) for one in part.options)
        asked_ = replace(part, prompt=paragraph("a"), how=(), options=options)
        assert (kahoot._fits(item, asked_) is None) == fits
