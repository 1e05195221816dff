"""A course graded: once each, whatever stops it; nothing lost, nothing doubled, nothing opened for what stands."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import content, datasets, grading, lock, notebook, steps, verdicts
from grader import course as courses
from grader.errors import CourseError, WallError
from grader.model import Course, Level, Record, Sheet, Status, Terms
from grader.sandbox import Standing
from tests.tiny import TINY, handed_out, right

ROOT = Path(__file__).resolve().parent.parent
STUDENTS = ("ada", "bob", "cleo", "dan", "eve")
TRUSTED = Terms(trust=True, workers=2)  # what these students write is in this file


def written(sheet: Sheet) -> dict[str, str]:
    """Right, but for a question that depends on the student."""
    answers = right(sheet) | {"small-measured": "import time; time.sleep(0.2)\nguess = lambda x: 0.7"}
    spoilt = {"bob": ("small-size", "1 / 0"), "cleo": ("small-double", "def double(x):\n    return 4")}
    return answers | dict([spoilt[sheet.student]] if sheet.student in spoilt else [])


def hand_in(course: Course, student: str, **changes: str) -> None:
    sheet = lock.read(course, "td").sheet(student)
    cells = written(sheet) | {f"small-{name}": source for name, source in changes.items()}
    notebook.write(course.root / "submitted" / student / "td" / "td.ipynb", notebook.compose(sheet, cells))


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course in which everybody but eve handed something in. Copied, never written to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIEL_CONTENT", str(TINY))
        here = handed_out(tmp_path_factory.mktemp("grading") / "course", STUDENTS)
        for student in STUDENTS[:-1]:
            hand_in(here, student)
        yield here.root


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Course:
    shutil.copytree(released, tmp_path / "course")
    return courses.load(tmp_path / "course")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which sandboxes were opened."""
    kinds: list[str] = []
    real = grading.places.open_sandbox

    def count(kind: Any, **how: Any) -> Any:
        kinds.append(kind)
        return real(kind, **how)

    monkeypatch.setattr(grading.places, "open_sandbox", count)
    return kinds


def graded(course: Course, terms: Terms = TRUSTED, students: tuple[str, ...] | None = None) -> dict[str, Record]:
    found = dict(grading.grade(course, "td", terms, students))
    assert all(isinstance(record, Record) for record in found.values())
    return found  # type: ignore[return-value]


def rows(course: Course) -> list[Any]:
    """What the ledger says, without what differs between two runs of the same thing."""
    return sorted(
        (r.student, r.submission, [(v.key, str(v.status), v.earned) for v in r.verdicts])
        for r in verdicts.read(course, "td")
    )


def marks(course: Course) -> list[Any]:
    query = (
        "select s.student_id, b.name, g.auto_score, g.manual_score, g.needs_manual_grade from grade g"
        " join submitted_notebook n on g.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id"
        " join base_cell b on g.cell_id = b.id order by 1, 2"
    )
    with sqlite3.connect(course.root / "gradebook.db") as gradebook:
        found = gradebook.execute(query).fetchall()
    gradebook.close()
    return found


# ── once each ────────────────────────────────────────────────────────────────


def test_everybody_who_handed_in_is_graded_once_in_one_sandbox(course: Course, opened: list[str]) -> None:
    records = graded(course)
    assert set(records) == set(STUDENTS[:-1]) and opened == ["plain"]
    assert {r.level for r in records.values()} == {Level.NONE}
    found = {s: [str(v.status) for v in r.verdicts] for s, r in records.items()}
    assert found == {
        "ada": ["correct", "correct", "correct", "partial"],
        "bob": ["crashed", "correct", "correct", "partial"],
        "cleo": ["correct", "correct", "partial", "partial"],
        "dan": ["correct", "correct", "correct", "partial"],
    }
    assert graded(course) == records and opened == ["plain"]
    assert len(rows(course)) == 4

    hand_in(course, "ada", size="size = 0")
    again = graded(course)
    assert opened == ["plain"] * 2 and len(rows(course)) == 5
    assert again["ada"].verdicts[0].status is Status.WRONG and again["bob"] == records["bob"]

    hand_in(course, "ada")
    back = graded(course)
    assert opened == ["plain"] * 2 and back["ada"] == records["ada"]
    assert verdicts.latest(course, "td")["ada"] == records["ada"]  # and what counts is what was handed in last

    graded(course, replace(TRUSTED, force=True), ("bob",))
    assert opened == ["plain"] * 3 and len(rows(course)) == 7


def test_a_statement_that_changed_after_release_still_grades_and_its_verdicts_are_new(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = graded(course, students=("ada",))["ada"]
    shutil.copytree(TINY, tmp_path / "content")
    monkeypatch.setenv("PARTIEL_CONTENT", str(tmp_path / "content"))
    words = tmp_path / "content" / "exercises" / "small" / "small.en.md"
    words.write_text(words.read_text("utf-8").replace("What size?", "Which size, then?"), "utf-8")
    assert graded(course, students=("ada",))["ada"] == before  # reworded: what was handed out is judged as it was
    code = words.with_name("small.py")
    code.write_text(code.read_text("utf-8").replace("assert double(2) == 4", "assert double(2) == 5"), "utf-8")
    content.load.cache_clear()
    after = graded(course, students=("ada",))["ada"]
    assert [str(v.status) for v in after.verdicts] == ["correct", "correct", "partial", "partial"]
    assert len(rows(course)) == 2 and {v.judging for v in after.verdicts}.isdisjoint(v.judging for v in before.verdicts)


def test_one_bad_submission_never_stops_the_rest(course: Course) -> None:
    (course.root / "submitted" / "ada" / "td" / "td.ipynb").write_bytes(b'{"cells": [')
    records = graded(course)
    assert {v.status for v in records["ada"].verdicts} == {Status.UNREADABLE}
    assert {str(records["dan"].verdicts[n].status) for n in range(3)} == {"correct"}


def test_a_job_that_fails_through_our_fault_is_flagged_and_the_others_recorded(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = grading.queue.run.grade

    def grade(sheet: Sheet, *args: Any, **kwargs: Any) -> Record:
        if sheet.student == "bob":
            raise OSError("no space left")
        return real(sheet, *args, **kwargs)

    monkeypatch.setattr(grading.queue.run, "grade", grade)
    assert steps.grade(course, "td", TRUSTED) == 1
    flagged = {(student, needs, auto) for student, _, auto, _, needs in marks(course) if needs}
    assert {student for student, _, _ in flagged} == {"bob"} and {auto for _, _, auto in flagged} == {None}
    assert "bob" in capsys.readouterr().err
    monkeypatch.undo()
    assert steps.grade(course, "td", TRUSTED) == 0
    assert not any(needs for *_, needs in marks(course))


def test_a_check_sees_the_hidden_data_of_its_course_in_every_thread(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    real = grading.queue.run.grade

    def grade(*args: Any, **kwargs: Any) -> Record:
        current = datasets._course.get()
        seen.add(current.secret if current else None)
        return real(*args, **kwargs)

    monkeypatch.setattr(grading.queue.run, "grade", grade)
    graded(course)
    assert seen == {course.secret} and datasets._course.get() is None


def test_where_the_walls_do_not_stand_nothing_runs_and_the_remedy_is_said(
    course: Course, monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    monkeypatch.setattr(grading, "standing", lambda: Standing(Level.NONE, "no user namespaces", "sudo sysctl it."))
    with pytest.raises(WallError, match=r"(?s)no user namespaces.*sudo sysctl it\..*--trust-submissions"):
        graded(course, Terms())
    assert not opened and not rows(course)


def test_walls_weaker_than_the_course_asks_for_are_refused(
    course: Course, monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    monkeypatch.setattr(grading, "standing", lambda: Standing(Level.OUTER))
    with pytest.raises(WallError, match=r"(?s)'outer' here, and this course asks for 'inner'.*--trust-submissions"):
        graded(course, Terms(walls=Level.INNER))
    assert not opened and not rows(course)


def test_without_an_engine_containers_are_refused_before_anything_is_run(
    course: Course, monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(WallError, match=r"(?s)no engine is installed.*Install podman.*--trust-submissions"):
        graded(course, Terms(image="dl:1"))
    assert not opened and not rows(course)


def test_a_student_who_was_handed_nothing_is_named(course: Course) -> None:
    with pytest.raises(CourseError, match="'zoe' was handed no copy"):
        graded(course, students=("zoe",))


def test_grading_one_gives_their_record_or_nothing(course: Course) -> None:
    assert grading.grade_one(course, "td", "eve", TRUSTED) is None
    record = grading.grade_one(course, "td", "dan", TRUSTED)
    assert record is not None and record.student == "dan"


# ── killed, and started again ────────────────────────────────────────────────


def start(course: Course) -> subprocess.Popen[bytes]:
    program = "from grader import cli; cli.main()"
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, "grade", "td", "--trust-submissions", "--workers", "2"],
        cwd=course.root,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PARTIEL_CONTENT": str(TINY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def until(process: subprocess.Popen[bytes], moment: Any) -> None:
    limit = time.monotonic() + 60
    while process.poll() is None and not moment() and time.monotonic() < limit:
        time.sleep(0.01)


def size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def test_killed_at_any_moment_and_started_again_nothing_is_lost_or_doubled(released: Path, tmp_path: Path) -> None:
    def fresh(name: str) -> Course:
        shutil.copytree(released, tmp_path / name)
        return courses.load(tmp_path / name)

    whole = fresh("undisturbed")
    assert steps.grade(whole, "td", TRUSTED) == 0
    here = fresh("killed")
    ledger, book = verdicts.path(here, "td"), here.root / "gradebook.db"
    empty = marks(here)

    moments = (
        lambda: size(ledger) > 0,  # a verdict is written, no mark is
        lambda: marks(here) != empty,  # a student is in the gradebook
        lambda: len(rows(here)) >= 3,
    )
    assert book.exists()
    for moment in moments:
        process = start(here)
        until(process, moment)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    with ledger.open("ab") as file:  # and the power went off in the middle of a line
        file.write(ledger.read_bytes()[:200] if size(ledger) else b"{")
    process = start(here)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said.decode()
    assert rows(here) == rows(whole)
    assert marks(here) == marks(whole)
    assert json.loads((here.root / "autograded" / "dan" / "td" / "td.ipynb").read_text("utf-8"))["nbformat"] == 4
