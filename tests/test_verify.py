"""Each law, broken once in a small exercise of its own; and the exercise as it is keeps them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from grader import handout, verify
from grader.errors import ContentError
from grader.model import Cell, Exercise
from grader.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with verify.benches(full=False) as bench:
        yield bench(None)  # type: ignore[arg-type] - without `full` it is the same for all


def problems(exercise: Exercise) -> str:
    return "\n".join(verify.light(exercise))


def test_the_exercise_as_it_is_keeps_every_law(shelf: Any, sandbox: Sandbox) -> None:
    tiny = shelf.load()
    assert [*verify.light(tiny), *verify.solutions_behave(tiny, lambda _: sandbox), *verify.oracle_agrees(tiny)] == []


# ── words ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ padded }} with", "padded with", "'statement' does not use {{ padded }}, but the fr one"),
        ("{{ s }}.\n\n## size", "{{ m }}.\n\n## size", "'statement' uses {{ m }}\n  The values are n, k, s, padded"),
        ("{{ n }} pixels", "{{ n }", "tiny.en.md: 'statement'"),
        ("How many?", "How many? It is {{ size }}.", "'size' shows {{ size }}, an answer\n  Keep it for the solution."),
        ("Any number.", "{{ n | unknown }}", "takes_any_number': line 1: No filter named 'unknown'"),
        ("\\left\\lfloor", "\\unknownmacro", "this formula has no MathML"),
        ("How many?", "{{ n | dec('x') }}", "tiny.en.md: 'size' in tiny#0: "),
    ],
)
def test_words_that_disagree_or_cannot_be_read(shelf: Any, old: str, new: str, said: str) -> None:
    shelf.edit("tiny.en.md", old, new)
    assert said in problems(shelf.load())


# ── answers ──────────────────────────────────────────────────────────────────


def test_an_answer_that_its_own_rule_refuses(shelf: Any) -> None:
    shelf.edit("tiny.py", "def size(padded, k, s):\n    return", "def size(padded, k, s):\n    return float('nan') *")
    assert "'size' does not accept its own answer nan" in problems(shelf.load())


def test_an_answer_that_cannot_be_written(shelf: Any) -> None:
    shelf.edit("tiny.py", "import answer,", "import answer, whole,")
    odd = "type('Odd', (type(whole),), {'write': lambda *_: 'ten'})()"
    shelf.edit("tiny.py", "@answer(points=2)", f"@answer(points=2, rule={odd})")
    assert "'size' = 5 is judged unreadable" in problems(shelf.load())


def test_two_wrong_ideas_that_lead_to_the_same_place_are_one_distractor(shelf: Any) -> None:
    for name in ("return padded - k + 1", "return padded // s + 3"):
        shelf.edit("tiny.py", name, "return (padded - k) // s")
    said = problems(shelf.load())
    assert "'size' has fewer than 3 distractors" in said and "Narrow the grid, or add a misconception." in said


def test_two_wrong_ideas_that_nobody_can_tell_apart(shelf: Any) -> None:
    shelf.edit("tiny.py", "return padded // s + 3", "return padded - k + 1")
    said = problems(shelf.load())
    assert "lead 'size' to the same value in" in said and "make them one idea" in said


def test_an_answer_that_is_the_largest_too_often(shelf: Any) -> None:
    shelf.edit("tiny.py", "return padded - k + 1", "return (padded - k) // s - 1")
    shelf.edit("tiny.py", "return padded // s + 3", "return (padded - k) // s - 2")
    said = problems(shelf.load())
    assert "'size' is the largest value in" in said and "leads further up" in said


# ── arithmetic by hand ───────────────────────────────────────────────────────


def test_a_variant_that_takes_far_more_arithmetic_by_hand(shelf: Any) -> None:
    before = shelf.load()
    counted = "def load(size, k):\n    return size * k\n\n\n@answer(points=2)"
    shelf.edit("tiny.py", "@answer(points=2)", counted)
    uneven = shelf.load()
    assert uneven.statement_revision == before.statement_revision
    assert "tiny#14 takes 70 operations by hand, tiny#1 only 12" in problems(uneven)
    shelf.edit("tiny.py", "return size * k", "return 10 + k")
    assert problems(shelf.load()) == ""


def test_a_count_of_operations_asks_for_values_that_exist(shelf: Any) -> None:
    shelf.edit("tiny.py", "@answer(points=2)", "def load(sizes):\n    return 1\n\n\n@answer(points=2)")
    with pytest.raises(ContentError, match="'load' asks for 'sizes', which is no value it can have"):
        shelf.load()


# ── leaks ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "looked"),
    [
        ("size.compute(padded, k, s)", "size"),
        ("stride_forgotten(padded, k, s)", "stride_forgotten"),
        ("takes_any_number.__name__ + str(takes_any_number(abs))", "takes_any_number"),
    ],
)
def test_a_value_shown_to_students_that_needs_an_answer(shelf: Any, value: str, looked: str) -> None:
    text = f"@value\ndef hint(padded, k, s):\n    return {value}\n\n\n@answer(points=2)"
    shelf.edit("tiny.py", "@answer(points=2)", text)
    shelf.edit("tiny.py", "assert grow(-5) == -4", "return None")
    for lang in ("fr", "en"):
        shelf.edit(f"tiny.{lang}.md", "{{ n }} pixels", "{{ n }} pixels ({{ hint }})")
    assert f"what students receive needs '{looked}', which judges them" in problems(shelf.load())


def test_a_cell_that_depends_on_a_solution(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = handout.cells

    def leaking(key: str, variant: Any, lang: Any, points: Any) -> list[Cell]:
        return [*whole(key, variant, lang, points), Cell("words", "x", variant.exercise.solution[lang])]

    monkeypatch.setattr(handout, "cells", leaking)
    assert "what students receive depends on what judges them (tiny#0)" in problems(shelf.load())


# ── files ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "said"),
    [("wrong_notes.txt", "wrong_notes.txt: this file is nobody's"), ("tiny.de.md", "tiny.de.md: this file is")],
)
def test_a_stray_file(shelf: Any, name: str, said: str) -> None:
    shelf.write(name, "")
    assert said in problems(shelf.load())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("oracle.py", "no oracle.py"),
        ("reference.py", "no reference solution"),
        ("wrong_positive_only.py", "no wrong solution"),
    ],
)
def test_a_missing_solution(shelf: Any, name: str, said: str) -> None:
    shelf.remove(name)
    assert said in problems(shelf.load())


# ── what runs ────────────────────────────────────────────────────────────────


def behaviour(shelf: Any, sandbox: Sandbox) -> str:
    return "\n".join(verify.solutions_behave(shelf.load(), lambda _: sandbox))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("wrong_nothing.py", "# fails: adds_one\ndef grow(x):\n    return x + 1\n", "adds_one, but fails nothing"),
        ("wrong_mute.py", "def grow(x):\n    return x\n", "wrong_mute.py:1: does not say what it fails"),
        ("wrong_more.py", "# fails: adds_one\ndef grow(x):\n    return 0\n", "but fails adds_one, takes_any_number"),
        ("reference.py", "def grow(x):\n    return x + 2\n", "reference.py:1: should fail nothing, but fails"),
    ],
)
def test_a_solution_that_does_otherwise_than_it_says(
    shelf: Any, sandbox: Sandbox, name: str, text: str, said: str
) -> None:
    shelf.write(name, text)
    assert said in behaviour(shelf, sandbox)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("crashed_at_once.py", "grow = 1\n1 / 0\n"),
        ("exhausted_loop.py", "def grow(x):\n    return x + 1\n"),
        ("unreadable_value.py", "def grow(x):\n    return x + 1\n"),
    ],
)
def test_a_promise_that_is_not_kept(shelf: Any, sandbox: Sandbox, name: str, text: str) -> None:
    (shelf.root / "solutions" / "tiny" / name).write_text(text)
    assert f"{name}: should be {name.split('_')[0]}, but is" in behaviour(shelf, sandbox)


def test_promises_that_are_kept(shelf: Any, sandbox: Sandbox) -> None:
    folder = shelf.root / "solutions" / "tiny"
    (folder / "crashed_at_once.py").write_text("raise ValueError\n")
    shelf.edit("tiny.py", '@task(points="1/3")', '@task(points="1/3", seconds=3)')
    (folder / "exhausted_loop.py").write_text("while True:\n    pass\n")
    assert behaviour(shelf, sandbox) == ""


def test_a_starter_that_already_passes(shelf: Any, sandbox: Sandbox) -> None:
    shelf.edit("tiny.py", "    raise NotImplementedError", "    return x + 1")
    assert "the starter of 'grow' already passes adds_one, takes_any_number" in behaviour(shelf, sandbox)


def test_a_check_that_fails_here_and_passes_in_the_notebook(shelf: Any, sandbox: Sandbox) -> None:
    shelf.edit("tiny.py", "assert grow(n) == n + UNIT", "assert type(grow).__name__ == 'function'")
    assert "'adds_one' fails here and passes in the notebook" in behaviour(shelf, sandbox)


def test_a_check_that_passes_here_and_fails_in_the_notebook(shelf: Any, sandbox: Sandbox) -> None:
    shelf.edit(
        "tiny.py", "assert grow(n) == n + UNIT", "assert grow(n) == n + UNIT and type(grow).__name__ != 'function'"
    )
    assert "'adds_one' passes here and fails in the notebook (AssertionError" in behaviour(shelf, sandbox)


def test_a_check_that_is_broken_is_our_fault(shelf: Any, sandbox: Sandbox) -> None:
    shelf.edit("tiny.py", "assert grow(-5) == -4", "assert grow(-5) == -4 and undefined_name")
    assert "'takes_any_number' is broken: it fails through no fault of the student's" in behaviour(shelf, sandbox)


# ── the oracle ───────────────────────────────────────────────────────────────


def test_an_oracle_that_disagrees(shelf: Any) -> None:
    shelf.edit("oracle.py", "k + 1, s", "k + 2, s")
    assert "but the oracle gives" in "".join(verify.oracle_agrees(shelf.load()))


def test_an_oracle_that_is_silent_says_why(shelf: Any) -> None:
    shelf.write("oracle.py", "")
    assert "oracle.py: says nothing of 'size'" in "".join(verify.oracle_agrees(shelf.load()))
    shelf.write("oracle.py", "# no oracle for size: nothing computes it\n")
    assert list(verify.oracle_agrees(shelf.load())) == []
