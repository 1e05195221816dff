"""A quiz as an Anki package: a note for each question, whose ids make a second import add nothing."""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
from html import escape
from types import ModuleType
from typing import Any

from grader.model import Lang, Text
from grader.quiz import answered, carry, words
from grader.quiz.carry import Notes
from grader.quiz.item import KINDS, Item, Part, Quiz
from grader.quiz.moodle.kinds import letters
from grader.quiz.moodle.text import file_name, math
from grader.quiz.packed import zipped
from grader.quiz.policy import Policy
from grader.quiz.sheets import library
from grader.quiz.words import Node, Words

TITLE = Text("Anki (.apkg)", "Anki (.apkg)")
CARRIES = frozenset(KINDS)  # the reader answers in their head, and turns the card
SCORES = False  # nobody counts points
WRITTEN = 315_532_800  # the first of January 1980: Anki wants a date, and a clock has no place in it

IDEAS = Text("Idées fausses", "Wrong ideas")
FIELDS = ("Id", "Question", "Answer", "Solution", "Ideas")
BACK = "{{FrontSide}}<hr id=answer>{{Answer}}{{#Solution}}<hr>{{Solution}}{{/Solution}}{{Ideas}}"
STYLE = """\
.card { font-family: sans-serif; font-size: 18px; text-align: left; max-width: 44em; margin: auto; }
table { border-collapse: collapse; } td, th { border: 1px solid; padding: .2em .6em; text-align: left; }
pre { overflow-x: auto; } img { max-width: 100%; background: #fff; }
"""


def write(quiz: Quiz, _policy: Policy, notes: Notes) -> dict[str, bytes]:
    genanki = library("genanki", "anki")
    model = genanki.Model(
        number("partiel", "model", *FIELDS),
        "partiel",
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "partiel", "qfmt": "{{Question}}", "afmt": BACK}],
        css=STYLE,
    )
    decks = []
    media: dict[str, bytes] = {}
    for group in quiz.groups:
        name = "::".join([quiz.title, *group.path])
        deck = genanki.Deck(number("deck", name), name)
        for item in group.items:
            for part in item.parts:
                for form in carry.nearest(item, part, CARRIES, notes):
                    deck.add_note(_note(genanki, model, item, form, quiz.lang))
                    shown = (*_front(item, form), *answered.right(form, quiz.lang), *item.solution, *_ideas(form))
                    media |= {file_name(node): node.data for node in words.images(shown)}
        decks.append(deck)
    return {f"{quiz.id}.apkg": zipped(_files(genanki.Package(decks), media))}


def number(*names: str) -> int:
    """An id for Anki, of 31 bits as it makes them, the same for the same names."""
    found = int.from_bytes(hashlib.sha256("\0".join(names).encode()).digest()[:4], "big")
    return 2**30 + found % 2**30


def _note(genanki: ModuleType, model: Any, item: Item, part: Part, lang: Lang) -> Any:
    ideas = _ideas(part)
    fields = [
        part.id,
        html(_front(item, part)),
        html(answered.right(part, lang)),
        html(item.solution),
        f"<hr><b>{IDEAS[lang]}</b>{html(ideas)}" if ideas else "",
    ]
    tags = [tag.replace(" ", "_") for tag in dict.fromkeys(("partiel", item.exercise, *item.tags))]
    return genanki.Note(model=model, fields=fields, tags=tags, guid=genanki.guid_for(part.id))


def _front(item: Item, part: Part) -> Words:
    asked: Words = (*item.statement, *part.prompt)
    if part.kind == "matching":
        asked += (Node("numbered", children=tuple(Node("item", children=stem) for _, stem, _ in part.stems), number=1),)
    if part.options:
        asked += letters(part)
    if part.kind in ("table", "grid"):
        asked += _blank(part)
    if part.starter:
        asked += (Node("code_block", part.starter),)
    return asked


def _blank(part: Part) -> Words:
    cells = [
        [Node("item", children=words.inline(one.label))] * bool(one.label)
        + [Node("item", children=(Node("text", "…"),))]
        for one in part.fields
    ]
    rows = [list(itertools.chain(*cells[n : n + part.columns])) for n in range(0, len(cells), part.columns)]
    return (Node("table", children=tuple(Node("row", children=tuple(row)) for row in rows)),)


def _ideas(part: Part) -> Words:
    """Each wrong idea with what it leads to."""
    ideas = [*part.known, *(known for field in part.fields for known in field.known)]
    items = []
    for one in dict.fromkeys((known.shown, known.feedback) for known in ideas if known.feedback):
        shown, feedback = one
        spans = words.inline(feedback)
        lead = (Node("strong", children=(Node("text", shown),)), Node("text", " → "))
        first = Node("paragraph", children=(*lead, *(spans if spans is not feedback else ())))
        items.append(Node("item", children=(first, *(feedback if spans is feedback else ()))))
    return (Node("bullets", children=tuple(items)),) if items else ()


def html(content: Words) -> str:
    return words.html(content, math, lambda node: f'<img src="{file_name(node)}" alt="{escape(node.text)}">')


def _files(package: Any, media: dict[str, bytes]) -> dict[str, bytes]:
    """What an .apkg holds: a database of the cards, the pictures under numbers, and their names."""
    held = sqlite3.connect(":memory:")
    package.write_to_db(held.cursor(), WRITTEN, itertools.count(WRITTEN * 1000))
    held.commit()
    database = held.serialize()
    held.close()
    names = dict(enumerate(sorted(media)))
    return {
        "collection.anki2": database,
        "media": json.dumps(names, sort_keys=True).encode(),
        **{str(n): media[name] for n, name in names.items()},
    }
