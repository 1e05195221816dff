"""Numbers for machines, which want ASCII and every digit, and for readers, who want their comma."""

from __future__ import annotations

import math
from decimal import Decimal as Exact
from fractions import Fraction
from typing import Any

from grader import readers, render
from grader.model import Lang, Value
from grader.quiz.item import Number
from grader.rules.numbers import Decimal

DIGITS = 12  # significant, of a tolerance or a float that has no shorter writing


def plain(value: Value) -> Any:
    """NumPy's values as Python's; whole floats as ints."""
    value = readers._plain(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list | tuple):
        return tuple(map(plain, value))
    return {key: plain(part) for key, part in value.items()} if isinstance(value, dict) else value


def ascii_number(value: Value) -> str:
    """``80758``, ``-0.00125``: no exponent, no separator, U+002D for minus."""
    value = plain(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction) or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a number")
    if isinstance(value, int):
        return str(value)
    exact = Exact(repr(float(value)))
    written = format(exact, "f")
    if len(written.lstrip("-0.").replace(".", "")) > DIGITS + 3:
        written = format(exact.normalize() if exact == 0 else Exact(f"{float(value):.{DIGITS}g}"), "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def tolerance(rule: Decimal | None, right: Value) -> str:
    """How far from ``right`` the rule still accepts."""
    if rule is None:
        return "0"
    wide = Exact(repr(rule.atol)) + Exact(repr(rule.rtol)) * abs(Exact(repr(float(right))))
    return ascii_number(float(f"{wide:.{DIGITS}g}"))


def number(value: Value, rule: Decimal | None, lang: Lang) -> Number:
    value = plain(value)
    return Number(ascii_number(value), tolerance(rule, value), rule is None, shown(value, digits(rule, value), lang))


def digits(rule: Decimal | None, right: Value) -> int:
    """The decimals that a printed value needs for the rule to tell it from its neighbours."""
    if rule is None:
        return 0
    wide = float(tolerance(rule, right))
    return max(0, min(DIGITS, math.ceil(-math.log10(wide)))) if wide > 0 else 6


def shown(value: Value, decimals: int, lang: Lang) -> str:
    """For readers: ``80 758``, ``−0,125`` in French; ``80,758``, ``−0.125`` in English."""
    value = plain(value)
    if isinstance(value, int) and not decimals:
        written = render.number(value, lang)
    else:
        written = render.fixed(float(value), decimals, lang)
        if not any(c in "123456789" for c in written):
            written = written.lstrip("-")
    return written.replace("-", "−")
