"""``[pools]`` of ``course.toml``: which share of an exercise's variants each pool holds."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader import content
from grader.course import words
from grader.errors import CourseError, near_miss
from grader.model import Pools

SHARED = "shared"
WHERE = "[pools]"


def read(file: Path, said: Mapping[str, Any], own_content: tuple[Path, ...] = ()) -> Pools:
    """Numbers are shares; a table or "shared" is for the exercise of that name. Raises CourseError."""
    shares = {key: value for key, value in said.items() if not isinstance(value, dict | str)}
    special = {key: value for key, value in said.items() if key not in shares}
    if not said:
        return Pools()
    whole = _shares(file, WHERE, shares)
    own: dict[str, Mapping[str, Fraction]] = {}
    shared = set()
    known = content.paths(own_content)
    for exercise, value in special.items():
        if exercise not in known:
            remedy = near_miss(exercise, known, "A pool's share is a number: practice = 0.4.")
            raise CourseError(file, f"{WHERE} speaks of '{exercise}', which is no exercise", remedy)
        if value == SHARED:
            shared.add(exercise)
        elif isinstance(value, str):
            problem = f'{WHERE}: {exercise} = "{value}" says nothing'
            raise CourseError(file, problem, f'Write {exercise} = "{SHARED}", or a table of shares.')
        else:
            own[exercise] = _shares(file, f"[pools.{exercise}]", value, tuple(whole))
    return Pools(whole, own, frozenset(shared))


def _shares(file: Path, where: str, said: Mapping[str, Any], pools: tuple[str, ...] = ()) -> dict[str, Fraction]:
    shares = {}
    for name, value in said.items():
        if pools and name not in pools:
            remedy = near_miss(name, pools, f"The pools are: {', '.join(pools)}.")
            raise CourseError(file, f"{where} has no pool '{name}'", remedy)
        if not words.NAME.fullmatch(name):
            raise CourseError(file, f"{where}: {name!r} cannot name a pool", "Use letters, digits, '-' and '_'.")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            problem = f"{where}: {name} = {value!r} is no share of the variants"
            raise CourseError(file, problem, "Write a number between 0 and 1, as practice = 0.4.")
        shares[name] = Fraction(str(value))
    total = sum(shares.values(), Fraction(0))
    if abs(total - 1) > Fraction(1, 100):  # three times 0.33 is meant to be all
        remedy = "Every variant is in one pool: the shares add up to 1, as practice = 0.4, exam = 0.4, resit = 0.2."
        raise CourseError(file, f"{where}: the shares add up to {float(total):g}", remedy)
    return shares
