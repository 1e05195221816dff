"""Which submission is judged, which verdict is reused, and how many are in memory at once."""

# ruff: noqa: ARG002 - what is played has the shape of what it plays

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import content, handout, notebook, queue, run
from grader.model import Item, Level, Record, Sheet, Status, Submission, Variant, Verdict
from grader.queue import Job
from grader.sandbox import SandboxFault

SMALL = Path(__file__).parent / "courses" / "tiny" / "exercises" / "small" / "small.py"


@pytest.fixture
def sheet() -> Sheet:
    variant = Variant(content.load(SMALL), {"n": 30, "k": 5})
    points = {f"small-{q.name}": q.points for q in variant.exercise.questions}
    return Sheet(
        "td", "ada", "en", (), (Item("small", variant, tuple(handout.cells("small", variant, "en", points))),), "r1"
    )


def hand_in(root: Path, sheet: Sheet, size: int = 26) -> Path:
    file = root / "submitted" / "ada" / "td" / "td.ipynb"
    notebook.write(file, notebook.compose(sheet, {"small-size": f"size = {size}"}))
    return file


class Played:
    """An opener that counts, and a run that answers without running."""

    level = Level.OUTER

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened = 0
        self.judged: list[set[str]] = []
        self.status = Status.CORRECT
        self.error: Exception | None = None
        monkeypatch.setattr(run, "grade", self.grade)

    @contextlib.contextmanager
    def __call__(self) -> Iterator[Any]:
        self.opened += 1
        if self.error:
            raise self.error
        yield self

    def grade(
        self, sheet: Sheet, submission: Submission, sandbox: Any, *, device: Any, kept: Any, progress: Any
    ) -> Record:
        fresh = {}
        for item in sheet.items:
            for q in item.variant.exercise.questions:
                blank = run.judge.verdict_of(item, q, q.points)
                fresh[blank.key] = replace(blank, status=self.status, evidence=(f"run {self.opened}",))
        self.judged.append(set(fresh) - set(kept))
        verdicts = tuple(kept.get(key, verdict) for key, verdict in fresh.items())
        return Record(sheet.student, "td", submission.sha256, sheet.revision, device, self.level, verdicts)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    return Played(monkeypatch)


def graded(job: Job, played: Played, **how: Any) -> Record:
    return queue.grade(job, played, Level.OUTER, **how)


def test_the_same_submission_again_is_reused_and_opens_nothing(tmp_path: Path, sheet: Sheet, played: Played) -> None:
    file = hand_in(tmp_path, sheet)
    first = graded(Job(sheet, file), played)
    assert graded(Job(sheet, file, (first,)), played) is first
    assert played.opened == 1


def test_force_judges_everything_again(tmp_path: Path, sheet: Sheet, played: Played) -> None:
    file = hand_in(tmp_path, sheet)
    first = graded(Job(sheet, file), played)
    again = graded(Job(sheet, file, (first,)), played, force=True)
    assert again != first and len(played.judged[1]) == 4


def test_what_was_judged_behind_weaker_walls_is_judged_again(tmp_path: Path, sheet: Sheet, played: Played) -> None:
    file = hand_in(tmp_path, sheet)
    trusted = replace(graded(Job(sheet, file), played), level=Level.NONE)
    walled = graded(Job(sheet, file, (trusted,)), played)
    assert walled.level is Level.OUTER and len(played.judged[1]) == 4
    assert graded(Job(sheet, file, (trusted, walled)), played) is walled
    assert graded(Job(sheet, file, (walled, trusted)), played) is walled
    assert queue.grade(Job(sheet, file, (walled,)), played, Level.NONE) is walled


@pytest.mark.parametrize("what", ["submission", "sheet", "device"])
def test_another_submission_sheet_or_device_is_judged_anew(
    tmp_path: Path, sheet: Sheet, played: Played, what: str
) -> None:
    first = graded(Job(sheet, hand_in(tmp_path, sheet)), played)
    file = hand_in(tmp_path, sheet, size=27 if what == "submission" else 26)
    sheet = replace(sheet, revision="r2") if what == "sheet" else sheet
    graded(Job(sheet, file, (first,)), played, device="gpu" if what == "device" else "cpu")
    assert len(played.judged[1]) == 4


def test_a_submission_handed_in_once_more_gets_the_verdicts_it_had(
    tmp_path: Path, sheet: Sheet, played: Played
) -> None:
    first = graded(Job(sheet, hand_in(tmp_path, sheet)), played)
    second = graded(Job(sheet, hand_in(tmp_path, sheet, size=27), (first,)), played)
    back = graded(Job(sheet, hand_in(tmp_path, sheet), (first, second)), played)
    assert back is first and played.opened == 2


def test_only_an_exercise_judged_otherwise_today_is_judged_again(tmp_path: Path, sheet: Sheet, played: Played) -> None:
    other = replace(
        sheet.items[0], key="other", cells=tuple(replace(c, id="other" + c.id[5:]) for c in sheet.items[0].cells)
    )
    both = replace(sheet, items=(*sheet.items, other))
    file = hand_in(tmp_path, both)
    first = graded(Job(both, file), played)
    exercise = replace(other.variant.exercise, judging_revision="new")
    changed = replace(both, items=(both.items[0], replace(other, variant=replace(other.variant, exercise=exercise))))
    second = graded(Job(changed, file, (first,)), played)
    assert played.judged[1] == {"other-size", "other-layers", "other-double", "other-measured"}
    assert second.verdicts[:4] == first.verdicts[:4]
    assert {v.judging for v in second.verdicts[4:]} == {"new"}


def test_our_faults_never_stand_but_what_was_judged_before_them_does(
    tmp_path: Path, sheet: Sheet, played: Played
) -> None:
    file = hand_in(tmp_path, sheet)
    played.status = Status.BROKEN
    broken = graded(Job(sheet, file), played)
    played.status = Status.CORRECT
    mended = graded(Job(sheet, file, (broken,)), played)
    assert {v.status for v in mended.verdicts} == {Status.CORRECT}
    assert graded(Job(sheet, file, (mended, broken)), played) is mended


def test_a_file_that_stays_unreadable_makes_no_second_record(tmp_path: Path, sheet: Sheet, played: Played) -> None:
    file = hand_in(tmp_path, sheet)
    file.write_bytes(b"{")
    first = graded(Job(sheet, file), played)
    assert {v.status for v in first.verdicts} == {Status.UNREADABLE}
    assert graded(Job(sheet, file, (first,)), played) is first
    file.write_bytes(b"[")
    assert graded(Job(sheet, file, (first,)), played) is not first
    assert played.opened == 0


@pytest.mark.parametrize(
    "error", [SandboxFault("sandbox", "does not start", "again"), OSError("no space left"), KeyError(3)]
)
def test_a_run_that_fails_calls_a_human_and_is_tried_again_next_time(
    tmp_path: Path, sheet: Sheet, played: Played, error: Exception
) -> None:
    file = hand_in(tmp_path, sheet)
    played.error = error
    record = graded(Job(sheet, file), played)
    assert {(v.status, v.earned) for v in record.verdicts} == {(Status.BROKEN, 0)}
    assert record.verdicts[0].evidence == (type(error).__name__,)
    played.error = None
    assert {v.status for v in graded(Job(sheet, file, (record,)), played).verdicts} == {Status.CORRECT}


# ── where a submission lies ──────────────────────────────────────────────────


def test_a_submission_is_nbgraders_file_or_the_only_notebook_there(tmp_path: Path, sheet: Sheet) -> None:
    assert queue.submitted(tmp_path, "td", "ada") is None
    file = hand_in(tmp_path, sheet)
    assert queue.submitted(tmp_path, "td", "ada") == file
    renamed = file.rename(file.with_name("td (1).ipynb"))
    assert queue.submitted(tmp_path, "td", "ada") == renamed


def test_a_linked_folder_is_never_entered(tmp_path: Path, sheet: Sheet, played: Played) -> None:
    hand_in(tmp_path, sheet)
    (tmp_path / "submitted" / "bob").symlink_to(tmp_path / "submitted" / "ada")
    file = queue.submitted(tmp_path, "td", "bob")
    assert file is not None
    record = graded(Job(replace(sheet, student="bob"), file), played)
    assert {v.status for v in record.verdicts} == {Status.UNREADABLE} and played.opened == 0


# ── many ─────────────────────────────────────────────────────────────────────


def record_of(job: Job) -> Record:
    verdict = Verdict("small", "size", Status.CORRECT, Fraction(1), Fraction(1), queue.LINKED)
    return Record(job.sheet.student, "td", "", "", "cpu", Level.OUTER, (verdict,))


def test_one_job_that_fails_gives_its_error_and_the_others_go_on(sheet: Sheet) -> None:
    def work(job: Job) -> Record:
        if job.sheet.student == "s3":
            raise KeyError("ours")
        return record_of(job)

    jobs = [Job(replace(sheet, student=f"s{n}"), Path()) for n in range(8)]
    results = {job.sheet.student: result for job, result in queue.grade_all(jobs, work, workers=3)}
    assert len(results) == 8 and isinstance(results.pop("s3"), KeyError)
    assert all(isinstance(result, Record) for result in results.values())


def test_a_large_class_is_never_in_memory_at_once(sheet: Sheet) -> None:
    asked, done, most = 0, 0, 0

    def jobs() -> Iterator[Job]:
        nonlocal asked, most
        for number in range(50):
            asked += 1
            most = max(most, asked - done)
            yield Job(replace(sheet, student=f"s{number}"), Path())

    for _ in queue.grade_all(jobs(), record_of, workers=2):
        done += 1
    assert done == 50 and most <= 5


def test_no_more_run_than_there_are_workers(sheet: Sheet) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def work(job: Job) -> Record:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1
        return record_of(job)

    jobs = [Job(replace(sheet, student=f"s{n}"), Path()) for n in range(12)]
    assert len(list(queue.grade_all(jobs, work, workers=3))) == 12
    assert most == 3


def test_whoever_stops_listening_stops_the_rest(sheet: Sheet) -> None:
    ran: list[str] = []

    def work(job: Job) -> Record:
        ran.append(job.sheet.student)
        return record_of(job)

    jobs = (Job(replace(sheet, student=f"s{n}"), Path()) for n in range(100))
    results = queue.grade_all(jobs, work, workers=1)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(ran) <= 4


def test_a_notebook_that_is_not_json_says_so(tmp_path: Path, sheet: Sheet, played: Played) -> None:
    file = hand_in(tmp_path, sheet)
    file.write_text(json.dumps(notebook.compose(sheet))[:-40], "utf-8")
    assert "no JSON" in graded(Job(sheet, file), played).remarks[0].en
