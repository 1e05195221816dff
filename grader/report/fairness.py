"""Whether some numbers make a question harder: exact tests within strata of ability, corrected for how many there are.

Variants are drawn at random, so that a plain comparison would already be fair; strata only sharpen it. Within each,
the copies with a value of a parameter are compared with the others by the permutation distribution of their summed
credit: for an answer that is right or wrong that is Fisher's exact test, stratified. Nothing is approximated.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.report.stats import Array, Estimate, holm

LEVEL = 0.01  # of any false alarm in a whole report
FEWEST = 40  # copies, below which nothing is tested
LEAST = 10  # copies on each side of a comparison
STRATUM = 50  # copies of like ability, about
STEPS = 20  # credit is counted in twentieths, unless a coarser step holds all of it
LANGUAGE = "lang"  # the axis that every question has


@dataclass(frozen=True, slots=True)
class Gap:
    """The copies with one value of a parameter beside the others. ``gap`` < 0: they earn less, in shares of points."""

    question: str
    axis: str
    value: Any
    gap: Estimate
    p: float
    adjusted: float
    here: int  # copies with this value
    there: int  # copies without
    earned: float  # share of the points, with this value
    otherwise: float

    @property
    def is_real(self) -> bool:
        return self.adjusted <= LEVEL


@dataclass(frozen=True, slots=True)
class Fairness:
    """``gaps`` are all comparisons, the least likely first; ``found`` those that chance does not explain."""

    gaps: tuple[Gap, ...]
    found: tuple[Gap, ...]
    untested: tuple[str, ...]  # questions in which no value was met often enough
    tested: int  # questions


@dataclass(frozen=True, slots=True)
class _Side:
    axis: str
    value: Any
    mask: Array


def compare(
    questions: Sequence[str], shares: Array, others: Array, numbers: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Fairness:
    """``shares`` and ``others`` (the rest of each copy) are (copies, questions); ``numbers`` are, by question, each
    copy's parameters.
    """
    gaps: list[Gap] = []
    untested = []
    kept = []
    for q, key in enumerate(questions):
        sides = list(_sides(numbers[key], ~np.isnan(shares[:, q])))
        rows = _Rows(shares[:, q], others[:, q])
        found = [gap for side in sides if (gap := _gap(key, side, rows)) is not None]
        if not found:
            untested.append(key)
            continue
        gaps += found
        kept.append((key, rows, sides))
    for n, p in enumerate(holm([gap.p for gap in gaps])):
        gaps[n] = replace(gaps[n], adjusted=p)
    real = [one for key, rows, sides in kept for one in _one_by_one(key, rows, sides, gaps)]
    ordered = tuple(sorted(gaps, key=lambda gap: gap.p))
    return Fairness(ordered, tuple(sorted(real, key=lambda gap: gap.p)), tuple(untested), len(kept))


def _one_by_one(key: str, rows: _Rows, sides: Sequence[_Side], every: Sequence[Gap]) -> list[Gap]:
    """The value that departs most; then, without its copies, whether another still does.

    Where one value is hard the others look easy beside it, and so do the values of parameters that go with it.
    """
    left = [gap for gap in every if gap.question == key and gap.is_real]
    found: list[Gap] = []
    gone = np.zeros(len(rows.shares), dtype=bool)
    while left:
        worst = min(left, key=lambda gap: (gap.p, gap.gap.value))
        found.append(worst)
        gone |= next(side.mask for side in sides if (side.axis, side.value) == (worst.axis, worst.value))
        again = [g for side in sides if (g := _gap(key, replace(side, mask=side.mask & ~gone), rows, gone)) is not None]
        left = [g for one in again if (g := replace(one, adjusted=min(1.0, one.p * len(every)))).is_real]
    return found


def _sides(numbers: Sequence[Mapping[str, Any]], there: Array) -> list[_Side]:
    """Every value against the others; of two values, the second is the first seen from the other side."""
    sides = []
    for axis in dict.fromkeys(name for one in numbers for name in one):
        column = [_plain(one.get(axis)) for one in numbers]
        counted = Counter(value for value, is_there in zip(column, there, strict=True) if is_there)
        often = [value for value, n in counted.items() if n >= LEAST]
        if len(counted) < 2:
            continue
        if not often and axis != "seed" and all(isinstance(value, int | float) for value in counted):
            sides += _halves(axis, column, there)
        often = often[:1] if len(counted) == 2 else often
        sides += [_Side(axis, value, np.array([one == value for one in column])) for value in often]
    return sides


def _halves(axis: str, column: Sequence[Any], there: Array) -> list[_Side]:
    """Of a number that takes many values: its lower half."""
    at = float(np.median(np.array(column, dtype=float)[there]))
    below = np.array(column, dtype=float) <= at
    return [_Side(axis, f"≤ {at:g}", below)]


def _plain(value: Any) -> Any:
    """Hashable, and the same for equal parameters."""
    if isinstance(value, list | tuple):
        return tuple(_plain(part) for part in value)
    if isinstance(value, Mapping):
        return tuple((name, _plain(part)) for name, part in value.items())
    return value


class _Rows:
    """One question's credits in whole steps, the strata of ability, and what chance does in each of them."""

    def __init__(self, shares: Array, others: Array) -> None:
        self.shares = shares
        there = ~np.isnan(shares)
        self.others = np.where(np.isnan(others), np.nanmean(others) if (~np.isnan(others)).any() else 0.0, others)
        self.there = there
        self.unit = next((d for d in range(1, STEPS) if _fits(shares[there], d)), STEPS)
        self.steps = np.where(there, np.rint(np.where(there, shares, 0) * self.unit), 0).astype(int)
        self._known: dict[bytes, list[tuple[Array, Array]]] = {}

    def strata(self, gone: Array) -> list[tuple[Array, Array]]:
        """Copies of like ability, and for each size of a subset the chances of its sum: (k, sum)."""
        key = gone.tobytes()
        if key not in self._known:
            at = np.flatnonzero(self.there & ~gone)
            ranked = at[np.argsort(self.others[at], kind="stable")]
            parts = np.array_split(ranked, max(1, round(len(ranked) / STRATUM)))
            self._known[key] = [(part, chances(self.steps[part])) for part in parts if len(part)]
        return self._known[key]


def _fits(shares: Array, unit: int) -> bool:
    return bool(np.all(np.abs(shares * unit - np.rint(shares * unit)) < 1e-6))


def chances(steps: Array) -> Array:
    """``[k, s]``: the probability that ``k`` of these, drawn without putting back, add up to ``s``."""
    n, most = len(steps), int(steps.sum())
    ways = np.zeros((n + 1, most + 1))
    ways[0, 0] = 1.0
    reached = 0
    for taken, step in enumerate(steps, 1):
        reached += int(step)
        ways[1 : taken + 1, step : reached + 1] += ways[:taken, : reached + 1 - step].copy()
    return np.asarray(ways / ways.sum(axis=1, keepdims=True))


def _gap(key: str, side: _Side, rows: _Rows, gone: Array | None = None) -> Gap | None:
    """Nothing where a side has too few copies."""
    gone = np.zeros(len(rows.shares), dtype=bool) if gone is None else gone
    kept = rows.there & ~gone
    here, there = int((kept & side.mask).sum()), int((kept & ~side.mask).sum())
    if min(here, there) < LEAST or here + there < FEWEST:
        return None
    total, by_chance = 0, np.ones(1)
    weights = moved = spread = 0.0
    for part, known in rows.strata(gone):
        inside = side.mask[part]
        n1, n = int(inside.sum()), len(part)
        total += int(rows.steps[part][inside].sum())
        by_chance = np.convolve(by_chance, known[n1])
        if 0 < n1 < n:
            credit = rows.shares[part]
            weight = n1 * (n - n1) / n
            weights += weight
            moved += weight * float(credit[inside].mean() - credit[~inside].mean())
            spread += weight * _variance(credit[inside], credit[~inside])
    if not weights:
        return None
    p = float(by_chance[by_chance <= by_chance[total] * (1 + 1e-7)].sum())
    half = 1.96 * math.sqrt(spread) / weights
    moved /= weights
    gap = Estimate(moved, max(-1.0, moved - half), min(1.0, moved + half), here + there)
    earned, otherwise = (float(rows.shares[kept & m].mean()) for m in (side.mask, ~side.mask))
    return Gap(key, side.axis, side.value, gap, min(1.0, p), 1.0, here, there, earned, otherwise)


def _variance(here: Array, there: Array) -> float:
    """Of one copy's credit within a side, both sides together."""
    off = np.concatenate([here - here.mean(), there - there.mean()])
    return float((off**2).sum() / max(1, len(off) - 2))
