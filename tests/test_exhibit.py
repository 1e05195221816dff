"""Variants shown: formulas a terminal can print, pages that load nothing, a gallery that is always the same."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import normalize

import pytest

from grader import content, exhibit, variants

SOME = ("conv_output_size", "which_kernel_made_this", "shape_trace", "learning_curves")


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\left\lfloor \frac{ 28 + 2 \times 1 - 3 }{ 2 } \right\rfloor + 1", "⌊(28 + 2 × 1 - 3)/2⌋ + 1"),
        (r"\sqrt{\bar\alpha_t} x_0 + \sqrt{1 - \bar\alpha_{t}}\,\varepsilon", "√ᾱₜ x₀ + √(1 - ᾱₜ)\u202fε"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "[1 2 ; 3 4]"),
        (r"2{,}3 \times 10^{-4}", "2,3 × 10⁻⁴"),
        (r"\hat{y}_{i,c} = \frac12", "ŷ_(i,c) = 1/2"),
        (r"80\,758 \text{ octets} \unknown", "80\u202f758 octets unknown"),
    ],
)
def test_a_formula_in_a_terminal(tex: str, shown: str) -> None:
    assert normalize("NFC", exhibit.formula(tex)) == normalize("NFC", shown)


def test_words_in_a_terminal_say_what_a_figure_shows_and_leave_code_alone() -> None:
    said = exhibit.words("![A disk](data:image/png;base64,AAAA) of $n^2$\n\n```\ncost = '$n$'\n```\n", "en")
    assert said == "[figure: A disk] of `n²`\n\n```\ncost = '$n$'\n```\n"
    assert exhibit.words('<img src="data:x" alt="Un disque">', "fr") == "[figure : Un disque]"
    assert "```text\na/b\n```" in exhibit.words(r"$$\frac{a}{b}$$", "en")
    assert exhibit.title("Exactitude *top-k*") == "Exactitude top-k"


@pytest.mark.parametrize("id", SOME)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_page_loads_nothing_and_tells_what_is_behind_only_when_asked(id: str, lang: Any) -> None:
    exercise = content.find(id)
    variant = exhibit.specimen(exercise)
    bare, whole = (exhibit.page([variant], lang, with_solution=asked) for asked in (False, True))
    for page in (bare, whole):
        assert "default-src 'none'" in page and "<script" not in page and "{{" not in page
        assert all(address.startswith("data:") for address in re.findall(r'src="([^"]+)"', page))
    for question in exercise.questions:
        known = exhibit.key(variant, question, lang)
        assert all(wrong.name in whole for wrong in known.wrong)
        hidden = [wrong.name for wrong in known.wrong if "cachée" in wrong.said or known.answer]
        assert not [name for name in hidden if f"<small>{name}</small>" in bare]
        assert known.wrong


def test_the_key_says_where_each_wrong_idea_leads(shelf: Any) -> None:
    variant = variants.every(shelf.load())[2]
    size, grow = variant.exercise.questions
    known = exhibit.key(variant, size, "en")
    assert known.answer == "size = 4"
    assert [(w.name, w.said) for w in known.wrong][:2] == [("padding_forgotten", "3"), ("stride_forgotten", "8")]
    assert [(w.name, w.said) for w in exhibit.key(variant, grow, "en").wrong] == [
        ("adds_one", "visible"),
        ("takes_any_number", "hidden"),
    ]


def test_the_gallery_is_the_same_to_the_byte_and_shows_each_exercise_once() -> None:
    exercises = [content.find(id) for id in SOME]
    for lang in ("fr", "en"):
        pages = exhibit.gallery(exercises, lang)
        assert pages == exhibit.gallery(exercises[::-1], lang)
        (page,) = pages.values()
        for exercise in exercises:
            assert page.count(f'id="{exercise.id}"') == 1 and page.count(f'href="#{exercise.id}"') == 1
        assert f'<a href="{"en" if lang == "fr" else "fr"}.html">' in page and "●●○○○" in page


def test_a_gallery_too_large_for_a_page_has_one_for_each_shelf() -> None:
    pages = exhibit.gallery([content.find(id) for id in SOME], "fr", largest=1000)
    assert sorted(pages) == ["fr-basics.html", "fr-geometry.html", "fr-kernels.html", "fr.html"]
    assert 'href="fr-geometry.html#shape_trace"' in pages["fr.html"] and 'id="shape_trace"' not in pages["fr.html"]
    assert 'id="shape_trace"' in pages["fr-geometry.html"]
