"""The server's database: who is next, who has it, what was done; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, exc, select, text, update

from grader import store
from grader.errors import CourseError
from grader.store import Store, audit, jobs, outbox, receipts, released, tables, tokens, workers
from grader.store.receipts import Receipt
from grader.store.workers import Worker
from tests.postgres import database, models, postgres, tables_there  # noqa: F401 - fixtures

NOW = 1_000_000.0
HOUR = 3600.0
LEASE = 60.0


@pytest.fixture
def db(tables_there: str) -> Iterator[Store]:
    made = store.opened(tables_there)
    yield made
    made.close()


def add(c: Any, id: str, student: str = "ada", assignment: str = "td", attempt: int = 0, **said: Any) -> None:
    known = len(receipts.of_copy(c, assignment, student))
    facts: dict[str, Any] = {"late": False, "way": "web", "state": "queued", "signature": "s", **said}
    one = Receipt(id, assignment, student, student, attempt or known + 1, NOW, "0" * 64, 10, **facts)
    receipts.add(c, one)


def queued(db: Store, id: str, student: str = "ada", at: float = NOW, **said: Any) -> int:
    assignment = said.pop("assignment", "td")
    with db.write() as c:
        add(c, id, student, assignment)
        return jobs.enqueue(c, id, assignment, student, at, **said)


def order(db: Store, **how: Any) -> list[str]:
    """What is taken, one after the other."""
    found = []
    with db.write() as c:
        while job := jobs.take(c, "w", NOW, LEASE, **how):
            found.append(job.submission)
    return found


def take(db: Store, worker: str = "w", now: float = NOW, **how: Any) -> jobs.Job:
    with db.write() as c:
        job = jobs.take(c, worker, now, LEASE, **how)
    assert job is not None
    return job


def state(db: Store, job: int, submission: str) -> tuple[str, str]:
    with db.read() as c:
        job_now, one = jobs.get(c, job), receipts.get(c, submission)
    assert job_now and one
    return job_now.state, one.state


# ── tables ───────────────────────────────────────────────────────────────────


def test_the_migrations_make_the_tables_of_today(database: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    db = store.opened(database)
    with db.read() as c:
        context = MigrationContext.configure(c, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []
    db.close()


def test_a_database_that_is_up_to_date_is_opened_as_it_is(database: str) -> None:
    first = store.opened(database)
    with first.write() as c:
        add(c, "one")
    first.close()
    again = store.opened(database)
    with again.read() as c:
        assert receipts.get(c, "one") is not None
    assert store.version(again.engine) == store.HEAD
    again.close()


def test_processes_that_start_at_once_make_one_database(database: str) -> None:
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            store.opened(database).close()
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_database_of_a_newer_partiel_is_left_alone(database: str) -> None:
    made = store.opened(database)
    with made.write() as c:
        c.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made.close()
    with pytest.raises(CourseError, match="a newer Partiel made this database"):
        store.opened(database)


def test_an_address_that_leads_nowhere_says_so(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no such database"):
        store.opened("nosuch://x")
    with pytest.raises(CourseError, match="cannot be opened"):
        store.opened(f"sqlite:///{tmp_path}")


def test_nothing_is_left_of_a_transaction_that_raises(db: Store) -> None:
    def half(c: Any) -> None:
        add(c, "one")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), db.write() as c:
        half(c)
    with db.read() as c:
        assert receipts.get(c, "one") is None


# ── who is next ──────────────────────────────────────────────────────────────


def test_students_take_turns(db: Store) -> None:
    for n in range(3):
        queued(db, f"ada{n}", "ada", NOW + n)
    queued(db, "bob", "bob", NOW + 10)
    queued(db, "eve", "eve", NOW + 11)
    assert order(db) == ["ada0", "bob", "eve", "ada1", "ada2"]


def test_an_hour_later_it_is_their_turn_again(db: Store) -> None:
    queued(db, "ada0", "ada", NOW - 2 * HOUR)
    assert order(db) == ["ada0"]
    queued(db, "bob", "bob", NOW - 1)
    queued(db, "ada1", "ada", NOW - 2)
    assert order(db) == ["ada1", "bob"]


def test_the_deadline_that_comes_first_goes_first(db: Store) -> None:
    queued(db, "none", "ada", NOW)
    queued(db, "late", "bob", NOW, due=NOW + 9 * HOUR)
    queued(db, "soon", "eve", NOW + 5, due=NOW + HOUR)
    assert order(db) == ["soon", "late", "none"]


def test_what_is_graded_again_waits_behind_whatever_is_fresh(db: Store) -> None:
    with db.write() as c:
        add(c, "old", state="graded")
        jobs.enqueue(c, "old", "td", "ada", NOW - HOUR, due=NOW - HOUR, again=True)
    queued(db, "fresh", "bob")
    assert order(db) == ["fresh", "old"]


def test_a_regrade_is_no_turn_of_its_student(db: Store) -> None:
    with db.write() as c:
        add(c, "old", state="graded")
        jobs.enqueue(c, "old", "td", "ada", NOW - 5, again=True)
    queued(db, "bob", "bob", NOW)
    queued(db, "ada", "ada", NOW - 1)
    assert order(db) == ["ada", "bob", "old"]


def test_a_place_takes_only_what_it_can_run(db: Store) -> None:
    queued(db, "card", "ada", NOW, gpu=True)
    queued(db, "train", "bob", NOW + 1, long=True)
    queued(db, "short", "eve", NOW + 2)
    assert order(db, gpu=False, long=False) == ["short"]
    assert order(db, gpu=True) == ["card"]
    assert order(db, gpu=None) == ["train"]


def test_positions_count_what_is_before(db: Store) -> None:
    ids = [queued(db, s, s, NOW + n) for n, s in enumerate(("ada", "bob", "eve"))]
    more = queued(db, "first", "zoe", NOW + 9, due=NOW)
    with db.read() as c:
        places = [jobs.position(c, job) for id in (more, *ids) if (job := jobs.get(c, id))]
    assert places == [0, 1, 2, 3]
    taken = take(db)
    assert taken.submission == "first"
    with db.read() as c:
        assert jobs.position(c, taken) == 0


def test_a_newer_one_replaces_what_waits_and_nothing_else(db: Store) -> None:
    queued(db, "runs")
    running = take(db)
    waits = queued(db, "waits")
    queued(db, "bobs", "bob")
    with db.write() as c:
        assert jobs.withdraw(c, "td", "ada", "replaced") == ("waits",)
    assert state(db, waits, "waits") == ("cancelled", "replaced")
    assert state(db, running.id, "runs") == ("leased", "running")
    assert order(db) == ["bobs"]


# ── who has it ───────────────────────────────────────────────────────────────


def test_two_workers_never_have_the_same(db: Store) -> None:
    for n in range(20):
        queued(db, f"s{n}", f"s{n}")
    took: list[str] = []

    def work(name: str) -> None:
        while True:
            with db.write() as c:
                job = jobs.take(c, name, NOW, LEASE)
            if job is None:
                return
            took.append(job.submission)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(took) == sorted(f"s{n}" for n in range(20))


def test_a_lease_is_renewed_by_who_has_it_alone(db: Store) -> None:
    id = queued(db, "one")
    job = take(db)
    with db.write() as c:
        assert jobs.renew(c, job, NOW + 30, LEASE, 2, 5)
        assert not jobs.renew(c, replace(job, lease="another"), NOW + 30, LEASE)
    with db.read() as c:
        now = jobs.get(c, id)
    assert now and (now.until, now.at, now.of) == (NOW + 30 + LEASE, 2, 5)


def test_who_goes_silent_loses_the_job_and_cannot_finish_it(db: Store) -> None:
    id = queued(db, "one")
    lost = take(db, "dead")
    with db.write() as c:
        assert jobs.expire(c, NOW + LEASE - 1, LEASE) == 0
        assert jobs.expire(c, NOW + LEASE + 1, LEASE) == 1
    assert state(db, id, "one") == ("queued", "queued")
    mine = take(db, "alive", NOW + LEASE + 2)
    with db.write() as c:
        assert not jobs.finish(c, lost, NOW) and not jobs.renew(c, lost, NOW, LEASE)
        assert jobs.fail(c, lost, "late") == "" and not jobs.give_back(c, lost)
        assert jobs.finish(c, mine, NOW)
    assert mine.tries == 1 and state(db, id, "one")[0] == "done"


def test_a_worker_that_is_known_to_be_dead_is_not_waited_for(db: Store) -> None:
    queued(db, "one")
    queued(db, "two", "bob")
    take(db, "dead")
    take(db, "alive")
    with db.write() as c:
        assert jobs.expire(c, NOW + 1, LEASE, ("dead",)) == 1
    assert order(db) == ["one"]


def test_a_clock_that_goes_back_keeps_no_job_for_ever(db: Store) -> None:
    queued(db, "one")
    take(db, now=NOW + 24 * HOUR)
    with db.write() as c:
        assert jobs.expire(c, NOW, LEASE) == 1


def test_a_poison_job_is_set_aside_after_two_tries(db: Store) -> None:
    id = queued(db, "one")
    for wanted in ("queued", "aside"):
        job = take(db)
        with db.write() as c:
            assert jobs.fail(c, job, "boom") == wanted
        assert state(db, id, "one") == (wanted, wanted)
    assert order(db) == []
    with db.read() as c:
        found = jobs.get(c, id)
    assert found and found.why == "boom"
    with db.write() as c:
        assert jobs.again(c, id) and not jobs.again(c, id)
    assert state(db, id, "one") == ("queued", "queued") and order(db) == ["one"]


def test_what_a_human_cancelled_is_put_back_and_nothing_else_that_was(db: Store) -> None:
    id = queued(db, "one")
    with db.write() as c:
        assert jobs.cancel(c, id)
        assert [job.id for job in jobs.stopped(c, ["one"])] == [id] and jobs.again(c, id)
    assert state(db, id, "one") == ("queued", "queued") and order(db) == ["one"]
    with db.write() as c:
        receipts.become(c, ("one",), "replaced")
        c.execute(tables.jobs.update().values(state="cancelled"))
        assert jobs.stopped(c, ["one"]) == () and not jobs.again(c, id), "a newer one took its place"
        receipts.become(c, ("one",), "cancelled")
        c.execute(tables.jobs.update().values(rank=1))
        assert jobs.stopped(c, ["one"]) == () and not jobs.again(c, id), "a regrade that was dropped"


def test_one_whose_workers_vanish_is_set_aside_too(db: Store) -> None:
    id = queued(db, "one")
    for n in range(jobs.VANISHED):
        take(db, f"w{n}")
        with db.write() as c:
            jobs.expire(c, NOW + LEASE + 1, LEASE)
    assert state(db, id, "one") == ("aside", "aside")


def test_what_is_given_back_was_never_tried(db: Store) -> None:
    id = queued(db, "one")
    job = take(db)
    with db.write() as c:
        assert jobs.give_back(c, job)
    assert state(db, id, "one") == ("queued", "queued") and take(db).tries == 0


def test_a_job_is_claimed_once(db: Store) -> None:
    queued(db, "one")
    job = take(db, "loop")
    with db.write() as c:
        assert jobs.claim(c, job, "node1", NOW + 5, LEASE)
        assert not jobs.claim(c, job, "node2", NOW + 5, LEASE)
        assert jobs.renew(c, job, NOW + 6, LEASE)
        kept = jobs.get(c, job.id)
    assert kept and kept.worker == "node1"


def test_what_is_graded_again_stays_graded_meanwhile(db: Store) -> None:
    with db.write() as c:
        add(c, "one", state="graded")
        id = jobs.enqueue(c, "one", "td", "ada", NOW, again=True)
    for wanted in ("queued", "aside"):
        job = take(db)
        assert state(db, id, "one") == ("leased", "graded")
        with db.write() as c:
            jobs.fail(c, job, "boom")
        assert state(db, id, "one") == (wanted, "graded")


# ── the rest ─────────────────────────────────────────────────────────────────


def test_grades_are_fractions(db: Store) -> None:
    with db.write() as c:
        add(c, "one")
        receipts.grade(c, "one", Fraction(1, 3), Fraction(7, 2), NOW)
        found = receipts.get(c, "one")
    assert found and (found.state, found.earned, found.points) == ("graded", Fraction(1, 3), Fraction(7, 2))


def test_two_attempts_of_a_copy_have_two_numbers(db: Store) -> None:
    with db.write() as c:
        add(c, "one", attempt=1)
    with pytest.raises(exc.IntegrityError), db.write() as c:
        add(c, "two", attempt=1)


def test_the_log_is_a_chain_that_nobody_mends(db: Store) -> None:
    with db.write() as c:
        for n in range(3):
            audit.note(c, NOW + n, "prof", "instructor", "release", "td", n=n, mot="été")
    with db.read() as c:
        assert audit.torn(c) is None
        assert [line.at for line in audit.lines(c)] == [NOW + 2, NOW + 1, NOW]
    for forbidden in (update(tables.audit).values(who="eve"), delete(tables.audit)):
        with pytest.raises(exc.DBAPIError, match="only ever added to"), db.write() as c:
            c.execute(forbidden)
    with db.read() as c:
        assert len(audit.lines(c)) == 3


def test_a_forged_line_of_the_log_is_seen(db: Store) -> None:
    with db.write() as c:
        for n in range(3):
            audit.note(c, NOW + n, "prof", "instructor", "grade", f"td/{n}")
        names = {"sqlite": ("audit_no_update",), "postgresql": ()}[c.dialect.name]
        for name in names:
            c.execute(text(f"DROP TRIGGER {name}"))
        if c.dialect.name == "postgresql":
            c.execute(text("DROP TRIGGER audit_stays ON audit"))
        second = c.execute(select(tables.audit.c.id).order_by(tables.audit.c.id).offset(1).limit(1)).scalar()
        c.execute(update(tables.audit).where(tables.audit.c.id == second).values(on="td/9"))
        assert audit.torn(c) == second


def test_a_token_is_kept_as_a_hash_and_ends(db: Store) -> None:
    with db.write() as c:
        made = tokens.make(c, "ada", "student", "laptop", NOW, days=1)
        assert made not in str(c.execute(select(tables.tokens)).all())
        known = tokens.known(c, made, NOW)
        assert known and (known.who, known.role) == ("ada", "student")
        assert tokens.known(c, made + "x", NOW) is None and tokens.known(c, made, NOW + 2 * 86400) is None
        assert tokens.revoke(c, "ada", "phone") == 0 and tokens.revoke(c, "ada", "laptop") == 1
        assert tokens.known(c, made, NOW) is None


def test_a_link_is_renewed_for_one_person(db: Store) -> None:
    with db.write() as c:
        assert (tokens.version(c, "ada"), tokens.renew(c, "ada"), tokens.renew(c, "ada")) == (0, 1, 2)
        assert (tokens.version(c, "ada"), tokens.version(c, "bob")) == (2, 0)


def test_feedback_is_released_and_held(db: Store) -> None:
    with db.write() as c:
        assert released.release(c, "td", "prof", NOW) and not released.release(c, "td", "prof", NOW + 1)
        assert released.when(c, "td") == NOW
        assert released.hold(c, "td") and not released.hold(c, "td") and released.when(c, "td") is None


def test_a_parcel_is_sent_once_and_again_only_where_it_differs(db: Store) -> None:
    with db.write() as c:
        assert outbox.put(c, "lti", "k", {"score": 1}, NOW) and not outbox.put(c, "lti", "k", {"score": 1}, NOW)
        (parcel,) = outbox.due(c, "lti", NOW)
        outbox.sent(c, parcel, NOW)
        assert outbox.due(c, "lti", NOW) == () and not outbox.put(c, "lti", "k", {"score": 1}, NOW)
        assert outbox.put(c, "lti", "k", {"score": 2}, NOW)
        assert [one.payload for one in outbox.due(c, "lti", NOW)] == [{"score": 2}]
        assert outbox.due(c, "mail", NOW) == ()


def test_what_changed_while_it_was_sent_is_still_to_be_sent(db: Store) -> None:
    with db.write() as c:
        outbox.put(c, "lti", "k", {"score": 1}, NOW)
        (parcel,) = outbox.due(c, "lti", NOW)
        outbox.put(c, "lti", "k", {"score": 2}, NOW)
        outbox.sent(c, parcel, NOW)
        assert [one.payload for one in outbox.due(c, "lti", NOW)] == [{"score": 2}]


def test_pauses_grow_between_failures(db: Store) -> None:
    pauses, now = [], NOW
    with db.write() as c:
        outbox.put(c, "lti", "k", {}, NOW)
        for _ in range(12):
            (parcel,) = outbox.due(c, "lti", now)
            outbox.failed(c, parcel, now, "no answer")
            (waiting,) = outbox.waiting(c)
            assert waiting.why == "no answer"
            next_at = c.execute(select(tables.outbox.c.next)).scalar()
            assert outbox.due(c, "lti", next_at - 1) == ()
            pauses.append(next_at - now)
            now = next_at
    assert pauses[:3] == [30, 60, 120] and pauses[-1] == outbox.LONGEST


def test_workers_are_seen_and_forgotten(db: Store) -> None:
    here = Worker("w", "here", NOW, NOW, True, "", 2, 0)
    with db.write() as c:
        workers.beat(c, here)
        workers.beat(c, replace(here, seen=NOW + 5))
        workers.beat(c, replace(here, id="old", seen=NOW - 500))
        assert [one.id for one in workers.seen_since(c, NOW)] == ["w"]
        workers.forget(c, NOW - 100)
        assert [one.id for one in workers.seen_since(c, 0)] == ["w"]
        workers.leave(c, "w")
        assert workers.seen_since(c, 0) == ()
