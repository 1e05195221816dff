"""A submission is taken in whole or not at all; a receipt is proof; and it is clear which attempt counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from grader import attempts, intake, lock, receipt, store, verdicts
from grader import course as courses
from grader.errors import CourseError
from grader.intake import Refused
from grader.model import Course, Handing, Level, Record, Status, Text, Verdict
from grader.store import Store, audit, jobs, outbox, receipts, released
from grader.store.receipts import Receipt
from tests.conftest import Desk as Folder

START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC).timestamp()
DUE = datetime(2026, 12, 1, 12, 0, tzinfo=UTC).timestamp()
HOUR = 3600.0
TOML = """\
[course]
id = "dl"
lang = "en"

[server]
largest = 1

[assignments.td]
exercises = ["tiny"]
attempts = 3
due = 2026-12-01T12:00:00Z

[assignments.closed]
exercises = ["tiny", "tiny"]
late = false
due = 2026-12-01T12:00:00Z

[assignments.exam]
exercises = ["tiny", "tiny", "tiny"]
counts = "best"
cool_down = "10 min"
release = "deadline"
feedback = "none"
due = 2026-12-01T12:00:00Z

[assignments.later]
exercises = ["tiny", "tiny", "tiny", "tiny"]
"""
ROSTER = """\
id,name,group,extra_time,withdrawn
ada,,,,
emmy,,,1/3,
grace,,pair,,
alan,,pair,,
kurt,,,,yes
"""


@dataclass
class Door:
    """Where students hand in, at a time that the test says."""

    course: Course
    db: Store

    def take(self, student: str = "ada", assignment: str = "td", mark: str = "", now: float = START) -> Receipt:
        return intake.take(self.course, self.db, student, assignment, self.file(student, mark), "web", now)

    def refused(self, student: str = "ada", assignment: str = "td", mark: str = "", now: float = START) -> Refused:
        before = self.kept()
        with pytest.raises(Refused) as error:
            self.take(student, assignment, mark, now)
        assert self.kept() == before, "something was kept of what was refused"
        return error.value

    def file(self, student: str, mark: str = "") -> bytes:
        """A file that begins as a notebook does; another ``mark`` makes another."""
        return json.dumps({"cells": [], "metadata": {"who": student, "mark": mark}, "nbformat": 4}).encode()

    def kept(self) -> tuple[int, int, int]:
        """Files, rows, lines of the log."""
        with self.db.read() as c:
            rows = sum(len(receipts.of_assignment(c, one)) for one in self.course.assignments)
            return len(list(self.course.root.glob(".partiel/handed_in/*/*/*"))), rows, len(audit.lines(c))

    def allowed(self, student: str = "ada", assignment: str = "td", now: float = START) -> intake.Allowed:
        with self.db.read() as c:
            return intake.allowed(self.course, c, student, assignment, now)

    def run(self, given: Receipt, state: str = "running") -> None:
        """As a worker takes it: only what still waits, and was not replaced meanwhile."""
        with self.db.write() as c:
            now = receipts.get(c, given.id)
            if now and now.state == "queued":
                receipts.become(c, (given.id,), state)

    def grade(self, given: Receipt, earned: int, now: float = START + 60) -> tuple[Record, ...] | None:
        verdict = Verdict("tiny", "size", Status.PARTIAL, Fraction(earned), Fraction(10), Text("f", "f"), judging="j")
        facts = (given.student, given.assignment, given.sha256, "sheet", "cpu", Level.INNER, (verdict,))
        return attempts.settle(self.course, self.db, given, Record(*facts), now)  # type: ignore[arg-type]

    def now(self, given: Receipt) -> Receipt:
        with self.db.read() as c:
            found = receipts.get(c, given.id)
        assert found
        return found

    def counts(self, student: str, assignment: str) -> tuple[bytes, str]:
        """What nbgrader finds, and the student of the last record that counts."""
        file = self.course.root / "submitted" / student / assignment / f"{assignment}.ipynb"
        return file.read_bytes(), verdicts.latest(self.course, assignment)[student].submission


@pytest.fixture
def door(desk: Folder) -> Iterator[Door]:
    (desk.root / "course.toml").write_text(TOML)
    (desk.root / "students.csv").write_text(ROSTER)
    course = desk.load()
    for id in ("td", "closed", "exam"):
        lock.write(course, course.assignments[id])
    db = store.of(course)
    yield Door(course, db)
    db.close()


# ── taken in ─────────────────────────────────────────────────────────────────


def test_what_is_received_is_on_the_disk_in_the_database_and_in_the_queue(door: Door) -> None:
    given = door.take()
    file = intake.bytes_of(door.course, given)
    assert file.read_bytes() == door.file("ada") and file.stat().st_mode & 0o777 == 0o600
    assert door.now(given) == given and (given.attempt, given.state, given.late) == (1, "queued", False)
    with door.db.read() as c:
        job = jobs.of_submission(c, given.id)
        (line,) = audit.lines(c)
    assert job and (job.state, job.due, job.gpu, job.long) == ("queued", DUE, False, False)
    assert (line.who, line.what, line.on) == ("ada", "submit", "td/ada") and given.sha256 in line.detail


def test_a_receipt_is_genuine_to_the_letter(door: Door) -> None:
    given = door.take()
    said = receipt.text(door.course, given)
    assert receipt.genuine(door.course, said) and receipt.genuine(door.course, said.replace("\n", "\r\n"))
    assert not receipt.genuine(door.course, said.replace("ada", "bob"))
    assert not receipt.genuine(door.course, said.replace("attempt: 1", "attempt: 2"))
    assert not receipt.genuine(door.course, "x" + said) and not receipt.genuine(door.course, "")
    assert not receipt.genuine(replace(door.course, secret="another"), said)


def test_the_same_file_again_is_the_same_attempt(door: Door) -> None:
    first = door.take()
    assert door.take(now=START + 5) == first and door.kept() == (1, 1, 1)
    door.grade(first, 5)
    assert door.take(now=START + 90).id == first.id and door.kept() == (1, 1, 1)


def test_the_same_file_after_another_one_is_another_attempt(door: Door) -> None:
    first = door.take()
    door.run(first)
    door.run(door.take(mark="b", now=START + 1))
    assert door.take(now=START + 2).attempt == 3


def test_a_newer_one_replaces_what_waits_and_uses_up_one_attempt_in_all(door: Door) -> None:
    given = [door.take(mark=str(n), now=START + n) for n in range(6)]
    states = [door.now(one).state for one in given]
    assert states == ["replaced"] * 5 + ["queued"] and door.allowed().left == 2
    with door.db.read() as c:
        assert jobs.count(c) == {"cancelled": 5, "queued": 1}
    assert all(intake.bytes_of(door.course, one).is_file() for one in given)


def test_two_at_once_use_up_no_more_attempts_than_there_are(door: Door) -> None:
    for n in range(2):
        door.run(door.take(mark=str(n), now=START + n))
    took: list[Receipt] = []
    whys: list[int] = []
    gate = threading.Barrier(6)

    def hand_in(n: int) -> None:
        gate.wait()
        try:
            took.append(given := door.take(mark=f"at once {n}", now=START + 9))
            door.run(given)
        except Refused as error:
            whys.append(error.status)

    threads = [threading.Thread(target=hand_in, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with door.db.read() as c:
        used = [one for one in receipts.of_copy(c, "td", "ada") if one.state in receipts.LIVE]
    assert len(used) == 3 and set(whys) <= {403}
    assert len(took) + len(whys) == 6


def test_the_same_file_sent_twice_at_once_is_one(door: Door) -> None:
    took: list[str] = []
    gate = threading.Barrier(4)

    def hand_in() -> None:
        gate.wait()
        took.append(door.take().id)

    threads = [threading.Thread(target=hand_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(took)) == 1 and len(took) == 4 and door.kept() == (1, 1, 1)


# ── refused ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("student", "assignment", "status", "why"),
    [
        ("nobody", "td", 403, intake.NOBODY),
        ("kurt", "td", 403, intake.NOBODY),
        ("ada", "later", 404, intake.NOT_RELEASED),
        ("../ada", "td", 403, intake.NOBODY),
    ],
    ids=["unknown", "withdrawn", "not-released", "traversal"],
)
def test_who_may_not_hand_in_is_told_why(door: Door, student: str, assignment: str, status: int, why: Text) -> None:
    error = door.refused(student, assignment)
    assert (error.status, error.why, error.wait) == (status, why, 0)


def test_an_assignment_that_there_is_not_is_an_error(door: Door) -> None:
    with pytest.raises(CourseError, match="td"):
        door.take(assignment="td9")


def test_what_is_too_large_or_no_notebook_is_refused(door: Door) -> None:
    for data, status in ((b"{" + b" " * 2**20, 413), (b"PK\x03\x04", 422), (b"", 422), (b"\n [", 422)):
        with pytest.raises(Refused) as error:
            intake.take(door.course, door.db, "ada", "td", data, "web", START)
        assert error.value.status == status
    assert door.kept() == (0, 0, 0)


def test_no_attempt_is_left_after_the_last(door: Door) -> None:
    for n in range(3):
        assert door.allowed().left == 3 - n
        door.run(door.take(mark=str(n), now=START + n))
    error = door.refused(mark="four")
    assert (error.status, error.why) == (403, intake.NONE_LEFT) and door.allowed().left == 0


def test_what_failed_through_our_fault_costs_no_attempt(door: Door) -> None:
    for n in range(3):
        door.run(door.take(mark=str(n), now=START + n), "aside")
    assert door.allowed().left == 3 and door.take(mark="more").attempt == 4


def test_a_pause_is_waited_for_and_said(door: Door) -> None:
    door.run(door.take(assignment="exam"))
    error = door.refused(assignment="exam", mark="b", now=START + 60)
    assert (error.status, error.wait) == (429, 540) and "9 min" in error.why.en and "9 min" in error.why.fr
    assert "30 s" in door.refused(assignment="exam", mark="b", now=START + 570).why.en
    assert door.take(assignment="exam", mark="b", now=START + 600).attempt == 2


def test_a_clock_that_goes_back_makes_no_pause_longer(door: Door) -> None:
    door.run(door.take(assignment="exam", now=START + 24 * HOUR))
    assert door.refused(assignment="exam", mark="b").wait == 600
    assert door.take("emmy", "exam", now=START - 24 * HOUR).attempt == 1


def test_a_deadline_closes_or_only_makes_late(door: Door) -> None:
    assert door.take(now=DUE + 1).late and not door.take(mark="b", now=DUE).late
    error = door.refused(assignment="closed", now=DUE + 1)
    assert (error.status, error.why) == (403, intake.OVER)
    assert door.take(assignment="closed", now=DUE).attempt == 1


def test_extra_time_is_theirs_alone(door: Door) -> None:
    toml = door.course.root / "course.toml"
    toml.write_text(TOML.replace("late = false\n", "late = false\nstart = 2026-12-01T09:00:00Z\n"))
    door.course = courses.load(door.course.root)
    assert door.allowed("emmy", "closed").due == DUE + HOUR and door.allowed("ada", "closed").due == DUE
    assert not door.take("emmy", "closed", now=DUE + HOUR - 1).late
    assert door.refused("emmy", "closed", "b", DUE + HOUR + 1).status == 403
    assert door.refused("ada", "closed", "b", DUE + 1).status == 403


def test_who_enrols_later_is_taken_in_and_nobody_elses_copy_changes(door: Door) -> None:
    before = {one: lock.read(door.course, "td").sheet(one).revision for one in ("ada", "emmy", "grace")}
    roster = door.course.root / "students.csv"
    roster.write_text(ROSTER + "new,,,,\n")
    door.course = courses.load(door.course.root)
    assert door.refused("new").status == 404
    lock.write(door.course, door.course.assignments["td"])
    assert door.take("new").attempt == 1
    assert {one: lock.read(door.course, "td").sheet(one).revision for one in before} == before


def test_what_waits_delays_a_newer_one_only_where_that_would_not_replace_it(door: Door) -> None:
    toml = door.course.root / "course.toml"
    for counts, opens in (("last", True), ("best", False)):
        toml.write_text(TOML.replace('counts = "best"', f'counts = "{counts}"'))
        door.course = courses.load(door.course.root)
        door.take(assignment="exam")
        assert door.allowed(assignment="exam", now=START + 60).open is opens


def out(door: Door, *assignments: str, hold: bool = False) -> None:
    with door.db.write() as c:
        for one in assignments:
            released.hold(c, one) if hold else released.release(c, one, "prof", START)


def test_whoever_can_read_their_correction_hands_in_nothing_after_it(door: Door) -> None:
    """Their first attempt may be a blank one: the worked solution would be worth full marks."""
    first = door.take()
    door.grade(first, 0)
    door.take("grace")  # waits: its correction is there as soon as it is graded
    out(door, "td")
    for one in ("ada", "grace", "alan"):
        error = door.refused(one, mark="b", now=START + 99)
        assert (error.status, error.why, error.wait) == (403, intake.ENDED, 0)
        assert door.allowed(one).left == 0 and not door.allowed(one).open
    assert door.take(now=START + 99).id == first.id, "the same file is still the same attempt"
    out(door, "td", hold=True)
    assert door.allowed().left == 2 and door.take(mark="b", now=START + 99).attempt == 2


def test_whoever_has_no_correction_to_read_may_still_hand_in_once(door: Door) -> None:
    out(door, "td", "closed", "exam")
    assert door.allowed("emmy").left == 1 and door.allowed("emmy", "exam").left == 1
    assert door.take("emmy", now=DUE + 1).late
    assert door.refused("emmy", mark="b", now=DUE + 2).why == intake.ENDED
    assert door.refused("emmy", "closed", now=DUE + 1).why == intake.OVER


def test_an_attempt_that_failed_through_our_fault_has_no_correction_unless_some_of_it_was_graded(door: Door) -> None:
    first = door.take()
    door.run(first, "aside")
    out(door, "td")
    assert door.allowed().open
    verdict = Verdict("tiny", "size", Status.BROKEN, Fraction(0), Fraction(10), Text("f", "f"))
    record = Record("ada", "td", first.sha256, "sheet", "cpu", Level.INNER, (verdict,))
    attempts.settle(door.course, door.db, first, record, START, left="boom")
    assert door.now(first).state == "aside" and door.refused(mark="b").why == intake.ENDED


def test_the_deadline_that_shows_corrections_ends_it_too(door: Door) -> None:
    door.grade(door.take(assignment="exam", now=DUE), 0)
    assert door.allowed(assignment="exam", now=DUE).status == 429, "there is a pause, and nothing else"
    error = door.refused(assignment="exam", mark="b", now=DUE + 1)
    assert (error.why, error.wait) == (intake.ENDED, 0), "no pause is waited for that nothing follows"
    assert door.take("emmy", "exam", now=DUE + 1).late


def test_feedback_that_is_full_from_the_start_is_practice_and_ends_nothing(door: Door) -> None:
    toml = door.course.root / "course.toml"
    toml.write_text(TOML.replace("attempts = 3", 'feedback = "full"'))
    door.course = courses.load(door.course.root)
    door.grade(door.take(), 0)
    assert door.take(mark="b", now=START + 99).attempt == 2 and door.allowed().left is None


# ── when the machine fails ───────────────────────────────────────────────────


def test_a_full_disk_is_said_and_leaves_nothing_half_written(door: Door) -> None:
    """A limit on the size of files makes every write of more than 100 bytes fail, as a full disk does."""
    program = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom grader import course, intake, store\n"
        "here = course.load(Path(sys.argv[1])); db = store.of(here)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try:\n    intake.take(here, db, 'ada', 'td', b'{' + b' ' * 500, 'web', 1.0)\n"
        "except intake.Refused as error:\n    print(error.status, error.wait)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(door.course.root)], capture_output=True, text=True, check=False
    )
    assert said.stdout.split() == ["507", "60.0"], said.stderr
    assert door.kept() == (0, 0, 0) and door.take().attempt == 1


@pytest.fixture
def small(door: Door) -> Iterator[Path]:
    """The course's handed_in/ on a disk of its own, of 64 KiB."""
    place = intake.attempts(door.course)
    place.mkdir(parents=True, exist_ok=True)
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("this account mounts no file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_fills_up_loses_nothing_that_was_received(door: Door, small: Path) -> None:
    big = "x" * 30_000
    first = door.take(mark=big)
    error = door.refused("emmy", mark=big * 2)
    assert error.status == 507 and error.why == intake.CANNOT_WRITE
    assert intake.bytes_of(door.course, first).read_bytes() == door.file("ada", mark=big)


def test_a_read_only_disk_is_said(door: Door, small: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    assert door.refused().status == 507
    subprocess.run(["mount", "-o", "remount,rw", str(small)], check=True)
    assert door.take().attempt == 1


def test_a_database_out_of_reach_is_said_and_no_file_is_left(door: Door) -> None:
    with door.db.engine.begin() as c:
        c.exec_driver_sql("ALTER TABLE audit RENAME TO gone")
    with pytest.raises(Refused) as error:
        door.take()
    assert error.value.status == 503 and error.value.wait
    assert list(door.course.root.glob(".partiel/handed_in/*/*/*")) == []


# ── which one counts ─────────────────────────────────────────────────────────


def test_the_last_counts(door: Door) -> None:
    first = door.take()
    door.grade(first, 9)
    second = door.take(mark="b", now=START + 100)
    assert door.counts("ada", "td") == (door.file("ada"), first.sha256)
    door.grade(second, 4)
    assert door.counts("ada", "td") == (door.file("ada", mark="b"), second.sha256)
    assert [door.now(one).earned for one in (first, second)] == [9, 4]
    stamp = (door.course.root / "submitted" / "ada" / "td" / "timestamp.txt").read_text()
    assert stamp == "2026-12-01 09:01:40.000000 UTC"


def test_the_last_counts_whichever_was_graded_last(door: Door) -> None:
    first = door.take()
    door.run(first)
    second = door.take(mark="b", now=START + 100)
    door.grade(second, 4)
    door.grade(first, 9)
    assert door.counts("ada", "td")[1] == second.sha256


def test_the_best_counts_and_of_the_best_the_first(door: Door) -> None:
    given = []
    for n, earned in enumerate((5, 8, 8, 2)):
        given.append(door.take(assignment="exam", mark=str(n), now=START + n * HOUR))
        door.grade(given[-1], earned)
    assert door.counts("ada", "exam") == (door.file("ada", mark="1"), given[1].sha256)


def test_where_the_best_counts_one_that_waits_is_graded_before_the_newer_one(door: Door) -> None:
    """It may be the best: nothing takes its place."""
    good, worse = door.take(assignment="exam"), door.take(assignment="exam", mark="b", now=START + 600)
    assert [door.now(one).state for one in (good, worse)] == ["queued", "queued"]
    with door.db.read() as c:
        assert [job.submission for job in jobs.listed(c, "queued")] == [good.id, worse.id]
    door.grade(good, 9)
    door.grade(worse, 4)
    assert door.counts("ada", "exam")[1] == good.sha256


def test_settled_again_nothing_is_added(door: Door) -> None:
    given = door.take()
    for _ in range(3):
        records = door.grade(given, 5)
        assert records is not None and len(records) == 1
    assert len(list(verdicts.read(door.course, "td"))) == len(list(verdicts.read(door.course, "td", "attempts"))) == 1
    with door.db.read() as c:
        assert len(outbox.waiting(c)) == 1


def test_what_is_left_to_a_human_counts_only_where_nothing_else_does(door: Door) -> None:
    first = door.take()
    verdict = Verdict("tiny", "size", Status.BROKEN, Fraction(0), Fraction(10), Text("f", "f"))
    record = Record("ada", "td", first.sha256, "sheet", "cpu", Level.INNER, (verdict,))
    attempts.settle(door.course, door.db, first, record, START, left="boom")
    assert door.now(first).state == "aside" and door.counts("ada", "td")[1] == first.sha256
    second = door.take(mark="b")
    door.grade(second, 1)
    assert door.counts("ada", "td")[1] == second.sha256


def test_a_group_has_one_copy_and_one_count_of_attempts(door: Door) -> None:
    first = door.take("grace")
    records = door.grade(first, 9)
    assert records and {one.student for one in records} == {"grace", "alan"}
    assert door.allowed("alan").left == 2
    second = door.take("alan", mark="b", now=START + 90)
    assert (second.copy, second.attempt) == (first.copy, 2)
    door.grade(second, 4)
    assert {one: verdicts.latest(door.course, "td")[one].submission for one in ("grace", "alan")} == dict.fromkeys(
        ("grace", "alan"), second.sha256
    )
    assert not (door.course.root / "submitted" / "grace" / "td").exists(), "of a group, only what counts is there"


def test_a_folder_that_is_a_link_is_not_written_through(door: Door, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (door.course.root / "submitted" / "ada").mkdir(parents=True)
    (door.course.root / "submitted" / "ada" / "td").symlink_to(outside)
    door.grade(door.take(), 5)
    assert list(outside.iterdir()) == [] and door.counts("ada", "td")[0] == door.file("ada")


# ── who may see what ─────────────────────────────────────────────────────────


def test_feedback_is_coarse_until_it_is_released(door: Door) -> None:
    with door.db.write() as c:
        assert attempts.visible(door.course, c, "td", DUE + 99 * HOUR) == "coarse"
        released.release(c, "td", "prof", DUE)
        assert attempts.visible(door.course, c, "td", DUE) == "full"
        released.hold(c, "td")
        assert attempts.visible(door.course, c, "td", DUE) == "coarse"


def test_feedback_that_the_deadline_releases_waits_for_whoever_has_the_most_time(door: Door) -> None:
    toml = door.course.root / "course.toml"
    toml.write_text(TOML.replace("[assignments.exam]\n", "[assignments.exam]\nstart = 2026-12-01T09:00:00Z\n"))
    course = courses.load(door.course.root)
    with door.db.read() as c:
        seen = [attempts.visible(course, c, "exam", at) for at in (DUE + 1, DUE + HOUR - 1, DUE + HOUR + 1)]
    assert seen == ["none", "none", "full"]


def test_coarse_feedback_is_no_oracle() -> None:
    blank = Verdict("a", "q", Status.CORRECT, Fraction(1), Fraction(1), Text("", ""))
    told = {status: attempts.coarse(replace(blank, status=status)) for status in Status}
    assert told[Status.CORRECT] == told[Status.WRONG] == told[Status.PARTIAL] == "done"
    assert told[Status.CRASHED] == "stopped" and told[Status.UNREADABLE] == "unread"
    in_a_check = {status: attempts.coarse(replace(blank, status=status, checked=True)) for status in Status}
    assert in_a_check[Status.CRASHED] == in_a_check[Status.EXHAUSTED] == in_a_check[Status.CORRECT] == "done"


def test_the_handing_in_of_an_assignment_is_read_from_the_course(door: Door) -> None:
    assert door.course.assignments["exam"].handing == Handing(
        cool_down=600.0, counts="best", release="deadline", feedback="none"
    )
