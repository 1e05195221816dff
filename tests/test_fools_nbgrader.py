"""Ways known to fool plain nbgrader: each earns full marks there, and nothing here; the table of docs/security.md.

The wrong function is the same in all of them; only ``nbgrader autograde``, as it is, and ``grade`` judge it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import course as courses
from grader import grading, lock, notebook
from grader.model import Record, Terms

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "security.md"
TINY = HERE / "courses" / "tiny"
POINTS = 4  # of the question: one for what its visible check asks, three for the hidden one

WRONG = "def double(x):\n    return 0\n"
TEST = "import numpy as np\nassert double(2) == 4\nnp.testing.assert_allclose(double(-3451), -6902)"
REWRITES = "get_ipython().input_transformers_cleanup.append(lambda lines: [{!r}])\n"

# What is handed in, by what it is called in the table.
WAYS: dict[str, str] = {
    "the test cell is tagged `skip-execution`": WRONG,
    "an input transformer rewrites the test": WRONG + REWRITES.format("pass\n"),
    "an AST transformer takes out the asserts": WRONG
    + "import ast\nclass Out(ast.NodeTransformer):\n"
    + "    visit_Assert = visit_Expr = lambda self, node: ast.Pass()\nget_ipython().ast_transformers.append(Out())\n",
    "`run_cell_async` does nothing any more": WRONG
    + "from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult\n"
    + "async def nothing(source, *a, **k):\n"
    + "    done = ExecutionResult(ExecutionInfo(source, True, False, True, None))\n"
    + "    done.execution_count = 1\n    return done\nget_ipython().run_cell_async = nothing\n",
    "the test is made to show `-1`": WRONG + REWRITES.format("-1\n"),
    "the test is made to show `nan`": WRONG + REWRITES.format('float("nan")\n'),
    "the test is made to show its own grade": WRONG + REWRITES.format(f"{POINTS}\n"),
    "the value equals everything": "import numpy as np\nclass Always(np.ndarray):\n"
    "    __eq__ = lambda self, other: True\n    __array_function__ = lambda self, *a, **k: True\n"
    "    __array_ufunc__ = lambda self, *a, **k: np.bool_(True)\n"
    "def double(x):\n    return np.zeros(()).view(Always)\nnp.testing.assert_allclose = lambda *a, **k: None\n",
    "the answer is read in the test itself": "import inspect, re\ndef double(x):\n"
    '    source = get_ipython().user_ns["In"][-1]\n'
    '    found = re.search(rf"double\\({x}\\)(?: ==|,) (-?[0-9]+)", source)\n'
    "    return int(found[1]) if found else 0\n",
}
AS_IT_IS = """
import json
from traitlets.config import Config, PyFileConfigLoader
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

config = PyFileConfigLoader("nbgrader_config.py", ".").load_config()
api = NbGraderAPI(CourseDirectory(config=config), config=config)
assert api.generate_assignment("td")["success"]
students = sorted(api.get_submitted_students("td"))
for student in students:
    assert api.autograde("td", student)["success"], student
with api.gradebook as book:
    print(json.dumps({student: book.find_submission("td", student).score for student in students}))
"""
STUDENTS = {f"s{number:02}": way for number, way in enumerate(WAYS)}
CONTROL = "honest"  # the wrong function and nothing else: it must earn nothing there either

Json = dict[str, Any]


def tagged(nb: Json) -> Json:
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"]["tags"] = ["skip-execution"]
    return nb


def plain(solution: str) -> Json:
    """A notebook of nbgrader's own kind: a solution cell, and a locked test."""
    facts = {"schema_version": 3, "task": False}
    cells = [
        {"id": "double", "source": solution, "metadata": {"nbgrader": {
            **facts, "grade_id": "double", "grade": False, "solution": True, "locked": False}}},
        {"id": "test", "source": TEST, "metadata": {"nbgrader": {
            **facts, "grade_id": "test", "grade": True, "solution": False, "locked": True, "points": POINTS}}},
    ]  # fmt: skip
    whole = [{"cell_type": "code", "execution_count": None, "outputs": [], **cell} for cell in cells]
    return {"cells": whole, "metadata": {"kernelspec": notebook.KERNEL}, "nbformat": 4, "nbformat_minor": 5}


def way(student: str) -> tuple[str, bool]:
    """What a student writes, and whether the file itself is tampered with."""
    name = STUDENTS.get(student, "")
    return WAYS.get(name, WRONG), "skip-execution" in name


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """The score of each student in a gradebook filled by ``nbgrader autograde``, as it is."""
    root = tmp_path_factory.mktemp("plain")
    (root / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "plain"\n')
    notebook.write(
        root / "source" / "td" / "td.ipynb", plain("def double(x):\n    ### BEGIN SOLUTION\n    ### END SOLUTION")
    )
    for student in (*STUDENTS, CONTROL):
        source, tags = way(student)
        nb = tagged(plain(source)) if tags else plain(source)
        notebook.write(root / "submitted" / student / "td" / "td.ipynb", nb)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV", "JUPYTER_PLATFORM"))}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"  # nbgrader calls alembic by name
    command = [sys.executable, "-c", AS_IT_IS]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    scores: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return scores


@pytest.fixture(scope="module")
def ours(walls: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Record]]:
    root = tmp_path_factory.mktemp("ours")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIEL_CONTENT", str(TINY))
        courses.init(root, "plain", "Plain", "en")
        (root / "course.toml").write_text(
            '[course]\nid = "plain"\nlang = "en"\n[assignments.td]\nexercises = ["small"]\n', "utf-8"
        )
        everybody = (*STUDENTS, CONTROL)
        (root / "students.csv").write_text("id,name,email\n" + "".join(f"{s},,\n" for s in everybody), "utf-8")
        here = courses.load(root)
        handed = lock.write(here, here.assignments["td"])
        for student in everybody:
            source, tags = way(student)
            nb = json.loads(json.dumps(notebook.compose(handed.sheet(student), {"small-double": source})))
            notebook.write(root / "submitted" / student / "td" / "td.ipynb", tagged(nb) if tags else nb)
        yield dict(grading.grade(here, "td", Terms(workers=2)))  # type: ignore[arg-type]


def earned(record: Record) -> Fraction:
    return sum((v.earned for v in record.verdicts), Fraction(0))


@pytest.mark.slow
def test_the_wrong_function_alone_earns_nothing_in_either(theirs: dict[str, float], ours: dict[str, Record]) -> None:
    assert theirs[CONTROL] == 0 and earned(ours[CONTROL]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("student", STUDENTS, ids=list(WAYS))
def test_full_marks_from_nbgrader_and_none_from_us(
    theirs: dict[str, float], ours: dict[str, Record], student: str
) -> None:
    assert theirs[student] == POINTS
    assert earned(ours[student]) == 0


def test_the_page_has_a_line_for_each_way() -> None:
    """``python tests/test_fools_nbgrader.py`` prints the lines."""
    assert len(WAYS) >= 7
    rows = re.findall(r"^\| \d+ \| (.*?) \| 4 of 4 \| 0 of 4 \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert rows == list(WAYS)


if __name__ == "__main__":
    print(*(f"| {n} | {name} | {POINTS} of {POINTS} | 0 of {POINTS} |" for n, name in enumerate(WAYS, 1)), sep="\n")  # noqa: T201
