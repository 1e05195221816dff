"""Every exercise keeps every law, in every variant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from grader import content, verify
from grader.model import Exercise, Task
from grader.sandbox import Sandbox

EXERCISES = sorted(content.paths())
TRAINS = re.compile(r"^needs = .*(torch|keras)", re.MULTILINE)  # read, not loaded: one that does not load fails alone
HEAVY = [id for id, path in sorted(content.paths().items()) if TRAINS.search(path.read_text("utf-8"))]
LIGHT = [id for id in EXERCISES if id not in HEAVY]
# Of what trains for minutes: one right and one wrong solution. `make test-practice` runs them all.
QUICK = {
    "beat_mlp": ("reference_torch", "wrong_two_epochs"),
    "generate_fruits": ("reference", "wrong_shows_one_fruit"),
    "gtsrb_train": ("reference_torch", "wrong_one_epoch"),
    "train_lenet": ("reference_torch", "wrong_other_units"),
    "train_mnist": ("reference_torch", "wrong_one_output"),
    "transfer_fine_tuning": ("reference_torch", "wrong_high_rate"),
    "transfer_frozen_base": ("reference_torch", "wrong_random_base"),
}
Bench = Callable[[Exercise], Sandbox]


def law_named(law: verify.Law) -> str:
    return law.__name__


@pytest.mark.parametrize("law", verify.LIGHT, ids=law_named)
@pytest.mark.parametrize("id", EXERCISES)
def test_law(id: str, law: verify.Law) -> None:
    assert list(law(content.find(id))) == []


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with verify.benches(full=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def full_bench() -> Iterator[Bench]:
    with verify.benches(full=True) as opened:
        yield opened


@pytest.mark.parametrize("id", LIGHT)
def test_solutions_behave(id: str, bench: Bench) -> None:
    exercise = content.find(id)
    if any(isinstance(question, Task) for question in exercise.questions):
        assert list(verify.solutions_behave(exercise, bench)) == []


@pytest.mark.slow
@pytest.mark.parametrize("id", HEAVY)
def test_trained_solutions_behave(id: str, full_bench: Bench) -> None:
    exercise = content.find(id)
    assert list(verify.solutions_behave(exercise, full_bench, QUICK.get(id, ()))) == []


@pytest.mark.parametrize("id", QUICK)
def test_what_is_proved_quickly_is_there(id: str) -> None:
    files = {solution.file.stem for solution in verify.solution_files(content.find(id))}
    assert id in HEAVY and files.issuperset(QUICK[id])


@pytest.mark.slow
@pytest.mark.parametrize("id", EXERCISES)
def test_real_layers_give_every_answer(id: str) -> None:
    assert list(verify.oracle_agrees(content.find(id))) == []


@pytest.mark.parametrize("id", EXERCISES)
def test_what_trains_says_so_on_one_line(id: str) -> None:
    assert verify.needs_torch(content.find(id)) == (id in HEAVY)


def test_there_are_exercises_of_every_kind() -> None:
    assert len(EXERCISES) >= 6 and len(LIGHT) >= 5
