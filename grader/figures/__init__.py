"""Figures from plain data: drawings as SVG text, pictures as arrays, each the same to the byte wherever it is made."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from grader.figures.bars import bars
from grader.figures.charts import curves, panels
from grader.figures.grids import boxes, convolution, matrix_figure
from grader.figures.images import filtered, gaussian, in_numbers, noised, response, separable, uniform
from grader.figures.layers import architecture, network, stack, timeline
from grader.figures.raster import lettering, strip
from grader.figures.scenes import FRUITS, SIGNS, digit, fruit, scene, sign
from grader.figures.svg import uri
from grader.model import Lang

__all__ = [
    "FRUITS", "SIGNS", "architecture", "bars", "boxes", "convolution", "curves", "digit", "filtered", "filters",
    "fruit", "gaussian", "in_numbers", "lettering", "matrix_figure", "network", "noised", "panels", "response", "scene",
    "separable", "sign", "stack", "strip", "timeline", "uniform", "uri",
]  # fmt: skip

_DRAWINGS: tuple[Callable[..., str], ...] = (
    architecture, bars, boxes, convolution, curves, matrix_figure, network, panels, stack, timeline,
)  # fmt: skip


def filters(lang: Lang) -> dict[str, Callable[..., str]]:
    """By name, what turns an author's value into a drawing's address, its words in ``lang``."""

    def addressed(draw: Callable[..., str]) -> Callable[..., str]:
        drawn: OrderedDict[Any, str] = OrderedDict()  # a hundred students of a course share some variants

        @wraps(draw)
        def filter_(value: Any, **options: Any) -> str:
            key = _key((value, options))
            if key not in drawn:
                drawn[key] = uri(draw(value, lang, **options))
                if len(drawn) > _KEPT:
                    drawn.popitem(last=False)
            return drawn[key]

        return filter_

    return {draw.__name__: addressed(draw) for draw in _DRAWINGS}


_KEPT = 256  # drawings of each kind, some kilobytes each


def _key(value: Any) -> Any:
    """Equal for values that are drawn alike, to the last digit; 1, 1.0 and True are not."""
    if isinstance(value, np.ndarray):
        return (
            "array",
            value.shape,
            value.dtype.str,
            value.tobytes() if value.dtype != object else repr(value.tolist()),
        )
    if isinstance(value, dict):
        return ("dict", *((_key(name), _key(part)) for name, part in value.items()))
    if isinstance(value, list | tuple):
        return (type(value), *map(_key, value))
    return value if isinstance(value, str) else (type(value), repr(value))
