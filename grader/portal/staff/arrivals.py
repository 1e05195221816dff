"""A roster that somebody sends: read as ``partiel`` reads it, compared with today's, and written whole."""

from __future__ import annotations

import csv
import hashlib
import importlib
import io
import tempfile
import zipfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from grader import whole
from grader.course import roster
from grader.course.secret import HIDDEN
from grader.errors import CourseError
from grader.model import Course, Student

T = TypeVar("T")
ROWS, COLUMNS, UNPACKED = 20_000, 200, 64 << 20  # of a spreadsheet; the last in bytes
ALONE = ("email", "number", "lang", "group", "room", "extra_time")  # each is a column, and a fact
FACTS = ("name", "email", "number", "lang", "group", "room", "extra_time", "deadlines", "absences")


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new roster would change. Who is not in it any more is kept, as withdrawn: their copies are theirs."""

    students: tuple[Student, ...]  # the roster as it would be
    others: Mapping[str, Mapping[str, str]]  # by id, what its columns say that we do not know, by heading
    added: tuple[Student, ...]
    back: tuple[Student, ...]
    withdrawn: tuple[Student, ...]
    changed: tuple[tuple[Student, tuple[tuple[str, str, str], ...]], ...]  # what, as it was, as it is

    @property
    def nothing(self) -> bool:
        return not (self.added or self.back or self.withdrawn or self.changed)


def compare(course: Course, name: str, data: bytes) -> Difference:
    """What the file has no column for stays as it was; an empty cell empties.

    Raises CourseError, in the reader's words, where the file cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "students.csv"
        file.write_bytes(_as_csv(name, data))
        try:
            new = tuple(roster.read(file, tuple(course.assignments)))
            sheet = roster.sheet(file, tuple(course.assignments))
        except CourseError as error:
            where = error.where.replace(str(file), name or "students.csv")
            raise CourseError(where, error.problem, error.remedy) from error
    if not new:
        raise CourseError(name, "nobody is in it", "Send a file with a header and a line per student.")
    old = {one.id: one for one in course.students}
    new = tuple(_filled(one, old[one.id], sheet.columns) if one.id in old else one for one in new)
    here = {one.id for one in new}
    gone = tuple(replace(one, withdrawn=True) for one in course.students if one.id not in here)
    pairs = [(old[one.id], one) for one in new if one.id in old]
    unread = _unread(course)
    others = {id: {h: sheet.unread.get(id, {}).get(h, was) for h, was in cells.items()} for id, cells in unread.items()}
    changes = [(b, (*_facts(a, b), *_differ(unread.get(b.id, {}), others.get(b.id, {})))) for a, b in pairs]
    return Difference(
        (*new, *gone),
        others,
        tuple(one for one in new if one.id not in old),
        tuple(b for a, b in pairs if a.withdrawn and not b.withdrawn),
        (
            *(b for a, b in pairs if b.withdrawn and not a.withdrawn),
            *(one for one in gone if not old[one.id].withdrawn),
        ),
        tuple((one, facts) for one, facts in changes if facts),
    )


def _filled(new: Student, old: Student, columns: Collection[str]) -> Student:
    """With what was known of them, where the file says nothing of it. Who is in it takes the course."""
    names = {"name", "first_name"} & set(columns)
    kept = {name: getattr(old, name) for name in ALONE if name not in columns}
    return replace(
        new,
        name=new.name if names else old.name,
        deadlines=_by_column("deadline", new.deadlines, old.deadlines, columns),
        absences=_by_column("absent", new.absences, old.absences, columns),
        **kept,
    )


def _by_column(column: str, new: Mapping[str, T], old: Mapping[str, T], columns: Collection[str]) -> dict[str, T]:
    """By assignment: 'deadline' is one column, and 'deadline:td1' is another."""
    stays = {key: was for key, was in old.items() if (f"{column}:{key}" if key else column) not in columns}
    return {**stays, **new}


def _unread(course: Course) -> Mapping[str, Mapping[str, str]]:
    """Nothing of a roster that was broken by hand: it is kept beside the new one."""
    try:
        return roster.sheet(course.root / "students.csv", tuple(course.assignments)).unread
    except (CourseError, OSError, csv.Error):
        return {}


def _differ(old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    return ((heading, was, new[heading]) for heading, was in old.items() if was != new[heading])


def write(course: Course, found: Difference, now: float) -> Path | None:
    """``students.csv``, at once; gives the copy of the old one. Raises CourseError where it would not say the same."""
    target = course.root / "students.csv"
    text = as_text(found.students, found.others)
    with tempfile.TemporaryDirectory() as folder:
        tried = Path(folder) / "students.csv"
        tried.write_text(text, "utf-8")
        if tuple(roster.read(tried, tuple(course.assignments))) != found.students:
            raise CourseError(target, "would not say the same once written", "Edit it by hand, and tell us.")
    kept = None
    if target.is_file():
        stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%S")
        old = target.read_bytes()
        kept = course.root / HIDDEN / "rosters" / f"students-{stamp}-{hashlib.sha256(old).hexdigest()[:8]}.csv"
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole.write(kept, old, 0o600)
    whole.write(target, text.encode(), target.stat().st_mode & 0o777 if kept else 0o600)
    return kept


def as_text(students: Iterable[Student], others: Mapping[str, Mapping[str, str]]) -> str:
    """A roster that is read as these students; ``others`` are its columns that nobody reads."""
    lines = [{**_line(one), **others.get(one.id, {})} for one in students]
    columns = list(dict.fromkeys(("id", "name", "email", *(column for line in lines for column in line))))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def stamp(course: Course) -> str:
    """Of today's roster: what was compared is what is replaced."""
    return hashlib.sha256((course.root / "students.csv").read_bytes()).hexdigest()


def _facts(old: Student, new: Student) -> tuple[tuple[str, str, str], ...]:
    pairs = ((name, _said(getattr(old, name)), _said(getattr(new, name))) for name in FACTS)
    return tuple((name, was, now) for name, was, now in pairs if was != now)


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {one}" if name else str(one) for name, one in sorted(value.items()))
    return "" if value is None or value == 0 else str(value)


def _line(one: Student) -> dict[str, str]:
    share = one.extra_time
    said = {
        "id": one.id,
        "number": one.number,
        "name": one.name,
        "email": one.email,
        "lang": one.lang or "",
        "group": one.group,
        "room": one.room,
        "extra_time": "" if not share else f"{share * 100}%" if share.denominator == 1 else _share(share),
        **{f"deadline:{key}" if key else "deadline": value for key, value in one.deadlines.items()},
        **{f"absent:{key}" if key else "absent": value for key, value in one.absences.items()},
        "withdrawn": "yes" if one.withdrawn else "",
    }
    return {name: value for name, value in said.items() if value or name in ("id", "name", "email")}


def _share(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"


# ── spreadsheets ─────────────────────────────────────────────────────────────


def _as_csv(name: str, data: bytes) -> bytes:
    if not data.startswith(b"PK\x03\x04"):
        return data
    try:
        openpyxl = importlib.import_module("openpyxl")  # an extra; and it takes its time
    except ModuleNotFoundError as error:
        remedy = "Save it as 'CSV UTF-8', or install 'partiel[server]' on the server."
        raise CourseError(name, "spreadsheets are not read here", remedy) from error
    remedy = "Save it as 'CSV UTF-8' and send that."
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > UNPACKED:
                raise CourseError(name, "unpacks to far more than a roster", remedy)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        for row in book.worksheets[0].iter_rows(max_row=ROWS, max_col=COLUMNS, values_only=True):
            writer.writerow([_cell(value) for value in row])
    except CourseError:
        raise
    except Exception as error:
        raise CourseError(name, f"is no spreadsheet that can be read ({type(error).__name__})", remedy) from error
    return _trimmed(out.getvalue())


def _trimmed(text: str) -> bytes:
    """Without the empty columns and lines that a spreadsheet ends with: they have no heading."""
    rows = [row for row in csv.reader(io.StringIO(text)) if any(row)]
    wide = max((n for row in rows[:1] for n, cell in enumerate(row, 1) if cell), default=0)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(row[:wide] for row in rows)
    return out.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value)
