"""Amendments after the release, with a real gradebook and a real ledger: every door agrees, and nothing is lost."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from mended import (  # noqa: F401  # fixtures
    BEFORE,
    SOME,
    TRUSTED,
    edit,
    grade,
    hand_in,
    handed_out,
    ledger,
    mark,
    maximum,
    mended,
    mended_release,
    pages,
    partiel,
    restore,
    score,
    scores,
    totals,
    withdraw,
)

from grader import appeal, bridge, decided, lock, marks, notebook, regrade, release, verdicts
from grader.amend import withdrawing, withdrawn
from grader.errors import UsageError
from grader.marks import Scale
from grader.model import Course, Status

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def course(mended: Course) -> Course:
    return mended


# ── withdrawn ────────────────────────────────────────────────────────────────


def test_the_difference_is_shown_first_and_nothing_is_done(course: Course) -> None:
    found = withdrawing.plan(course, "td", "small-double", "all")
    assert {line.student: (line.old, line.new) for line in found.lines} == {
        "ada": (3, 7), "emmy": (0, 4), "zoe": (5, 5),
    }  # fmt: skip
    assert found.total == 14 and scores(course) == SOME and totals(course) == BEFORE
    assert decided.read(course, "td") == () and "errata" not in lock.read(course, "td").said


def test_points_to_all_are_the_same_through_every_door(course: Course) -> None:
    lines = ledger(course)
    withdraw(course, "small-double", "all")
    assert scores(course) == {"ada": 7, "emmy": 4, "zoe": 5} and maximum(course) == 14
    assert totals(course) == {"ada": 7, "emmy": 4, "zoe": 5, "alan": 0}
    assert ledger(course) == lines, "what was judged stays as it was judged"
    mark(course, "ada", "talk-discuss", 0)
    mark(course, "emmy", "talk-discuss", 0)
    table = marks.collect(course, {"td": Fraction(1)}, Scale(Fraction(14)))
    assert {line.student.id: line.cells[0].mark for line in table.lines} == {
        "ada": 7,
        "emmy": 4,
        "zoe": 5,
        "alan": None,
    }
    for page in pages(course).values():
        assert "Withdrawn" in page and "everyone has its points. It was wrong." in page
    assert {s: re.findall(r"<strong>([\d.]+)</strong>&nbsp;/&nbsp;14", page) for s, page in pages(course).items()} == {
        "ada": ["7"], "emmy": ["4"], "zoe": ["5"],
    }  # fmt: skip
    (told,) = appeal.why(course, "td", "emmy", "double")
    assert told.counts == 4 and told.withdrawn and told.withdrawn.because == "It was wrong."
    assert told.verdict and told.verdict.verdict.status is Status.MISSING


def test_rescaled_the_rest_is_worth_all(course: Course) -> None:
    withdraw(course, "small-double", "rescale")
    rest = {"ada": Fraction(3), "emmy": Fraction(0), "zoe": Fraction(1)}
    wanted = {student: earned * 14 / 10 for student, earned in rest.items()}
    assert {student: totals(course)[student] for student in SOME} == wanted and maximum(course) == 14
    assert scores(course) == {student: round(float(earned), 6) for student, earned in wanted.items()}
    assert "counts as the rest of the assignment does" in pages(course)["zoe"]


def test_rescaled_points_follow_a_mark_that_a_human_gives_later(course: Course) -> None:
    withdraw(course, "small-double", "rescale")
    mark(course, "ada", "talk-discuss", 3)
    assert totals(course)["ada"] == Fraction(6 * 14, 10)
    pages(course)
    assert scores(course)["ada"] == 8.4
    appeal.override(course, "td", "ada", "talk-discuss", Fraction(1), "Too much.")
    assert scores(course)["ada"] == 5.6 and totals(course)["ada"] == Fraction(4 * 14, 10)
    grade(course)
    assert scores(course)["ada"] == 5.6


def test_two_are_withdrawn_and_one_is_restored(course: Course) -> None:
    withdraw(course, "small-double", "rescale")
    withdraw(course, "talk-half", "all")
    rest = {"ada": Fraction(1, 8), "emmy": Fraction(0), "zoe": Fraction(1, 8)}
    wanted = {student: share * 12 + 2 for student, share in rest.items()}
    assert {student: totals(course)[student] for student in SOME} == wanted
    assert scores(course) == {student: round(float(x), 6) for student, x in wanted.items()}
    restore(course, "small-double")
    assert scores(course) == {"ada": 3, "emmy": 2, "zoe": 7}
    restore(course, "talk-half")
    assert scores(course) == SOME and totals(course) == BEFORE
    assert [one.deed for one in decided.read(course, "td")] == ["withdraw", "withdraw", "restore", "restore"]
    with pytest.raises(UsageError, match="was not withdrawn"):
        restore(course, "talk-half")


def test_a_mark_by_hand_is_set_aside_and_comes_back(course: Course) -> None:
    mark(course, "emmy", "small-double-check", 1, "For the idea.")
    found = withdrawing.plan(course, "td", "small-double", "all")
    assert (
        next(line for line in found.lines if line.student == "emmy").old == 1
        and "marks by hand of 1" in found.remarks[0]
    )
    withdraw(course, "small-double", "all")
    assert scores(course)["emmy"] == 4 and totals(course)["emmy"] == 4
    withdraw(course, "small-double", "rescale")
    assert scores(course)["emmy"] == 0
    restore(course, "small-double")
    assert scores(course)["emmy"] == 1 and totals(course)["emmy"] == 1


def test_a_mark_given_after_the_withdrawal_is_a_humans_last_word(course: Course) -> None:
    withdraw(course, "small-double", "all")
    mark(course, "emmy", "small-double-check", 2)
    assert totals(course)["emmy"] == scores(course)["emmy"] == 2
    judged, now = verdicts.latest(course, "td")["emmy"], withdrawn.remedies(course, "td")
    stands = withdrawn.counted(judged, now, {"small-double": Fraction(2)})
    assert {v.key: v.status for v in stands.verdicts}["small-double"] is Status.MISSING, "not said to be withdrawn"


def test_an_essay_that_is_withdrawn_waits_for_nobody(course: Course) -> None:
    withdraw(course, "talk-discuss", "all")
    assert (
        scores(course) == {"ada": 6, "emmy": 3, "zoe": 8} and not bridge.finals(course, "td").by_student["ada"].waiting
    )
    assert "everyone has its points" in pages(course)["ada"]
    restore(course, "talk-discuss")
    assert bridge.finals(course, "td").by_student["ada"].waiting == ("talk-discuss",)


def test_a_whole_item_is_withdrawn(course: Course) -> None:
    withdraw(course, "talk", "rescale")
    assert {s: totals(course)[s] for s in SOME} == {"ada": Fraction(14, 9), "emmy": 0, "zoe": Fraction(5 * 14, 9)}
    with pytest.raises(UsageError, match="nothing would be left"):
        withdrawing.plan(course, "td", "small", "rescale")


def test_a_copy_that_comes_later_counts_as_the_others(course: Course) -> None:
    withdraw(course, "small-double", "all")
    hand_in(course, "alan", {"small-size": "size = -1"})
    grade(course)
    assert score(course, "alan") == 4 and totals(course)["alan"] == 4


def test_nbgraders_own_autograde_and_a_regrade_agree(course: Course) -> None:
    withdraw(course, "small-double", "rescale")
    now = scores(course)
    command = [sys.executable, "-m", "nbgrader", "autograde", "td", "--force"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=course.root, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert scores(course) == now
    edit(course, "small.py", "assert double(-3451) == -6902", "assert double(-3451) == 0")
    found = regrade.propose(course, "td", TRUSTED)
    (zoe,) = found.changes
    assert (zoe.student, zoe.withdrawn, zoe.gain) == ("zoe", True, 0) and found.before == found.after
    edit(course, "small.py", "return n - k + 1", "return -1")
    regrade.drop(course, "td")
    found = regrade.propose(course, "td", TRUSTED)
    assert (found.before, found.after) == (Fraction(4 * 14, 30), Fraction(3 * 14, 30)), "the rest carries the rescaled"
    assert regrade.accept(course, found) == []
    assert (
        {s: round(float(totals(course)[s]), 6) for s in SOME} == scores(course) == {"ada": 2.8, "emmy": 1.4, "zoe": 0}
    )


def test_stopped_after_it_was_written_down_the_same_command_ends_it(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    mark(course, "emmy", "small-double-check", 1)
    with monkeypatch.context() as patch:
        patch.setattr(bridge, "set_aside", killed)
        with pytest.raises(KeyboardInterrupt):
            withdraw(course, "small-double", "all")
    withdraw(course, "small-double", "all")
    assert scores(course) == {"ada": 7, "emmy": 4, "zoe": 5} and len(decided.read(course, "td")) == 1
    restore(course, "small-double")
    assert scores(course)["emmy"] == 1


def test_students_who_have_not_begun_are_told_in_their_notebook(course: Course) -> None:
    before = handed_out(course, "alan")
    withdraw(course, "small-double", "all")
    after = handed_out(course, "alan")
    assert {*after} - {*before} == {"small-double-erratum"} and "withdrawn" in after["small-double-erratum"]
    assert list(after).index("small-double-erratum") == list(after).index("small-double-prompt") + 1
    release.generate(course, course.assignments["td"])
    assert handed_out(course, "alan") == after
    sheet = lock.read(course, "td").sheet("alan")
    written = {"small-size": "size = 1"}
    file = course.root / "submitted" / "alan" / "td" / "td.ipynb"
    notebook.write(file, notebook.compose(sheet, written, added=release.errata(lock.read(course, "td"), sheet)))
    assert notebook.read_submission(file, sheet).remarks == ()
    restore(course, "small-double")
    assert handed_out(course, "alan") == before


def test_an_override_of_what_is_withdrawn_is_refused(course: Course) -> None:
    withdraw(course, "small-double", "all")
    with pytest.raises(UsageError, match="was withdrawn"):
        appeal.override(course, "td", "emmy", "small-double", Fraction(1), "Kind.")


def test_the_ledger_of_before_any_remedy_is_stamped_as_it_was(course: Course) -> None:
    assert withdrawn.remedies(course, "td").stamp() == "" and not bridge.finals(course, "td").behind
    withdraw(course, "small-double", "all")
    assert not bridge.finals(course, "td").behind


# ── the command ──────────────────────────────────────────────────────────────


def test_the_command_shows_first_and_needs_a_reason(course: Course, partiel: Any) -> None:
    edit(course, "talk.en.md", "Half of them?", "Half of them, rounded down?")
    code, out, err = partiel("amend", "td", "--statement", "talk")
    assert code == 0 and "+Half of them, rounded down?" in out and "Held by 4" in out and "Zoé" in out
    assert "Handed in already: Ada, Emmy, Zoé." in out and "Nothing was changed" in err
    assert partiel("amend", "td", "--statement", "talk", "--yes")[0] == 2
    assert partiel("amend", "td", "--statement", "talk", "--yes", "--because", "Unclear.")[0] == 0
    assert "rounded down" in handed_out(course, "alan")["talk-half-prompt"]
    assert "No student's words change" in partiel("amend", "td", "--statement", "talk")[1]
    code, out, err = partiel("amend", "td", "--withdraw", "small-double", "--points", "all")
    assert code == 0 and "small-double: 2 gain, 0 lose." in out and "14 points in all, as before" in out
    assert "Nothing was changed" in err and scores(course) == SOME
    said = json.loads(partiel("amend", "td", "--withdraw", "small-double", "--points", "all", "--json")[1])
    assert said["students"][1] == {"student": "emmy", "old": 0, "new": 4}
    code, _, err = partiel("amend", "td", "--withdraw", "small-double", "--points", "all", "--yes", "--because", "Bad.")
    assert code == 0 and "Recorded" in err and scores(course)["emmy"] == 4
    assert partiel("amend", "td", "--restore", "small-double", "--yes", "--because", "Good.")[0] == 0
    assert scores(course) == SOME
    assert partiel("amend", "td", "--withdraw", "small-double")[0] == 2
    assert partiel("amend", "td", "--replace", "talk")[0] == 2
    assert partiel("amend", "td", "--replace", "talk", "--by", "other")[0] == 1, "course.toml first"
    (course.root / "course.toml").write_text((course.root / "course.toml").read_text().replace("talk", "other"))
    code, out, err = partiel("amend", "td", "--replace", "talk", "--by", "other", "--points", "all")
    assert code == 0 and "other-third 1.25, other-times 3.75: 5 points, as before." in out and "Nothing was" in err
    arguments = ("--points", "all", "--yes", "--because", "It was known.")
    assert partiel("amend", "td", "--replace", "talk", "--by", "other", *arguments)[0] == 0
    assert scores(course) == {"ada": 6, "emmy": 5, "zoe": 10}
    assert partiel("amend", "td")[0] == 2 and partiel("amend", "td", "--withdraw", "x", "--points", "all")[0] == 2
