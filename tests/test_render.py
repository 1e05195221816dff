"""Numbers and pictures in the typography of each language."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from grader import render


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        (80758, "80\u202f758", "80,758"),
        (1.5, "1,5", "1.5"),
        (-12345.25, "-12\u202f345,25", "-12,345.25"),
        (np.int64(1000), "1\u202f000", "1,000"),
        (True, "True", "True"),
        ("a,b", "a,b", "a,b"),
    ],
)
def test_a_number_is_written_as_its_reader_does(value: Any, fr: str, en: str) -> None:
    assert (render.number(value, "fr"), render.number(value, "en")) == (fr, en)


def test_decimals_keep_their_zeros() -> None:
    assert render.fill("{{ x | dec(3) }}", {"x": 0.5}, "fr") == "0,500"


def test_a_comma_in_a_formula_is_no_punctuation() -> None:
    filled = render.fill("$n = {{ n | num }}$ and {{ n | num }}", {"n": 1500.5}, "fr")
    assert filled == "$n = 1\\,500{,}5$ and 1\u202f500,5"


def test_a_matrix_is_latex() -> None:
    assert render.fill("{{ m | matrix }}", {"m": np.eye(2, dtype=int)}, "en") == (
        r"\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}"
    )


def test_a_text_that_lacks_a_value_says_which() -> None:
    with pytest.raises(render.Missing, match="'m' is undefined"):
        render.fill("{{ m }}", {}, "fr")
    with pytest.raises(render.Missing, match="line 1"):
        render.names("{{ m", "fr")


def test_names_are_those_a_text_needs() -> None:
    assert render.names("{{ n }} {{ k | num }}", "fr") == {"n", "k"}


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 3)])
@pytest.mark.parametrize("kind", ["bytes", "floats"])
def test_a_picture_is_its_pixels(shape: tuple[int, ...], kind: str) -> None:
    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape) * 5
    given = pixels if kind == "bytes" else pixels / 255
    uri = render.png(given, zoom=2)
    seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.removeprefix("data:image/png;base64,")))))
    assert (seen == pixels.repeat(2, 0).repeat(2, 1)).all()


def test_pixels_out_of_range_are_clipped() -> None:
    assert render.png(np.array([[-1.0, 2.0]])) == render.png(np.array([[0, 255]], dtype=np.uint8))


def test_a_page_escapes_every_value(tmp_path: Path) -> None:
    (tmp_path / "p.html.j2").write_text("<p>{{ x }}</p>")
    assert render.page(tmp_path, "p.html.j2", x="<script>") == "<p>&lt;script&gt;</p>"
