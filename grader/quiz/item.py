"""Exercises as quiz items, whatever the format: what is asked, what is right, what is wrong and why.

Plain frozen values. Numbers are texts that machines read: an ASCII point and minus, no exponent, every digit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from grader.model import Lang, Value
from grader.quiz.words import Words

Kind = Literal[
    "choice",  # one option is right
    "choices",  # several are, or none
    "numeric",
    "short",  # a word or two, in accepted spellings
    "matching",
    "ordering",
    "table",  # fields with labels, one below the other
    "grid",  # fields in rows and columns
    "shape",  # fields in one row: (28, 28, 16)
    "formula",
    "text",  # free, read by a person
    "code",
]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, to match with, or to put in order."""

    name: str
    label: str  # as printed: A, B, C
    words: Words
    right: bool = False
    credit: Fraction = Fraction(0)  # of the question's points, by the policy: from -1 to 1
    feedback: Words = ()  # the wrong idea that leads here


@dataclass(frozen=True, slots=True)
class Number:
    """What is right within ``tolerance``, both as ASCII decimals; ``shown`` is for readers."""

    value: str
    tolerance: str
    integer: bool
    shown: str

    def accepts(self, written: str) -> bool:
        return abs(Decimal(written) - Decimal(self.value)) <= Decimal(self.tolerance)


@dataclass(frozen=True, slots=True)
class Known:
    """A wrong answer that is expected: the idea that leads there, and what to say of it.

    ``value`` is ASCII: one number, the option of each place, the number of each field, a formula.
    """

    name: str
    value: tuple[str, ...]
    shown: str
    feedback: Words


@dataclass(frozen=True, slots=True)
class Field:
    """One place to fill in a table, a grid or a shape; ``text`` is what is right where it is no number."""

    name: str  # ASCII, unique in its part
    label: Words
    number: Number | None
    text: str = ""
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """A check as a program of its own: it raises where the code that comes before it is wrong."""

    source: str
    hidden: bool
    weight: int


@dataclass(frozen=True, slots=True)
class Part:
    """One question of an item, with what its kind needs; ``twin`` asks the same as one choice."""

    id: str  # ASCII: the item's slug, then the question's name
    name: str
    kind: Kind
    prompt: Words
    points: Fraction
    how: Words = ()  # how to write the answer
    one: Words = ()  # of a table: what announces a row that is asked alone
    options: tuple[Option, ...] = ()  # in printed order
    all_or_nothing: bool = False  # of several right options
    follows: bool = False  # a row that follows from a wrong one is right in the notebook: no quiz can do that
    number: Number | None = None
    fields: tuple[Field, ...] = ()  # row after row
    columns: int = 1
    stems: tuple[tuple[str, Words, str], ...] = ()  # matching: name, words, the right option's name
    order: tuple[str, ...] = ()  # ordering: the right options' names; options that are not there are distractors
    before: tuple[tuple[str, str], ...] = ()  # ordering: the pairs that are required; none means every pair
    accepted: tuple[str, ...] = ()  # short, shape, formula: spellings of the right answer, the best one first
    variables: tuple[str, ...] = ()  # of a formula
    points_checked: tuple[tuple[Mapping[str, str], str], ...] = ()  # of a formula: variables, value
    starter: str = ""  # of code
    checks: tuple[Words, ...] = ()  # of code: what is checked
    trials: tuple[Trial, ...] = ()  # of code: the checks that are plain calls
    known: tuple[Known, ...] = ()
    twin: Part | None = None
    note: str = ""  # of a twin or another form: which one of ``carry``'s it is


@dataclass(frozen=True, slots=True)
class Item:
    """One variant of one exercise."""

    id: str  # exercise@revision#variant
    slug: str  # the same in ASCII letters, digits, - and _
    exercise: str
    revision: str
    variant: int
    title: str
    statement: Words
    parts: tuple[Part, ...]
    solution: Words  # worked, with this variant's numbers
    params: Mapping[str, Value]
    answers: Mapping[str, Value]  # plain JSON, by question
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One exercise: a student gets one of its items."""

    exercise: str
    path: tuple[str, ...]  # of its category: shelf, exercise
    title: str
    items: tuple[Item, ...]
    space: int  # how many variants there are to draw from
    minutes: int = 0
    difficulty: int = 0


@dataclass(frozen=True, slots=True)
class Copy:
    """One variant of each exercise, for one student; nobody's name on a spare one."""

    code: str  # printed: it finds the variants again
    items: tuple[Item, ...]
    student: str = ""
    name: str = ""
    number: str = ""  # the registrar's


@dataclass(frozen=True, slots=True)
class Quiz:
    id: str  # ASCII
    title: str
    lang: Lang
    groups: tuple[Group, ...]
    copies: tuple[Copy, ...] = ()  # of formats on paper
    page: str = "a4"  # or letter

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for group in self.groups for item in group.items)
