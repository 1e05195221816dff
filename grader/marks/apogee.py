"""A file that Apogée gave, with its marks filled in; every other byte of it stays.

Two kinds: what is extracted for typing marks on the web (sections ``XX_…_XX``, semicolons), and what the desktop
client exports (sections ``XX-APO_…-XX``, tabs). Both name the students and the test, which nobody else can.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import CourseError, UsageError, near_miss
from grader.marks.scale import Scale, number
from grader.marks.table import Cell, Table

WEB, CLIENT = "XX_ETUDIANTS_XX", "XX-APO_VALEURS-XX"
FIRST, LAST = "APO_COL_VAL_DEB", "APO_COL_VAL_FIN"
CODE, KIND = 2, 7  # in the description of a column of the client's files
REMEDY = "Give the file that Apogée itself exported for this test, unchanged."


@dataclass
class Filled:
    """The file, and who is in one of the two lists only."""

    data: bytes
    unknown: list[str] = field(default_factory=list)  # in Apogée's list, and not in the roster
    left: list[str] = field(default_factory=list)  # in the roster, and not in Apogée's list


def fill(file: Path, table: Table, element: str | None = None) -> Filled:
    """Each student's line gets the mark (of several assignments, the mean) and the scale; an absence is its code.

    A line whose mark is missing stays as it was. ``element`` is the code of the test, where the file has several.
    Raises CourseError or UsageError.
    """
    text, encoding = _read(file)
    lines = io.StringIO(text, newline="").readlines()  # as they end in the file
    bare = [line.rstrip("\r\n") for line in lines]
    if any(line.strip() == WEB for line in bare):
        places = _web(file, bare, table.scale)
        separator = ";"
    elif any(line.strip() == CLIENT for line in bare):
        places = _client(file, bare, element)
        separator = "\t"
    else:
        raise CourseError(file, f"no file of Apogée's: neither {WEB} nor {CLIENT} is in it", REMEDY)
    cells = {line.number: line.total for line in table.lines}
    filled = Filled(b"")
    seen = set()
    for at in range(places.start, len(bare)):
        if not bare[at].strip():
            continue
        fields = bare[at].split(separator)
        student = fields[places.student].strip() if len(fields) > places.student else ""
        if student not in cells:
            filled.unknown.append(student)
            continue
        seen.add(student)
        fields += [""] * (max(places.mark, places.base) + 1 - len(fields))
        said = _said(cells[student], table.scale)
        if said is not None:
            fields[places.mark], base = said
            if places.base >= 0:
                fields[places.base] = base
        lines[at] = separator.join(fields) + lines[at][len(bare[at]) :]
    filled.left = [number for number in cells if number not in seen]
    filled.data = "".join(lines).encode(encoding)
    return filled


@dataclass(frozen=True, slots=True)
class _Places:
    """The first student's line, and in each line the fields of number, mark and scale (-1: the file has none)."""

    start: int
    student: int
    mark: int
    base: int


def _said(cell: Cell, scale: Scale) -> tuple[str, str] | None:
    if cell.absent:
        return cell.absent, ""
    base = scale.name.replace(".", ",")
    return None if cell.mark is None else (scale.written(cell.mark, "fr"), base)


def _read(file: Path) -> tuple[str, str]:
    """Apogée writes Latin-1 or, lately, UTF-8; the same comes back."""
    if not file.is_file():
        raise UsageError("--template", f"there is no file {file}", "Give the path of the file that Apogée exported.")
    data = file.read_bytes()
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def _web(file: Path, lines: list[str], scale: Scale) -> _Places:
    facts = {key: value.strip() for key, _, value in (line.partition(";") for line in lines)}
    head = next(at for at, line in enumerate(lines) if line.strip() == WEB) + 1
    names = lines[head].strip().split(";") if head < len(lines) else []
    if "Code_etudiant" not in names or "Note" not in names:
        raise CourseError(f"{file}:{head + 1}", "the list of students has no Code_etudiant or no Note", REMEDY)
    asked = facts.get("Bareme_saisie_note", "")
    if facts.get("Bareme_modifiable") == "0" and asked and number("Bareme_saisie_note", asked) != scale.out_of:
        problem = f"Apogée wants these marks out of {asked}, and they are out of {scale.name}"
        raise CourseError(file, problem, f"Say --out-of {asked}.")
    base = names.index("Bareme") if "Bareme" in names else -1
    return _Places(head + 1, names.index("Code_etudiant"), names.index("Note"), base)


def _client(file: Path, lines: list[str], element: str | None) -> _Places:
    tests: dict[str, dict[str, str]] = {}
    for name, fields in _described(lines):
        tests.setdefault(fields[CODE].strip(), {})[fields[KIND].strip()] = name
    tests = {code: columns for code, columns in tests.items() if "N" in columns}
    known = ", ".join(tests)
    if element is None and len(tests) != 1:
        problem = f"has marks for {len(tests)} elements" if tests else "asks for no mark"
        raise CourseError(file, problem, f"Say which with --element: {known}." if tests else REMEDY)
    code = next(iter(tests)) if element is None else element
    if code not in tests:
        raise UsageError("--element", f"{code!r} is not in {file}", near_miss(code, tests, f"There are: {known}."))
    head = next(at for at, line in enumerate(lines) if line.strip() == CLIENT) + 1
    names = [name.strip() for name in lines[head].split("\t")] if head < len(lines) else []
    columns = tests[code]
    if "apoL_a01_code" not in names or columns["N"] not in names:
        raise CourseError(f"{file}:{head + 1}", "the list of students lacks a column that was announced", REMEDY)
    base = names.index(columns["B"]) if columns.get("B") in names else -1
    return _Places(head + 1, names.index("apoL_a01_code"), names.index(columns["N"]), base)


def _described(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each column of values: its name, and the fields that say what it is."""
    inside = False
    for line in lines:
        fields = line.split("\t")
        if fields[0].strip() == FIRST:
            inside = True
        elif fields[0].strip() == LAST:
            return
        elif inside and len(fields) > KIND:
            yield fields[0].strip(), fields
