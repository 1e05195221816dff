"""From copies to verdicts through Auto Multiple Choice itself: printed, ticked, scanned, scored, exported, imported.

Runs where AMC and poppler are installed (``make test-amc`` sees to it). Boxes are blackened in pictures of the pages,
at the places that AMC's layout says; which of them are right is what AMC has extracted from the LaTeX.
"""

from __future__ import annotations

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from grader import bridge, cli, course, lock, report
from grader.model import Status, Verdict

HERE = all(map(shutil.which, ("auto-multiple-choice", "pdflatex", "pdftoppm")))
DPI, OF_LAYOUT = 150, 300
EXERCISES = (
    *("conv_output_size", "adam_first_step", "activation_curves", "discuss_learning_curves"),
    *("convolution_by_hand", "which_kernel_made_this"),
)
ROSTER = (
    "id,name,email,number\nada,Ada Lovelace,,12345678\nalan,Alan Turing,,\nemmy,Emmy Noether,,\nzoe,Zoé Gödel,,42\n"
)
SPARE = "00000000042"  # who comes without a copy ticks a number on one that has no name


def test_amc_is_here_where_it_is_asked_for() -> None:
    assert HERE or "PARTIEL_AMC" not in os.environ, "asked to prove AMC, and one of its programs is not found"


@dataclass
class Room:
    """An exam's folder: the course, and AMC's project in it."""

    root: Path
    project: Path

    def partiel(self, *arguments: str) -> int:
        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(self.root)
            patched.setattr(sys, "argv", ["partiel", *arguments])
            with pytest.raises(SystemExit) as left:
                cli.main()
        return int(left.value.code or 0)

    def amc(self, action: str, *arguments: str) -> str:
        done = subprocess.run(
            ["auto-multiple-choice", action, *arguments], cwd=self.project, capture_output=True, check=False,
            timeout=600, env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        assert done.returncode == 0, said[-2000:]
        errors = [line for line in said.splitlines() if line.startswith(("ERR", "! "))]
        assert not errors, errors
        return said

    def ask(self, database: str, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.project / "data" / f"{database}.sqlite") as opened:
            return opened.execute(query).fetchall()

    def fill(self, ticked: Callable[[int, str, int, bool], bool]) -> None:
        """``ticked`` says of a copy, a question and a box, which may be right, whether it is black."""
        names = dict(self.ask("layout", "select question, name from layout_question"))
        right = set(self.ask("scoring", "select student, question, answer from scoring_answer where correct = 1"))
        pages = {(s, p): n for s, p, n in self.ask("layout", "select student, page, subjectpage from layout_page")}
        files = sorted(self.project.glob("scans/*.png"))
        scans = {}
        scale = DPI / OF_LAYOUT
        boxes = "select student, page, question, answer, xmin, ymin, xmax, ymax from layout_box where role = 1"
        for copy, page, question, answer, *corners in self.ask("layout", boxes):
            if ticked(copy, names[question], answer - 1, (copy, question, answer) in right):
                file = files[pages[copy, page] - 1]
                if file not in scans:
                    scans[file] = Image.open(file).convert("L")
                x0, y0, x1, y1 = (scale * at for at in corners)
                ImageDraw.Draw(scans[file]).rectangle((x0 + 3, y0 + 3, x1 - 3, y1 - 3), fill=0)
        for file, scan in scans.items():
            scan.save(file)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    course.init(tmp_path, "dl", "Deep learning", "fr")
    (tmp_path / ".partiel" / "secret").write_text("0123456789abcdef" * 4)  # the same variants each time
    listed = ", ".join(f'"{id}"' for id in EXERCISES)
    toml = f'[course]\nid = "dl"\ntitle = "Deep"\nlang = "fr"\n\n[assignments.td]\nexercises = [{listed}]\n'
    (tmp_path / "course.toml").write_text(toml, "utf-8")
    (tmp_path / "students.csv").write_text(ROSTER.replace("zoe,Zoé Gödel,,42\n", ""), "utf-8")
    made = Room(tmp_path, tmp_path / "quiz/td-amc")
    assert made.partiel("generate", "td") == 0
    assert made.partiel("export", "td", "--to", "amc", "--spare", "1") == 0
    (tmp_path / "students.csv").write_text(ROSTER, "utf-8")  # she came late
    for folder in ("data", "cr", "scans"):
        (made.project / folder).mkdir()
    return made


@pytest.mark.skipif(not HERE, reason="AMC, pdflatex or pdftoppm is not here: 'make test-amc' installs them")
def test_ticked_copies_become_verdicts(room: Room) -> None:
    """ada is right, alan ticks a wrong box wherever he can, emmy leaves all blank, and zoe is right on a spare copy."""
    names = ("--out-sujet", "sujet.pdf", "--out-corrige", "corrige.pdf", "--out-catalog", "catalog.pdf")
    room.amc(
        "prepare", "--mode", "s", "--with", "pdflatex", "--prefix", "./", *names, "--out-calage", "calage.xy",
        "--data", "data", "td.tex",
    )  # fmt: skip
    room.amc("meptex", "--src", "calage.xy", "--data", "data")
    room.amc("prepare", "--mode", "b", "--with", "pdflatex", "--data", "data", "td.tex")
    render = ["pdftoppm", "-r", str(DPI), "-gray", "-png", "sujet.pdf", "scans/page"]
    subprocess.run(render, cwd=room.project, check=True, timeout=600)
    wrong: dict[tuple[int, str], int] = {}  # alan's: the first box that is not right

    def ticked(copy: int, question: str, box: int, right: bool) -> bool:
        if question.startswith("student["):  # the last digit is the first one that is logged
            return box == int(SPARE[::-1][int(question[8:-1]) - 1])
        if copy in (1, 4):
            return right
        return copy == 2 and not right and wrong.setdefault((copy, question), box) == box

    room.fill(ticked)
    scans = sorted(str(one.relative_to(room.project)) for one in room.project.glob("scans/*.png"))
    room.amc("analyse", "--projet", ".", "--data", "data", "--cr", "cr", *scans)
    room.amc("note", "--data", "data", "--seuil", "0.4", "--notemax", "0")
    room.amc("association-auto", "--data", "data", "--pre-association", "--liste", "students.csv", "--liste-key", "key")
    room.amc(
        "export", "--data", "data", "--module", "CSV", "--fich-noms", "students.csv", "--association-key", "key",
        "--option-out", "ticked=AB", "--useall", "1", "--o", "marks.csv",
    )  # fmt: skip

    marks = ("--from", "amc", "--quiz", str(room.project))
    assert room.partiel("import", "td", str(room.project / "marks.csv"), *marks) == 1  # nobody marked what emmy left
    assert room.partiel("grade", "td", "--trust-submissions") == 0
    here = course.load(room.root)
    rows = {row.student: row for row in report.rows(here, "td")}
    for right in ("ada", "zoe"):
        assert rows[right].earned == report.total(here, "td"), [(v.key, v.status) for v in rows[right].why]
    scores = amc_scores(room.project / "marks.csv")
    for id, row in rows.items():
        assert row.record is not None
        for verdict in row.record.verdicts:
            mine = [score for n, score in scores[id].items() if asks(n, verdict)]
            assert mine, verdict.key
            follows = id == "alan" and verdict.question == "step"  # rows that follow from a wrong one are right here
            assert follows or abs(sum(mine) - float(verdict.earned)) < 1e-6, (id, verdict, mine)
    emmy = rows["emmy"].record
    assert emmy is not None
    assert {v.question for v in emmy.verdicts if v.status is not Status.MISSING} == {"discuss"}
    given = bridge.by_hand(here, lock.read(here, "td"))
    marked = {"conv_output_size-conv_output_size": 2, "discuss_learning_curves-discuss": 4}
    assert given == {"ada": marked, "zoe": marked, "alan": dict.fromkeys(marked, 0)}


def asks(title: str, verdict: Verdict) -> bool:
    """``conv.output.size-d4901d2e-0-size``, with a number at its end where it is one of several places."""
    exercise, _, _, name, *_ = title.replace(".", "_").split("-")
    return (exercise, name) == (verdict.item, verdict.question)


def amc_scores(file: Path) -> dict[str, dict[str, float]]:
    """AMC's own scores, by student and question."""
    places = {"1": "ada", "2": "alan", "3": "emmy", "4": "zoe"}
    with file.open(encoding="utf-8", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["Exam"]]
    return {
        places[row["Exam"]]: {
            head: float(cell.replace(",", "."))
            for head, cell in row.items()
            if cell and f"TICKED:{head}" in row and not head.startswith("student[")
        }
        for row in rows
    }
