"""Wrong answers to print beside the right one: out of its tolerance, in the answers' domain, different when printed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grader import values, variants
from grader.model import Answer, Exercise, Value
from grader.quiz.numbers import plain

ENOUGH = 3
Shown = Callable[[Value], str]


@dataclass(frozen=True, slots=True)
class Domain:
    """Between which bounds right answers lie, as far as a reader could guess; whether all are whole."""

    low: float
    high: float
    whole: bool


def domain(exercise: Exercise, name: str) -> Domain:
    """Seen from all the variants."""
    rights = [plain(values.of(variant)[name]) for variant in variants.every(exercise)]
    low = 0.0 if min(rights) >= 0 else -math.inf
    positive = min(rights) > 0 and all(isinstance(x, int) for x in rights)
    high = 1.0 if low == 0 and max(rights) <= 1 and any(0 < x < 1 for x in rights) else math.inf
    return Domain(1.0 if positive else low, high, all(isinstance(x, int) for x in rights))


def numbers(
    within: Domain, question: Answer, right: Value, wrong: Sequence[tuple[str, Value]], shown: Shown
) -> list[tuple[str, Value]]:
    """Those of ``wrong`` (name, value) that can be printed, then as many nameless ones as it takes."""
    kept: list[tuple[str, Value]] = []
    printed = {shown(right)}
    for name, value in (*wrong, *(("", value) for value in _nearby(right))):
        if not name and len(kept) >= ENOUGH:
            break
        value = plain(value)
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not fits or not within.low <= value <= within.high or (within.whole and not isinstance(value, int)):
            continue
        if question.rule.score(value, right) > 0 or shown(value) in printed:
            continue
        printed.add(shown(value))
        kept.append((name, value))
    return kept


def _nearby(right: Value) -> Iterator[Value]:
    right = plain(right)
    if isinstance(right, int):
        yield from (right + 1, right - 1, 2 * right, right + 2, right - 2, right + 3, right + 10)
        return
    yield from (right / 2, 2 * right, 1 - right, 1.5 * right, right / 4, right + 0.1, right + 1, right - 1, -right)


def place(id: str, names: Sequence[str]) -> list[str]:
    """Names in an order drawn from the item's id: each place is as likely for each."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{id}\0{name}".encode()).digest())
