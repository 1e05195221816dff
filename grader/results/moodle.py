"""Moodle's Responses report: each question is found by its text, and its answer read as Moodle writes answers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.errors import CourseError
from grader.quiz.moodle import kinds
from grader.quiz.moodle.text import html, reference
from grader.results import table, words, written
from grader.results.exported import AGAIN, Asked, Exported
from grader.results.reply import Reply, Who

BLANK = ("", "-")
UNFINISHED = ("inprogress", "encours", "neversubmitted", "jamaisremis", "abandoned", "abandonne")


@dataclass(frozen=True)
class Question:
    """As it was imported into Moodle."""

    id: str
    kind: str
    single: bool
    text: str
    options: tuple[str, ...]
    right: tuple[str, ...]  # one for each field

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(words.key(self.text, level) for level in words.LEVELS)


def replies(exported: Exported, file: Path) -> list[Reply]:
    """Raises CourseError."""
    index = _Index([one for xml in exported.files(".xml") for one in _questions(xml)])
    return [one for row in table.rows(file) for one in _of(exported, index, row)]


def _questions(file: Path) -> Iterator[Question]:
    try:
        root = ET.fromstring(file.read_bytes())  # what partiel export wrote
    except ET.ParseError as error:
        raise CourseError(file, f"damaged ({error})", AGAIN) from error
    for node in root.iterfind("question"):
        kind = node.get("type", "")
        if kind == "category":
            continue
        answers, text = node.findall("answer"), node.findtext("questiontext/text") or ""
        single = node.findtext("single") != "false"
        rights = [words.plain(one.findtext("text") or "") for one in answers if one.get("fraction") == "100"][:1]
        rights = rights if single and kind != "ordering" else []
        rights = words.gaps(text) if kind == "cloze" else rights
        printed = answers if kind in ("multichoice", "ordering") else []
        options = tuple(words.plain(one.findtext("text") or "") for one in printed)
        yield Question(node.findtext("idnumber") or "", kind, single, words.plain(text), options, tuple(rights))


@dataclass(frozen=True)
class _Index:
    questions: Sequence[Question]

    @cached_property
    def by_text(self) -> tuple[Mapping[str, list[Question]], ...]:
        found: list[dict[str, list[Question]]] = [{} for _ in words.LEVELS]
        for one in self.questions:
            for level, text in enumerate(one.keys):
                found[level].setdefault(text, []).append(one)
        return tuple(found)

    @cached_property
    def by_reference(self) -> Mapping[str, Question]:
        return {reference(one.id): one for one in self.questions}

    def find(self, text: str, right: str, response: str = "") -> list[Question]:
        """Those that it could be: the one that its reference names; else by its text.

        Moodle prints a question's text, then its options after a colon or in braces.
        """
        named = [self.by_reference[one] for one in re.findall(r"\[([0-9a-f]{8})\]", text) if one in self.by_reference]
        if len(named) == 1:
            return named
        for level, known in enumerate(self.by_text):
            whole = words.key(text, level)
            found = known.get(whole, [])
            for end in range(len(whole) - 1, 0, -1) if not found else ():
                if found := [one for one in known.get(whole[:end], ()) if _has(one, whole[end:], level)]:
                    break
            if found:
                return _narrowed(found, right, response)
        return []


def _has(question: Question, rest: str, level: int) -> bool:
    """Whether the options are all there; other kinds of questions have none to print."""
    if question.kind not in ("multichoice", "matching") or (level < 2 and not rest.startswith((":", "{"))):
        return False
    return all(words.key(one, level) in rest for one in question.options)


def _narrowed(found: list[Question], right: str, response: str) -> list[Question]:
    """By the right answer, where the report has it, and by the blocks that were put in order."""
    for one in (right, response):
        if len(found) > 1 and one.strip() not in BLANK:
            found = [q for q in found if _fits(q, one, is_right=one is right)] or found
    return found


def _fits(question: Question, text: str, *, is_right: bool) -> bool:
    if question.kind == "ordering":
        orders = words.order(_pieces(text), {str(n): one for n, one in enumerate(question.options)})
        right = tuple(str(n) for n in range(len(question.options)))
        return right in orders if is_right and len(orders) == 1 else bool(orders)
    if not is_right or not question.right:
        return True
    told = list(words.parts(text).values()) if question.kind == "cloze" else [text]
    return list(map(_number, told)) == list(map(_number, question.right))


def _number(text: str) -> str:
    return words.key(text, 2).replace(",", ".")


def _pieces(response: str) -> list[str]:
    return [one for one in re.split(r";\s+|;$", response) if one.strip()]


def _of(exported: Exported, index: _Index, row: table.Row) -> Iterator[Reply]:
    name = row.who.get("name") or " ".join(filter(None, (row.who.get("first"), row.who.get("last"))))
    who = Who(row.who.get("number", ""), row.who.get("email", ""), name, row.who.get("user", ""))
    if not who.said:
        return  # an average, an empty line
    state = re.sub(r"[^a-z]", "", table._squashed(row.who.get("state", "")))
    open_ = state in UNFINISHED
    for n, slot in sorted(row.slots.items()):
        text, response = slot.get("question", ""), slot.get("response", "").strip()
        where = f"line {row.line}, question {n}"
        if text.strip() in BLANK:
            continue
        found = [one for one in index.find(text, slot.get("right", ""), response) if one.id in exported.ids]
        alike = {exported.ids[one.id][1] for one in found} if response in BLANK else ()
        ids = found[:1] if len(alike) == 1 else found  # of a blank, any will do
        if len(ids) != 1:
            several = ", ".join(one.id for one in found[:4])
            why = f"it reads like several: {several}" if found else f"unknown: {' '.join(text.split())[:80]}"
            yield Reply(who, where, row.line, problem=why, answer=response, unfinished=open_)
            continue
        slug, part = exported.ids[ids[0].id]
        if response in BLANK:
            yield Reply(who, where, row.line, slug, part, unfinished=open_)
            continue
        asked = exported.asked(slug, part)
        try:
            source = read(asked, ids[0], response)
        except written.Unclear as why:
            yield Reply(who, where, row.line, slug, part, problem=str(why), answer=response, unfinished=open_)
            continue
        yield Reply(who, where, row.line, slug, part, source, answer=response, unfinished=open_)


def read(asked: Asked, question: Question, response: str) -> str | None:
    """What the cell holds; None where nothing was answered. Raises Unclear."""
    part = asked.part
    match question.kind:
        case "multichoice" if question.single:
            form = part if part.kind == "choice" or part.twin is None else part.twin
            chosen = words.find(response, written.shown(form))
            if chosen is None and words.is_among(response, written.shown(form).values()):
                raise written.Unclear("several options read like this one")
            return written.unread(asked, response) if chosen is None else written.option(asked, form, chosen)
        case "multichoice":
            names = words.listed(response, written.shown(part))
            return written.unread(asked, response) if names is None else written.several(asked, names)
        case "matching" if part.kind == "ordering":
            return _placed(asked, response)
        case "matching":
            left = {name: words.plain(html(stem)) for name, stem, _ in part.stems}
            pairs = words.pairs(response, left, kinds.entries(part))
            return written.unread(asked, response) if pairs is None else written.matched(asked, pairs)
        case "ordering":
            return _ordered(asked, response)
        case "cloze" | "multianswer":
            return written.fields(asked, words.parts(response))
        case "stack":
            return _formula(asked, response)
    return written.free(asked, response)


def _formula(asked: Asked, response: str) -> str | None:
    """``Seed: 0; ans1: 6*O^2 [score]; prt1: …``, with the names that stand for constants put back."""
    found = re.search(r"\bans1:\s*(.*?)\s*\[(?:score|valid|invalid|blank)\]", response, re.DOTALL)
    typed = found[1] if found else response
    return written.free(asked, re.sub(r"\bv_(\w+)\b", r"\1", typed)) if typed else None


def _ordered(asked: Asked, response: str) -> str:
    """Moodle cuts each block short in its report, after seven characters: its letter is there.

    Of an export without letters, what could be two orders is not guessed.
    """
    among = {name: text for name, text in written.shown(asked.part).items() if name in asked.part.order}
    labels = {option.name: option.label for option in asked.part.options}
    found = words.order(_pieces(response), {name: f"{labels[name]}. {text}" for name, text in among.items()})
    found = found or words.order(_pieces(response), among)
    if len(found) > 1:
        raise written.Unclear("its blocks are cut short there, and begin alike")
    return written.several(asked, found[0]) if found else written.unread(asked, response)


def _placed(asked: Asked, response: str) -> str:
    """Blocks with the place of each, or none."""
    part = asked.part
    places = {str(n): f"{kinds.PLACE[asked.lang]} {n}" for n in range(1, len(part.order) + 1)}
    pairs = words.pairs(response, written.shown(part), {**places, "": kinds.UNUSED[asked.lang]})
    if pairs is None:
        return written.unread(asked, response)
    used = sorted((int(place), name) for name, place in pairs.items() if place)
    if len({place for place, _ in used}) < len(used):
        return written.unread(asked, response)
    return written.several(asked, [name for _, name in used])
