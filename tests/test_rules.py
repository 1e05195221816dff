"""How each kind of answer is handed out, read and scored."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from grader import rules
from grader.errors import PartielError
from grader.model import Unreadable

F = Fraction
ABCD = ("w", "x", "y", "z")


@dataclass
class Remote:
    """An object that stayed in the sandbox."""

    kind: str


@pytest.mark.parametrize(
    ("rule", "given", "right", "score"),
    [
        (rules.whole, 112, 112, 1),
        (rules.whole, 112, np.int64(112), 1),
        (rules.whole, 112.5, 112, 0),
        (rules.whole, True, 1, 0),
        (rules.decimal(2), 0.515, 0.5, 1),
        (rules.decimal(2), 0.4849, 0.5, 0),
        (rules.decimal(), 0.515, 0.5, 1),
        (rules.decimal(0), 99, 100, 1),
        (rules.decimal(rtol=0.01), -101, -100, 1),
        (rules.decimal(rtol=0.01), -101.1, -100, 0),
        (rules.decimal(atol=0.1), 1, np.float32(1.0625), 1),
        (rules.decimal(rtol=0.01), float("nan"), float("nan"), 0),
        (rules.decimal(2), float("inf"), float("inf"), 0),
        (rules.shape, (28, 28, 16), [28, 28, 16], 1),
        (rules.shape, (28, 28), (28, 28, 16), 0),
        (rules.shape, (None, 26), (None, 26), 1),
        (rules.shape, (None, 26), (1, 26), 0),
        (rules.grid(), ((1, 2), (3, 4)), np.array([[1, 2], [3, 5]]), F(3, 4)),
        (rules.grid(), ((1, 2, 0), (3, 4, 0)), [[1, 2], [3, 4]], 0),
        (rules.grid(), ((1, None), (None, None)), [[1, 2], [3, 4]], F(1, 4)),
        (rules.grid(decimal=rules.decimal(1)), ((0.5, 1.0),), [[0.6, 1.3]], F(1, 2)),
        (rules.table("a", "b"), {"a": 3, "b": None}, {"a": 3, "b": 4}, F(1, 2)),
        (rules.table("a", "b"), {"a": 3, "b": 4}, {"a": 3, "b": 4}, 1),
        (rules.table("a", decimal=rules.decimal(1)), {"a": 3.1}, {"a": 3}, 1),
        (rules.choice(*ABCD), "x", "x", 1),
        (rules.choice(*ABCD), "w", "x", 0),
        (rules.choices(*ABCD), ("w", "x"), {"w", "x"}, 1),
        (rules.choices(*ABCD), ("w",), ("w", "x"), F(1, 2)),
        (rules.choices(*ABCD), ("w", "y"), ("w", "x"), 0),
        (rules.choices(*ABCD), ABCD, ("w", "x"), 0),
        (rules.choices(*ABCD), ABCD, ("w", "x", "y"), 0),
        (rules.choices("listed"), ("w", "x", "y"), ("w", "x"), F(1, 2)),
        (rules.choices(*ABCD, all_or_nothing=True), ("w",), ("w", "x"), 0),
        (rules.choices(*ABCD, all_or_nothing=True), ("x", "w"), ("w", "x"), 1),
        (rules.matching(left=["a", "b"], right=ABCD), {"a": "w", "b": None}, {"a": "w", "b": "x"}, F(1, 2)),
        (rules.matching(left=["a", "b"], right=ABCD), {"a": "w", "b": "x"}, {"a": "w", "b": "x"}, 1),
        (rules.ordering(*ABCD), ABCD, ABCD, 1),
        (rules.ordering(*ABCD), ("x", "w", "y", "z"), ABCD, F(2, 3)),
        (rules.ordering(*ABCD), ABCD[::-1], ABCD, 0),
        (rules.ordering(*ABCD, before=[("w", "x"), ("x", "z")]), ("w", "x", "z", "y"), ABCD, 1),
        (rules.ordering(*ABCD, before=[("w", "x"), ("x", "z")]), ("y", "x", "w", "z"), ABCD, F(1, 3)),
        (rules.ordering(*ABCD, before=[("w", "x"), ("x", "z")]), ("w", "x", "z"), ABCD, F(1, 3)),
        (rules.ordering(*ABCD[:3], distractors=["z"]), ABCD[:3], ABCD[:3], 1),
        (rules.ordering(*ABCD[:3], distractors=["z"]), ABCD, ABCD[:3], F(1, 3)),
        (rules.ordering(*ABCD), ("w", "w", "x", "y", "z"), ABCD, F(2, 3)),
    ],
    ids=lambda x: repr(sorted(x)) if isinstance(x, set) else repr(x),  # the same in every process
)
def test_scores(rule, given, right, score):
    found = rule.score(given, right)
    assert found == score and isinstance(found, Fraction)


@pytest.mark.parametrize(
    ("rule", "shown", "placeholder", "reader"),
    [
        (rules.whole, (), "...", ("read_whole", ())),
        (rules.decimal(3), (), "...", ("read_decimal", ())),
        (rules.shape, (), "...", ("read_shape", ())),
        (rules.shape(3), (), "...", ("read_shape", (3,))),
        (rules.grid(), (), "...", ("read_grid", ())),
        (rules.grid(decimal=rules.decimal(2)), (), "...", ("read_grid", (True,))),
        (rules.table("a", "b"), ("a", "b"), '{\n    "a": ...,\n    "b": ...,\n}', ("read_table", (("a", "b"),))),
        (rules.choice(*ABCD), ABCD, "...", ("read_letter", ("ABCD",))),
        (rules.choices(*ABCD), ABCD, "...", ("read_letters", ("ABCD",))),
        (rules.matching(left=["a", "b"], right=ABCD), ABCD, "...", ("read_matching", ("ABCD", 2))),
        (rules.ordering(*ABCD), ABCD, "...", ("read_order", ("ABCD",))),
        (rules.ordering(*ABCD[:3], distractors=["z"]), ABCD, "...", ("read_order", ("ABCD", False))),
        (rules.formula(I=range(9)), (), "...", ("read_formula", (("I",),))),
    ],
)
def test_what_is_handed_out_and_how_it_is_read(rule, shown, placeholder, reader):
    assert rule.placeholder(shown) == placeholder
    assert rule.reader(shown) == reader
    hash(rule)
    with pytest.raises(rules.Missing):
        rule.read(eval(placeholder), shown, "fr")


@pytest.mark.parametrize(
    ("rule", "written", "value", "said"),
    [
        (rules.choice(*ABCD), "b", "x", "B"),
        (rules.choices(*ABCD), "D A", ("w", "z"), "A D"),
        (rules.matching(left=["a", "b"], right=ABCD), "C A", {"a": "y", "b": "w"}, "1 = C ; 2 = A"),
        (rules.matching(left=["a", "b"], right=ABCD), {1: "C"}, {"a": "y", "b": None}, "1 = C ; 2 = …"),
        (rules.ordering(*ABCD), "CABD", ("y", "w", "x", "z"), "C A B D"),
        (rules.decimal(2), "3.5", 3.5, "3,5"),
    ],
)
def test_letters_stand_for_the_options_in_their_printed_order(rule, written, value, said):
    reading = rule.read(written, ABCD, "fr")
    assert reading.value == value and reading.shown == said


def test_three_dots_are_recognised_when_they_stayed_in_the_sandbox():
    dots = Remote("ellipsis")
    with pytest.raises(rules.Missing):
        rules.whole.read(dots, (), "fr")
    reading = rules.table("a", "b").read({"a": 3, "b": dots}, ("a", "b"), "en")
    assert reading.value == {"a": 3, "b": None} and reading.shown == "a = 3; b = …"
    with pytest.raises(Unreadable) as caught:
        rules.whole.read(Remote("Model"), (), "fr")
    assert not isinstance(caught.value, rules.Missing)


def test_a_set_is_told_to_be_written_as_a_list_on_both_sides():
    for written in ({"A", "C"}, Remote("set")):
        with pytest.raises(Unreadable) as caught:
            rules.choices(*ABCD).read(written, ABCD, "fr")
        assert "accolades" in caught.value.why.fr


def test_the_printed_order_handed_back_is_no_answer():
    with pytest.raises(rules.Missing):
        rules.ordering(*ABCD).read("A B C D", ABCD, "fr")


def test_a_printed_order_that_is_already_right_is_noticed():
    rule = rules.ordering(*ABCD, before=[("w", "x")])
    assert rule.gives_away(("z", "w", "x", "y")) and not rule.gives_away(("x", "w", "y", "z"))
    assert not rules.ordering(*ABCD[:3], distractors=["z"]).gives_away(ABCD)


def test_a_single_name_stands_for_the_value_that_lists_the_options():
    assert rules.choice("candidates").options == "candidates"
    assert rules.choice(["u", "v"]).options == ("u", "v")
    assert rules.ordering("steps").reader(ABCD) == ("read_order", ("ABCD", False))
    assert rules.matching(left=["a"], right="kernels").options == "kernels"
    assert rules.whole.options == ()


def test_a_formula_that_cannot_be_read_is_unreadable_with_its_sentence():
    with pytest.raises(Unreadable) as caught:
        rules.formula(I=range(9), S=[1, 2]).read("I/2S", (), "fr")
    assert "parenthèses" in caught.value.why.fr and "parentheses" in caught.value.why.en


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: rules.choice("a", "a"), "distinct"),
        (lambda: rules.choice(*[f"o{n}" for n in range(27)]), "too many"),
        (lambda: rules.decimal(2, rtol=0.1), "more than one tolerance"),
        (lambda: rules.ordering("a", "b", before=[("a", "c")]), "no blocks"),
        (lambda: rules.ordering("a", "b", before=[("a", "b"), ("b", "a")]), "circle"),
        (lambda: rules.formula(I=[1, 2], valid="I > 3"), "no point"),
        (lambda: rules.formula(I=[2, 4], half_when="I % 2 == 0"), "everywhere"),
    ],
)
def test_an_author_learns_what_is_wrong_with_a_rule(build, says):
    with pytest.raises(PartielError, match=says):
        build()
