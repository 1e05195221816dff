"""``partiel export``: which variants leave, where they go, and what is said of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import cli, content, course, pools

Export = Callable[..., int]
COURSE = """\
[course]
id = "dl"
title = "Deep learning"
lang = "en"

[assignments.td1]
title = "Week 1"
exercises = ["conv_output_size", "softmax_by_hand"]
points = { "conv_output_size.size" = 5 }
pool = "exam"

[pools]
practice = 0.5
exam = 0.5
"""


@pytest.fixture
def export(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Export:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli.out, "_width", 200)
    monkeypatch.setattr(cli.err, "_width", 200)

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["partiel", "export", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return int(left.value.code or 0)

    return run


@pytest.fixture
def a_course(tmp_path: Path) -> Path:
    course.init(tmp_path, "dl", "Deep learning", "en")
    (tmp_path / "course.toml").write_text(COURSE, "utf-8")
    return tmp_path


def manifest(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


def variants(folder: Path, exercise: str) -> set[int]:
    items = manifest(folder)["items"]
    assert isinstance(items, list)
    return {item["variant"] for item in items if item["exercise"] == exercise}


def test_exercises_leave_without_a_course(export: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export("--exercise", "conv_output_size", "--variants", "3", "--out", "here") == 0
    assert (tmp_path / "here/conv_output_size.xml").read_bytes().startswith(b"<?xml")
    said = capsys.readouterr()
    assert "3 variants of 1 exercise in here/" in said.out
    assert "conv_output_size.conv_output_size, code : une composition" in said.err


def test_an_assignment_leaves_with_its_points_in_the_course_s_language(export: Export, a_course: Path) -> None:
    assert export("td1", "--to", "json", "--variants", "2", "--policy", "negative=1/4") == 0
    written = json.loads((a_course / "quiz/td1-json/td1.json").read_text("utf-8"))
    assert written["lang"] == "en" and written["title"] == "Week 1" and "1/4" in written["policy"]
    assert {part["points"] for part in written["groups"][0]["items"][0]["parts"] if part["name"] == "size"} == {"5"}


def test_variants_of_the_exam_stay_unless_their_pool_is_named(export: Export, a_course: Path) -> None:
    exercise = content.find("conv_output_size")
    split = {pool: set(pools.allowed(course.load(a_course), exercise, pool)) for pool in ("practice", "exam")}
    assert export("td1", "--to", "json", "--variants", "1000", "--out", "a") == 0
    assert variants(a_course / "a", exercise.id) == split["practice"]
    assert export("td1", "--to", "json", "--variants", "1000", "--out", "b", "--pool", "exam") == 0
    assert variants(a_course / "b", exercise.id) == split["exam"]
    assert not split["practice"] & split["exam"]


def test_without_a_pool_for_practice_one_must_be_named(
    export: Export, a_course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (a_course / "course.toml").write_text(COURSE.replace("practice =", "td ="), "utf-8")
    assert export("td1") == 2
    assert "--pool: this course has pools, none for practice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "an assignment or exercises"),
        (("td1", "--exercise", "conv_output_size"), "an assignment or exercises"),
        (("td1",), "this folder is no course"),
        (("--exercise", "conv_output_size", "--to", "moodel"), "Did you mean 'moodle'?"),
        (("--exercise", "conv_output_siz"), "Did you mean 'conv_output_size'?"),
        (("--exercise", "conv_output_size", "--policy", "nets"), "'nets' is no policy"),
        (("--exercise", "conv_output_size", "--pool", "exam"), "this folder is no course"),
        (("--exercise", "conv_output_size", "--lang", "de"), "Say fr or en"),
    ],
)
def test_wrong_usage_is_told(
    export: Export, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    assert export(*arguments) == 2
    assert told in capsys.readouterr().err
