"""A reader who copies the blocks of a page succeeds: its commands are run, and print what the page says.

A page is one course folder, from top to bottom. A block that opens with a file's name is written to that file; a block
of commands is run; a ``text`` block right after it is what was printed, where ``…`` stands for anything.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree, html
from nbgrader.plugins import LateSubmissionPlugin
from traitlets.config import Config

from grader import course, intake, receipt, store
from grader.course import deadlines
from grader.model import Student

ROOT = Path(__file__).resolve().parent.parent
TUTORIAL = ROOT / "docs/tutorial.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = ("partiel", "make", "nbgrader", "jupyter", "python", "pip", "cd", "cp", "mkdir", "ls", "cat", ".")

RUN_HERE = ("partiel", "nbgrader", "cd", "cp", "mkdir", "ls")  # nothing else that a page shows touches this machine

# What is not run here, by how the line starts, and why. `make` is asked whether it knows how (make -n).
NOT_RUN = {
    "pip install": "installs from an index",
    ". .venv/bin/activate": "the tests' own environment stands for it",
    "partiel build": "runs until it is stopped; the builder's own tests start it",
    "partiel serve": "runs until it is stopped; the server's own tests start it",
    "partiel work": "runs until it is stopped; the server's own tests start it",
    "partiel submit": "needs a server that runs; the server's own tests give it one",
    "dask ": "runs until it is stopped; the cluster's own tests start it",
}
EXITS: dict[str, int] = {}  # commands that end otherwise than with 0, as their page says


def forgetting_the_floor(folder: Path) -> None:
    """What the tutorial asks of its reader in Jupyter."""
    file = folder / "submitted/ada/td1/td1.ipynb"
    notebook = json.loads(file.read_text("utf-8"))
    (cell,) = (cell for cell in notebook["cells"] if cell["id"] == "conv_output_formula-width")
    written = next(block for block in blocks(TUTORIAL) if block.kind == "python")
    cell["source"] = written.text
    file.write_text(json.dumps(notebook), "utf-8")


def taken_in_moodle(folder: Path) -> None:
    """What Moodle's page of responses downloads, for one student and the question about a number."""
    quiz = etree.parse(folder / "quiz/quiz1-moodle/quiz1.xml").getroot()
    node = next(one for one in quiz.iterfind("question") if one.get("type") == "numerical")
    asked = html.fromstring(node.findtext("questiontext/text")).text_content()
    with (folder / "responses.csv").open("w", encoding="utf-8", newline="") as file:
        heads = ("Last name", "First name", "ID number", "Email address", "Status", "Started")
        csv.writer(file).writerows(
            [
                (*heads, "Question 1", "Response 1", "Right answer 1"),
                (
                    "Lovelace",
                    "Ada",
                    "ada",
                    "",
                    "Finished",
                    "22 November 2026",
                    asked,
                    "1",
                    node.findtext("answer/text"),
                ),
            ]
        )


def from_apogee(folder: Path) -> None:
    shutil.copyfile(ROOT / "tests/golden/marks/apogee-web-empty.csv", folder / "INF1E1.csv")


def received(folder: Path) -> None:
    """What a student downloads when they have handed in, and keeps."""
    here = course.load(folder)
    db = store.of(here)
    try:
        given = intake.take(
            here, db, "ada", "td1", (folder / "release/ada/td1/td1.ipynb").read_bytes(), "web", time.time()
        )
    finally:
        db.close()
    (folder / "td1-1.txt").write_text(receipt.text(here, given), "utf-8")


INSTEAD: dict[str, Callable[[Path], None]] = {"jupyter lab submitted/ada/td1/": forgetting_the_floor}
BEFORE: dict[str, Callable[[Path], None]] = {  # files that come from elsewhere
    "partiel import quiz1 responses.csv": taken_in_moodle,
    "partiel grades exam --to apogee": from_apogee,
    "partiel receipt td1-1.txt": received,
}


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    kind: str
    text: str
    follows: str  # the kind of the block before, where nothing but a sentence stands between

    @property
    def where(self) -> str:
        return f"{self.page.name}:{self.line}"

    @property
    def commands(self) -> bool:
        return self.kind in ("", "bash", "sh", "console") and any(
            line.removeprefix("$ ").partition(" ")[0] in COMMANDS for line in self.text.splitlines()
        )

    @property
    def file(self) -> str:
        """The file that the block is, by its first line; a roster says what it is by its kind."""
        found = re.match(r"(?:#|<!--) (?:in )?([\w./-]+\.(?:py|md|toml))\b", self.text)
        return found[1] if found else "students.csv" if self.kind == "csv" else ""


def blocks(page: Path) -> list[Block]:
    text, found, before = page.read_text("utf-8"), [], ""
    for one in re.finditer(r"^(`{3,})([^\n`]*)\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL):
        kind = one[2].split(" ")[0]
        found.append(Block(page, text.count("\n", 0, one.start()) + 2, kind, one[3], before))
        before = kind
    return found


def lines(block: Block) -> Iterator[str]:
    for line in block.text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield re.sub(r"\s{2,}#.*", "", line).removeprefix("$ ").rstrip()


def goes_on(page: Path) -> bool:
    """Whether it takes up the course that the tutorial leaves: it makes none of its own."""
    shown = [line for block in blocks(page) if block.commands for line in lines(block)]
    shown = [line for line in shown if not line.startswith((*NOT_RUN,))]
    return not any(line.startswith("partiel init") for line in shown) and any(map(IN_A_COURSE.match, shown))


IN_A_COURSE = re.compile("partiel|nbgrader")
WITH_COMMANDS = [page for page in PAGES if any(block.commands for block in blocks(page))]


# ── running ──────────────────────────────────────────────────────────────────

RUN = """
import os, sys
out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
os.dup2(out, 1), os.dup2(out, 2), os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.chdir(folder)
os.environ.update(environment)
sys.argv = words
if words[0] == "partiel":
    from grader.cli import main
    from grader.steps import err, out
    err.width = out.width = 100
else:
    from nbgrader.apps.nbgraderapp import main
main()
"""
PRELOADED = ("grader.cli", "grader.bridge", "grader.verify", "nbgrader.apps.nbgraderapp", "nbgrader.apps")


@dataclass
class Reader:
    """A terminal: it stays in the folder it went to."""

    folder: Path
    environment: dict[str, str]

    def type(self, line: str) -> tuple[int, str]:
        said = self.folder / ".said"
        said.unlink(missing_ok=True)
        code = 0
        for part in line.split(" && "):
            if part.startswith("cd "):
                self.folder = self.folder / part[3:].strip()
            elif part.startswith(("partiel ", "nbgrader ")) and not re.search("[|>$`]", part):
                code = self._forked(shlex.split(part), said)
            else:
                code = self._shell(part, said)
            if code:
                break
        printed = said.read_text("utf-8") if said.is_file() else ""
        said.unlink(missing_ok=True)
        return code, printed

    def _forked(self, words: list[str], said: Path) -> int:
        """The command in a process of its own, which has imported what all of them do."""
        told = {"said": str(said), "folder": str(self.folder), "words": words, "environment": self.environment}
        process = multiprocessing.get_context("forkserver").Process(target=exec, args=(RUN, told))
        process.start()
        process.join()
        if words[:2] == ["partiel", "init"]:  # the same variants each time
            (self.folder / words[2] / ".partiel" / "secret").write_text("0123456789abcdef" * 4)
        return process.exitcode or 0

    def _shell(self, part: str, said: Path) -> int:
        with said.open("a") as out:
            return subprocess.run(
                ["bash", "-c", part],
                cwd=self.folder,
                env=os.environ | self.environment,
                stdout=out,
                stderr=out,
                check=False,
            ).returncode


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """The folder that a page leaves; each page is followed once."""
    home = tmp_path_factory.mktemp("home")
    environment = {"HOME": str(home), "COLUMNS": "100", "PATH": f"{_bin(home)}:{os.environ['PATH']}"}
    left: dict[Path, Path] = {}
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(PRELOADED))

    def read(page: Path) -> Path:
        if page not in left:
            folder = tmp_path_factory.mktemp(page.stem)
            if goes_on(page):
                shutil.copytree(read(TUTORIAL), folder, symlinks=True, dirs_exist_ok=True)
            left[page] = follow(page, Reader(folder, environment))
        return left[page]

    return read


def _bin(home: Path) -> Path:
    """The commands of this environment, wherever it is."""
    folder = home / "bin"
    folder.mkdir()
    for name, module in (("partiel", "grader"), ("nbgrader", "nbgrader"), ("python", "")):
        script = folder / name
        path = f'PYTHONPATH="{ROOT}:${{PYTHONPATH:-}}"'
        script.write_text(f'#!/bin/sh\n{path} exec "{sys.executable}" {f"-m {module}" if module else ""} "$@"\n')
        script.chmod(0o755)
    return folder


def follow(page: Path, reader: Reader) -> Path:
    """The page's blocks, as its reader copies them."""
    printed = ""
    for block in blocks(page):
        if block.file:
            write(block, reader.folder)
        elif block.commands:
            printed = ""
            for line in lines(block):
                printed += run(block, line, reader)
        elif block.kind == "text" and block.follows == "bash":
            compare(block, printed)
    return reader.folder


def run(block: Block, line: str, reader: Reader) -> str:
    for start, act in INSTEAD.items():
        if line.startswith(start):
            act(reader.folder)
            return ""
    for start, act in BEFORE.items():
        if line.startswith(start):
            act(reader.folder)
    if any(line.startswith(start) for start in NOT_RUN):
        return ""
    if line.startswith("make "):
        known = subprocess.run(
            ["make", "-n", *shlex.split(line)[1:]], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert known.returncode == 0, f"{block.where}: {line}\n{known.stderr}"
        return ""
    assert line.split()[0] in RUN_HERE, f"{block.where}: {line}\n  Say in NOT_RUN why it is not run."
    code, printed = reader.type(line)
    assert code == EXITS.get(line, 0), f"{block.where}: {line}\n{printed}"
    return printed


def write(block: Block, folder: Path) -> None:
    """To the file that the first line names.

    'in course.toml' puts tables in the place of those of that name; 'in' another file adds to its end.
    """
    file = folder / block.file
    file.parent.mkdir(parents=True, exist_ok=True)
    first, _, rest = block.text.partition("\n")
    if not re.match("(?:#|<!--) in ", first):
        file.write_text(block.text if block.kind in ("csv", "toml") else rest, "utf-8")
        return
    kept = file.read_text("utf-8")
    for table in re.findall(r"^\[[^\]]+\]", rest, re.MULTILINE) if block.kind == "toml" else ():
        kept = re.sub(rf"^{re.escape(table)}.*?(?=^\[|\Z)", "", kept, flags=re.MULTILINE | re.DOTALL)
    file.write_text(f"{kept.rstrip()}\n\n\n{rest}", "utf-8")


def compare(block: Block, printed: str) -> None:
    """Spaces at the end of a line are the terminal's; a line of ``…`` stands for any lines."""
    said = "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())
    asked = "\n".join(line.rstrip() for line in block.text.strip("\n").splitlines())
    pattern = re.escape(asked).replace("…\\\n", "(?:.*\n)*?").replace("\\\n…", "(?:\n.*)*").replace("…", ".*?")
    assert re.fullmatch(pattern, said), f"{block.where} shows\n{asked}\n\nand the command prints\n{said}"


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_a_reader_who_copies_the_blocks_of_a_page_succeeds(page: Path, library: Callable[[Path], Path]) -> None:
    library(page)


@pytest.mark.parametrize("page", [*filter(goes_on, WITH_COMMANDS)], ids=lambda page: page.name)
def test_a_page_that_goes_on_from_the_tutorial_says_so(page: Path) -> None:
    assert "](tutorial.md)" in page.read_text("utf-8").split("```")[0]


def test_nothing_is_exempted_that_no_page_shows() -> None:
    shown = [line for page in PAGES for block in blocks(page) if block.commands for line in lines(block)]
    for start in (*NOT_RUN, *EXITS, *INSTEAD, *BEFORE):
        assert any(line.startswith(start) for line in shown), start


def test_the_due_dates_and_the_plugin_of_the_page_on_marks_are_read(library: Callable[[Path], Path]) -> None:
    read = course.load(library(ROOT / "docs/marks.md"))
    tired = Student("a", "", extra_time=Fraction(1, 3))
    assert deadlines.extension(read.assignments["exam"], [tired]) == timedelta(minutes=40)
    assert deadlines.extension(read.assignments["td1"], [tired]) == timedelta()
    plugin = next(block for block in blocks(ROOT / "docs/marks.md") if block.kind == "python")
    config = Config()
    exec(plugin.text, {"get_config": lambda: config})  # our own page
    assert config.LateSubmissionPlugin.penalty_method in LateSubmissionPlugin().traits()["penalty_method"].values
