"""What the laws share: an exercise's answers and solution files, and where wrong ideas lead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import values
from grader.model import Answer, Check, Essay, Exercise, Misconception, Task, Text, Variant


def answers(exercise: Exercise) -> list[Answer]:
    return [q for q in exercise.questions if isinstance(q, Answer)]


def parts(exercise: Exercise) -> Iterator[tuple[str, Text]]:
    """Every text of an exercise, with the heading it stands under."""
    yield "statement", exercise.statement
    for question in exercise.questions:
        yield question.name, question.prompt
        pieces: tuple[Misconception | Check, ...] = ()
        if isinstance(question, Answer | Task):
            pieces = question.misconceptions if isinstance(question, Answer) else question.checks
        for part in pieces:
            yield f"{question.name}/{part.name}", part.feedback
            if isinstance(part, Check) and part.measures:
                yield f"{question.name}/{part.name}/measure", part.measures
        if isinstance(question, Essay):
            for line in question.rubric:
                yield f"{question.name}/{line.name}", line.words
        if isinstance(question, Answer):
            for label, words in question.labels.items():
                yield f"{question.name}/{label}", words
    yield "solution", exercise.solution


def wrong_values(question: Answer, variant: Variant, known: Mapping[str, Any]) -> list[Any]:
    """Where wrong ideas lead with these numbers, each once; for a choice, the other options."""
    right, rule = known[question.name], question.rule
    led_to = [values.call(m.compute, known) for m in question.misconceptions]
    if rule.kind == "choice":
        led_to += list(values.shown(variant, question, known))
    unique = {repr(value): value for value in led_to if rule.score(value, right) < 1}
    return list(unique.values())


def written(question: Answer, value: Any, variant: Variant) -> Any:
    """A value as a student's cell would hold it."""
    shown = values.shown(variant, question, values.given(variant.exercise, variant.params))
    return question.rule.write(value, shown)


@dataclass(frozen=True)
class Solution:
    file: Path
    source: str

    @property
    def promise(self) -> str:
        return self.file.stem.split("_")[0]

    @property
    def fails(self) -> set[str]:
        said = re.match(r"# fails: (.+)", self.source)
        return set(re.findall(r"\w+", said[1])) if said else set()


def solution_files(exercise: Exercise) -> list[Solution]:
    files = sorted(solutions(exercise).glob("*.py"))
    return [Solution(f, f.read_text("utf-8")) for f in files if f.name != "oracle.py"]


def solutions(exercise: Exercise) -> Path:
    return exercise.path.parents[2] / "solutions" / exercise.id
