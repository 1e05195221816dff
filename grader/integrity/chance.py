"""How likely it is that answers fit one same copy by chance: exactly, since the numbers were drawn by lot.

Whoever has not seen another's copy knows nothing of the numbers on it. So, whatever wrong ideas led to an answer, the
share of the other copies for which it is right is the probability that it is right for any one of them; and different
exercises, drawn apart, are independent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

STEP = 0.05  # of a weight: what is compared are whole numbers of steps, so that rounding hides no chance

Weights = Mapping[int, tuple[int, float]]  # answers of one exercise that fit: the weight of it, and its probability


def weights(fits: Mapping[int, int], others: int, common: float) -> dict[int, tuple[int, float]]:
    """``fits`` counts the other copies by how many answers of one exercise fit them, where any does.

    As many or more fitting weighs minus the logarithm of its share; nothing where that share is above ``common``.
    """
    found: dict[int, tuple[int, float]] = {}
    for many in fits:
        share = sum(count for least, count in fits.items() if least >= many) / others
        found[many] = (0 if share > common else round(-math.log(share) / STEP), fits[many] / others)
    return found


def tail(exercises: Iterable[Weights]) -> NDArray[np.float64]:
    """The probability of a total weight of at least ``n`` steps, for every ``n`` that can be reached."""
    total = np.ones(1)
    for one in exercises:
        law = np.zeros(1 + max(weight for weight, _ in one.values()))
        for weight, probability in one.values():
            law[weight] += probability
        law[0] += max(0.0, 1.0 - law.sum())
        total = np.convolve(total, law)
    reached = np.asarray(total[::-1].cumsum()[::-1], np.float64)
    return np.minimum(1.0, reached, out=reached)
