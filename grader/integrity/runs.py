"""Trainings that chance should have set apart, and that agree to the last digit: weights handed in, numbers printed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from grader.integrity.copies import Copy, together
from grader.model import Exercise, Task

LONG = re.compile(r"(?<![\w.])\d*\.\d{5,}(?:[eE][-+]?\d+)?(?!\w)")
DIGITS = 6  # that a number must have before it says anything
NUMBERS = 3  # shared by two copies and by hardly anyone else
FEW = 3  # copies that hold the same: with more, it comes from the task
SAME_NUMBERS = 5  # other copies of the same variant that must be there to tell what its numbers alone give
LINE = 40  # characters shown of one of them
MOST = 200_000  # characters of output that are looked at
POINTS = 8  # different values that a curve must have before it says anything
SEED = re.compile(r"seed|random_state|graine", re.IGNORECASE)


@dataclass(frozen=True)
class Same:
    kind: str  # weights, outputs or file
    question: str
    copy: int
    other: int
    examples: tuple[str, ...] = ()
    seeded: bool = False  # both codes fix where chance begins: the same code then gives the same numbers


def files(copies: Sequence[Copy]) -> Iterator[Same]:
    """The same file to the byte, handed in twice, with something in it."""
    by_hash: dict[str, list[int]] = defaultdict(list)
    for place, copy in enumerate(copies):
        if copy.says_something and copy.record.submission:
            by_hash[copy.record.submission].append(place)
    for places in by_hash.values():
        yield from (Same("file", "", a, b) for a, b in _pairs(places, copies) if len(places) <= FEW)


def weights(
    handed: Mapping[int, Mapping[str, Any]], codes: Mapping[int, str], copies: Sequence[Copy]
) -> Iterator[Same]:
    """``handed`` are the arrays of each copy by question, or why they could not be read."""
    by_hash: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, found in handed.items():
        for question, arrays in found.items():
            if isinstance(arrays, tuple):
                digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
                by_hash[question, digest].append(place)
    for (question, _), places in by_hash.items():
        if len(places) <= FEW:
            for a, b in _pairs(places, copies):
                yield Same("weights", question, a, b, seeded=_seeded(codes, a, b))


def outputs(
    exercises: Mapping[str, Exercise], copies: Sequence[Copy], codes: Mapping[str, Mapping[int, str]]
) -> Iterator[Same]:
    """Long numbers that two copies printed in a training, and hardly anyone else."""
    for key, exercise in exercises.items():
        for question in exercise.questions:
            name = f"{key}-{question.name}"
            if isinstance(question, Task) and _trains(question, key, copies):
                printed = {n: _told(copy, key, question.name) for n, copy in enumerate(copies)}
                yield from _shared(name, key, printed, codes.get(name, {}), copies)


def _shared(
    name: str, key: str, printed: Mapping[int, Mapping[str, int]], codes: Mapping[int, str], copies: Sequence[Copy]
) -> Iterator[Same]:
    holders: dict[str, list[int]] = defaultdict(list)
    for place, numbers in printed.items():
        for number in numbers:
            holders[number].append(place)
    weighs = {number: weight for numbers in printed.values() for number, weight in numbers.items()}
    said = Counter(copies[place].numbers.get(key) for place, numbers in printed.items() if numbers)
    both: dict[tuple[int, int], list[str]] = defaultdict(list)
    for number, places in holders.items():
        if len(places) <= FEW:
            for pair in _pairs(places, copies):
                both[pair].append(number)
    for (a, b), alike in sorted(both.items()):
        variants = {copies[place].numbers.get(key) for place in (a, b)}
        told_apart = len(variants) > 1 or said[variants.pop()] >= SAME_NUMBERS + 2
        if sum(weighs[one] for one in alike) >= NUMBERS and told_apart:
            shown = tuple(one if len(one) <= LINE else one[: LINE - 1] + "…" for one in sorted(alike)[:NUMBERS])
            yield Same("outputs", name, a, b, shown, _seeded(codes, a, b))


def _trains(question: Task, key: str, copies: Sequence[Copy]) -> bool:
    """Whether its runs should differ: it is measured, or says how long it trains."""
    if question.knobs or question.weights:
        return True
    seen = (copy.verdicts.get((key, question.name)) for copy in copies)
    return any(verdict.measures for verdict in seen if verdict)


def _told(copy: Copy, key: str, question: str) -> dict[str, int]:
    """Long numbers that were printed, and curves, by how much they say."""
    text = "\n".join(_text(output) for output in copy.record.outputs.get(f"{key}-{question}", ()))[:MOST]
    long = (found for found in LONG.findall(text) if _digits(found) >= DIGITS)
    verdict = copy.verdicts.get((key, question))
    curves = (curve for curve in (verdict.curves if verdict else ()) if len(set(curve.points)) >= POINTS)
    lines = (f"{curve.name}: {' '.join(map(str, curve.points))}" for curve in curves)
    return dict.fromkeys(long, 1) | dict.fromkeys(lines, NUMBERS)


def _digits(number: str) -> int:
    return len(number.lower().partition("e")[0].replace(".", "").strip("0"))


def _text(output: Mapping[str, Any]) -> str:
    said = output.get("text") or (output.get("data") or {}).get("text/plain") or ""
    return "".join(said) if isinstance(said, list) else str(said)


def _seeded(codes: Mapping[int, str], a: int, b: int) -> bool:
    """Where the code is not known, it may have been."""
    return all(place not in codes or SEED.search(codes[place]) for place in (a, b))


def _pairs(places: Sequence[int], copies: Sequence[Copy]) -> list[tuple[int, int]]:
    return [(a, b) for a, b in combinations(sorted(places), 2) if not together(copies[a], copies[b])]
