"""What a draft adds up to: points, minutes, difficulty, and what of the course it covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader import catalogue
from grader.building.draft import Draft, number
from grader.model import Exercise


@dataclass(frozen=True, slots=True)
class Sums:
    points: Fraction
    minutes: int
    questions: int
    levels: Mapping[int, int]  # exercises by difficulty, 1 to 5
    shelves: Mapping[str, int]
    kinds: Mapping[str, int]
    fewest: int  # variants: of the exercise that has the fewest
    needs: tuple[str, ...]


def worth(exercise: Exercise, said: Mapping[str, str]) -> Fraction:
    """As ``course.toml`` counts it: the whole's, else the questions', each its own unless said."""
    if "" in said:
        return number(said[""])
    return sum((number(said[q.name]) if q.name in said else q.points for q in exercise.questions), Fraction(0))


def sums(draft: Draft, found: Sequence[Exercise | None]) -> Sums:
    there = [(entry, one) for entry, one in zip(draft.entries, found, strict=True) if one]
    every = [one for _, one in there]
    return Sums(
        points=sum((worth(one, entry.points) for entry, one in there), Fraction(0)),
        minutes=sum(one.minutes for one in every),
        questions=sum(len(one.questions) for one in every),
        levels={level: sum(one.difficulty == level for one in every) for level in range(1, 6)},
        shelves=Counter(one.shelf for one in every),
        kinds=Counter(kind for one in every for kind in catalogue.kinds(one)),
        fewest=min((len(one.params) for one in every), default=0),
        needs=tuple(sorted({need for one in every for need in one.needs})),
    )
