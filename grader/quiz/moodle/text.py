r"""Words as Moodle reads them: HTML with ``\( \)`` formulas, and pictures as files beside the text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from xml.sax.saxutils import quoteattr

from grader.quiz import words
from grader.quiz.words import Node, Words

KINDS_OF_FILES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/svg+xml": "svg",
}
_DECODED = {"}": "&#125;", "~": "&#126;"}  # what would end an answer of a cloze


def math(latex: str, display: bool) -> str:
    latex = escape(latex, quote=False)
    return rf"\[{latex}\]" if display else rf"\({latex}\)"


@lru_cache(maxsize=4096)
def html(content: Words) -> str:
    return words.html(content, math, _image)


def _image(node: Node) -> str:
    return f'<img src="@@PLUGINFILE@@/{file_name(node)}" alt="{escape(node.text)}" class="img-fluid"/>'


@lru_cache(maxsize=1024)
def _hashed(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def file_name(node: Node) -> str:
    return f"{_hashed(node.data)}.{KINDS_OF_FILES.get(node.mime, 'bin')}"


@lru_cache(maxsize=1024)
def _file(name: str, data: bytes) -> str:
    return f'<file name={quoteattr(name)} path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'


def files(content: Sequence[Node]) -> str:
    """Each picture once: Moodle refuses two files of one name."""
    return "".join(_file(name, data) for name, data in {file_name(n): n.data for n in words.images(content)}.items())


def cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>" if text else ""


def field(tag: str, content: Words, attributes: str = "") -> str:
    """An element of formatted text with its pictures."""
    return f'<{tag}{attributes} format="html"><text>{cdata(html(content))}</text>{files(content)}</{tag}>'


def in_cloze(content: Words) -> str:
    """Feedback between ``#`` and ``~`` or ``}``: Moodle decodes entities once, so all that is markup is one."""
    shown = words.html(content, math, lambda node: f"[{escape(node.text)}]").replace("\n", " ")
    shown = shown.removeprefix("<p>").removesuffix("</p>") if shown.count("<p>") == 1 else shown
    return "".join(_DECODED.get(character, character) for character in escape(shown))


def wildcards(spelling: str) -> str:
    """A short answer in which ``*`` is an asterisk."""
    return spelling.replace("*", r"\*")


def reference(id: str) -> str:
    """Tells a question from its variants in Moodle's report of responses, which has neither names nor pictures."""
    return hashlib.sha256(id.encode()).hexdigest()[:8]
