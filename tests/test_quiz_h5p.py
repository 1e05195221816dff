"""H5P packages, opened and checked against what H5P's own libraries ask of a question set."""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from typing import Any

import pytest

from grader import quiz
from grader.model import Exercise
from grader.quiz import h5p, plain
from grader.quiz.carry import Notes
from grader.quiz.item import Group, Item, Part

FITS = (h5p._pictures,)

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))


@pytest.fixture(scope="module", params=["fr", "en"])
def export(request: pytest.FixtureRequest, catalogue: list[Exercise]) -> quiz.Export:
    return quiz.export(catalogue, request.param, "h5p", id="td", title="TD", variants=VARIANTS)


def asked(export: quiz.Export) -> list[tuple[Group, Item, Part]]:
    return plain.every(export.quiz, h5p.CARRIES, Notes(), *FITS)


def opened(export: quiz.Export) -> tuple[dict[str, Any], dict[str, Any], zipfile.ZipFile]:
    archive = zipfile.ZipFile(io.BytesIO(export.files["td.h5p"]))
    return json.loads(archive.read("h5p.json")), json.loads(archive.read("content/content.json")), archive


def test_the_package_names_what_it_needs(export: quiz.Export) -> None:
    head, params, archive = opened(export)
    assert head["mainLibrary"] == "H5P.QuestionSet" and head["embedTypes"] and head["language"] == export.quiz.lang
    needed = {f"{d['machineName']} {d['majorVersion']}.{d['minorVersion']}" for d in head["preloadedDependencies"]}
    used = {one["library"] for one in params["questions"]}
    used |= {one["params"]["media"]["type"]["library"] for one in params["questions"] if "media" in one["params"]}
    assert used | {"H5P.QuestionSet 1.20"} == needed
    # What H5P's validator lets in: names of these letters, files of these kinds.
    for name in archive.namelist():
        assert re.fullmatch(r"h5p\.json|content/[A-Za-z0-9/_.-]+\.(json|png|jpg|jpeg|gif)", name), name
    pictures = {one["params"]["media"]["type"]["params"]["file"]["path"] for one in params["questions"]
                if "media" in one["params"]}  # fmt: skip
    assert {f"content/{path}" for path in pictures} == {n for n in archive.namelist() if "images/" in n}
    assert 0 <= params["passPercentage"] <= 100 and params["progressType"] in ("dots", "textual")


def test_every_question_has_its_right_options(export: quiz.Export) -> None:
    _, params, _ = opened(export)
    expected = asked(export)
    questions = params["questions"]
    assert len(questions) == len(expected) > 200
    ids = [one["subContentId"] for one in questions]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}", id) for id in ids)
    for question, (_, _, form) in zip(questions, expected, strict=True):
        given = question["params"]
        right = [one["text"] for one in given["answers"] if one["correct"]]
        assert right == [f"<div>{h5p.html(one.words)}</div>" for one in form.options if one.right]
        assert given["behaviour"]["type"] == ("multi" if form.kind == "choices" else "single")
        assert len({one["text"] for one in given["answers"]}) == len(given["answers"]) >= 2
        told = [one["tipsAndFeedback"]["chosenFeedback"] for one in given["answers"]]
        assert told == [h5p.html(option.feedback) for option in form.options]
        assert given["question"] and given["overallFeedback"][0]["feedback"]
        ranges = [(one["from"], one["to"]) for one in given["overallFeedback"]]
        assert ranges[0][0] == 0 and ranges[-1][1] == 100
        assert "media" in given or "data:" not in given["question"]
