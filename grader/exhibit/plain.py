"""Words as a terminal can show them: formulas in Unicode, figures as their alternative text."""

from __future__ import annotations

import re

from grader import render, tex
from grader.model import Lang, Text

FIGURE = Text(fr="[figure : {}]", en="[figure: {}]")
IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)|<img\b[^>]*?\balt=\"([^\"]*)\"[^>]*>")
FENCE = re.compile(r"(^```.*?^```[ \t]*$)", re.DOTALL | re.MULTILINE)


def words(markdown: str, lang: Lang) -> str:
    """The same Markdown for a terminal. What stands in a block of code is left as it is."""
    return "".join(part if n % 2 else _prose(part, lang) for n, part in enumerate(FENCE.split(markdown)))


def _prose(markdown: str, lang: Lang) -> str:
    shown = IMAGE.sub(lambda found: FIGURE[lang].format(found[1] or found[2] or ""), markdown)
    return render.MATH.sub(_formula, shown)


def _formula(found: re.Match[str]) -> str:
    shown = tex.unicode(found[0].strip("$"))
    return f"\n\n```text\n{shown}\n```\n\n" if found[0].startswith("$$") else f"`{shown}`"


def title(words: str) -> str:
    """Without the marks of emphasis and of code."""
    return re.sub(r"[*`]", "", words)
