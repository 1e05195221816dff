"""Weights handed in beside a notebook: what is read of the file, what is refused, and what is judged of it."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import content, datasets, grading, handout, lock, notebook, run, weights
from grader import course as courses
from grader.bridge.desk import Desk
from grader.errors import ContentError, CourseError
from grader.model import Course, Item, Record, Sheet, Status, Submission, Task, Terms, Variant
from grader.notebook import UnreadableSubmission
from grader.sandbox import open_sandbox, standing

SHAPES = {"kernel": (3, 2), "bias": (2,)}
RIGHT = {"kernel": np.ones((3, 2), "float32"), "bias": np.arange(2, dtype="float32")}


def npz(compressed: bool = False, **arrays: Any) -> bytes:
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


def safetensors(header: Any = None, body: bytes | None = None) -> bytes:
    said = header or {
        "__metadata__": {"by": "ada"},
        "bias": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
        "kernel": {"dtype": "F32", "shape": [3, 2], "data_offsets": [8, 32]},
    }
    data = json.dumps(said).encode()
    own = RIGHT["bias"].tobytes() + RIGHT["kernel"].tobytes()
    return len(data).to_bytes(8, "little") + data + (own if body is None else body)


DOUBLE = {
    "kernel": {"dtype": "F64", "shape": [3, 2], "data_offsets": [0, 48]},
    "bias": {"dtype": "F32", "shape": [2], "data_offsets": [48, 56]},
}


def members(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that comes twice
        for name, data in files:
            archive.writestr(name, data)
    return file.getvalue()


def npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


KERNEL, BIAS = ("kernel.npy", npy(RIGHT["kernel"])), ("bias.npy", npy(RIGHT["bias"]))
BOMB = npy(np.zeros(25_000_000, "float32"))


def lying() -> bytes:
    """An archive that says of its 100 MB that they are 152 bytes."""
    data = members(("kernel.npy", BOMB), BIAS)
    said, short = len(BOMB).to_bytes(4, "little"), (152).to_bytes(4, "little")
    assert data.count(said) == 2  # before the member, and in the list at the end
    return data.replace(said, short)


# ── what is read ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "data",
    [
        npz(**RIGHT),
        npz(compressed=True, **dict(reversed(RIGHT.items()))),
        npz(kernel=np.asfortranarray(RIGHT["kernel"]), bias=RIGHT["bias"]),  # as a transposed array is saved
        npz(kernel=RIGHT["kernel"].astype("float64"), bias=RIGHT["bias"]),
        safetensors(),
        safetensors(DOUBLE, RIGHT["kernel"].astype("float64").tobytes() + RIGHT["bias"].tobytes()),
    ],
    ids=["npz", "compressed", "transposed", "float64", "safetensors", "float64 in safetensors"],
)
def test_the_declared_arrays_are_read_in_the_declared_order(data: bytes) -> None:
    kernel, bias = weights.read(data, SHAPES)
    assert np.array_equal(kernel, RIGHT["kernel"]) and np.array_equal(bias, RIGHT["bias"])
    assert kernel.dtype == bias.dtype == np.float32


class Evil:
    def __reduce__(self) -> Any:
        return os.mkdir, ("/tmp/partiel-was-here",)


HEADER = {"bias": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "pickled": (lambda: npz(kernel=np.array([[Evil()] * 2] * 3, object), bias=RIGHT["bias"]), "'kernel' is not"),
    "bomb": (lambda: members(("kernel.npy", BOMB), BIAS), "'kernel' is not"),
    "lying bomb": (lying, "damaged|'kernel' is not"),
    "other packing": (lambda: members(KERNEL, BIAS, method=zipfile.ZIP_LZMA), "'kernel' is not"),
    "other shape": (lambda: npz(**RIGHT | {"kernel": RIGHT["kernel"].T.copy()}), r"\(3, 2\): float32 \(2, 3\)"),
    "float16": (lambda: npz(**RIGHT | {"bias": np.zeros(2, "float16")}), r"float32 \(2,\): float16"),
    "whole numbers": (lambda: npz(**RIGHT | {"bias": np.zeros(2, int)}), r"float32 \(2,\): int64"),
    "beyond float32": (lambda: npz(**RIGHT | {"bias": np.full(2, 1e300)}), "'bias' holds NaN or inf"),
    "big-endian": (lambda: npz(**RIGHT | {"bias": np.zeros(2, ">f4")}), "'bias' is not"),
    "NaN": (lambda: npz(**RIGHT | {"bias": np.array([0, np.nan], "float32")}), "'bias' holds NaN"),
    "infinite": (lambda: npz(**RIGHT | {"bias": np.array([0, -np.inf], "float32")}), "'bias' holds NaN or inf"),
    "NaN in safetensors": (lambda: safetensors(body=b"\xff" * 32), "holds NaN"),
    "one missing": (lambda: npz(kernel=RIGHT["kernel"]), "lacks: bias"),
    "one too many": (lambda: npz(**RIGHT, more=RIGHT["bias"]), "holds 3 arrays instead of 2"),
    "one twice": (lambda: members(KERNEL, BIAS, BIAS), "holds 3 arrays instead of 2"),
    "cut short": (lambda: npz(**RIGHT)[:-40], "damaged"),
    "array cut short": (lambda: members((KERNEL[0], KERNEL[1][:-4]), BIAS), "'kernel' is not"),
    "no array": (lambda: members((KERNEL[0], b"cos\nsystem\n"), BIAS), "damaged"),
    "empty": (lambda: b"", "damaged"),
    "pickle": (lambda: b"\x80\x04\x95cos\nsystem\n(S'id'\ntR.", "damaged"),
    "no header": (lambda: (2**63).to_bytes(8, "little") + b"{}", "damaged"),
    "header of another kind": (lambda: safetensors([1, 2]), "damaged"),
    "nested": (lambda: (100_000).to_bytes(8, "little") + b"[" * 100_000, "damaged"),
    "beyond its end": (lambda: safetensors(body=b"\0" * 31), "'kernel' is not"),
    "before its start": (
        lambda: safetensors(
            {"bias": HEADER["bias"], "kernel": HEADER["bias"] | {"shape": [3, 2], "data_offsets": [-24, 0]}}
        ),
        "'kernel' is not",
    ),
    "half precision": (lambda: safetensors({"bias": HEADER["bias"] | {"dtype": "F16"}, "kernel": 0}), "F16"),
    "not as long": (lambda: safetensors({"bias": HEADER["bias"] | {"dtype": "F64"}, "kernel": 0}), "F64"),
}


@pytest.mark.parametrize("what", BAD)
def test_another_file_is_refused_with_a_sentence(what: str) -> None:
    make, said = BAD[what]
    data = make()
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableSubmission, match=said) as caught:
            weights.read(data, SHAPES)
        assert tracemalloc.get_traced_memory()[1] < 6 * 2**20, "more was unpacked than was declared"
    finally:
        tracemalloc.stop()
    assert caught.value.why.fr != caught.value.why.en
    assert not Path("/tmp/partiel-was-here").exists()


@given(st.sampled_from([npz(**RIGHT), npz(True, **RIGHT), safetensors()]), st.data())
def test_whatever_the_bytes_they_are_the_declared_arrays_or_refused(data: bytes, drawn: st.DataObject) -> None:
    place = drawn.draw(st.integers(0, len(data) - 1))
    changed = data[:place] + drawn.draw(st.binary(min_size=1, max_size=4)) + data[place + 1 :]
    try:
        found = weights.read(changed, SHAPES)
    except UnreadableSubmission:
        return
    assert [array.shape for array in found] == list(SHAPES.values())
    assert all(np.isfinite(array).all() for array in found)


# ── what is judged ───────────────────────────────────────────────────────────

EXERCISE = """\
import numpy as np

from grader import networks
from grader.author import grid, task

params = grid(n=[1])


@task(asks=("build", "train"), weights={"kernel": (3, 2), "bias": (2,)})
def line():
    def build():
        raise NotImplementedError

    def train(model):
        raise NotImplementedError


@line.hidden_check
def is_all_ones(build, train, weights):
    model = build()
    if weights is None:
        train(model)
        weights = networks.weights(model)
    networks.give(model, weights)
    assert np.array_equal(networks.weights(model)[0], np.ones((3, 2)))
"""
WORDS = "# T\n\nW\n\n## line\n\nW\n\n### is_all_ones\n\nNot ones.\n\n## solution\n\nW\n"
CODE = """\
import numpy as np

class Model:
    def __init__(self):
        self.arrays = [np.zeros((3, 2), "float32"), np.zeros(2, "float32")]
    def get_weights(self):
        return self.arrays
    def set_weights(self, arrays):
        self.arrays = arrays

def build():
    return Model()

def train(model):
    model.set_weights([np.ones((3, 2)), np.zeros(2)])
"""
IDLE = CODE.replace("np.ones", "np.zeros")
TRUSTED = Terms(trust=True, workers=1)  # what these students write is in this file
ROSTER = "id,name,group\nada,,\nbob,,\ncleo,,g\ndan,,g\n"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    shelf = tmp_path / "content" / "exercises" / "s"
    shelf.mkdir(parents=True)
    (shelf / "line.py").write_text(EXERCISE)
    for lang in ("fr", "en"):
        (shelf / f"line.{lang}.md").write_text(WORDS)
    monkeypatch.setenv("PARTIEL_CONTENT", str(tmp_path / "content"))
    root = tmp_path / "course"
    courses.init(root, "tiny", "Tiny", "en")
    (root / "students.csv").write_text(ROSTER)
    yield assigned(root)
    content.load.cache_clear()
    content._path.cache_clear()


def assigned(root: Path, training: str = "weights", exercises: str = '"line"') -> Course:
    table = f'[assignments.td]\nexercises = [{exercises}]\ntraining = "{training}"\n'
    (root / "course.toml").write_text(f'[course]\nid = "tiny"\nlang = "en"\n{table}')
    return courses.load(root)


def released(course: Course) -> Callable[[str], Sheet]:
    return lock.write(course, course.assignments["td"]).sheet


def hand_in(course: Course, student: str, code: str = IDLE, data: bytes | None = None) -> Path:
    sheet = lock.read(course, "td").sheet(student)
    folder = course.root / "submitted" / student / "td"
    notebook.write(folder / "td.ipynb", notebook.compose(sheet, {"line-line": code}))
    if data is not None:
        (folder / "weights.npz").write_bytes(data)
    return folder


def graded(course: Course) -> dict[str, Record]:
    found = dict(grading.grade(course, "td", TRUSTED))
    assert all(isinstance(record, Record) for record in found.values())
    return found  # type: ignore[return-value]


def statuses(course: Course) -> dict[str, Status]:
    return {student: record.verdicts[0].status for student, record in graded(course).items()}


def test_the_weights_are_judged_and_the_training_is_not_run(course: Course) -> None:
    released(course)
    hand_in(course, "ada", IDLE, npz(**RIGHT))
    hand_in(course, "bob", CODE, npz(**RIGHT | {"kernel": np.zeros((3, 2), "float32")}))
    assert statuses(course) == {"ada": Status.CORRECT, "bob": Status.WRONG}


def test_where_the_grader_trains_a_weights_file_says_nothing(course: Course) -> None:
    course = assigned(course.root, "run")
    released(course)
    hand_in(course, "ada", IDLE, npz(**RIGHT))
    hand_in(course, "bob", CODE)
    assert statuses(course) == {"ada": Status.WRONG, "bob": Status.CORRECT}


def test_no_weights_are_missing_and_bad_ones_unreadable_but_never_wrong(course: Course) -> None:
    released(course)
    hand_in(course, "ada", CODE)
    hand_in(course, "bob", CODE, npz(kernel=RIGHT["kernel"]))
    found = {student: record.verdicts[0] for student, record in graded(course).items()}
    assert found["ada"].status is Status.MISSING and "no weights file" in found["ada"].feedback.en
    assert found["bob"].status is Status.UNREADABLE and "lacks: bias" in found["bob"].feedback.en


def test_another_weights_file_is_another_submission_and_the_same_is_not(course: Course) -> None:
    released(course)
    hand_in(course, "ada")
    first = graded(course)["ada"]
    hand_in(course, "ada", data=npz(**RIGHT))
    second, third = graded(course)["ada"], graded(course)["ada"]
    assert (first.verdicts[0].status, second.verdicts[0].status) == (Status.MISSING, Status.CORRECT)
    assert first.submission != second.submission and third == second
    hand_in(course, "ada", data=npz(**RIGHT | {"bias": np.full(2, 9, "float32")}))
    assert graded(course)["ada"].submission != second.submission


def test_the_gradebooks_side_sees_the_same_submission(course: Course) -> None:
    sheet = released(course)("ada")
    hand_in(course, "ada", data=npz(**RIGHT))
    assert Desk(course).submission(sheet).sha256 == graded(course)["ada"].submission


def test_of_a_group_the_weights_beside_the_notebook_that_counts_count(course: Course) -> None:
    released(course)
    early = hand_in(course, "cleo", data=npz(**RIGHT)) / "td.ipynb"
    os.utime(early, (1, 1))
    hand_in(course, "dan", data=npz(kernel=RIGHT["kernel"]))
    assert statuses(course) == {"cleo": Status.UNREADABLE, "dan": Status.UNREADABLE}
    os.utime(early)
    os.utime(course.root / "submitted" / "dan" / "td" / "td.ipynb", (1, 1))
    assert statuses(course) == {"cleo": Status.CORRECT, "dan": Status.CORRECT}


@pytest.mark.parametrize("what", ["link", "folder", "pipe", "large", "two"])
def test_what_is_no_ordinary_small_file_is_never_read(course: Course, tmp_path: Path, what: str) -> None:
    released(course)
    file = hand_in(course, "ada", CODE) / "weights.npz"
    (tmp_path / "elsewhere.npz").write_bytes(npz(**RIGHT))
    if what == "link":
        file.symlink_to(tmp_path / "elsewhere.npz")
    elif what == "folder":
        file.mkdir()
    elif what == "pipe":
        os.mkfifo(file)
    elif what == "large":
        file.write_bytes(npz(**RIGHT))
        os.truncate(file, 100_000_000)
    else:
        file.write_bytes(npz(**RIGHT))
        file.with_name("weights.safetensors").write_bytes(safetensors())
    verdict = graded(course)["ada"].verdicts[0]
    assert verdict.status is Status.UNREADABLE
    said = {"link": "is a link", "folder": "no ordinary", "pipe": "no ordinary", "large": "at most", "two": "only one"}
    assert said[what] in verdict.feedback.en


def test_weights_of_another_architecture_than_the_students_own_are_wrong_not_our_fault(course: Course) -> None:
    released(course)
    hand_in(course, "bob", CODE.replace("self.arrays = arrays", "raise ValueError"), npz(**RIGHT))
    hand_in(course, "cleo", CODE.replace(', np.zeros(2, "float32")]', "]"), npz(**RIGHT))
    assert statuses(course) == {"bob": Status.CRASHED, "cleo": Status.WRONG, "dan": Status.WRONG}


@pytest.mark.slow
def test_lenet_is_graded_by_the_weights_that_its_statement_saves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trained in a sandbox as at home, saved by the code that students are given, judged in another."""
    monkeypatch.delenv("PARTIEL_CONTENT", raising=False)
    content._path.cache_clear()
    exercise = content.find("train_lenet")
    code = (exercise.path.parents[2] / "solutions" / "train_lenet" / "reference_torch.py").read_text("utf-8")
    saving = exercise.statement.en.partition("```python\n")[2].partition("```")[0]
    item = Item("train_lenet", Variant(exercise, exercise.params[0]), ())
    (task,) = exercise.questions
    assert isinstance(task, Task)
    cells = tuple(handout.cells("train_lenet", item.variant, "en", {"train_lenet-lenet": task.points}))
    sheet = Sheet("td", "ada", "en", (), (replace(item, cells=cells),), "r1")
    data = {"mnist": datasets.public("mnist")}
    kind = "bubblewrap" if standing() else "plain"
    with datasets.use(secret="s"), open_sandbox(kind, preload=("torch", "keras"), data=data) as sandbox:
        with sandbox.session(seed=0) as session:
            home = f"{code}\nimport numpy as np\n{saving}\nfile = open('weights.npz', 'rb').read()"
            ran = session.execute(home + "\nfile = np.frombuffer(file, 'uint8')", task.limits)
            assert ran.ok, ran.crash
            file = session.fetch("file").tobytes()
        arrays = weights.read(file, task.weights)

        def judged(code: str, arrays: Any) -> Status:
            written = {"train_lenet-lenet": code}
            submission = Submission("ada", "td", written, "ab", weights={"train_lenet-lenet": arrays})
            return run.grade(sheet, submission, sandbox).verdicts[0].status

        untrained = code.replace(
            "def train(model, epochs=8):", "def train(model):\n    1 / 0\n\n\ndef idle(model, epochs=8):"
        )
        assert judged(untrained, arrays) is Status.CORRECT
        swapped = (*arrays[:4], arrays[4][::-1].copy(), *arrays[5:])  # the units of a layer in another order
        assert judged(untrained, swapped) is Status.PARTIAL
        other = untrained.replace("nn.Conv2d(1, 6, 5, padding=2)", "nn.Conv2d(1, 6, 5)").replace("400", "256")
        assert judged(other, arrays) is Status.PARTIAL


def test_the_notebook_says_which_way_it_is(course: Course) -> None:
    head = released(course)("ada").head[0].source
    assert "The training of the question *line* (T) will not be run again" in head
    assert "in `float32`: `weights.npz` or `weights.safetensors`" in head
    (course.root / "td.lock.json").unlink()
    course = assigned(course.root, "run")
    assert "weights" not in released(course)("ada").head[0].source


def test_what_was_handed_out_stays_as_it_was_said(course: Course) -> None:
    released(course)
    hand_in(course, "ada", data=npz(**RIGHT))
    assert statuses(assigned(course.root, "run")) == {"ada": Status.CORRECT}


def test_a_course_says_run_or_weights_and_one_question_takes_them(course: Course) -> None:
    with pytest.raises(CourseError, match="'file' is neither\n  Write \"run\""):
        assigned(course.root, "file")
    course = assigned(course.root, exercises='"line", "line"')
    with pytest.raises(CourseError, match="2 of its questions take them"):
        released(course)


def test_a_question_with_weights_asks_for_what_trains_them(course: Course, tmp_path: Path) -> None:
    file = tmp_path / "content" / "exercises" / "s" / "line.py"
    file.write_text(EXERCISE.replace('asks=("build", "train")', 'asks=("build", "fit")'))
    with pytest.raises(ContentError, match="defines no build and train"):
        content.find("line")


def test_a_visible_check_cannot_take_what_only_the_grader_has(course: Course, tmp_path: Path) -> None:
    file = tmp_path / "content" / "exercises" / "s" / "line.py"
    line = "@line.check\ndef is_all_ones(build, weights):\n    assert weights\n"
    file.write_text(EXERCISE.partition("@line.hidden_check")[0] + line)
    with pytest.raises(ContentError, match="asks for 'weights'"):
        content.find("line")
