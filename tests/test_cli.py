"""The command: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader import __version__, cli

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Partiel = Callable[..., Said]


@pytest.fixture
def partiel(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shelf: Any) -> Partiel:
    monkeypatch.setattr(cli.out, "_width", 160)
    monkeypatch.setattr(cli.err, "_width", 160)

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["partiel", *arguments])
        try:
            cli.main()
            code = 0
        except SystemExit as leave:
            code = int(leave.code or 0)
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def at_desk(desk: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(desk.root)
    return desk


def test_the_version(partiel: Partiel) -> None:
    assert partiel("--version") == Said(0, f"partiel {__version__}\n", "")


def test_the_catalogue_for_people_and_for_machines(partiel: Partiel) -> None:
    said = partiel("list")
    assert said.code == 0 and "tiny" in said.out and "Taille" in said.out and "whole, code" in said.out
    (facts,) = json.loads(partiel("list", "--json").out)
    assert (facts["id"], facts["shelf"], facts["variants"], facts["dropped"]) == ("tiny", "small", 16, 4)
    assert json.loads(partiel("list", "--kind", "formula", "--json").out) == []


def test_a_variant_is_shown_as_its_student_sees_it(partiel: Partiel) -> None:
    said = partiel("show", "tiny#2", "--lang", "en")
    assert said.code == 0 and "How many?" in said.out and "size = ..." in said.out and "takes_any" not in said.out
    with_answers = partiel("show", "tiny#2", "--solution").out
    assert "size = 4" in with_answers


def test_verify_says_what_holds_and_what_was_not_run(partiel: Partiel) -> None:
    said = partiel("verify")
    assert said.code == 0 and "ok   tiny  16 variants, 4 dropped  not run: oracle (--full)" in said.out


def test_verify_says_what_does_not_hold(partiel: Partiel, shelf: Any) -> None:
    shelf.write("wrong_notes.txt", "")
    said = partiel("verify", "tiny")
    assert said.code == 1 and "FAIL tiny" in said.out and "wrong_notes.txt: this file is nobody's" in said.out
    (facts,) = json.loads(partiel("verify", "--json").out)
    assert len(facts["problems"]) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["show", "tinny"], 2, "tinny: no exercise has this id\n  Did you mean 'tiny'?"),
        (["verify", "tinny"], 2, "Did you mean 'tiny'?"),
        (["show", "tiny#99"], 2, "tiny#99: no variant 99\n  They go from 0 to 15."),
        (["show", "tiny#x"], 2, "no variant x"),
        (["list", "--lang", "de"], 2, "'de' is no language we speak\n  Say fr or en."),
        (["list", "--difficulty", "9"], 2, "'--difficulty'"),
        (["grand"], 2, "grand"),
        (["generate"], 2, "assignment"),
        (["generate", "td9"], 1, "no assignment 'td9'\n  Did you mean 'td1'?"),
        (["grade", "td1"], 1, "'td1' was not released yet\n  Run 'partiel generate td1'."),
        (["report", "td1"], 1, "'td1' was not released yet"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_says_what_to_do(
    partiel: Partiel, at_desk: Any, arguments: list[str], code: int, said: str
) -> None:
    ran = partiel(*arguments)
    assert ran.code == code and said in ran.err and "Traceback" not in ran.err and "bug" not in ran.err


@pytest.mark.parametrize("who", ["adda", "../ada", ""])
def test_a_student_who_was_handed_nothing_cannot_be_graded(partiel: Partiel, at_desk: Any, who: str) -> None:
    at_desk.lock()
    said = partiel("grade", "td1", "--student", who)
    assert said.code == 2 and "was handed no copy" in said.err
    assert "Did you mean 'ada'?" in partiel("grade", "td1", "--student", "adda").err


def test_outside_a_course_it_says_how_to_make_one(partiel: Partiel, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    said = partiel("generate", "td1")
    assert said.code == 1 and "this is not a course folder" in said.err and "'partiel init'" in said.err


def test_an_exercise_that_cannot_load_is_its_authors_problem(partiel: Partiel, shelf: Any) -> None:
    shelf.edit("tiny.fr.md", "## size", "{% if n %}\n\n## size")
    said = partiel("list")
    assert said.code == 1 and "tiny.fr.md:5: control flow in prose\n  Compute it in the .py file" in said.err


def test_an_error_of_ours_is_called_one(partiel: Partiel, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(cli.content, "paths", broken)
    said = partiel("list")
    assert said.code == 3 and "ZeroDivisionError: ours" in said.err and "This is a bug of Partiel's" in said.err


def test_stopping_is_no_bug(partiel: Partiel, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.content, "paths", stopped)
    said = partiel("list")
    assert said.code == 130 and "Stopped. What was done is kept" in said.err


def test_init_then_generate(partiel: Partiel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "new"
    assert partiel("init", str(folder), "--lang", "en").code == 0
    assert (folder / "nbgrader_config.py").is_file()
    toml = (folder / "course.toml").read_text()
    start = toml.index("exercises = ")
    (folder / "course.toml").write_text(toml[:start] + 'exercises = ["tiny"]\n')
    monkeypatch.chdir(folder)
    said = partiel("generate", "td1")
    assert said.code == 0 and "2 notebooks in release/" in said.out
    assert (folder / "release" / "ada" / "td1" / "td1.ipynb").is_file()


def test_the_catalogue_comes_at_once() -> None:
    """Loose: it takes half a second, and a second more where something heavy was imported by mistake."""
    heavy = {"torch", "keras", "nbformat", "nbgrader", "sympy", "sqlalchemy"}
    loaded = f"import sys; from grader import cli; print(*{heavy} & set(sys.modules))"
    before = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.split() == [] and time.monotonic() - before < 20


def test_verify_goes_on_past_an_exercise_that_does_not_load(partiel: Partiel, shelf: Any) -> None:
    (shelf.root / "exercises" / "small" / "a_first.py").write_text("")
    said = partiel("verify")
    assert said.code == 1 and "FAIL a_first" in said.out and "a_first.fr.md:1: this file is missing" in said.out
    assert "ok   tiny" in said.out
    assert [line["id"] for line in json.loads(partiel("verify", "--json").out)] == ["a_first", "tiny"]
