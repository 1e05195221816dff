"""Answers chosen among options: one, several, pairs, an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from string import ascii_uppercase

from grader.errors import PartielError
from grader.model import Value
from grader.rules.base import Base, distinct, full, letters, names_or_value


@dataclass(frozen=True)
class Choice(Base):
    """One option. The student answers with the letter it is printed under."""

    kind = "choice"

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_letter", (letters(shown),)

    def meaning(self, value: Value, shown: tuple[str, ...]) -> Value:
        return shown[ascii_uppercase.index(value)]

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        return ascii_uppercase[shown.index(value)]

    def score(self, given: Value, right: Value) -> Fraction:
        return full(isinstance(given, str) and given == right)


def choice(*options: str | Sequence[str]) -> Choice:
    """``choice("blur", "edges", "sharpen")``, or ``choice("candidates")``: the name of a derived value."""
    return Choice(options=names_or_value("choice", options))


@dataclass(frozen=True)
class Choices(Base):
    """Several options. Each right one earns its share and each wrong one costs as much; never below zero."""

    kind = "choices"
    all_or_nothing: bool = False

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_letters", (letters(shown),)

    def meaning(self, value: Value, shown: tuple[str, ...]) -> Value:
        return tuple(name for letter, name in zip(ascii_uppercase, shown, strict=False) if letter in value)

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        return " ".join(sorted(ascii_uppercase[shown.index(name)] for name in value))

    def score(self, given: Value, right: Value) -> Fraction:
        chosen, good = set(given), set(right)
        if self.all_or_nothing or not good:
            return full(chosen == good)
        cost = Fraction(1, len(good))
        if not isinstance(self.options, str) and len(self.options) > len(good):
            cost = max(cost, Fraction(1, len(self.options) - len(good)))  # choosing everything earns nothing
        return max(Fraction(0), Fraction(len(chosen & good), len(good)) - cost * len(chosen - good))


def choices(*options: str | Sequence[str], all_or_nothing: bool = False) -> Choices:
    """Several of these; the right value is any collection of their names."""
    return Choices(options=names_or_value("choices", options), all_or_nothing=all_or_nothing)


@dataclass(frozen=True)
class Matching(Base):
    """For each of ``left``, numbered from 1 as declared, one of ``options``. Each right pair earns its share."""

    kind = "matching"
    left: tuple[str, ...] = ()

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        return "read_matching", (letters(shown), len(self.left))

    def meaning(self, value: Value, shown: tuple[str, ...]) -> Value:
        pairs = zip(self.left, value.values(), strict=True)
        return {left: None if letter is None else shown[ascii_uppercase.index(letter)] for left, letter in pairs}

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        return " ".join(ascii_uppercase[shown.index(value[left])] for left in self.left)

    def score(self, given: Value, right: Value) -> Fraction:
        if not isinstance(given, Mapping) or not isinstance(right, Mapping):
            return Fraction(0)
        return Fraction(sum(given.get(left) == right[left] is not None for left in self.left), len(self.left))


def matching(*, left: Sequence[str], right: Sequence[str] | str) -> Matching:
    """The right value is ``{left: right}`` for every left; ``right`` may be the name of a derived value."""
    options = right if isinstance(right, str) else distinct("matching", right)
    return Matching(options=options, left=distinct("matching", left))


@dataclass(frozen=True)
class Ordering(Base):
    """Blocks in an order. Only the pairs of ``before`` are required; without it, every pair of the right order is."""

    kind = "ordering"
    before: tuple[tuple[str, str], ...] = ()
    distractors: tuple[str, ...] = ()

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        every = not self.distractors and not isinstance(self.options, str)
        return "read_order", (letters(shown),) if every else (letters(shown), False)

    def meaning(self, value: Value, shown: tuple[str, ...]) -> Value:
        return tuple(shown[ascii_uppercase.index(letter)] for letter in value)

    def gives_away(self, shown: tuple[str, ...]) -> bool:
        """Whether this printed order is already right: untouched it counts as no answer, so never print it."""
        if self.distractors or isinstance(self.options, str):
            return False
        return self.score(shown, self.options) == 1

    def required(self, right: Sequence[str]) -> frozenset[tuple[str, str]]:
        """Pairs (earlier, later) that an order must respect, those that follow from others included."""
        return _followed(self.before) if self.before else frozenset(combinations(right, 2))

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        return " ".join(ascii_uppercase[shown.index(name)] for name in value)

    def score(self, given: Value, right: Value) -> Fraction:
        """1 − 2 · violated / required: what is missing violates its pairs, and a distractor violates one."""
        place = {name: n for n, name in enumerate(given)}
        pairs = self.required(tuple(right))
        there = {name: n for n, name in enumerate(right)}  # a wrong idea breaks pairs too: is it the same ones?
        violated = sum(_holds(pair, place) != _holds(pair, there) for pair in pairs)
        tied = {name for pair in pairs for name in pair}
        violated += len(set(place) - set(right)) + len(set(right) - set(place) - tied)
        violated += len(tuple(given)) - len(place)  # a block used twice
        return max(Fraction(0), 1 - Fraction(2 * violated, max(1, len(pairs))))


@lru_cache(maxsize=256)
def _followed(before: tuple[tuple[str, str], ...]) -> frozenset[tuple[str, str]]:
    pairs = set(before)
    while more := {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs:
        pairs |= more
    return frozenset(pairs)


def _holds(pair: tuple[str, str], place: Mapping[str, int]) -> bool:
    return pair[0] in place and pair[1] in place and place[pair[0]] < place[pair[1]]


def ordering(
    *blocks: str | Sequence[str], before: Iterable[tuple[str, str]] = (), distractors: Sequence[str] = ()
) -> Ordering:
    """The right value is one right order, without distractors; with ``before``, every order of those pairs is right."""
    options = names_or_value("ordering", blocks)
    pairs = tuple((a, b) for a, b in before)
    if not isinstance(options, str):
        unknown = {name for pair in pairs for name in pair} - set(options)
        if unknown:
            raise PartielError(
                "ordering", f"{sorted(unknown)} in 'before' are no blocks", "Name blocks of the ordering."
            )
        options = distinct("ordering", (*options, *distractors))
    rule = Ordering(options=options, before=pairs, distractors=tuple(distractors))
    if any(a == b for a, b in rule.required(())):
        raise PartielError("ordering", "'before' goes round in a circle", "No block comes before itself.")
    return rule
