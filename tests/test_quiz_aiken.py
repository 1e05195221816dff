"""Aiken, read back by its rules: a question of one line, lettered options, one letter that is right."""

from __future__ import annotations

import os
import re

import pytest

from grader import quiz
from grader.model import Exercise
from grader.quiz import aiken, plain
from grader.quiz.carry import Notes
from grader.quiz.item import Group, Item, Part

FITS = (plain.picture, plain.lines)

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))


@pytest.fixture(scope="module", params=["fr", "en"])
def export(request: pytest.FixtureRequest, catalogue: list[Exercise]) -> quiz.Export:
    return quiz.export(catalogue, request.param, "aiken", id="td", title="TD", variants=VARIANTS)


def asked(export: quiz.Export) -> list[tuple[Group, Item, Part]]:
    return plain.every(export.quiz, aiken.CARRIES, Notes(), *FITS)


def test_every_question_is_read_back(export: quiz.Export) -> None:
    blocks = export.files["td-aiken.txt"].decode().strip("\n").split("\n\n")
    expected = asked(export)
    assert len(blocks) == len(expected) > 100
    for block, (_, item, form) in zip(blocks, expected, strict=True):
        question, *options, answer = block.split("\n")
        assert not re.match(r"[A-Z][.)] |ANSWER: ", question)
        found = {}
        for letter, line in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", options, strict=False):
            read = re.fullmatch(r"([A-Z])[.)] (.+)", line)
            assert read and read[1] == letter, line
            found[letter] = read[2]
        assert len(set(found.values())) == len(found) >= 2
        (right,) = [plain.one_line(option.words) for option in form.options if option.right]
        assert re.fullmatch("ANSWER: [A-Z]", answer) and found[answer[-1]] == right
        assert question == plain.one_line((*item.statement, *form.prompt, *form.how))
