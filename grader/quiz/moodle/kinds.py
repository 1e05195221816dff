"""Each kind of question as the elements that Moodle imports: what follows the name and the text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from xml.sax.saxutils import escape

from grader.model import Lang, Text
from grader.quiz import words
from grader.quiz.item import Field, Item, Number, Option, Part
from grader.quiz.moodle.text import cdata, field, in_cloze, wildcards
from grader.quiz.words import Node, Words, plain

# The only grades that Moodle lets an answer have, in percent; any other makes it refuse the question.
GRADES = (
    *("100", "90", "83.33333", "80", "75", "70", "66.66667", "60", "50", "40", "33.33333", "30", "25", "20"),
    *("16.66667", "14.28571", "12.5", "11.11111", "10", "5", "0"),
)
LONGEST_MENU = 80  # characters of an entry of a drop-down menu
UNUSED = Text("ne sert pas", "not used")
PLACE = Text("Place", "Place")
SHOWN = Text("Écrivez la forme comme ceci : ", "Write the shape like this: ")
COMMA = Text(
    "Si vous avez écrit {0} : ce Moodle, réglé en anglais, a lu {1}. Écrivez {2}, avec un point.",
    "If you wrote {0}: this Moodle, set to English, read {1}. Write {2}, with a point.",
)
CHECKED = Text("Ce qui est vérifié", "What is checked")


@lru_cache(maxsize=1024)
def grade(credit: Fraction) -> str:
    """The nearest of the grades that Moodle allows, its sign kept."""
    wanted = abs(credit) * 100
    nearest = min(GRADES, key=lambda allowed: abs(Fraction(allowed) - wanted))
    return f"-{nearest}" if credit < 0 and nearest != "0" else nearest


def is_allowed(credit: Fraction) -> bool:
    return abs(Fraction(grade(credit)) - credit * 100) < Fraction(1, 1000)


def choice(part: Part) -> str:
    several = part.kind == "choices"
    numbering = "none" if part.note else "ABCD"  # a twin's options may name letters of its prompt
    options = "".join(_answer(grade(option.credit), option) for option in part.options)
    return (
        f"<single>{'false' if several else 'true'}</single><shuffleanswers>true</shuffleanswers>"
        f"<answernumbering>{numbering}</answernumbering><showstandardinstruction>{int(several)}</showstandardinstruction>"
        f"{options}"
    )


def _answer(fraction: str, option: Option) -> str:
    body = field("answer", option.words, f' fraction="{fraction}"').removesuffix("</answer>")
    return f"{body}{field('feedback', option.feedback)}</answer>"


def _typed(fraction: str, answer: str, feedback: Words, tolerance: str = "") -> str:
    within = f"<tolerance>{tolerance}</tolerance>" if tolerance else ""
    return (
        f'<answer fraction="{fraction}" format="moodle_auto_format"><text>{escape(answer)}</text>'
        f"{field('feedback', feedback)}{within}</answer>"
    )


def numeric(part: Part, lang: Lang) -> str:
    """The right answer first: Moodle grades by the first one that matches."""
    assert part.number
    within = part.number.tolerance
    answers = [_typed("100", part.number.value, (), within)]
    answers += [_typed("0", one.value[0], one.feedback, within) for one in part.known]
    point = _pointed(part.number, lang)
    lost = point.replace(".", "")  # what a Moodle in English reads when a decimal comma is typed: 3,5 is 35 there
    if lost != point and not part.number.accepts(lost):
        said = COMMA[lang].format(point.replace(".", ","), str(int(lost)), point)
        answers.append(_typed("0", str(int(lost)), plain(said), "0"))
    return "".join(answers) + (
        "<unitgradingtype>0</unitgradingtype><unitpenalty>0.1000000</unitpenalty><showunits>3</showunits>"
        "<unitsleft>0</unitsleft>"
    )


def _pointed(number: Number, lang: Lang) -> str:
    """As it is printed, with an ASCII point and minus, and nothing between thousands."""
    decimals = len(number.shown.partition("," if lang == "fr" else ".")[2])
    return f"{Decimal(number.value):.{decimals}f}"


def short(accepted: tuple[str, ...], wrong: tuple[tuple[tuple[str, ...], Words], ...]) -> str:
    answers = [_typed("100", wildcards(spelling), ()) for spelling in accepted]
    answers += [_typed("0", wildcards(one), feedback) for spelled, feedback in wrong for one in spelled]
    return "<usecase>0</usecase>" + "".join(answers)


def matching(stems: tuple[tuple[Words, str], ...], others: tuple[str, ...]) -> str:
    """Stems with their right entry of the menu, then entries that no stem has. Entries are plain text."""
    pairs = [field("subquestion", stem).removesuffix("</subquestion>") + _entry(right) for stem, right in stems]
    pairs += ['<subquestion format="html"><text></text>' + _entry(other) for other in others]
    return "<shuffleanswers>true</shuffleanswers>" + "".join(pairs)


def _entry(text: str) -> str:
    return f"<answer><text>{cdata(text)}</text></answer></subquestion>"


def entries(part: Part) -> Mapping[str, str]:
    """What a menu says for each option: its words where they are short and plain, else its letter."""
    said = {option.name: words.text(option.words) for option in part.options}
    marks = ("image", "math", "display", "code_block")
    rich = any(node.kind in marks for option in part.options for node in words.every(option.words))
    fits = all(0 < len(text) <= LONGEST_MENU and "\n" not in text for text in said.values())
    if rich or not fits or len(set(said.values())) < len(said):
        return {option.name: option.label for option in part.options}
    return said


def letters(part: Part) -> Words:
    """What the letters of a menu stand for."""
    items = tuple(Node("item", children=lettered(option)) for option in part.options)
    return (Node("bullets", children=items),)


def lettered(option: Option) -> Words:
    mark = (Node("strong", children=(Node("text", f"{option.label}."),)), Node("text", " "))
    spans = words.inline(option.words)
    alone = spans is not option.words
    first = Node("paragraph", children=(*mark, *(spans if alone else ())))
    return (first, *(() if alone else option.words))


def ordering(part: Part) -> str:
    """Each block begins with its letter: all that is left of it in Moodle's report of responses."""
    shown = {option.name: lettered(option) for option in part.options}
    blocks = (field("answer", shown[name], f' fraction="{n}.0000000"') for n, name in enumerate(part.order, 1))
    return (
        "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><selectcount>0</selectcount>"
        "<gradingtype>RELATIVE_ALL_PREVIOUS_AND_NEXT</gradingtype><showgrading>SHOW</showgrading>"
        f"<numberingstyle>none</numberingstyle>{''.join(blocks)}"
    )


def places(part: Part, lang: Lang) -> str:
    """An order among blocks of which some are not used: each block has a place, or none."""
    at = {name: f"{PLACE[lang]} {n}" for n, name in enumerate(part.order, 1)}
    return matching(tuple((option.words, at.get(option.name, UNUSED[lang])) for option in part.options), ())


def cloze(part: Part) -> str:
    """The table to fill in, as HTML with its fields."""
    rows = [part.fields[n : n + part.columns] for n in range(0, len(part.fields), part.columns)]
    lines = (f"<tr>{''.join(f'{_label(one)}<td>{gap(one)}</td>' for one in row)}</tr>" for row in rows)
    return f"<table>{''.join(lines)}</table>"


def _label(one: Field) -> str:
    return f"<td>{words.html(one.label, _latex, lambda node: node.text)}</td>" if one.label else ""


def _latex(latex: str, _display: bool) -> str:
    return rf"\({escape(latex)}\)"


def gap(one: Field) -> str:
    """``{1:NUMERICAL:=24:0~%0%12:0#…}``."""
    if one.number is None:
        return f"{{1:SHORTANSWER:={wildcards(one.text)}}}"
    within = one.number.tolerance
    wrong = "".join(f"~%0%{known.value[0]}:{within}#{in_cloze(known.feedback)}" for known in one.known)
    return f"{{1:NUMERICAL:={one.number.value}:{within}{wrong}}}"


def essay(item: Item, part: Part, lang: Lang) -> str:
    """The grader reads what is checked, and the worked solution."""
    title = Node("paragraph", children=(Node("strong", children=(Node("text", CHECKED[lang]),)),))
    checks = Node("bullets", children=tuple(Node("item", children=check) for check in part.checks))
    told = ((title, checks) if part.checks else ()) + item.solution
    lines = max(15, part.starter.count("\n") + 10)
    return (
        "<responseformat>monospaced</responseformat><responserequired>1</responserequired>"
        f"<responsefieldlines>{lines}</responsefieldlines><attachments>0</attachments>"
        f"<attachmentsrequired>0</attachmentsrequired>{field('graderinfo', told)}"
        f'<responsetemplate format="plain_text"><text>{cdata(part.starter)}</text></responsetemplate>'
    )
