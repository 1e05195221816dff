"""An assignment handed out: notebooks that nbgrader takes for its own, the same however often it is done."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator, SchemaTooOldError

from grader import course, release


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """nbgrader takes seconds to make one: made once."""
    file = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:  # it calls alembic by name
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        Gradebook(f"sqlite:///{file}", "dl").close()
    return file


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
