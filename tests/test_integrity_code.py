"""Code, trainings and files that copies share: what is nobody's own is set aside first, and nothing is run."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader import content, integrity, lock, notebook, verdicts
from grader.integrity import code
from grader.integrity.facts import Findings
from grader.model import Level, Record, Status
from tests import simulated
from tests.simulated import Plan

TASKS = Plan(students=12, exercises=("train_lenet", "numpy_conv2d"), unfair=None, copiers=0)


def program(seed: int, lines: int = 24) -> str:
    """Some code of a student's own: no two seeds write the same."""
    draw = random.Random(seed)
    shapes = (
        *("{} = [{} * k for k in range({})]", "{} = sum({}, {})", "if {} > {}: raise ValueError({})"),
        *("{} = ({} + {}) % 7", "while {} and not {}: {} -= 1", "{} = dict({}=1, b={})", "print({}[{}:{}])"),
    )
    ends = ("", "[0]", ".real", "(1)", "**2")
    body = [
        draw.choice(shapes).format(*(draw.choice("abcxyz") + draw.choice(ends) for _ in "123")) for _ in range(lines)
    ]
    return "def conv2d(image, kernel):\n    " + "\n    ".join(body) + "\n"


def disguised(source: str) -> str:
    for old, new in zip("abcxyz", ("alpha", "beta", "gamma", "left", "right", "top"), strict=True):
        source = source.replace(f" {old}", f" {new}").replace(f"({old}", f"({new}")
    return source.replace("\n    ", "\n    # my own idea\n    ", 5)


class Workshop:
    """Twelve copies with code, written by the test; nothing of it is run."""

    def __init__(self, folder: Path) -> None:
        self.course = simulated.open_course(folder, TASKS)
        self.sheets = simulated.sheets(self.course)
        self.question = "numpy_conv2d-" + content.find("numpy_conv2d").questions[0].name
        self.sources = {student: program(n) for n, student in enumerate(self.sheets)}
        self.hashes: dict[str, str] = {}
        self.base = {r.student: r for r in simulated.respond(self.course, self.sheets, TASKS).records}

    def look(self, outputs: Mapping[str, str] | None = None, training: str = "", lang: Any = "en") -> Findings:
        for student, sheet in self.sheets.items():
            file = self.course.root / "submitted" / student / "td1" / "td1.ipynb"
            cells = {self.question: self.sources[student], "train_lenet-lenet": training}
            notebook.write(file, notebook.compose(sheet, cells))
            printed = ({"output_type": "stream", "name": "stdout", "text": (outputs or {}).get(student, "")},)
            sha256 = self.hashes.get(student) or hashlib.sha256(file.read_bytes()).hexdigest()
            record = replace(self.base[student], submission=sha256, outputs={"train_lenet-lenet": printed})
            verdicts.append(self.course, record)
        return integrity.findings(self.course, "td1", lang)


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_code_with_other_names_and_comments_is_seen_as_the_same(shop: Workshop) -> None:
    assert shop.look().pairs == ()
    shop.sources["e007"] = disguised(shop.sources["e003"])
    (pair,) = shop.look().flagged
    assert {pair.student, pair.other} == {"e003", "e007"} and pair.probability is None
    (line,) = pair.evidence
    assert (line.kind, line.question) == ("code", shop.question)
    assert re.search(r"share (9[5-9]|100)% of what is their own", line.sentence)


def test_a_short_task_flags_nobody(shop: Workshop) -> None:
    shop.sources = {student: program(n // 2, lines=3) for n, student in enumerate(shop.sheets)}
    assert min(len(source) for source in shop.sources.values()) > 2 * code.GRAM
    assert shop.look().pairs == ()


def test_what_was_handed_out_what_many_write_and_our_wrong_solutions_are_nobodys_own(shop: Workshop) -> None:
    asked = content.find("numpy_conv2d")
    wrong = min((asked.path.parents[2] / "solutions" / asked.id).glob("wrong_*.py")).read_text("utf-8")
    shop.sources |= {"e001": wrong, "e002": wrong}
    shop.sources |= dict.fromkeys(("e004", "e005", "e006", "e007"), program(99))  # from the lecture, say
    statement = "\n".join(cell.source for cell in shop.sheets["e009"].items[1].cells)
    shop.sources |= {"e009": statement, "e010": statement}
    found = shop.look()
    assert found.flagged == () and {pair.other for pair in found.pairs} <= {""}  # a wrong one is close to the right one


def test_our_own_solution_is_named_and_is_no_flag() -> None:
    own = program(5)
    sources = {n: program(n) for n in range(4)} | {4: own}
    there = [SimpleNamespace(teams=frozenset()) for _ in sources]
    (alike,) = code.compare("q", sources, there, [], ([disguised(own)], []))  # type: ignore[arg-type]
    assert (alike.copy, alike.other) == (4, None)


def test_the_same_numbers_from_a_training_are_told_unless_a_seed_explains_them(shop: Workshop) -> None:
    lines = {
        s: f"loss 0.{n}31415{n}\nloss 0.{n}27182{n}\nacc 0.97 loss 0.{n}99887{n}" for n, s in enumerate(shop.sheets)
    }
    lines = {student: f"{text} mean 0.1306605 std 0.3081078 max 0.9999991" for student, text in lines.items()}
    assert shop.look(lines).pairs == ()
    lines["e002"] = lines["e005"]
    (pair,) = shop.look(lines).flagged
    assert {pair.student, pair.other} == {"e002", "e005"}
    assert "print the same numbers to the last digit (0." in pair.evidence[0].sentence
    (seeded,) = shop.look(lines, training="keras.utils.set_random_seed(7)").pairs
    assert not seeded.flagged and "both codes fix a seed" in seeded.evidence[0].sentence


def test_the_same_weights_are_told(shop: Workshop) -> None:
    shop.course.root.joinpath("td1.lock.json").write_text(
        json.dumps(lock.read(shop.course, "td1").said | {"training": "weights"}), "utf-8"
    )
    shapes: dict[str, tuple[int, ...]] = dict(content.find("train_lenet").questions[0].weights)  # type: ignore[union-attr]
    for n, student in enumerate(shop.sheets):
        draw = np.random.default_rng(1 if student in ("e001", "e008") else 100 + n)
        folder = shop.course.root / "submitted" / student / "td1"
        folder.mkdir(parents=True)
        np.savez(folder / "weights.npz", **{k: draw.normal(size=s).astype(np.float32) for k, s in shapes.items()})
    (pair,) = shop.look(lang="fr").flagged
    assert {pair.student, pair.other} == {"e001", "e008"}
    assert "identiques jusqu’au dernier chiffre" in pair.evidence[0].sentence


def test_the_same_file_twice_is_told_and_an_empty_one_is_not(shop: Workshop) -> None:
    shop.hashes = dict.fromkeys(("e001", "e002"), "f" * 64)
    (pair,) = shop.look().flagged
    assert {pair.student, pair.other} == {"e001", "e002"} and "the same to the byte" in pair.evidence[0].sentence
    for student in ("e001", "e002"):
        blank = tuple(replace(v, status=Status.MISSING, earned=Fraction(0)) for v in shop.base[student].verdicts)
        shop.base[student] = replace(shop.base[student], verdicts=blank)
    assert shop.look().pairs == ()


def test_code_of_a_notebook_written_by_hand_is_compared_too(desk: Any) -> None:
    marks = {"grade": False, "solution": True, "locked": False, "schema_version": 3, "grade_id": "square"}
    test = {**marks, "grade": True, "solution": False, "locked": True, "grade_id": "square_test", "points": 1}
    cells = [
        {"cell_type": "code", "execution_count": None, "outputs": [], "source": source, "metadata": {"nbgrader": facts}}
        for source, facts in (("### BEGIN SOLUTION\n1\n### END SOLUTION", marks), ("assert True", test))
    ]
    file = desk.root / "handwritten" / "intro.ipynb"
    file.parent.mkdir()
    file.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), "utf-8")
    desk.assignment("handwritten/intro.ipynb")
    desk.roster("id,name\nada,Ada\nemmy,Emmy\nzoe,Zoé\n")
    locked, here = desk.lock(), desk.load()
    for student, seed in (("ada", 1), ("emmy", 2), ("zoe", 1)):
        nb = notebook.compose(locked.sheet(student), {"square": disguised(program(seed))})
        notebook.write(here.root / "submitted" / student / "td1" / "td1.ipynb", nb)
        verdicts.append(here, Record(student, "td1", student, "", "cpu", Level.OUTER, ()))
    (pair,) = integrity.findings(here, "td1", "fr").flagged
    assert (pair.student, pair.other) == ("ada", "zoe") and "ont en commun 100\u202f%" in pair.evidence[0].sentence
