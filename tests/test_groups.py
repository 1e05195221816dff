"""A group has one variant, one submission and one grade; and the roster may change after the release."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader import bridge, grading, handed, lock, notebook, release, report, values, verdicts
from grader import course as courses
from grader.errors import CourseError
from grader.lock import Lock
from grader.model import Course, Record, Status, Terms

HERE = Path(__file__).resolve().parent
TINY, TEMPLATES = HERE / "courses" / "tiny", HERE.parent / "templates"
TRUSTED = Terms(trust=True, workers=2)  # what these students write is in this file
ROSTER = "id,name,group,lang\nada,Ada,b1,fr\nemmy,Emmy,b1,en\nzoe,Zoé,,fr\nalan,Alan,b2,fr\n"


# ── what is handed out ───────────────────────────────────────────────────────


def copies(made: Lock, *students: str) -> list[bytes]:
    """Without the name that each copy bears."""
    return [str([(c.id, c.source) for c in notebook.every_cell(made.sheet(s))]).encode() for s in students]


@pytest.fixture
def class_(desk: Any) -> Any:
    desk.roster(ROSTER)
    return desk


def test_a_group_shares_one_copy_in_one_language(class_: Any) -> None:
    made = class_.lock()
    ada, emmy, zoe = (made.sheet(s) for s in ("ada", "emmy", "zoe"))
    assert (ada.revision, ada.lang, ada.group) == (emmy.revision, "fr", ("ada", "emmy"))
    assert emmy.lang == "fr" and zoe.group == ()
    one, other = copies(made, "ada", "emmy")
    assert one == other


def test_a_group_is_drawn_for_as_a_group(desk: Any) -> None:
    desk.roster("id,group\n" + "".join(f"s{n},g{n // 2}\n" for n in range(60)))
    made = desk.lock().said["students"]
    pairs = [(made[f"s{2 * n}"]["items"]["tiny"], made[f"s{2 * n + 1}"]["items"]["tiny"]) for n in range(30)]
    assert all(one == other for one, other in pairs) and len({one for one, _ in pairs}) > 5


def test_a_group_has_not_the_variant_of_the_student_of_its_name(desk: Any) -> None:
    desk.roster("id,group\n" + "".join(f"g{n},\ns{n},g{n}\n" for n in range(20)))
    made = desk.lock().said["students"]
    assert any(made[f"g{n}"]["items"] != made[f"s{n}"]["items"] for n in range(20))


def test_an_exam_may_be_everyones_own(class_: Any) -> None:
    class_.assignment("tiny", more="groups = false")
    made = class_.lock()
    assert made.sheet("ada").group == () and made.sheet("emmy").lang == "en"


def test_whoever_joins_a_group_gets_its_copy_and_nobody_elses_changes(class_: Any) -> None:
    before = copies(class_.lock(), "ada", "emmy", "zoe", "alan")
    class_.roster(ROSTER + "kurt,Kurt,b1,en\n")
    made = class_.lock()
    assert copies(made, "ada", "emmy", "zoe", "alan") == before and copies(made, "kurt") == before[:1]
    assert made.sheet("kurt").group == ("ada", "emmy", "kurt")


def test_whoever_joins_a_group_after_a_rewording_still_gets_its_copy(desk: Any, shelf: Any) -> None:
    pairs = "".join(f"s{n},g{n}\n" for n in range(12))
    desk.roster("id,group\n" + pairs)
    desk.lock()
    shelf.edit("tiny.fr.md", "Combien ?", "Combien de positions ?")
    desk.roster("id,group\n" + pairs + "".join(f"late{n},g{n}\n" for n in range(12)))
    made = desk.lock()
    assert copies(made, *(f"late{n}" for n in range(12))) == copies(made, *(f"s{n}" for n in range(12)))


def test_a_withdrawn_student_keeps_their_copy_and_is_named(class_: Any) -> None:
    before = class_.lock().said["students"]
    class_.roster("id,name,group,lang,withdrawn\nada,Ada,b1,fr,\nemmy,Emmy,b1,en,oui\nlate,Late,,fr,yes\n")
    made = class_.lock()
    assert {id: made.said["students"][id] for id in before} == before
    assert "late" not in made.students, "who withdrew before the release is handed nothing"
    assert made.remarks(class_.load()) == ["No longer in the roster, their copies are kept: emmy, zoe, alan."]


def test_a_student_who_changes_groups_keeps_what_was_handed_out_and_it_is_said(class_: Any) -> None:
    before = copies(class_.lock(), "ada", "emmy", "zoe", "alan")
    class_.roster(ROSTER.replace("emmy,Emmy,b1", "emmy,Emmy,b2").replace("zoe,Zoé,", "zoe,Zoé,b2"))
    made = class_.lock()
    assert copies(made, "ada", "emmy", "zoe", "alan") == before and made.sheet("emmy").group == ("ada", "emmy")
    assert made.remarks(class_.load()) == [
        "emmy was handed a copy with the group 'b1', and keeps it; the roster now says 'b2'.",
        "zoe was handed a copy with no group, and keeps it; the roster now says 'b2'.",
    ]


# ── bad days ─────────────────────────────────────────────────────────────────


def test_an_assignment_renamed_after_its_release_is_not_handed_out_anew(desk: Any) -> None:
    desk.lock()
    desk.assignment("tiny", id="tp1")
    for act in (lambda: desk.lock("tp1"), lambda: lock.read(desk.load(), "tp1")):
        with pytest.raises(CourseError, match="'td1' was released with these very exercises") as caught:
            act()
        assert "If 'tp1' is its new name, give it its old one back" in str(caught.value)
    assert not lock.path(desk.load(), "tp1").exists()
    desk.toml('[course]\nid = "dl"\n[assignments.td1]\nexercises = ["tiny"]\n[assignments.tp1]\nexercises = ["tiny"]\n')
    assert desk.lock("tp1").students == ("ada", "emmy"), "two assignments may ask the same"


def test_a_secret_that_changed_after_the_release_is_said(desk: Any) -> None:
    desk.lock()
    (desk.root / ".partiel" / "secret").write_text("quite another secret than that one")
    with pytest.raises(CourseError, match=r"handed out under another secret .*\n  Put the secret back"):
        lock.read(desk.load(), "td1")
    with pytest.raises(CourseError, match="another secret"):
        desk.lock()


def test_a_lost_secret_is_gone_on_without_as_the_guide_says(desk: Any) -> None:
    before = copies(desk.lock(), "ada")
    (desk.root / ".partiel" / "secret").unlink()
    courses.init(desk.root, "dl", "Deep", "fr")
    file = desk.root / "td1.lock.json"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(' "secret": ')), "utf-8")
    assert copies(lock.read(desk.load(), "td1"), "ada") == before


def test_the_lock_does_not_hold_the_secret(desk: Any) -> None:
    desk.lock()
    assert desk.load().secret not in (desk.root / "td1.lock.json").read_text("utf-8")


def test_a_course_copied_to_another_machine_hands_out_the_same(desk: Any, tmp_path: Path) -> None:
    before = desk.lock()
    shutil.copytree(desk.root, tmp_path / "elsewhere" / "copied")
    moved = courses.load(tmp_path / "elsewhere" / "copied")
    assert copies(lock.read(moved, "td1"), "ada") == copies(before, "ada")
    assert lock.write(moved, moved.assignments["td1"]).said == before.said
    (moved.root / "td1.lock.json").unlink()
    assert lock.write(moved, moved.assignments["td1"]).said == before.said


# ── what is handed in ────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("groups") / "course"
    content = root.parent / "content"
    shutil.copytree(TINY, content)
    shutil.copytree(TEMPLATES, content / "templates")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIEL_CONTENT", str(content))
        courses.init(root, "tiny", "Tiny", "en")
        (root / "course.toml").write_text('[course]\nid = "t"\nlang = "en"\n[assignments.td]\nexercises = ["small"]\n')
        (root / "students.csv").write_text(ROSTER)
        here = courses.load(root)
        release.generate(here, here.assignments["td"])
        yield root


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Course:
    shutil.copytree(released, tmp_path / "course")
    return courses.load(tmp_path / "course")


def hand_in(course: Course, student: str, at: int, *, right: bool = True, as_: str = "", stamp: str = "") -> Path:
    sheet = lock.read(course, "td").sheet(as_ or student)
    known = values.of(sheet.items[0].variant)
    cells = {"small-size": f"size = {known['size'] if right else -1}"}
    file = course.root / "submitted" / student / "td" / "td.ipynb"
    notebook.write(file, notebook.compose(sheet, cells))
    os.utime(file, (at, at))
    if stamp:
        (file.parent / "timestamp.txt").write_text(stamp)
    return file


def graded(course: Course, *students: str) -> dict[str, Record]:
    found = dict(grading.grade(course, "td", TRUSTED, students or None))
    assert all(isinstance(record, Record) for record in found.values()), found
    return found  # type: ignore[return-value]


def status(record: Record) -> Status:
    return record.verdicts[0].status


def test_what_one_hands_in_counts_for_all_and_runs_once(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(course, "emmy", 100)
    hand_in(course, "zoe", 100)
    runs = []
    real = grading.queue.run.grade
    monkeypatch.setattr(grading.queue.run, "grade", lambda *a, **k: runs.append(a[0].student) or real(*a, **k))
    records = graded(course)
    assert sorted(runs) == ["emmy", "zoe"] and set(records) == {"ada", "emmy", "zoe"}
    assert records["ada"].verdicts == records["emmy"].verdicts and status(records["ada"]) is Status.CORRECT
    assert records["ada"].student == "ada" and records["zoe"].remarks == ()
    told = "The common copy of ada, emmy, handed in by emmy."
    assert [r.en for r in records["ada"].remarks] == [told] == [r.en for r in records["emmy"].remarks]
    lines = len(list(verdicts.read(course, "td")))
    assert graded(course) == records and len(runs) == 2 and len(list(verdicts.read(course, "td"))) == lines == 3


def test_the_last_one_in_counts(course: Course) -> None:
    hand_in(course, "emmy", 100, right=False)
    assert {status(r) for r in graded(course).values()} == {Status.WRONG}
    hand_in(course, "ada", 200)
    records = graded(course)
    assert {status(r) for r in records.values()} == {Status.CORRECT}
    assert "rendue par ada." in records["emmy"].remarks[-1].fr
    assert verdicts.latest(course, "td") == records


def test_nbgraders_timestamp_says_when_it_came(course: Course) -> None:
    hand_in(course, "emmy", 100, stamp="2026-11-02 10:00:00.5 UTC")
    hand_in(course, "ada", 2_000_000_000, stamp="2026-11-01 10:00:00 UTC")
    made = lock.read(course, "td")
    came = handed.handed_in(course.root, made, "ada")
    assert came and came.by == "emmy"
    (course.root / "submitted" / "emmy" / "td" / "timestamp.txt").write_text("soon")
    came = handed.handed_in(course.root, made, "emmy")
    assert came and came.by == "ada", "a timestamp that says nothing leaves the file's own time"


def test_a_fellows_notebook_is_no_strangers(course: Course) -> None:
    hand_in(course, "emmy", 100, as_="ada")
    assert len(graded(course)["emmy"].remarks) == 1
    hand_in(course, "zoe", 100, as_="ada")
    assert "handed out under another name (ada)" in graded(course, "zoe")["zoe"].remarks[0].en


def test_one_of_a_group_is_graded_alone_and_the_others_reuse_it(course: Course) -> None:
    hand_in(course, "emmy", 100)
    (ada,) = graded(course, "ada").values()
    assert ada.student == "ada" and set(verdicts.latest(course, "td")) == {"ada"}
    assert graded(course, "emmy")["emmy"].verdicts == ada.verdicts
    hand_in(course, "ada", 200, right=False)
    (ada,) = graded(course, "ada").values()
    assert status(ada) is Status.WRONG and graded(course, "emmy")["emmy"].verdicts == ada.verdicts
    assert verdicts.latest(course, "td")["emmy"].verdicts == ada.verdicts


def test_the_gradebook_the_report_and_the_page_have_the_groups_grade(course: Course) -> None:
    hand_in(course, "emmy", 100, stamp="2026-11-02 10:00:00 UTC")
    assert bridge.record(course, graded(course).values()) == []
    with bridge.gradebook.opened(course) as gradebook:
        ada, emmy = (gradebook.find_submission("td", s) for s in ("ada", "emmy"))
        earned = ada.score
        assert earned == emmy.score > 0 and ada.timestamp == emmy.timestamp is not None
    assert bridge.feedback(course, "td") == []
    page = (course.root / "feedback" / "ada" / "td" / "td.html").read_text("utf-8")
    assert "rendue par emmy" in page
    assert [row.earned for row in report.rows(course, "td")][:2] == [earned] * 2
    assert not (course.root / "submitted" / "ada").exists(), "nothing is written among submissions"


@pytest.mark.slow
def test_nbgrader_alone_gives_each_member_the_groups_grade(course: Course) -> None:
    hand_in(course, "emmy", 100)
    graded(course)
    (course.root / "nbgrader_config.py").write_text(bridge.config_text(course), "utf-8")
    env = os.environ | {"PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, "-m", "nbgrader", "autograde", "td"]
    ran = subprocess.run(command, cwd=course.root, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    assert {path.parts[-3] for path in course.root.glob("autograded/*/td/td.ipynb")} == {"ada", "emmy"}
