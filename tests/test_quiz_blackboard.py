"""Blackboard's tab-separated text, read back by its rules and answered."""

from __future__ import annotations

import os
import re
from decimal import Decimal

import pytest

from grader import quiz
from grader.model import Exercise
from grader.quiz import blackboard, plain
from grader.quiz.carry import Notes
from grader.quiz.item import Group, Item, Part

FITS = (plain.picture, blackboard._too_many)

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))


@pytest.fixture(scope="module", params=["fr", "en"])
def export(request: pytest.FixtureRequest, catalogue: list[Exercise]) -> quiz.Export:
    return quiz.export(catalogue, request.param, "blackboard", id="td", title="TD", variants=VARIANTS)


def asked(export: quiz.Export) -> list[tuple[Group, Item, Part]]:
    return plain.every(export.quiz, blackboard.CARRIES, Notes(), *FITS)


def records(export: quiz.Export) -> list[list[str]]:
    files = [data.decode() for name, data in sorted(export.files.items()) if name.endswith(".txt")]
    assert all(len(text.splitlines()) <= 500 for text in files)
    return [line.split("\t") for text in files for line in text.removesuffix("\n").split("\n")]


def test_every_record_is_what_blackboard_reads(export: quiz.Export) -> None:
    notes = Notes()
    expected = [(i, f) for _, i, form in asked(export) for f in blackboard._fitted(i, form, notes)]
    found = records(export)
    assert len(found) == len(expected) > 400
    for (kind, question, *cells), (item, form) in zip(found, expected, strict=True):
        assert question and all(cells), form.id
        assert not re.search(
            r"<(?!/?(?:p|em|strong|code|pre|br|ul|ol|li|table|tr|td|th|blockquote|h\d|a|hr)\b)", question
        )
        by_name = {option.name: blackboard.text(option.words) for option in form.options}
        if kind in ("MC", "MA"):
            read = dict(zip(cells[::2], cells[1::2], strict=True))
            assert len(read) == len(form.options) and set(read.values()) <= {"correct", "incorrect"}
            assert {text for text, mark in read.items() if mark == "correct"} == {
                by_name[option.name] for option in form.options if option.right
            }
            assert kind == "MA" or list(read.values()).count("correct") == 1
        elif kind == "NUM":
            value, tolerance = map(Decimal, cells)
            assert form.number and abs(Decimal(form.number.value) - value) <= tolerance
            for known in form.known:
                assert abs(Decimal(known.value[0]) - value) > tolerance
        elif kind == "FIB":
            assert cells == list(form.accepted)
        elif kind == "MAT":
            assert len(set(cells[1::2])) == len(cells) // 2 == len(form.stems), "one to one"
            assert cells[1::2] == [by_name[right] for _, _, right in form.stems]
        elif kind == "ORD":
            assert cells == [by_name[name] for name in form.order] and len(cells) == len(form.options)
        else:
            assert kind == "ESS" and cells == [blackboard.text(item.solution)]


def test_code_keeps_its_lines() -> None:
    from grader.quiz.words import Node

    shown = blackboard.text((Node("code_block", "for x in y:\n\tif x < 1:\n        pass\n"), Node("paragraph")))
    assert shown == "<pre><code>for x in y:<br>    if x &lt; 1:<br>        pass<br></code></pre><p></p>"
