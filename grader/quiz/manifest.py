"""What was exported, for the day when answers come back: parameters, answers and hashes of each item."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from grader.quiz.carry import Report
from grader.quiz.item import Item, Quiz
from grader.quiz.policy import Policy


def manifest(quiz: Quiz, to: str, files: Mapping[str, bytes], report: Report, policy: Policy) -> bytes:
    """The same bytes each time: no clock, no path."""
    head = {
        "partiel": 1,
        "quiz": quiz.id,
        "title": quiz.title,
        "lang": quiz.lang,
        "format": to,
        "policy": policy.said(quiz.lang),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
        "report": report.lines(quiz.lang),
    }
    if quiz.copies:
        head["copies"] = {
            one.code: {"copy": n, "student": one.student, "items": [item.slug for item in one.items]}
            for n, one in enumerate(quiz.copies, 1)
        }
    items = b",\n".join(_compact(_item(item)) for item in quiz.items)
    return dumped(head).rstrip(b"\n}") + b',\n "items": [\n' + items + b"\n]}\n"


def _item(item: Item) -> dict[str, Any]:
    facts = {
        "id": item.id,
        "slug": item.slug,
        "exercise": item.exercise,
        "revision": item.revision,
        "variant": item.variant,
        "parameters": dict(item.params),
        "answers": dict(item.answers),
        "points": {part.name: str(part.points) for part in item.parts},
        "parts": {part.name: part.id for part in item.parts},
    }
    return {**facts, "sha256": hashlib.sha256(_compact(facts)).hexdigest()}


def dumped(facts: Any) -> bytes:
    return (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _compact(facts: Any) -> bytes:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
