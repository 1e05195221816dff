"""After the grading: judged again with the difference shown, late penalties, marks of a real gradebook, bad days."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import (
    attempts,
    bridge,
    cli,
    content,
    grading,
    intake,
    lock,
    marks,
    notebook,
    regrade,
    release,
    report,
    store,
    values,
    verdicts,
)
from grader import course as courses
from grader.bridge.gradebook import opened
from grader.course import deadlines
from grader.dispatch import perform
from grader.errors import CourseError, UsageError
from grader.marks import Scale
from grader.model import Assignment, Course, Student, Terms
from grader.store import jobs, outbox, receipts

HERE = Path(__file__).resolve().parent
TINY, TEMPLATES = HERE / "courses" / "tiny", HERE.parent / "templates"
TRUSTED = Terms(trust=True, workers=1)  # what these students write is in this file
ROSTER = "id,number,name,email,extra_time\nada,101,Ada,ada@x.fr,\nemmy,102,Emmy,,1/3\nzoe,103,Zoé,,\nalan,104,Alan,,\n"
TOML = """\
[course]
id = "t"
lang = "en"
[assignments.td]
exercises = ["small"]
"""
TIMES = "start = 2026-12-01T09:00:00+01:00\ndue = 2026-12-01T12:00:00+01:00\n"
AS_IT_WAS = """\
ALTER TABLE student DROP COLUMN lms_user_id;
CREATE TABLE before (id VARCHAR(32) PRIMARY KEY, name VARCHAR(128) NOT NULL UNIQUE, duedate DATETIME);
INSERT INTO before SELECT id, name, duedate FROM assignment;
DROP TABLE assignment;
ALTER TABLE before RENAME TO assignment;
DROP TABLE course;
UPDATE alembic_version SET version_num = '167914646830';
"""
PLUGIN = """\
from nbgrader.plugins import BasePlugin


class Halve(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; nobody writes there."""
    root = tmp_path_factory.mktemp("regrade") / "course"
    folder = root.parent / "content"
    shutil.copytree(TINY, folder)
    shutil.copytree(TEMPLATES, folder / "templates")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIEL_CONTENT", str(folder))
        forget()
        courses.init(root, "tiny", "Tiny", "en")
        (root / "course.toml").write_text(TOML)
        (root / "students.csv").write_text(ROSTER)
        here = courses.load(root)
        (root / "nbgrader_config.py").write_text(bridge.config_text(here))
        release.generate(here, here.assignments["td"])
        hand_in(here, "ada")
        hand_in(here, "emmy", right=False)
        assert bridge.record(here, [r for _, r in grading.grade(here, "td", TRUSTED)]) == []  # type: ignore[misc]
        forget()
    return root


@pytest.fixture
def course(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """Ada was right, Emmy wrong, Zoé and Alan handed nothing in; all of it graded."""
    shutil.copytree(released, tmp_path / "course")
    shutil.copytree(released.parent / "content", tmp_path / "content")
    monkeypatch.setenv("PARTIEL_CONTENT", str(tmp_path / "content"))
    monkeypatch.chdir(tmp_path / "course")
    forget()
    yield courses.load(tmp_path / "course")
    forget()


def forget() -> None:
    content.load.cache_clear()
    content._path.cache_clear()


def hand_in(course: Course, student: str, *, right: bool = True, stamp: str = "") -> None:
    sheet = lock.read(course, "td").sheet(student)
    known = values.of(sheet.items[0].variant)
    file = course.root / "submitted" / student / "td" / "td.ipynb"
    notebook.write(file, notebook.compose(sheet, {"small-size": f"size = {known['size'] if right else -1}"}))
    if stamp:
        (file.parent / "timestamp.txt").write_text(stamp)


def grade(course: Course) -> None:
    records = [record for _, record in grading.grade(course, "td", TRUSTED)]
    assert bridge.record(course, records) == []  # type: ignore[arg-type]


def score(course: Course, student: str) -> tuple[float, float]:
    with opened(course) as gradebook:
        found = gradebook.find_submission("td", student)
        return found.score, found.late_submission_penalty


def by_hand(course: Course, student: str, given: float, comment: str = "") -> None:
    with opened(course) as gradebook:
        gradebook.find_submission_notebook("td", "td", student).grades[0].manual_score = given
        gradebook.find_submission_notebook("td", "td", student).comments[0].manual_comment = comment
        gradebook.db.commit()


def ledger(course: Course) -> list[str]:
    return verdicts.path(course, "td").read_text("utf-8").splitlines()


def change_the_answer(course: Course) -> None:
    """From now on what Emmy wrote is right, and what Ada wrote is not."""
    file = next((course.root.parent / "content" / "exercises").rglob("small.py"))
    before = file.read_text("utf-8")
    file.write_text(before.replace("return n - k + 1", "return -1"), "utf-8")
    assert file.read_text("utf-8") != before
    forget()


@pytest.fixture
def partiel(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setattr(cli.out, "_width", 160)
    monkeypatch.setattr(cli.err, "_width", 160)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["partiel", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO())  # no terminal
        try:
            cli.main()
            code = 0
        except SystemExit as leave:
            code = int(leave.code or 0)
        return (code, *capsys.readouterr())

    return run


# ── judged again ─────────────────────────────────────────────────────────────


def test_a_regrade_shows_who_gains_and_who_loses_and_changes_nothing(course: Course) -> None:
    change_the_answer(course)
    before, records = ledger(course), verdicts.latest(course, "td")
    found = regrade.propose(course, "td", TRUSTED)
    assert [(c.student, c.new.key, c.gain) for c in found.changes] == [
        ("ada", "small-size", -1),
        ("emmy", "small-size", 1),
    ]
    assert (found.judged, found.before, found.after) == (2, Fraction(1, 2), Fraction(1, 2))
    assert ledger(course) == before and verdicts.latest(course, "td") == records
    assert score(course, "ada") == (1, 0) and score(course, "emmy") == (0, 0)
    assert report.rows(course, "td")[0].earned == 1


def test_what_was_shown_is_what_counts_for_every_door_and_the_old_verdicts_are_kept(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_the_answer(course)
    before = ledger(course)
    shown = regrade.propose(course, "td", TRUSTED)
    ran: list[object] = []
    real = grading.queue.run.grade
    monkeypatch.setattr(grading.queue.run, "grade", lambda *a, **k: ran.append(a) or real(*a, **k))
    again = regrade.propose(course, "td", TRUSTED)
    assert ran == [] and sorted(r.student for r in again.records) == ["ada", "emmy"] and again.changes == shown.changes
    assert regrade.accept(course, again) == [] and not verdicts.path(course, "td", verdicts.PROPOSED).exists()
    assert ledger(course)[: len(before)] == before and len(ledger(course)) == len(before) + 2
    assert score(course, "ada") == (0, 0) and score(course, "emmy") == (1, 0)
    assert {row.student: row.earned for row in report.rows(course, "td")} == {"ada": 0, "emmy": 1, "zoe": 0, "alan": 0}
    counting = verdicts.latest(course, "td")
    grade(course)
    assert verdicts.latest(course, "td") == counting and ran == [], "partiel grade reuses what was accepted"
    assert not regrade.propose(course, "td", TRUSTED).records
    assert regrade.drop(course, "td") and not regrade.drop(course, "td")
    assert verdicts.latest(course, "td") == counting


def test_a_crash_before_the_last_word_leaves_the_old_verdicts_counting(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_the_answer(course)
    found = regrade.propose(course, "td", TRUSTED)
    lines = ledger(course)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(regrade.verdicts, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            regrade.accept(course, found)
    assert ledger(course) == lines and score(course, "emmy") == (0, 0)
    with monkeypatch.context() as patch:
        patch.setattr(bridge, "record", killed)  # in the ledger, and not in the gradebook yet
        with pytest.raises(KeyboardInterrupt):
            regrade.accept(course, found)
    assert marks.collect(course, {"td": Fraction(1)}, Scale()).missing[0].endswith("run 'partiel grade td'")
    bridge.record(course, verdicts.latest(course, "td").values())
    assert score(course, "emmy") == (1, 0) and score(course, "ada") == (0, 0)


def test_one_student_and_one_question(course: Course) -> None:
    change_the_answer(course)
    assert {c.student for c in regrade.propose(course, "td", TRUSTED, ("emmy",)).changes} == {"emmy"}
    other = regrade.propose(course, "td", TRUSTED, None, ("small-double",))
    assert other.changes == () and len(other.remarks) == 2
    assert "small-size would change too" in other.remarks[0] and "--question small-size" in other.remarks[0]
    one = regrade.propose(course, "td", TRUSTED, ("emmy",), ("small-size",))
    assert [(c.student, c.new.key) for c in one.changes] == [("emmy", "small-size")]
    with pytest.raises(UsageError, match="Did you mean 'small-size'"):
        regrade.propose(course, "td", TRUSTED, None, ("small-sise",))


def test_scores_and_comments_given_by_hand_survive_a_regrade(course: Course) -> None:
    by_hand(course, "emmy", 0.75, "Almost.")
    change_the_answer(course)
    found = regrade.propose(course, "td", TRUSTED)
    emmy = found.changes[1]
    assert (emmy.student, emmy.given, emmy.gain) == ("emmy", Fraction(3, 4), 0)
    assert (found.before, found.after) == (Fraction(7, 8), Fraction(3, 8))
    regrade.accept(course, found)
    assert score(course, "emmy") == (0.75, 0)
    with opened(course) as gradebook:
        assert gradebook.find_submission_notebook("td", "td", "emmy").comments[0].manual_comment == "Almost."


def test_nbgrader_itself_agrees_on_which_verdict_counts(course: Course) -> None:
    change_the_answer(course)
    found = regrade.propose(course, "td", TRUSTED)
    regrade.accept(course, found)
    lines = ledger(course)
    shutil.rmtree(course.root / "autograded")
    env = os.environ | {"PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, "-m", "nbgrader", "autograde", "td", "--force"]
    done = subprocess.run(command, cwd=course.root, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert ledger(course) == lines and (score(course, "ada"), score(course, "emmy")) == ((0, 0), (1, 0))
    assert bridge.feedback(course, "td") == []
    pages = {s: (course.root / "feedback" / s / "td" / "td.html").read_text("utf-8") for s in ("ada", "emmy")}
    assert [re.findall(r"<strong>(\d+)</strong>&nbsp;/&nbsp;9", page) for page in pages.values()] == [["0"], ["1"]]


def test_what_cannot_be_judged_again_keeps_its_points(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise RuntimeError("no more memory")

    monkeypatch.setattr(grading.queue.run, "grade", broken)
    found = regrade.propose(course, "td", TRUSTED, ("ada",))
    assert found.records == () and "small-size could not be judged again and keeps its points" in found.remarks[0]


def test_another_file_or_weaker_walls_are_no_regrade(course: Course) -> None:
    hand_in(course, "emmy")
    found = regrade.propose(course, "td", TRUSTED, ("emmy", "zoe"))
    assert found.records == () and "another file was handed in" in found.remarks[0]
    hand_in(course, "zoe")
    assert "zoe: never graded" in regrade.propose(course, "td", TRUSTED, ("zoe",)).remarks[0]


def test_the_command_asks_and_without_a_terminal_changes_nothing(course: Course, partiel: Any) -> None:
    change_the_answer(course)
    code, out, err = partiel("regrade", "td", "--trust-submissions")
    assert code == 0 and "Nothing was changed. The same command with --yes" in err
    assert "small-size" in out and "Emmy" in out and "wrong → right" in out.lower().replace("correct", "right")
    assert "2 judged again: 1 gains, 1 loses." in out and "Mean of the class: 0.50 → 0.50 of 9." in out
    assert score(course, "emmy") == (0, 0)
    said = json.loads(partiel("regrade", "td", "--trust-submissions", "--json")[1])
    assert said["judged"] == 2 and said["changes"][1] | {"status": 0} == {
        "student": "emmy", "question": "small-size", "old": 0, "new": 1, "by_hand": None, "status": 0,
    }  # fmt: skip
    code, _, err = partiel("regrade", "td", "--trust-submissions", "--yes")
    assert code == 0 and "Recorded." in err and score(course, "emmy") == (1, 0)
    assert "Nothing to record" in partiel("regrade", "td", "--trust-submissions")[2]
    assert "Nothing was waiting" in partiel("regrade", "td", "--drop")[1]


def test_what_commands_judge_is_told_to_the_server(course: Course) -> None:
    """Emmy handed in through it: her attempt, and what counts of it, say what the command says."""
    db = store.of(course)
    data = (course.root / "submitted" / "emmy" / "td" / "td.ipynb").read_bytes()
    given = intake.take(course, db, "emmy", "td", data, "web", 1.0)
    bench = perform.Bench(course.root, perform.Said(trust=True), "w", lambda: 2.0)
    with db.write() as c:
        job = jobs.take(c, "w", 2.0, 60)
    assert job and bench.perform(job).end == "done"
    bench.close()

    def earned() -> list[Fraction | None]:
        with db.read() as c:
            now = receipts.get(c, given.id)
        told, counts = attempts.last_of(course, given), verdicts.latest(course, "td")["emmy"]
        assert now and told
        return [now.earned, *(sum((v.earned for v in one.verdicts), Fraction(0)) for one in (told, counts))]

    assert earned() == [0, 0, 0]
    change_the_answer(course)
    found = regrade.propose(course, "td", TRUSTED)
    assert earned() == [0, 0, 0]
    assert regrade.accept(course, found) == [] and earned() == [1, 1, 1] and score(course, "emmy") == (1, 0)
    file = next((course.root.parent / "content" / "exercises").rglob("small.py"))
    file.write_text(file.read_text("utf-8").replace("return -1", "return -2"), "utf-8")
    forget()
    grade(course)
    assert earned() == [0, 0, 0] and score(course, "ada") == (0, 0)
    with db.read() as c:
        assert {one.payload["student"] for one in outbox.waiting(c)} == {"ada", "emmy"}
    db.close()


# ── late ─────────────────────────────────────────────────────────────────────


def at(course: Course, times: str = TIMES, config: str = "") -> Course:
    (course.root / "course.toml").write_text(TOML + times)
    if config:
        with (course.root / "nbgrader_config.py").open("a") as file:
            file.write(f"\nc = get_config()  # noqa: F821\n{config}\n")
    return courses.load(course.root)


def test_extra_time_lengthens_the_exam_and_a_deadline_of_ones_own_stands() -> None:
    td = Assignment("td", "TD", (), start="2026-12-01T09:00:00+01:00", due="2026-12-01T12:00:00+01:00")
    third, own = Student("a", "", extra_time=Fraction(1, 3)), Student("b", "", deadlines={"": "2026-12-02"})
    assert deadlines.extension(td, [third]) == timedelta(hours=1)
    assert deadlines.extension(td, [own]) == timedelta(days=1, hours=11, minutes=59, seconds=59)
    assert deadlines.extension(td, [Student("c", ""), third]) == timedelta(hours=1), "a group hands in one copy"
    offset = Student("d", "", deadlines={"td": "2026-12-01T12:00+00:00"}, extra_time=Fraction(1))
    assert deadlines.extension(td, [offset]) == timedelta(hours=1)
    assert deadlines.extension(Assignment("td", "TD", ()), [third, own]) == timedelta()
    assert deadlines.extension(Assignment("td", "TD", (), due=td.due), [third]) == timedelta()


@pytest.mark.parametrize(
    "times", ["due = 2026-12-01", "due = 2026-12-01T12:00:00", 'due = "soon"', "start = 2026-12-01T12:00:00Z"]
)
def test_a_due_date_is_one_moment_everywhere(course: Course, times: str) -> None:
    with pytest.raises(CourseError, match=r"no moment|not before"):
        at(course, times)


def test_nbgraders_plugin_takes_its_penalty_and_extra_time_is_respected(course: Course) -> None:
    here = at(course, config="c.LateSubmissionPlugin.penalty_method = 'zero'")
    hand_in(here, "ada", stamp="2026-12-01 11:30:00 UTC")  # half an hour late
    hand_in(here, "emmy", stamp="2026-12-01 11:30:00 UTC")  # within her third more
    hand_in(here, "zoe", stamp="2026-12-01 10:59:00 UTC")
    hand_in(here, "alan", stamp="2026-12-01 11:30:00 UTC")  # late, and never graded before
    grade(here)
    assert score(here, "alan") == (1, 1)
    assert (score(here, "ada"), score(here, "emmy"), score(here, "zoe")) == ((1, 1), (1, 0), (1, 0))
    marked = {line.student.id: line.cells[0] for line in marks.collect(here, {"td": Fraction(1)}, Scale()).lines}
    assert marked["ada"].mark == 0 and marked["emmy"].mark == marked["zoe"].mark == Fraction("2.22")
    moved = at(here, TIMES.replace("12:00:00", "13:00:00"))
    grade(moved)
    assert score(moved, "ada") == (1, 0), "a due date that moves is followed, though nothing is recorded anew"


def test_a_timestamp_that_says_nothing_is_said(course: Course) -> None:
    hand_in(course, "zoe", stamp="soon")
    records = [record for _, record in grading.grade(course, "td", TRUSTED)]
    (failure,) = bridge.record(course, records)  # type: ignore[arg-type]
    assert failure.student == "zoe" and "'soon' is no moment" in failure.why and "take the file away" in failure.why


def test_a_courses_own_plugin_is_kept_and_sees_marks_given_by_hand(course: Course) -> None:
    (course.root / "halve_late.py").write_text(PLUGIN)
    here = at(course, config="c.AssignLatePenalties.plugin_class = 'halve_late.Halve'")
    hand_in(here, "ada", stamp="2026-12-01 11:30:00 UTC")
    grade(here)
    assert score(here, "ada") == (1, 0.5)
    by_hand(here, "ada", 3)
    table = marks.collect(here, {"td": Fraction(1)}, Scale(Fraction(9)))
    total = score(here, "ada")[0]
    assert score(here, "ada")[1] == total / 2 and table.lines[0].cells[0].mark == Fraction(total) / 2


# ── marks ────────────────────────────────────────────────────────────────────


def test_a_score_that_waits_for_a_human_is_never_a_zero(course: Course, partiel: Any) -> None:
    with opened(course) as gradebook:
        gradebook.find_submission_notebook("td", "td", "emmy").grades[0].auto_score = None
        gradebook.db.commit()
    hand_in(course, "zoe")
    code, out, err = partiel("grades", "td", "--lang", "fr", "--round", "0.5", "--out-of", "10")
    assert code == 1 and "102, td: waits for a human" in err and "103, td: not graded yet" in err
    rows = (course.root / "report" / "td-csv.csv").read_text("utf-8-sig").splitlines()
    assert rows == ["Numéro;Nom;Courriel;td /10", "101;Ada;ada@x.fr;1,0", "102;Emmy;;", "103;Zoé;;", "104;Alan;;ABI"]
    assert "4 students, out of 10" in out and partiel("grades", "td", "--partial")[0] == 0


def test_the_roster_says_who_was_absent_and_why(course: Course) -> None:
    roster = "id,name,absent,withdrawn\nada,Ada,ABJ,\nzoe,Zoé,ABJ,\nalan,Alan,,yes\nnew,New,,\n"
    (course.root / "students.csv").write_text(roster)
    table = marks.collect(courses.load(course.root), {"td": Fraction(1)}, Scale())
    assert [(line.student.id, line.cells[0].absent) for line in table.lines] == [
        ("ada", "ABJ"),
        ("zoe", "ABJ"),
        ("new", None),
    ]
    assert table.missing == ("new, td: was handed no copy: say ABI or ABJ in the roster, or run 'partiel generate td'",)
    assert "ABJ stands" in table.remarks[0] and "not in the file: emmy" in table.remarks[1]


def test_an_anonymous_assignment_gives_no_marks_until_its_names_are_lifted(course: Course, partiel: Any) -> None:
    here = at(course, "anonymous = true\n")
    code, _, err = partiel("grades", "td")
    assert code == 1 and "partiel lift td" in err and not (here.root / "report").exists()
    partiel("lift", "td")
    assert partiel("grades", "td")[0] == 0


@contextmanager
def held(course: Course, how: str) -> Iterator[None]:
    other = sqlite3.connect(course.root / "gradebook.db")
    try:
        other.execute(how)
        yield
    finally:
        other.rollback()
        other.close()


# ── a gradebook on a bad day ─────────────────────────────────────────────────


def test_a_locked_gradebook_is_said_and_nothing_is_half_written(course: Course, partiel: Any) -> None:
    change_the_answer(course)
    regrade.propose(course, "td", TRUSTED)
    lines = ledger(course)
    hand_in(course, "zoe")
    with held(course, "BEGIN IMMEDIATE"):  # formgrader in the middle of a save: it can be read, and not written
        code, _, err = partiel("regrade", "td", "--trust-submissions", "--yes")
        assert code == 1 and "another program is writing in it" in err and "Close what has it open" in err
        assert ledger(course) == lines, "not one of the new verdicts counts"
        code, _, err = partiel("grade", "td", "--student", "zoe", "--trust-submissions")
        assert code == 1 and "another program is writing" in err
    with held(course, "BEGIN EXCLUSIVE"):
        code, _, err = partiel("grades", "td")
        assert code == 1 and "another program is writing" in err and not (course.root / "report").exists()
    assert score(course, "emmy") == (0, 0) and not (course.root / "autograded" / "zoe").exists()
    assert partiel("grade", "td", "--student", "zoe", "--trust-submissions")[0] == 0, "the same command goes on"
    assert partiel("regrade", "td", "--trust-submissions", "--yes")[0] == 0 and score(course, "emmy") == (1, 0)


def test_a_gradebook_of_an_older_nbgrader_is_said_with_its_remedy_which_loses_nothing(
    course: Course, partiel: Any
) -> None:
    by_hand(course, "emmy", 0.75)
    older = sqlite3.connect(course.root / "gradebook.db")
    older.executescript(AS_IT_WAS)
    older.close()
    hand_in(course, "zoe")
    lines = ledger(course)
    code, _, err = partiel("grade", "td", "--trust-submissions")
    assert (
        code == 1 and "made by an older nbgrader" in err and "'nbgrader db upgrade'" in err and "Traceback" not in err
    )
    assert ledger(course)[: len(lines)] == lines
    upgrade = [sys.executable, "-m", "nbgrader", "db", "upgrade"]
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(upgrade, cwd=course.root, env=env, check=True, capture_output=True, timeout=300)
    assert partiel("grade", "td", "--trust-submissions")[0] == 0
    assert [score(course, student)[0] for student in ("ada", "emmy", "zoe")] == [1, 0.75, 1]


def test_a_file_that_is_no_gradebook_is_said(course: Course, partiel: Any) -> None:
    (course.root / "gradebook.db").write_bytes(b"not a database" * 100)
    code, _, err = partiel("grades", "td")
    assert code == 1 and "damaged, or no gradebook" in err
