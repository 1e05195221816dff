"""What is timed: a course of Partiel's, and the same notebook as a plain nbgrader course, with plain asserts."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

from grader import bridge, course, demo, lock, notebook, release, values
from grader.model import Answer, Course, Item, Question, Sheet

LIGHT = ("conv_output_size", "conv_output_formula", "cnn_parameters", "convolution_by_hand", "kernel_purpose")
PRACTICE = ("small_model",)
TRAINING = ("train_mnist",)


def partiel(folder: Path, assignment: str, exercises: tuple[str, ...], students: int, handed_in: bool = True) -> Course:
    """A released course; every student hands in right answers to their own numbers."""
    folder.mkdir(parents=True)
    listed = json.dumps(list(exercises))
    head = '[course]\nid = "bench"\ntitle = "Bench"\nlang = "fr"\n'
    (folder / "course.toml").write_text(f'{head}\n[assignments.{assignment}]\ntitle = "Bench"\nexercises = {listed}\n')
    roster = [f"s{n:04},Student {n}," for n in range(students)]
    (folder / "students.csv").write_text("\n".join(["id,name,email", *roster]) + "\n")
    course.init(folder, "bench", "", "fr")
    here = course.load(folder)
    (folder / "nbgrader_config.py").write_text(bridge.config_text(here))
    if handed_in:
        release.generate(here, course.assignment(here, assignment))
        handed = lock.read(here, assignment)
        for student in handed.students:
            demo.hand_in(here, handed, demo.Player(student, student, "all right", demo.right))
    return here


def plain(folder: Path, assignment: str, here: Course, students: int) -> None:
    """The first student's notebook for everybody, as nbgrader has it: ``source/``, and ``submitted/`` filled in.

    Grade cells are shorter than an instructor's: one assert per answer, and each check of a task with its call.
    """
    sheet = lock.read(here, assignment).sheet(here.students[0].id)
    asked = [(item, question) for item in sheet.items for question in item.variant.exercise.questions]
    written = {f"{item.key}-{q.name}": demo.right(item, q, n) or "" for n, (item, q) in enumerate(asked)}
    checks = {f"{item.key}-{q.name}-check": asserts(item, q) for item, q in asked}
    folder.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "bench"\n')
    _write(folder / "source" / assignment / f"{assignment}.ipynb", _plain(sheet, written, checks))
    for n in range(students):
        place = folder / "submitted" / f"s{n:04}" / assignment / f"{assignment}.ipynb"
        _write(place, _plain(sheet, written, checks))


def trained(folder: Path, assignment: str, here: Course, students: int, images: Path) -> None:
    """The first student's notebook for everybody, in plain nbgrader: it trains on the images that ours trains on.

    Its grade cell asks for 90 % of the validation images: nbgrader has no images that students have not.
    """
    sheet = lock.read(here, assignment).sheet(here.students[0].id)
    (item,) = sheet.items
    (question,) = item.variant.exercise.questions
    id = f"{item.key}-{question.name}"
    loaded = f"(lambda d: ((d['x_train'], d['y_train']), (d['x_val'], d['y_val'])))(np.load({str(images)!r}))"
    cell = (demo.right(item, question, 0) or "").replace("keras.datasets.mnist.load_data()", loaded)
    check = "assert (model.predict(x_val[..., None] / 255, verbose=0).argmax(1) == y_val).mean() > 0.9"
    nb = _plain(sheet, {id: f"import numpy as np\n{cell}"}, {f"{id}-check": check})
    folder.mkdir(parents=True)
    config = 'c = get_config()\nc.CourseDirectory.course_id = "bench"\nc.ExecutePreprocessor.timeout = 900\n'
    (folder / "nbgrader_config.py").write_text(config)
    _write(folder / "source" / assignment / f"{assignment}.ipynb", nb)
    for n in range(students):
        _write(folder / "submitted" / f"s{n:04}" / assignment / f"{assignment}.ipynb", nb)


def asserts(item: Item, question: Question) -> str:
    """What an instructor who has only nbgrader would write, hidden checks included."""
    known = values.of(item.variant)
    if isinstance(question, Answer):
        given = demo.right(item, question, 0) or ""
        return f"assert {question.name} == {given.partition(' = ')[2]}"
    blocks = ["import numpy as np"]
    for check in question.checks:
        arguments = ", ".join(repr(known[n]) if n in known else n for n in values.needs(check.run))
        source = inspect.getsource(check.run)
        blocks.append(f"{source[source.index('def ') :]}\n\n{check.name}({arguments})")
    return "\n\n\n".join(blocks)


def otter(folder: Path, here: Course, assignment: str) -> Path:
    """The first student's notebook and its tests as otter-grader has them, one file for each grade cell."""
    sheet = lock.read(here, assignment).sheet(here.students[0].id)
    asked = [(item, question) for item in sheet.items for question in item.variant.exercise.questions]
    written = {f"{item.key}-{q.name}": demo.right(item, q, n) or "" for n, (item, q) in enumerate(asked)}
    (folder / "tests").mkdir(parents=True)
    for number, (item, question) in enumerate(asked):
        lines = [f">>> exec({asserts(item, question)!r}, globals())"]
        case = {"code": "\n".join(lines), "hidden": False, "locked": False}
        suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        test = {"name": f"q{number}", "points": 1, "suites": [suite]}
        (folder / "tests" / f"q{number}.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n", "utf-8")
    notebook.write(folder / f"{assignment}.ipynb", _plain(sheet, written, {}))
    return folder / f"{assignment}.ipynb"


def failed(folder: Path, assignment: str) -> list[str]:
    """Students of a plain course whose autograded notebook shows an error: the comparison would not be one."""
    bad = []
    for file in sorted(folder.glob(f"autograded/*/{assignment}/{assignment}.ipynb")):
        outputs = [o for c in json.loads(file.read_text("utf-8"))["cells"] for o in c.get("outputs", ())]
        if any(o["output_type"] == "error" for o in outputs):
            bad.append(file.parent.parent.name)
    return bad


def _plain(sheet: Sheet, written: dict[str, str], checks: dict[str, str]) -> dict[str, Any]:
    nb = json.loads(json.dumps(notebook.compose(sheet, written)))
    setup = {cell.id for cell in sheet.head if cell.kind == "setup"}
    nb["cells"] = [cell for cell in nb["cells"] if cell["id"] not in setup]
    nb["metadata"].pop("partiel", None)
    for cell in nb["cells"]:
        cell["source"] = checks.get(cell["id"], cell["source"])
    return dict(nb)


def _write(file: Path, nb: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True)
    notebook.write(file, nb)
