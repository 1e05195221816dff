"""One release for all, through nbgrader's own exchange: released, fetched, submitted, collected, graded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader import course, release
from grader.errors import CourseError

ROOT = Path(__file__).resolve().parent.parent


def shared(desk: Any) -> Path:
    desk.assignment("tiny", more='variants = "shared"')
    here = desk.load()
    release.generate(here, here.assignments["td1"])
    return Path(desk.root)


def test_everyone_has_the_same_numbers_in_one_release(desk: Any) -> None:
    root = shared(desk)
    said = json.loads((root / "td1.lock.json").read_text("utf-8"))["students"]
    assert {tuple(one["items"].items()) for one in said.values()} == {
        (("tiny", next(iter(said.values()))["items"]["tiny"]),)
    }
    assert {one["lang"] for one in said.values()} == {"fr"}  # emmy reads English elsewhere; there is one release
    assert [file.relative_to(root).as_posix() for file in root.glob("release/**/*.ipynb")] == ["release/td1/td1.ipynb"]
    text = (root / "release/td1/td1.ipynb").read_text("utf-8")
    assert "vous sont propres" not in text
    assert json.loads(text)["metadata"]["partiel"]["student"] == ""


def test_another_course_has_other_shared_numbers(desk: Any) -> None:
    from grader import variants

    drawn = {variants.draw(f"{n}" * 64, "td1", "*", "tiny", 20) for n in range(10)}
    assert len(drawn) > 3


def test_a_word_that_is_neither_own_nor_shared_is_said(desk: Any) -> None:
    desk.assignment("tiny", more='variants = "same"')
    with pytest.raises(CourseError, match="variants = 'same' is neither"):
        desk.load()


@pytest.mark.slow
def test_nbgraders_exchange_from_release_to_collect(desk: Any, shelf: Any, tmp_path: Path) -> None:
    root = shared(desk)
    from grader import bridge

    (root / "nbgrader_config.py").write_text(bridge.config_text(desk.load()), "utf-8")
    exchange, home = tmp_path / "exchange", tmp_path / "home"
    for folder in (exchange, home):
        folder.mkdir()
    exchange.chmod(0o777)
    student = home / "nbgrader_config.py"
    student.write_text(f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\nc.CourseDirectory.course_id = 'dl'\n")
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"get_config().Exchange.root = {str(exchange)!r}\n")

    def nbgrader(folder: Path, *command: str, user: str = "ada") -> str:
        paths = {
            "PYTHONPATH": str(ROOT),
            "PARTIEL_CONTENT": str(shelf.root),
            "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        }
        env = os.environ | paths | {"JUPYTERHUB_USER": user, "HOME": str(home), "USER": user, "LOGNAME": user}
        env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
        ran = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return ran.stdout + ran.stderr

    nbgrader(root, "release_assignment", "td1", user="teacher")
    assert "td1" in nbgrader(home, "list")
    nbgrader(home, "fetch_assignment", "td1")
    file = home / "td1" / "td1.ipynb"
    nb = json.loads(file.read_text("utf-8"))
    for cell in nb["cells"]:
        if cell["id"] == "tiny-grow":
            cell["source"] = "def grow(x):\n    return x + 1"
    file.write_text(json.dumps(nb), "utf-8")
    assert "Success" in nbgrader(home, "validate", "td1/td1.ipynb")
    nbgrader(home, "submit", "td1")
    nbgrader(root, "collect", "td1", user="teacher")
    collected = list(root.glob("submitted/*/td1/td1.ipynb"))
    assert len(collected) == 1 and collected[0].with_name("timestamp.txt").is_file()
    who = collected[0].parent.parent.name
    if who != "ada":  # without JupyterHub the exchange names students as the system does
        collected[0].parent.parent.rename(root / "submitted" / "ada")
    from grader import grading
    from grader.model import Record, Terms

    records = [record for _, record in grading.grade(course.load(root), "td1", Terms(trust=True, workers=1))]
    assert isinstance(records[0], Record)
    assert [v.status.value for v in records[0].verdicts] == ["missing", "correct"]
    assert not any(remark.en.startswith("This notebook was handed out") for remark in records[0].remarks)
