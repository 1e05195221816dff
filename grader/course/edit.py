"""A part of ``course.toml`` written: the rest of the file stays as it is, comments and all."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array, Table

from grader import whole
from grader.errors import CourseError


def written(text: str, id: str, keys: Mapping[str, Any]) -> str:
    """``text`` with ``[assignments.ID]`` having these keys; None takes one away, and others of the table stay.

    Raises CourseError where ``text`` is no TOML.
    """
    document = _parsed(text)
    if "assignments" not in document:
        document.append("assignments", tomlkit.table(is_super_table=True))
    assignments: Any = document["assignments"]
    table: Table = assignments.get(id) or tomlkit.table()
    for key, value in keys.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = _value(value)
    if id not in assignments:
        if not text.endswith("\n\n"):
            document_end = "\n" if text.endswith("\n") else "\n\n"
            return f"{text}{document_end if text else ''}{fragment(id, keys)}"
        return f"{text}{fragment(id, keys)}"
    return tomlkit.dumps(document)


def served_from(text: str, database: str) -> str:
    """``text`` with this ``[server] database``; of an empty one, with none. Raises CourseError."""
    document = _parsed(text)
    server: Any = document.get("server")
    if server is None and database:
        server = document["server"] = tomlkit.table()
    if database:
        server["database"] = database
    elif server is not None:
        server.pop("database", None)
    return tomlkit.dumps(document)


def fragment(id: str, keys: Mapping[str, Any]) -> str:
    """The table alone, to be copied."""
    table = tomlkit.table()
    for key, value in keys.items():
        if value is not None:
            table[key] = _value(value)
    outer = tomlkit.document()
    assignments = tomlkit.table(is_super_table=True)
    assignments[id] = table
    outer["assignments"] = assignments
    return tomlkit.dumps(outer)


def difference(before: str, after: str, name: str = "course.toml") -> str:
    """As `diff -u` shows it; nothing where they are the same."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="")
    return "\n".join(lines)


def replace(file: Path, before: str, after: str) -> None:
    """Whole, or as it was. Raises CourseError where somebody else changed it meanwhile."""
    if file.read_text("utf-8") != before:
        raise CourseError(file, "it was changed meanwhile", "Look at the difference again: nothing was written.")
    whole.write(file, after.encode(), file.stat().st_mode & 0o777)


def _parsed(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise CourseError("course.toml", f"not readable as TOML: {error}", "Correct that place.") from error


def _value(value: Any) -> Any:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else _decimal(value)
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for key, one in value.items():
            table[key] = _value(one)
        return table
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _array(value)
    return value


def _array(values: Sequence[Any]) -> Array:
    """One a line where there are many: lists of exercises are edited by hand."""
    array = tomlkit.array()
    array.extend(map(_value, values))
    return array.multiline(len(values) > 3)


def _decimal(value: Fraction) -> float | str:
    """1.5 as it is, a third as '1/3'."""
    return float(value) if Fraction(str(float(value))) == value else str(value)
