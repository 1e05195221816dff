"""A small course that was released, handed in, graded and recorded: what appeals and amendments are tried on."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import bridge, cli, content, grading, lock, notebook, release, report, values, verdicts
from grader import course as courses
from grader.amend import withdrawing
from grader.bridge.gradebook import opened
from grader.model import Course, Terms

HERE = Path(__file__).resolve().parent
TRUSTED = Terms(trust=True, workers=1)  # what these students write is in this file
TOML = """\
[course]
id = "t"
lang = "en"
[assignments.td]
exercises = ["small", "talk"]
"""
ROSTER = "id,name\nada,Ada\nemmy,Emmy\nzoe,Zoé\nalan,Alan\n"
TALK = """\
from grader.author import answer, essay, grid

params = grid(n=[10, 14, 22])


@answer(points=2)
def half(n):
    return n // 2


@half.misconception
def doubled(n):
    return 2 * n


@essay(points=3)
def discuss():
    return {"named": 3}
"""
WORDS = """\
# Talk

Of {{ n }} things.

## half

Half of them?

### doubled

Twice {{ n }} is more, not less.

## discuss

Discuss.

### named

It has a name.

## solution

{{ half }}
"""
OTHER = """\
from grader.author import answer, grid, table

params = grid(n=[12, 15, 21, 24])


@answer(points=1)
def third(n):
    return n // 3


@answer(points=3, rule=table("once", "twice"))
def times(n):
    return {"once": n, "twice": 2 * n}
"""
OTHER_WORDS = """\
# Other

Of {{ n }} others.

## third

A third of them?

## times

How many?

### once

once

### twice

twice

## solution

{{ third }}
"""
# small: size 1, layers 2, double 4, measured 2; talk: half 2, discuss 3. In all 14.
WROTE = {
    "ada": {"size": "right", "half": "right", "discuss": "Overfitting."},
    "emmy": {"size": "-1", "half": "doubled", "discuss": "Underfitting."},
    "zoe": {"size": "right", "double": "def double(x):\n    return 2 * x", "half": "nothing at all"},
}


BEFORE = {"ada": Fraction(3), "emmy": Fraction(0), "zoe": Fraction(5), "alan": Fraction(0)}
SOME = {"ada": 3.0, "emmy": 0.0, "zoe": 5.0}


def forget() -> None:
    content.load.cache_clear()
    content._path.cache_clear()


def exercise(course: Course, name: str) -> Path:
    return next((course.root.parent / "content" / "exercises").rglob(name))


def edit(course: Course, name: str, old: str, new: str) -> None:
    file = exercise(course, name)
    before = file.read_text("utf-8")
    assert old in before
    file.write_text(before.replace(old, new), "utf-8")
    forget()


def cells(course: Course, student: str) -> dict[str, str]:
    sheet = lock.read(course, "td").sheet(student)
    written = {}
    for item in sheet.items:
        known = values.of(item.variant)
        for name, said in WROTE[student].items():
            if name not in {question.name for question in item.variant.exercise.questions}:
                continue
            value = {"right": known.get(name), "doubled": 2 * known["n"]}.get(said, said)
            written[f"{item.key}-{name}"] = str(value) if name in ("discuss", "double") else f"{name} = {value!r}"
    return written


def hand_in(course: Course, student: str, written: dict[str, str] | None = None) -> None:
    sheet = lock.read(course, "td").sheet(student)
    said = cells(course, student) if written is None else written
    file = course.root / "submitted" / student / "td" / "td.ipynb"
    notebook.write(file, notebook.compose(sheet, said))


def grade(course: Course) -> None:
    records = [record for _, record in grading.grade(course, "td", TRUSTED)]
    assert bridge.record(course, records) == []  # type: ignore[arg-type]


def mark(course: Course, student: str, cell: str, given: float | None, comment: str = "") -> None:
    """As a human does it in formgrader."""
    with opened(course) as gradebook:
        found = gradebook.find_submission_notebook("td", "td", student)
        next(grade for grade in found.grades if grade.name == cell).manual_score = given
        beside = next(c for c in found.comments if c.name == cell.removesuffix("-check"))
        beside.manual_comment = comment or beside.manual_comment
        gradebook.db.commit()


def score(course: Course, student: str) -> float:
    with opened(course) as gradebook:
        return float(gradebook.find_submission("td", student).score)


def maximum(course: Course) -> float:
    with opened(course) as gradebook:
        return float(gradebook.find_assignment("td").max_score)


def comment(course: Course, student: str, cell: str) -> str:
    with opened(course) as gradebook:
        found = gradebook.find_submission_notebook("td", "td", student)
        return next(c.manual_comment or "" for c in found.comments if c.name == cell)


def totals(course: Course) -> dict[str, Fraction]:
    """As the report counts them."""
    return {row.student: row.earned for row in report.rows(course, "td")}


def withdraw(course: Course, about: str, points: Any, because: str = "It was wrong.") -> None:
    assert withdrawing.apply(course, withdrawing.plan(course, "td", about, points), because) == []


def restore(course: Course, about: str) -> None:
    assert withdrawing.apply(course, withdrawing.plan(course, "td", about, None), "It was right.") == []


def scores(course: Course) -> dict[str, float]:
    return {student: round(score(course, student), 6) for student in SOME}


def pages(course: Course) -> dict[str, str]:
    assert bridge.feedback(course, "td") == []
    return {s: (course.root / "feedback" / s / "td" / "td.html").read_text("utf-8") for s in SOME}


def handed_out(course: Course, student: str) -> dict[str, str]:
    said = json.loads((course.root / "release" / student / "td" / "td.ipynb").read_text("utf-8"))
    return {cell["id"]: cell["source"] for cell in said["cells"]}


def ledger(course: Course) -> list[str]:
    return verdicts.path(course, "td").read_text("utf-8").splitlines()


@pytest.fixture(scope="session")
def mended_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; nobody writes there."""
    root = tmp_path_factory.mktemp("mended") / "course"
    folder = root.parent / "content"
    shutil.copytree(HERE / "courses" / "tiny", folder)
    shutil.copytree(HERE.parent / "templates", folder / "templates")
    for name, code, words in (("talk", TALK, WORDS), ("other", OTHER, OTHER_WORDS)):
        for end, text in ((".py", code), (".fr.md", words), (".en.md", words)):
            (folder / "exercises" / "small" / f"{name}{end}").write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIEL_CONTENT", str(folder))
        forget()
        courses.init(root, "t", "T", "en")
        (root / "course.toml").write_text(TOML)
        (root / "students.csv").write_text(ROSTER)
        here = courses.load(root)
        (root / "nbgrader_config.py").write_text(bridge.config_text(here))
        release.generate(here, here.assignments["td"])
        for student in WROTE:
            hand_in(here, student)
        grade(here)
        forget()
    return root


@pytest.fixture
def mended(mended_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """Ada was right but for her essay, which waits; Emmy wrong; Zoé in part; Alan handed nothing in. All graded."""
    shutil.copytree(mended_release, tmp_path / "course")
    shutil.copytree(mended_release.parent / "content", tmp_path / "content")
    monkeypatch.setenv("PARTIEL_CONTENT", str(tmp_path / "content"))
    monkeypatch.chdir(tmp_path / "course")
    forget()
    yield courses.load(tmp_path / "course")
    forget()


@pytest.fixture
def partiel(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setattr(cli.out, "_width", 160)
    monkeypatch.setattr(cli.err, "_width", 160)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["partiel", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO())  # no terminal
        try:
            cli.main()
            code: Any = 0
        except SystemExit as leave:
            code = leave.code or 0
        return (int(code), *capsys.readouterr())

    return run
