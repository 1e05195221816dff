"""A file of results as rows: CSV in any of its dialects, or JSON, under names that do not depend on the language."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import CourseError

MOST_BYTES = 200 * 2**20
LONGEST = 10**7  # characters of one cell: a response may be a whole program
WHO = {
    "idnumber": "number", "numerodidentification": "number", "numeroidentification": "number", "id": "number",
    "emailaddress": "email", "email": "email", "mail": "email", "adressedecourriel": "email", "courriel": "email",
    "adresseemail": "email", "adressedecourrier": "email", "adresseelectronique": "email",
    "lastname": "last", "surname": "last", "nom": "last", "nomdefamille": "last",
    "firstname": "first", "prenom": "first", "fullname": "name", "name": "name", "nomcomplet": "name",
    "username": "user", "nomdutilisateur": "user", "state": "state", "status": "state", "etat": "state",
    "statut": "state",
}  # fmt: skip
NUMBERED = {
    "question": "question", "response": "response", "reponse": "response", "right": "right", "rightanswer": "right",
    "bonnereponse": "right", "reponsecorrecte": "right", "reponsejuste": "right",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file: who, and what was asked, answered and right by the number of its slot."""

    line: int
    who: Mapping[str, str]
    slots: Mapping[int, Mapping[str, str]]


def text(file: Path) -> str:
    """Raises CourseError."""
    if not file.is_file():
        raise CourseError(file, "there is no such file", "Name the file of results.")
    if file.stat().st_size > MOST_BYTES:
        raise CourseError(file, "too large to be a file of results", "Download the results alone.")
    data = file.read_bytes()
    for encoding in ("utf-8-sig", "utf-16") if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-16",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CourseError(file, "not encoded in UTF-8", "Download it again as CSV or JSON, without a spreadsheet between.")


def rows(file: Path) -> list[Row]:
    """Raises CourseError."""
    written = text(file)
    found = list(_from_json(file, written) if written.lstrip().startswith(("[", "{")) else _from_csv(file, written))
    if not any(row.slots for row in found):
        remedy = "Download the quiz's Responses report with its question texts and its responses."
        raise CourseError(file, "no column is a question or a response", remedy)
    return found


def lines(file: Path, written: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of a CSV file in any of its dialects, by heads as they are written. Raises CourseError."""
    first = written.split("\n", 1)[0]
    mark, quote = max(",;\t", key=first.count), "'" if first.startswith("'") else '"'
    reader = csv.reader(io.StringIO(written, newline=""), delimiter=mark, quotechar=quote)
    before = csv.field_size_limit(LONGEST)
    try:
        heads = next(reader, [])
        found = [(reader.line_num, dict(zip(heads, cells, strict=False))) for cells in reader]
    except csv.Error as error:
        raise CourseError(file, f"damaged ({error})", "Download it again.") from error
    finally:
        csv.field_size_limit(before)  # it is the whole process's
    return iter(found)


def _from_csv(file: Path, written: str) -> Iterator[Row]:
    for line, cells in lines(file, written):
        yield _row(line, {_squashed(head): cell for head, cell in cells.items()})


def _from_json(file: Path, written: str) -> Iterator[Row]:
    try:
        said = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise CourseError(file, f"damaged ({error})", "Download it again.") from error
    for n, one in enumerate(_objects(said), 1):
        yield _row(n, {_squashed(name): "" if cell is None else str(cell) for name, cell in one.items()})


def _objects(said: Any) -> Iterator[dict[str, Any]]:
    """Moodle puts its list into another."""
    if isinstance(said, dict):
        yield said
    for one in said if isinstance(said, list) else ():
        yield from _objects(one)


def _squashed(name: str) -> str:
    """``Réponse 1`` is reponse1."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]", "", plain)


def _row(line: int, cells: Mapping[str, str]) -> Row:
    who: dict[str, str] = {}
    slots: dict[int, dict[str, str]] = {}
    for head, cell in cells.items():
        found = re.fullmatch(r"([a-z]+)(\d+)", head)
        if found and found[1] in NUMBERED:
            slots.setdefault(int(found[2]), {})[NUMBERED[found[1]]] = cell
        elif head in WHO and cell.strip():
            who.setdefault(WHO[head], cell.strip())
    return Row(line, who, slots)
