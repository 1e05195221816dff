"""What the documentation lists exists: commands, files, modules."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from grader import author, content, course
from grader.cli import app
from grader.course.roster import COLUMNS
from grader.model import Terms

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
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


def test_each_test_that_the_page_on_security_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/security.md").read_text("utf-8")))
    there = "".join(file.read_text("utf-8") for file in (ROOT / "tests").glob("test_*.py"))
    assert len(named) > 80 and not {name for name in named if f"def {name}(" not in there}


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


# ── the site ─────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `make docs` builds it: a warning is an error."""
    made = tmp_path_factory.mktemp("site")
    strictly = ["-W", "--keep-going", "-n", "-q", "-b", "html", "-d", str(made / "doctrees")]
    command = [sys.executable, "-m", "sphinx", *strictly, str(ROOT / "docs"), str(made / "html")]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return made / "html"


def test_a_page_of_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    address = r"""["']?\s*(?:https?:)?//"""
    loaded = re.compile(rf"(?:src|srcset|action)={address}|<link[^>]+href={address}|url\({address}|@import")
    files = [file for kind in ("html", "css") for file in site.rglob(f"*.{kind}")]
    assert len(files) > len(PAGES)
    assert [(file.name, found[0]) for file in files if (found := loaded.search(file.read_text("utf-8")))] == []


def test_every_page_is_in_the_navigation(site: Path) -> None:
    home = (site / "index.html").read_text("utf-8")
    pages = [page.relative_to(ROOT / "docs").with_suffix(".html") for page in PAGES if "docs" in page.parts]
    assert [str(page) for page in pages if f'href="{page}"' not in home and page.name != "index.html"] == []


def test_the_reference_has_every_command_and_option(site: Path) -> None:
    text = (site / "reference/commands.html").read_text("utf-8")
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        for one in getattr(command, "commands", {name: command}).values():
            assert f"partiel {name}" in text
            for option in (option for parameter in one.params for option in parameter.opts if option[:2] == "--"):
                assert option in text or option == "--help"


def test_the_reference_has_every_name_of_an_exercise_file(site: Path) -> None:
    text = (site / "reference/authoring.html").read_text("utf-8")
    assert [name for name in author.__all__ if f"<h3>{name}<" not in text] == []
