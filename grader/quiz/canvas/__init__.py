"""A quiz as the QTI 1.2 package that Canvas imports: a group for each question, of which a student gets one variant.

A question holds its exercise's statement: a group draws it alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from html import escape

from grader.model import Lang, Text
from grader.quiz import carry, words
from grader.quiz.build import ascii_id
from grader.quiz.canvas import kinds
from grader.quiz.canvas.text import html, mattext, path
from grader.quiz.carry import Notes
from grader.quiz.item import KINDS, Group, Item, Part, Quiz
from grader.quiz.moodle.kinds import CHECKED, SHOWN, entries, letters
from grader.quiz.packed import zipped
from grader.quiz.policy import Policy
from grader.quiz.words import Node, Words

TITLE = Text("Canvas (QTI 1.2)", "Canvas (QTI 1.2)")
CARRIES = frozenset(KINDS) - {"formula"}
TABLES = frozenset({"table", "grid"})

ESSAY = Text("une question ouverte, lue par une personne", "an essay, read by a person")
PLACES = Text("un appariement des blocs et de leurs places", "a matching of blocks with their places")
SPELLED = Text("une réponse courte, dans ses écritures courantes", "a short answer, in its usual spellings")
NONE_RIGHT = Text("aucune proposition n'est juste", "no option is right")
OWN = Text("des réponses multiples, notées par Canvas", "multiple answers, graded by Canvas")
NET = Text(
    "juste moins faux, chaque erreur coûtant une bonne réponse",
    "right minus wrong, a mistake costing a right answer",
)
ROUNDED = Text("Canvas arrondit ce qui est saisi à quatre décimales", "Canvas rounds what is typed to four decimals")
UNPUNISHED = Text("un choix sans points négatifs", "a choice without negative marks")
NO_NEGATIVE = Text("Canvas n'en a pas", "Canvas has none")


def write(quiz: Quiz, policy: Policy, notes: Notes) -> dict[str, bytes]:
    images = {path(node): node.data for item in quiz.items for text in texts(item) for node in words.images(text)}
    sections = "".join("".join(_group(quiz, group, notes)) for group in quiz.groups)
    files = {
        f"{quiz.id}/{quiz.id}.xml": _assessment(quiz, sections),
        f"{quiz.id}/assessment_meta.xml": _meta(quiz, policy),
        "imsmanifest.xml": _manifest(quiz, sorted(images)),
        **images,
    }
    return {f"{quiz.id}-canvas.zip": zipped(files)}


def texts(item: Item) -> Iterator[Words]:
    yield item.statement
    yield item.solution
    for one in item.parts:
        for part in filter(None, (one, one.twin)):
            yield part.prompt
            yield from (text for option in part.options for text in (option.words, option.feedback))
            yield from (stem for _, stem, _ in part.stems)
            yield from (known.feedback for known in part.known)
            yield from (text for field in part.fields for text in (field.label, *(k.feedback for k in field.known)))
            yield from part.checks


_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def _assessment(quiz: Quiz, sections: str) -> bytes:
    return (
        _HEAD
        + (
            f'<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2" {_XSI} xsi:schemaLocation='
            '"http://www.imsglobal.org/xsd/ims_qtiasiv1p2 http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd">'
            f'<assessment ident="{quiz.id}" title="{escape(quiz.title)}"><qtimetadata>{_field("cc_maxattempts", "1")}'
            f'</qtimetadata><section ident="root_section">{sections}</section></assessment></questestinterop>\n'
        ).encode()
    )


def _meta(quiz: Quiz, policy: Policy) -> bytes:
    total = sum((part.points for group in quiz.groups for part in group.items[0].parts), Fraction(0))
    said = f"<p>{escape(policy.said(quiz.lang), quote=False)}</p>"
    return (
        _HEAD
        + (
            f'<quiz identifier="{quiz.id}" xmlns="http://canvas.instructure.com/xsd/cccv1p0" {_XSI} xsi:schemaLocation='
            '"http://canvas.instructure.com/xsd/cccv1p0 http://canvas.instructure.com/xsd/cccv1p0.xsd">'
            f"<title>{escape(quiz.title)}</title><description>{escape(said, quote=False)}</description>"
            "<shuffle_answers>true</shuffle_answers><scoring_policy>keep_highest</scoring_policy>"
            f"<quiz_type>assignment</quiz_type><points_possible>{_points(total)}</points_possible>"
            "<show_correct_answers>true</show_correct_answers><allowed_attempts>1</allowed_attempts></quiz>\n"
        ).encode()
    )


def _manifest(quiz: Quiz, images: list[str]) -> bytes:
    pictures = "".join(
        f'<resource identifier="file{n}" type="webcontent" href="{one}"><file href="{one}"/></resource>'
        for n, one in enumerate(images, 1)
    )
    return (
        _HEAD
        + (
            f'<manifest identifier="{quiz.id}-manifest" xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1">'
            "<metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata><organizations/>"
            f'<resources><resource identifier="{quiz.id}" type="imsqti_xmlv1p2"><file href="{quiz.id}/{quiz.id}.xml"/>'
            f'<dependency identifierref="{quiz.id}-meta"/></resource>'
            f'<resource identifier="{quiz.id}-meta"'
            ' type="associatedcontent/imscc_xmlv1p1/learning-application-resource"'
            f' href="{quiz.id}/assessment_meta.xml"><file href="{quiz.id}/assessment_meta.xml"/></resource>'
            f"{pictures}</resources></manifest>\n"
        ).encode()
    )


def _field(name: str, value: str) -> str:
    return (
        f"<qtimetadatafield><fieldlabel>{name}</fieldlabel><fieldentry>{escape(value)}</fieldentry></qtimetadatafield>"
    )


def _points(points: Fraction) -> str:
    return f"{float(points):.6f}".rstrip("0").rstrip(".")


def _refused(part: Part) -> frozenset[str]:
    """What Canvas would grade wrongly in this variant, so that no variant of the question takes that form."""
    numbers = [one for one in (part.number, *(field.number for field in part.fields)) if one]
    rounded = frozenset() if all(map(kinds.is_kept, numbers)) else frozenset({"numeric"})
    if part.kind in TABLES and not all(map(kinds.is_spelled, part.fields)):
        return rounded | TABLES  # its blanks are compared as characters: there is no tolerance
    return rounded


def _group(quiz: Quiz, group: Group, notes: Notes) -> Iterator[str]:
    carried = {part.name: CARRIES for item in group.items for part in item.parts}
    for item in group.items:
        for part in item.parts:
            carried[part.name] -= _refused(part)
    by_part: dict[str, list[tuple[Part, str]]] = {}
    for item in group.items:
        for part in item.parts:
            if part.kind == "numeric" and "numeric" not in carried[part.name]:
                notes.add(item, part, carry.FORM["choice"], ROUNDED)
            for one in carry.nearest(item, part, carried[part.name], notes):
                by_part.setdefault(one.name, []).append((one, _item(item, one, quiz.lang, notes)))
    for name, questions in by_part.items():
        ident = ascii_id(f"{quiz.id}-{group.exercise}-{name}")
        title = group.title if len(by_part) == 1 else f"{group.title} · {name}"
        yield (
            f'<section ident="{ident}" title="{escape(title)}"><selection_ordering><selection>'
            "<selection_number>1</selection_number><selection_extension><points_per_item>"
            f"{_points(questions[0][0].points)}</points_per_item></selection_extension></selection>"
            f"</selection_ordering>{''.join(written for _, written in questions)}</section>"
        )


def _fitted(item: Item, part: Part, notes: Notes) -> Part:
    """What Canvas would grade otherwise is said, or takes its nearest form."""
    part = carry.fitted(item, part, notes, NONE_RIGHT)
    if part.kind == "choice" and any(option.credit < 0 for option in part.options):
        notes.add(item, part, UNPUNISHED, NO_NEGATIVE)
    if part.kind != "choices":
        return part
    rights = sum(option.right for option in part.options)
    if part.all_or_nothing or any(abs(option.credit) != Fraction(1, rights) for option in part.options):
        notes.add(item, part, OWN, NET)
    return part


def _asked(item: Item, part: Part, lang: Lang, notes: Notes) -> kinds.Asked:
    match part.kind:
        case "choice" | "choices":
            return kinds.choice(part)
        case "numeric":
            return kinds.numeric(part, lang)
        case "shape":
            notes.add(item, part, SPELLED)
            return kinds.short(part, lang)
        case "short":
            return kinds.short(part, lang)
        case "matching":
            return kinds.matching(part)
        case "ordering":
            notes.add(item, part, PLACES)
            return kinds.places(part, lang)
        case "table" | "grid":
            return kinds.blanks(part)
    if part.kind == "code":
        notes.add(item, part, ESSAY)
    return kinds.essay()


def _prompt(part: Part, lang: Lang) -> Words:
    told = part.prompt
    if part.kind == "matching" and any(entries(part)[option.name] == option.label for option in part.options):
        told += letters(part)
    if part.kind == "shape":
        example = next(shown for shown in ("(12, 7, 5)", "(7, 5, 12)") if shown not in part.accepted)
        return (*told, Node("paragraph", children=(Node("text", SHOWN[lang]), Node("code", example))))
    if part.starter:
        told += (Node("code_block", part.starter),)
    return told + part.how


def _after(item: Item, part: Part, lang: Lang) -> Words:
    """What is said to all: the worked solution, and what is checked where a person reads the answer."""
    if not part.checks:
        return item.solution
    title = Node("paragraph", children=(Node("strong", children=(Node("text", CHECKED[lang]),)),))
    checks = Node("bullets", children=tuple(Node("item", children=check) for check in part.checks))
    return (title, checks, *item.solution)


def _item(item: Item, part: Part, lang: Lang, notes: Notes) -> str:
    part = _fitted(item, part, notes)
    asked = _asked(item, part, lang, notes)
    name = f"{item.title} · {part.name} · {item.exercise}#{item.variant}"
    after = _after(item, part, lang)
    said = [("general_fb", after)] if after else []
    conditions = "".join(kinds.always(ident) for ident, _ in said) + asked.conditions
    if asked.wrong:
        said.append(("general_incorrect_fb", asked.wrong))
        conditions += kinds.always("general_incorrect_fb")
    said += [(f"{ident}_fb", feedback) for ident, feedback in asked.told]
    told = "".join(
        f'<itemfeedback ident="{ident}"><flow_mat>{mattext(feedback)}</flow_mat></itemfeedback>'
        for ident, feedback in said
    )
    text = html((*item.statement, *_prompt(part, lang), *asked.after))
    shown = f'<material><mattext texttype="text/html">{escape(f"<div>{text}</div>", quote=False)}</mattext></material>'
    return (
        f'<item ident="{part.id}" title="{escape(name)}"><itemmetadata><qtimetadata>'
        f"{_field('question_type', asked.type)}{_field('points_possible', _points(part.points))}"
        f"</qtimetadata></itemmetadata><presentation>{shown}{asked.shown}</presentation><resprocessing><outcomes>"
        f'<decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>{conditions}'
        f"</resprocessing>{told}</item>"
    )


__all__ = ["CARRIES", "TITLE", "entries", "html", "texts", "write", "zipped"]
