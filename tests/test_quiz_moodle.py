"""Moodle XML, read and graded as Moodle does: the right answer earns everything, each wrong idea what it should.

``Moodle`` below is written from Moodle's documented rules, apart from what writes the file: which fractions it admits,
how it reads numbers in each language, wildcards, cloze fields, how each kind is graded.
"""

from __future__ import annotations

import base64
import html
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from lxml import etree

from grader import content, judge, quiz
from grader.model import Answer, Lang, Variant
from grader.quiz import moodle
from grader.quiz.carry import Notes
from grader.quiz.item import Field, Group, Item, Known, Number, Option, Part, Quiz
from grader.quiz.policy import Policy
from grader.quiz.words import Node, plain

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))  # of each exercise
IDS = sorted(content.paths())

# ── Moodle, in small ─────────────────────────────────────────────────────────

FRACTIONS = [
    *("1.0 0.9 0.8333333 0.8 0.75 0.7 0.6666667 0.6 0.5 0.4 0.3333333 0.3 0.25 0.2 0.1666667".split()),
    *("0.1428571 0.125 0.1111111 0.1 0.05 0".split()),
]
SEPARATORS = {"fr": (" ", ","), "en": (",", ".")}  # between thousands, before decimals
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?"


class Refused(Exception):
    """What the import screen says."""


def number_of(written: str, lang: Lang) -> float | None:
    """As the numerical type reads what a student typed, in a site of that language."""
    thousands, decimal = SEPARATORS[lang]
    text = written.replace(" ", "")
    text = re.sub(r"(?:e|E|(?:x|\*|×)10(?:\^|\*\*))([+-]?\d+)", r"e\1", text)
    if "." in text or text.count(",") > 1:
        text = text.replace(",", "")
    else:
        for old, new in ((thousands, ""), (decimal, "."), (",", ".")):
            text = text.replace(old, new)
    found = re.match(NUMBER, text)
    return float(found[0]) if found and found.end() == len(text) else None


def matches(spelling: str, written: str) -> bool:
    """A short answer's ``*`` is anything, ``\\*`` an asterisk; capitals do not count."""
    parts = [re.escape(part.replace("\\*", "*")) for part in re.split(r"(?<!\\)\*+", spelling)]
    return re.fullmatch(".*".join(parts), written.strip(), re.IGNORECASE) is not None


@dataclass
class Choice:
    """An answer of any kind: its fraction, what it is, what is said when it is given."""

    fraction: Fraction
    text: str
    feedback: str = ""
    tolerance: str = "0"


@dataclass
class Question:
    kind: str
    name: str
    id: str
    text: str
    worked: str
    mark: Fraction
    category: str
    answers: list[Choice] = field(default_factory=list)
    single: bool = True
    pairs: list[tuple[str, str]] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    gaps: list[tuple[str, int, list[Choice]]] = field(default_factory=list)
    grader: str = ""
    template: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    def given(self, response: Any, lang: Lang = "fr") -> tuple[float, str]:
        """The grade from 0 to 1, and the feedback."""
        if self.kind == "multichoice":
            total = float(sum((self.answers[n].fraction for n in response), Fraction(0)))
            return (total if self.single else min(1.0, max(0.0, total))), " ".join(
                self.answers[n].feedback for n in response
            )
        if self.kind == "numerical":
            return first_numeric(self.answers, response, lang)
        if self.kind == "shortanswer":
            return next(((float(a.fraction), a.feedback) for a in self.answers if matches(a.text, response)), (0.0, ""))
        if self.kind == "matching":
            assert set(response) <= set(self.entries), "the menu has no such entry"
            right = sum(mine == theirs for mine, (_, theirs) in zip(response, self.pairs, strict=True))
            return right / len(self.pairs), ""
        if self.kind == "ordering":
            return self.ordered(response), ""
        assert self.kind == "cloze"
        total, said = 0.0, []
        for (kind, weight, answers), written in zip(self.gaps, response, strict=True):
            if kind == "NUMERICAL":
                fraction, feedback = first_numeric(answers, written, lang)
            else:
                fraction, feedback = next(
                    ((float(a.fraction), a.feedback) for a in answers if matches(a.text, written)), (0.0, "")
                )
            total += fraction * weight
            said.append(feedback)
        return total / sum(weight for _, weight, _ in self.gaps), " ".join(said)

    def ordered(self, response: Sequence[int]) -> float:
        """'Relative to all the previous and next items'."""
        place = {block: n for n, block in enumerate(response)}
        count = len(self.answers)
        kept = sum(place[a] < place[b] for a in range(count) for b in range(a + 1, count))
        return kept / (count * (count - 1) / 2)


def first_numeric(answers: Sequence[Choice], written: str, lang: Lang) -> tuple[float, str]:
    value = number_of(written, lang)
    for answer in answers:
        tolerance = float(answer.tolerance)
        reach = tolerance + 1e-14 * max(abs(tolerance), abs(float(answer.text)), 1)
        if value is not None and abs(value - float(answer.text)) <= reach:
            return float(answer.fraction), answer.feedback
    return 0.0, ""


def imported(data: bytes) -> list[Question]:
    """Raises Refused where Moodle would refuse the file, or grade it to nothing."""
    root = etree.fromstring(data)
    assert root.tag == "quiz"
    found, category, seen = [], "", set()
    for node in root.iterfind("question"):
        if node.get("type") == "category":
            category = node.findtext("category/text")
            continue
        question = read(node, category)
        if (category, question.id) in seen:
            raise Refused(f"{question.id}: this idnumber is taken")
        seen.add((category, question.id))
        found.append(question)
    return found


def read(node: Any, category: str) -> Question:
    kind = node.get("type")
    question = Question(
        kind, text(node, "name"), node.findtext("idnumber"), text(node, "questiontext"), text(node, "generalfeedback"),
        Fraction(node.findtext("defaultgrade")), category,
    )  # fmt: skip
    for holder in node.iter():
        names = [file.get("name") for file in holder.findall("file")]
        if len(set(names)) < len(names):
            raise Refused(f"{question.name}: two files of one name")
        told = set(re.findall(r"@@PLUGINFILE@@/([^\"]+)", (holder.findtext("text") or "")))
        if told != set(names):
            raise Refused(f"{question.name}: {told} shown, {names} there")
        question.files.update(
            {file.get("name"): base64.b64decode(file.text, validate=True) for file in holder.findall("file")}
        )
    fill(question, node)
    if not question.text.strip():
        raise Refused(f"{question.name}: it is empty")
    return question


def fill(question: Question, node: Any) -> None:
    kind = question.kind
    if kind in ("multichoice", "numerical", "shortanswer"):
        question.answers = [answer(one) for one in node.iterfind("answer")]
        question.single = node.findtext("single", "true") == "true"
        check_fractions(question)
    elif kind == "matching":
        for one in node.iterfind("subquestion"):
            entry = text(one, "answer")
            question.entries.append(entry)
            if "<" in entry:
                raise Refused(f"{question.name}: a menu is plain text, not {entry}")
            if one.findtext("text"):
                question.pairs.append((one.findtext("text"), entry))
        if len(question.pairs) < 2 or "" in question.entries:
            raise Refused(f"{question.name}: two pairs at least")
    elif kind == "ordering":
        question.answers = [
            Choice(Fraction(one.get("fraction")), one.findtext("text")) for one in node.iterfind("answer")
        ]
        if [int(one.fraction) for one in question.answers] != list(range(1, len(question.answers) + 1)):
            raise Refused(f"{question.name}: an order is numbered from 1")
    elif kind == "cloze":
        question.gaps = list(gaps(question.text))
        if not question.gaps or any(not any(a.fraction == 1 for a in answers) for _, _, answers in question.gaps):
            raise Refused(f"{question.name}: a gap without a right answer")
        question.mark = Fraction(sum(weight for _, weight, _ in question.gaps))
    elif kind == "essay":
        question.grader, question.template = text(node, "graderinfo"), text(node, "responsetemplate")
    else:
        raise Refused(f"{kind} is no kind of question")


def text(node: Any, tag: str) -> str:
    return (node.findtext(f"{tag}/text") or "").strip()


def answer(node: Any) -> Choice:
    fraction = next((f for f in FRACTIONS if abs(abs(float(node.get("fraction")) / 100) - float(f)) < 1e-5), None)
    if fraction is None:
        raise Refused(f"{node.get('fraction')} is no grade")
    sign = -1 if node.get("fraction").startswith("-") else 1
    return Choice(
        sign * Fraction(fraction),
        (node.findtext("text") or "").strip(),
        text(node, "feedback"),
        node.findtext("tolerance", "0"),
    )


def check_fractions(question: Question) -> None:
    shares = [one.fraction for one in question.answers]
    texts = [one.text for one in question.answers]
    if question.kind == "multichoice":
        if len(shares) < 2 or "" in texts or len(set(texts)) < len(texts):
            raise Refused(f"{question.name}: two different options at least")
        best = max(shares) if question.single else sum((c for c in shares if c > 0), Fraction(0))
        if abs(best - 1) > Fraction(1, 100):
            raise Refused(f"{question.name}: the right options are worth {float(best):.0%}")
    elif 1 not in shares:
        raise Refused(f"{question.name}: no answer is right")
    if question.kind == "numerical" and not all(re.fullmatch(NUMBER, one.text) for one in question.answers):
        raise Refused(f"{question.name}: {texts} are not all numbers")


def gaps(written: str) -> Iterator[tuple[str, int, list[Choice]]]:
    """``{2:NUMERICAL:=3:0.1#yes~%0%4:0.1#no}``: an answer ends at ``~#}``, its feedback at ``~}``."""
    at = 0
    while found := re.compile(r"\{([0-9]*):(NUMERICAL|SHORTANSWER):").search(written, at):
        at = found.end()
        answers, closed = [], False
        while not closed:
            share = re.compile(r"=|%(-?[0-9]+(?:[.,][0-9]*)?)%").match(written, at)
            at = share.end() if share else at
            fraction = Fraction(0) if not share else Fraction(1) if share[0] == "=" else Fraction(share[1]) / 100
            told, at = until(written, at, "~#}", entities=True)
            feedback = ""
            if written[at] == "#":
                feedback, at = until(written, at + 1, "~}", entities=False)
            closed = written[at] == "}"
            at += 1
            value, _, tolerance = told.partition(":") if found[2] == "NUMERICAL" else (told, "", "0")
            if found[2] == "NUMERICAL" and not re.fullmatch(r"-?(?:\d+\.?\d*|\.\d+)", value):
                raise Refused(f"{value!r} is no number of a cloze")
            answers.append(Choice(fraction, unescaped(value), unescaped(feedback), tolerance or "0"))
        yield found[2], int(found[1] or 1), answers


def until(written: str, at: int, closing: str, *, entities: bool) -> tuple[str, int]:
    start = at
    while written[at] not in closing or written[at - 1] == "\\" or (entities and at > start and written[at - 1] == "&"):
        at += 1
        if at >= len(written):
            raise Refused("a cloze field that never ends")
    return written[start:at], at


def unescaped(told: str) -> str:
    return html.unescape(told).replace("\\}", "}").replace("\\#", "#")


# ── every exercise, every kind ───────────────────────────────────────────────


def exported(id: str, lang: Lang = "fr", policy: Policy | None = None) -> tuple[quiz.Export, list[Question]]:
    exercise = content.find(id)
    made = quiz.export([exercise], lang, "moodle", id="td", variants=VARIANTS, policy=policy)
    return made, [question for name, data in made.files.items() if name.endswith(".xml") for question in imported(data)]


def parts_of(made: quiz.Export) -> dict[str, tuple[Item, Part]]:
    return {part.id: (item, part) for item in made.quiz.items for part in item.parts}


def responses(question: Question, part: Part, asked: judge.Expected, value: Any) -> Any:
    """``value`` as a student gives it to this question, None where it cannot be given."""
    used = part.twin if question.kind == "multichoice" and part.kind not in ("choice", "choices") else part
    assert used is not None
    if question.kind == "multichoice" and used is part:
        names = [option.name for option in part.options]
        return [names.index(name) for name in ([value] if part.kind == "choice" else value)]
    if question.kind == "multichoice":
        return None  # by the twin's own options
    if part.kind == "numeric":
        return french(value)
    if part.kind == "shape":
        return (
            "("
            + ", ".join(f"{size:g}" if isinstance(size, float) else str(size) for size in value)
            + ("," if len(value) == 1 else "")
            + ")"
        )
    if part.kind in ("table", "grid"):
        flat = list(value.values()) if isinstance(value, Mapping) else [x for row in rows_of(value) for x in row]
        if part.kind == "grid" and len(rows_of(value)[0]) != part.columns:
            return None
        return [french(x) for x in flat] if len(flat) == len(question.gaps) else None
    if part.kind == "matching":
        said = moodle.kinds.entries(part)
        return [said[value[left]] for left, _, _ in part.stems]
    if question.kind == "ordering":
        return [part.order.index(name) for name in value] if set(value) == set(part.order) else None
    places = {name: f"Place {n}" for n, name in enumerate(value, 1)}
    return (
        [places.get(option.name, "ne sert pas") for option in part.options] if len(value) == len(part.order) else None
    )


def rows_of(value: Any) -> list[list[Any]]:
    value = value.tolist() if hasattr(value, "tolist") else value
    return (
        [list(row) for row in value]
        if isinstance(value[0], list | tuple) or hasattr(value[0], "tolist")
        else [list(value)]
    )


def french(value: Any) -> str:
    value = value.item() if hasattr(value, "item") else value
    return format(Decimal(repr(value)), "f").replace(".", ",") if isinstance(value, float) else str(value)


@pytest.mark.parametrize("id", IDS)
def test_right_answers_earn_everything_and_wrong_ideas_what_they_should(id: str) -> None:
    made, questions = exported(id)
    parts = parts_of(made)
    exercise = content.find(id)
    assert {question.id for question in questions} == set(parts), "no question is lost"
    for question in questions:
        item, part = parts[question.id]
        assert question.worked
        original = next(q for q in exercise.questions if q.name == part.name)
        if not isinstance(original, Answer):
            assert question.kind == "essay"
            continue
        asked = judge.expected(Variant(exercise, exercise.params[item.variant]), original)
        if part.twin and question.kind == "multichoice" and part.kind != "choices":
            for n, option in enumerate(part.twin.options):
                assert question.given([n])[0] == float(option.right)
            assert sum(option.right for option in part.twin.options) == 1
            continue
        right = responses(question, part, asked, asked.right)
        assert question.given(right)[0] == pytest.approx(1, abs=1e-4), f"{question.id}: {right}"
        for misconception, value in asked.wrong:
            response = responses(question, part, asked, value)
            score = original.rule.score(value, asked.right)
            if response is None or score == 1:
                continue
            earned, told = question.given(response)
            if question.kind == "ordering" or part.kind == "ordering":
                assert earned < 1
            else:
                assert earned == pytest.approx(float(score), abs=1e-3), f"{question.id}: {misconception.name}"
            if part.kind in ("numeric", "shape", "choice"):
                same = [m for m, led in asked.wrong if original.rule.score(led, value) == 1 or led == value]
                words = {
                    plain_words(moodle.text.html(known.feedback))
                    for known in part.known
                    if known.name in {m.name for m in same}
                }
                assert plain_words(told) in words, f"{question.id}: {misconception.name} is told {told}"


def plain_words(markup: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", markup).split())


@pytest.mark.parametrize("id", IDS)
def test_numbers_are_read_in_both_languages(id: str) -> None:
    made, questions = exported(id, "en")
    for question in questions:
        part = parts_of(made)[question.id][1]
        if question.kind == "numerical" and part.number:
            for lang in ("fr", "en"):
                assert question.given(part.number.value, lang)[0] == 1
            shown = part.number.shown.replace("−", "-").replace(",", "")
            assert question.given(shown, "en")[0] == 1, "what the solution prints is accepted"


@pytest.mark.parametrize("several", ["all-or-nothing", "proportional", "net-correct"])
def test_every_policy_gives_full_marks_to_the_right_options(several: Any) -> None:
    seen = 0
    for id in IDS:
        if not any(q.rule.kind == "choices" for q in content.find(id).questions if isinstance(q, Answer)):
            continue
        made, questions = exported(id, policy=Policy(several))
        for question in questions:
            part = parts_of(made)[question.id][1]
            if part.kind == "choices" and not question.single:
                rights = [n for n, option in enumerate(part.options) if option.right]
                assert question.given(rights)[0] == pytest.approx(1, abs=1e-4)
                everything = question.given(range(len(part.options)))[0]
                assert everything <= (0.9 if several == "net-correct" else 0.01)
                seen += 1
    assert seen


# ── failures that Moodle does not tell ───────────────────────────────────────


def one(part: Part, lang: Lang = "fr") -> Question:
    item = Item(
        "ex@00000000#0",
        "ex-00000000-0",
        "ex",
        "00000000",
        0,
        "Titre",
        plain("Énoncé"),
        (part,),
        plain("Solution"),
        {},
        {},
    )
    made = Quiz("td", "TD 1/2", lang, (Group("ex", ("shelf", "ex"), "Titre", (item,), 1),))
    (question,) = imported(moodle.write(made, Policy(), Notes())["td.xml"])
    return question


def asking(kind: Any, **facts: Any) -> Part:
    return Part("ex-00000000-0-q", "q", kind, plain("Question"), Fraction(1), **facts)


def test_a_decimal_comma_is_read_where_moodle_speaks_french() -> None:
    question = one(asking("numeric", number=Number("3.5", "0.05", integer=False, shown="3,50")))
    assert question.given("3,5", "fr")[0] == question.given("3.5", "fr")[0] == question.given("3.5", "en")[0] == 1


def test_a_comma_lost_by_a_moodle_in_english_is_told() -> None:
    question = one(asking("numeric", number=Number("3.5", "0.05", integer=False, shown="3,50")))
    assert number_of("3,50", "en") == 350
    score, told = question.given("3,50", "en")
    assert score == 0 and "3.50" in told and "350" in told


def test_the_typographical_minus_stays_out_of_what_machines_read() -> None:
    question = one(asking("numeric", number=Number("-3", "0", integer=True, shown="−3")))
    assert number_of("−3", "fr") is None
    assert question.given("-3")[0] == 1 and "−" not in question.answers[0].text


def test_large_integers_stay_whole() -> None:
    large = "123456789012345678901234567890"
    assert one(asking("numeric", number=Number(large, "0", integer=True, shown=large))).answers[0].text == large


def test_an_asterisk_is_no_wildcard() -> None:
    part = asking("shape", fields=(Field("axis1", (), None, "*"),), accepted=("a*b",))
    question = one(part)
    assert question.given("a*b")[0] == 1
    assert question.given("axxxb")[0] == 0


def test_a_short_answer_takes_each_of_its_spellings() -> None:
    known = (Known("m", ("C*",), "C*", plain("Non.")),)
    question = one(asking("short", accepted=("réseau", "reseau"), known=known))
    assert question.given("Réseau")[0] == question.given("reseau")[0] == 1
    assert question.given("c*") == (0, "<p>Non.</p>")
    assert question.given("cx") == (0, "")


def test_feedback_with_braces_and_tildes_ends_no_cloze_field() -> None:
    told = (
        Node("paragraph", children=(Node("math", r"\frac{a}{b} < 1 \& c \sim"), Node("text", ' ~ # } é < & " fin'))),
    )
    known = (Known("m", ("4",), "4", told), Known("n", ("5",), "5", plain("autre")))
    number = Number("3", "0", integer=True, shown="3")
    question = one(asking("table", fields=(Field("a", plain("ligne {1} }"), number, "3", known),) * 2))
    assert len(question.gaps) == 2
    assert question.given(["3", "3"])[0] == 1
    score, said = question.given(["4", "5"])
    assert score == 0
    assert r"\(\frac{a}{b} &lt; 1 \&amp; c \sim\) ~ # } é &lt; &amp;" in said and said.endswith("fin autre")


@pytest.mark.parametrize("count", range(1, 13))
def test_every_number_of_right_options_has_fractions_that_moodle_admits(count: int) -> None:
    earns, costs = Policy().credits(count, 4, all_or_nothing=False)
    options = tuple(
        Option(str(n), "A", plain(f"option {n}"), n < count, earns if n < count else costs) for n in range(count + 4)
    )
    question = one(asking("choices", options=options))
    assert question.given(range(count))[0] == pytest.approx(1, abs=0.01)


def test_a_fraction_that_moodle_does_not_admit_is_refused_by_the_reader() -> None:
    data = moodle_of(
        asking("choice", options=(Option("a", "A", plain("a"), True, Fraction(1)), Option("b", "B", plain("b"))))
    )
    with pytest.raises(Refused, match=r"33\.3 is no grade"):
        imported(data.replace(b'fraction="0"', b'fraction="33.3"'))


def moodle_of(part: Part) -> bytes:
    item = Item("ex@00000000#0", "ex-00000000-0", "ex", "00000000", 0, "T", plain("É"), (part,), plain("S"), {}, {})
    made = Quiz("td", "TD", "fr", (Group("ex", ("shelf", "ex"), "T", (item,), 1),))
    return moodle.write(made, Policy(), Notes())["td.xml"]


def test_several_choices_with_none_right_become_one_choice() -> None:
    options = tuple(Option(name, name, plain(name), credit=Fraction(-1)) for name in "AB")
    twin = asking(
        "choice", options=(Option("right", "A", plain("aucune"), True, Fraction(1)), Option("x", "B", plain("A")))
    )
    question = one(asking("choices", options=options, twin=twin))
    assert question.single and question.given([0])[0] == 1


def test_a_title_with_a_slash_makes_one_category() -> None:
    question = one(asking("numeric", number=Number("1", "0", integer=True, shown="1")))
    assert re.split("(?<!/)/(?!/)", question.category) == ["$course$", "top", "TD 1//2", "shelf", "ex"]


def test_a_picture_comes_once_with_each_text_that_shows_it() -> None:
    picture = Node("image", 'des "points"', mime="image/png", data=b"\x89PNG")
    part = replace(
        asking("numeric", number=Number("1", "0", integer=True, shown="1")),
        prompt=(Node("paragraph", children=(picture, picture)),),
    )
    question = one(part)
    assert list(question.files.values()) == [b"\x89PNG"]
    assert question.text.count("@@PLUGINFILE@@") == 2 and "&quot;points&quot;" in question.text


def test_text_that_closes_a_cdata_section_stays_text() -> None:
    part = replace(
        asking("numeric", number=Number("1", "0", integer=True, shown="1")), prompt=(Node("code_block", "a[b[0]]>1"),)
    )
    assert "a[b[0]]&gt;1" in one(part).text
    assert moodle.text.cdata("x]]>y") == "<![CDATA[x]]]]><![CDATA[>y]]>"


def test_code_is_an_essay_that_tells_its_marker_what_to_look_for() -> None:
    question = one(asking("code", starter="def f(x):\n    return ...\n", checks=(plain("Les bords comptent."),)))
    assert question.kind == "essay"
    assert "Les bords comptent." in question.grader and "Solution" in question.grader
    assert question.template.startswith("def f(x):\n    return")
