"""A prompt where nothing is assigned: an example that gives the question's name a value belongs to a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from grader.quiz.words import Node, Words

_CUT = re.compile(r"(?<=[.!?:;])\s+")


def split(prompt: Words, name: str) -> tuple[Words, Words]:
    """The prompt without sentences that assign to ``name``, and those, with the value alone: how to write an answer."""
    kept: list[Node] = []
    moved: list[Node] = []
    for node in prompt:
        if node.kind != "paragraph" or not any(_value(child, name) is not None for child in node.children):
            kept.append(node)
            continue
        stay, go = _sentences(node, name)
        if stay:
            kept.append(replace(node, children=stay))
        moved.append(replace(node, children=go))
    return tuple(kept), tuple(moved)


def _sentences(paragraph: Node, name: str) -> tuple[Words, Words]:
    stay: list[list[Node]] = []
    go: list[Node] = []
    going = False
    for piece in _pieces(paragraph):
        if not going and any(_value(node, name) is not None for node in piece):
            going = True
            stay[-1:] = [_closed(before) for before in stay[-1:]]
        if going:
            go += [_written(node, name) for node in piece]
            going = not _ends(piece, ".!?")
        else:
            stay.append(piece)
    return _trimmed([node for piece in stay for node in piece]), _opened(go)


def _pieces(paragraph: Node) -> Iterator[list[Node]]:
    """Sentences, and what a colon or a semicolon sets apart in them."""
    piece: list[Node] = []
    for node in _joined(paragraph.children):
        if node.kind != "text":
            piece.append(node)
            continue
        *before, last = _CUT.split(node.text)
        for said in before:
            yield [*piece, replace(node, text=f"{said} ")]
            piece = []
        if last:
            piece.append(replace(node, text=last))
    if piece:
        yield piece


def _joined(nodes: Words) -> list[Node]:
    """A text is cut at each end of line."""
    found: list[Node] = []
    for node in nodes:
        if found and node.kind == found[-1].kind == "text":
            found[-1] = replace(found[-1], text=found[-1].text + node.text)
        else:
            found.append(node)
    return found


def _ends(piece: list[Node], marks: str) -> bool:
    return piece[-1].kind == "text" and piece[-1].text.rstrip()[-1:] in tuple(marks)


def _closed(piece: list[Node]) -> list[Node]:
    """What announced the sentence that is gone ends as a sentence does."""
    if piece[-1].kind != "text":
        return piece
    return [*piece[:-1], replace(piece[-1], text=re.sub(r"\s*[:;]\s*$", ". ", piece[-1].text))]


def _trimmed(nodes: list[Node]) -> Words:
    if nodes and nodes[-1].kind == "text":
        nodes[-1] = replace(nodes[-1], text=nodes[-1].text.rstrip())
    return tuple(nodes)


def _opened(nodes: list[Node]) -> Words:
    if nodes and nodes[0].kind == "text":
        nodes[0] = replace(nodes[0], text=nodes[0].text[:1].upper() + nodes[0].text[1:])
    return _trimmed(nodes)


def _written(node: Node, name: str) -> Node:
    value = _value(node, name)
    return node if value is None else replace(node, text=value)


def _value(node: Node, name: str) -> str | None:
    """``26`` of ``size = 26``, without the quotes of a text."""
    found = re.fullmatch(rf"{re.escape(name)}\s*=\s*(.+)", node.text) if node.kind == "code" else None
    return found and found[1].strip("\"'")
