"""What the documentation lists exists: commands, files, modules."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from grader import content, course
from grader.cli import app

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
