"""What the documentation lists exists: commands, files, modules."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from nbgrader.plugins import LateSubmissionPlugin
from traitlets.config import Config
from typer.main import get_command

from grader import content, course
from grader.cli import app
from grader.course import deadlines
from grader.course.roster import COLUMNS
from grader.model import Student, Terms

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = set(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_a_page_shows_exists(page: Path) -> None:
    shown = set(re.findall(r"^(?:\$ )?partiel ([a-z]+)", page.read_text("utf-8"), re.MULTILINE))
    shown |= set(re.findall(r"`partiel ([a-z]+)", page.read_text("utf-8")))
    assert shown <= COMMANDS


def test_the_design_lists_every_command() -> None:
    section = (ROOT / "docs/design.md").read_text("utf-8").split("## 6. The command")[1].split("Run inside")[0]
    assert set(re.findall(r"`(?:partiel )?([a-z]+)[^`]*`", section)) == COMMANDS


def test_the_design_places_every_module() -> None:
    section = (ROOT / "docs/design.md").read_text("utf-8").split("| layer | modules |")[1].split("\n\n")[0]
    named = {name.rstrip("/") for name in re.findall(r"`([a-z_]+/?)`", section)}
    there = {path.stem for path in (ROOT / "grader").iterdir() if not path.name.startswith("_")}
    assert there - named == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not re.search("[:{]", link) and not (page.parent / link).exists()] == []


def test_the_course_that_the_readme_writes_is_read(tmp_path: Path) -> None:
    written = re.search(r"```toml\n(.+?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert written
    course.init(tmp_path, "dl", "", "fr")
    (tmp_path / "course.toml").write_text(written[1], "utf-8")
    td1 = course.load(tmp_path).assignments["td1"]
    assert set(td1.exercises) <= set(content.paths())
    assert tomllib.loads(written[1])["course"]["lang"] == "fr"


def test_the_course_of_the_guide_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs/course.md").read_text("utf-8")
    toml, roster = (re.search(rf"```{kind}\n(.+?)```", page, re.DOTALL) for kind in ("toml", "csv"))
    assert toml and roster
    course.init(tmp_path, "dl", "", "fr")
    (tmp_path / "course.toml").write_text(toml[1], "utf-8")
    (tmp_path / "students.csv").write_text(roster[1], "utf-8")
    read = course.load(tmp_path)
    asked = {id for one in read.assignments.values() for id in one.exercises} | read.pools.shared
    assert asked <= set(content.paths())
    assert [pool for one in read.assignments.values() for pool in [one.pool]] == ["practice", "exam"]
    ada, emmy, sofia, evariste = read.students
    assert (ada.name, ada.lang, ada.group, ada.room) == ("Ada Lovelace", "en", "b1", "A101")
    assert emmy.extra_time and emmy.deadline("td1") == "2026-12-08"
    assert sofia.absence("exam") == "ABJ" and not sofia.absence("td1") and evariste.withdrawn


def test_the_due_dates_and_the_plugin_of_the_page_on_marks_are_read(tmp_path: Path) -> None:
    page = (ROOT / "docs/marks.md").read_text("utf-8")
    written, plugin = (re.search(rf"```{kind}\n(.+?)```", page, re.DOTALL) for kind in ("toml", "python"))
    assert written and plugin
    course.init(tmp_path, "dl", "", "fr")
    (tmp_path / "course.toml").write_text(written[1], "utf-8")
    read = course.load(tmp_path)
    assert set(read.assignments["td1"].exercises) <= set(content.paths())
    tired = Student("a", "", extra_time=Fraction(1, 3))
    assert deadlines.extension(read.assignments["exam"], [tired]) == timedelta(minutes=40)
    assert deadlines.extension(read.assignments["td1"], [tired]) == timedelta()
    config = Config()
    exec(plugin[1], {"get_config": lambda: config})  # our own page
    assert config.LateSubmissionPlugin.penalty_method in LateSubmissionPlugin().traits()["penalty_method"].values


def test_the_guide_names_every_column_of_the_roster() -> None:
    page = (ROOT / "docs/course.md").read_text("utf-8")
    shown = set(re.findall(r"^\| (`.+?`) \|", page, re.MULTILINE))
    named = {name for cell in shown for name in re.findall(r"`([a-z_]+)`", cell)}
    assert named == set(COLUMNS) - {"first_name"}


def test_the_terms_of_the_guide_are_read(tmp_path: Path) -> None:
    written = re.search(r"```toml\n(.+?)```", (ROOT / "docs/grading.md").read_text("utf-8"), re.DOTALL)
    assert written
    course.init(tmp_path, "dl", "", "fr")
    (tmp_path / "course.toml").write_text(written[1], "utf-8")
    assert course.load(tmp_path).grading == Terms(gpus=(0, 1), per_gpu=4, workers=2)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_shows_exists_with_its_options(page: Path) -> None:
    shown = [
        line
        for block in re.findall(r"```\w*\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
        for line in block.split("\n")
    ]
    for line in (line.partition("#  ")[0].partition("   #")[0] for line in shown if line.startswith("partiel ")):
        command: Any = get_command(app)
        words = line.split()[1:]
        while words and hasattr(command, "commands"):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options, line
