"""Spreadsheets that are the same, byte for byte, each time; and the libraries that only quizzes need."""

from __future__ import annotations

import importlib
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from types import ModuleType

from grader.errors import UsageError
from grader.quiz.packed import zipped

WRITTEN = b"1980-01-01T00:00:00Z"  # the clock that openpyxl writes has no place in it
_CLOCK = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def library(name: str, wanted_by: str) -> ModuleType:
    """A library of the extra ``quiz``. Raises UsageError where it is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise UsageError(wanted_by, f"this format needs {name}", "Install it: pip install 'partiel[quiz]'") from error


def workbook(
    rows: Iterable[Sequence[str | int]], wanted_by: str, sheet: str = "Sheet1", widths: Sequence[int] = ()
) -> bytes:
    """One sheet. A text that opens with ``=`` stays a text, never a formula."""
    openpyxl = library("openpyxl", wanted_by)
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for n, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value != "":
                cell = page.cell(n, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    for column, width in enumerate(widths):
        page.column_dimensions["ABCDEFGHIJKLM"[column]].width = width
    held = io.BytesIO()
    book.save(held)
    with zipfile.ZipFile(held) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["docProps/core.xml"] = _CLOCK.sub(rb"\g<1>" + WRITTEN, files["docProps/core.xml"])
    return zipped(files)
