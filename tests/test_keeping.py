"""A course put away while it is served, taken out again as it was, and let go of when its time is over."""

from __future__ import annotations

import filecmp
import io
import json
import shutil
import sqlite3
import tarfile
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import attempts, intake, keeping, release, store, verdicts
from grader import course as courses
from grader.errors import CourseError
from grader.keeping.purge import DAY
from grader.model import Course, Level, Record, Status, Text, Verdict
from grader.store import Store, addresses, audit, jobs, receipts
from tests.postgres import database, postgres

__all__ = ["database", "postgres"]
NOW = 1_800_000_000.0
MIB = 2**20


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the course of the first test is kept for the others: nbgrader takes seconds to make a gradebook."""
    return tmp_path_factory.mktemp("made") / "course"


@pytest.fixture
def here(desk: Any, made: Path) -> Course:
    if made.exists():
        shutil.copytree(made, desk.root, dirs_exist_ok=True)
    else:
        loaded = desk.load()
        release.generate(loaded, loaded.assignments["td1"])
        shutil.copytree(desk.root, made)
    return desk.load()


@pytest.fixture
def db(here: Course) -> Iterator[Store]:
    opened = store.of(here)
    yield opened
    opened.close()


def handed_in(here: Course, db: Store, student: str, when: float = NOW, more: bytes = b"") -> receipts.Receipt:
    notebook = (here.root / "release" / student / "td1" / "td1.ipynb").read_bytes()
    return intake.take(here, db, student, "td1", notebook + more, "web", when)


def graded(here: Course, db: Store, given: receipts.Receipt, when: float = NOW) -> None:
    verdict = Verdict(
        "tiny", "size", Status.WRONG, Fraction(0), Fraction(1), Text("Non.", "No."), evidence=("the student wrote 41",)
    )
    record = Record(given.student, "td1", given.sha256, "0" * 16, "cpu", Level.OUTER, (verdict,))
    attempts.settle(here, db, given, record, when)


def test_a_restored_course_has_every_file_and_every_row(here: Course, db: Store, tmp_path: Path) -> None:
    given = handed_in(here, db, next(iter(here.students)).id)
    graded(here, db, given)
    saved = keeping.backup(here, tmp_path / "kept.tar.gz")
    assert saved.file.stat().st_mode & 0o077 == 0, "it holds the secret: nobody else reads it"
    back = keeping.restore(saved.file, tmp_path / "again")
    assert back.secret == here.secret
    assert intake.bytes_of(back, given).read_bytes() == intake.bytes_of(here, given).read_bytes()
    assert verdicts.latest(back, "td1") == verdicts.latest(here, "td1") != {}
    again = store.of(back)
    with db.read() as old, again.read() as new:
        assert list(keeping.rows.dump(old)) == list(keeping.rows.dump(new))
        assert receipts.get(new, given.id) == receipts.get(old, given.id)
        assert audit.torn(new) is None
    with again.write() as c:  # and it lives on: the numbers go on from where they were
        jobs.enqueue(c, given.id, "td1", given.student, NOW + 1)
    again.close()


def test_a_backup_is_of_one_moment_whoever_writes_meanwhile(here: Course, db: Store, tmp_path: Path) -> None:
    students = [one.id for one in here.students]
    stop = threading.Event()
    handed_in(here, db, students[0])

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            handed_in(here, db, students[n % len(students)], NOW + n, b" " * n)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        saved = [keeping.backup(here, tmp_path / f"{n}.tar.gz") for n in range(3)]
    finally:
        stop.set()
        writer.join()
    for n, one in enumerate(saved):
        back = keeping.restore(one.file, tmp_path / f"again{n}")
        again = store.of(back)
        with again.read() as c:
            known = receipts.of_assignment(c, "td1")
        again.close()
        assert known
        assert all(intake.bytes_of(back, given).is_file() for given in known), "a receipt without its file"


def test_the_gradebook_is_copied_as_it_was_at_one_moment(here: Course, db: Store, tmp_path: Path) -> None:
    with sqlite3.connect(here.root / "gradebook.db") as open_in_another_program:
        open_in_another_program.execute("CREATE TABLE halfway (n INTEGER)")
        open_in_another_program.commit()
        open_in_another_program.execute("INSERT INTO halfway VALUES (1)")  # and no commit
        saved = keeping.backup(here, tmp_path / "kept.tar.gz")
    keeping.restore(saved.file, tmp_path / "again")
    with sqlite3.connect(tmp_path / "again" / "gradebook.db") as copy:
        assert copy.execute("SELECT count(*) FROM halfway").fetchone() == (0,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_is_overwritten(here: Course, db: Store, tmp_path: Path) -> None:
    saved = keeping.backup(here, tmp_path / "kept.tar.gz")
    with pytest.raises(CourseError, match="there is a file of that name"):
        keeping.backup(here, saved.file)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(CourseError, match="not empty"):
        keeping.restore(saved.file, tmp_path / "full")
    assert [one.name for one in (tmp_path / "full").iterdir()] == ["mine.txt"]


def test_a_damaged_backup_is_refused_before_anything_is_written(here: Course, db: Store, tmp_path: Path) -> None:
    whole = keeping.backup(here, tmp_path / "kept.tar.gz").file.read_bytes()
    short = tmp_path / "short.tar.gz"
    short.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CourseError, match="not a whole backup"):
        keeping.restore(short, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("change", ["a file more", "a file less", "another secret", "a byte less of a file"])
def test_a_backup_that_someone_changed_is_refused(here: Course, db: Store, tmp_path: Path, change: str) -> None:
    whole, odd = keeping.backup(here, tmp_path / "kept.tar.gz").file, tmp_path / "odd.tar.gz"
    with tarfile.open(whole) as old, tarfile.open(odd, "w:gz") as new:
        for member in old:
            inside = old.extractfile(member)
            assert inside
            if member.name == "course/.partiel/secret" and change == "another secret":
                new.addfile(member, io.BytesIO(b"f" * member.size))
            elif member.name == "course/students.csv" and change == "a byte less of a file":
                member.size -= 1
                new.addfile(member, inside)
            elif not (member.name == "course/students.csv" and change == "a file less"):
                new.addfile(member, inside)
        if change == "a file more":
            new.add(__file__, "course/more.py")
    with pytest.raises(CourseError, match="is not as it was saved"):
        keeping.restore(odd, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    "name", ["../out", "course/../../out", "/out", "course/students.csv", "course/link", "partiel-backup.json"]
)
def test_a_backup_with_a_name_that_none_has_is_refused(here: Course, db: Store, tmp_path: Path, name: str) -> None:
    """Out of the folder, twice, or a link."""
    whole, odd = keeping.backup(here, tmp_path / "kept.tar.gz").file, tmp_path / "odd.tar.gz"
    more = tarfile.TarInfo(name)
    if name.endswith("link"):
        more.type, more.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(whole) as old, tarfile.open(odd, "w:gz") as new:
        for member in old:
            new.addfile(member, old.extractfile(member))
        new.addfile(more, io.BytesIO())
    with pytest.raises(CourseError, match="which no backup does"):
        keeping.restore(odd, tmp_path / "again")
    assert not (tmp_path / "again").exists() and not (tmp_path / "out").exists()


def test_what_is_no_backup_is_said(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="it cannot be read: No such file"):
        keeping.restore(tmp_path / "none.tar.gz", tmp_path / "again")
    (tmp_path / "words.txt").write_text("words")
    with pytest.raises(CourseError, match="not a whole backup"):
        keeping.restore(tmp_path / "words.txt", tmp_path / "again")


def test_a_file_larger_than_the_memory_is_put_away_and_taken_out(here: Course, db: Store, tmp_path: Path) -> None:
    large = here.root / "submitted" / "ada" / "td1" / "weights.npz"
    large.parent.mkdir(parents=True)
    with large.open("wb") as out:
        for n in range(64):
            out.write(bytes([n]) * MIB)
    with memory() as used:
        saved = keeping.backup(here, tmp_path / "kept.tar.gz")
        keeping.restore(saved.file, tmp_path / "again")
    assert used() < 16 * MIB
    assert filecmp.cmp(large, tmp_path / "again" / large.relative_to(here.root), shallow=False)


def test_many_rows_are_put_away_and_taken_out_one_by_one(here: Course, db: Store, tmp_path: Path) -> None:
    words = "\u2028a line for some, and none of a file\u0085" * 1000
    with db.write() as c:
        for n in range(300):
            audit.note(c, NOW + n, "ada", "student", "submit", f"td1/{n} {words}")
    with memory() as used:
        saved = keeping.backup(here, tmp_path / "kept.tar.gz")
        back = keeping.restore(saved.file, tmp_path / "again")
    assert saved.rows >= 300
    assert used() < 8 * MIB
    again = store.of(back)
    with db.read() as old, again.read() as new:
        assert all(one == other for one, other in zip(keeping.rows.dump(old), keeping.rows.dump(new), strict=True))
    again.close()


# ── where a restored course keeps its rows ───────────────────────────────────


def rows_of(course: Course) -> list[str]:
    again = store.of(course)
    try:
        with again.read() as c:
            return list(keeping.rows.dump(c))
    finally:
        again.close()


def naming(here: Course, database: str) -> None:
    file = here.root / "course.toml"
    file.write_text(file.read_text() + f'\n[server]\nurl = "http://x:1"   # ours\ndatabase = "{database}"  # live\n')


def test_a_restored_course_uses_the_database_that_was_named(
    here: Course, db: Store, tmp_path: Path, database: str
) -> None:
    handed_in(here, db, next(iter(here.students)).id)
    saved = keeping.backup(here, tmp_path / "kept.tar.gz")
    back = keeping.restore(saved.file, tmp_path / "again", database)
    assert store.address(back) == back.service.database == database
    assert rows_of(back) == rows_of(here) != []
    assert store.address(here) == store.own(here.root), "the course that was saved stays where it was"


def test_a_restored_course_is_never_one_with_the_live_one(
    here: Course, db: Store, tmp_path: Path, database: str
) -> None:
    naming(here, database)
    here = courses.load(here.root)
    live = store.of(here)
    handed_in(here, live, next(iter(here.students)).id)
    live.close()
    saved, before = keeping.backup(here, tmp_path / "kept.tar.gz"), rows_of(here)
    with pytest.raises(CourseError, match="holds rows already") as said:
        keeping.restore(saved.file, tmp_path / "again")
    assert "--database sqlite" in said.value.remedy
    with pytest.raises(CourseError, match="holds rows already"):
        keeping.restore(saved.file, tmp_path / "again", database)
    assert not (tmp_path / "again").exists(), "the same command, corrected, is not refused"
    back = keeping.restore(saved.file, tmp_path / "again", "sqlite")
    assert store.address(back) == store.own(back.root)
    assert rows_of(back) == rows_of(here) == before != []
    assert 'url = "http://x:1"   # ours' in (back.root / "course.toml").read_text()


def test_a_database_that_is_not_reached_is_said_before_anything_is_written(
    here: Course, db: Store, tmp_path: Path
) -> None:
    nobody = "postgresql+psycopg://partiel:word@127.0.0.1:1/dl"
    before = rows_of(here)
    naming(here, nobody)
    saved = keeping.backup(here, tmp_path / "kept.tar.gz")  # it was loaded before: its rows are in its own file
    for named in ("", nobody, "nonsense", f"sqlite:///{tmp_path / 'kept.tar.gz' / 'server.db'}"):
        with pytest.raises(CourseError) as said:
            keeping.restore(saved.file, tmp_path / "again", named)
        assert "word" not in str(said.value)
        assert not (tmp_path / "again").exists()
    assert rows_of(keeping.restore(saved.file, tmp_path / "again", "sqlite")) == before


def test_a_file_named_from_here_is_the_same_one_from_the_course(
    here: Course, db: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = keeping.backup(here, tmp_path / "kept.tar.gz")
    monkeypatch.chdir(tmp_path)
    back = keeping.restore(saved.file, tmp_path / "again", "sqlite:///rows.db")
    monkeypatch.chdir(back.root)
    assert addresses.file(store.address(back)) == tmp_path / "rows.db"
    assert rows_of(back) == rows_of(here)


def test_a_database_in_the_folder_under_another_name_is_kept_as_rows(
    here: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    naming(here, "sqlite:///own.db")
    monkeypatch.chdir(here.root)
    here = courses.load(here.root)
    live = store.of(here)
    handed_in(here, live, next(iter(here.students)).id)
    live.close()
    saved = keeping.backup(here, tmp_path / "kept.tar.gz")
    with tarfile.open(saved.file) as archive:
        assert "course/own.db" not in archive.getnames()
    before, back = rows_of(here), keeping.restore(saved.file, tmp_path / "again")
    monkeypatch.chdir(back.root)
    assert rows_of(back) == before != []


@pytest.mark.parametrize("there", [False, True], ids=["made", "there"])
def test_nobody_else_reads_a_folder_that_restore_makes(here: Course, db: Store, tmp_path: Path, there: bool) -> None:
    saved = keeping.backup(here, tmp_path / "kept.tar.gz")
    if there:
        (tmp_path / "again").mkdir()
        (tmp_path / "again").chmod(0o755)
    back = keeping.restore(saved.file, tmp_path / "again")
    assert back.root.stat().st_mode & 0o777 == (0o755 if there else 0o700), "a folder that was there stays as it was"


@contextmanager
def memory() -> Iterator[Callable[[], int]]:
    """The most that Python held at one moment of it, in bytes, above what it held before."""
    tracemalloc.start()
    most = [0]
    try:
        yield lambda: most[0]
        most[0] = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_only_what_is_over_its_time_is_let_go_of(desk: Any, here: Course, db: Store) -> None:
    old_one, new_one = (one.id for one in here.students[:2])
    old = handed_in(here, db, old_one, NOW - 400 * DAY)
    new = handed_in(here, db, new_one, NOW - 10 * DAY)
    for given in (old, new):
        graded(here, db, given, given.received)
    file = here.root / "course.toml"
    file.write_text(file.read_text() + "\n[server.keep]\nsubmissions = 365\nlogs = 90\n")
    here = courses.load(here.root)
    before = verdicts.latest(here, "td1")
    counted = keeping.purge(here, db, NOW, pretend=True)
    assert counted.submissions == 1 and counted.lines
    assert intake.bytes_of(here, old).is_file(), "pretending changes nothing"
    gone = keeping.purge(here, db, NOW)
    assert (gone.submissions, gone.kept) == (1, ("feedback",))
    assert not intake.bytes_of(here, old).exists()
    assert intake.bytes_of(here, new).is_file()
    after = verdicts.latest(here, "td1")
    assert "the student wrote 41" not in json.dumps([v.evidence for v in after[old_one].verdicts])
    assert [v.earned for v in after[old_one].verdicts] == [v.earned for v in before[old_one].verdicts]
    assert after[new_one] == before[new_one]
    with db.read() as c:
        assert audit.torn(c) is None, "the chain goes on from where it was cut"
        assert {line.what for line in audit.lines(c)} >= {"cut", "purge"}
    assert keeping.purge(here, db, NOW).submissions == 0


def test_an_audit_line_that_someone_changed_is_found(here: Course, db: Store) -> None:
    with db.write() as c:
        for n in range(5):
            audit.note(c, NOW + n, "ada", "student", "submit", f"td1/{n}")
    raw = sqlite3.connect(here.root / ".partiel" / "server.db")
    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        raw.execute("UPDATE audit SET who = 'bob' WHERE id = 3")
    raw.execute("DROP TRIGGER audit_no_update")
    raw.execute("UPDATE audit SET who = 'bob' WHERE id = 3")
    raw.commit()
    raw.close()
    with db.read() as c:
        assert audit.torn(c) == 3
