"""Verdicts from what was observed: nothing is right until it was seen to be, and our faults are never the student's."""

# ruff: noqa: ARG005 - what students write is called with what it does not use

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import content, judge, render
from grader.model import Answer, Check, Exercise, Item, Status, Task, Text, Variant, Verdict
from grader.sandbox import Exhausted, Oversized, Remote, SandboxFault, StudentError

SMALL = Path(__file__).parent / "courses" / "tiny" / "exercises" / "small" / "small.py"
SAID = Text("Non.", "No.")


class Inside:
    """A student's process, played by this one: plain data comes back as it is, everything else as a Remote."""

    def __init__(self) -> None:
        self.things: dict[int, Any] = {}

    def out(self, thing: Any) -> Any:
        thing = thing.item() if isinstance(thing, np.generic) else thing
        if thing is None or isinstance(thing, bool | int | float | str | np.ndarray):
            return thing
        if isinstance(thing, list | tuple):
            return type(thing)(map(self.out, thing))
        self.things[id(thing)] = thing
        return Remote(self, id(thing), type(thing).__name__)

    def into(self, thing: Any) -> Any:
        if isinstance(thing, Remote):
            return self.things[thing._handle]
        if isinstance(thing, dict):
            return {key: self.into(member) for key, member in thing.items()}
        return type(thing)(map(self.into, thing)) if isinstance(thing, list | tuple) else thing

    def use(self, handle: int, attribute: str | None, arguments: tuple[Any, Any] | None) -> Any:
        thing = self.things[handle]
        try:
            if attribute is not None:
                thing = getattr(thing, attribute)
            if arguments is not None:
                args, kwargs = self.into(arguments)
                thing = thing(*args, **kwargs)
        except (StudentError, Exhausted, SandboxFault):
            raise
        except Exception as error:  # noqa: BLE001  a student may raise anything
            raise StudentError(type(error).__name__, str(error)) from None
        return self.out(thing)


@pytest.fixture
def exercise() -> Exercise:
    return content.load(SMALL)


@pytest.fixture
def item(exercise: Exercise) -> Item:
    return Item("small", Variant(exercise, {"n": 30, "k": 5}), ())


def asked(item: Item, name: str) -> Any:
    return next(q for q in item.variant.exercise.questions if q.name == name)


def answered(item: Item, value: Any, name: str = "size", lang: Any = "en") -> Verdict:
    question: Answer = asked(item, name)
    return judge.answer(item, question, question.points, value, lang)


def tried(item: Item, function: Any, *checks: Callable[..., Any], hidden: bool = True, name: str = "double") -> Verdict:
    """The verdict on a function of the student's, by these checks or the exercise's own."""
    question: Task = asked(item, name)
    if checks:
        mine = tuple(Check(f.__name__.strip("<>"), f, "", hidden, 1, SAID) for f in checks)
        question = replace(question, checks=mine)
    given = {question.asks[0]: Inside().out(function)}
    return judge.task(item, question, question.points, given, "en")


# ── answers ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [26, 26.0, "26", " 26 ", np.array(26), np.array(26.0, dtype=np.float32)], ids=repr)
def test_the_right_value_is_right_however_it_is_written(item: Item, value: Any) -> None:
    verdict = answered(item, value)
    assert (verdict.status, verdict.earned, verdict.evidence) == (Status.CORRECT, 1, ("26",))


def test_a_known_wrong_idea_is_named_and_explained_with_the_students_numbers(item: Item) -> None:
    verdict = answered(item, 25)
    assert (verdict.status, verdict.earned, verdict.misconceptions) == (Status.WRONG, 0, ("start_forgotten",))
    assert "30 - 5 + 1" in verdict.feedback.fr


def test_of_ideas_that_lead_to_one_value_none_is_passed_over(item: Item) -> None:
    question: Answer = asked(item, "size")
    known = next(one for one in question.misconceptions if one.name == "start_forgotten")
    twin = replace(known, name="twin", feedback=Text("L'autre idée.", "The other idea."))
    verdict = judge.answer(item, replace(question, misconceptions=(known, twin)), question.points, 25, "en")
    assert verdict.misconceptions == ("start_forgotten", "twin")
    several, first, second = verdict.feedback.fr.split("\n\n")
    assert (several, second) == (render.SEVERAL.fr, "L'autre idée.") and "30 - 5 + 1" in first


def test_an_unknown_wrong_value_is_wrong_with_no_idea_behind_it(item: Item) -> None:
    verdict = answered(item, 4)
    assert (verdict.status, verdict.misconceptions, verdict.feedback) == (Status.WRONG, (), judge.UNEXPLAINED)


@pytest.mark.parametrize("value", [..., None, "", " … "], ids=repr)
def test_nothing_written_is_missing(item: Item, value: Any) -> None:
    assert answered(item, value).status is Status.MISSING


def test_three_dots_that_stayed_in_the_sandbox_are_missing_too(item: Item) -> None:
    assert answered(item, Inside().out(...)).status is Status.MISSING


@pytest.mark.parametrize(
    "value",
    [True, (3, 5), (26,), "26 px", float("nan"), float("inf"), [26], 1j, pytest.param(10**4900, id="a huge int")],
)
def test_what_is_no_value_of_the_kind_is_unreadable_never_wrong(item: Item, value: Any) -> None:
    verdict = answered(item, value)
    assert (verdict.status, verdict.earned) == (Status.UNREADABLE, 0)
    assert all(len(line) <= 120 for line in verdict.evidence)


def test_an_object_is_no_value_and_its_name_cannot_leave_its_quotes(item: Item) -> None:
    hostile = type("` <img src=x>\n[a](http://evil)", (), {})()
    verdict = answered(item, Inside().out(hostile))
    assert verdict.status is Status.UNREADABLE
    assert verdict.feedback.en.count("`") == 2 and "\n" not in verdict.feedback.en


def test_each_row_counts_and_a_wrong_row_is_wrong_once(item: Item) -> None:
    assert answered(item, {"first": 150, "second": 300}, "layers").earned == 2
    half = answered(item, {"first": 150, "second": 7}, "layers")
    assert (half.status, half.earned) == (Status.PARTIAL, 1)
    followed = answered(item, {"first": 100, "second": 200}, "layers")
    assert (followed.status, followed.earned) == (Status.PARTIAL, 1)  # its second row follows from its first


def test_an_empty_row_costs_its_row_and_no_more(item: Item) -> None:
    verdict = answered(item, {"first": None, "second": 300}, "layers")
    assert (verdict.status, verdict.earned) == (Status.PARTIAL, 1)


# ── code ─────────────────────────────────────────────────────────────────────


class Doubler:
    def __call__(self, x: int) -> int:
        return 2 * x


@pytest.mark.parametrize(
    "function",
    [lambda x: 2 * x, functools.partial(int.__mul__, 2), Doubler(), (2).__mul__],
    ids=["lambda", "partial", "object", "method"],
)
def test_whatever_can_be_called_is_accepted(item: Item, function: Any) -> None:
    verdict = tried(item, function)
    assert (verdict.status, verdict.earned, verdict.evidence) == (Status.CORRECT, 4, ())


def test_a_ufunc_is_accepted(item: Item) -> None:
    def check(double: Any) -> None:
        assert double(3) == 9

    assert tried(item, np.square, check).status is Status.CORRECT


def test_checks_count_by_their_weight(item: Item) -> None:
    verdict = tried(item, lambda x: abs(2 * x))
    assert (verdict.status, verdict.earned) == (Status.PARTIAL, 1)
    assert verdict.feedback.en == "Negative numbers double too."


@pytest.mark.parametrize(
    "function",
    [
        lambda x: None,
        lambda x: (2 * x for _ in range(1)),
        lambda x: {2 * x},
        lambda x: float("nan"),
        lambda x: str(2 * x),
        lambda x: [2 * x],
        lambda x: np.zeros((3, 4)),
        lambda x: 10**4900,
        lambda x: object(),
        type("Double", (), {"__init__": lambda self, x: None}),
    ],
    ids=["None", "generator", "set", "nan", "text", "list", "array", "huge int", "object", "class"],
)
def test_a_value_of_another_kind_is_wrong_and_breaks_nothing(item: Item, function: Any) -> None:
    verdict = tried(item, function)
    assert (verdict.status, verdict.earned) == (Status.WRONG, 0)
    assert all(len(line) <= 300 for line in verdict.evidence)


def test_plain_data_instead_of_a_function_is_wrong(item: Item) -> None:
    verdict = tried(item, 4)
    assert (verdict.status, verdict.earned) == (Status.WRONG, 0)


@pytest.mark.parametrize(
    "claim",
    [
        lambda f: bool(f(1)),
        lambda f: f(1) != 3,
        lambda f: f(1) is not None and f(1) == f(1),
        lambda f: not f(1) < 3,
        lambda f: f(1) in (1, 2),
        lambda f: np.all(np.asarray(f(1)) != 3),
        lambda f: all(x == 1 for x in f(1)),
        lambda f: f(1)[0] == 3,
        lambda f: [f(1)] != [3],
    ],
)
def test_nothing_opaque_is_ever_taken_for_a_value(item: Item, claim: Callable[[Any], Any]) -> None:
    class Always:
        __eq__ = __ne__ = __lt__ = __contains__ = lambda self, other: True  # type: ignore[assignment]
        __bool__ = lambda self: True  # noqa: E731
        __array__ = lambda self, *a, **k: np.ones(1)  # noqa: E731

    def check(double: Any) -> None:
        assert claim(double)

    assert tried(item, lambda x: Always(), check).status is Status.WRONG


def test_objects_in_a_list_are_as_opaque_as_alone_and_can_be_handed_back(item: Item) -> None:
    def differ(double: Any) -> None:
        one, two = double(1)
        assert one != two

    def back(double: Any) -> None:
        one, _ = double(1)
        assert double([one]) == "got it"

    def function(x: Any) -> Any:
        return "got it" if isinstance(x, list) and type(x[0]) is object else [object(), object()]

    assert tried(item, function, differ).status is Status.WRONG
    assert tried(item, function, back).status is Status.CORRECT


def test_an_attribute_that_is_not_there_answers_as_in_a_notebook(item: Item) -> None:
    def has(double: Any) -> None:
        assert not hasattr(double, "predict")
        assert getattr(double, "predict", 3) == 3

    def needs(double: Any) -> None:
        double.predict(3)

    assert tried(item, object(), has).status is Status.CORRECT
    assert tried(item, object(), needs).status is Status.WRONG


def test_an_attribute_of_another_kind_is_the_students(item: Item) -> None:
    def few(double: Any) -> None:
        assert double.count < 5

    assert tried(item, type("Model", (), {"count": "many"})(), few).status is Status.WRONG


def test_code_that_raises_everywhere_crashed_and_says_how(item: Item) -> None:
    def divides(x: int) -> int:
        return 1 // 0

    def visible(double: Any) -> None:
        double(1)

    verdict = tried(item, divides, visible, hidden=False)
    assert (verdict.status, verdict.earned) == (Status.CRASHED, 0)
    assert verdict.checked, "its cell had run: before the deadline no more than that is said"
    assert verdict.evidence == ("ZeroDivisionError: integer division or modulo by zero",)


def test_the_colours_of_an_error_are_left_in_the_terminal(item: Item) -> None:
    def keras(x: int) -> int:
        raise ValueError(
            "Exception encountered when calling Conv2D.call().\n\n\x1b[1mNegative size\x1b[0m\x1b]0;x\x07."
        )

    said = "ValueError: Exception encountered when calling Conv2D.call(). Negative size."
    verdict = tried(item, keras, lambda double: double(1), hidden=False)
    assert verdict.evidence == (said,) and said in verdict.feedback.en
    assert (
        judge.crashed("ValueError", "\x1b[31;1mred\x1b[0m").fr == "Le code s'arrête sur une erreur : `ValueError: red`."
    )


@pytest.mark.parametrize("hostile", ["says", "is named after"])
def test_a_hidden_check_tells_nothing_of_what_it_asked(item: Item, hostile: str) -> None:
    def tells(x: int) -> int:
        if hostile == "says":
            raise ValueError(f"called with {x}")
        raise type(f"With{abs(x)}", (Exception,), {})

    def returns(x: int) -> Any:
        return x

    for function in (tells, returns, lambda x: [x]):
        verdict = tried(item, function)
        shown = [line for line in verdict.evidence if "double(2)" not in line]
        assert not any("3451" in line for line in shown), shown


def test_a_visible_check_shows_the_call_and_what_came_back(item: Item) -> None:
    assert tried(item, lambda x: 5).evidence == ("double(2) → 5",)


def test_evidence_is_short_whatever_comes_back(item: Item) -> None:
    def check(double: Any) -> None:
        assert double("x" * 10_000) == 4

    for value in ("y" * 10**7, [["z" * 10**6] * 1000] * 1000, np.ones((500, 500)), -(10**4900), "\u202e\x1b[2J\n"):
        (line,) = tried(item, lambda x, value=value: value, check, hidden=False).evidence
        assert len(line) <= 300 and line.isprintable()


def test_a_limit_ends_the_question_and_what_was_earned_before_stays(item: Item) -> None:
    def slow(x: int) -> int:
        if x < 0:
            raise Exhausted("seconds")
        return 2 * x

    verdict = tried(item, slow)
    assert (verdict.status, verdict.earned) == (Status.PARTIAL, 1)

    def never(x: int) -> int:
        raise Exhausted("memory")

    verdict = tried(item, never)
    assert (verdict.status, verdict.earned) == (Status.EXHAUSTED, 0)
    assert verdict.evidence == ("The code went over the memory allowed (1024 MiB).",)


def test_a_value_too_large_to_leave_is_wrong(item: Item) -> None:
    def large(x: int) -> int:
        raise Oversized("too large")

    assert tried(item, large).status is Status.WRONG


# ── our faults ───────────────────────────────────────────────────────────────


def ours_at_once(double: Any) -> None:
    raise KeyError("a table of ours")


def ours_later(double: Any) -> None:
    double(2)
    raise OSError("a file of ours")


def ours_returns_a_truth(double: Any) -> Any:
    return double(2) == 4


@pytest.mark.parametrize("check", [ours_at_once, ours_later, ours_returns_a_truth])
def test_a_check_that_fails_by_itself_is_our_fault_and_calls_a_human(item: Item, check: Callable[..., Any]) -> None:
    verdict = tried(item, lambda x: 2 * x, check)
    assert (verdict.status, verdict.earned, verdict.feedback) == (Status.BROKEN, 0, judge.OURS)


def test_one_broken_check_leaves_the_whole_question_to_a_human(item: Item) -> None:
    def right(double: Any) -> None:
        assert double(2) == 4

    assert tried(item, lambda x: 2 * x, right, ours_later).status is Status.BROKEN


def test_a_fault_of_the_sandbox_is_no_verdict_at_all(item: Item) -> None:
    def gone(x: int) -> int:
        raise SandboxFault("sandbox", "gone", "again")

    with pytest.raises(SandboxFault):
        tried(item, gone)


def test_what_every_verdict_starts_from_earns_nothing_and_calls_a_human(item: Item) -> None:
    blank = judge.verdict_of(item, asked(item, "size"), Fraction(3))
    assert (blank.status, blank.earned, blank.points) == (Status.BROKEN, 0, 3)
    assert blank.judging == item.variant.exercise.judging_revision


# ── measures ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "status", "earned"),
    [
        (0.49, Status.WRONG, 0),
        (0.5, Status.PARTIAL, 1),
        (0.7, Status.PARTIAL, Fraction(3, 2)),
        (0.9, Status.CORRECT, 2),
        (float("nan"), Status.WRONG, 0),
        (float("inf"), Status.CORRECT, 2),
        (-1.0, Status.WRONG, 0),
    ],
)
def test_a_measure_earns_between_its_gate_and_its_full_mark(
    item: Item, value: float, status: Status, earned: Any
) -> None:
    verdict = tried(item, lambda x: value, name="measured")
    assert (verdict.status, verdict.earned) == (status, earned)


def test_a_measure_is_shown_with_its_threshold_and_margin(item: Item) -> None:
    question = asked(item, "measured")
    given = {"guess": Inside().out(lambda x: 0.7)}
    french, english = (judge.task(item, question, question.points, given, lang).evidence for lang in ("fr", "en"))
    assert french == ("mesuré : 0,700 ; seuil 0,500 (marge +0,200) ; tous les points à 0,900",)
    assert english == ("measured: 0.700; threshold 0.500 (margin +0.200); full marks from 0.900",)


@pytest.mark.parametrize(
    "value", ["0.99", [1.0], 1j, None, np.ones(3), object()], ids=["text", "list", "complex", "None", "array", "object"]
)
def test_a_measure_of_no_number_is_wrong(item: Item, value: Any) -> None:
    verdict = tried(item, lambda x: value, name="measured")
    assert (verdict.status, verdict.earned) == (Status.WRONG, 0)
