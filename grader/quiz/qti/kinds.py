"""Each kind of question as QTI: declarations, what is in the body, and processing that sets its score.

Numbers are floats within bounds, so that a response is right exactly where its decimals say so; points are whole before
they are divided, so that everything right earns everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from html import escape

from grader.model import Lang, Text
from grader.quiz.counted import spellings
from grader.quiz.item import Field, Known, Number, Option, Part
from grader.quiz.moodle.kinds import PLACE, SHOWN, UNUSED
from grader.quiz.qti.text import spans
from grader.quiz.qti.version import Version
from grader.quiz.words import Node, Words, plain

WHOLE = r"-?[0-9]+"
DECIMAL = r"-?[0-9]+(\.[0-9]+)?([eE]-?[0-9]+)?"
POINT = Text(
    "Ici, les décimales s'écrivent après un point : 12.5, et non 12,5.",
    "Here decimals are written after a point: 12.5, not 12,5.",
)
UNREAD = Text(
    "Aucun nombre n'a été lu. Les décimales s'écrivent ici après un point : 12.5, et non 12,5.",
    "No number was read. Decimals are written here after a point: 12.5, not 12,5.",
)


@dataclass
class Asked:
    """The pieces of one question; ``n`` numbers it in its item."""

    v: Version
    part: Part
    lang: Lang
    n: int
    declared: list[str] = field(default_factory=list)  # responses
    outcomes: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    processing: list[str] = field(default_factory=list)
    told: list[tuple[str, Words]] = field(default_factory=list)  # feedback by identifier
    heard: dict[str, list[str]] = field(default_factory=dict)  # conditions by feedback

    @property
    def score(self) -> str:
        return f"SCORE_{self.n}"

    def response(self, row: int = 0) -> str:
        return f"RESPONSE_{self.n}" + (f"_{row}" if row else "")

    # ── pieces ──

    def declare(self, name: str, cardinality: str, kind: str, right: Sequence[str], mapped: str = "") -> None:
        values = "".join(self.v.tag("value", None, escape(one, quote=False)) for one in right)
        correct = self.v.tag("correctResponse", None, values) if right else ""
        facts: dict[str, object] = {"identifier": name, "cardinality": cardinality, "baseType": kind}
        self.declared.append(self.v.tag("responseDeclaration", facts, correct, mapped))

    def mapping(self, shares: Sequence[tuple[str, Fraction]], *, least: Fraction | None) -> str:
        """In points, whatever the policy makes of each choice."""
        entries = "".join(
            self.v.tag("mapEntry", {"mapKey": key, "mappedValue": share * self.part.points}) for key, share in shares
        )
        bounds: dict[str, object] = {"lowerBound": least, "upperBound": self.part.points, "defaultValue": "0"}
        return self.v.tag("mapping", bounds, entries)

    def full(self) -> str:
        return self.v.set(self.score, self.v.base("float", self.part.points))

    def hear(self, condition: str, words: Words) -> None:
        """``words`` are said where the condition holds: once, however many conditions lead to them."""
        self.heard.setdefault(self.named(words), []).append(condition)

    def speak(self) -> None:
        for name, conditions in self.heard.items():
            either = conditions[0] if len(conditions) == 1 else self.v.tag("or", None, *conditions)
            self.processing.append(self.when((either, says(self.v, name))))

    def named(self, words: Words) -> str:
        """The identifier of what is said; the same words have one."""
        known = next((name for name, said in self.told if said == words), "")
        if not known:
            known = f"FEEDBACK_{self.n}_{len(self.told) + 1}"
            self.told.append((known, words))
        return known

    def when(self, *cases: tuple[str, str], other: str = "") -> str:
        """The first case that holds: condition, what is done."""
        written = [
            self.v.tag("responseElseIf" if n else "responseIf", None, condition, done)
            for n, (condition, done) in enumerate(cases)
        ]
        return self.v.tag("responseCondition", None, *written, self.v.tag("responseElse", None, other) if other else "")

    def is_right(self, name: str) -> str:
        return self.v.tag("match", None, self.v.variable(name), self.v.tag("correct", {"identifier": name}))

    def mapped(self, name: str, *, partial: bool = True) -> None:
        """Everything right earns everything; else what the mapping gives, and nothing for no answer."""
        cases = [self.nothing(name), (self.is_right(name), self.full())]
        gives = self.v.set(self.score, self.v.tag("mapResponse", {"identifier": name})) if partial else ""
        self.processing.append(self.when(*cases, other=gives))

    def is_null(self, name: str) -> str:
        return self.v.tag("isNull", None, self.v.variable(name))

    def nothing(self, name: str) -> tuple[str, str]:
        """The case of no answer, first: some engines stop at what compares nothing with a text."""
        return self.is_null(name), self.v.set(self.score, self.v.base("float", 0))

    def counted(self, rights: Sequence[tuple[str, str]]) -> None:
        """Each place whose condition holds counts: its response, its condition."""
        count = f"RIGHT_{self.n}"
        zero = self.v.tag("defaultValue", None, self.v.tag("value", None, "0"))
        facts: dict[str, object] = {"identifier": count, "cardinality": "single", "baseType": "float"}
        self.outcomes.append(self.v.tag("outcomeDeclaration", facts, zero))
        one_more = self.v.set(count, self.v.tag("sum", None, self.v.variable(count), self.v.base("float", 1)))
        no_more = self.v.set(count, self.v.variable(count))
        self.processing += [self.when((self.is_null(name), no_more), (right, one_more)) for name, right in rights]
        product = self.v.tag("product", None, self.v.variable(count), self.v.base("float", self.part.points))
        share = self.v.tag("divide", None, product, self.v.base("float", len(rights)))
        self.processing.append(self.v.set(self.score, share))


def says(v: Version, name: str) -> str:
    return v.set("FEEDBACK", v.tag("multiple", None, v.variable("FEEDBACK"), v.base("identifier", name)))


def option_id(n: int) -> str:
    return f"OPTION_{n + 1}"


# ── kinds ────────────────────────────────────────────────────────────────────


def choice(asked: Asked) -> None:
    v, part, name = asked.v, asked.part, asked.response()
    several = part.kind == "choices"
    ids = {option.name: option_id(n) for n, option in enumerate(part.options)}
    shares = [(ids[option.name], option.credit) for option in part.options]
    mapping = asked.mapping(shares, least=Fraction(0) if several else None)
    partial = not (several and part.all_or_nothing)
    right = [ids[option.name] for option in part.options if option.right]
    asked.declare(name, "multiple" if several else "single", "identifier", right, mapping if partial else "")
    _offered(asked, part.options, ids, 0 if several else 1)
    asked.mapped(name, partial=partial)
    test = "member" if several else "match"
    for option in part.options:
        if option.feedback:
            chosen = v.tag(test, None, v.base("identifier", ids[option.name]), v.variable(name))
            asked.hear(chosen, option.feedback)


def _offered(asked: Asked, options: Sequence[Option], ids: dict[str, str], most: int) -> None:
    v = asked.v
    choices = "".join(
        v.tag("simpleChoice", {"identifier": ids[one.name], "fixed": False}, spans(one.words)) for one in options
    )
    facts: dict[str, object] = {"responseIdentifier": asked.response(), "shuffle": True, "maxChoices": most}
    asked.body.append(v.tag("choiceInteraction", facts, choices))


def _bounds(asked: Asked, name: str, value: str, number: Number) -> str:
    v, at, within = asked.v, Decimal(value), Decimal(number.tolerance)
    if not within:
        exactly: dict[str, object] = {"toleranceMode": "exact"}
        return v.tag("equal", exactly, v.variable(name), v.base("float", value))
    low = v.tag("gte", None, v.variable(name), v.base("float", f"{at - within:f}"))
    return v.tag("and", None, low, v.tag("lte", None, v.variable(name), v.base("float", f"{at + within:f}")))


def _typed(asked: Asked, name: str, number: Number) -> str:
    facts: dict[str, object] = {
        "responseIdentifier": name, "expectedLength": 12, "patternMask": WHOLE if number.integer else DECIMAL,
        "data-patternmask-message": None if number.integer or not asked.v.kebab else POINT[asked.lang],
    }  # fmt: skip
    return asked.v.tag("textEntryInteraction", facts)


def _judged(asked: Asked, name: str, number: Number, known: Sequence[Known]) -> str:
    """The condition of what is right; what a wrong idea gives is told, and what could not be read."""
    v = asked.v
    right = _bounds(asked, name, number.value, number)
    for one in known:
        if one.feedback and not number.accepts(one.value[0]):
            wrong = _bounds(asked, name, one.value[0], number)
            asked.hear(v.tag("and", None, v.tag("not", None, right), wrong), one.feedback)
    if not number.integer:
        asked.hear(asked.is_null(name), plain(UNREAD[asked.lang]))
    return right


def numeric(asked: Asked) -> None:
    number, name = asked.part.number, asked.response()
    assert number
    asked.declare(name, "single", "float", [number.value])
    asked.body.append(f"<p>{_typed(asked, name, number)}</p>")
    asked.processing.append(asked.when((_judged(asked, name, number, asked.part.known), asked.full())))


def _spelled(asked: Asked, name: str, accepted: Sequence[str]) -> str:
    v = asked.v
    case: dict[str, object] = {"caseSensitive": False}
    each = [v.tag("stringMatch", case, v.variable(name), v.base("string", one)) for one in dict.fromkeys(accepted)]
    return each[0] if len(each) == 1 else v.tag("or", None, *each)


def short(asked: Asked) -> None:
    part, name = asked.part, asked.response()
    asked.declare(name, "single", "string", [part.accepted[0]])
    facts: dict[str, object] = {"responseIdentifier": name, "expectedLength": 20}
    asked.body.append(f"<p>{asked.v.tag('textEntryInteraction', facts)}</p>")
    cases = [asked.nothing(name), (_spelled(asked, name, part.accepted), asked.full())]
    for known in part.known:
        wrong = spellings(known.value) if part.kind == "shape" else known.value
        wrong = tuple(one for one in wrong if one not in part.accepted)
        if wrong and known.feedback:
            cases.append((_spelled(asked, name, wrong), says(asked.v, asked.named(known.feedback))))
    asked.processing.append(asked.when(*cases))


def shape_example(asked: Asked) -> Words:
    """The same whatever the answer, whose number of axes may be part of the question."""
    example = next(shown for shown in ("(12, 7, 5)", "(7, 5, 12)") if shown not in asked.part.accepted)
    return (Node("paragraph", children=(Node("text", SHOWN[asked.lang]), Node("code", example))),)


def matching(asked: Asked) -> None:
    part = asked.part
    order = [option.name for option in part.options]
    rows = [(words, order.index(right)) for _, words, right in part.stems]
    _matched(asked, rows, [spans(option.words) for option in part.options])


def places(asked: Asked) -> None:
    """Blocks to match with their places, or with none.

    QTI has an interaction for orders, but only all or nothing: engines differ on what is at a place of a response.
    """
    part, lang = asked.part, asked.lang
    entries = [f"{PLACE[lang]} {n}" for n in range(1, len(part.order) + 1)]
    if len(part.order) < len(part.options):
        entries.append(UNUSED[lang])
    rows = [(o.words, part.order.index(o.name) if o.name in part.order else len(part.order)) for o in part.options]
    _matched(asked, rows, [escape(entry, quote=False) for entry in entries])


def _matched(asked: Asked, rows: Sequence[tuple[Words, int]], entries: Sequence[str]) -> None:
    v, name = asked.v, asked.response()
    pairs = [f"ROW_{n + 1} {option_id(at)}" for n, (_, at) in enumerate(rows)]
    share = Fraction(1, len(rows))
    mapping = asked.mapping([(pair, share) for pair in pairs], least=Fraction(0))
    asked.declare(name, "multiple", "directedPair", pairs, mapping)
    left = "".join(
        v.tag("simpleAssociableChoice", {"identifier": f"ROW_{n + 1}", "matchMax": 1}, spans(words))
        for n, (words, _) in enumerate(rows)
    )
    right = "".join(
        v.tag("simpleAssociableChoice", {"identifier": option_id(n), "matchMax": len(rows)}, entry)
        for n, entry in enumerate(entries)
    )
    facts: dict[str, object] = {"responseIdentifier": name, "shuffle": False, "maxAssociations": len(rows)}
    asked.body.append(
        v.tag("matchInteraction", facts, v.tag("simpleMatchSet", None, left), v.tag("simpleMatchSet", None, right))
    )
    asked.mapped(name)


def table(asked: Asked) -> None:
    part, rights, rows = asked.part, [], []
    for at in range(0, len(part.fields), part.columns):
        cells = []
        for n, one in enumerate(part.fields[at : at + part.columns], at + 1):
            typed, right = _field(asked, n, one)
            rights.append((asked.response(n), right))
            cells.append((f"<td>{spans(one.label)}</td>" if one.label else "") + f"<td>{typed}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    asked.body.append(f"<table><tbody>{''.join(rows)}</tbody></table>")
    asked.counted(rights)


def _field(asked: Asked, n: int, one: Field) -> tuple[str, str]:
    """What is shown, and the condition of what is right."""
    name = asked.response(n)
    if one.number:
        asked.declare(name, "single", "float", [one.number.value])
        return _typed(asked, name, one.number), _judged(asked, name, one.number, one.known)
    asked.declare(name, "single", "string", [one.text])
    facts: dict[str, object] = {"responseIdentifier": name, "expectedLength": 12}
    return asked.v.tag("textEntryInteraction", facts), _spelled(asked, name, [one.text])


def essay(asked: Asked) -> None:
    """A person scores it: nothing is processed."""
    lines = max(15, asked.part.starter.count("\n") + 10)
    facts: dict[str, object] = {
        "responseIdentifier": asked.response(),
        "expectedLines": lines,
        "format": "preformatted",
    }
    asked.declare(asked.response(), "single", "string", [])
    asked.body.append(asked.v.tag("extendedTextInteraction", facts))
