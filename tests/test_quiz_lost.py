"""Formats that carry few kinds, or short texts only: what each leaves out is named, and nothing else is missing."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, get_args

import pytest

from grader import quiz
from grader.model import Exercise, Lang
from grader.quiz import aiken, blackboard, h5p, kahoot, plain, wooclap
from grader.quiz.carry import Notes

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))
Fit = Callable[..., Any]
FORMATS: dict[str, tuple[Any, tuple[Fit, ...]]] = {  # what a format writes, and what it checks before
    "aiken": (aiken, (plain.picture, plain.lines)),
    "blackboard": (blackboard, (plain.picture, blackboard._too_many)),
    "h5p": (h5p, (h5p._pictures,)),
    "kahoot": (kahoot, (kahoot._fits, kahoot._too_many)),
    "wooclap": (wooclap, (plain.picture,)),
}


@pytest.mark.parametrize("lang", get_args(Lang))
@pytest.mark.parametrize("name", FORMATS)
def test_what_is_not_there_is_named(name: str, lang: Lang, catalogue: list[Exercise]) -> None:
    if name in ("kahoot", "wooclap"):
        pytest.importorskip("openpyxl", reason="pip install 'partiel[quiz]'")
    module, fits = FORMATS[name]
    export = quiz.export(catalogue, lang, name, id="td", title="TD", variants=VARIANTS)
    left_out = {(note.exercise, note.part) for note in export.report.notes if note.left_out}
    noted = {(note.exercise, note.part) for note in export.report.notes}
    written = set()
    for _, item, form in plain.every(export.quiz, module.CARRIES, Notes(), *fits):
        _, part_name = max((len(part.id), part.name) for part in item.parts if form.id.startswith(part.id))
        written.add((item.exercise, part_name))
    for item in export.quiz.items:
        for part in item.parts:
            asked = (item.exercise, part.name)
            assert part.kind in module.CARRIES or asked in noted
            assert (asked in left_out) <= (asked not in written), f"{asked} is there"
            assert asked in written or asked in left_out, f"{asked} is lost"
