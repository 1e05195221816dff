"""Answers made of numbers: one, a shape, a grid, a table."""
# ruff: noqa: ARG002 - every kind is told the printed order, and only some need it

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader import readers
from grader.errors import PartielError
from grader.model import Value
from grader.rules.base import Base, equal, full, is_number, names_or_value


@dataclass(frozen=True)
class Whole(Base):
    """A whole number, exactly."""

    kind = "whole"

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_whole", ()

    def score(self, given: Value, right: Value) -> Fraction:
        return full(equal(given, right))


@dataclass(frozen=True)
class Decimal(Base):
    """A number within a tolerance: ``atol`` absolute, or ``rtol`` relative to the right value. NaN is never right."""

    kind = "decimal"
    atol: float = 0.0
    rtol: float = 0.0

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_decimal", ()

    def score(self, given: Value, right: Value) -> Fraction:
        return full(self.near(given, right))

    def near(self, given: Value, right: Value) -> bool:
        given, right = readers._plain(given), readers._plain(right)
        if not (is_number(given) and is_number(right) and math.isfinite(given) and math.isfinite(right)):
            return False
        # The bound itself is accepted: 0.015 is within 1.5e-2, whatever binary makes of it.
        return abs(float(given) - float(right)) <= (self.atol + self.rtol * abs(float(right))) * (1 + 1e-9)


def decimal(digits: int | None = None, *, atol: float | None = None, rtol: float | None = None) -> Decimal:
    """Within 1.5·10^-digits (2 unless said), within ``atol``, or within the share ``rtol`` of the right value."""
    if sum(given is not None for given in (digits, atol, rtol)) > 1:
        raise PartielError("decimal", "more than one tolerance was given", "Give one of digits, atol and rtol.")
    if rtol is not None:
        return Decimal(rtol=rtol)
    return Decimal(atol=atol if atol is not None else 1.5 * 10.0 ** -(2 if digits is None else digits))


@dataclass(frozen=True)
class Shape(Base):
    """A tuple of whole numbers. With ``axes``, another number of axes is unreadable; without, it is wrong."""

    kind = "shape"
    axes: int | None = None

    def __call__(self, axes: int) -> Shape:
        return Shape(axes=axes)

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_shape", () if self.axes is None else (self.axes,)

    def score(self, given: Value, right: Value) -> Fraction:
        given, right = (tuple(x) if isinstance(x, (list, tuple)) else x for x in map(readers._plain, (given, right)))
        if not (isinstance(given, tuple) and isinstance(right, tuple)):
            return Fraction(0)
        return full(
            len(given) == len(right) and all(a is b is None or equal(a, b) for a, b in zip(given, right, strict=True))
        )


@dataclass(frozen=True)
class Grid(Base):
    """A matrix. Each right cell earns its share; a grid of another size earns nothing."""

    kind = "grid"
    cell: Decimal | None = None

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_grid", (True,) if self.cell else ()

    def score(self, given: Value, right: Value) -> Fraction:
        given, right = _rows(given), _rows(right)
        if not right or [len(row) for row in given] != [len(row) for row in right]:
            return Fraction(0)
        same = self.cell.near if self.cell else equal
        cells = [
            same(a, b) for mine, theirs in zip(given, right, strict=True) for a, b in zip(mine, theirs, strict=True)
        ]
        return Fraction(sum(cells), len(cells)) if cells else Fraction(0)


def _rows(x: Value) -> list[list[Value]]:
    x = readers._plain(x)
    rows = [readers._plain(row) for row in x] if isinstance(x, (list, tuple)) else []
    return [list(row) for row in rows] if all(isinstance(row, (list, tuple)) for row in rows) else []


def grid(*, decimal: Decimal | None = None) -> Grid:
    """Whole cells, or decimal ones: ``matrix(decimal=decimal(2))``, as exercise files call it."""
    return Grid(cell=decimal)


@dataclass(frozen=True)
class Table(Base):
    """One number for each row, by name; each right row earns its share. ``shown`` keeps the rows in their order."""

    kind = "table"
    cell: Decimal | None = None

    def placeholder(self, shown: tuple[str, ...]) -> str:
        return "{\n" + "".join(f"    {json.dumps(name, ensure_ascii=False)}: ...,\n" for name in shown) + "}"

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_table", (shown, True) if self.cell else (shown,)

    def score(self, given: Value, right: Value) -> Fraction:
        if not isinstance(given, Mapping) or not isinstance(right, Mapping) or not right:
            return Fraction(0)
        same = self.cell.near if self.cell else equal
        return Fraction(sum(same(given.get(row), value) for row, value in right.items()), len(right))


def table(*rows: str | Sequence[str], decimal: Decimal | None = None) -> Table:
    """``table("conv1", "conv2", "total")``, or ``table("rows")``: the name of the derived value that lists the rows."""
    return Table(options=names_or_value("table", rows), cell=decimal)


whole = Whole()
shape = Shape()
