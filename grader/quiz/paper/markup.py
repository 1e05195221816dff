"""Words as typst: every text is a string literal, so that nothing in it is taken for markup."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from grader.quiz.paper.formula import quoted, typst
from grader.quiz.words import BLOCKS, Node

SUFFIX = {"image/png": "png", "image/svg+xml": "svg", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
SPANS = {"emphasis": "emph", "strong": "strong"}
PIXEL = 0.6  # points for each pixel of a picture, as wide as its text at most


def markup(words: Sequence[Node]) -> str:
    """Raises Unknown where a formula has a macro that is not in the subset."""
    return "".join(_node(node) for node in words)


def text(words: str) -> str:
    return f"#{quoted(words)}" if words else ""


def file_of(picture: Node) -> str:
    """A name for its bytes."""
    return f"{hashlib.sha256(picture.data).hexdigest()[:16]}.{SUFFIX[picture.mime]}"


def _node(node: Node) -> str:
    match node.kind:
        case "text":
            return text(node.text)
        case "math":
            return f"${typst(node.text)}$"
        case "display":
            return f"$ {typst(node.text)} $"
        case "code":
            return f"#raw({quoted(node.text)})"
        case "code_block":
            lines = node.text.rstrip("\n").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return f'#raw(block: true, "{lines}")\n\n'
        case "break":
            return "#linebreak()"
        case "rule":
            return "#rule\n\n"
        case "image":
            return f'#picture("{file_of(node)}", {quoted(node.text)})'
        case "table":
            return _table(node)
        case "bullets" | "numbered":
            items = "".join(f"[{markup(item.children).strip()}]" for item in node.children)
            return f"#{'list' if node.kind == 'bullets' else f'enum.with(start: {node.number or 1})'}{items}\n\n"
        case "quote":
            return f"#quote(block: true)[{markup(node.children)}]\n\n"
        case "heading":
            return f"#heading(level: {node.number + 1})[{markup(node.children)}]\n\n"
    inner = markup(node.children)
    if node.kind in SPANS:
        return f"#{SPANS[node.kind]}[{inner}]"
    return f"{inner}\n\n" if node.kind in BLOCKS else inner


def _table(node: Node) -> str:
    columns = max(len(row.children) for row in node.children)
    cells = []
    for row in node.children:
        shown = [markup(cell.children).strip() for cell in row.children] + [""] * (columns - len(row.children))
        cells += [f"strong[{cell}]" if row.number else f"[{cell}]" for cell in shown]
    return f"#align(center, table(columns: {columns}, {', '.join(cells)}))\n\n"
