"""A quiz as Moodle XML: a category for each question of each exercise, with its variants, for random slots.

A question holds its exercise's statement: a random slot draws it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from xml.sax.saxutils import escape

from grader.model import Text
from grader.quiz import carry
from grader.quiz.carry import Notes
from grader.quiz.counted import spellings
from grader.quiz.item import KINDS, Group, Item, Part, Quiz
from grader.quiz.moodle import kinds
from grader.quiz.moodle.text import cdata, field, files, html, reference
from grader.quiz.policy import Policy
from grader.quiz.words import Node, Words

TITLE = Text("Moodle XML", "Moodle XML")
CARRIES = frozenset(KINDS) - {"formula"}
LARGEST = 40_000_000  # bytes of a file: beyond, each exercise has its own
LONGEST_NAME = 255
MOST_SHARED = 10  # right options that Moodle's fractions share evenly; up to 20, by tenths and twentieths

ESSAY = Text("une composition, lue par une personne", "an essay, read by a person")
PLACES = Text("un appariement des blocs et de leurs places", "a matching of blocks with their places")
PAIRS = Text("une mise en ordre notée par paires", "an ordering graded by pairs")
HALF = Text(
    "une paire inversée coûte moitié moins ; il faut Moodle 4.4, ou le module « ordering »",
    "a reversed pair costs half as much; needs Moodle 4.4, or its 'ordering' plugin",
)
SPELLED = Text("une réponse courte, dans ses écritures courantes", "a short answer, in its usual spellings")
WEIGHED = Text("une question cloze, un point par case", "a cloze question, one point for each field")
SET = Text("réglez sa note maximale à {} dans le test", "set its maximum mark to {} in the quiz")
NONE_RIGHT = Text("aucune proposition n'est juste, ce que Moodle refuse", "no option is right, which Moodle refuses")
ROUNDED = Text("un choix multiple aux pénalités arrondies", "a multiple choice with rounded penalties")
ALLOWED = Text("Moodle n'admet que certaines fractions", "Moodle allows certain fractions only")
STRICT = Text("un choix multiple où toute erreur annule", "a multiple choice where any mistake cancels all")
INCOMPLETE = Text("une réponse incomplète y rapporte sa part", "an incomplete answer earns its share there")


Asked = Callable[[Quiz, Item, Part, Notes], str]


def write(quiz: Quiz, policy: Policy, notes: Notes) -> dict[str, bytes]:
    return written(quiz, policy, notes, CARRIES, question)


def written(quiz: Quiz, policy: Policy, notes: Notes, carries: frozenset[str], ask: Asked) -> dict[str, bytes]:
    """Also with the questions of a plugin, which ``ask`` writes."""
    pieces = {
        group.exercise: "\n".join(_group(quiz, group, policy, notes, carries, ask)).encode() for group in quiz.groups
    }
    if sum(map(len, pieces.values())) <= LARGEST:
        return {f"{quiz.id}.xml": _file(b"\n".join(pieces.values()))}
    return {f"{quiz.id}-{name}.xml": _file(piece) for name, piece in pieces.items()}


def _file(questions: bytes) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + questions + b"\n</quiz>\n"


def _group(
    quiz: Quiz, group: Group, policy: Policy, notes: Notes, carries: frozenset[str], ask: Asked
) -> Iterator[str]:
    by_part: dict[str, list[str]] = {}
    for item in group.items:
        for part in item.parts:
            for carried in carry.nearest(item, part, carries, notes):
                by_part.setdefault(part.name, []).append(ask(quiz, item, carried, notes))
    for name, questions in by_part.items():
        path = [quiz.title, *group.path, *([name] if len(by_part) > 1 else [])]
        yield _category(path, f"{quiz.id}-{group.exercise}-{name}", policy.said(quiz.lang))
        yield from questions


def _category(path: list[str], idnumber: str, info: str) -> str:
    written = "/".join(["$course$", "top", *(part.replace("/", "//") for part in path)])
    return (
        f'<question type="category"><category><text>{escape(written)}</text></category>'
        f'<info format="html"><text>{cdata(escape(info))}</text></info>'
        f"<idnumber>{escape(idnumber[:100])}</idnumber></question>"
    )


def question(quiz: Quiz, item: Item, part: Part, notes: Notes) -> str:
    part = _fitted(item, part, notes)
    prompt = part.prompt
    table = ""
    how = part.how
    match part.kind:
        case "choice" | "choices":
            kind, body = "multichoice", kinds.choice(part)
        case "numeric":
            kind, body = "numerical", kinds.numeric(part, quiz.lang)
        case "shape":
            notes.add(item, part, SPELLED)
            wrong = tuple((spellings(known.value), known.feedback) for known in part.known)
            kind, body = "shortanswer", kinds.short(part.accepted, wrong)
            how = (Node("paragraph", children=(Node("text", kinds.SHOWN[quiz.lang]), Node("code", _example(part)))),)
        case "short":
            known = tuple((known.value, known.feedback) for known in part.known)
            kind, body = "shortanswer", kinds.short(part.accepted, known)
        case "matching":
            said = kinds.entries(part)
            stems = tuple((words, said[right]) for _, words, right in part.stems)
            used = {right for _, _, right in part.stems}
            others = tuple(said[option.name] for option in part.options if option.name not in used)
            kind, body = "matching", kinds.matching(stems, others)
            if any(option.label == said[option.name] for option in part.options):
                prompt += kinds.letters(part)
        case "ordering" if len(part.order) < len(part.options):
            notes.add(item, part, PLACES)
            kind, body = "matching", kinds.places(part, quiz.lang)
        case "ordering":
            notes.add(item, part, PAIRS, HALF)
            kind, body = "ordering", kinds.ordering(part)
        case "table" | "grid":
            if len(part.fields) != part.points:
                wanted = str(part.points) if part.points.denominator == 1 else f"{float(part.points):g}"
                notes.add(item, part, WEIGHED, Text(SET.fr.format(wanted), SET.en.format(wanted)))
            kind, body, table = "cloze", "", kinds.cloze(part)
        case _:
            if part.kind == "code":
                notes.add(item, part, ESSAY)
            kind, body = "essay", kinds.essay(item, part, quiz.lang)
    return wrapped(item, part, kind, (*item.statement, *prompt, *how), table, body)


def _example(part: Part) -> str:
    """The same whatever the answer, whose number of axes may be part of the question."""
    return next(shown for shown in ("(12, 7, 5)", "(7, 5, 12)") if shown not in part.accepted)


def _fitted(item: Item, part: Part, notes: Notes) -> Part:
    """What Moodle would refuse or grade otherwise, in the nearest form that it does not."""
    part = carry.fitted(item, part, notes, NONE_RIGHT)
    if part.kind != "choices":
        return part
    if part.all_or_nothing:
        notes.add(item, part, STRICT, INCOMPLETE)
        return part
    if all(kinds.is_allowed(option.credit) for option in part.options):
        return part
    notes.add(item, part, ROUNDED, ALLOWED)
    rights = sum(option.right for option in part.options)
    if rights <= MOST_SHARED:
        return part
    tens = iter([Fraction(1, 10)] * (20 - rights) + [Fraction(1, 20)] * (2 * rights - 20))  # together all the points
    shared = tuple(replace(option, credit=next(tens)) if option.right else option for option in part.options)
    return replace(part, options=shared)


def wrapped(item: Item, part: Part, kind: str, words: Words, table: str, body: str) -> str:
    name = f"{item.title} · {part.name} · {item.exercise}#{item.variant}"[:LONGEST_NAME]
    tags = dict.fromkeys(("partiel", item.exercise, *item.tags))
    shown = f"{html(words)}{table}<p><small>[{reference(part.id)}]</small></p>"
    text = f'<questiontext format="html"><text>{cdata(shown)}</text>{files(words)}</questiontext>'
    return (
        f'<question type="{kind}"><name><text>{escape(name)}</text></name>{text}'
        f"{field('generalfeedback', item.solution)}"
        f"<defaultgrade>{float(part.points):.7f}</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden>"
        f"<idnumber>{escape(part.id[:100])}</idnumber>{body}"
        f"<tags>{''.join(f'<tag><text>{escape(tag)}</text></tag>' for tag in tags)}</tags></question>"
    )
