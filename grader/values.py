"""An exercise's named values: a function asks for what it needs by argument name."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

from grader.model import Answer, Exercise, Params, Value, Variant


def needs(fn: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(fn).parameters)


def call(fn: Callable[..., Any], values: Mapping[str, Value]) -> Any:
    return fn(*(values[name] for name in needs(fn)))


def of(variant: Variant) -> dict[str, Value]:
    """The parameters, then each derived value, then each right answer under its own name."""
    return compute(variant.exercise, variant.params)


def compute(exercise: Exercise, params: Params) -> dict[str, Value]:
    known = given(exercise, params)
    for question in exercise.questions:
        if isinstance(question, Answer):
            known[question.name] = call(question.compute, known)
    return known


def given(exercise: Exercise, params: Params) -> dict[str, Value]:
    """What a student is shown: parameters and derived values, no answer."""
    known = dict(params)
    for name, fn in exercise.values.items():
        known[name] = call(fn, known)
    return known


def shown(variant: Variant, question: Answer, known: Mapping[str, Value]) -> tuple[str, ...]:
    """The options in the order this variant prints them: each place is as likely for each option."""
    options = question.rule.options
    if isinstance(options, str):
        options = tuple(known[options])
    if question.rule.kind == "table":
        return options  # rows, not choices: they stay in their order
    drawn = json.dumps([variant.exercise.id, question.name, sorted(variant.params.items())], default=str)
    order = tuple(sorted(options, key=lambda name: hashlib.sha256(f"{drawn}\0{name}".encode()).digest()))
    gives_away = question.rule.kind == "ordering" and question.rule.gives_away(order)  # type: ignore[attr-defined]
    return order[1:] + order[:1] if gives_away else order
