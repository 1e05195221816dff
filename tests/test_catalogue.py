"""The catalogue as a whole: what ten thousand draws of each family would show, and the numbers everyone knows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from grader import content, judge, values, variants, verify
from grader.model import Exercise, Item
from grader.verify.common import answers

DRAWS = 10_000
ENOUGH = 3  # distinct distractors
# Chi-square that chance exceeds once in a thousand, for 1, 2, … degrees of freedom (any statistical table has them).
ONCE_IN_A_THOUSAND = (
    *(10.828, 13.816, 16.266, 18.467, 20.515, 22.458, 24.322, 26.124, 27.877, 29.588),
    *(31.264, 32.909, 34.528, 36.123, 37.697),
)
EXERCISES = sorted(content.paths())


def critical(freedom: int) -> float:
    """From the table; further, the cube root of a chi-square is nearly normal (Wilson and Hilferty, 1931)."""
    if freedom <= len(ONCE_IN_A_THOUSAND):
        return ONCE_IN_A_THOUSAND[freedom - 1]
    spread = 2 / (9 * freedom)
    return freedom * (1 - spread + 3.0902 * math.sqrt(spread)) ** 3


def chi_square(counts: list[int]) -> float:
    """Against the same number everywhere."""
    expected = sum(counts) / len(counts)
    return sum((count - expected) ** 2 / expected for count in counts)


@dataclass
class Seen:
    """One family: variants with too few distractors, wrong ideas that win, and where right options are printed."""

    exercise: Exercise
    poor: list[str] = field(default_factory=list)
    rewarded: list[str] = field(default_factory=list)
    places: dict[tuple[str, int], Counter[int]] = field(default_factory=dict)


@cache
def seen(id: str) -> Seen:
    family = Seen(content.find(id))
    for number, variant in enumerate(variants.every(family.exercise)):
        known = values.of(variant)
        for question in answers(family.exercise):
            asked = judge.expected(variant, question, known)
            if len(verify.wrong_values(question, variant, known)) < ENOUGH:
                family.poor.append(f"{id}#{number} {question.name}")
            for wrong, value in asked.wrong:
                rights = [asked.right]
                if question.follow_through:
                    rights.append(values.call(question.follow_through, {**known, "yours": value}))
                scores = [question.rule.score(value, right) for right in rights]
                if max(scores) == 1:
                    family.rewarded.append(f"{id}#{number} {question.name}/{wrong.name}")
            if question.rule.kind == "choice":
                places = family.places.setdefault((question.name, len(asked.shown)), Counter())
                places[asked.shown.index(asked.right)] += 1
    return family


@pytest.mark.parametrize("id", EXERCISES)
def test_every_draw_has_three_distinct_distractors(id: str) -> None:
    assert seen(id).poor == []


@pytest.mark.parametrize("id", EXERCISES)
def test_no_wrong_idea_earns_full_marks(id: str) -> None:
    assert seen(id).rewarded == []


@pytest.mark.parametrize("id", EXERCISES)
def test_no_printed_place_is_a_hint(id: str) -> None:
    for (question, options), places in seen(id).places.items():
        counts = [places[place] for place in range(options)]
        if sum(counts) >= 5 * options:  # fewer variants show nothing of chance
            assert chi_square(counts) < critical(options - 1), f"{question}: {counts}"


def test_in_the_whole_catalogue_the_right_option_is_printed_anywhere() -> None:
    together: dict[int, Counter[int]] = {}
    for id in EXERCISES:
        for (_, options), places in seen(id).places.items():
            together.setdefault(options, Counter()).update(places)
    assert sum(map(Counter.total, together.values())) > 3000
    for options, places in together.items():
        assert chi_square([places[place] for place in range(options)]) < critical(options - 1), places


@pytest.mark.parametrize("id", EXERCISES)
def test_students_are_spread_over_all_variants(id: str) -> None:
    size = len(seen(id).exercise.params)
    drawn = Counter(variants.draw("a secret", "td1", f"student {n}", id, size) for n in range(DRAWS))
    assert size == 1 or chi_square([drawn[number] for number in range(size)]) < critical(size - 1)


def test_a_lopsided_die_is_seen() -> None:
    assert chi_square([25, 25, 25, 25]) == 0 < chi_square([40, 20, 20, 20]) == 12 < critical(3)
    assert chi_square([60, 20, 10, 10]) > critical(3)
    assert critical(30) == pytest.approx(59.703, rel=2e-3) and critical(100) == pytest.approx(149.449, rel=2e-3)


# ── known numbers ────────────────────────────────────────────────────────────


def numbers(value: Any) -> Iterator[int | float]:
    """Every number of an answer, whatever it is kept in."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def asked_for(id: str, **params: Any) -> set[int | float]:
    """Every number that is an answer of this exercise, in the variants with these parameters."""
    chosen = [v for v in variants.every(content.find(id)) if params.items() <= v.params.items()]
    assert chosen, f"{id} has no variant with {params}"
    found: set[int | float] = set()
    for variant in chosen:
        known = values.of(variant)
        found |= {n for question in answers(variant.exercise) for n in numbers(known[question.name])}
    return found


@pytest.mark.parametrize(
    ("id", "number"),
    [
        ("dense_parameters", 785_000),  # 28 × 28 pixels into 1 000 neurons
        ("dense_parameters", 72_000_001_000),  # 24 megapixels in colour into 1 000 neurons
        ("dense_megapixels", 1_200_000_000),  # 12 megapixels into 100 neurons: grey, no bias
        ("dense_megapixels", 1_200_000_100),  # grey
        ("dense_megapixels", 3_600_000_000),  # in colour, no bias
        ("dense_megapixels", 3_600_000_100),  # in colour
        ("cnn_parameters", 80_758),  # K3MNIST2
    ],
)
def test_a_number_everyone_knows_is_an_answer(id: str, number: int) -> None:
    assert number in asked_for(id)


@pytest.mark.parametrize(
    ("network", "number"),
    [
        ("LeNet-5", 61_706),
        ("K3MNIST2", 80_758),
        ("AlexNet (2012)", 60_965_224),
        ("AlexNet (torchvision)", 61_100_840),
        ("VGG16", 138_357_544),
        ("GTSRB model_01, 24×24×1", 4_841_083),
        ("GTSRB model_01, 24×24×3", 4_842_811),
        ("GTSRB model_01, 48×48×1", 29_033_083),
        ("GTSRB model_01, 48×48×3", 29_034_811),
        ("GTSRB model_02", 734_059),
    ],
)
def test_known_networks_have_their_published_size(network: str, number: int) -> None:
    assert number in asked_for("known_networks", network=network)


def test_the_judge_gives_no_wrong_idea_full_marks() -> None:
    """The statistic above asks the rules; this asks the judge, once for each question of the catalogue."""
    for id in EXERCISES:
        variant = variants.every(seen(id).exercise)[0]
        item = Item(id, variant, ())
        for question in answers(variant.exercise):
            asked = judge.expected(variant, question)
            for wrong, value in asked.wrong:
                source = question.rule.write(value, asked.shown)
                given = judge.answer(item, question, Fraction(1), source, "fr", asked)
                assert given.earned < 1, f"{id} {question.name}/{wrong.name}"
