"""A statement corrected when it is in students' hands: old answers stay read and judged, new notebooks say it."""

from __future__ import annotations

import json

import pytest
from mended import (  # noqa: F401  # fixtures
    SOME,
    TRUSTED,
    edit,
    grade,
    hand_in,
    handed_out,
    ledger,
    mended,
    mended_release,
    score,
    scores,
)

from grader import appeal, grading, lock, notebook, regrade, release, verdicts
from grader import course as courses
from grader.amend import wording
from grader.errors import CourseError, UsageError
from grader.model import Course


@pytest.fixture
def course(mended: Course) -> Course:
    return mended


# ── reworded ─────────────────────────────────────────────────────────────────


def reword(course: Course) -> wording.Correction:
    edit(course, "talk.en.md", "Half of them?", "Half of them, rounded down?")
    return wording.correction(course, "td", "talk")


def test_a_corrected_statement_is_shown_as_a_diff_with_who_holds_it(course: Course) -> None:
    before = (course.root / "td.lock.json").read_bytes()
    found = reword(course)
    assert set(found.students) == {"ada", "emmy", "zoe", "alan"} and found.came == ("ada", "emmy", "zoe")
    assert all(dict(one.diffs) == {"talk-half-prompt": one.diffs["talk-half-prompt"]} for one in found.changes)
    lines = found.changes[0].diffs["talk-half-prompt"]
    assert "-Half of them?" in lines and "+Half of them, rounded down?" in lines
    assert (course.root / "td.lock.json").read_bytes() == before and "rounded" not in str(handed_out(course, "alan"))


def test_only_who_has_a_variant_that_changes_is_concerned(course: Course) -> None:
    numbers = {s: lock.read(course, "td").numbers(s)["talk"] for s in ("ada", "emmy", "zoe", "alan")}
    n = lock.read(course, "td").sheet("ada").items[1].variant.params["n"]
    edit(course, "talk.py", "grid\n", "grid, value\n")
    edit(course, "talk.py", "@answer", f"@value\ndef hint(n):\n    return 'Count.' if n == {n} else ''\n\n\n@answer")
    for lang in ("en", "fr"):
        edit(course, f"talk.{lang}.md", "Half of them?", "Half of them?{{ hint }}")
    found = wording.correction(course, "td", "talk")
    assert set(found.students) == {s for s, number in numbers.items() if number == numbers["ada"]}


def test_answers_to_the_old_words_stay_judged_and_nothing_runs_again(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = reword(course)
    wording.apply(course, found, "It was unclear.")
    lines, ran = ledger(course), []
    real = grading.queue.run.grade
    monkeypatch.setattr(grading.queue.run, "grade", lambda *a, **k: ran.append(a) or real(*a, **k))
    grade(course)
    assert ran == [] and ledger(course) == lines and scores(course) == SOME
    assert regrade.propose(course, "td", TRUSTED).records == ()
    locked = lock.read(course, "td")
    assert all(locked.sheet(s).earlier and locked.sheet(s).revision not in locked.sheet(s).earlier for s in SOME)


def test_an_old_notebook_that_comes_later_is_read_and_judged(course: Course) -> None:
    old = lock.read(course, "td").sheet("alan")
    wording.apply(course, reword(course), "It was unclear.")
    n = old.items[1].variant.params["n"]
    file = course.root / "submitted" / "alan" / "td" / "td.ipynb"
    notebook.write(file, notebook.compose(old, {"talk-half": f"half = {n // 2}"}))
    grade(course)
    assert score(course, "alan") == 2 and verdicts.latest(course, "td")["alan"].remarks == ()
    (told,) = appeal.why(course, "td", "alan", "half")
    assert told.amended and told.prompt.endswith("Half of them?")
    hand_in(course, "alan", {"talk-half": f"half = {n // 2}"})
    (told,) = appeal.why(course, "td", "alan", "half")
    assert not told.amended and "rounded down" in told.prompt


def test_new_notebooks_hold_the_new_words_and_an_erratum(course: Course) -> None:
    before = handed_out(course, "alan")
    wording.apply(course, reword(course), "It was unclear.")
    after = handed_out(course, "alan")
    assert "rounded down" in after["talk-half-prompt"] and "It was unclear." in after["talk-erratum"]
    assert {id for id in after if after[id] != before.get(id)} == {"talk-half-prompt", "talk-erratum"}
    release.generate(course, course.assignments["td"])
    assert handed_out(course, "alan") == after
    (course.root / "students.csv").write_text("id,name\nnew,New\n" + "ada,Ada\nemmy,Emmy\nzoe,Zoé\nalan,Alan\n")
    here = courses.load(course.root)
    release.generate(here, here.assignments["td"])
    assert "rounded down" in handed_out(here, "new")["talk-half-prompt"]
    assert not wording.correction(here, "td", "talk").changes, "there is nothing left to correct"
    assert "rounded" not in json.loads((course.root / ".partiel/editions/td-1.json").read_text()).__str__()


def test_twice_amended_both_older_copies_stand(course: Course) -> None:
    wording.apply(course, reword(course), "Unclear.")
    edit(course, "talk.en.md", "rounded down?", "rounded down, as always?")
    wording.apply(course, wording.correction(course, "td", "talk"), "Still unclear.")
    assert len(lock.read(course, "td").sheet("ada").earlier) == 2
    lines = ledger(course)
    grade(course)
    assert ledger(course) == lines
    assert len([id for id in handed_out(course, "alan") if id.endswith("erratum")]) == 1
    (told,) = appeal.why(course, "td", "ada", "half")
    assert told.amended and told.prompt.endswith("Half of them?")


def test_more_than_words_is_no_correction(course: Course) -> None:
    edit(course, "talk.py", "def half(n)", "def halved(n)")
    edit(course, "talk.py", "@half.", "@halved.")
    for lang in ("en", "fr"):
        edit(course, f"talk.{lang}.md", "## half", "## halved")
        edit(course, f"talk.{lang}.md", "{{ half }}", "{{ halved }}")
    with pytest.raises(CourseError, match="more than words has changed"):
        wording.correction(course, "td", "talk")
    with pytest.raises(UsageError, match="Did you mean 'talk'"):
        wording.correction(course, "td", "talks")


def test_a_starter_stays_as_it_was_handed_out(course: Course) -> None:
    edit(course, "small.py", "def double(x):", "def double(x, y=0):")
    edit(course, "small.en.md", "Double it.", "Double it, please.")
    found = wording.correction(course, "td", "small")
    assert "small-double: its starter has changed too" in found.remarks[0]
    assert all(set(one.diffs) == {"small-double-prompt"} for one in found.changes)
