"""``students.csv``: who takes the course."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from grader.course import words
from grader.errors import CourseError
from grader.model import Student


def read(file: Path) -> Iterable[Student]:
    """``id,name,email[,lang]``: commas or Excel's semicolons, with or without a byte-order mark."""
    if not file.is_file():
        raise CourseError(file, "there is no roster", "Write it with a header 'id,name,email' and a line per student.")
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CourseError(file, "not encoded in UTF-8", "Save it as 'CSV UTF-8'.") from error
    header = text.split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from _students(file, rows)
    except csv.Error as error:
        remedy = "Correct that line: a quotation mark that opens must close."
        raise CourseError(f"{file}:{rows.line_num + 1}", f"not readable as CSV: {error}", remedy) from error


def _students(file: Path, rows: csv.DictReader[str]) -> Iterable[Student]:
    columns = [name.strip().lower() for name in rows.fieldnames or ()]
    rows.fieldnames = columns
    if "id" not in columns:
        raise CourseError(f"{file}:1", "no column is called 'id'", "The header is 'id,name,email'.")
    lines: dict[str, int] = {}
    for row in rows:
        line = rows.line_num
        cells = {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}
        id = cells["id"]
        if not any(cells.values()):
            continue
        if not words.NAME.fullmatch(id):
            remedy = "Use letters, digits, '-', '_' and '.'; it names a folder."
            raise CourseError(f"{file}:{line}", f"{id!r} cannot be a student's id", remedy)
        if id in lines:
            raise CourseError(f"{file}:{line}", f"'{id}' is in the roster twice", f"Line {lines[id]} has it already.")
        lines[id] = line
        lang = words.lang(f"{file}:{line}", cells["lang"]) if cells.get("lang") else None
        yield Student(id, cells.get("name", ""), cells.get("email", ""), lang)
