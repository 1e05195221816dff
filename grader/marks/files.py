"""A table of marks as files: for a spreadsheet, for Moodle's gradebook, and a plain list of numbers and marks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from grader.marks.scale import Scale
from grader.marks.table import Cell, Table
from grader.model import Lang, Text

BOM = "\ufeff"  # by which Excel knows UTF-8
NUMBER, NAME = Text("Numéro", "Number"), Text("Nom", "Name")
EMAIL, MEAN = Text("Courriel", "Email"), Text("Moyenne", "Mean")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_sheet(table: Table, lang: Lang) -> bytes:
    """Opens by a double click in Excel: semicolons and decimal commas in French, commas and points in English."""
    several = len(table.assignments) > 1
    heads = [f"{name} /{table.scale.name}" for name in (*table.assignments, *((MEAN[lang],) if several else ()))]
    rows = [[NUMBER[lang], NAME[lang], EMAIL[lang], *heads]]
    for line in table.lines:
        cells = (*line.cells, *((line.total,) if several else ()))
        marks = [_said(cell, table.scale, lang) for cell in cells]
        rows.append([line.number, line.student.name, line.student.email, *marks])
    return as_csv(rows, lang)


def as_csv(rows: Iterable[list[str]], lang: Lang) -> bytes:
    """What Excel opens in columns, of people of this language."""
    return (BOM + _csv(rows, ";" if lang == "fr" else ",")).encode()


def as_moodle(table: Table) -> bytes:
    """For *Grades > Import > CSV file*. A grade item has no absences: those cells are empty, which changes no grade."""
    several = len(table.assignments) > 1
    rows = [["ID number", "Email address", *table.assignments, *(("Mean",) if several else ())]]
    for line in table.lines:
        cells = (*line.cells, *((line.total,) if several else ()))
        marks = ["" if cell.mark is None else table.scale.written(cell.mark, "en") for cell in cells]
        rows.append([line.number, line.student.email, *marks])
    return _csv(rows, ",").encode()


def as_list(table: Table) -> bytes:
    """What is typed into Apogée, under the headings of its own files, where there is no file of its own to fill."""
    rows = [["Code_etudiant", "Nom", "Note", "Bareme"]]
    for line in table.lines:
        base = "" if line.total.mark is None else table.scale.name.replace(".", ",")
        rows.append([line.number, line.student.name, _said(line.total, table.scale, "fr"), base])
    return (BOM + _csv(rows, ";")).encode()


def _said(cell: Cell, scale: Scale, lang: Lang) -> str:
    return cell.absent or ("" if cell.mark is None else scale.written(cell.mark, lang))


def _csv(rows: Iterable[list[str]], separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows([text(cell) for cell in row] for row in rows)
    return out.getvalue()


def text(cell: str) -> str:
    """What a spreadsheet would take for a formula, as text: a name comes from outside."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
