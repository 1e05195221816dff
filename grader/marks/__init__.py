"""Marks for the registrar: the gradebook's final scores on a scale, absences, and a file that other programs read."""

from __future__ import annotations

from grader.marks.apogee import fill
from grader.marks.files import as_csv, as_list, as_moodle, as_sheet
from grader.marks.scale import Scale, read_scale, read_weights
from grader.marks.table import Cell, Line, Table, collect

__all__ = [
    "Cell",
    "Line",
    "Scale",
    "Table",
    "as_csv",
    "as_list",
    "as_moodle",
    "as_sheet",
    "collect",
    "fill",
    "read_scale",
    "read_weights",
]
