r"""A quiz as GIFT: plain text that Moodle and others import, with ``\( \)`` formulas.

What GIFT has no place for, the points of a question among others, is set where the quiz is made.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape

from grader.model import Text
from grader.quiz import carry, words
from grader.quiz.carry import Notes
from grader.quiz.counted import spellings
from grader.quiz.item import Group, Item, Option, Part, Quiz
from grader.quiz.moodle import kinds
from grader.quiz.moodle.text import math, wildcards
from grader.quiz.policy import Policy
from grader.quiz.words import Node, Words

TITLE = Text("GIFT", "GIFT")
CARRIES = frozenset({"choice", "choices", "numeric", "short", "matching", "shape", "text"})

SPELLED = Text("une réponse courte, dans ses écritures courantes", "a short answer, in its usual spellings")
NONE_RIGHT = Text("aucune proposition n'est juste, ce que Moodle refuse", "no option is right, which Moodle refuses")
GRADES = Text("des fractions que Moodle n'admet pas", "fractions that Moodle does not allow")
STRICT = Text("un choix multiple où toute erreur annule", "a multiple choice where any mistake cancels all")
INCOMPLETE = Text("une réponse incomplète y rapporte sa part", "an incomplete answer earns its share there")


def write(quiz: Quiz, policy: Policy, notes: Notes) -> dict[str, bytes]:
    lines = [f"// {policy.said(quiz.lang)}", ""]
    for group in quiz.groups:
        lines += _group(quiz, group, notes)
    return {f"{quiz.id}.gift": ("\n".join(lines) + "\n").encode()}


def _group(quiz: Quiz, group: Group, notes: Notes) -> Iterator[str]:
    by_part: dict[str, list[str]] = {}
    for item in group.items:
        for part in item.parts:
            for carried in carry.nearest(item, part, CARRIES, notes):
                by_part.setdefault(part.name, []).append(_question(quiz, item, _fitted(item, carried, notes), notes))
    for name, questions in by_part.items():
        path = [quiz.title, *group.path, *([name] if len(by_part) > 1 else [])]
        yield "$CATEGORY: " + "/".join(["$course$", "top", *(one.replace("/", "//") for one in path)])
        yield ""
        yield from questions


def _fitted(item: Item, part: Part, notes: Notes) -> Part:
    """What Moodle would refuse, as one choice."""
    part = carry.fitted(item, part, notes, NONE_RIGHT)
    if part.kind != "choices":
        return part
    shared = all(kinds.is_allowed(option.credit) for option in part.options if option.right)
    if part.twin and not shared:
        return carry.as_choice(item, part, part.twin, notes, GRADES)
    if part.all_or_nothing:
        notes.add(item, part, STRICT, INCOMPLETE)
    return part


def _question(quiz: Quiz, item: Item, part: Part, notes: Notes) -> str:
    prompt, how = part.prompt, part.how
    match part.kind:
        case "choice" | "choices":
            answers = [_option(part, option) for option in part.options]
        case "numeric":
            assert part.number
            within = part.number.tolerance
            answers = ["#", f"={part.number.value}:{within}"]
            answers += [f"=%0%{one.value[0]}:{within}#{rich(one.feedback)}" for one in part.known]
        case "short" | "shape":
            if part.kind == "shape":
                notes.add(item, part, SPELLED)
                how = _like(quiz, part)
            answers = [f"={escaped(wildcards(one))}" for one in part.accepted]
            for one in part.known:
                wrong = spellings(one.value) if part.kind == "shape" else one.value
                answers += [f"=%0%{escaped(wildcards(spelling))}#{rich(one.feedback)}" for spelling in wrong]
        case "matching":
            said = kinds.entries(part)
            answers = [f"={rich(stem)} -> {escaped(said[right])}" for _, stem, right in part.stems]
            used = {right for _, _, right in part.stems}
            answers += [f"= -> {escaped(said[option.name])}" for option in part.options if option.name not in used]
            if any(option.label == said[option.name] for option in part.options):
                prompt += kinds.letters(part)
        case _:
            answers = []
            if part.starter:
                prompt += (Node("code_block", part.starter),)
    name = escaped(f"{item.title} · {part.name} · {item.exercise}#{item.variant}")
    tags = " ".join(f"[tag:{one}]" for one in dict.fromkeys(("partiel", item.exercise, *item.tags)))
    body = "".join(f"\n\t{line}" for line in (*answers, f"####{rich(item.solution)}"))
    text = rich((*item.statement, *prompt, *how))
    return f"// [id:{part.id}] {tags}\n::{name}::{text}{{{body}\n}}\n"


def _option(part: Part, option: Option) -> str:
    share = kinds.grade(option.credit)
    if part.kind == "choice" and option.right:
        mark = "="
    else:
        mark = f"~%{share}%" if share != "0" or part.kind == "choices" else "~"
    return mark + rich(option.words) + (f"#{rich(option.feedback)}" if option.feedback else "")


def _like(quiz: Quiz, part: Part) -> Words:
    """The same example whatever the answer, whose number of axes may be part of the question."""
    example = next(shown for shown in ("(12, 7, 5)", "(7, 5, 12)") if shown not in part.accepted)
    return (Node("paragraph", children=(Node("text", kinds.SHOWN[quiz.lang]), Node("code", example))),)


@lru_cache(maxsize=4096)
def rich(content: Words) -> str:
    """Formatted text on one line, pictures inside it."""
    return "[html]" + escaped(words.html(content, math, _image))


def _image(node: Node) -> str:
    return f'<img src="data:{node.mime};base64,{base64.b64encode(node.data).decode()}" alt="{escape(node.text)}"/>'


def escaped(text: str) -> str:
    r"""Every character that has a meaning after a backslash; a line's end as ``\n``."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\n", r"\n")
