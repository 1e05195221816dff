"""Scripts with one bug: each of the 28 is somewhere to be found or fixed, and what is handed out has that bug alone."""

from __future__ import annotations

import importlib.util
from functools import cache
from types import ModuleType

import pytest

from grader import content, values, variants
from grader.author import answer
from grader.scripts import Bug, at, bug_line, bugged, elsewhere, idle_lines, misordered, numbered, pairs, right_line
from grader.statement import read
from grader.verify.common import solutions

# Number: what it is, where a student fixes it, where a student finds its line ("" where a line does not tell enough).
BUGS = {
    1: ("no channel axis", "fix_data no_channel", "bug_hunt_data no_channel"),
    2: ("only the training set is scaled", "fix_data train_only", "bug_hunt_data train_only"),
    3: ("scaled twice", "fix_data scaled_twice", "bug_hunt_data scaled_twice"),
    4: ("integer division", "fix_data integer_division", "bug_hunt_data integer_division"),
    5: ("labels shuffled on their own", "fix_data labels_apart", "bug_hunt_data labels_apart"),
    6: ("one-hot labels, sparse loss", "fix_model one_hot_labels", ""),
    7: ("whole labels, one-hot loss", "fix_model one_hot_loss", "bug_hunt_output one_hot_loss"),
    8: ("softmax, and from_logits=True", "fix_model double_softmax", "bug_hunt_output double_softmax"),
    9: ("sigmoid for softmax", "fix_model sigmoid", "bug_hunt_output sigmoid"),
    10: ("softmax of one unit", "fix_model one_unit", "bug_hunt_output one_unit"),
    11: ("argmax along the batch", "fix_model argmax_batch", "bug_hunt_output argmax_batch"),
    12: ("no Flatten", "fix_model no_flatten", "bug_hunt_output no_flatten"),
    13: ("valid before a skip connection", "fix_model valid", "bug_hunt_output valid_skip"),
    14: ("no zero_grad", "fix_training no_zero_grad", "bug_hunt_training no_zero_grad"),
    15: ("dropout on in evaluation", "fix_training no_eval", "bug_hunt_training train_mode"),
    16: ("the loss of another model", "fix_training global_model", "bug_hunt_training global_model"),
    17: ("the test set chooses", "fix_training test_for_choosing", "bug_hunt_training test_for_stopping"),
    18: ("the worst epoch is kept", "fix_training worst_kept", "bug_hunt_training mode_min"),
    19: ("frozen or unfrozen after the optimizer was made", "fix_training old_optimizer", ""),
    20: ("arrows mirrored", "fix_signs arrows_flipped", ""),
    21: ("width and height swapped", "fix_signs sides_swapped", "bug_hunt_data sides_swapped"),
    22: ("noising without roots", "fix_diffusion no_sqrt", "bug_hunt_diffusion no_sqrt"),
    23: ("one time for the batch", "fix_diffusion one_t", "bug_hunt_diffusion one_t"),
    24: ("noise added at t = 0", "fix_diffusion noise_at_end", "bug_hunt_diffusion noise_at_end"),
    25: ("sampling without the label", "fix_diffusion no_label", "bug_hunt_diffusion no_caption"),
    26: ("model_02 is model_01", "fix_model wrong_model", "bug_hunt_output wrong_model"),
    27: ("an index past the end", "fix_data past_the_end", "bug_hunt_data past_the_end"),
    28: ("tracks on both sides", "fix_signs leak", "bug_hunt_data leak"),
}
# Bugs that accuracy does not see: what they spoil, and the check on structure that their script fails.
UNSEEN = {
    "fix_data train_only": "test_pixels_are_scaled_alike",
    "fix_data own_maximum": "test_pixels_are_scaled_alike",
    "fix_data scaled_twice": "training_pixels_are_scaled",
    "fix_model double_softmax": "loss_is_that_of_whole_labels",
    "fix_model softmax_twice": "a_single_softmax",
    "fix_model no_activation": "convolutions_are_activated",
    "fix_diffusion no_noise": "the_other_steps_add_theirs",
}
FIXES = ("fix_data", "fix_signs", "fix_model", "fix_training", "fix_diffusion")
HUNTS = ("bug_hunt_data", "bug_hunt_output", "bug_hunt_training", "bug_hunt_diffusion")


@cache
def module(id: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"exercise_{id}", content.paths()[id])
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.mark.parametrize("number", BUGS)
def test_each_bug_has_its_place(number: int) -> None:
    for place in filter(None, BUGS[number][1:]):
        id, name = place.split()
        assert module(id).BUGS[name].number == number
        assert name in {variant.params["bug"] for variant in variants.every(content.find(id))}


def test_the_table_forgets_no_numbered_bug() -> None:
    assert sorted(BUGS) == list(range(1, 29))
    numbered = {
        (id, name): bug.number for id in (*FIXES, *HUNTS) for name, bug in module(id).BUGS.items() if bug.number
    }
    first = {tuple(place.split()) for row in BUGS.values() for place in row[1:] if place}
    assert {number for key, number in numbered.items() if key not in first} <= {4}  # a division twice more


@pytest.mark.parametrize("id", FIXES)
class TestScriptsToFix:
    def test_the_bug_left_in_place_is_a_wrong_solution(self, id: str) -> None:
        """``partiel verify`` proves that it fails, and what; here it is what students receive."""
        for variant in variants.every(content.find(id)):
            file = solutions(variant.exercise) / f"wrong_{variant.params['bug']}.py"
            said, _, source = file.read_text("utf-8").partition("\n")
            assert source.rstrip() == values.of(variant)["script"]
            assert "whole_script" in said

    def test_the_script_without_its_bug_is_a_reference(self, id: str) -> None:
        reference = (solutions(content.find(id)) / "reference.py").read_text("utf-8")
        assert reference.rstrip() == "\n".join(bugged(module(id).SCRIPT, None))

    def test_an_untouched_script_earns_little(self, id: str) -> None:
        exercise = content.find(id)
        weights = {check.name: check.weight for check in exercise.questions[0].checks}
        for variant in variants.every(exercise):
            said = (solutions(exercise) / f"wrong_{variant.params['bug']}.py").read_text("utf-8").splitlines()[0]
            kept = sum(weight for name, weight in weights.items() if name not in said)
            assert kept / sum(weights.values()) <= 0.25

    def test_the_solution_tells_of_every_bug(self, id: str) -> None:
        for lang in ("fr", "en"):
            told = read(content.paths()[id].with_suffix(f".{lang}.md")).sections["solution"]
            assert all(f"`{name}`" in told for name in module(id).BUGS)

    def test_there_are_enough_proofs(self, id: str) -> None:
        names = [file.name for file in solutions(content.find(id)).glob("*.py")]
        others = [n for n in names if n.startswith("wrong_") and n[6:-3] not in module(id).BUGS]
        assert sum(n.startswith("reference") for n in names) >= 2
        assert len(others) >= 3  # superficial fixes, or another part broken


@pytest.mark.parametrize("place", UNSEEN)
def test_what_accuracy_cannot_see_is_tested_by_structure(place: str) -> None:
    id, name = place.split()
    said = (solutions(content.find(id)) / f"wrong_{name}.py").read_text("utf-8").splitlines()[0]
    assert UNSEEN[place] in said


SCRIPT = "a = <one>\nb = <two>\nprint(a + b)"
BUG = Bug("", "b = ", "b = -<two>")


class TestBugged:
    def test_replaces_one_line_and_fills_in_the_numbers(self) -> None:
        assert bugged(SCRIPT, BUG, one=1, two=2) == ("a = 1", "b = -2", "print(a + b)")
        assert bugged(SCRIPT, None, one=1, two=2)[1] == right_line(SCRIPT, BUG, two=2) == "b = 2"

    def test_an_empty_line_is_a_line_left_out(self) -> None:
        assert bugged(SCRIPT, Bug("", "b = ", "")) == ("a = <one>", "print(a + b)")

    def test_idle_lines_move_the_bug(self) -> None:
        lines = bugged(SCRIPT, BUG, [(0, "import time"), (-1, "print()")], two=5)
        assert lines == ("import time", "a = <one>", "b = -5", "print()", "print(a + b)")
        assert bug_line(lines, BUG, two=5) == 3
        assert {tuple(idle_lines(place)) for place in range(6)} == {
            (), ((0, "import time"),), ((2, "print('ready')"),), ((0, "import time"), (2, "started = time.time()")),
        }  # fmt: skip

    @pytest.mark.parametrize("starts", ["c = ", ""])
    def test_a_bug_that_fits_no_line_or_several_is_refused(self, starts: str) -> None:
        with pytest.raises(ValueError, match="a bug replaces one"):
            bugged(SCRIPT, Bug("", starts, "x"))


def test_lines_are_numbered_from_one() -> None:
    assert numbered(("a", "b")) == "     1  a\n     2  b"


def test_short_lists_of_numbers_start_again() -> None:
    assert at(4, n=(1, 2, 3), m=range(10, 20)) == {"n": 2, "m": 14}


def test_each_right_line_is_a_wrong_idea_by_its_name() -> None:
    mark = elsewhere(sum_line=("nothing", "print"), first=("a",))(answer()(len))
    lines = ("a = 1", "b = 2", "print(a + b)")
    assert {idea.__name__: idea(lines) for idea in mark.misconceptions} == {"sum_line": 3, "first": 1}


def test_blocks_go_wrong_in_each_way_once() -> None:
    mark = misordered(("x", "y"), left_out="b", early=("c", "b"))(answer()(len))
    order = ("a", "b", "c")
    early, spare, missing = mark.misconceptions
    assert early(order) == ("a", "c", "b")
    assert (early.__name__, spare.__name__, missing.__name__) == ("early", "spare_block", "block_left_out")
    assert spare(order, (1, 0)) == ("a", "b", "c", "y")
    assert missing(order) == ("a", "c")
    assert pairs(("x", "y", "z")) == [(0, 1), (0, 2), (1, 2)]
