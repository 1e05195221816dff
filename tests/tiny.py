"""The tiny course: one exercise of its own, handed out, and what answers it rightly."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from grader import course as courses
from grader import release, values
from grader.model import Course, Sheet

TINY = Path(__file__).resolve().parent / "courses" / "tiny"
TOML = '[course]\nid = "tiny"\nlang = "en"\n[assignments.td]\nexercises = ["small"]\n'


def handed_out(root: Path, students: Iterable[str]) -> Course:
    """A course in ``root`` whose assignment is released. Whoever opens it again sets PARTIEL_CONTENT too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIEL_CONTENT", str(TINY))
        courses.init(root, "tiny", "Tiny", "en")
        (root / "course.toml").write_text(TOML)
        (root / "students.csv").write_text("id,name,email\n" + "".join(f"{one},,\n" for one in students))
        here = courses.load(root)
        release.generate(here, here.assignments["td"])
    return here


def right(sheet: Sheet) -> dict[str, str]:
    known = values.of(sheet.items[0].variant)
    return {
        "small-size": f"size = {known['size']}",
        "small-layers": f"layers = {known['layers']}",
        "small-double": "def double(x):\n    return 2 * x",
        "small-measured": "guess = lambda x: 0.95",
    }
