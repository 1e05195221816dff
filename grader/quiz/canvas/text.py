"""Words as Canvas reads them: HTML inside ``mattext``, its own equation images, pictures as files of the package."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from urllib.parse import quote

from grader import tex
from grader.quiz import words
from grader.quiz.moodle.text import file_name
from grader.quiz.words import Node, Words

FILES = "images"
ROOT = "$IMS-CC-FILEBASE$"  # what stands for the package's files


_LIKE = {ord("<"): "‹", ord(">"): "›"}


def math(latex: str, _display: bool) -> str:
    """What Canvas's own editor writes: an image of its server, which its pages then replace by real mathematics.

    Its importer cuts attributes at angle brackets, even escaped ones: LaTeX has names for them.
    """
    read = escape(tex.unicode(latex).translate(_LIKE))
    latex = re.sub(r"\s*>\s*", r" \\gt ", re.sub(r"\s*<\s*", r" \\lt ", latex))
    address = quote(quote(latex, safe=""), safe="")  # twice: its server decodes it twice
    return (
        f'<img class="equation_image" title="{read}" src="/equation_images/{address}" alt="{read}"'
        f' data-equation-content="{escape(latex)}"/>'
    )


@lru_cache(maxsize=4096)
def html(content: Words) -> str:
    return words.html(content, math, _image)


def _image(node: Node) -> str:
    return f'<img src="{ROOT}/{path(node)}" alt="{escape(node.text)}"/>'


def path(node: Node) -> str:
    return f"{FILES}/{file_name(node)}"


def mattext(content: Words | str) -> str:
    """``material`` with words as HTML, or with characters as they are."""
    if isinstance(content, str):
        return f'<material><mattext texttype="text/plain">{escape(content, quote=False)}</mattext></material>'
    return f'<material><mattext texttype="text/html">{escape(html(content), quote=False)}</mattext></material>'
