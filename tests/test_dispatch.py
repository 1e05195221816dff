"""``partiel work``: what was handed in is graded once, whatever dies meanwhile, and what cannot be is a human's."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader import attempts, dispatch, intake, known, lock, notebook, store, verdicts
from grader import course as courses
from grader.dispatch import loop, perform, recorder, sending, supervise
from grader.dispatch.arms import Places, Seats
from grader.dispatch.folder import Folder
from grader.dispatch.perform import Bench, Said
from grader.errors import UsageError, WallError
from grader.model import Course, Terms
from grader.store import Store, jobs, outbox, receipts, workers
from grader.store.receipts import Receipt
from grader.store.workers import Worker
from tests.tiny import TINY, handed_out, right

ROOT = Path(__file__).resolve().parent.parent
STUDENTS = ("ada", "bob", "cleo")
TRUSTED = Said(workers=2, trust=True)  # what these students write is in this file
ONCE = dispatch.Wanted(TRUSTED, once=True)
SLOW = "import time; time.sleep(1.5)\n"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that is handed out, with content of its own. Copied, never written to."""
    return handed_out(tmp_path_factory.mktemp("dispatch") / "course", STUDENTS).root


@pytest.fixture
def course(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    shutil.copytree(released, tmp_path / "course")
    shutil.copytree(TINY, tmp_path / "content")
    monkeypatch.setenv("PARTIEL_CONTENT", str(tmp_path / "content"))
    return courses.load(tmp_path / "course")


@pytest.fixture
def db(course: Course) -> Iterator[Store]:
    made = store.of(course)
    yield made
    made.close()


def written(course: Course, student: str, **changes: str) -> bytes:
    sheet = lock.read(course, "td").sheet(student)
    cells = right(sheet) | {f"small-{name}": source for name, source in changes.items()}
    file = course.root.parent / "written.ipynb"
    notebook.write(file, notebook.compose(sheet, cells))
    return file.read_bytes()


def submit(course: Course, db: Store, student: str, **changes: str) -> Receipt:
    return intake.take(course, db, student, "td", written(course, student, **changes), "test", time.time())


def now(db: Store, given: Receipt) -> Receipt:
    with db.read() as c:
        found = receipts.get(c, given.id)
    assert found is not None
    return found


def job_of(db: Store, given: Receipt) -> jobs.Job:
    with db.read() as c:
        found = jobs.of_submission(c, given.id)
    assert found is not None
    return found


def started(course: Course, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-W", "ignore", "-m", "grader", "work", *options]
    return subprocess.Popen(
        command, cwd=course.root, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL
    )


def until(true: Callable[[], Any], seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it never came"
        time.sleep(0.05)


def marks(course: Course) -> dict[str, float]:
    """What nbgrader's gradebook says each student earned."""
    query = (
        "select s.student_id, sum(g.auto_score) from grade g join submitted_notebook n on g.notebook_id = n.id"
        " join submitted_assignment s on n.assignment_id = s.id group by 1"
    )
    with sqlite3.connect(course.root / "gradebook.db") as gradebook:
        found = dict(gradebook.execute(query).fetchall())
    gradebook.close()
    return found


# ── from the receipt to the gradebook ────────────────────────────────────────


@pytest.mark.slow
def test_what_is_handed_in_is_graded_behind_walls_and_recorded(course: Course, db: Store) -> None:
    ada = submit(course, db, "ada")
    bob = submit(course, db, "bob", size="size = 1 / 0", measured=SLOW + "guess = lambda x: 0.95")
    done = started(course, "--once", "--workers", "2")
    assert done.wait(120) == 0
    assert [(now(db, one).state, now(db, one).earned) for one in (ada, bob)] == [("graded", 9), ("graded", 8)]
    assert marks(course) == {"ada": 9.0, "bob": 8.0}
    assert {r.level for r in verdicts.read(course, "td")} != {"none"}
    handed_in = course.root / "submitted" / "ada" / "td" / "td.ipynb"
    assert handed_in.read_bytes() == intake.bytes_of(course, ada).read_bytes()
    assert job_of(db, ada).state == "done" and (job_of(db, ada).at, job_of(db, bob).of) != (1, 1)
    with db.read() as c:
        assert workers.seen_since(c, 0) == () and outbox.waiting(c) == ()


def test_the_same_job_again_judges_nothing_twice_and_changes_nothing(course: Course, db: Store) -> None:
    given = submit(course, db, "ada")
    drained(course)
    book = verdicts.path(course, "td", attempts.BOOK).read_bytes(), verdicts.path(course, "td").read_bytes()
    with db.write() as c:
        jobs.enqueue(c, given.id, "td", "ada", time.time(), again=True)
    drained(course)
    assert (verdicts.path(course, "td", attempts.BOOK).read_bytes(), verdicts.path(course, "td").read_bytes()) == book
    assert now(db, given).state == "graded"


def test_a_regrade_uses_the_exercise_as_it_is_now_and_counts_for_nothing(course: Course, db: Store) -> None:
    given = submit(course, db, "ada", size="size = 0")
    bench = Bench(course.root, TRUSTED, perform.name())
    try:
        assert _perform(bench).end == "done" and now(db, given).earned == 8
        file = Path(os.environ["PARTIEL_CONTENT"]) / "exercises" / "small" / "small.py"
        said = file.read_text().replace("return n - k + 1", "return 0 * n").replace("return n - k\n", "return n\n")
        file.write_text(said)
        with db.write() as c:
            jobs.enqueue(c, given.id, "td", "ada", time.time(), again=True)
        assert _perform(bench).end == "done" and now(db, given).earned == 8
        (proposed,) = verdicts.read(course, "td", verdicts.PROPOSED)
        assert sum(v.earned for v in proposed.verdicts) == 9 and len([*verdicts.read(course, "td")]) == 1
    finally:
        bench.close()


def drained(course: Course) -> list[perform.Ack]:
    """All that waits, one after the other, in this process; nothing goes to nbgrader."""
    bench, acks = Bench(course.root, TRUSTED, perform.name()), []
    try:
        while True:
            with bench.db.write() as c:
                jobs.expire(
                    c,
                    time.time(),
                    60,
                    {job.worker for job in jobs.listed(c, "leased") if perform.ended(str(job.worker))},
                )
            with bench.db.read() as c:
                if not jobs.waiting(c):
                    return acks
            acks.append(_perform(bench))
    finally:
        bench.close()


def _perform(bench: Bench, lease: float = 60) -> perform.Ack:
    with bench.db.write() as c:
        job = jobs.take(c, bench.worker, time.time(), lease, gpu=None)
    assert job is not None
    return bench.perform(job)


# ── whatever dies ────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_worker_that_is_killed_leaves_its_job_to_the_next(course: Course, db: Store) -> None:
    given = submit(course, db, "ada", measured="import time; time.sleep(2)\nguess = lambda x: 0.95")
    first = started(course, "--trust-submissions")
    until(lambda: now(db, given).state == "running" and job_of(db, given).at > 0)
    first.kill()
    first.wait()
    assert now(db, given).state == "running"
    dispatch.work(course.root, replace(ONCE, record=False))  # a process of this machine is dead: no lease is waited for
    assert (now(db, given).state, job_of(db, given).tries) == ("graded", 1)
    assert len(list(verdicts.read(course, "td"))) == 1


@pytest.mark.slow
def test_a_worker_that_is_told_to_stop_finishes_or_gives_back(course: Course, db: Store) -> None:
    slow = submit(course, db, "ada", measured="import time; time.sleep(2.5)\nguess = lambda x: 0.95")
    worker = started(course, "--trust-submissions", "--workers", "1")
    until(lambda: now(db, slow).state == "running")
    waits = submit(course, db, "bob")
    worker.terminate()
    assert worker.wait(40) == 0
    assert now(db, slow).state == "graded" and now(db, waits).state == "queued"
    with db.read() as c:
        assert workers.seen_since(c, 0) == ()


def test_what_takes_too_long_to_end_is_given_back(course: Course, db: Store) -> None:
    given = submit(course, db, "ada", measured="import time; time.sleep(2.8)\nguess = lambda x: 0.95")
    program = (
        "from pathlib import Path\nfrom grader import dispatch\nfrom grader.dispatch.perform import Said\n"
        f"dispatch.work(Path({str(course.root)!r}), dispatch.Wanted(Said(2, None, True), patience=0.2))\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": str(ROOT)})
    until(lambda: now(db, given).state == "running" and job_of(db, given).at > 0)
    child.terminate()
    assert child.wait(30) == 0
    assert (now(db, given).state, job_of(db, given).state, job_of(db, given).tries) == ("queued", "queued", 0)


def test_a_job_that_was_lost_counts_for_nothing(course: Course, db: Store) -> None:
    given = submit(course, db, "ada", measured="import time; time.sleep(2)\nguess = lambda x: 0.95")
    bench, acks = Bench(course.root, TRUSTED, "w1"), []
    try:
        thread = threading.Thread(target=lambda: acks.append(_perform(bench)))
        thread.start()
        until(lambda: job_of(db, given).state == "leased")
        with db.write() as c:
            jobs.expire(c, time.time(), 60, ("w1",))
        thread.join()
    finally:
        bench.close()
    assert [ack.end for ack in acks] == ["lost"]
    assert now(db, given).state == "queued"
    assert not any(verdicts.path(course, "td", book).exists() for book in (verdicts.COUNTING, attempts.BOOK))


def test_a_heartbeat_keeps_what_takes_longer_than_its_lease(course: Course, db: Store) -> None:
    given = submit(course, db, "ada", measured="import time; time.sleep(2.8)\nguess = lambda x: 0.95")
    bench, acks = Bench(course.root, TRUSTED, "w1", lease=1.0), []
    try:
        thread = threading.Thread(target=lambda: acks.append(_perform(bench, 1.0)))
        thread.start()
        until(lambda: job_of(db, given).state == "leased")
        begun = job_of(db, given).until or 0
        until(lambda: time.time() > begun + 0.5)
        with db.write() as c:
            assert jobs.expire(c, time.time(), 1.0) == 0
        thread.join()
    finally:
        bench.close()
    assert [ack.end for ack in acks] == ["done"] and job_of(db, given).tries == 0


# ── what cannot be graded ────────────────────────────────────────────────────


def test_a_poison_submission_is_set_aside_and_the_others_are_graded(course: Course, db: Store) -> None:
    bad, good = submit(course, db, "ada"), submit(course, db, "bob")
    file = intake.bytes_of(course, bad)
    file.rename(file.with_suffix(".away"))
    drained(course)
    assert (now(db, bad).state, now(db, good).state) == ("aside", "graded")
    job = job_of(db, bad)
    assert job.tries == 2 and "what was handed in is not there" in job.why
    file.with_suffix(".away").rename(file)
    with db.write() as c:
        assert jobs.again(c, job.id)
    drained(course)
    assert (now(db, bad).state, now(db, bad).earned) == ("graded", 9)


def test_what_is_broken_by_us_is_tried_again_then_recorded_for_a_human(course: Course, db: Store) -> None:
    given = submit(course, db, "ada")
    with (course.root / "course.toml").open("a") as out:
        out.write('[grading]\nimage = "nosuch:1"\n')  # no engine here, or no such image
    bench = Bench(course.root, Said(), "w1")
    try:
        assert _perform(bench).end == "queued"
        assert now(db, given).state == "queued" and not verdicts.path(course, "td", attempts.BOOK).exists()
        assert _perform(bench).end == "aside"
    finally:
        bench.close()
    assert (now(db, given).state, job_of(db, given).state) == ("aside", "aside")
    (record,) = verdicts.read(course, "td")
    assert {v.status for v in record.verdicts} == {"broken"}
    with db.read() as c:
        (parcel,) = outbox.waiting(c)
        assert parcel.kind == attempts.GRADEBOOK
    (course.root / "course.toml").write_text((course.root / "course.toml").read_text().partition("[grading]")[0])
    with db.write() as c:
        jobs.again(c, job_of(db, given).id)
    drained(course)
    assert (now(db, given).state, now(db, given).earned) == ("graded", 9)


def test_a_full_disk_is_no_fault_of_the_submission(course: Course, db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    given = submit(course, db, "ada")
    folder = course.root / ".partiel" / attempts.BOOK
    folder.mkdir()
    (folder / "td.jsonl").symlink_to("/dev/full")  # every write there finds the disk full
    bench = Bench(course.root, TRUSTED, "w1")
    try:
        assert _perform(bench).end == "back"
        assert (now(db, given).state, job_of(db, given).tries) == ("queued", 0)
        (folder / "td.jsonl").unlink()
        assert _perform(bench).end == "done"
    finally:
        bench.close()


# ── who sits where ───────────────────────────────────────────────────────────


def queued(db: Store, *kinds: str) -> None:
    """Each a student of their own: s(hort), l(ong), g(pu)."""
    with db.write() as c:
        for n, kind in enumerate(kinds):
            id = f"{kind}{n}"
            receipts.add(c, Receipt(id, "td", id, id, 1, n, "0", 1, False, "web", "queued", ""))
            jobs.enqueue(c, id, "td", id, n, gpu=kind == "g", long=kind in "lg")


def seated(db: Store, seats: Seats, places: Places) -> list[str]:
    found = []
    with db.write() as c:
        while took := seats.take(c, places, "w", 0, 60):
            found.append(took[0].submission)
    return found


def left(db: Store, seats: Seats, submission: str) -> None:
    with db.read() as c:
        job = jobs.of_submission(c, submission)
    assert job
    seats.left(perform.Ack(job.id, submission, "done"))


def test_trainings_never_have_the_last_place(db: Store) -> None:
    queued(db, *"lllss")
    seats, places = Seats(), Places(3, 0)
    assert seated(db, seats, places) == ["l0", "l1", "s3"]
    left(db, seats, "s3")
    assert seated(db, seats, places) == ["s4"]
    left(db, seats, "s4")
    assert seated(db, seats, places) == [] and not seats.full(places)
    left(db, seats, "l0")
    assert seated(db, seats, places) == ["l2"]


def test_on_one_place_they_take_turns(db: Store) -> None:
    queued(db, *"lllss")
    seats, places, order = Seats(), Places(1, 0), []
    while took := seated(db, seats, places):
        order += took
        left(db, seats, took[0])
    assert order == ["l0", "s3", "l1", "s4", "l2"]


def test_cards_are_for_those_who_ask_for_one_and_nobody_else_waits_for_them(db: Store) -> None:
    queued(db, *"gggss")
    seats, places = Seats(), Places(2, 1)
    assert seated(db, seats, places) == ["g0", "s3", "s4"]
    left(db, seats, "s3")
    assert seated(db, seats, places) == []
    left(db, seats, "g0")
    assert seated(db, seats, places) == ["g1"]


def test_where_there_is_no_card_cpus_do_what_they_can(db: Store) -> None:
    queued(db, *"gs")
    assert seated(db, Seats(), Places(2, 0)) == ["g0", "s1"]


def test_the_places_of_a_machine() -> None:
    auto = Terms()
    assert loop.room(auto, 0, 8) == Places(8, 0) and loop.room(auto, 2, 8) == Places(8, 2)
    assert loop.room(replace(auto, workers=3, per_gpu=4, gpus=(1,)), 2, 8) == Places(3, 4)
    assert loop.room(replace(auto, device="cpu"), 2, 8) == Places(8, 0)
    assert loop.room(replace(auto, device="gpu"), 2, 8) == Places(0, 2)
    with pytest.raises(UsageError, match="no card"):
        loop.room(replace(auto, device="gpu"), 0, 8)


def test_nothing_is_taken_where_the_walls_do_not_stand(course: Course, db: Store) -> None:
    given = submit(course, db, "ada")
    with (course.root / "course.toml").open("a") as out:
        out.write('[grading]\nimage = "nosuch:1"\n')
    with pytest.raises(WallError, match="partiel work"):
        dispatch.work(course.root, dispatch.Wanted(once=True))
    assert job_of(db, given).state == "queued"


# ── to nbgrader, and to others ───────────────────────────────────────────────


def test_what_nbgrader_did_not_take_is_said_and_tried_again(course: Course, db: Store) -> None:
    given = submit(course, db, "ada")
    bench = Bench(course.root, TRUSTED, "w1")
    try:
        assert _perform(bench).end == "done" and now(db, given).state == "graded"
    finally:
        bench.close()
    gradebook = course.root / "gradebook.db"
    kept = gradebook.read_bytes()
    gradebook.write_bytes(b"no database" * 1000)
    begun = time.time()
    assert recorder.record_due(course, db, lambda: begun + 1) == 1
    with db.read() as c:
        (parcel,) = outbox.waiting(c)
    assert parcel.tries == 1 and parcel.why
    gradebook.write_bytes(kept)
    assert recorder.record_due(course, db, lambda: begun + 2) == 0  # not yet
    assert recorder.record_due(course, db, lambda: begun + 120) == 1 and marks(course) == {"ada": 9.0}
    with db.read() as c:
        assert outbox.waiting(c) == ()


def test_what_lateness_costs_is_known_once_it_is_recorded(course: Course, db: Store) -> None:
    """By nbgrader's plugin, as the course configures it."""
    toml, config = course.root / "course.toml", course.root / "nbgrader_config.py"
    toml.write_text(toml.read_text().replace("exercises =", "due = 2026-11-01T12:00:00+01:00\nexercises =", 1))
    with config.open("a") as out:
        out.write("\nc = get_config()  # noqa: F821\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    here = courses.load(course.root)
    given = submit(here, db, "ada")
    drained(here)
    assert given.late and now(db, given).penalty is None
    assert recorder.record_due(here, db, time.time) == 1
    assert (now(db, given).earned, now(db, given).penalty) == (9, 9)


def test_one_records_at_a_time(course: Course) -> None:
    with recorder.alone(course.root) as first, recorder.alone(course.root) as second:
        assert first and not second
    with recorder.alone(course.root) as again:
        assert again


def _send(course: Course, db: Store, parcel: outbox.Parcel) -> None:
    if not (course.root / "there").exists():
        raise OSError("nobody there")
    (course.root / "sent").write_text(parcel.payload["score"])


def test_what_could_not_be_sent_is_sent_later(course: Course, db: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "elsewhere", sys.modules[_send.__module__])
    monkeypatch.setattr(sending, "SENDERS", {"grade": "elsewhere:_send"})
    with db.write() as c:
        outbox.put(c, "grade", "k", {"score": "7"}, 1000.0)
    assert sending.deliver(course, db, "grade", 1000.0) == 0
    with db.read() as c:
        (parcel,) = outbox.waiting(c)
    assert (parcel.tries, parcel.why) == (1, "OSError: nobody there")
    (course.root / "there").touch()
    assert sending.deliver(course, db, "grade", 1001.0) == 0 and not (course.root / "sent").exists()
    assert sending.deliver(course, db, "grade", 1060.0) == 1 and (course.root / "sent").read_text() == "7"
    with db.read() as c:
        assert outbox.waiting(c) == ()


def test_a_course_that_cannot_be_read_any_more_holds_as_it_was(course: Course) -> None:
    folder = Folder(course.root)
    toml = course.root / "course.toml"
    said = toml.read_text()
    toml.write_text("[course\n")
    assert folder.course().id == "tiny"
    toml.write_text(said.replace('id = "tiny"', 'id = "other"'))
    assert folder.course().id == "other"


def test_a_book_is_read_on_from_where_it_was(course: Course, db: Store) -> None:
    submit(course, db, "ada")
    drained(course)
    book = known.book(course, "td")
    (first,) = book.of("ada")
    file = verdicts.path(course, "td")
    with file.open("ab") as out:
        out.write(b'{"student": "ada", cut')
    verdicts.append(course, replace(first, student="bob"))
    verdicts.append(course, replace(first, sheet="another"))
    assert book.of("ada") == (first, replace(first, sheet="another")) and book.last("bob") == replace(
        first, student="bob"
    )
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0])
    assert book.of("ada") == (first,) and book.of("bob") == ()
    verdicts.append(course, replace(first, student="bob"))
    assert len(book.of("bob")) == 1


# ── beside the pages ─────────────────────────────────────────────────────────


def family() -> list[int]:
    """Children of this process that work."""
    said = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )
    return [int(line.split()[0]) for line in said.stdout.splitlines() if "--child-of" in line]


@pytest.mark.slow
def test_a_worker_that_dies_is_started_again_and_ends_with_the_pages(
    course: Course, db: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(supervise, "FIRST", 0.05)
    with supervise.working(course.root, "--trust-submissions"):
        until(family)
        (first,) = family()
        os.kill(first, signal.SIGKILL)
        until(lambda: family() not in ([], [first]))
        given = submit(course, db, "ada")
        until(lambda: now(db, given).state == "graded")
    assert family() == []


@pytest.mark.slow
def test_a_worker_ends_when_the_pages_were_killed(course: Course, db: Store) -> None:
    program = (
        "import time\nfrom pathlib import Path\nfrom grader.dispatch import supervise\n"
        f"with supervise.working(Path({str(course.root)!r}), '--trust-submissions'):\n    time.sleep(60)\n"
    )
    pages = subprocess.Popen([sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": str(ROOT)})

    def seen() -> tuple[Worker, ...]:
        with db.read() as c:
            return workers.seen_since(c, 0)

    until(seen)
    (worker,) = seen()
    assert not perform.ended(worker.id)
    pages.kill()
    pages.wait()
    until(lambda: perform.ended(worker.id))
    assert seen() == ()
