"""What an exercise file imports.

Decorators only mark. ``content`` collects the marks, in the order they were
written; importing an exercise changes nothing outside its own module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any, overload

from grader.model import Device, Knob, Limits, Measure, Params, Rule, Value
from grader.rules import choice, choices, decimal, formula, matching, ordering, shape, table, whole
from grader.rules import grid as matrix
from grader.scripts import (
    Bug,
    at,
    bug_line,
    bugged,
    elsewhere,
    idle_lines,
    misordered,
    numbered,
    pairs,
    right_line,
)

__all__ = [
    "Bug",
    "Measure",
    "answer",
    "at",
    "bug_line",
    "bugged",
    "choice",
    "choices",
    "decimal",
    "elsewhere",
    "essay",
    "formula",
    "grid",
    "idle_lines",
    "matching",
    "matrix",
    "misordered",
    "numbered",
    "ordering",
    "pairs",
    "right_line",
    "shape",
    "table",
    "task",
    "value",
    "whole",
]

Compute = Callable[..., Value]
Assertion = Callable[..., Measure | None]


def grid(where: Callable[..., bool] | None = None, /, **axes: Iterable[Value]) -> list[Params]:
    """Every combination, in a fixed order: ``grid(k=[3, 5, 7], s=[1, 2])``.

    ``where`` keeps the combinations that make sense: ``grid(lambda k, p, **_: p <= k // 2, k=…, p=…)``.
    """
    members = [dict(zip(axes, row, strict=True)) for row in product(*axes.values())]
    return [member for member in members if where is None or where(**member)]


@dataclass
class ValueMark:
    compute: Compute


@dataclass
class AnswerMark:
    compute: Compute
    points: Fraction
    rule: Rule
    misconceptions: list[Compute] = field(default_factory=list)
    followed: Compute | None = None

    def misconception(self, compute: Compute) -> Compute:
        """A wrong idea: the function that computes where it leads."""
        self.misconceptions.append(compute)
        return compute

    def follow_through(self, compute: Compute) -> Compute:
        """The right rows of a table given ``yours``, the student's own: a wrong line is wrong once."""
        self.followed = compute
        return compute


@dataclass
class CheckMark:
    run: Assertion
    hidden: bool
    weight: int


@dataclass
class EssayMark:
    rubric: Callable[[], Mapping[str, int | str]]
    points: Fraction


@dataclass
class TaskMark:
    starter: Callable[..., Any]
    points: Fraction
    asks: tuple[str, ...]
    limits: Limits
    device: Device
    knobs: tuple[Knob, ...] = ()
    weights: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    checks: list[CheckMark] = field(default_factory=list)

    @overload
    def check(self, run: Assertion) -> Assertion: ...
    @overload
    def check(self, *, weight: int = 1) -> Callable[[Assertion], Assertion]: ...
    def check(self, run: Assertion | None = None, *, weight: int = 1) -> Any:
        """An assertion that students read in their notebook, and can run."""
        return self._mark(run, False, weight)

    @overload
    def hidden_check(self, run: Assertion) -> Assertion: ...
    @overload
    def hidden_check(self, *, weight: int = 1) -> Callable[[Assertion], Assertion]: ...
    def hidden_check(self, run: Assertion | None = None, *, weight: int = 1) -> Any:
        """An assertion of which students only ever see the sentence."""
        return self._mark(run, True, weight)

    def _mark(self, run: Assertion | None, hidden: bool, weight: int) -> Any:
        def mark(run: Assertion) -> Assertion:
            self.checks.append(CheckMark(run, hidden, weight))
            return run

        return mark if run is None else mark(run)


def value(compute: Compute) -> ValueMark:
    """A value derived from the parameters, an array from a ``seed`` axis for instance."""
    return ValueMark(compute)


def answer(*, points: int | str = 1, rule: Rule = whole) -> Callable[[Compute], AnswerMark]:
    """A question answered by a value: the function computes the right one."""
    return lambda compute: AnswerMark(compute, Fraction(points), rule)


def essay(*, points: int | str = 1) -> Callable[[Callable[[], Mapping[str, int | str]]], EssayMark]:
    """A question answered in free text and marked by a human: the function gives the points of each line of the rubric.

    ``@essay(points=3)`` over ``def discuss(): return {"overfitting": 2, "remedy": 1}``; the lines' words are the
    ``### overfitting`` and ``### remedy`` of the .md files, for markers, and for students once it is marked.
    """
    return lambda rubric: EssayMark(rubric, Fraction(points))


def task(
    *,
    points: int | str = 1,
    asks: tuple[str, ...] = (),
    device: Device = "cpu",
    knobs: Mapping[str, tuple[int | float, int | float]] | None = None,
    weights: Mapping[str, tuple[int, ...]] | None = None,
    **limits: Any,
) -> Callable[[Callable[..., Any]], TaskMark]:
    """A question answered by code. The function is the starter that students complete.

    With ``asks``, the names that the cell must define, the starter is the function's body alone.
    ``knobs={"epochs": (2, 20)}`` defines ``epochs`` before the cell: 2 in the notebook handed out, 20 when graded.
    ``weights={"kernel": (5, 5, 1, 6), …}`` lets an assignment ask for trained weights instead of running the training:
    the cell defines ``build()`` and ``train(model)``, and hidden checks may take ``weights``: the arrays of the file
    that was handed in, as float32 and in this order; None where the grader trains.
    Further keywords are limits: ``seconds``, ``memory_mib``, ``output_kib``, ``processes``, ``file_mib``.
    """
    turned = tuple(Knob(name, shown, graded) for name, (shown, graded) in (knobs or {}).items())
    return lambda starter: TaskMark(starter, Fraction(points), asks, Limits(**limits), device, turned, weights or {})
