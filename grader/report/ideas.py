"""Which wrong ideas a class has: those that a verdict names alone, among the copies whose numbers tell them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from grader import judge, render, values
from grader.model import Answer, Lang, Misconception, Status, Task, Text, Unreadable, Value, Variant, Verdict
from grader.report import stats
from grader.report.stats import Estimate
from grader.report.table import Asked, Copy, Table

ENOUGH = 10  # copies, before an idea that nobody had, or an option that nobody chose, says something
BY_LETTER = ("choice", "choices")


@dataclass(frozen=True, slots=True)
class Example:
    """One real variant in which a student had it: whose is not said."""

    numbers: Mapping[str, Value]
    wrote: str
    sentence: Text


@dataclass(frozen=True, slots=True)
class Idea:
    """``held`` is a share of the copies whose numbers tell this idea from the others; ``count``, how many it is."""

    question: str
    name: str
    held: Estimate
    count: int
    blurred: int  # verdicts that name it beside another
    example: Example | None


@dataclass(frozen=True, slots=True)
class Blurred:
    """Ideas that lead to the same answer with these students' numbers."""

    question: str
    names: tuple[str, ...]
    count: int
    sentences: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Failing:
    """A check that programs do not pass, of those that were handed in."""

    question: str
    name: str
    held: Estimate
    count: int
    sentence: Text


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a choice that nobody took, where it is wrong."""

    question: str
    name: str
    words: Text
    offered: int


@dataclass(frozen=True, slots=True)
class Ideas:
    held: tuple[Idea, ...]  # the commonest first
    blurred: tuple[Blurred, ...]
    never: tuple[Idea, ...]  # that could have been seen, and were not
    failing: tuple[Failing, ...]
    unchosen: tuple[Option, ...]


def of(table: Table) -> Ideas:
    held: list[Idea] = []
    blurred: list[Blurred] = []
    failing: list[Failing] = []
    unchosen: list[Option] = []
    for asked in table.asked:
        if isinstance(asked.question, Answer):
            reader = _Reader(table, asked, asked.question)
            held += reader.ideas()
            blurred += reader.blurred()
            unchosen += reader.unchosen()
        elif isinstance(asked.question, Task):
            failing += _failing(table, asked, asked.question)
    never = tuple(one for one in held if not one.count and not one.blurred and one.held.n >= ENOUGH)
    return Ideas(
        tuple(sorted((one for one in held if one.count), key=lambda one: -one.held.value)),
        tuple(sorted(blurred, key=lambda one: -one.count)),
        never,
        tuple(sorted((one for one in failing if one.count), key=lambda one: -one.held.value)),
        tuple(unchosen),
    )


class _Reader:
    """One question, with what each of its variants expects computed once."""

    def __init__(self, table: Table, asked: Asked, question: Answer) -> None:
        self.table, self.asked, self.question = table, asked, question
        self.given = table.verdicts(asked)
        self._known: dict[str, judge.Expected] = {}

    def expected(self, copy: Copy) -> judge.Expected:
        number = copy.numbers[self.asked.item.key]
        if number not in self._known:
            self._known[number] = judge.expected(self.table.variant(copy, self.asked), self.question)
        return self._known[number]

    def ideas(self) -> list[Idea]:
        apart: Counter[str] = Counter()
        kept: dict[str, frozenset[str]] = {}
        for copy, _ in self.given:
            number = copy.numbers[self.asked.item.key]
            if number not in kept:
                kept[number] = told_apart(self.question, self.expected(copy))
            apart.update(kept[number])
        alone = Counter(v.misconceptions[0] for _, v in self.given if len(v.misconceptions) == 1)
        beside = Counter(name for _, v in self.given if len(v.misconceptions) > 1 for name in v.misconceptions)
        return [
            Idea(
                self.asked.key,
                idea.name,
                stats.share(min(alone[idea.name], apart[idea.name]), apart[idea.name]),
                alone[idea.name],
                beside[idea.name],
                self.example(idea) if alone[idea.name] else None,
            )
            for idea in self.question.misconceptions
        ]

    def example(self, idea: Misconception) -> Example:
        copy, verdict = next((c, v) for c, v in self.given if v.misconceptions == (idea.name,))
        variant = self.table.variant(copy, self.asked)
        return Example(variant.params, (verdict.evidence or ("",))[0], sentence(idea.feedback, variant))

    def blurred(self) -> list[Blurred]:
        together = Counter(v.misconceptions for _, v in self.given if len(v.misconceptions) > 1)
        words = {idea.name: idea.feedback for idea in self.question.misconceptions}
        found = []
        for names, count in together.items():
            variant = next(self.table.variant(c, self.asked) for c, v in self.given if v.misconceptions == names)
            sentences = tuple(sentence(words[name], variant) for name in names if name in words)
            found.append(Blurred(self.asked.key, names, count, sentences))
        return found

    def unchosen(self) -> list[Option]:
        """Of questions answered by letters: what was there to be chosen by mistake, and never was."""
        if self.question.rule.kind not in BY_LETTER:
            return []
        offered: Counter[str] = Counter()
        chosen: Counter[str] = Counter()
        for copy, verdict in self.given:
            asked = self.expected(copy)
            good = {asked.right} if self.question.rule.kind == "choice" else set(asked.right)
            offered.update(name for name in asked.shown if name not in good)
            chosen.update(name for name in self.taken(asked, verdict) if name not in good)
        return [
            Option(self.asked.key, name, self.question.labels.get(name, Text(name, name)), n)
            for name, n in offered.items()
            if n >= ENOUGH and not chosen[name]
        ]

    def taken(self, asked: judge.Expected, verdict: Verdict) -> tuple[str, ...]:
        if not verdict.evidence:
            return ()
        try:
            value = self.question.rule.read(verdict.evidence[0], asked.shown, "en").value
        except Unreadable:
            return ()
        return (value,) if isinstance(value, str) else tuple(value)


def told_apart(question: Answer, asked: judge.Expected) -> frozenset[str]:
    """The ideas that lead, with these numbers, where no other leads."""
    score = question.rule.score
    return frozenset(
        idea.name
        for idea, value in asked.wrong
        if not any(other is not idea and score(value, there) == 1 for other, there in asked.wrong)
    )


def sentence(words: Text, variant: Variant) -> Text:
    """With this variant's numbers; with dots for those that it no longer has."""
    known = values.of(variant)
    return Text(_filled(words.fr, known, "fr"), _filled(words.en, known, "en"))


def _filled(words: str, known: Mapping[str, Value], lang: Lang) -> str:
    try:
        return render.fill(words, known, lang)
    except render.Missing:
        try:
            return render.fill(words, dict.fromkeys(render.names(words, lang), "…"), lang)
        except render.Missing:
            return "…"


def _failing(table: Table, asked: Asked, task: Task) -> list[Failing]:
    """By the sentence that students read: a verdict does not name its checks."""
    handed_in = [(c, v) for c, v in table.verdicts(asked) if v.status is not Status.MISSING]
    found = []
    for check in task.checks:
        words: dict[str, Text] = {}
        count = 0
        for copy, verdict in handed_in:
            number = copy.numbers[asked.item.key]
            if number not in words:
                words[number] = sentence(check.feedback, table.variant(copy, asked))
            count += verdict.status is not Status.CORRECT and words[number].fr in verdict.feedback.fr
        said = next(iter(words.values()), check.feedback)
        found.append(Failing(asked.key, check.name, stats.share(count, len(handed_in)), count, said))
    return found
