"""The curves of a training, as the student's process tells them. They are shown, and earn nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from grader.model import Curve
from grader.sandbox import Exhausted, Remote, SandboxFault, Session, StudentError
from grader.watch import line

MOST_LINES = 4
MOST_POINTS = 120  # of one line: what a small figure can show
LONGEST = 100_000  # values of one line
NAMES = ("history", "losses")


def told(session: Session, source: str, given: Mapping[str, Any]) -> tuple[Curve, ...]:
    """What Keras kept in the model that was asked for, else what the cell itself calls ``history`` or ``losses``.

    A name that an earlier cell has left behind says nothing about this one.
    """
    models = [partial(getattr, value, "history") for value in given.values() if isinstance(value, Remote)]
    own = [name for name in NAMES if re.search(rf"^{name}\b[^=\n]*=(?!=)", source, re.MULTILINE)]
    for ask in (*models, *(partial(session.fetch, name) for name in own)):
        if lines := _lines(_asked(ask)):
            return lines
    return ()


def _asked(ask: Callable[[], Any]) -> Any:
    """Whatever goes wrong here is nobody's fault: there is no curve, and the verdict stands."""
    try:
        value = ask()
        return value.history if isinstance(value, Remote) else value
    except (StudentError, Exhausted, SandboxFault):
        return None


def _lines(value: Any) -> tuple[Curve, ...]:
    """From ``{"loss": [0.9, …], …}`` or ``[0.9, …]``; from anything else, nothing."""
    named = value.items() if isinstance(value, dict) else [("losses", value)]
    curves = []
    for name, points in named:
        if isinstance(name, str) and (curve := _curve(name, points)):
            curves.append(curve)
    return tuple(curves[:MOST_LINES])


def _curve(name: str, points: Any) -> Curve | None:
    points = points.tolist() if isinstance(points, np.ndarray) else points
    if not isinstance(points, list | tuple) or not 2 <= len(points) <= LONGEST:
        return None
    every = math.ceil(len(points) / MOST_POINTS)
    means = tuple(_mean(points[start : start + every]) for start in range(0, len(points), every))
    return Curve(line(name, 30), means, every) if any(mean is not None for mean in means) else None


def _mean(values: Any) -> float | None:
    """To four digits; None where one of them is no finite number: the line breaks there."""
    real = [float(x) for x in values if isinstance(x, int | float) and abs(x) < 1e12]
    return float(f"{sum(real) / len(real):.4g}") if real and len(real) == len(values) else None
