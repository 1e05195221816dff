"""A new exercise, from its scaffold to `verify`, by the guide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader import content, scaffold, verify
from grader.errors import UsageError

GUIDE = Path(__file__).parent.parent / "docs" / "authoring.md"


def told(kind: scaffold.Kind, folder: Path, id: str = "patch_count") -> list[Path]:
    return scaffold.new("vision", id, kind, folder, content.paths())


@pytest.mark.parametrize("kind", ["answer", "task"])
def test_a_scaffold_is_complete_and_says_line_by_line_what_is_left(tmp_path: Path, kind: scaffold.Kind) -> None:
    made = told(kind, tmp_path)
    marks = sum(file.read_text("utf-8").count(scaffold.BLANK) for file in made)
    checked = verify.check("patch_count", (tmp_path,))
    assert len(checked.problems) == marks > 10
    assert "patch_count.fr.md:1: still to write: Le titre" in checked.problems
    assert {file.suffix for file in made} == {".py", ".md"} and made[0].name == "patch_count.py"
    assert 'tags = ("vision",)' in made[0].read_text("utf-8")


@pytest.mark.parametrize("kind", ["answer", "task"])
def test_only_what_is_marked_is_left_to_write(tmp_path: Path, kind: scaffold.Kind) -> None:
    """Without its marks, a scaffold has every heading, function and file that the laws want."""
    for file in told(kind, tmp_path):
        file.write_text(file.read_text("utf-8").replace(scaffold.BLANK, "x"), "utf-8")
    said = " ".join(verify.check("patch_count", (tmp_path,)).problems)
    for missing in (
        "has no words",
        "no reference",
        "no oracle",
        "has no check",
        "belongs to nothing",
        "no wrong solution",
    ):
        assert missing not in said


def test_the_guide_leads_to_a_verified_exercise(tmp_path: Path) -> None:
    told("answer", tmp_path)
    blocks = re.findall(
        r"```(?:python|markdown)\n(?:# |<!-- )(\S+\.(?:py|md))(?: -->)?\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL
    )
    assert len(blocks) == 4
    for name, text in blocks:
        assert (tmp_path / name).is_file()  # the guide writes into the scaffold, and nowhere else
        (tmp_path / name).write_text(text, "utf-8")
    checked = verify.check("patch_count", (tmp_path,), full=True)
    assert checked.problems == () and checked.variants >= 30


@pytest.mark.parametrize(
    ("shelf", "id", "why"),
    [
        ("vision", "Patch", "'Patch' cannot be a name"),
        ("../up", "patch", "'../up' cannot be a name"),
        ("vision", "conv_output_size", "is already an exercise"),
        ("vision", "a" * 33, "is longer than 32 characters"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, shelf: str, id: str, why: str) -> None:
    with pytest.raises(UsageError, match=re.escape(why)):
        scaffold.new(shelf, id, "answer", tmp_path, content.paths())
    assert not list(tmp_path.iterdir())
