"""Results in the form of our own that the guide describes: who answered what to which item."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.model import Answer
from grader.results import table, written
from grader.results.exported import Asked, Exported
from grader.results.reply import Reply, Who

SEEN = 'Write [{"student": "ada", "item": "conv_output_size@…#13", "answers": {"size": "26"}}, …].'


def replies(exported: Exported, file: Path) -> list[Reply]:
    """Raises CourseError."""
    try:
        said = json.loads(table.text(file))
        entries = [(str(one["student"]), str(one["item"]), dict(one["answers"])) for one in said]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise CourseError(file, f"this is no list of results ({type(error).__name__}: {error})", SEEN) from error
    return [
        reply for n, (who, item, answers) in enumerate(entries, 1) for reply in _of(exported, n, who, item, answers)
    ]


def _of(exported: Exported, n: int, who: str, item: str, answers: Mapping[str, Any]) -> Iterator[Reply]:
    named = Who(who, who, who, who)
    slug = next((slug for slug, one in exported.items.items() if item in (slug, one["id"])), "")
    for part, answer in answers.items():
        where = f"object {n}, {part}"
        if not slug or part not in exported.items[slug]["parts"]:
            why = f"unknown: {item}" if not slug else f"{item} does not ask '{part}'"
            yield Reply(named, where, 0, problem=why, answer=str(answer))
            continue
        asked = exported.asked(slug, part)
        yield Reply(named, where, 0, slug, part, _read(asked, answer), answer=str(answer))
    if not answers and slug:
        for part in exported.items[slug]["parts"]:
            yield Reply(named, f"object {n}", 0, slug, part)


def _read(asked: Asked, answer: Any) -> str | None:
    """As it would be written in a notebook; options may be said by their names."""
    if answer is None or answer == "" or answer == [] or answer == {}:
        return None
    if not isinstance(asked.question, Answer):
        return str(answer)
    kind, names = asked.answer.rule.kind, set(asked.shown)
    letters = {option.label for option in asked.part.options}
    if kind == "choice" and answer in names - letters:
        return written.option(asked, asked.part, answer)
    if kind in ("choices", "ordering") and isinstance(answer, list) and set(map(str, answer)) <= names - letters:
        return written.several(asked, answer)
    if kind == "matching" and isinstance(answer, dict) and set(answer) <= set(_left(asked)):
        if set(map(str, answer.values())) <= names - letters:
            return written.matched(asked, answer)
        return (
            f"{asked.part.name} = { ({n: answer[name] for n, name in enumerate(_left(asked), 1) if name in answer})!r}"
        )
    return f"{asked.part.name} = {answer!r}"


def _left(asked: Asked) -> list[str]:
    return [name for name, _, _ in asked.part.stems]
