"""Templates filled with values, in the typography of each language. No other module imports jinja2."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from jinja2 import meta

from grader import figures
from grader.model import Lang, Misconception, Text, Value

SEVERAL = Text(fr="Plusieurs idées mènent à cette réponse.", en="Several ideas lead to this answer.")


def number(value: Value, lang: Lang) -> str:
    """``80758`` as a reader writes it: ``80 758`` (no-break thin spaces) or ``80,758``; decimals get their comma."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return str(value)
    written = f"{value:,}"
    return written.replace(",", "\u202f").replace(".", ",") if lang == "fr" else written


def typography(text: str, lang: Lang) -> str:
    """French sets a thin no-break space before double punctuation, and curls apostrophes; English is left alone."""
    if lang != "fr":
        return text
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    text = re.sub(r"[ \u00a0]+(?=[;:!?»])", "\u202f", text)
    return re.sub(r"«[ \u00a0]+", "«\u202f", text)


def points(value: float | Fraction, lang: Lang) -> str:
    """At most two decimals, and none that says nothing: ``1``, ``1,5``."""
    written = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return written.replace(".", ",") if lang == "fr" else written


def fixed(value: float, digits: int, lang: Lang) -> str:
    """``digits`` decimals, however many of them are zeros."""
    written = f"{value:,.{digits}f}"
    return written.translate({ord(","): "\u202f", ord("."): ","}) if lang == "fr" else written


def matrix(value: Value) -> str:
    r"""``\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}`` from rows of numbers."""
    rows = np.asarray(value).tolist()
    return r"\begin{pmatrix} " + r" \\ ".join(" & ".join(str(x) for x in row) for row in rows) + r" \end{pmatrix}"


def png(picture: Value, zoom: int = 1) -> str:
    """A data URI from grey levels (h, w) or colours (h, w, 3), floats in [0, 1] or uint8, each pixel ``zoom`` wide."""
    pixels = np.asarray(picture)
    if pixels.dtype != np.uint8:
        pixels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    pixels = pixels.repeat(zoom, axis=0).repeat(zoom, axis=1)
    return _png(pixels.tobytes(), pixels.shape)


@lru_cache(maxsize=512)
def _png(pixels: bytes, shape: tuple[int, ...]) -> str:
    height, width, *colours = shape
    wide = len(pixels) // height
    rows = b"".join(b"\0" + pixels[y * wide : (y + 1) * wide] for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2 if colours else 0, 0, 0, 0)
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(file).decode()


@lru_cache
def _environment(lang: Lang) -> jinja2.Environment:
    env = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False)
    env.filters["num"] = lambda value: number(value, lang)
    env.filters["dec"] = lambda value, digits=2: fixed(value, digits, lang)
    env.filters["matrix"] = matrix
    env.filters["png"] = png
    env.filters["strip"] = lambda images, **options: png(figures.strip(images, **options))
    env.filters.update(figures.filters(lang))
    return env


@lru_cache(maxsize=4096)
def _template(source: str, lang: Lang) -> jinja2.Template:
    return _environment(lang).from_string(source)


def fill(source: str, values: Mapping[str, Value], lang: Lang) -> str:
    """Raises ``Missing`` where the text needs a value that does not exist, or cannot be formatted."""
    if "{{" not in source:
        return source
    try:
        return MATH.sub(_spaced, _template(source, lang).render(values))
    except (jinja2.TemplateError, TypeError, ValueError) as error:
        raise Missing(str(error)) from error


def both(text: Text, values: Mapping[str, Value]) -> Text:
    """Filled in both languages."""
    return Text(fill(text.fr, values, "fr"), fill(text.en, values, "en"))


def paragraphs(texts: Iterable[Text]) -> Text:
    """One below the other, each once."""
    unique = list(dict.fromkeys(texts))
    return Text("\n\n".join(one.fr for one in unique), "\n\n".join(one.en for one in unique))


def explained(ideas: Sequence[Misconception], values: Mapping[str, Value]) -> Text:
    """What to say of the ideas that lead to one value: which of them it was, nobody knows."""
    said = list(dict.fromkeys(both(idea.feedback, values) for idea in ideas))
    return paragraphs([SEVERAL, *said] if len(said) > 1 else said)


MATH = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)


def _spaced(formula: re.Match[str]) -> str:
    """In a formula a comma between digits is no punctuation, and a thin space is written ``\\,``."""
    return re.sub(r"(?<=\d),(?=\d)", "{,}", formula[0]).replace("\u202f", r"\,")


class Missing(ValueError):
    """A text that its values cannot fill."""


def names(source: str, lang: Lang) -> set[str]:
    """The values a text needs."""
    try:
        return meta.find_undeclared_variables(_environment(lang).parse(source))
    except jinja2.TemplateSyntaxError as error:
        raise Missing(f"line {error.lineno}: {error.message}") from error


def page(folder: Path, template: str, **values: Any) -> str:
    """An HTML page from ``templates/``: every value is escaped."""
    return _pages(folder).get_template(template).render(values)


@lru_cache(maxsize=32)
def _pages(folder: Path) -> jinja2.Environment:
    """Kept, because a server fills the same templates all day; a template that changes is read again."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True
    )
