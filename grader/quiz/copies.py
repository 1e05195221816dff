"""Copies on paper: who gets which variant of each exercise, and the code that finds them again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from grader.model import Exercise, Lang, Value
from grader.quiz import build, words
from grader.quiz.build import ascii_id
from grader.quiz.item import Copy, Group, Item, Quiz
from grader.quiz.policy import Policy

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no sign that is read as another one
LENGTH = 6


@dataclass(frozen=True, slots=True)
class Held:
    """A variant that was handed out, with the parameters it had then."""

    exercise: Exercise
    number: int
    params: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Hand:
    """What one student was handed."""

    student: str
    name: str
    number: str
    lang: Lang
    held: tuple[Held, ...]


def named(
    id: str, title: str, lang: Lang, hands: Sequence[Hand], policy: Policy, points: Mapping[str, Fraction],
    *, spare: Quiz | None = None, page: str = "a4",
) -> Quiz:  # fmt: skip
    """A copy for each of ``hands``, then one for each of ``spare``'s variants. Raises ContentError."""
    exercises = {held.exercise.id: held.exercise for hand in hands for held in hand.held}
    made: dict[str, dict[int, Item]] = {name: {} for name in exercises}
    worth = {name: build.worth_of(exercise, points) for name, exercise in exercises.items()}
    domains = {name: build.domains_of(exercise) for name, exercise in exercises.items()}
    for held in (held for hand in hands for held in hand.held):
        name, number = held.exercise.id, held.number
        if number not in made[name]:
            made[name][number] = build.build(
                held.exercise, number, lang, policy, worth[name], domains[name], held.params
            )
    theirs = [
        Copy("", tuple(made[h.exercise.id][h.number] for h in hand.held), hand.student, hand.name, hand.number)
        for hand in hands
    ]
    nobodys = list(dealt(spare)) if spare else []
    for item in (item for copy in nobodys for item in copy.items):
        made.setdefault(item.exercise, {}).setdefault(item.variant, item)
    groups = tuple(_group(exercises[name], lang, list(items.values())) for name, items in made.items())
    return Quiz(ascii_id(id), title, lang, groups, coded(ascii_id(id), theirs + nobodys), page)


def _group(exercise: Exercise, lang: Lang, items: list[Item]) -> Group:
    title = words.text(words.read(exercise.title[lang], lang))
    ordered = tuple(sorted(items, key=lambda item: item.variant))
    path = (exercise.shelf, exercise.id)
    return Group(exercise.id, path, title, ordered, len(exercise.params), exercise.minutes, exercise.difficulty)


def dealt(quiz: Quiz, first: int = 0) -> tuple[Copy, ...]:
    """Nobody's copies: the first holds each exercise's first variant, the next one the next."""
    many = max((len(group.items) for group in quiz.groups), default=0)
    hands = (tuple(group.items[n % len(group.items)] for group in quiz.groups if group.items) for n in range(many))
    return coded(quiz.id, [Copy("", items) for items in hands], first)


def coded(quiz: str, copies: Sequence[Copy], first: int = 0) -> tuple[Copy, ...]:
    """With a code each, no two alike; the same variants in the same hands have the same code each time."""
    taken: set[str] = set()
    made = []
    for place, copy in enumerate(copies, first):
        who = copy.student or f"#{place}"
        said, n = _code(quiz, who, copy.items), 0
        while said in taken:
            n += 1
            said = _code(quiz, f"{who}\0{n}", copy.items)
        taken.add(said)
        made.append(replace(copy, code=said))
    return tuple(made)


def _code(quiz: str, who: str, items: Sequence[Item]) -> str:
    digest = hashlib.sha256("\0".join((quiz, who, *(item.id for item in items))).encode()).digest()
    number = int.from_bytes(digest, "big")
    said = ""
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        said += ALPHABET[place]
    return said


def file(copy: Copy) -> str:
    """ASCII, and no two alike."""
    return f"{ascii_id(copy.student)}-{copy.code}" if copy.student else copy.code


def plain(cell: str) -> str:
    """A spreadsheet takes what begins so for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
