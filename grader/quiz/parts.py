"""One question of a variant as a part of a quiz item, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader import render
from grader.model import Answer, Criterion, Essay, Task
from grader.quiz import chosen, counted, trials
from grader.quiz.asked import Asked
from grader.quiz.item import Part
from grader.quiz.words import Node, Words

_MADE: Mapping[str, Callable[[Asked], Part]] = {
    "whole": counted.numeric,
    "decimal": counted.numeric,
    "table": counted.table,
    "grid": counted.grid,
    "shape": counted.shape,
    "formula": counted.formula,
    "choice": chosen.choice,
    "choices": chosen.choices,
    "matching": chosen.matching,
    "ordering": chosen.ordering,
}


def part(asked: Asked) -> Part:
    question = asked.question
    if isinstance(question, Answer):
        return _MADE[question.rule.kind](asked)
    if isinstance(question, Task):
        checks = tuple(asked.words(check.feedback, asked.given) for check in question.checks)
        return asked.part(kind="code", starter=question.starter, checks=checks, trials=trials.of(asked, question))
    if isinstance(question, Essay):
        return asked.part(kind="text", checks=tuple(_criterion(asked, one) for one in question.rubric))
    return asked.part(kind="code")


def _criterion(asked: Asked, criterion: Criterion) -> Words:
    worth = Node("strong", children=(Node("text", f"{render.points(criterion.points, asked.lang)} pt"),))
    words = asked.words(criterion.words, asked.given)
    spans = words[0].children if words and words[0].kind == "paragraph" else ()
    return (Node("paragraph", children=(worth, Node("text", " "), *spans)), *(words[1:] if spans else words))
