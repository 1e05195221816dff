"""The right answer of a question, as words for a reader."""

from __future__ import annotations

from collections.abc import Sequence

from grader import tex
from grader.model import Lang, Text
from grader.quiz import words
from grader.quiz.item import Field, Part
from grader.quiz.words import Node, Words, plain

NONE = Text("aucune", "none")
ARROW = Node("text", " → ")


def right(part: Part, lang: Lang) -> Words:
    """Nothing for free text and code, which the worked solution answers."""
    by_name = {option.name: option.words for option in part.options}
    match part.kind:
        case "choice" | "choices":
            chosen = [option.words for option in part.options if option.right]
            if len(chosen) == 1:
                return chosen[0]
            return _list("bullets", chosen) if chosen else plain(NONE[lang])
        case "numeric":
            assert part.number
            return plain(part.number.shown)
        case "short" | "shape":
            return (Node("paragraph", children=(Node("code", part.accepted[0]),)),)
        case "formula":
            return (Node("paragraph", children=(Node("math", tex.written(part.accepted[0], part.variables)),)),)
        case "matching":
            return _list("bullets", [_pair(stem, by_name[name]) for _, stem, name in part.stems])
        case "ordering":
            return _list("numbered", [by_name[name] for name in part.order])
        case "table" | "grid":
            rows = [part.fields[n : n + part.columns] for n in range(0, len(part.fields), part.columns)]
            return (Node("table", children=tuple(Node("row", children=tuple(_cells(row))) for row in rows)),)
    return ()


def _cells(row: Sequence[Field]) -> list[Node]:
    cells = []
    for one in row:
        if one.label:
            cells.append(Node("item", children=words.inline(one.label)))
        cells.append(Node("item", children=(Node("text", value(one)),)))
    return cells


def value(field: Field) -> str:
    return field.number.shown if field.number else field.text


def _pair(left: Words, other: Words) -> Words:
    spans = (words.inline(left), words.inline(other))
    if spans[0] is left or spans[1] is other:
        return (*left, *other)
    return (Node("paragraph", children=(*spans[0], ARROW, *spans[1])),)


def _list(kind: words.Kind, entries: Sequence[Words]) -> Words:
    return (Node(kind, children=tuple(Node("item", children=one) for one in entries), number=int(kind == "numbered")),)
