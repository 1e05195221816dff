"""A quiz as JSON, whole: the first format, and the model of the others. ``templates/quiz/schema.json`` describes it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from grader.model import Text
from grader.quiz.carry import Notes
from grader.quiz.item import KINDS, Quiz
from grader.quiz.manifest import dumped
from grader.quiz.policy import Policy
from grader.quiz.words import Node

TITLE = Text("JSON", "JSON")
CARRIES = frozenset(KINDS)


def write(quiz: Quiz, policy: Policy, _notes: Notes) -> dict[str, bytes]:
    return {f"{quiz.id}.json": dumped({"partiel": 1, "policy": policy.said(quiz.lang), **_plain(quiz)})}


def _plain(value: Any) -> Any:
    """Dataclasses by field, without what is empty; fractions as text (``3/2``); pictures in base 64."""
    if isinstance(value, Node):
        facts = {"kind": value.kind, "text": value.text, "children": _plain(value.children), "number": value.number,
                 "mime": value.mime, "data": base64.b64encode(value.data).decode()}  # fmt: skip
        return {name: part for name, part in facts.items() if part}
    if is_dataclass(value) and not isinstance(value, type):
        found = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        return {name: part for name, part in found.items() if part not in ("", [], {}, None) and part is not False}
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Fraction) else value
