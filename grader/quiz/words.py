"""An author's Markdown as a small tree: formulas and pictures are kept apart, so that each format writes them its way.

Raw HTML and remote pictures have no place in it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from grader import render, tex
from grader.model import Lang

Kind = Literal[
    "paragraph", "bullets", "numbered", "item", "quote", "code_block", "table", "row", "heading", "rule",
    "text", "code", "math", "display", "emphasis", "strong", "link", "image", "break",
]  # fmt: skip
BLOCKS = frozenset({"paragraph", "bullets", "numbered", "quote", "code_block", "table", "heading", "rule"})


@dataclass(frozen=True, slots=True)
class Node:
    """``text`` is what it says: words, source, LaTeX without dollars, an image's alternative text, a link's address.

    A table's children are rows, a row's are cells (``item``); ``number`` is a heading's level, where a numbered list
    starts, 1 for a row of headings. An image is ``data`` of type ``mime``.
    """

    kind: Kind
    text: str = ""
    children: tuple[Node, ...] = ()
    number: int = 0
    mime: str = ""
    data: bytes = b""


Words = tuple[Node, ...]  # blocks


def plain(text: str) -> Words:
    """One paragraph of these very characters."""
    return (Node("paragraph", children=(Node("text", text),)),) if text else ()


@lru_cache(maxsize=20_000)
def read(markdown: str, lang: Lang) -> Words:
    """Markdown that ``render.fill`` has filled."""
    held: list[str] = []  # a parser reads an address one character at a time: long ones wait beside it

    def place(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"{_HELD}{len(held) - 1}"

    tokens = _parser().parse(_PICTURE.sub(place, markdown))
    return tuple(_Reader(lang, held).blocks(iter(tokens), ""))


@lru_cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.use(dollarmath_plugin, allow_space=False, double_inline=True)
    parser.validateLink = _is_safe  # type: ignore[method-assign]  # its documented way to be told
    return parser


def _is_safe(url: str) -> bool:
    return re.match(rf"(?i)\s*(https?://|mailto:|#|{_HELD})", url) is not None


_HELD = "held:"
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]+")


_OPENED: dict[str, Kind] = {
    "paragraph_open": "paragraph",
    "bullet_list_open": "bullets",
    "ordered_list_open": "numbered",
    "list_item_open": "item",
    "blockquote_open": "quote",
    "table_open": "table",
    "tr_open": "row",
    "th_open": "item",
    "td_open": "item",
    "heading_open": "heading",
}
_LEAVES: dict[str, Kind] = {"code_inline": "code", "math_inline": "math", "math_inline_double": "display"}
_SPANS: dict[str, Kind] = {"em_open": "emphasis", "strong_open": "strong", "link_open": "link"}


@dataclass(frozen=True, slots=True)
class _Reader:
    """One text's tokens as nodes, with the addresses that were set aside."""

    lang: Lang
    held: list[str]

    def blocks(self, tokens: Iterator[Token], closing: str) -> Iterator[Node]:
        """Up to the token that closes what was opened."""
        for token in tokens:
            if token.type == closing:
                return
            if token.type == "inline":
                yield from self.inline(iter(token.children or ()), "")
            elif token.type in _OPENED:
                children = tuple(self.blocks(tokens, token.type.replace("_open", "_close")))
                number = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else 0
                number = int(token.tag[1]) if token.type == "heading_open" else number
                yield Node(_OPENED[token.type], children=children, number=number)
            elif token.type == "thead_open":
                rows = self.blocks(tokens, "thead_close")
                yield from (Node("row", children=row.children, number=1) for row in rows)
            elif token.type == "tbody_open":
                yield from self.blocks(tokens, "tbody_close")
            elif token.type in ("fence", "code_block"):
                yield Node("code_block", token.content)
            elif token.type in ("math_block", "math_block_label"):
                yield Node("paragraph", children=(Node("display", token.content.strip()),))
            elif token.type == "hr":
                yield Node("rule")

    def inline(self, tokens: Iterator[Token], closing: str) -> Iterator[Node]:
        for token in tokens:
            if token.type == closing:
                return
            if token.type == "text":
                if token.content:
                    yield Node("text", render.typography(token.content, self.lang))
            elif token.type in _SPANS:
                inner = tuple(self.inline(tokens, token.type.replace("_open", "_close")))
                yield Node(_SPANS[token.type], str(token.attrs.get("href", "")), inner)
            elif token.type in _LEAVES:
                yield Node(_LEAVES[token.type], token.content if "math" not in token.type else token.content.strip())
            elif token.type == "softbreak":
                yield Node("text", "\n")
            elif token.type == "hardbreak":
                yield Node("break")
            elif token.type == "image":
                yield self.picture(str(token.attrs.get("src", "")), token.content)

    def picture(self, address: str, alt: str) -> Node:
        if not address.startswith(_HELD):
            return Node("text", f"[{alt}]")
        mime, _, data = self.held[int(address.removeprefix(_HELD))].removeprefix("data:").partition(";base64,")
        return Node("image", alt, mime=mime, data=base64.b64decode(data))


# ── what formats write ───────────────────────────────────────────────────────


def every(words: Sequence[Node]) -> Iterator[Node]:
    """Each node, the outer ones first."""
    for node in words:
        yield node
        yield from every(node.children)


def images(words: Sequence[Node]) -> list[Node]:
    return [node for node in every(words) if node.kind == "image"]


def inline(words: Words) -> tuple[Node, ...]:
    """The spans of what is one paragraph; blocks where it is more."""
    return words[0].children if len(words) == 1 and words[0].kind == "paragraph" else words


_HTML = {"emphasis": "em", "strong": "strong", "bullets": "ul", "quote": "blockquote", "paragraph": "p"}


def html(words: Sequence[Node], math: Callable[[str, bool], str], image: Callable[[Node], str]) -> str:
    """XHTML without attributes of style. ``math`` is told the LaTeX and whether it is displayed; both return HTML."""
    return "".join(_html(node, math, image) for node in words)


def _html(node: Node, math: Callable[[str, bool], str], image: Callable[[Node], str]) -> str:
    if node.kind in ("math", "display"):
        return math(node.text, node.kind == "display")
    if node.kind == "image":
        return image(node)
    if node.kind == "table":
        return "<table>" + "".join(_row(row, math, image) for row in node.children) + "</table>"
    inner = escape(node.text, quote=False) + html(node.children, math, image)
    match node.kind:
        case "code":
            return f"<code>{inner}</code>"
        case "code_block":
            return f"<pre><code>{inner}</code></pre>"
        case "break":
            return "<br/>"
        case "rule":
            return "<hr/>"
        case "numbered":
            return f'<ol start="{node.number}">{inner}</ol>' if node.number != 1 else f"<ol>{inner}</ol>"
        case "item":
            alone = len(node.children) == 1 and node.children[0].kind == "paragraph"
            return f"<li>{html(node.children[0].children, math, image) if alone else inner}</li>"
        case "heading":
            return f"<h{min(6, node.number + 2)}>{inner}</h{min(6, node.number + 2)}>"
        case "link":
            shown = html(node.children, math, image)
            return f'<a href="{escape(node.text)}">{shown}</a>'
    tag = _HTML.get(node.kind)
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def _row(row: Node, math: Callable[[str, bool], str], image: Callable[[Node], str]) -> str:
    tag = "th" if row.number else "td"
    return "<tr>" + "".join(f"<{tag}>{html(cell.children, math, image)}</{tag}>" for cell in row.children) + "</tr>"


def text(words: Sequence[Node]) -> str:
    """Without any mark: formulas in Unicode, pictures as their alternative text, blocks on lines of their own."""
    return (
        "\n".join(part.strip("\n") for part in (_text(node) for node in words) if part.strip()).strip()
        if any(node.kind in BLOCKS for node in words)
        else "".join(map(_text, words))
    )


def _text(node: Node) -> str:
    match node.kind:
        case "math" | "display":
            return tex.unicode(node.text)
        case "image":
            return f"[{node.text}]"
        case "text":
            return node.text.replace("\n", " ")
        case "break":
            return "\n"
        case "bullets" | "numbered":
            first = node.number or 1
            marks = ("–" if node.kind == "bullets" else f"{first + n}." for n in range(len(node.children)))
            return "\n".join(f"{mark} {_text(item)}" for mark, item in zip(marks, node.children, strict=True))
        case "table":
            return "\n".join(" | ".join(map(_text, row.children)) for row in node.children)
        case "link":
            return text(node.children)
    return node.text or text(node.children)
