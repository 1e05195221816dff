"""What a table of scores says of its questions: pure functions on arrays, with an interval beside each number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, and the interval that 95 % of such classes would put around it."""

    value: float
    low: float
    high: float
    n: int  # copies it was computed from

    @property
    def is_below_zero(self) -> bool:
        return self.high < 0


@dataclass(frozen=True, slots=True)
class Distribution:
    n: int
    mean: float
    deviation: float  # of the sample: n - 1
    least: float
    quarter: float
    median: float
    three_quarters: float
    most: float


def _normal(confidence: float) -> float:
    from scipy.special import ndtri  # half a second: only where something is computed

    return float(ndtri(0.5 + confidence / 2))


def distribution(scores: Array) -> Distribution | None:
    """Of scores in points; nothing of no score."""
    if not len(scores):
        return None
    deviation = float(np.std(scores, ddof=1)) if len(scores) > 1 else 0.0
    quarters = [float(q) for q in np.quantile(scores, [0, 0.25, 0.5, 0.75, 1])]
    least, quarter, median, three_quarters, most = quarters
    return Distribution(len(scores), float(np.mean(scores)), deviation, least, quarter, median, three_quarters, most)


def share(count: float, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """``count`` of ``n``, with Wilson's interval: it stays between 0 and 1 and holds for few.

    For credit between 0 and 1 it is too wide rather than too narrow: such a score varies less than one that is 0 or 1.
    """
    if not n:
        return Estimate(math.nan, 0.0, 1.0, 0)
    z, p = _normal(confidence), count / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Estimate(p, max(0.0, middle - half), min(1.0, middle + half), n)


def rest(shares: Array, points: Array) -> Array:
    """Of each copy and question, the share earned of all its *other* questions; NaN is a question without a score.

    ``shares`` is (copies, questions), of each question's points; ``points`` is (questions,).
    """
    there = ~np.isnan(shares)
    earned, worth = np.where(there, shares, 0.0) * points, there * points
    others = worth.sum(axis=1, keepdims=True) - worth
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(others > 0, (earned.sum(axis=1, keepdims=True) - earned) / others, np.nan)


def item_rest(shares: Array, points: Array) -> list[Estimate | None]:
    """Each question's correlation with the rest of the copy: the corrected point-biserial where it is right or wrong.

    Fisher's interval. Nothing where everybody has the same score, or fewer than four copies have one.
    """
    others = rest(shares, points)
    return [correlation(shares[:, q], others[:, q]) for q in range(shares.shape[1])]


def correlation(x: Array, y: Array, confidence: float = CONFIDENCE) -> Estimate | None:
    """Pearson's, of the pairs that are whole, with Fisher's interval."""
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    n = len(x)
    if n < 4 or np.ptp(x) < 1e-9 or np.ptp(y) < 1e-9:
        return None
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    half = _normal(confidence) / math.sqrt(n - 3)
    middle = math.atanh(np.clip(r, -0.999999, 0.999999))
    return Estimate(r, math.tanh(middle - half), math.tanh(middle + half), n)


def alpha(shares: Array, points: Array, confidence: float = CONFIDENCE) -> Estimate | None:
    """Cronbach's, in points, of the copies that have a score everywhere; Feldt's F interval.

    L. S. Feldt (1965), Psychometrika 30: (1 - alpha) / (1 - estimate) follows F with n - 1 and (n - 1)(k - 1).
    """
    from scipy.special import fdtri

    scores = shares[~np.isnan(shares).any(axis=1)] * points
    n, k = scores.shape
    if n < 3 or k < 2:
        return None
    total = float(np.var(scores.sum(axis=1), ddof=1))
    if total < 1e-12:
        return None
    value = k / (k - 1) * (1 - float(np.var(scores, axis=0, ddof=1).sum()) / total)
    tail, of = (1 - confidence) / 2, (n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - value) * float(fdtri(*of, p)) for p in (1 - tail, tail))
    return Estimate(value, low, high, n)


def holm(p: Sequence[float]) -> list[float]:
    """Adjusted so that the chance of any false alarm among them all is kept. S. Holm (1979)."""
    order = sorted(range(len(p)), key=p.__getitem__)
    adjusted, worst = [0.0] * len(p), 0.0
    for rank, at in enumerate(order):
        worst = max(worst, min(1.0, (len(p) - rank) * p[at]))
        adjusted[at] = worst
    return adjusted


@dataclass(frozen=True, slots=True)
class Reach:
    """What a class of this size can tell: the half-widths of its intervals, and the least gap it would notice."""

    share: float  # of a share near one half
    correlation: float  # of a correlation near 0.3
    gap: float  # between two halves of the class, in shares, noticed four times out of five


def reach(n: int, comparisons: int, level: float) -> Reach:
    from scipy.special import ndtri

    one = share(n / 2, n)
    pair = math.atanh(0.3), _normal(CONFIDENCE) / math.sqrt(max(n - 3, 1))
    width = (math.tanh(pair[0] + pair[1]) - math.tanh(pair[0] - pair[1])) / 2
    seen = -float(ndtri(level / (2 * max(comparisons, 1)))) + float(ndtri(0.8))
    return Reach((one.high - one.low) / 2, width, min(1.0, seen / math.sqrt(max(n, 1))))
