"""A question in its variant, with what its words show; and its twin: the same question as one choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from string import ascii_uppercase

from grader import render, values
from grader.model import Answer, Lang, Question, Text, Value, Variant
from grader.quiz import distractors, prompts
from grader.quiz.distractors import Domain
from grader.quiz.item import Known, Option, Part
from grader.quiz.policy import Policy
from grader.quiz.words import Node, Words, read

NONE = Text("aucune", "none")


@dataclass(frozen=True)
class Asked:
    """A question in its variant, with the values that its words show."""

    variant: Variant
    question: Question
    id: str
    points: Fraction
    lang: Lang
    policy: Policy
    given: Mapping[str, Value]
    known: Mapping[str, Value]
    domain: Domain | None = None  # of a number, seen from all the variants

    @property
    def answer(self) -> Answer:
        assert isinstance(self.question, Answer)
        return self.question

    @cached_property
    def _said(self) -> tuple[Words, Words]:
        prompt = self.words(self.question.prompt, self.given)
        return prompts.split(prompt, self.question.name) if isinstance(self.question, Answer) else (prompt, ())

    @property
    def prompt(self) -> Words:
        return self._said[0]

    @property
    def example(self) -> Words:
        """How an answer may be written, in the prompt's own words."""
        return self._said[1]

    @cached_property
    def shown(self) -> tuple[str, ...]:
        return values.shown(self.variant, self.answer, self.known)

    @cached_property
    def right(self) -> Value:
        return self.known[self.question.name]

    @cached_property
    def wrong(self) -> tuple[tuple[str, Value, Words], ...]:
        """Name, value, what to say of it: of all that lead there. One that happens to be right here is left out."""
        score = self.answer.rule.score
        every = ((m, values.call(m.compute, self.known)) for m in self.answer.misconceptions)
        led = [(m, v) for m, v in every if score(v, self.right) < 1]

        def said(value: Value) -> Words:
            text = render.explained([m for m, v in led if score(v, value) == 1], self.known)
            return read(text[self.lang], self.lang)

        return tuple((m.name, v, said(v)) for m, v in led)

    def words(self, text: Text, facts: Mapping[str, Value]) -> Words:
        return read(render.fill(text[self.lang], facts, self.lang), self.lang)

    def label(self, name: str) -> Words:
        if name not in self.answer.labels:
            return (Node("paragraph", children=(Node("code", name),)),)
        return self.words(self.answer.labels[name], self.given)

    def part(self, **facts: object) -> Part:
        return Part(id=self.id, name=self.question.name, prompt=self.prompt, points=self.points, **facts)  # type: ignore[arg-type]


def letters(asked: Asked, names: Sequence[str], between: str = ", ") -> str:
    letters = [ascii_uppercase[asked.shown.index(name)] for name in names]
    return between.join(letters) or NONE[asked.lang]


def as_choice(
    asked: Asked, wrong: Sequence[tuple[str, Value, Words]], shown: Callable[[Value], Words], listed: Words = ()
) -> Part | None:
    """Options are told apart by what they print; None where nothing is left to choose from."""
    texts = {shown(asked.right): ("right", Words())}
    for name, value, words in wrong:
        texts.setdefault(shown(value), (name, words))
    if len(texts) < 2:
        return None
    by_name = {name or f"near-{n}": (text, words) for n, (text, (name, words)) in enumerate(texts.items())}
    cost = asked.policy.wrong_choice(len(by_name))
    options = tuple(
        Option(
            name, letter, by_name[name][0], name == "right", Fraction(1) if name == "right" else cost, by_name[name][1]
        )
        for name, letter in zip(distractors.place(asked.id, list(by_name)), ascii_uppercase, strict=False)
    )
    known = tuple(Known(o.name, (o.name,), o.label, o.feedback) for o in options if not o.right and o.feedback)
    name = asked.question.name
    return Part(
        asked.id, name, "choice", asked.prompt + listed, asked.points, options=options, known=known, note="choice"
    )


def line(text: str) -> Words:
    return (Node("paragraph", children=(Node("text", text),)),)


def math(latex: str) -> Words:
    return (Node("paragraph", children=(Node("math", latex),)),)


def legend(marked: Sequence[tuple[str, Words]], mark: str = "strong") -> Words:
    """What letters, numbers or names stand for."""
    if not marked:
        return ()
    items = []
    for name, words in marked:
        spans = words[0].children if len(words) == 1 and words[0].kind == "paragraph" else ()
        head = Node("code", name) if mark == "code" else Node("strong", children=(Node("text", f"{name}."),))
        first = Node("paragraph", children=(head, Node("text", " "), *spans))
        items.append(Node("item", children=(first,) if spans else (first, *words)))
    return (Node("bullets", children=tuple(items)),)
