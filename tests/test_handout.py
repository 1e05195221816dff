"""The cells a student is handed say what is asked and what it is worth, in their language, and no answer."""

from __future__ import annotations

import contextlib
import io
from fractions import Fraction
from typing import Any

import pytest

from grader import handout, notebook, values, variants
from grader.errors import ContentError
from grader.model import Answer, Cell, Lang, Task

POINTS = {"tiny-size": Fraction(2), "tiny-grow": Fraction(3, 2)}


def cells(shelf: Any, lang: Lang = "fr", number: int = 0) -> dict[str, Cell]:
    variant = variants.every(shelf.load())[number]
    return {cell.id: cell for cell in handout.cells("tiny", variant, lang, POINTS)}


def test_each_question_has_a_prompt_a_solution_and_a_check(shelf: Any) -> None:
    assert list(cells(shelf)) == [
        "tiny",
        "tiny-size-prompt",
        "tiny-size",
        "tiny-size-check",
        "tiny-grow-prompt",
        "tiny-grow",
        "tiny-grow-check",
    ]


@pytest.mark.parametrize(
    ("points", "fr", "en"),
    [
        ("0", "0 point", "0 points"),
        ("1", "1 point", "1 point"),
        ("3/2", "1,5 point", "1.5 points"),
        ("2", "2 points", "2 points"),
    ],
)
def test_points_are_told_as_each_language_does(points: str, fr: str, en: str) -> None:
    assert (handout._worth(Fraction(points), "fr"), handout._worth(Fraction(points), "en")) == (fr, en)


@pytest.mark.parametrize("points", ["1/3", "2/3", "40/7"])
def test_a_third_of_a_point_is_told_shortly(points: str) -> None:
    assert len(handout._worth(Fraction(points), "fr")) <= len("5,71 points")


def test_a_starter_is_the_same_in_every_variant(shelf: Any) -> None:
    tiny = shelf.load()
    for question in tiny.questions:
        assert len({handout.starter(variant, question) for variant in variants.every(tiny)}) == 1


def run(sheet: Any, written: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The code cells in order, as a student's kernel runs them."""
    names: dict[str, Any] = {}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for cell in notebook.compose(sheet, written)["cells"]:
            if cell["cell_type"] == "code":
                exec(cell["source"], names)
    return names, said.getvalue()


@pytest.mark.parametrize("student", ["ada", "emmy"])
def test_a_notebook_runs_alone_and_shows_how_an_answer_is_read(desk: Any, student: str) -> None:
    sheet = desk.lock().sheet(student)
    names, said = run(sheet, {"tiny-size": "size = '1 250'", "tiny-grow": "def grow(x):\n    return x + 1"})
    assert "1250" in said and "grader" not in names
    assert not any(m.__name__.startswith("grader") for m in names.values() if type(m).__name__ == "module")


def test_a_visible_check_fails_at_home_as_it_will_when_graded(desk: Any) -> None:
    sheet = desk.lock().sheet("ada")
    with pytest.raises(AssertionError):
        run(sheet, {"tiny-grow": "def grow(x):\n    return x"})


def test_a_check_shows_the_values_it_takes(shelf: Any) -> None:
    variant = variants.every(shelf.load())[3]
    assert cells(shelf, number=3)["tiny-grow-check"].source.endswith(f"\nadds_one(grow, {variant.params['n']})")


def test_helpers_are_written_once(shelf: Any) -> None:
    shelf.edit("tiny.py", "@grow.hidden_check", "@grow.check")
    shelf.edit("tiny.py", "assert grow(-5) == -4", "assert grow(-5) == UNIT - 5")
    assert cells(shelf)["tiny-grow-check"].source.count("UNIT = 1") == 1


@pytest.mark.parametrize(("lang", "said"), [("fr", "à la correction"), ("en", "when the notebook is graded")])
def test_a_question_without_visible_checks_says_so(shelf: Any, lang: Lang, said: str) -> None:
    shelf.edit("tiny.py", "@grow.check", "@grow.hidden_check")
    source = cells(shelf, lang)["tiny-grow-check"].source
    assert said in source and "assert" not in source


def test_an_array_is_shown_as_one(shelf: Any) -> None:
    shelf.edit(
        "tiny.py",
        "UNIT = 1",
        "import numpy\n\nUNIT = 1\n\n\n@value\ndef row(n):\n    return numpy.array([n, 5], dtype='uint8')",
    )
    shelf.edit("tiny.py", "def adds_one(grow, n):", "def adds_one(grow, n, row):")
    source = cells(shelf)["tiny-grow-check"].source
    call = source.splitlines()[-1]
    assert call == "adds_one(grow, 10, np.array([10, 5], dtype='uint8'))" and "import numpy as np" in source


def test_a_text_that_lacks_a_value_is_the_authors_to_mend(shelf: Any) -> None:
    shelf.edit("tiny.fr.md", "Combien ?", "Combien ? {{ size }}")
    with pytest.raises(ContentError, match=r"tiny.fr.md:1: 'size' is undefined .*\n  See 'partiel verify tiny'."):
        cells(shelf)


def test_no_cell_holds_what_judges_it(shelf: Any) -> None:
    tiny = shelf.load()
    for number, variant in enumerate(variants.every(tiny)):
        text = "\n".join(cell.source for cell in cells(shelf, number=number).values())
        assert "takes_any_number" not in text and "stride_forgotten" not in text
        assert f"= {values.of(variant)['size']}" not in text
    assert [type(q) for q in tiny.questions] == [Answer, Task]
