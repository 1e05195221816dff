"""``partiel export``: which variants leave, where they go, and what is said of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader import cli, content, course, lock, pools, quiz

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
        (("--exercise", "conv_output_size", "--page", "a4"), "--page: 'moodle' is not printed"),
        (("--exercise", "conv_output_size", "--to", "qti3", "--spare", "2"), "say --to paper or --to amc"),
        (("--exercise", "conv_output_size", "--to", "amc", "--spare", "2"), "or release the assignment first"),
        (("--exercise", "conv_output_size", "--to", "kahoot", "--policy", "guess"), "'kahoot' leaves scoring"),
    ],
)
def test_wrong_usage_is_told(
    export: Export, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    assert export(*arguments) == 2
    assert told in capsys.readouterr().err


def test_once_released_variants_on_paper_are_those_handed_out(
    export: Export, a_course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (a_course / "students.csv").write_text("id,name\nada,Ada Lovelace\n", "utf-8")
    here = course.load(a_course)
    handed = lock.write(here, here.assignments["td1"]).numbers("ada")
    assert export("td1", "--to", "amc", "--variants", "30") == 2
    told = capsys.readouterr().err
    assert "--variants: 'td1' is released" in told and "--spare N" in told and not Path("quiz").exists()
    assert export("td1", "--to", "amc", "--out", "theirs") == 0
    assert variants(Path("theirs"), "conv_output_size") == {int(handed["conv_output_size"])}
    assert export("td1", "--to", "amc", "--pool", "exam", "--variants", "3", "--out", "nobody_s") == 0
    assert len(variants(Path("nobody_s"), "conv_output_size")) == 3


@pytest.mark.parametrize("to", quiz.FORMATS)
def test_a_policy_changes_what_is_written_or_is_refused(export: Export, to: str) -> None:
    asked = ("--exercise", "which_kernel_made_this", "--to", to, "--variants", "1")
    if not quiz.scores(quiz.find(to)):
        assert export(*asked, "--policy", "negative=1/3") == 2
        return
    assert export(*asked, "--out", "free") == 0
    assert export(*asked, "--out", "strict", "--policy", "negative=1/3") == 0
    free, strict = (
        {file.relative_to(folder): file.read_bytes() for file in Path(folder).rglob("*") if file.is_file()}
        for folder in ("free", "strict")
    )
    assert free.keys() == strict.keys()
    assert any(free[file] != strict[file] for file in free if file.name != quiz.MANIFEST)
