"""Markdown and formulas as HTML that holds no script and loads nothing.

No other module imports nh3, and only ``quiz.words`` markdown_it too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from grader.model import Lang
from grader.render import typography
from grader.tex import mathml

_THIN = "\u202f"  # espace fine insécable
_OPEN, _CLOSE = "\ue000", "\ue001"  # stand around a formula's number while the HTML around it is cleaned


# ── markdown ─────────────────────────────────────────────────────────────────


def markdown(text: str, lang: Lang) -> str:
    """An author's Markdown: formulas, tables, pictures held in the text itself, and the HTML in it that is harmless."""
    return _cleaned(text, _parser(lang, trusted=True))


def sentence(text: str, lang: Lang) -> str:
    """Markdown that may quote a student: formulas and emphasis, but no HTML, link or picture."""
    return _cleaned(text, _parser(lang, trusted=False))


def _cleaned(text: str, parser: MarkdownIt) -> str:
    formulas: list[str] = []
    html = parser.render(text.replace(_OPEN, "").replace(_CLOSE, ""), {"formulas": formulas})
    html = clean(html)
    return re.sub(f"{_OPEN}(\\d+){_CLOSE}([{_THIN}\u00a0]?[.,;:!?)»]*)", lambda found: _together(formulas, found), html)


def _together(formulas: list[str], found: re.Match[str]) -> str:
    """The formula; no line begins with the punctuation that follows it."""
    held = formulas[int(found[1])] + found[2]
    return f'<span class="together">{held}</span>' if found[2] else held


@lru_cache
def _parser(lang: Lang, *, trusted: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": trusted}).enable("table")
    parser.use(dollarmath_plugin, allow_space=False, double_inline=True)
    if not trusted:
        parser.disable(["image", "link", "autolink", "html_inline", "html_block", "reference"])
    parser.validateLink = _is_safe_address  # type: ignore[method-assign]  # its documented way to be told
    for kind in ("math_inline", "math_inline_double", "math_block", "math_block_label"):
        parser.add_render_rule(kind, _place)

    def typeset(state: StateCore) -> None:
        for block in state.tokens:
            for token in block.children or ():
                if token.type == "text":
                    token.content = typography(token.content, lang)

    parser.core.ruler.push("typography", typeset)
    return parser


def _place(_: Any, tokens: Sequence[Any], index: int, _options: Any, env: Any) -> str:
    token = tokens[index]
    env["formulas"].append(mathml(token.content.strip(), display=token.type != "math_inline"))
    return f"{_OPEN}{len(env['formulas']) - 1}{_CLOSE}"


def _is_safe_address(url: str) -> bool:
    return re.match(r"(?i)\s*(https?://|mailto:|#|data:image/(png|jpeg|gif|webp|svg\+xml)[;,])", url) is not None


# ── HTML ─────────────────────────────────────────────────────────────────────

_TAGS = set(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6"
    " hr i img kbd li ol p pre s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul".split()
)
_TAG_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}


def clean(html: str) -> str:
    """HTML from anywhere without what runs, loads, restyles or covers the page. Pictures inside it stay."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        held = value.strip().lower().startswith("data:")
        return None if attribute in ("src", "href") and held != (tag == "img") else value

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_TAG_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
        clean_content_tags={"script", "style", "title", "iframe", "object", "template", "noscript", "svg", "math"},
    )


def code(source: str) -> str:
    """Python in colours. Unfinished or malformed source is coloured as far as it goes, and never interpreted."""
    return str(highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)))


@lru_cache
def code_styles() -> str:
    """The rules for ``code``'s classes, on light and on dark."""
    light = HtmlFormatter(style="default").get_style_defs(".code")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".code")
    return f"{_colours(light)}\n@media screen and (prefers-color-scheme: dark) {{\n{_colours(dark)}\n}}"


def _colours(rules: str) -> str:
    """The page has its own background, and a syntax error of a student is no reason for a red box."""
    kept = [rule for rule in rules.splitlines() if re.match(r"\.code \.(?!err|hll|w\b)", rule)]
    return "\n".join(re.sub(r" */\*.*?\*/", "", rule) for rule in kept)
