"""The command: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text
from typer.main import get_command

from grader import __version__, cli, content

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


def test_help_says_all_that_was_written() -> None:
    """Square brackets are marks of style to what prints it: unless escaped, they are swallowed."""

    def every(command: Any) -> Iterator[Any]:
        yield command
        for one in getattr(command, "commands", {}).values():
            yield from every(one)

    said = [
        text
        for one in every(get_command(cli.app))
        for text in (one.help, *(getattr(p, "help", "") for p in one.params))
    ]
    brackets = [text for text in said if text and "[" in text]
    assert brackets and [text for text in brackets if Text.from_markup(text).plain != text.replace("\\[", "[")] == []


def test_the_catalogue_for_people_and_for_machines(partiel: Partiel) -> None:
    said = partiel("list")
    assert said.code == 0 and "tiny" in said.out and "Taille" in said.out and "whole, code" in said.out
    (facts,) = json.loads(partiel("list", "--json").out)
    assert (facts["id"], facts["shelf"], facts["variants"], facts["dropped"]) == ("tiny", "small", 16, 4)
    assert json.loads(partiel("list", "--kind", "formula", "--json").out) == []


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_word_of_a_title_is_cut_in_a_narrow_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli.out, "_width", width)
    monkeypatch.setattr(sys, "argv", ["partiel", "list", "--lang", "en"])
    with pytest.raises(SystemExit):
        cli.main()
    words = set(capsys.readouterr().out.split())
    titles = [content.find(id).title["en"] for id in content.paths()]
    assert {word for title in titles for word in title.split() if word.isalpha()} <= words


def test_a_variant_is_shown_as_its_student_sees_it(partiel: Partiel) -> None:
    said = partiel("show", "tiny#2", "--lang", "en")
    assert said.code == 0 and "How many?" in said.out and "size = ..." in said.out and "takes_any" not in said.out
    with_answers = partiel("show", "tiny#2", "--solution").out
    assert "size = 4" in with_answers


def test_an_instructor_asks_for_easy_ones_about_something(partiel: Partiel, shelf: Any) -> None:
    for level in (1, 2, 3, 4):
        for end in (".py", ".fr.md", ".en.md"):
            text = shelf[f"tiny{end}"].read_text("utf-8")
            facts = f'difficulty = {level}\ntags = ("about", "{"odd" if level % 2 else "even"}")\n'
            file = shelf.root / "exercises" / "small" / f"level_{level}{end}"
            file.write_text(text.replace("UNIT = 1\n", f"UNIT = 1\n{facts}"), "utf-8")

    def found(*wish: str) -> list[str]:
        return [facts["id"] for facts in json.loads(partiel("list", *wish, "--json").out)]

    assert found() == ["level_1", "level_2", "tiny", "level_3", "level_4"]
    assert found("--tag", "about", "--difficulty", "1-3", "--most", "2") == ["level_1", "level_2"]
    assert found("--tag", "about", "--tag", "odd") == ["level_1", "level_3"]
    assert found("--shelf", "small", "--kind", "whole", "--kind", "code", "--difficulty", "4") == ["level_4"]
    assert found("--kind", "choice") == []
    assert 'exercises = ["level_1"]' in partiel("list", "--difficulty", "1").out


def test_a_variant_as_a_page(partiel: Partiel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert partiel("show", "tiny#2", "--html", "--lang", "en").out == "tiny-2.en.html\n"
    page = (tmp_path / "tiny-2.en.html").read_text("utf-8")
    assert "default-src 'none'" in page and "<script" not in page and "How many?" in page and "Padding" not in page
    assert partiel("show", "tiny", "--all", "--solution", "--to", "all.html").out == "all.html\n"
    page = (tmp_path / "all.html").read_text("utf-8")
    assert page.count('<section class="variant"') == 16 and "padding_forgotten" in page and "Combien" in page


def test_every_variant_in_the_terminal(partiel: Partiel) -> None:
    said = partiel("show", "tiny", "--all")
    assert said.code == 0 and said.out.count("size = ...") == 16 and "tiny#15" in said.out


def test_the_gallery_is_a_page_in_each_language(partiel: Partiel, shelf: Any, tmp_path: Path) -> None:
    assert partiel("gallery", str(tmp_path / "g")).code == 0
    first = {file.name: file.read_bytes() for file in (tmp_path / "g").iterdir()}
    assert sorted(first) == ["en.html", "fr.html"] and b"Taille" in first["fr.html"] and b"Size" in first["en.html"]
    (shelf.root / "exercises" / "small" / "a_first.py").write_text("")
    shelf.forget()
    said = partiel("gallery", str(tmp_path / "g"))
    assert said.code == 1 and "a_first.fr.md:1: this file is missing" in said.err
    assert {file.name: file.read_bytes() for file in (tmp_path / "g").iterdir()} == first


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
        (["list", "--difficulty", "9"], 2, "--difficulty: '9' is no difficulty\n  They go from 1 to 5: say 2, or 1-3."),
        (["list", "--difficulty", "3-1"], 2, "'3-1' is no difficulty"),
        (["list", "--shelf", "smal"], 2, "--shelf: no exercise has the shelf 'smal'\n  Did you mean 'small'?"),
        (["list", "--tag", "odd"], 2, "--tag: no exercise has the tag 'odd'\n  There is none yet."),
        (["list", "--kind", "formul"], 2, "Did you mean 'formula'?"),
        (["show", "tiny#2", "--all"], 2, "--all shows every variant, and this is one\n  Say 'tiny --all'."),
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
    for end in (".py", ".fr.md", ".en.md"):
        text = shelf[f"tiny{end}"].read_text("utf-8").replace("{% if n %}\n\n", "")
        (shelf.root / "exercises" / "small" / f"other{end}").write_text(text, "utf-8")
    said = partiel("list")
    assert said.code == 1 and "control flow" in said.err and "other" in said.out and "1 exercise," in said.out


def test_an_error_of_ours_is_called_one(partiel: Partiel, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(content, "paths", broken)
    said = partiel("list")
    assert said.code == 3 and "ZeroDivisionError: ours" in said.err and "This is a bug of Partiel's" in said.err


def test_stopping_is_no_bug(partiel: Partiel, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(content, "paths", stopped)
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
    assert ran.stdout.split() == [] and time.monotonic() - before < 120


def test_verify_goes_on_past_an_exercise_that_does_not_load(partiel: Partiel, shelf: Any) -> None:
    (shelf.root / "exercises" / "small" / "a_first.py").write_text("")
    said = partiel("verify")
    assert said.code == 1 and "FAIL a_first" in said.out and "a_first.fr.md:1: this file is missing" in said.out
    assert "ok   tiny" in said.out
    assert [line["id"] for line in json.loads(partiel("verify", "--json").out)] == ["a_first", "tiny"]
