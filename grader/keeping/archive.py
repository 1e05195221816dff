"""A live course in one file, its databases as they were at one moment; and a course made of it again."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader import course as courses
from grader import store
from grader.course.secret import HIDDEN
from grader.errors import CourseError
from grader.keeping import rows
from grader.model import Course

FORMAT = 1
MANIFEST, ROWS = "partiel-backup.json", "partiel-rows.jsonl"
OURS = ("server.db", "server.db-wal", "server.db-shm", "server.db.making")  # in the archive as lines
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
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as lines:
            db = store.of(course)
            try:
                with db.read() as c:
                    count = sum(bool(lines.write(line + "\n")) for line in rows.dump(c))
            finally:
                db.close()
            lines.seek(0)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive:
                    _add(archive, ROWS, lines.read().encode(), hashes)
                    for name, data in _files(course.root, (target, beside)):
                        _add(archive, f"course/{name}", data, hashes)
                    facts = {"format": FORMAT, "course": course.id, "schema": store.HEAD, "sha256": hashes}
                    _add(archive, MANIFEST, json.dumps(facts, indent=1).encode(), {})
                out.flush()
                os.fsync(out.fileno())
        beside.replace(target)
    except OSError as error:
        raise CourseError(
            target, f"it could not be written: {error.strerror}", "Is there room on that disk?"
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return Saved(target, len(hashes) - 1, count, target.stat().st_size)


def restore(file: Path, folder: Path, database: str = "") -> Course:
    """The course as it was, in an empty folder; its rows in ``database`` if one is named, else where its file says.

    Raises CourseError where the archive is not whole, or where something is there already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CourseError(folder, "this folder is not empty", "Name a new one: nothing is overwritten.")
    facts, lines = _checked(file)
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file) as archive:
        for member in archive:
            if member.name.startswith("course/") and member.name in facts["sha256"]:
                inside = folder / PurePosixPath(member.name).relative_to("course")
                inside.parent.mkdir(mode=0o700 if HIDDEN in inside.parts else 0o755, parents=True, exist_ok=True)
                inside.write_bytes(_read(archive, member))
                inside.chmod(member.mode & 0o777)
    back = courses.load(folder)
    db = store.opened(database or store.address(back))
    try:
        with db.write() as c:
            if any(True for _ in rows.dump(c)):
                raise CourseError("[server]: database", "it holds rows already", "Name an empty one: --database …")
            rows.load(c, lines)
    finally:
        db.close()
    return back


def _checked(file: Path) -> tuple[dict[str, dict[str, str]], list[str]]:
    """What the archive says it holds, once all of it was found so."""
    try:
        with tarfile.open(file) as archive:
            seen = {}
            lines: list[str] = []
            facts = None
            for member in archive:
                if not member.isfile() or ".." in PurePosixPath(member.name).parts or member.name.startswith("/"):
                    raise CourseError(file, f"it holds {member.name!r}, which no backup does", "Take another backup.")
                data = _read(archive, member)
                if member.name == MANIFEST:
                    facts = json.loads(data)
                    continue
                seen[member.name] = hashlib.sha256(data).hexdigest()
                if member.name == ROWS:
                    lines = data.decode("utf-8").splitlines()
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise CourseError(file, f"not a whole backup: {error}", "Take another backup; nothing was written.") from error
    if facts is None or facts.get("format") != FORMAT:
        raise CourseError(file, "no backup that this Partiel reads", "Use the Partiel that made it, or a newer one.")
    if seen != facts["sha256"]:
        odd = min(set(seen.items()) ^ set(facts["sha256"].items()))[0]
        raise CourseError(file, f"{odd!r} is not as it was saved", "Take another backup; nothing was written.")
    return facts, lines


def _files(root: Path, but: tuple[Path, ...]) -> Iterator[tuple[str, bytes]]:
    """Every file of the course and its bytes; no link is followed, and SQLite's are copied by SQLite."""
    skipped = {path.resolve() for path in but}
    for at, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT and not (Path(at) / name).is_symlink())
        for name in sorted(files):
            file = Path(at) / name
            inside = file.relative_to(root).as_posix()
            if file.is_symlink() or not file.is_file() or file.resolve() in skipped:
                continue
            if inside.removeprefix(f"{HIDDEN}/") in OURS or name.endswith(("-wal", "-shm", "-journal")):
                continue
            try:
                yield inside, _sqlite(file) if name == "gradebook.db" else file.read_bytes()
            except FileNotFoundError:  # replaced while we looked: its successor is there, or it was temporary
                continue


def _sqlite(file: Path) -> bytes:
    """The database at one moment, whoever writes in it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        source, target = sqlite3.connect(f"file:{file}?mode=ro", uri=True), sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
        return copy.read_bytes()


def _add(archive: tarfile.TarFile, name: str, data: bytes, hashes: dict[str, str]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o600 if HIDDEN in PurePosixPath(name).parts else 0o644
    archive.addfile(member, io.BytesIO(data))
    hashes[name] = hashlib.sha256(data).hexdigest()


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    inside = archive.extractfile(member)
    return inside.read() if inside else b""
