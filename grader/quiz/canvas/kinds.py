"""Each kind of question as QTI 1.2 in the dialect of Canvas: what is shown, what is right, what is said.

Canvas counts every condition of a number as right, and files feedback by what its identifier contains: wrong ideas
about numbers are told in the feedback of all wrong answers, and identifiers are digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from grader.model import Lang, Text
from grader.quiz.canvas.text import mattext
from grader.quiz.item import Field, Known, Number, Option, Part
from grader.quiz.moodle.kinds import PLACE, UNUSED, entries
from grader.quiz.words import Node, Words, inline

FIRST = 1001  # of the identifiers: Canvas takes their digits
DECIMALS = 4  # that Canvas keeps of a number typed on its page
FOUND = Text("Si vous avez trouvé ", "If you found ")
COLON = Text("\u202f: ", ": ")


@dataclass(frozen=True, slots=True)
class Asked:
    """The pieces of an item; ``wrong`` is said of any wrong answer, ``told`` of one option."""

    type: str
    shown: str
    conditions: str
    wrong: Words = ()
    told: tuple[tuple[str, Words], ...] = ()
    after: Words = ()  # what follows the prompt


def choice(part: Part) -> Asked:
    """One right option, or several: then all of them and no other."""
    several = part.kind == "choices"
    idents = {option.name: str(FIRST + n) for n, option in enumerate(part.options)}
    told = tuple((idents[option.name], option.feedback) for option in part.options if option.feedback)
    says = "".join(_says(_is(ident), f"{ident}_fb") for ident, _ in told)
    if several:
        each = "".join(
            _is(idents[one.name]) if one.right else f"<not>{_is(idents[one.name])}</not>" for one in part.options
        )
        right = f"<and>{each}</and>"
    else:
        right = "".join(_is(idents[one.name]) for one in part.options if one.right)
    kind = "multiple_answers_question" if several else "multiple_choice_question"
    shown = _lid("response1", "", part.options, idents, "Multiple" if several else "Single")
    return Asked(kind, shown, says + _scores(right), told=told)


def _lid(ident: str, material: str, options: Sequence[Option], idents: dict[str, str], cardinality: str) -> str:
    labels = "".join(
        f'<response_label ident="{idents[one.name]}">{mattext(one.words)}</response_label>' for one in options
    )
    return (
        f'<response_lid ident="{ident}" rcardinality="{cardinality}">{material}'
        f"<render_choice>{labels}</render_choice></response_lid>"
    )


def _is(value: str, response: str = "response1", comparison: str = "varequal") -> str:
    return f'<{comparison} respident="{response}">{escape(value, quote=False)}</{comparison}>'


def _says(condition: str, feedback: str) -> str:
    return (
        f'<respcondition continue="Yes"><conditionvar>{condition}</conditionvar>'
        f'<displayfeedback feedbacktype="Response" linkrefid="{feedback}"/></respcondition>'
    )


def always(feedback: str) -> str:
    return _says("<other/>", feedback)


def _scores(condition: str, points: str = "100", action: str = "Set") -> str:
    going = "No" if action == "Set" else "Yes"
    return (
        f'<respcondition continue="{going}"><conditionvar>{condition}</conditionvar>'
        f'<setvar action="{action}" varname="SCORE">{points}</setvar></respcondition>'
    )


_FIELD = (
    '<response_str ident="response1" rcardinality="Single"><render_fib{}>'
    '<response_label ident="answer1"/></render_fib></response_str>'
)


def numeric(part: Part, lang: Lang) -> Asked:
    """The exact value, or the range around it, bounds included."""
    assert part.number
    value, within = Decimal(part.number.value), Decimal(part.number.tolerance)
    low, high = _is(f"{value - within:f}", comparison="vargte"), _is(f"{value + within:f}", comparison="varlte")
    condition = f"<or>{_is(part.number.value)}<and>{low}{high}</and></or>"
    known = tuple(one for one in part.known if not part.number.accepts(one.value[0]))
    return Asked("numerical_question", _FIELD.format(' fibtype="Decimal"'), _scores(condition), _ideas(known, lang))


def is_kept(number: Number) -> bool:
    """Whether the right answer is still right once Canvas's page has rounded it."""
    return number.accepts(f"{Decimal(number.value):.{DECIMALS}f}")


def short(part: Part, lang: Lang) -> Asked:
    right = "".join(_is(spelling) for spelling in part.accepted)
    return Asked("short_answer_question", _FIELD.format(""), _scores(right), _ideas(part.known, lang))


def _ideas(known: Sequence[Known], lang: Lang) -> Words:
    """What leads to each wrong value."""
    items = []
    for one in known:
        first = (Node("text", FOUND[lang]), Node("strong", children=(Node("text", one.shown or one.value[0]),)))
        spans = inline(one.feedback)
        alone = spans is not one.feedback
        line = Node("paragraph", children=(*first, Node("text", COLON[lang]), *(spans if alone else ())))
        items.append(Node("item", children=(line, *(() if alone else one.feedback))))
    return (Node("bullets", children=tuple(items)),) if items else ()


def matching(part: Part) -> Asked:
    """Entries of a menu are plain text; each row earns its share."""
    said = entries(part)
    order = [option.name for option in part.options]
    rows = [(words, order.index(right)) for _, words, right in part.stems]
    return _matching(rows, [said[name] for name in order])


def places(part: Part, lang: Lang) -> Asked:
    """Blocks to match with their places, or with none."""
    menu = [f"{PLACE[lang]} {n}" for n in range(1, len(part.order) + 1)]
    if len(part.order) < len(part.options):
        menu.append(UNUSED[lang])
    rows = [(o.words, part.order.index(o.name) if o.name in part.order else len(part.order)) for o in part.options]
    return _matching(rows, menu)


def _matching(rows: Sequence[tuple[Words, int]], menu: Sequence[str]) -> Asked:
    other = FIRST + len(rows)
    labels = "".join(
        f'<response_label ident="{other + n}">{mattext(entry)}</response_label>' for n, entry in enumerate(menu)
    )
    shown = "".join(
        f'<response_lid ident="response_{FIRST + n}">{mattext(stem)}'
        f"<render_choice>{labels}</render_choice></response_lid>"
        for n, (stem, _) in enumerate(rows)
    )
    share = f"{100 / len(rows):.2f}"
    right = "".join(
        _scores(_is(str(other + at), f"response_{FIRST + n}"), share, "Add") for n, (_, at) in enumerate(rows)
    )
    return Asked("matching_question", shown, right)


def is_spelled(one: Field) -> bool:
    """What is right can be listed: whole numbers and words."""
    return one.number is None or (one.number.integer and one.number.tolerance == "0")


def blanks(part: Part) -> Asked:
    """A table with a blank in each place, named between brackets. Each earns its share."""
    shown, right, ident = [], [], FIRST
    share = f"{100 / len(part.fields):.2f}"
    for n, one in enumerate(part.fields, 1):
        labels = []
        spelled = spellings(one)
        for spelling in spelled:
            labels.append(f'<response_label ident="{ident}">{mattext(spelling)}</response_label>')
            ident += 1
        shown.append(
            f'<response_lid ident="response_{blank(n)}">{mattext(blank(n))}'
            f"<render_choice>{''.join(labels)}</render_choice></response_lid>"
        )
        right.append(_scores(_is(str(ident - len(spelled)), f"response_{blank(n)}"), share, "Add"))
    rows = []
    for at in range(0, len(part.fields), part.columns):
        cells = []
        for n, one in enumerate(part.fields[at : at + part.columns], at + 1):
            cells += [Node("item", children=one.label)] if one.label else []
            cells.append(Node("item", children=(Node("text", f"[{blank(n)}]"),)))
        rows.append(Node("row", children=tuple(cells)))
    said = {known.feedback: None for one in part.fields for known in one.known if known.feedback}
    wrong = Node("bullets", children=tuple(Node("item", children=one) for one in said))
    return Asked(
        "fill_in_multiple_blanks_question", "".join(shown), "".join(right), (wrong,) if said else (),
        after=(Node("table", children=tuple(rows)),),
    )  # fmt: skip


def blank(n: int) -> str:
    return f"case{n}"


def spellings(one: Field) -> tuple[str, ...]:
    """As typed: Canvas compares characters, capitals aside. A minus may be the typographical one, thousands apart."""
    if one.number is None:
        return (one.text,)
    value = one.number.value
    apart = f"{int(value):,}"
    plain = (value, *(apart.replace(",", space) for space in (" ", "\u202f", "\u00a0")))
    return tuple(dict.fromkeys((*plain, *(one.replace("-", "−") for one in plain))))


def essay() -> Asked:
    return Asked("essay_question", _FIELD.format(""), "")
