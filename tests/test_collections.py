"""Exercises of a course's own folder and of installed packages: found, verified, used, and hidden from students."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import cli, content, lock, release
from grader import course as courses
from grader.errors import ContentError, CourseError, PartielError
from grader.model import Limits
from grader.sandbox import bubblewrap, open_sandbox, standing

TINY = Path(__file__).parent / "courses" / "tiny"


def copied(folder: Path, id: str) -> None:
    """The small exercise under another id, with its solutions."""
    for kind in ("exercises/small", f"solutions/{id}"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for source in (TINY / "exercises" / "small").glob("small.*"):
        (folder / "exercises" / "small" / source.name.replace("small", id, 1)).write_bytes(source.read_bytes())
    for source in (TINY / "solutions" / "small").glob("*.py"):
        (folder / "solutions" / id / source.name).write_bytes(source.read_bytes())


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of another house, as pip leaves it."""
    site = tmp_path / "site"
    copied(site / "optics", "lens")
    (site / "optics" / "__init__.py").write_text("raise ImportError('a collection is read, never imported')\n")
    facts = site / "optics-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: optics\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[{content.COLLECTIONS}]\noptics = optics\n")
    monkeypatch.syspath_prepend(site)
    content.collections.cache_clear()
    content._path.cache_clear()
    yield site
    monkeypatch.undo()
    content.collections.cache_clear()
    content._path.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A course with an exercise of its own."""
    courses.init(tmp_path / "course", "dl", "", "en")
    copied(tmp_path / "course" / "mine", "torch_lamp")
    file = tmp_path / "course" / "course.toml"
    said = file.read_text("utf-8").replace('["conv_output_size", "conv_output_formula"]', '["torch_lamp"]')
    file.write_text('[content]\npaths = ["mine"]\n\n' + said, "utf-8")
    return file.parent


def test_a_course_hands_out_an_exercise_of_its_own(folder: Path) -> None:
    here = courses.load(folder)
    release.generate(here, here.assignments["td1"])
    sheet = lock.read(here, "td1").sheet("ada")
    assert [item.variant.exercise.id for item in sheet.items] == ["torch_lamp"]
    assert sheet.items[0].variant.exercise.path.is_relative_to(folder)


def test_in_its_folder_every_command_finds_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    for words, said in (
        (["list", "--json"], '"id": "torch_lamp"'),
        (["show", "torch_lamp"], "size"),
        (["verify", "torch_lamp"], "torch_lamp  8 variants"),
    ):
        monkeypatch.setattr("sys.argv", ["partiel", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert said in capsys.readouterr().out, ended.value


def test_a_folder_without_exercises_is_said_with_what_makes_one(folder: Path) -> None:
    file = folder / "course.toml"
    file.write_text(file.read_text("utf-8").replace('["mine"]', '["yours"]'), "utf-8")
    with pytest.raises(CourseError, match=r"(?s)'yours' has no folder exercises/.*partiel new SHELF/ID --in yours"):
        courses.load(folder)


def test_two_exercises_of_one_id_are_refused_with_both_places(folder: Path) -> None:
    copied(folder / "mine", "kernel_purpose")
    with pytest.raises(ContentError, match=r"(?s)'kernel_purpose' is already an exercise.*Rename it, or .*kernels"):
        content.paths(courses.load(folder).content)


def test_an_installed_collection_is_found_without_being_imported(installed: Path) -> None:
    assert content.collections() == {"optics": installed / "optics"}
    assert content.find("lens").path == installed / "optics" / "exercises" / "small" / "lens.py"
    assert "conv_output_size" in content.paths()


def test_a_collection_without_exercises_is_named(installed: Path) -> None:
    (installed / "optics-1.0.dist-info" / "entry_points.txt").write_text(f"[{content.COLLECTIONS}]\nodd = json\n")
    with pytest.raises(PartielError, match=r"(?s)odd = json.*no folder exercises/"):
        content.paths()


@pytest.mark.skipif(not standing(), reason="the walls do not stand here")
def test_students_cannot_read_an_installed_collection(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = bubblewrap.prefixes()
    monkeypatch.setattr(bubblewrap, "prefixes", lambda: [*shown, installed])  # as if it were the interpreter's own
    (installed / "other.py").write_text("seen = True\n")
    with open_sandbox("bubblewrap") as sandbox, sandbox.session(0) as session:
        look = f"import os\nfound = [f for _, _, files in os.walk({json.dumps(str(installed))}) for f in files]"
        assert session.execute(look, Limits()).ok
        found = session.fetch("found")
        assert "other.py" in found and not any("lens" in name or name == "oracle.py" for name in found)
