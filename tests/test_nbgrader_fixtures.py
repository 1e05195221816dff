"""The notebooks that nbgrader tests itself with: a Partiel course folder scores them as a plain one does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbgrader
import pytest

from grader import bridge, course, grading, release
from grader.bridge.gradebook import opened
from grader.model import Terms

ROOT = Path(__file__).resolve().parent.parent
THEIRS = Path(nbgrader.__file__).parent / "tests"
APPS, PREPROCESSORS = "apps/files", "preprocessors/files"

Scores = dict[str, list[float | bool | None]]  # by cell: the automatic score, the maximum, whether a human is called


@dataclass(frozen=True)
class Case:
    """A source notebook, and one handed in for it; a plain folder stops where ``aborts``."""

    source: str
    submitted: str
    aborts: bool = False

    @property
    def id(self) -> str:
        return f"{Path(self.source).stem}.{Path(self.submitted).stem}"


SUBMITTED = "submitted-unchanged submitted-changed submitted-grade-cell-changed submitted-locked-cell-changed".split()
CHEATS = ["submitted-cheat-attempt", "submitted-cheat-attempt-alternative"]
RELEASED = "as released"
CASES = [
    *(Case(f"{APPS}/submitted-unchanged.ipynb", f"{APPS}/{name}.ipynb") for name in [*SUBMITTED, *CHEATS]),
    Case(f"{PREPROCESSORS}/submitted-unchanged.ipynb", f"{PREPROCESSORS}/submitted-changed.ipynb"),
    *(
        Case(f"{PREPROCESSORS}/submitted-unchanged.ipynb", f"{PREPROCESSORS}/{name}.ipynb", aborts=True)
        for name in ("submitted-answer-cell-type-changed", "submitted-grade-cell-type-changed")
    ),
    *(
        Case(f"{folder}/{name}.ipynb", submitted)
        for folder, name in [
            (APPS, "test"),
            (APPS, "test-hidden-tests"),
            (APPS, "test-with-output"),
            (APPS, "validation-zero-points"),
            (PREPROCESSORS, "manually-graded-code-cell"),
            (PREPROCESSORS, "test_taskcell"),
        ]
        for submitted in (f"{folder}/{name}.ipynb", RELEASED)
    ),
]  # fmt: skip

PLAIN = """
import json, shutil, sys
from pathlib import Path
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

config = Config()
config.CourseDirectory.root = "."
config.CourseDirectory.course_id = "plain"
api = NbGraderAPI(CourseDirectory(config=config), config=config)
found = {}
for name, source, submitted in json.loads(sys.argv[1]):
    Path("source", name).mkdir(parents=True)
    shutil.copy(source, Path("source", name, f"{name}.ipynb"))
    made = api.generate_assignment(name)
    if not made["success"]:
        found[name] = made.get("error", "") + made.get("log", "")
        continue
    there = Path("submitted/foo", name)
    there.mkdir(parents=True)
    shutil.copy(submitted or Path("release", name, f"{name}.ipynb"), there / f"{name}.ipynb")
    done = api.autograde(name, "foo")
    if not done["success"]:
        found[name] = "autograde: " + done.get("error", "") + done.get("log", "")
        continue
    with api.gradebook as gradebook:
        grades = gradebook.find_submission_notebook(name, name, "foo").grades
        found[name] = {g.name: [g.auto_score, g.max_score, g.needs_manual_grade] for g in grades}
print("FOUND" + json.dumps(found))
"""


def names() -> list[tuple[str, Case]]:
    return [(f"a{number}", case) for number, case in enumerate(CASES)]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("plain")
    asked = [
        (name, str(THEIRS / case.source), "" if case.submitted == RELEASED else str(THEIRS / case.submitted))
        for name, case in names()
    ]
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(
        [sys.executable, "-c", PLAIN, json.dumps(asked)],
        cwd=folder, env=env, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert "FOUND" in ran.stdout, ran.stderr[-3000:]
    return dict(json.loads(ran.stdout.rpartition("FOUND")[2]))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scores]:
    folder = tmp_path_factory.mktemp("course")
    course.init(folder, "dl", "Deep", "en")
    (folder / "students.csv").write_text("id,name,email\nfoo,Foo,\n", "utf-8")
    lines = ['[course]\nid = "dl"\nlang = "en"\n']
    for name, case in names():
        (folder / "handwritten" / name).mkdir(parents=True)
        shutil.copy(THEIRS / case.source, folder / "handwritten" / name / "nb.ipynb")
        lines.append(f'[assignments.{name}]\nexercises = ["handwritten/{name}/nb.ipynb"]\n')
    (folder / "course.toml").write_text("\n".join(lines), "utf-8")
    here = course.load(folder)
    found: dict[str, Scores] = {}
    for name, case in names():
        release.generate(here, here.assignments[name])
        handed = folder / "release" / "foo" / name / f"{name}.ipynb"
        there = folder / "submitted" / "foo" / name / f"{name}.ipynb"
        there.parent.mkdir(parents=True)
        shutil.copy(handed if case.submitted == RELEASED else THEIRS / case.submitted, there)
        records = [record for _, record in grading.grade(here, name, Terms(trust=True))]
        failures = bridge.record(here, records)  # type: ignore[arg-type]
        assert failures == []
        with opened(here) as gradebook:
            grades = gradebook.find_submission_notebook(name, name, "foo").grades
            found[name] = {g.name: [g.auto_score, g.max_score, g.needs_manual_grade] for g in grades}
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("name", "case"), names(), ids=[case.id for case in CASES])
def test_the_scores_are_those_of_a_plain_course_folder(
    name: str, case: Case, plain: dict[str, Any], ours: dict[str, Scores]
) -> None:
    if case.aborts:
        assert isinstance(plain[name], str)
        assert ours[name] == ours["a0"]  # what is changed there is no answer
        return
    assert ours[name] == plain[name]
