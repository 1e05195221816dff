"""Answers that are formulas, compared on points."""
# ruff: noqa: ARG002 - every kind is told the printed order, and only some need it

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from grader import formula as formulas
from grader.errors import PartielError
from grader.model import Value
from grader.rules.base import Base


@dataclass(frozen=True)
class Formula(Base):
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
