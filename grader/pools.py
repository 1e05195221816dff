"""Each exercise's variants in disjoint pools, the same on every machine that has the course's secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from grader.errors import CourseError, near_miss
from grader.model import Course, Exercise, Params, Pools

PRACTICE = "practice"  # what galleries, self-tests and quizzes take unless told


def allowed(course: Course, exercise: Exercise, pool: str = "") -> tuple[int, ...]:
    """The variants' numbers of ``pool``; unless named, of the one for practice. Without pools: all of them.

    Raises CourseError, with the near miss, for a pool that the course does not have.
    """
    every = tuple(range(len(exercise.params)))
    if not course.pools.shares:
        if pool:
            remedy = "Write a table [pools] with its shares, or take the key 'pool' away."
            raise CourseError(course.root / "course.toml", f"no pool '{pool}': there is no table [pools]", remedy)
        return every
    name = pool or PRACTICE
    if name not in course.pools.shares:
        known = course.pools.shares
        remedy = near_miss(name, known, f"The pools are: {', '.join(known)}.") if pool else "Say --pool."
        raise CourseError(course.root / "course.toml", f"no pool '{name}'", remedy)
    if exercise.id in course.pools.shared:
        return every
    return split(course.secret, exercise, course.pools)[name]


def split(secret: str, exercise: Exercise, pools: Pools) -> Mapping[str, tuple[int, ...]]:
    """Numbers by pool. Each is in one; a pool's size is its share, to the nearest variant."""
    shares = pools.own.get(exercise.id, pools.shares)
    cut = _cut(secret, exercise.id, tuple(map(digest, exercise.params)), tuple(shares.items()))
    return {name: cut.get(name, ()) for name in pools.shares}


@lru_cache(maxsize=1024)
def _cut(
    secret: str, exercise: str, members: tuple[str, ...], shares: tuple[tuple[str, Fraction], ...]
) -> dict[str, tuple[int, ...]]:
    """By parameters and not by number: a grid that is written in another order splits as before."""

    def rank(number: int) -> bytes:
        message = "\0".join(("pools", exercise, members[number]))
        return hmac.digest(secret.encode(), message.encode(), hashlib.sha256)

    shuffled = sorted(range(len(members)), key=rank)
    cut, start, upto = {}, 0, Fraction(0)
    whole = sum((share for _, share in shares), Fraction(0))
    for name, share in shares:
        upto += share / whole
        end = round(upto * len(members))
        cut[name] = tuple(sorted(shuffled[start:end]))
        start = end
    return cut


def digest(params: Params) -> str:
    """A variant, whatever its number: lists and tuples are the same."""
    return json.dumps(params, sort_keys=True, default=str)
