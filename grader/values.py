"""An exercise's named values: a function asks for what it needs by argument name."""

from __future__ import annotations

import copy
import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from grader import datasets
from grader.model import Answer, Exercise, Params, Value, Variant

Named = tuple[tuple[str, Callable[..., Any]], ...]


@lru_cache(maxsize=4096)
def needs(fn: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(fn).parameters)


def call(fn: Callable[..., Any], values: Mapping[str, Value]) -> Any:
    return fn(*(values[name] for name in needs(fn)))


def of(variant: Variant) -> dict[str, Value]:
    """The parameters, then each derived value, then each right answer under its own name."""
    return compute(variant.exercise, variant.params)


def compute(exercise: Exercise, params: Params) -> dict[str, Value]:
    answers = tuple((q.name, q.compute) for q in exercise.questions if isinstance(q, Answer))
    return _computed((*exercise.values.items(), *answers), params)


def given(exercise: Exercise, params: Params) -> dict[str, Value]:
    """What a student is shown: parameters and derived values, no answer."""
    return _computed(tuple(exercise.values.items()), params)


def _computed(functions: Named, params: Params) -> dict[str, Value]:
    try:
        known, changeable = _remembered(functions, tuple(params.items()), datasets.sources())
    except TypeError:  # a parameter that has no hash
        return _called(functions, params)
    # A caller may write into its copy: what is remembered stays as computed.
    return {**known, **{name: _copied(known[name]) for name in changeable}}


def _copied(value: Value) -> Value:
    """As deepcopy does; most values are rows of numbers, which it takes ten times longer to go through."""
    kind = type(value)
    if kind in _SETTLED:
        return value
    if kind is list:
        return [part if type(part) in _SETTLED else _copied(part) for part in value]
    if kind is tuple:
        return tuple([part if type(part) in _SETTLED else _copied(part) for part in value])
    if kind is dict:
        return {key: part if type(part) in _SETTLED else _copied(part) for key, part in value.items()}
    return copy.deepcopy(value)


@lru_cache(maxsize=1024)
def _remembered(
    functions: Named,
    params: tuple[tuple[str, Value], ...],
    sources: tuple[tuple[str, str], ...],  # noqa: ARG001 - of another course's images there are other facts
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The values, and the names of those that someone could write into."""
    known = _called(functions, dict(params))
    return known, tuple(name for name, value in known.items() if not _is_settled(value))


_SETTLED = frozenset({type(None), bool, str, int, float, complex, bytes})


def _is_settled(value: Value) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_settled, value))
    return value is None or isinstance(value, str | int | float | complex | bytes)


def _called(functions: Named, params: Params) -> dict[str, Value]:
    known = dict(params)
    for name, fn in functions:
        known[name] = call(fn, known)
    return known


def plain(params: Params) -> dict[str, Value]:
    """Parameters as a grid gives them and as JSON brings them back: lists are tuples, at every depth."""
    return {name: _tuples(value) for name, value in params.items()}


def _tuples(value: Value) -> Value:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


def shown(variant: Variant, question: Answer, known: Mapping[str, Value]) -> tuple[str, ...]:
    """The options in the order this variant prints them: each place is as likely for each option."""
    options = question.rule.options
    if isinstance(options, str):
        options = tuple(known[options])
    if question.rule.kind == "table":
        return options  # rows, not choices: they stay in their order
    if not options:
        return ()
    drawn = json.dumps([variant.exercise.id, question.name, sorted(variant.params.items())], default=str)
    return tuple(sorted(options, key=lambda name: hashlib.sha256(f"{drawn}\0{name}".encode()).digest()))
