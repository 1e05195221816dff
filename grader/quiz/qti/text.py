"""Words as QTI reads them: the XHTML that its schemas allow, MathML with its formula as text, pictures as files."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from grader import tex
from grader.quiz import words
from grader.quiz.moodle.text import file_name
from grader.quiz.words import Node, Words

FILES = "images"


def math(latex: str, display: bool) -> str:
    """``alttext`` is what a reader without mathematics says instead."""
    written = tex.mathml(latex, display=display)
    return written.replace("<math ", f'<math alttext="{escape(tex.unicode(latex))}" ', 1)


@lru_cache(maxsize=4096)
def html(content: Words) -> str:
    """QTI's tables have bodies, its lists always count from one; players' styles break the lines of ``code``."""
    written = words.html(content, math, _image)
    written = written.replace("<table>", "<table><tbody>").replace("</table>", "</tbody></table>")
    written = written.replace("<pre><code>", "<pre>").replace("</code></pre>", "</pre>")
    written = re.sub(r'<ol start="[0-9]+">', "<ol>", written)
    return re.sub(r"\{\{(?![^<>]*>)", "{<span>{</span>", written)  # some players compute what is in double braces


def spans(content: Words) -> str:
    """Without the paragraph around what is one."""
    return html(words.inline(content))


def block(content: Words) -> str:
    return f"<div>{html(content)}</div>" if content else ""


def _image(node: Node) -> str:
    return f'<img src="{path(node)}" alt="{escape(node.text)}"/>'


def path(node: Node) -> str:
    return f"{FILES}/{file_name(node)}"
