"""A live course in one file, its databases as they were at one moment; and a course made of it again.

Both go through it piece by piece: a file larger than the memory is no trouble.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from grader import course as courses
from grader import store, whole
from grader.course.secret import DATABASE, HIDDEN
from grader.errors import CourseError
from grader.keeping import rows
from grader.model import Course
from grader.store import Store, addresses

FORMAT = 1
MANIFEST, ROWS = "partiel-backup.json", "partiel-rows.jsonl"
PASSING = ("-wal", "-shm", "-journal", ".making")  # so end names of what stands beside a database for a while
MOST = 2**28  # bytes of the manifest: a hundred for each file
TOML = "course.toml"
OWN = "sqlite"  # instead of an address: the file in the course's folder
LEFT_OUT = {".ipynb_checkpoints", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Saved:
    file: Path
    files: int
    rows: int
    size: int  # bytes


def backup(course: Course, target: Path) -> Saved:
    """While it is served and graded. Raises CourseError where the file exists, or cannot be written.

    The database is read first: whatever it speaks of is on the disk by then, and files are only ever added.
    """
    if target.exists():
        raise CourseError(target, "there is a file of that name", "Name another: nothing is overwritten.")
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    hashes: dict[str, str] = {}
    try:
        with tempfile.TemporaryFile() as lines:
            db = store.of(course)
            try:
                with db.read() as c:
                    count = sum(bool(lines.write(f"{line}\n".encode())) for line in rows.dump(c))
            finally:
                db.close()
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
                    hashes[ROWS] = _add(archive, ROWS, lines)
                    own = addresses.file(addresses.placed(store.address(course), course.root))
                    for name, source in _files(course.root, (target, beside, *((own,) if own else ()))):
                        hashes[f"course/{name}"] = _add(archive, f"course/{name}", source)
                    facts = {"format": FORMAT, "course": course.id, "schema": store.HEAD, "sha256": hashes}
                    _add(archive, MANIFEST, io.BytesIO(json.dumps(facts, indent=1).encode()))
                out.flush()
                os.fsync(out.fileno())
        beside.replace(target)
    except OSError as error:
        raise CourseError(
            target, f"it could not be written: {error.strerror or error}", "Is there room on that disk?"
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return Saved(target, len(hashes) - 1, count, target.stat().st_size)


def restore(file: Path, folder: Path, database: str = "") -> Course:
    """The course as it was, in an empty folder; its rows where its file says, or in ``database``: it then says so.

    Raises CourseError where the archive is not whole, or where something is there already; then nothing is written.
    """
    from grader.course import edit  # its library is the server's

    if folder.exists() and any(folder.iterdir()):
        raise CourseError(folder, "this folder is not empty", "Name a new one: nothing is overwritten.")
    with _opened(file) as held:  # what is taken out is what was checked, whatever comes under its name meanwhile
        hashes = _checked(file, held)
        text = _toml(held)
        own = database.rstrip("/:") == OWN
        wanted = "" if own else addresses.placed(database, Path.cwd()) if database else _said(text)
        db = _ready(file, folder, wanted, named=bool(database))
        try:
            for member, inside in _members(held):
                if member.name in hashes and member.name.startswith("course/"):
                    _take_out(member, inside, folder / PurePosixPath(member.name).relative_to("course"))
            if database:
                whole.write(folder / TOML, edit.served_from(text, wanted).encode(), 0o644)
            with db.write() as c:
                if any(True for _ in rows.dump(c)):
                    raise CourseError(
                        "[server]: database", "it was filled meanwhile", "Name an empty one: --database …"
                    )
                rows.load(c, _lines(held))
        finally:
            db.close()
    return courses.load(folder)


def _toml(held: IO[bytes]) -> str:
    inside = (inside.read().decode("utf-8-sig") for member, inside in _members(held) if member.name == f"course/{TOML}")
    return next(inside, "")


def _said(text: str) -> str:
    """The database that the course's file names."""
    try:
        server = tomllib.loads(text).get("server")
    except tomllib.TOMLDecodeError:
        return ""  # it is said when the course is read
    return str(server.get("database", "")) if isinstance(server, dict) else ""


def _ready(file: Path, folder: Path, wanted: str, *, named: bool) -> Store:
    """The database, open and empty; and the folder, which others of the machine cannot read if we make it."""
    url = addresses.placed(wanted, folder) if wanted else store.own(folder)
    elsewhere = f"Nothing was written. Name another: --database URL; or a file in the new folder: --database {OWN}."
    try:
        full = addresses.filled(url)
    except CourseError as error:
        raise CourseError(error.where, error.problem, f"{error.remedy} {elsewhere}") from error
    if full:
        where = "--database" if named else f"{file}: the course.toml in it"
        whose = "" if named else ": the live course's, perhaps"
        raise CourseError(where, f"{addresses.shown(url)} holds rows already{whose}", elsewhere)
    new = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        if not wanted:
            (folder / HIDDEN).mkdir(mode=0o700)
        return store.opened(url)
    except CourseError:
        if new:
            shutil.rmtree(folder)
        raise


def _opened(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise CourseError(file, f"it cannot be read: {error.strerror}", "Name a backup.") from error


def _checked(file: Path, held: IO[bytes]) -> dict[str, str]:
    """The SHA-256 of what the archive holds, once all of it was found to be as its manifest says."""
    seen: dict[str, str] = {}
    facts = None
    try:
        for member, inside in _members(held):
            parts = PurePosixPath(member.name).parts
            twice = member.name in seen or (member.name == MANIFEST and facts is not None)
            if not member.isfile() or ".." in parts or member.name.startswith("/") or twice:
                raise CourseError(file, f"it holds {member.name!r}, which no backup does", "Take another backup.")
            if member.name == MANIFEST:
                facts = json.loads(inside.read() if member.size <= MOST else b"")
            else:
                seen[member.name] = hashlib.file_digest(inside, "sha256").hexdigest()
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise CourseError(file, f"not a whole backup: {error}", "Take another backup; nothing was written.") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise CourseError(file, "no backup that this Partiel reads", "Use the Partiel that made it, or a newer one.")
    if seen != facts["sha256"]:
        odd = min(set(seen.items()) ^ set(facts["sha256"].items()))[0]
        raise CourseError(file, f"{odd!r} is not as it was saved", "Take another backup; nothing was written.")
    return seen


def _members(held: IO[bytes]) -> Iterator[tuple[tarfile.TarInfo, io.BufferedReader | io.BytesIO]]:
    """One after the other, from the first; of what is no file, no bytes."""
    held.seek(0)
    with tarfile.open(fileobj=held) as archive:
        for member in archive:
            yield member, cast(io.BufferedReader, archive.extractfile(member)) if member.isfile() else io.BytesIO()


def _take_out(member: tarfile.TarInfo, inside: IO[bytes], to: Path) -> None:
    to.parent.mkdir(mode=0o700 if HIDDEN in to.parts else 0o755, parents=True, exist_ok=True)
    with to.open("wb") as out:
        shutil.copyfileobj(inside, out)
    to.chmod(member.mode & 0o777)


def _lines(held: IO[bytes]) -> Iterable[str]:
    """The rows of the database."""
    for member, inside in _members(held):
        if member.name == ROWS:
            yield from io.TextIOWrapper(inside, encoding="utf-8", newline="\n")
            return


def _files(root: Path, but: tuple[Path, ...]) -> Iterator[tuple[str, IO[bytes]]]:
    """Every file of the course, open; no link is followed, and SQLite's are copied by SQLite."""
    skipped = {path.resolve() for path in but}
    for at, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT and not (Path(at) / name).is_symlink())
        for name in sorted(files):
            file = Path(at) / name
            inside = file.relative_to(root).as_posix()
            if file.is_symlink() or not file.is_file() or file.resolve() in skipped:
                continue
            if inside == f"{HIDDEN}/{DATABASE}" or name.endswith(PASSING):  # its rows are in the archive as lines
                continue
            try:
                source = _sqlite(file) if name == "gradebook.db" else file.open("rb")
            except FileNotFoundError:  # replaced while we looked: its successor is there, or it was temporary
                continue
            with source:
                yield inside, source


def _sqlite(file: Path) -> IO[bytes]:
    """The database at one moment, whoever writes in it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        source, target = sqlite3.connect(f"file:{file}?mode=ro", uri=True), sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
        return copy.open("rb")  # and no name any more


def _add(archive: tarfile.TarFile, name: str, source: IO[bytes]) -> str:
    """As long as it is now: a file that grows meanwhile was only added to. Gives its SHA-256."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = source.seek(0, os.SEEK_END), 0o600 if HIDDEN in PurePosixPath(name).parts else 0o644
    source.seek(0)
    read = _Read(source)
    archive.addfile(member, read)
    return read.sha256.hexdigest()


class _Read:
    """A file that is being read, and the hash of what was read of it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.sha256 = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self.sha256.update(piece)
        return piece
