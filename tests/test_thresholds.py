"""What docs/thresholds.md measured is what the exercises ask, and keeps right solutions from wrong ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from grader import content
from grader.model import Task

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "thresholds.md").read_text("utf-8")
TRAININGS = sorted(id for id, file in content.paths().items() if "Measure(" in file.read_text("utf-8"))
CLASSIFIERS = [id for id in TRAININGS if id != "generate_fruits"]
SEEDS = 16


def section(id: str) -> str:
    """From the heading of level 2 that is followed by the exercise's name."""
    found = [part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE) if f"`{id}`" in part.split("\n\n")[1]]
    assert len(found) == 1
    return found[0]


def rows(text: str, first: str) -> Iterator[list[str]]:
    """The lines of the tables whose header starts with ``first``, as cells."""
    for table in re.findall(rf"^\| ?{first} \|.+\n\|[-|]+\n((?:\|.+\n)+)", text, re.MULTILINE):
        yield from ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())


def constants(id: str) -> dict[str, Any]:
    spec = spec_from_file_location(id, content.paths()[id])
    assert spec and spec.loader
    module = module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, id, module)  # its dataclasses look themselves up
        spec.loader.exec_module(module)
    return vars(module)


def wrong_solutions(id: str) -> dict[str, set[str]]:
    """Those that ship with the exercise, and the checks that they fail."""
    files = (ROOT / "solutions" / id).glob("wrong_*.py")
    return {file.stem: set(re.findall(r"\w+", file.read_text("utf-8").split("\n")[0])) for file in files}


def test_every_training_has_its_thresholds_on_the_page() -> None:
    assert len(TRAININGS) >= 7
    for id in TRAININGS:
        section(id)


@pytest.mark.parametrize("id", CLASSIFIERS)
def test_the_thresholds_are_those_of_the_exercise(id: str) -> None:
    asked = constants(id)
    written = {what.split(":")[0]: value for what, value, *_ in rows(section(id), "")}
    assert float(written["gate"].strip("*")) == asked["GATE"]
    assert float(written["full marks"].strip("*")) == asked["FULL"]


@pytest.mark.parametrize("id", CLASSIFIERS)
def test_a_seed_changes_no_points_of_the_recipe_of_the_statement(id: str) -> None:
    full = constants(id)["FULL"]
    references = [row for row in rows(section(id), "recipe") if "(the reference" in row[0]]
    assert references
    for _name, kind, seeds, *_, lower, _upper, _seconds in references:
        assert kind == "right" and int(seeds) >= SEEDS and float(lower) > full


@pytest.mark.parametrize("id", CLASSIFIERS)
def test_right_recipes_pass_and_wrong_ones_do_not(id: str) -> None:
    gate, checks = constants(id)["GATE"], constants(id)
    for name, kind, seeds, *_, lower, upper, _seconds in rows(section(id), "recipe"):
        if kind == "right":
            assert int(seeds) >= SEEDS and float(lower) > gate, name
        elif kind == "wrong":
            assert float(upper) < gate, name
        elif kind.startswith("wrong: "):
            assert any(check in checks for check in re.findall(r"`(\w+)`", kind)), name
        else:
            assert kind == "other"


@pytest.mark.parametrize("id", TRAININGS)
def test_what_stops_each_wrong_solution_is_named(id: str) -> None:
    kinds = {row[0]: row[1] for row in rows(section(id), "recipe")}
    named = {name.strip("`"): why for name, why in rows(section(id), f"wrong solution of `{id}`")}
    shipped = wrong_solutions(id)
    assert named.keys() == shipped.keys()
    for solution, why in named.items():
        checks = set(re.findall(r"`(\w+)`", why))
        assert checks <= shipped[solution] if checks else kinds[why] == "wrong", solution


@pytest.mark.parametrize("id", ["gtsrb_train", "train_lenet"])
def test_a_network_that_learnt_nothing_earns_a_tenth_at_most(id: str) -> None:
    (question,) = content.find(id).questions
    assert isinstance(question, Task)
    failed = wrong_solutions(id)["wrong_untrained"]
    assert sum(c.weight for c in question.checks if c.name not in failed) * 10 <= sum(c.weight for c in question.checks)


def fruits() -> tuple[int, dict[str, tuple[float, float]]]:
    """Of the reference: how many seeds, and the bounds of what was measured."""
    metrics = re.search(r"^\| solution \| seeds \| CPU s \| (.+) \|$", section("generate_fruits"), re.MULTILINE)
    assert metrics
    [(seeds, cells)] = [
        (row[1], row[3:]) for row in rows(section("generate_fruits"), "solution") if row[0] == "reference"
    ]
    read = [re.search(r"\[(\S+), (\S+)\]", cell) for cell in cells]
    bounds = [(float(cell[1]), float(cell[2])) for cell in read if cell]
    return int(seeds), dict(zip(metrics[1].split(" | "), bounds, strict=True))


def test_the_fruits_thresholds_are_those_of_the_exercise() -> None:
    asked = constants("generate_fruits")
    written = {
        what: (float(gate), float(full.strip("*"))) for what, gate, full, _why in rows(section("generate_fruits"), "")
    }
    assert written["removed"] == (asked["REMOVED_GATE"], asked["REMOVED_FULL"])
    assert written["shape, colour"] == (asked["AGREE_GATE"], asked["AGREE_FULL"])
    assert written["clean, again"] == (asked["CLEAN_GATE"], asked["CLEAN_FULL"])
    assert written["caption ratio"] == (asked["CAPTION_GATE"], asked["CAPTION_GATE"])
    assert written["time"] == (asked["TIME_GATE"], asked["TIME_GATE"])


LEVELS = {
    "removed": "REMOVED",
    "caption ratio": "CAPTION",
    "time": "TIME",
    "shape": "AGREE",
    "colour": "AGREE",
    "clean": "CLEAN",
    "again": "CLEAN",
}


def test_a_seed_changes_no_points_of_the_fruits_of_the_statement() -> None:
    asked, (seeds, measured) = constants("generate_fruits"), fruits()
    full = {metric: asked.get(f"{name}_FULL", asked[f"{name}_GATE"]) for metric, name in LEVELS.items()}
    assert seeds >= SEEDS
    assert measured["copies"][1] < asked["COPIES"] and measured["spread"][0] > asked["SPREAD"]
    assert [metric for metric, level in full.items() if measured[metric][0] <= level] == []
