"""What is behind a question: the right answer as a student would write it, and each wrong idea with where it leads."""

from __future__ import annotations

from dataclasses import dataclass

from grader import judge, render, values
from grader.model import Answer, Essay, Lang, Question, Task, Text, Value, Variant

HIDDEN = Text(fr="cachée", en="hidden")
VISIBLE = Text(fr="visible", en="visible")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong idea and what it writes; a check, and who sees it; or a line of a rubric, and what it earns."""

    name: str
    said: str
    sentence: str  # Markdown


@dataclass(frozen=True, slots=True)
class Key:
    answer: str  # Python; nothing for a task or an essay
    wrong: tuple[Wrong, ...]


def key(variant: Variant, question: Question, lang: Lang) -> Key:
    """With this variant's numbers."""
    if isinstance(question, Essay):
        known = values.of(variant)
        lines = ((line, render.fill(line.words[lang], known, lang)) for line in question.rubric)
        return Key("", tuple(Wrong(line.name, render.points(line.points, lang), words) for line, words in lines))
    if isinstance(question, Task):
        who = ((VISIBLE, HIDDEN)[check.hidden][lang] for check in question.checks)
        # A check's sentence is filled with what students are given: it names no answer.
        given = values.given(variant.exercise, variant.params)
        told = (render.fill(check.feedback[lang], given, lang) for check in question.checks)
        return Key("", tuple(map(Wrong, (check.name for check in question.checks), who, told)))
    if not isinstance(question, Answer):
        return Key("", ())
    asked = judge.expected(variant, question)

    def written(value: Value) -> str:
        return repr(_plain(question.rule.write(value, asked.shown)))

    wrong = (
        Wrong(m.name, written(value), render.fill(m.feedback[lang], asked.known, lang)) for m, value in asked.wrong
    )
    return Key(f"{question.name} = {written(asked.right)}", tuple(wrong))


def solution(variant: Variant, lang: Lang) -> str:
    """The worked solution, in Markdown."""
    return render.fill(variant.exercise.solution[lang], values.of(variant), lang)


def _plain(value: Value) -> Value:
    """NumPy's numbers as Python's: a student writes ``3``, not ``np.int64(3)``."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_plain, value))
    return float(f"{value:.6g}") if isinstance(value, float) else value
