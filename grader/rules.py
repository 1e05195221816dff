"""Kinds of answers an exercise may ask for: how each is handed out, read and scored."""
# ruff: noqa: ARG002 - every kind is told the printed order, and only some need it

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from string import ascii_uppercase
from typing import Any

from grader import formula as formulas
from grader import readers, setup_cell
from grader.errors import PartielError
from grader.model import Lang, Reading, Unreadable, Value


class Missing(Unreadable):
    """Nothing was written: the placeholder is still there."""


@dataclass(frozen=True)
class _Base:
    """What most kinds share: a placeholder of three dots, and a reader from ``readers``."""

    kind = "answer"
    options: tuple[str, ...] | str = ()

    def placeholder(self, shown: tuple[str, ...]) -> str:
        return "..."

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        raise NotImplementedError

    def read(self, written: Value, shown: tuple[str, ...], lang: Lang) -> Reading:
        """As the student's own notebook reads it. Raises Unreadable, and Missing when nothing was written."""
        name, arguments = self.reader(shown)
        function: Callable[..., Value] = getattr(readers, name)
        try:
            value = function(here(written), *arguments)
        except ValueError as problem:
            why = setup_cell.MESSAGES[str(problem)]
            raise (Missing if str(problem) in ("no_answer", "untouched") else Unreadable)(why) from None
        return Reading(self.meaning(value, shown), readers.show_value(value, setup_cell.sentences(lang)["point"]))

    def meaning(self, value: Value, shown: tuple[str, ...]) -> Value:
        """What the reader's value stands for: a letter stands for an option."""
        return value

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        """What a student's cell holds to say ``value``: the other way round than ``read``."""
        return value


def here(written: Value, depth: int = 0) -> Value:
    """Three dots and sets stay in the sandbox, known by their kind: on this side they are dots and a set again."""
    if type(written).__name__ == "Remote":
        return {"ellipsis": ..., "set": frozenset(), "frozenset": frozenset()}.get(written.kind, written)
    if depth > 8:
        return written
    if type(written) in (list, tuple):
        return type(written)(here(part, depth + 1) for part in written)
    if type(written) is dict:
        return {key: here(part, depth + 1) for key, part in written.items()}
    return written


def _full(right: bool) -> Fraction:
    return Fraction(1 if right else 0)


def _is_number(x: object) -> bool:
    return isinstance(x, (int, float, Fraction)) and not isinstance(x, bool)


def _equal(given: Value, right: Value) -> bool:
    """Equal as whole numbers; exercises may hand over NumPy's."""
    given, right = readers._plain(given), readers._plain(right)
    return _is_number(given) and _is_number(right) and bool(given == right)


@dataclass(frozen=True)
class Whole(_Base):
    """A whole number, exactly."""

    kind = "whole"

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_whole", ()

    def score(self, given: Value, right: Value) -> Fraction:
        return _full(_equal(given, right))


@dataclass(frozen=True)
class Decimal(_Base):
    """A number within a tolerance: ``atol`` absolute, or ``rtol`` relative to the right value. NaN is never right."""

    kind = "decimal"
    atol: float = 0.0
    rtol: float = 0.0

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_decimal", ()

    def score(self, given: Value, right: Value) -> Fraction:
        return _full(self.near(given, right))

    def near(self, given: Value, right: Value) -> bool:
        given, right = readers._plain(given), readers._plain(right)
        if not (_is_number(given) and _is_number(right) and math.isfinite(given) and math.isfinite(right)):
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
class Shape(_Base):
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
        return _full(
            len(given) == len(right) and all(a is b is None or _equal(a, b) for a, b in zip(given, right, strict=True))
        )


@dataclass(frozen=True)
class Grid(_Base):
    """A matrix. Each right cell earns its share; a grid of another size earns nothing."""

    kind = "grid"
    cell: Decimal | None = None

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_grid", (True,) if self.cell else ()

    def score(self, given: Value, right: Value) -> Fraction:
        given, right = _rows(given), _rows(right)
        if not right or [len(row) for row in given] != [len(row) for row in right]:
            return Fraction(0)
        same = self.cell.near if self.cell else _equal
        cells = [
            same(a, b) for mine, theirs in zip(given, right, strict=True) for a, b in zip(mine, theirs, strict=True)
        ]
        return Fraction(sum(cells), len(cells)) if cells else Fraction(0)


def _rows(x: Value) -> list[list[Value]]:
    x = readers._plain(x)
    rows = [readers._plain(row) for row in x] if isinstance(x, (list, tuple)) else []
    return [list(row) for row in rows] if all(isinstance(row, (list, tuple)) for row in rows) else []


def grid(*, decimal: Decimal | None = None) -> Grid:
    """Whole cells, or decimal ones: ``grid(decimal=decimal(2))``."""
    return Grid(cell=decimal)


@dataclass(frozen=True)
class Table(_Base):
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
        same = self.cell.near if self.cell else _equal
        return Fraction(sum(same(given.get(row), value) for row, value in right.items()), len(right))


def table(*rows: str | Sequence[str], decimal: Decimal | None = None) -> Table:
    """``table("conv1", "conv2", "total")``, or ``table("rows")``: the name of the derived value that lists the rows."""
    return Table(options=_rows_or_value("table", rows), cell=decimal)


def _rows_or_value(kind: str, given: tuple[Any, ...]) -> tuple[str, ...] | str:
    """Names as written; a single one names the derived value that lists them."""
    if len(given) == 1:
        return given[0] if isinstance(given[0], str) else _distinct(kind, given[0])
    return _distinct(kind, given)


def _distinct(kind: str, names: Iterable[Any]) -> tuple[str, ...]:
    listed = tuple(names)
    if not all(isinstance(name, str) for name in listed) or len(set(listed)) < len(listed) or not listed:
        raise PartielError(kind, f"{list(listed)} are not distinct names", "Name each option once.")
    if len(listed) > len(ascii_uppercase) and kind != "table":
        raise PartielError(kind, f"{len(listed)} options are too many", "Letters go from A to Z.")
    return listed


def _letters(shown: tuple[str, ...]) -> str:
    return ascii_uppercase[: len(shown)]


@dataclass(frozen=True)
class Choice(_Base):
    """One option. The student answers with the letter it is printed under."""

    kind = "choice"

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_letter", (_letters(shown),)

    def meaning(self, value: Value, shown: tuple[str, ...]) -> Value:
        return shown[ascii_uppercase.index(value)]

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        return ascii_uppercase[shown.index(value)]

    def score(self, given: Value, right: Value) -> Fraction:
        return _full(isinstance(given, str) and given == right)


def choice(*options: str | Sequence[str]) -> Choice:
    """``choice("blur", "edges", "sharpen")``, or ``choice("candidates")``: the name of a derived value."""
    return Choice(options=_rows_or_value("choice", options))


@dataclass(frozen=True)
class Choices(_Base):
    """Several options. Each right one earns its share and each wrong one costs as much; never below zero."""

    kind = "choices"
    all_or_nothing: bool = False

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_letters", (_letters(shown),)

    def meaning(self, value: Value, shown: tuple[str, ...]) -> Value:
        return tuple(name for letter, name in zip(ascii_uppercase, shown, strict=False) if letter in value)

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        return " ".join(sorted(ascii_uppercase[shown.index(name)] for name in value))

    def score(self, given: Value, right: Value) -> Fraction:
        chosen, good = set(given), set(right)
        if self.all_or_nothing or not good:
            return _full(chosen == good)
        cost = Fraction(1, len(good))
        if not isinstance(self.options, str) and len(self.options) > len(good):
            cost = max(cost, Fraction(1, len(self.options) - len(good)))  # choosing everything earns nothing
        return max(Fraction(0), Fraction(len(chosen & good), len(good)) - cost * len(chosen - good))


def choices(*options: str | Sequence[str], all_or_nothing: bool = False) -> Choices:
    """Several of these; the right value is any collection of their names."""
    return Choices(options=_rows_or_value("choices", options), all_or_nothing=all_or_nothing)


@dataclass(frozen=True)
class Matching(_Base):
    """For each of ``left``, numbered from 1 as declared, one of ``options``. Each right pair earns its share."""

    kind = "matching"
    left: tuple[str, ...] = ()

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_matching", (_letters(shown), len(self.left))

    def meaning(self, value: Value, shown: tuple[str, ...]) -> Value:
        pairs = zip(self.left, value.values(), strict=True)
        return {left: None if letter is None else shown[ascii_uppercase.index(letter)] for left, letter in pairs}

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        return " ".join(ascii_uppercase[shown.index(value[left])] for left in self.left)

    def score(self, given: Value, right: Value) -> Fraction:
        if not isinstance(given, Mapping) or not isinstance(right, Mapping):
            return Fraction(0)
        return Fraction(sum(given.get(left) == right[left] is not None for left in self.left), len(self.left))


def matching(*, left: Sequence[str], right: Sequence[str] | str) -> Matching:
    """The right value is ``{left: right}`` for every left; ``right`` may be the name of a derived value."""
    options = right if isinstance(right, str) else _distinct("matching", right)
    return Matching(options=options, left=_distinct("matching", left))


@dataclass(frozen=True)
class Ordering(_Base):
    """Blocks in an order. Only the pairs of ``before`` are required; without it, every pair of the right order is."""

    kind = "ordering"
    before: tuple[tuple[str, str], ...] = ()
    distractors: tuple[str, ...] = ()

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        every = not self.distractors and not isinstance(self.options, str)
        return "read_order", (_letters(shown),) if every else (_letters(shown), False)

    def meaning(self, value: Value, shown: tuple[str, ...]) -> Value:
        return tuple(shown[ascii_uppercase.index(letter)] for letter in value)

    def gives_away(self, shown: tuple[str, ...]) -> bool:
        """Whether this printed order is already right: untouched it counts as no answer, so never print it."""
        if self.distractors or isinstance(self.options, str):
            return False
        return self.score(shown, self.options) == 1

    def required(self, right: Sequence[str]) -> set[tuple[str, str]]:
        """Pairs (earlier, later) that an order must respect, those that follow from others included."""
        if not self.before:
            return set(combinations(right, 2))
        pairs = set(self.before)
        while more := {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs:
            pairs |= more
        return pairs

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        return " ".join(ascii_uppercase[shown.index(name)] for name in value)

    def score(self, given: Value, right: Value) -> Fraction:
        """1 − 2 · violated / required: what is missing violates its pairs, and a distractor violates one."""
        place = {name: n for n, name in enumerate(given)}
        pairs = self.required(tuple(right))
        violated = sum(not (a in place and b in place and place[a] < place[b]) for a, b in pairs)
        tied = {name for pair in pairs for name in pair}
        violated += len(set(place) - set(right)) + len(set(right) - set(place) - tied)
        violated += len(tuple(given)) - len(place)  # a block used twice
        return max(Fraction(0), 1 - Fraction(2 * violated, max(1, len(pairs))))


def ordering(
    *blocks: str | Sequence[str], before: Iterable[tuple[str, str]] = (), distractors: Sequence[str] = ()
) -> Ordering:
    """The right value is one right order, without distractors; with ``before``, every order of those pairs is right."""
    options = _rows_or_value("ordering", blocks)
    pairs = tuple((a, b) for a, b in before)
    if not isinstance(options, str):
        unknown = {name for pair in pairs for name in pair} - set(options)
        if unknown:
            raise PartielError(
                "ordering", f"{sorted(unknown)} in 'before' are no blocks", "Name blocks of the ordering."
            )
        options = _distinct("ordering", (*options, *distractors))
    rule = Ordering(options=options, before=pairs, distractors=tuple(distractors))
    if any(a == b for a, b in rule.required(())):
        raise PartielError("ordering", "'before' goes round in a circle", "No block comes before itself.")
    return rule


@dataclass(frozen=True)
class Formula(_Base):
    """A formula, right when it agrees with the right one on every point of a domain."""

    kind = "formula"
    domain: tuple[tuple[str, tuple[formulas.Number, ...]], ...] = ()
    valid: str = ""
    half_when: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.domain)

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_formula", (self.names,)

    def points(self) -> tuple[Mapping[str, formulas.Number], ...]:
        """The points of the domain on which formulas are compared: the same ones everywhere."""
        return formulas.points_of(self.domain, self.valid)

    def score(self, given: Value, right: Value) -> Fraction:
        """1, or half when they agree exactly where ``half_when`` holds. ValueError if ``right`` cannot be read."""
        return _agreement(self, str(given), str(right))

    def __hash__(self) -> int:
        return hash(
            (self.names, self.valid, self.half_when)
        )  # hashing hundreds of fractions takes longer than comparing


@lru_cache(maxsize=4096)
def _agreement(rule: Formula, given: str, right: str) -> Fraction:
    values, rights = _values_at(rule, given), _values_at(rule, right)
    if rights is None:
        raise ValueError(f"the right formula cannot be read: {right}")
    if values is None:
        return Fraction(0)
    agree = [formulas.same(a, b) for a, b in zip(values, rights, strict=True)]
    if all(agree):
        return Fraction(1)
    return Fraction(1, 2) if rule.half_when and agree == _half_at(rule) else Fraction(0)


@lru_cache(maxsize=4096)
def _values_at(rule: Formula, text: str) -> list[formulas.Number | None] | None:
    """A formula's values on the points of the rule; None when it cannot be read."""
    try:
        return formulas.values_at(text, rule.points())
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _half_at(rule: Formula) -> list[bool]:
    return [formulas.holds(rule.half_when, point) for point in rule.points()]


def formula(*, valid: str = "", half_when: str = "", **domain: Iterable[Any]) -> Formula:
    """``formula(I=range(8, 300), S=[1, 2, 3], valid="I >= S", half_when="I % S == 0")``.

    ``valid`` keeps points; ``half_when`` says where a formula that forgot a floor still agrees, for half of the credit.
    """
    axes = tuple(
        (name, tuple(value if isinstance(value, float) else Fraction(value) for value in values))
        for name, values in domain.items()
    )
    rule = Formula(domain=axes, valid=valid, half_when=half_when)
    points = rule.points()
    if not points:
        raise PartielError("formula", "no point of the domain is valid", "Widen the ranges, or loosen 'valid'.")
    if half_when and len({formulas.holds(half_when, point) for point in points}) < 2:
        raise PartielError("formula", f"'{half_when}' holds everywhere or nowhere", "Widen the ranges of the domain.")
    return rule


whole = Whole()
shape = Shape()
