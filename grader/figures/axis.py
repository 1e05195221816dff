"""From values to places on the page: scales, and the round numbers beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from grader.figures.words import power_of_ten, written
from grader.model import Lang


@dataclass(frozen=True)
class Axis:
    """From a value to a place: ``low`` at ``start`` px, ``high`` at ``end``; logarithms taken already."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        value = math.log10(value) if self.log else value
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, lang: Lang, most: int, *, whole: bool = False) -> list[tuple[float, str]]:
        """``whole``: what is counted has no halves."""
        if self.log:
            decades = range(math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9) + 1)
            every = max(1, math.ceil(len(decades) / most))
            return [(10.0**d, power_of_ten(d, lang)) for d in decades if d % every == 0]
        step, digits = round_step(self.high - self.low, most)
        step, digits = (1.0, 0) if whole and step < 1 else (step, digits)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(k * step, written(k * step, lang, digits)) for k in range(first, last + 1)]


def round_step(span: float, most: int) -> tuple[float, int]:
    """1, 2 or 5 times a power of ten, at most ``most`` of them in ``span``; and the decimals it needs."""
    power = math.floor(math.log10(span / most))
    for factor in (1, 2, 5, 10):
        step = float(f"{factor}e{power}")
        if span / step <= most:
            break
    return step, max(0, -math.floor(math.log10(step) + 1e-9))
