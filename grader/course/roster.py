"""``students.csv``: who takes the course, with which rights."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course import rights, words
from grader.errors import CourseError, near_miss
from grader.model import Student

COLUMNS = {  # a column, and how else it is headed: without accents, in lower case, words joined by '_'
    "id": ("identifiant", "login", "username", "student_id"),
    "number": (
        *("numero", "num", "no", "n", "numero_etudiant", "no_etudiant", "n_etudiant", "code_etudiant"),
        "student_number",
    ),
    "name": ("nom", "nom_complet", "full_name", "last_name", "surname", "nom_de_famille", "nom_et_prenom"),
    "first_name": ("prenom", "given_name", "prenoms"),
    "email": ("mail", "e_mail", "courriel", "adresse_mail", "adresse_e_mail", "mel", "adresse_de_courriel"),
    "lang": ("langue", "language"),
    "group": ("groupe", "binome", "equipe", "team", "pair"),
    "room": ("salle", "section", "groupe_td", "groupe_de_td", "groupe_tp", "groupe_de_tp", "class", "seat_group"),
    "extra_time": ("tiers_temps", "temps_supplementaire", "majoration", "extra"),
    "deadline": ("echeance", "date_limite", "due", "due_date"),
    "absent": ("absence", "abs"),
    "withdrawn": ("demission", "demissionnaire", "abandon", "desinscrit"),
}
KNOWN = {spelling: column for column, others in COLUMNS.items() for spelling in (column, *others)}
FRENCH_DATES = ("echeance", "date_limite")  # under these, 01/12/2026 is the first of December
BY_ASSIGNMENT = ("deadline", "absent")  # 'absent:exam' is of that assignment alone
LARGEST_GROUP = 8  # who hands in one copy: more is a class group, in the wrong column


def read(file: Path, assignments: Collection[str] = ()) -> Iterable[Student]:
    """Commas, Excel's semicolons or tabs, with or without a byte-order mark; headed in French or in English."""
    if not file.is_file():
        raise CourseError(file, "there is no roster", "Write it with a header 'id,name,email' and a line per student.")
    rows = _rows(file)
    try:
        students = list(_students(file, rows, assignments))
    except csv.Error as error:
        remedy = "Correct that line: a quotation mark that opens must close."
        raise CourseError(f"{file}:{rows.line_num + 1}", f"not readable as CSV: {error}", remedy) from error
    _groups_are_small(file, students)
    return students


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a roster has, and what ``read`` does not say of it."""

    columns: frozenset[str]  # what they are about: ``name``, ``deadline:td1``
    others: tuple[str, ...]  # headings that we do not know
    unread: Mapping[str, Mapping[str, str]]  # what is under those, by id


def sheet(file: Path, assignments: Collection[str] = ()) -> Sheet:
    """Of a file that ``read`` reads."""
    rows = _rows(file)
    headings = [heading.strip() for heading in rows.fieldnames or ()]
    columns, _ = _columns(file, rows, assignments)
    known = {n for n, column in enumerate(columns) if column.partition(":")[0] in COLUMNS}
    others = {n: heading for n, heading in enumerate(headings) if n not in known and heading}
    cells = {row[columns.index("id")].strip(): row for row in rows.reader if len(row) > columns.index("id")}
    unread = {id: {h: row[n].strip() for n, h in others.items() if n < len(row)} for id, row in cells.items() if id}
    return Sheet(frozenset(columns[n] for n in known), tuple(others.values()), unread)


def _rows(file: Path) -> csv.DictReader[str]:
    text = _text(file)
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _text(file: Path) -> str:
    """UTF-8 only: to guess an encoding is to misspell someone's name one day."""
    data = file.read_bytes()
    remedy = "Save it as 'CSV UTF-8' (in Excel: Save as, CSV UTF-8; in LibreOffice: the box 'Character set')."
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CourseError(file, "encoded in UTF-16, not encoded in UTF-8", remedy)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        guess = data.splitlines()[line - 1].decode("cp1252", "replace").strip()[:60]
        problem = f"not encoded in UTF-8 (perhaps Windows's own encoding, where this line says '{guess}')"
        raise CourseError(f"{file}:{line}", problem, remedy) from error


def _column(heading: str, assignments: Collection[str], where: str) -> str:
    """``Échéance:td1`` as ``deadline:td1``; a heading we do not know stays, and nobody reads it."""
    said, _, assignment = heading.strip().partition(":")
    column = KNOWN.get(_plain(said), said)
    assignment = assignment.strip()
    if not assignment or column not in BY_ASSIGNMENT:
        return column
    if assignment not in assignments:
        problem = f"the column '{heading.strip()}' is about an assignment that course.toml does not have"
        remedy = near_miss(assignment, assignments, f"It has: {', '.join(assignments) or 'none yet'}.")
        raise CourseError(where, problem, remedy)
    return f"{column}:{assignment}"


def _columns(file: Path, rows: csv.DictReader[str], assignments: Collection[str]) -> tuple[list[str], bool]:
    """What each column is about, and whether dates are written the French way."""
    where = f"{file}:1"
    headings = list(rows.fieldnames or ())
    columns = [_column(heading, assignments, where) for heading in headings]
    if "id" not in columns and "number" in columns:
        columns[columns.index("number")] = "id"
    if "id" not in columns:
        raise CourseError(where, "no column is called 'id'", "The header is 'id,name,email', or 'numéro;nom;courriel'.")
    for column, count in Counter(columns).items():
        if count > 1 and column.partition(":")[0] in COLUMNS:
            same = [h.strip() for h, c in zip(headings, columns, strict=True) if c == column]
            remedy = "Keep one, or give the other a heading of another meaning."
            raise CourseError(where, f"the columns {' and '.join(map(repr, same))} both say the {column}", remedy)
    return columns, any(_plain(heading.partition(":")[0]) in FRENCH_DATES for heading in headings)


def _plain(heading: str) -> str:
    """``N° étudiant`` as ``n_etudiant``."""
    plain = unicodedata.normalize("NFKD", heading.casefold().replace("°", " ")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _students(file: Path, rows: csv.DictReader[str], assignments: Collection[str]) -> Iterable[Student]:
    columns, french = _columns(file, rows, assignments)
    rows.fieldnames = columns
    lines: dict[str, int] = {}
    numbers: dict[str, int] = {}
    unnamed: list[tuple[int, str]] = []
    named = False
    for row in rows:
        line = rows.line_num
        where = f"{file}:{line}"
        cells = {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}
        id = cells["id"]
        if not any(cells.values()):
            continue
        if not words.NAME.fullmatch(id):
            remedy = "Use letters, digits, '-', '_' and '.'; it names a folder."
            raise CourseError(where, f"{id!r} cannot be a student's id", remedy)
        if id in lines:
            raise CourseError(where, f"'{id}' is in the roster twice", f"Line {lines[id]} has it already.")
        lines[id] = line
        if number := cells.get("number", ""):
            if number in numbers:
                problem = f"the number {number} is in the roster twice"
                raise CourseError(where, problem, f"Line {numbers[number]} has it already.")
            numbers[number] = line
        name = " ".join(part for part in (cells.get("first_name"), cells.get("name")) if part)
        named = named or bool(name)
        if not name:
            unnamed.append((line, id))
        yield _rights(where, Student(id, name, cells.get("email", ""), number=number), cells, french)
    if named and unnamed:
        line, id = unnamed[0]
        remedy = "Write it; a roster of numbers alone leaves the whole column empty."
        raise CourseError(f"{file}:{line}", f"'{id}' has no name", remedy)


def _rights(where: str, student: Student, cells: dict[str, str], french: bool) -> Student:
    """The same student, with what else the line says of them."""
    by: dict[str, dict[str, str]] = {name: {} for name in BY_ASSIGNMENT}
    for heading, said in cells.items():
        column, _, assignment = heading.partition(":")
        if column in by and said:
            by[column][assignment] = said
    return replace(
        student,
        lang=words.lang(where, cells["lang"]) if cells.get("lang") else None,
        group=cells.get("group", ""),
        room=cells.get("room", ""),
        extra_time=rights.extra_time(where, cells.get("extra_time", "")),
        deadlines={key: rights.deadline(where, said, french=french) for key, said in by["deadline"].items()},
        absences={key: rights.absence(where, said) for key, said in by["absent"].items()},
        withdrawn=rights.yes(where, "withdrawn", cells.get("withdrawn", "")),
    )


def _groups_are_small(file: Path, students: list[Student]) -> None:
    for group, size in Counter(s.group for s in students if s.group).items():
        if size > LARGEST_GROUP:
            problem = f"the group '{group}' has {size} students, and a group hands in one copy"
            raise CourseError(file, problem, "If it is a class group, call the column 'room' (salle, groupe de TD).")
