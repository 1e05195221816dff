"""A variant as items of QTI: its questions together in one, and one for each that a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.model import Lang, Text
from grader.quiz import carry
from grader.quiz.carry import Notes
from grader.quiz.item import Item, Part
from grader.quiz.moodle.kinds import CHECKED
from grader.quiz.qti import kinds
from grader.quiz.qti.kinds import Asked
from grader.quiz.qti.text import block, html
from grader.quiz.qti.version import Version, decimal
from grader.quiz.words import Node, Words, plain

READ = frozenset({"text", "code"})  # by a person
SOLUTION = "SOLUTION"

ESSAY = Text("une question ouverte, lue par une personne", "an essay, read by a person")
PLACES = Text("un appariement des blocs et de leurs places", "a matching of blocks with their places")
SPELLED = Text("une réponse courte, dans ses écritures courantes", "a short answer, in its usual spellings")


@dataclass(frozen=True, slots=True)
class Written:
    id: str
    points: Fraction
    file: bytes


def items(v: Version, item: Item, parts: Sequence[Part], lang: Lang, notes: Notes) -> Iterator[Written]:
    fitted = [carry.fitted(item, part, notes) for part in parts]  # of no right option, no answer would earn everything
    scored = [part for part in fitted if part.kind not in READ]
    if scored:
        yield _item(v, item, identifier(item.slug), scored, lang, notes)
    for part in fitted:
        if part.kind in READ:
            yield _item(v, item, identifier(part.id), [part], lang, notes)


def identifier(name: str) -> str:
    """QTI's begin with a letter."""
    return name if name[:1].isalpha() else f"I-{name}"


def _item(v: Version, item: Item, name: str, parts: Sequence[Part], lang: Lang, notes: Notes) -> Written:
    asked = [_asked(v, item, part, lang, n, notes) for n, part in enumerate(parts, 1)]
    by_hand = parts[0].kind in READ
    points = sum((part.points for part in parts), Fraction(0))
    body = [block(item.statement)]
    for one in asked:
        body += [block(_prompt(one)), *one.body]
    if by_hand:
        body.append(_rubric(v, item, parts[0], lang))
    processing = [step for one in asked for step in one.processing]
    if not by_hand:
        total = v.tag("sum", None, *(v.variable(one.score) for one in asked))
        processing.append(v.set("SCORE", total))
    told = [pair for one in asked for pair in one.told]
    if item.solution:
        processing.append(kinds.says(v, SOLUTION))
        told.append((SOLUTION, item.solution))
    facts: dict[str, object] = {
        "identifier": name, "title": f"{item.title} · {item.exercise}#{item.variant}", "adaptive": False,
        "timeDependent": False, "xml:lang": lang,
    }  # fmt: skip
    written = v.document(
        "assessmentItem",
        facts,
        *(declared for one in asked for declared in one.declared),
        *_outcomes(v, asked, points, by_hand=by_hand),
        v.tag("itemBody", None, *body),
        v.tag("responseProcessing", None, *processing),
        *(_feedback(v, ident, words) for ident, words in told),
    )
    return Written(name, points, written)


def _outcomes(v: Version, asked: Sequence[Asked], points: Fraction, *, by_hand: bool) -> Iterator[str]:
    zero = v.tag("defaultValue", None, v.tag("value", None, "0"))
    number: dict[str, object] = {"cardinality": "single", "baseType": "float"}
    person = "human" if by_hand and v.human else None
    facts = {"identifier": "SCORE", **number, "normalMaximum": points, "externalScored": person}
    yield v.tag("outcomeDeclaration", facts, zero)
    most = v.tag("defaultValue", None, v.tag("value", None, decimal(points)))
    yield v.tag("outcomeDeclaration", {"identifier": "MAXSCORE", **number}, most)
    for one in asked:
        if not by_hand:
            yield v.tag("outcomeDeclaration", {"identifier": one.score, **number}, zero)
        yield from one.outcomes
    yield v.tag("outcomeDeclaration", {"identifier": "FEEDBACK", "cardinality": "multiple", "baseType": "identifier"})


def _feedback(v: Version, ident: str, words: Words) -> str:
    facts: dict[str, object] = {"outcomeIdentifier": "FEEDBACK", "showHide": "show", "identifier": ident}
    return v.tag("modalFeedback", facts, v.content(html(words)))


def _rubric(v: Version, item: Item, part: Part, lang: Lang) -> str:
    """The marker sees what is checked, and the worked solution."""
    title = Node("paragraph", children=(Node("strong", children=(Node("text", CHECKED[lang]),)),))
    checks = Node("bullets", children=tuple(Node("item", children=check) for check in part.checks))
    told = ((title, checks) if part.checks else ()) + item.solution
    return v.tag("rubricBlock", {"use": "scoring", "view": "scorer"}, v.content(html(told))) if told else ""


def _prompt(one: Asked) -> Words:
    part = one.part
    if part.kind == "shape":
        return part.prompt + kinds.shape_example(one)
    told = part.prompt + ((Node("code_block", part.starter),) if part.starter else ())
    numbers = [number for number in (part.number, *(field.number for field in part.fields)) if number]
    decimals = part.kind in ("numeric", "table", "grid") and any(not number.integer for number in numbers)
    return told + part.how + (plain(kinds.POINT[one.lang]) if decimals else ())


def _asked(v: Version, item: Item, part: Part, lang: Lang, n: int, notes: Notes) -> Asked:
    asked = Asked(v, part, lang, n)
    match part.kind:
        case "choice" | "choices":
            kinds.choice(asked)
        case "numeric":
            kinds.numeric(asked)
        case "short" | "shape":
            if part.kind == "shape":
                notes.add(item, part, SPELLED)
            kinds.short(asked)
        case "matching":
            kinds.matching(asked)
        case "ordering":
            notes.add(item, part, PLACES)
            kinds.places(asked)
        case "table" | "grid":
            kinds.table(asked)
        case _:
            if part.kind == "code":
                notes.add(item, part, ESSAY)
            kinds.essay(asked)
    asked.speak()
    return asked
