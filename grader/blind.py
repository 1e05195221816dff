"""An exercise of which all that judges is a sentinel: what students receive must not change by a byte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from unittest.mock import patch

from grader.author import AnswerMark
from grader.model import Answer, Check, Essay, Exercise, Misconception, Question, Task, Text

SENTINEL = "Ꞩentinel"
WORDS = Text(SENTINEL, SENTINEL)


class Looked(Exception):
    """Something that students see asked for something that judges them."""


def blind(exercise: Exercise) -> Exercise:
    """The same statement, parameters and visible checks; computing an answer or a wrong idea raises Looked."""
    return replace(
        exercise,
        solution=WORDS,
        questions=tuple(map(_blinded, exercise.questions)),
        values={name: _among_sentinels(exercise, fn) for name, fn in exercise.values.items()},
    )


def _blinded(question: Question) -> Question:
    if isinstance(question, Answer):
        look = _look(question.name)
        wrong = tuple(Misconception(SENTINEL, look, WORDS) for _ in question.misconceptions)
        return replace(question, compute=look, misconceptions=wrong, follow_through=question.follow_through and look)
    if isinstance(question, Essay):
        return replace(question, rubric=tuple(replace(line, name=SENTINEL, words=WORDS) for line in question.rubric))
    if not isinstance(question, Task):
        return question
    checks = tuple(
        Check(SENTINEL, c.run, SENTINEL, True, c.weight, WORDS) if c.hidden else replace(c, feedback=WORDS)
        for c in question.checks
    )
    return replace(question, checks=checks)


def _among_sentinels(exercise: Exercise, fn: Callable[..., Any]) -> Callable[..., Any]:
    """A derived value, computed while the judging functions of its file are sentinels."""
    judging: dict[str, Any] = {}
    for question in exercise.questions:
        if isinstance(question, Answer):
            judging[question.name] = AnswerMark(_look(question.name), question.points, question.rule)
            wrong = (m.compute.__name__ for m in question.misconceptions)
            judging |= {name: _look(name) for name in wrong}
        elif isinstance(question, Task):
            judging |= {check.name: _look(check.name) for check in question.checks if check.hidden}

    @wraps(fn)
    def computed(*args: Any) -> Any:
        with patch.dict(fn.__globals__, judging):
            return fn(*args)

    return computed


def _look(name: str) -> Callable[..., Any]:
    def look(*_: Any, **__: Any) -> Any:
        raise Looked(name)

    return look
