"""GIFT through somebody else's parser, gift-pegjs: it finds every question that our reader finds, and the same answers.

``make test-gift`` fetches the parser, which is no part of what is installed, and runs this.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import quiz
from grader.model import Exercise
from tests.test_quiz_gift import VARIANTS, Read, read

PARSER = os.environ.get("PARTIEL_GIFT_PARSER", "")
SCRIPT = """
const { parse } = require("gift-pegjs");
process.stdout.write(JSON.stringify(parse(require("fs").readFileSync(process.argv[1], "utf8"))));
"""
KINDS = {"choice": "MC", "numerical": "Numerical", "match": "Matching", "short": "Short", "essay": "Essay"}


@pytest.mark.skipif(not PARSER or not shutil.which("node"), reason="'make test-gift' fetches the parser; needs Node.js")
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_parser_of_others_reads_the_same(lang: str, tmp_path: Path, catalogue: list[Exercise]) -> None:
    source = quiz.export(catalogue, lang, "gift", id="td", title="TD", variants=VARIANTS).files["td.gift"]  # type: ignore[arg-type]
    file = tmp_path / "td.gift"
    file.write_bytes(source)
    done = subprocess.run(
        ["node", "-e", SCRIPT, str(file)], check=True, capture_output=True, timeout=120, cwd=PARSER, encoding="utf-8"
    )
    theirs = {one["id"]: one for one in json.loads(done.stdout) if one["type"] != "Category"}
    ours = {one.id: one for one in read(source.decode())}
    assert set(theirs) == set(ours) and len(ours) > 400
    for id, mine in ours.items():
        same(mine, theirs[id])


def same(mine: Read, theirs: dict[str, Any]) -> None:
    assert theirs["type"] == KINDS[mine.kind], mine.id
    assert said(theirs["stem"]) == bare(mine.text) and said(theirs["globalFeedback"]) == bare(mine.worked)
    if mine.kind == "match":
        assert [(said(one["subquestion"]), bare(one["subanswer"])) for one in theirs["matchPairs"]] == [
            (bare(left), bare(right)) for left, right in mine.pairs
        ]
    for one, (share, text, feedback) in zip(theirs.get("choices", ()), mine.answers, strict=True):
        weight = one["weight"]
        assert share == (Fraction(int(one["isCorrect"])) if weight is None else Fraction(str(weight)) / 100), mine.id
        assert said(one["feedback"]) == bare(feedback)
        if mine.kind == "numerical":
            assert one["text"]["number"] == pytest.approx(float(text.partition(":")[0]), rel=1e-12)
        else:
            assert said(one["text"]) == bare(text)


def said(words: dict[str, Any] | None) -> str:
    return bare(words["text"]) if words else ""


def bare(text: str) -> str:
    return " ".join(text.split())
