"""What was found between copies, as facts: what is alike, how likely by chance, and whether it is worth a look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["answers", "code", "reference", "weights", "outputs", "file"]

# The declared thresholds; docs/integrity.md justifies each.
COMMON = 1 / 5  # an answer that is right for more of the other copies than this points to nobody
LEAST = 3  # exercises that must point to one same copy before it is a flag
FALSE_FLAGS = 0.01  # flags that chance may give in a whole class, on average
NAMED = 1.0  # pairs that chance may give in a whole class, on average, and that are still shown, with no flag


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that two copies share, in words of evidence."""

    kind: Kind
    question: str  # ``item-question``; the item alone where several questions are meant; nothing for a whole file
    sentence: str
    chance: float | None = None  # the share of the other copies that would match as well, where lots were drawn


@dataclass(frozen=True, slots=True)
class Pair:
    """Two copies and what they share. What is said of answers goes one way: ``student``'s fit ``other``'s numbers."""

    student: str  # a code where names are hidden; of a group, its members
    other: str  # empty for the reference solution
    name: str
    other_name: str
    evidence: tuple[Evidence, ...]
    probability: float | None = None  # that so many answers fit this very copy by chance
    expected: float | None = None  # how many such pairs chance gives in the whole class
    summary: str = ""  # the probability in words
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Echo:
    """One answer that is wrong for a student's own numbers and right for those of others: named, and no flag."""

    student: str
    name: str
    question: str
    said: str  # the answer, as it was read
    others: tuple[str, ...]  # names of those whose numbers asked for it, and who gave it
    chance: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found in one assignment, for instructors. ``on`` is false where the course turned it off."""

    assignment: str
    on: bool = True
    copies: int = 0  # a group's copy counts once
    compared: int = 0  # pairs of copies whose answers were compared: what a probability is multiplied by
    wrong: int = 0  # wrong answers that no misconception explains
    hits: int = 0  # of these, how many are right for at least one other copy
    pairs: tuple[Pair, ...] = ()  # flagged ones first
    echoes: tuple[Echo, ...] = ()
    remarks: tuple[str, ...] = ()  # what the numbers above mean, and what could not be compared

    @property
    def flagged(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.flagged)
