"""What a cell goes on with: names that it reads before it binds them, and what a graded cell finds of earlier ones."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import content, handout, reads, run
from grader.model import Cell, Exercise, Item, Record, Sheet, Status, Submission, Variant
from grader.sandbox import Sandbox, open_sandbox

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("model.compile(loss='mse')\nmodel.fit(x)", {"model", "x"}),
        ("%%time\n!pip list\nmodel.fit()", {"model"}),
        ("model = ...\nmodel.fit()", set()),
        ("model = wrap(model)", {"model", "wrap"}),
        ("model += 1", {"model"}),
        ("model: list = []\nmodel.sort()", set()),
        ("import model\nmodel.x", set()),
        ("from a import b as model\nmodel.x", set()),
        ("for model in models:\n    model.fit()", {"models"}),
        ("[model for model in models]", {"models"}),
        ("{k: v for k, v in model.items()}", {"model"}),
        ("with open(p) as model:\n    model.x", {"open", "p"}),
        ("def predict(x):\n    return model(x)\nclass Net(base): pass\nf = lambda: model", set()),
        ("if (model := make()):\n    model.fit()", {"make"}),
        ("model.fit(", set()),
    ],
)
def test_what_is_read_before_it_is_bound(source: str, names: set[str]) -> None:
    assert reads.first(source) == names


def test_code_nested_deeper_than_python_calls_itself_is_no_fault_of_ours() -> None:
    assert reads.first("total = " + " + ".join(["part"] * 700)) == {"part"}
    assert reads.first("total = " + "-" * 5000 + "part") in ({"part"}, set())
    assert reads.first("(" * 5000) == set()


PY = """\
import numpy as np

from grader.author import grid, task

params = grid(n=[1])


@task(points=2, asks=("model",))
def built():
    model = ...


@built.check
def holds_two(model):
    assert np.size(model) == 2


@task(points=2, asks=("model",))
def trained():
    model = ...


@trained.check
def holds_three(model):
    assert np.size(model) == 3


@task(points=2)
def double(x):
    raise NotImplementedError


@double.check
def doubles(double):
    assert np.allclose(double(np.ones(2)), 2)


@double.hidden_check
def doubles_more(double):
    assert np.allclose(double(np.ones(3)), 2)
"""
PART = "\n\n## {0}\n\nWrite.\n\n"
MD = (
    "# Go on\n\nThree tasks."
    + PART.format("built")
    + "### holds_two\n\nNot two."
    + PART.format("trained")
    + "### holds_three\n\nNot three."
    + PART.format("double")
    + "### doubles\n\nNot twice.\n\n### doubles_more\n\nNot twice in length three.\n\n## solution\n\nNothing.\n"
)


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    path = tmp_path_factory.mktemp("own") / "exercises" / "shelf" / "going_on.py"
    path.parent.mkdir(parents=True)
    path.write_text(PY)
    for lang in ("fr", "en"):
        path.with_suffix(f".{lang}.md").write_text(MD)
    return content.load(path)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox("plain") as opened:
        yield opened


def graded(exercise: Exercise, sandbox: Sandbox, **written: str) -> Record:
    variant = Variant(exercise, exercise.params[0])
    points = {f"k-{q.name}": q.points for q in exercise.questions}  # type: ignore[union-attr]
    cells = tuple(handout.cells("k", variant, "en", points))  # type: ignore[arg-type]
    sheet = Sheet("td", "ada", "en", (Cell("words", "head", "# TD"),), (Item("k", variant, cells),), "r")
    sources = {f"k-{name}": source for name, source in written.items()}
    return run.grade(sheet, Submission("ada", "td", sources, "ab" * 32), sandbox)


def test_a_cell_may_go_on_with_what_another_made(exercise: Exercise, sandbox: Sandbox) -> None:
    record = graded(exercise, sandbox, built="model = [1, 2]", trained="model.append(3)")
    assert [v.status for v in record.verdicts[:2]] == [Status.CORRECT, Status.CORRECT]


def test_what_is_left_over_answers_nothing(exercise: Exercise, sandbox: Sandbox) -> None:
    record = graded(exercise, sandbox, built="model = [1, 2, 3]", trained="print('to do')")
    assert record.verdicts[1].status is Status.MISSING


def test_what_the_check_cell_imports_is_there_as_at_home(exercise: Exercise, sandbox: Sandbox) -> None:
    record = graded(exercise, sandbox, double="def double(x):\n    return np.multiply(x, 2)")
    assert record.verdicts[2].status is Status.CORRECT


def test_where_every_check_ends_on_one_error_that_error_is_all_there_is_to_say(
    exercise: Exercise, sandbox: Sandbox
) -> None:
    record = graded(exercise, sandbox, double="def double(x):\n    return pd.Series(x) * 2")
    verdict = record.verdicts[2]
    assert verdict.status is Status.CRASHED
    assert verdict.feedback.en == "The code stops with an error: `NameError: name 'pd' is not defined`."
    wrong = graded(exercise, sandbox, double="def double(x):\n    assert len(x) == 2\n    return 3 * x")
    assert "Not twice" in wrong.verdicts[2].feedback.en, "one of the checks has seen something"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("from tensorflow import keras\nmodel = 1", "`from keras import layers` for"),
        ("import cv2000\nmodel = 1", "not installed where notebooks are graded"),
    ],
)
def test_a_module_that_is_not_there_is_told_with_what_is(
    exercise: Exercise, sandbox: Sandbox, source: str, said: str
) -> None:
    verdict = graded(exercise, sandbox, built=source).verdicts[0]
    assert verdict.status is Status.CRASHED and said in verdict.feedback.en


def test_what_the_head_promises_is_installed_with_us() -> None:
    wanted = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["dependencies"]
    ours = {re.split(r"[>=<;\s]", one)[0] for one in wanted} | {"h5py"}  # Keras brings it
    for lang in ("fr", "en"):
        said = handout.FOUND[lang].lower().replace("pytorch", "torch")
        for name in ("numpy", "scipy", "matplotlib", "pillow", "h5py", "torch", "keras"):
            assert name in said and name in ours
