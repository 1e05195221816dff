"""Appeals, with a real gradebook and a real ledger: why a mark is so, and a human's word over it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from mended import (  # noqa: F401  # fixtures
    TRUSTED,
    comment,
    edit,
    forget,
    grade,
    hand_in,
    ledger,
    mark,
    mended,
    mended_release,
    partiel,
    score,
    totals,
)

from grader import appeal, bridge, decided, lock, marks, regrade, verdicts
from grader import course as courses
from grader.errors import CourseError, UsageError
from grader.marks import Scale
from grader.model import Course, Status

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def course(mended: Course) -> Course:
    return mended


# ── why ──────────────────────────────────────────────────────────────────────


def test_why_says_numbers_answer_and_what_was_seen_and_concluded(course: Course) -> None:
    (one,) = appeal.why(course, "td", "emmy", "talk-half")
    sheet = lock.read(course, "td").sheet("emmy")
    n = sheet.items[1].variant.params["n"]
    assert dict(one.params) == {"n": n} and f"Of {n} things" in one.statement and "Half of them?" in one.prompt
    assert one.written == f"half = {2 * n}" and one.file and one.file.is_file()
    assert one.verdict and one.verdict.verdict.status is Status.WRONG
    assert one.verdict.verdict.misconceptions == ("doubled",) and f"{2 * n}" in " ".join(one.verdict.verdict.evidence)
    assert (one.verdict.level, one.verdict.device) == ("none", "cpu") and one.verdict.when[:2] == "20"
    assert one.verdict.verdict.judging == one.judging and not one.changed and not one.newer and not one.amended
    assert (one.counts, one.automatic, one.by_hand, one.withdrawn, one.earlier, one.decisions) == (
        0, 0, None, None, (), (),
    )  # fmt: skip


def test_why_without_a_question_is_of_all_of_them(course: Course) -> None:
    found = appeal.why(course, "td", "zoe")
    assert [one.key for one in found] == [
        "small-size", "small-layers", "small-double", "small-measured", "talk-half", "talk-discuss",
    ]  # fmt: skip
    assert {one.key: one.counts for one in found} == {
        "small-size": 1, "small-layers": 0, "small-double": 4, "small-measured": 0, "talk-half": 0, "talk-discuss": 0,
    }  # fmt: skip
    assert found[4].verdict and found[4].verdict.verdict.status is Status.UNREADABLE


def test_who_handed_nothing_in_has_a_why_too(course: Course) -> None:
    (one,) = appeal.why(course, "td", "alan", "half")
    assert (one.file, one.written, one.verdict, one.counts) == (None, None, None, None) and one.params


def test_every_earlier_verdict_is_told_once(course: Course) -> None:
    edit(course, "small.py", "return n - k + 1", "return -1")
    assert appeal.why(course, "td", "emmy", "size")[0].changed
    grade(course)
    (one,) = appeal.why(course, "td", "emmy", "size")
    assert one.verdict and one.verdict.verdict.status is Status.CORRECT and not one.changed
    assert [old.verdict.status for old in one.earlier] == [Status.WRONG]
    assert one.earlier[0].verdict.judging != one.verdict.verdict.judging
    (other,) = appeal.why(course, "td", "emmy", "half")
    assert other.earlier == (), "the same verdict in another record is not told twice"


def test_a_file_that_came_since_is_not_taken_for_the_one_that_was_judged(course: Course) -> None:
    hand_in(course, "emmy", {"small-size": "size = 7"})
    (one,) = appeal.why(course, "td", "emmy", "size")
    assert one.newer and one.written == "size = 7" and one.verdict and "-1" in " ".join(one.verdict.verdict.evidence)


def test_now_judges_again_and_nothing_counts(course: Course) -> None:
    lines = ledger(course)
    same = appeal.again(course, "td", "emmy", "size", TRUSTED)
    assert same.same and not verdicts.path(course, "td", verdicts.PROPOSED).exists()
    edit(course, "small.py", "return n - k + 1", "return -1")
    now = appeal.again(course, "td", "emmy", "size", TRUSTED)
    assert now.verdict and now.verdict.status is Status.CORRECT and not now.same and ledger(course) == lines
    assert score(course, "emmy") == 0 and appeal.why(course, "td", "emmy", "size")[0].counts == 0


def test_a_near_miss_is_named_and_hidden_names_stay_hidden(course: Course) -> None:
    with pytest.raises(UsageError, match="Did you mean 'emmy'"):
        appeal.why(course, "td", "emy", "half")
    with pytest.raises(UsageError, match="Did you mean 'talk-half'"):
        appeal.why(course, "td", "emmy", "talk-halt")
    with pytest.raises(UsageError, match="more than one question"):
        appeal.why(course, "td", "emmy", "small")
    file = course.root / "course.toml"
    file.write_text(file.read_text() + "anonymous = true\n")
    here = courses.load(course.root)
    code = appeal.why(here, "td", "emmy", "half")[0].shown
    assert code != "Emmy" and appeal.why(here, "td", code, "half")[0].student == "emmy"
    with pytest.raises(UsageError) as refused:
        appeal.why(here, "td", "emy", "half")
    assert "emmy" not in str(refused.value)


def test_the_command_says_it_in_words_and_for_machines(course: Course, partiel: Any) -> None:
    code, out, _ = partiel("why", "td", "emmy", "talk-half")
    assert code == 0 and "Half of them?" in out and "wrong (doubled)" in out and "Counts: 0 / 2 (as judged)" in out
    assert "walls none" in out and "revision" in out
    code, out, _ = partiel("why", "td", "emmy")
    assert code == 0 and "small-measured" in out and "wrong (doubled)" in out
    (said,) = json.loads(partiel("why", "td", "emmy", "talk-half", "--now", "--trust-submissions", "--json")[1])
    assert said["now"]["same"] and said["verdict"]["misconceptions"] == ["doubled"] and said["params"]["n"]
    code, _, err = partiel("why", "td", "emmy", "--now")
    assert code == 2 and "one question at a time" in err


def test_each_measure_has_the_label_that_the_student_reads(course: Course, partiel: Any) -> None:
    for lang, label in (("en", "How near it is, with $\\sigma$"), ("fr", "La proximité")):
        edit(course, f"small.{lang}.md", "## solution", f"### near/measure\n\n{label}\n\n## solution")
    hand_in(course, "zoe", {"small-measured": "guess = lambda x: 0.7"})
    grade(course)
    out = partiel("why", "td", "zoe", "small-measured")[1]
    line = "    measured: 0.700; threshold 0.500 (margin +0.200); full marks from 0.900\n"
    assert f"  How near it is, with `σ`\n{line}" in out and out.count("measured: 0.700") == 1


# ── overrides ────────────────────────────────────────────────────────────────


def test_an_override_is_nbgraders_manual_score_with_its_reason(course: Course) -> None:
    (one,) = appeal.override(course, "td", "emmy", "talk-half", Fraction(3, 2), "Read the other way round.")
    assert (one.student, one.key, one.points, one.because) == ("emmy", "talk-half", Fraction(3, 2), one.because)
    assert one.who and one.when[:2] == "20" and appeal.overrides(course, "td") == (one,)
    assert score(course, "emmy") == 1.5 and totals(course)["emmy"] == Fraction(3, 2)
    assert comment(course, "emmy", "talk-half") == "Read the other way round."
    (told,) = appeal.why(course, "td", "emmy", "talk-half")
    assert (told.counts, told.by_hand, told.automatic) == (Fraction(3, 2), Fraction(3, 2), 0)
    assert [d.deed for d in told.decisions] == ["override"]
    assert bridge.feedback(course, "td", ["emmy"]) == []
    page = (course.root / "feedback" / "emmy" / "td" / "td.html").read_text("utf-8")
    assert "Read the other way round." in page and "Marked by hand" in page


def test_an_override_is_kept_across_regrades_and_nbgraders_own_autograde(course: Course) -> None:
    appeal.override(course, "td", "emmy", "small-size", Fraction(1, 2), "Half of it.")
    edit(course, "small.py", "return n - k + 1", "return -1")
    found = regrade.propose(course, "td", TRUSTED)
    emmy = next(change for change in found.changes if change.student == "emmy")
    assert emmy.given == Fraction(1, 2) and emmy.gain == 0
    assert regrade.accept(course, found) == []
    assert score(course, "emmy") == 0.5 and totals(course)["emmy"] == Fraction(1, 2)
    command = [sys.executable, "-m", "nbgrader", "autograde", "td", "--force", "--student=emmy"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=course.root, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert score(course, "emmy") == 0.5 and comment(course, "emmy", "small-size") == "Half of it."
    assert appeal.overrides(course, "td")[0].points == Fraction(1, 2)


def test_lifted_what_was_there_before_counts_again(course: Course) -> None:
    mark(course, "emmy", "talk-half-check", 1, "A human was here.")
    appeal.override(course, "td", "emmy", "talk-half", Fraction(2), "First.")
    appeal.override(course, "td", "emmy", "talk-half", Fraction(0), "Second.")
    assert comment(course, "emmy", "talk-half") == "A human was here.\n\nSecond." and score(course, "emmy") == 0
    assert appeal.lift(course, "td", "emmy", "talk-half") == []
    assert score(course, "emmy") == 1 and comment(course, "emmy", "talk-half") == "A human was here."
    assert appeal.overrides(course, "td") == ()
    assert [d.deed for d in decided.read(course, "td")] == ["override", "override", "lift"], "nothing is forgotten"
    with pytest.raises(UsageError, match="no mark was overridden"):
        appeal.lift(course, "td", "emmy", "talk-half")


def test_a_mark_given_since_in_formgrader_is_not_lifted(course: Course) -> None:
    appeal.override(course, "td", "emmy", "talk-half", Fraction(2), "First.")
    mark(course, "emmy", "talk-half-check", 1)
    (left,) = appeal.lift(course, "td", "emmy", "talk-half")
    assert "that mark stays" in left and score(course, "emmy") == 1


@pytest.mark.parametrize("points", [Fraction(-1, 2), Fraction(5, 2)])
def test_more_than_the_question_gives_is_refused(course: Course, points: Fraction) -> None:
    with pytest.raises(UsageError, match="from 0 to 2 points"):
        appeal.override(course, "td", "emmy", "talk-half", points, "Because.")
    assert decided.read(course, "td") == () and score(course, "emmy") == 0


def test_no_mark_without_a_reason_or_a_copy(course: Course) -> None:
    with pytest.raises(UsageError, match="needs its reason"):
        appeal.override(course, "td", "emmy", "talk-half", Fraction(1), " ")
    with pytest.raises(CourseError, match="nothing is recorded"):
        appeal.override(course, "td", "alan", "talk-half", Fraction(1), "Kind.")
    assert decided.read(course, "td") == ()


def test_a_group_has_one_grade(course: Course) -> None:
    (course.root / "students.csv").write_text("id,name,group\nada,Ada,g\nemmy,Emmy,g\n")
    shared = courses.load(course.root)
    locked = json.loads((course.root / "td.lock.json").read_text())
    for student in ("ada", "emmy"):
        locked["students"][student] |= {"group": "g", "items": locked["students"]["ada"]["items"]}
    (course.root / "td.lock.json").write_text(json.dumps(locked))
    made = appeal.override(shared, "td", "emmy", "talk-half", Fraction(1), "Ours.")
    assert [one.student for one in made] == ["ada", "emmy"]
    assert totals(shared)["ada"] - totals(shared)["emmy"] == 1, "both have 1 for it"


def test_the_command_gives_and_takes_back(course: Course, partiel: Any) -> None:
    code, out, _ = partiel("override", "td", "ada", "talk-discuss", "2,5", "--because", "Well said.")
    assert code == 0 and "2.5 / 3 by hand" in out and score(course, "ada") == 5.5
    table = marks.collect(course, {"td": Fraction(1)}, Scale(Fraction(14)))
    assert next(line.cells[0].mark for line in table.lines if line.student.id == "ada") == Fraction(11, 2)
    code, out, _ = partiel("why", "td", "ada", "talk-discuss")
    assert "by hand 2.5: Well said." in out and "Counts: 2.5 / 3 (by hand)" in out
    code, out, _ = partiel("override", "td", "ada", "talk-discuss", "--lift")
    assert code == 0 and "taken back" in out and score(course, "ada") == 3
    assert partiel("override", "td", "ada", "talk-discuss", "many", "--because", "x")[0] == 2
    assert partiel("override", "td", "ada", "talk-discuss", "1", "--lift")[0] == 2
