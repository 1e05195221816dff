"""An assignment handed out: notebooks that nbgrader takes for its own, the same however often it is done."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator, SchemaTooOldError

from grader import cli, course, datasets, lock, release


@pytest.fixture
def desk(desk: Any, empty_gradebook: Path) -> Any:
    shutil.copy(empty_gradebook, desk.root)
    return desk


@pytest.fixture
def released(desk: Any) -> Any:
    assert generate(desk) == 2
    return desk


def generate(desk: Any, id: str = "td1") -> int:
    here = desk.load()
    return release.generate(here, course.assignment(here, id))


def files(desk: Any) -> dict[str, bytes]:
    return {str(f.relative_to(desk.root)): f.read_bytes() for f in sorted((desk.root / "release").rglob("*.ipynb"))}


def test_every_student_has_a_notebook_of_their_own(released: Any) -> None:
    assert list(files(released)) == ["release/ada/td1/td1.ipynb", "release/emmy/td1/td1.ipynb"]
    assert (released.root / "source" / "td1" / "td1.ipynb").is_file()


def test_nothing_but_notebooks_is_handed_out(released: Any) -> None:
    for folder in ("release", "source"):
        assert {f.suffix for f in (released.root / folder).rglob("*") if f.is_file()} == {".ipynb"}


def test_notebooks_are_valid_for_jupyter_and_for_nbgrader(released: Any) -> None:
    for file in released.root.rglob("*.ipynb"):
        made = nbformat.read(file, as_version=4)
        nbformat.validate(made, relax_add_props=False)
        ids = [cell.id for cell in made.cells]
        assert len(set(ids)) == len(ids)
        for cell in made.cells:
            MetadataValidator().validate_cell(cell)


def test_nbgraders_validator_can_say_no(released: Any) -> None:
    made = nbformat.read(next(released.root.rglob("td1.ipynb")), as_version=4)
    made.cells[0].metadata.nbgrader.schema_version = 1
    with pytest.raises(SchemaTooOldError):
        MetadataValidator().validate_cell(made.cells[0])


def test_a_second_release_is_the_same_to_the_byte(released: Any) -> None:
    before = files(released)
    lock = (released.root / "td1.lock.json").read_bytes()
    generate(released)
    assert files(released) == before and (released.root / "td1.lock.json").read_bytes() == lock


def test_a_student_added_later_changes_no_ones_notebook(released: Any) -> None:
    before = files(released)
    released.roster("id,name,email,lang\nzoe,Zoé,,\nada,Ada Lovelace,,\nemmy,Emmy Noether,,en\n")
    assert generate(released) == 3
    after = files(released)
    assert after.pop("release/zoe/td1/td1.ipynb") and after == before


def test_an_edited_statement_changes_no_ones_notebook(released: Any, shelf: Any) -> None:
    before = files(released)
    shelf.edit("tiny.en.md", "How many?", "How many positions?")
    generate(released)
    assert files(released) == before


def test_nothing_secret_is_handed_out(released: Any) -> None:
    secret = (released.root / ".partiel" / "secret").read_bytes().strip()
    for name, data in files(released).items():
        assert secret not in data and b"takes_any_number" not in data, name
        assert str(released.root).encode() not in data, "no absolute path"


def test_the_gradebook_knows_the_roster_and_the_points(released: Any) -> None:
    with Gradebook(f"sqlite:///{Path(released.root) / 'gradebook.db'}", "dl") as gradebook:
        assert sorted(s.id for s in gradebook.students) == ["ada", "emmy"]
        assert gradebook.find_assignment("td1").max_score == pytest.approx(2 + 1 / 3)


def test_each_student_counts_as_a_step(desk: Any) -> None:
    here, steps = desk.load(), []
    release.generate(here, course.assignment(here, "td1"), lambda: steps.append(1))
    assert len(steps) == 2


def command(desk: Any, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.chdir(desk.root)
    monkeypatch.setattr("sys.argv", ["partiel", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_a_second_session_is_released_by_one_command(
    released: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    released.roster("id,name,email,lang\nada,Ada Lovelace,,\nemmy,Emmy Noether,,en\n")
    assert command(released, monkeypatch, "generate", "td1", "--resit") == 0
    assert "course.toml calls it 'td1-resit'" in capsys.readouterr().out
    first, second = (lock.read(released.load(), id) for id in ("td1", "td1-resit"))
    assert first.students == second.students and (released.root / "release/ada/td1-resit/td1-resit.ipynb").is_file()
    for student in first.students:
        assert first.sheet(student).items[0].variant.params != second.sheet(student).items[0].variant.params
    assert command(released, monkeypatch, "generate", "td1", "--resit") == 0
    assert lock.read(released.load(), "td1-resit").said == second.said


def test_a_second_session_that_cannot_be_leaves_the_course_as_it_was(
    desk: Any, shelf: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.edit("tiny.py", "n=[10, 14, 17, 23, 30], k=[3, 5], s=[2, 3]", "n=[14], k=[3], s=[3]")
    desk.lock()
    before = {file: file.read_bytes() for file in desk.root.rglob("*") if file.is_file()}
    assert command(desk, monkeypatch, "generate", "td1", "--resit") == 1
    said = capsys.readouterr().err
    assert "would run out of variants; nothing was written" in said and "tiny: 1 variant, 2 needed (ada, emmy)" in said
    assert {file: file.read_bytes() for file in desk.root.rglob("*") if file.is_file()} == before


def test_what_changed_in_the_roster_is_said_when_generating_again(
    released: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    released.roster("id,name,email,lang\nzoe,Zoé,,\nada,Ada Lovelace,,\n")
    assert command(released, monkeypatch, "generate", "td1") == 0
    assert "No longer in the roster, their copies are kept: emmy." in capsys.readouterr().err


def test_the_images_to_train_on_lie_beside_each_notebook(
    desk: Any, shelf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTIEL_CACHE", str(tmp_path / "cache"))
    shelf.edit("tiny.py", "params = ", 'needs = ("signs_few", "mnist", "torch")\nparams = ')
    for _ in range(2):
        assert generate(desk) == 2
    public = (datasets.public("signs_few") / "public.npz").read_bytes()
    laid = sorted(file.relative_to(desk.root).as_posix() for file in desk.root.rglob("*.npz"))
    folders = ["release/ada/td1", "release/emmy/td1", "source/td1"]
    assert laid == [f"{folder}/signs_few.npz" for folder in folders]  # MNIST comes with Keras
    assert all((desk.root / file).read_bytes() == public for file in laid)
