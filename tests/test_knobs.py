"""Values that students run small and the grader may run large."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import content, handout, judge, notebook, run
from grader.errors import ContentError
from grader.model import Cell, Exercise, Item, Record, Sheet, Status, Submission, Variant, Verdict
from grader.sandbox import Sandbox, open_sandbox
from grader.verify.common import Solution
from grader.verify.proofs import _run

PY = """\
from grader.author import grid, task

params = grid(n=[1])


@task(points=2, asks=("steps",), seconds=5, knobs={"epochs": (2, 20), "scale": (0.05, 1.0)})
def training():
    steps = ...


@training.hidden_check
def trains_long_enough(steps):
    assert steps == 20 * 1.0
"""
MD = "# Train\n\nA task.\n\n## training\n\nWrite.\n\n### trains_long_enough\n\nToo short.\n\n## solution\n\nNothing.\n"
RIGHT = "steps = epochs * scale"


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    return written(tmp_path, PY)


def written(folder: Path, source: str) -> Exercise:
    path = folder / "exercises" / "shelf" / "knobbed.py"
    path.parent.mkdir(parents=True)
    path.write_text(source)
    for lang in ("fr", "en"):
        path.with_suffix(f".{lang}.md").write_text(MD)
    return content.load(path)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox("plain") as opened:
        yield opened


def sheet(exercise: Exercise, lang: str = "en") -> Sheet:
    variant = Variant(exercise, exercise.params[0])
    points = {f"k-{q.name}": q.points for q in exercise.questions}  # type: ignore[union-attr]
    cells = tuple(handout.cells("k", variant, lang, points))  # type: ignore[arg-type]
    return Sheet("td", "ada", lang, (Cell("words", "head", "# TD"),), (Item("k", variant, cells),), "r")  # type: ignore[arg-type]


def graded(exercise: Exercise, sandbox: Sandbox, source: str, kept: dict[str, Verdict] | None = None) -> Record:
    return run.grade(sheet(exercise), Submission("ada", "td", {"k-training": source}, "ab" * 32), sandbox, kept=kept)


def test_a_student_sees_the_small_values_and_is_told_the_large_ones(exercise: Exercise) -> None:
    cells = {cell.id: cell for lang in ("fr", "en") for cell in sheet(exercise, lang).items[0].cells}
    assert cells["k-training-knobs"].source == "epochs = 2  # 20 when graded\nscale = 0.05  # 1.0 when graded"
    french = next(cell for cell in sheet(exercise, "fr").items[0].cells if cell.id == "k-training-knobs")
    assert french.source.startswith("epochs = 2  # 20 à la correction\n")
    order = [cell.id for cell in sheet(exercise).items[0].cells]
    assert order.index("k-training-knobs") == order.index("k-training") - 1
    nb = notebook.compose(sheet(exercise))
    shown = next(cell for cell in nb["cells"] if cell["id"] == "k-training-knobs")
    assert shown["metadata"]["nbgrader"]["locked"] and "jupyter" not in shown["metadata"]


def test_the_notebook_as_handed_out_runs_with_the_small_values(exercise: Exercise) -> None:
    names: dict[str, object] = {}
    exec(next(cell.source for cell in sheet(exercise).items[0].cells if cell.kind == "given"), names)
    exec(RIGHT, names)
    assert names["steps"] == 0.1


def test_the_grader_runs_the_large_values_and_says_so(exercise: Exercise, sandbox: Sandbox) -> None:
    (verdict,) = graded(exercise, sandbox, RIGHT).verdicts
    assert verdict.status is Status.CORRECT
    assert "epochs = 20 when graded (2 in the notebook)" in verdict.evidence
    assert "scale = 1.0 when graded (0.05 in the notebook)" in verdict.evidence


@pytest.mark.parametrize("source", ["epochs = 3\n" + RIGHT, "del epochs\nsteps = 1", "steps = 0.1"])
def test_who_turns_a_knob_in_their_own_cell_changes_their_own_run(
    exercise: Exercise, sandbox: Sandbox, source: str
) -> None:
    (verdict,) = graded(exercise, sandbox, source).verdicts
    assert verdict.status is Status.WRONG and verdict.earned == 0
    assert graded(exercise, sandbox, RIGHT).verdicts[0].status is Status.CORRECT  # and nobody else's


def test_what_crashed_or_ran_out_says_with_which_values(exercise: Exercise, sandbox: Sandbox) -> None:
    (verdict,) = graded(exercise, sandbox, "import time\ntime.sleep(epochs)").verdicts
    assert verdict.status is Status.EXHAUSTED
    assert "epochs = 20 when graded (2 in the notebook)" in verdict.evidence


def test_the_laws_prove_solutions_with_the_large_values(exercise: Exercise, sandbox: Sandbox) -> None:
    task, variant = exercise.questions[0], Variant(exercise, exercise.params[0])
    ran = _run(variant, task, Solution(exercise.path, RIGHT), sandbox)  # type: ignore[arg-type]
    assert ran.failed == set()


@pytest.mark.parametrize("name", ["not a name", "steps"])
def test_a_knob_is_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContentError, match=f"'{name}' cannot be a knob of 'training'"):
        written(tmp_path, PY.replace('"epochs"', f'"{name}"'))


def test_a_question_without_knobs_has_no_cell_and_no_evidence_of_them(tmp_path: Path) -> None:
    plain = written(tmp_path, PY.replace(', knobs={"epochs": (2, 20), "scale": (0.05, 1.0)}', ""))
    assert [cell.kind for cell in sheet(plain).items[0].cells] == ["words", "words", "solution", "check"]
    assert judge.before(plain.questions[0]) == "" and judge.turned(plain.questions[0], "fr") == ()
