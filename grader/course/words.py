"""What is written in a course's files, as values; what cannot be one says where, what, and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from grader.errors import CourseError, near_miss
from grader.model import Lang

LANGS = ("fr", "en")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")  # of an assignment or a student: a safe folder name


def table(file: Path, key: str, said: Mapping[str, Any], where: str = "the file") -> dict[str, Any]:
    table = said.get(key, {})
    if not isinstance(table, dict):
        written = json.dumps(table, default=str, ensure_ascii=False)
        raise CourseError(
            file, f"{where}: '{key}' is {written}, and must be a table", f"Write {key} = {{ … }} or [{key}]."
        )
    return table


def quoted(text: str) -> str:
    """A TOML string: JSON's are the same."""
    return json.dumps(text, ensure_ascii=False)


def points(file: Path, where: str, key: str, value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise CourseError(file, f"{where}: {key} = {value!r} is no number of points", "Write 2, 1.5 or '1/3'.")
    try:
        points = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        points = Fraction(-1)
    if points < 0:
        raise CourseError(file, f"{where}: {key} = {value!r} is no number of points", "Write 2, 1.5 or '1/3'.")
    return points


def lang(where: object, value: object) -> Lang:
    if value not in LANGS:
        raise CourseError(where, f"{value!r} is no language we speak", "Write 'fr' or 'en'.")
    return cast(Lang, value)


def only(file: Path, where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            remedy = near_miss(key, known, f"The keys are: {', '.join(known)}.")
            raise CourseError(file, f"{where} has no key '{key}'", remedy)


def count(file: Path, where: str, value: object, remedy: str, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise CourseError(file, f"{where} = {value!r} is no number of them", remedy)
    return value
