"""A question replaced when it is in students' hands: who handed in keeps what they earned, through every door."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from mended import (  # noqa: F401  # fixtures
    SOME,
    grade,
    hand_in,
    handed_out,
    ledger,
    mark,
    maximum,
    mended,
    mended_release,
    pages,
    score,
    scores,
    totals,
    withdraw,
)

from grader import course as courses
from grader import decided, lock, marks, release
from grader.amend import replacing
from grader.errors import CourseError, UsageError
from grader.marks import Scale
from grader.model import Course

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def course(mended: Course) -> Course:
    return mended


# ── replaced ─────────────────────────────────────────────────────────────────


def replaced(course: Course, policy: Any = "keep") -> Course:
    (course.root / "course.toml").write_text((course.root / "course.toml").read_text().replace("talk", "other"))
    here = courses.load(course.root)
    mark(here, "emmy", "talk-discuss", 0)
    if policy == "keep":
        with pytest.raises(CourseError, match="waits for a human: ada talk-discuss"):
            replacing.replacement(here, "td", "talk", "other", policy)
        mark(here, "ada", "talk-discuss", 2, "Well said.")
    found = replacing.replacement(here, "td", "talk", "other", policy)
    assert replacing.apply(here, found, "It was known.") == []
    return here


def test_course_toml_is_asked_first_and_nothing_waits(course: Course) -> None:
    with pytest.raises(CourseError, match=r'Write exercises = \["small", "other"\]'):
        replacing.replacement(course, "td", "talk", "other", "keep")
    with pytest.raises(UsageError, match="Did you mean 'other'"):
        replacing.replacement(course, "td", "talk", "othr", "keep")
    (course.root / "course.toml").write_text((course.root / "course.toml").read_text().replace("talk", "other"))
    here = courses.load(course.root)
    hand_in(here, "alan", {})
    with pytest.raises(CourseError, match="1 copies were handed in and not graded yet: alan"):
        replacing.replacement(here, "td", "talk", "other", "keep")


def test_copies_handed_in_keep_what_they_earned_and_the_total_stays(course: Course) -> None:
    lines = ledger(course)
    here = replaced(course)
    assert scores(here) == {"ada": 5, "emmy": 0, "zoe": 5} and maximum(here) == 14 and ledger(here) == lines
    assert {s: totals(here)[s] for s in SOME} == {"ada": 5, "emmy": 0, "zoe": 5}
    with pytest.raises(CourseError, match="released with other exercises"):
        lock.prepare(course, course.assignments["td"])  # as course.toml was
    (one,) = (d for d in decided.read(here, "td") if d.deed == "replace")
    assert one.said["words"]["ada"]["talk-discuss"][1] == "Well said.", "what humans wrote is kept"
    assert "took the place of another" in pages(here)["ada"]
    table = marks.collect(here, {"td": Fraction(1)}, Scale(Fraction(14)))
    assert {line.student.id: line.cells[0].mark for line in table.lines} == {
        "ada": 5,
        "emmy": 0,
        "zoe": 5,
        "alan": None,
    }


def test_who_hands_in_the_new_notebook_is_judged_on_it(course: Course) -> None:
    here = replaced(course)
    sheet = lock.read(here, "td").sheet("alan")
    assert [item.key for item in sheet.items] == ["small", "other"]
    text = handed_out(here, "alan")
    assert "It was known." in text["other-erratum"] and not any(id.startswith("talk") for id in text)
    for student in ("alan", "zoe"):
        n = lock.read(here, "td").sheet(student).items[1].variant.params["n"]
        hand_in(here, student, {"other-third": f"third = {n // 3}"})
    grade(here)
    assert score(here, "alan") == 1.25 and score(here, "zoe") == 1.25, "5 points for the item: 1/4 of them"
    assert score(here, "ada") == 5 and totals(here)["zoe"] == Fraction(5, 4)
    release.generate(here, here.assignments["td"])
    assert handed_out(here, "alan") == text


def test_all_of_it_to_who_handed_in(course: Course) -> None:
    here = replaced(course, "all")
    assert scores(here) == {"ada": 6, "emmy": 5, "zoe": 10} and maximum(here) == 14


def test_after_a_replacement_every_door_still_agrees(course: Course) -> None:
    mark(course, "emmy", "small-double-check", 1)
    here = replaced(course)
    now = scores(here)
    assert now["emmy"] == 1, "marks by hand of other questions stay"
    command = [sys.executable, "-m", "nbgrader", "autograde", "td", "--force", "--student=emmy"]
    grade(here)  # judged again where there are walls or trust
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=here.root, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert scores(here) == now
    withdraw(here, "other", "rescale")
    assert {s: totals(here)[s] for s in SOME} == {
        "ada": Fraction(14, 9),
        "emmy": Fraction(14, 9),
        "zoe": Fraction(70, 9),
    }
    assert scores(here) == {s: round(float(totals(here)[s]), 6) for s in SOME}
