"""An exercise is found, its two halves are joined, and what does not fit is said with its line."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from grader import content, values, variants
from grader.errors import ContentError, UsageError
from grader.model import Answer, Task, Text


def refused(shelf: Any, kind: type[Exception] = ContentError) -> str:
    with pytest.raises(kind) as caught:
        shelf.load()
    assert caught.value.exit_code in (1, 2)  # type: ignore[attr-defined]
    return str(caught.value)


def test_an_exercise_is_its_functions_and_its_words(shelf: Any) -> None:
    tiny = shelf.load()
    size, grow = tiny.questions
    assert (tiny.id, tiny.shelf, tiny.title.fr, tiny.title.en) == ("tiny", "small", "Taille", "Size")
    assert isinstance(size, Answer) and [m.name for m in size.misconceptions][:2] == [
        "padding_forgotten",
        "stride_forgotten",
    ]
    assert isinstance(grow, Task) and grow.points == Fraction(1, 3)
    assert grow.starter == "def grow(x):\n    raise NotImplementedError"
    assert grow.checks[0].source == "UNIT = 1\n\n\ndef adds_one(grow, n):\n    assert grow(n) == n + UNIT"
    assert grow.checks[1].source == ""


def test_members_in_which_a_wrong_idea_is_right_are_dropped(shelf: Any) -> None:
    tiny = shelf.load()
    assert tiny.dropped > 0 and len(tiny.params) + tiny.dropped == 20
    for variant in variants.every(tiny):
        known = values.of(variant)
        for wrong in tiny.questions[0].misconceptions:
            assert values.call(wrong.compute, known) != known["size"], str(variant)


def test_an_unknown_exercise_names_its_near_miss(shelf: Any) -> None:
    with pytest.raises(UsageError, match=r"tiny_: no exercise has this id\n  Did you mean 'tiny'\?"):
        content.find("tiny_")
    with pytest.raises(UsageError, match="'partiel list' shows them all"):
        content.find("unheard_of")


def test_two_exercises_may_not_share_an_id(shelf: Any) -> None:
    other = shelf.root / "exercises" / "other"
    other.mkdir()
    (other / "tiny.py").write_text("")
    with pytest.raises(ContentError, match="'tiny' is already an exercise"):
        content.paths()


def test_a_heading_without_a_function_names_its_near_miss(shelf: Any) -> None:
    shelf.edit("tiny.fr.md", "### adds_one\n", "### adds_one\n\nWords.\n\n### takes_any_numbers\n")
    said = refused(shelf)
    assert "tiny.fr.md:33: 'grow/takes_any_numbers' names nothing in tiny.py" in said
    assert "Did you mean 'grow/takes_any_number'?" in said


def test_a_function_without_words_is_shown_where_it_is(shelf: Any) -> None:
    shelf.edit("tiny.en.md", "### start_forgotten\n\nThe start.\n", "")
    said = refused(shelf)
    assert "tiny.py:28: 'start_forgotten' has no words in tiny.en.md" in said
    assert "Add a section '### start_forgotten'." in said


@pytest.mark.parametrize("name", ["tiny.fr.md", "tiny.en.md"])
def test_a_missing_language_is_a_missing_file(shelf: Any, name: str) -> None:
    shelf.remove(name)
    assert f"{name}:1: this file is missing" in refused(shelf)


def test_a_grid_that_keeps_nothing_says_why(shelf: Any) -> None:
    shelf.edit("tiny.py", "return (padded - k) // s - 1\n", "return (padded - k) // s + 1\n")
    assert "none of the 20 variants is kept" in refused(shelf)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("params = grid", "nothing = grid", "this exercise has no variant"),
        ("n=[10, 14, 17, 23, 30]", "n=[]", "this exercise has no variant"),
        ("import answer,", "import answers,", "tiny.py:1: ImportError"),
        ("UNIT = 1", "UNIT = = 1", "tiny.py:4: SyntaxError"),
        ("UNIT = 1", "UNIT = 1 / 0", "tiny.py:4: ZeroDivisionError"),
        ("return (padded - k) // s - 1\n", "return (padded - k) // (s - 2)\n", "tiny.py:29: ZeroDivisionError"),
        ("def size(padded, k, s)", "def size(paded, k, s)", "'size' asks for 'paded', which is no value it can have"),
        ("def padded(n)", "def padded(size)", "'padded' asks for 'size'"),
        ("def padding_forgotten(n,", "def padding_forgotten(nn,", "'padding_forgotten' asks for 'nn'"),
        ("def takes_any_number(grow)", "def takes_any_number(grew)", "Did you mean 'grow'?"),
        ("s=[2, 3])", "s=[2, {3}])", "not JSON serializable"),
    ],
)
def test_an_exercise_that_cannot_be_computed_says_where(shelf: Any, old: str, new: str, said: str) -> None:
    shelf.edit("tiny.py", old, new)
    assert said in refused(shelf)


def test_an_exercise_asks_something(shelf: Any) -> None:
    text = shelf["tiny.py"].read_text()
    shelf.write("tiny.py", text[: text.index("@answer")])
    for lang in ("fr", "en"):
        shelf.write(f"tiny.{lang}.md", "# Nothing\n\nNothing.\n\n## solution\n\nNothing.\n")
    assert "this exercise asks nothing" in refused(shelf)


def test_a_task_without_a_check_could_earn_nothing(shelf: Any) -> None:
    text = shelf["tiny.py"].read_text()
    shelf.write("tiny.py", text[: text.index("@grow.check")])
    assert "'grow' has no check" in refused(shelf)


def test_a_visible_check_may_not_import_what_students_lack(shelf: Any) -> None:
    shelf.edit("tiny.py", "UNIT = 1", "from grader.rules import whole\n\nUNIT = whole")
    said = refused(shelf)
    assert "'adds_one' would show students 'whole'" in said and "make it a hidden_check" in said


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("assert grow(n) == n + UNIT", "assert grow(n) == size.compute(n, 3, 1)", "would show students 'size'"),
        ("def adds_one(grow, n)", "def adds_one(grow, size, n)", "'adds_one' asks for 'size'"),
    ],
)
def test_a_visible_check_may_not_use_an_answer(shelf: Any, old: str, new: str, name: str) -> None:
    shelf.edit("tiny.py", old, new)
    assert name in refused(shelf)


def test_a_cell_id_stays_within_jupyters_length(shelf: Any) -> None:
    long = "a_name_of_fifty_one_letters_that_nobody_should_write"
    shelf.edit("tiny.py", "grow", long)
    for lang in ("fr", "en"):
        shelf.edit(f"tiny.{lang}.md", "grow", long)
    assert "makes a cell id too long for Jupyter" in refused(shelf)


def test_two_revisions_tell_words_from_judging(shelf: Any) -> None:
    before = shelf.load()
    shelf.edit("tiny.fr.md", "The start.", "Le début.")
    judging = shelf.load()
    assert judging.statement_revision == before.statement_revision
    assert judging.judging_revision != before.judging_revision
    shelf.edit("tiny.fr.md", "Combien ?", "Combien de positions ?")
    assert shelf.load().statement_revision != before.statement_revision


def test_what_a_check_measures_is_said_in_both_languages_and_belongs_to_judging(shelf: Any) -> None:
    before = shelf.load()
    for lang, words in (("fr", "Exactitude"), ("en", "Accuracy")):
        assert before.questions[1].checks[1].measures is None
        shelf.edit(f"tiny.{lang}.md", "Any number.\n", f"Any number.\n\n### takes_any_number/measure\n\n{words}\n")
        if lang == "fr":
            said = refused(shelf)
            assert "'takes_any_number/measure' has no words in tiny.en.md" in said
            assert "Add a section '### takes_any_number/measure'." in said
    after = shelf.load()
    assert after.questions[1].checks[1].measures == Text("Exactitude", "Accuracy")
    assert after.statement_revision == before.statement_revision
    assert after.judging_revision != before.judging_revision


def test_parameters_come_as_json_will_bring_them_back(shelf: Any) -> None:
    shelf.edit("tiny.py", "k=[3, 5]", "k=[3, 5], sizes=[[1, (2, [3])]]")
    assert shelf.load().params[0]["sizes"] == (1, (2, (3,)))


def test_a_callers_copy_of_the_values_is_its_own(shelf: Any) -> None:
    shelf.edit("tiny.py", "@answer(points=2)", "@value\ndef rows(n):\n    return [n]\n\n\n@answer(points=2)")
    variant = variants.every(shelf.load())[0]
    values.of(variant)["rows"].append("spoilt")
    assert values.of(variant)["rows"] == [variant.params["n"]]
