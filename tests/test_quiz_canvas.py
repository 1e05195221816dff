"""The Canvas package, read and graded as Canvas does: right answers earn everything, wrong ideas what they should.

``Canvas`` below follows what its importer keeps of a QTI 1.2 item and how its quizzes grade, apart from what writes the
file: every condition of a number is a right one, feedback goes where its identifier says, blanks are compared as
characters, what is typed in a numeric field is rounded to four decimals.
"""

from __future__ import annotations

import html as entities
import io
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from grader import content, judge, quiz
from grader.model import Answer, Lang, Variant
from grader.quiz import canvas
from grader.quiz.carry import Notes
from grader.quiz.item import Field, Group, Item, Known, Number, Option, Part, Quiz
from grader.quiz.policy import Policy
from grader.quiz.words import Node, plain

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))  # of each exercise
IDS = sorted(content.paths())
QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
CP = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"


# ── Canvas, in small ─────────────────────────────────────────────────────────


class Refused(Exception):
    """What its import says, or a question that it would grade to nothing."""


def decimal_of(written: str, lang: Lang) -> Decimal | None:
    """As the page reads a number in its language, to four decimals."""
    written = re.sub(r"\s", "", written)
    written = written.replace(",", ".") if lang == "fr" else written.replace(",", "")
    try:
        return Decimal(f"{float(written):.4f}")
    except ValueError:
        return None


@dataclass
class Question:
    id: str
    kind: str
    points: float
    text: str
    group: str
    per_item: float
    options: dict[str, str] = field(default_factory=dict)  # words by identifier
    right: set[str] = field(default_factory=set)
    ranges: list[tuple[Decimal, Decimal]] = field(default_factory=list)
    spelled: list[str] = field(default_factory=list)
    rows: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)  # stem, right entry, entries
    blanks: dict[str, list[str]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    general: str = ""
    incorrect: str = ""

    def given(self, response: Any, lang: Lang = "fr") -> float:
        """The share of the points, from 0 to 1."""
        match self.kind:
            case "multiple_choice_question":
                return float(response in self.right)
            case "multiple_answers_question":
                chosen = set(response)
                return max(0.0, (len(chosen & self.right) - len(chosen - self.right)) / max(1, len(self.right)))
            case "numerical_question":
                value = decimal_of(response, lang)
                return float(value is not None and any(low <= value <= high for low, high in self.ranges))
            case "short_answer_question":
                return float(response.strip().lower() in [one.strip().lower() for one in self.spelled])
            case "matching_question":
                right = sum(
                    entries.get(theirs) == mine for mine, (_, theirs, entries) in zip(response, self.rows, strict=True)
                )
                assert all(mine in row[2].values() for mine, row in zip(response, self.rows, strict=True))
                return right / len(self.rows)
        assert self.kind == "fill_in_multiple_blanks_question"
        right = sum(
            written.strip().lower() in [one.strip().lower() for one in spelled]
            for written, spelled in zip(response, self.blanks.values(), strict=True)
        )
        return right / len(self.blanks)


def imported(data: bytes) -> list[Question]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    manifest = etree.fromstring(archive.read("imsmanifest.xml"))
    listed = {one.get("href") for one in manifest.iter(f"{CP}file")}
    if listed != set(archive.namelist()) - {"imsmanifest.xml"}:
        raise Refused(f"listed: {listed}, there: {archive.namelist()}")
    resources = {one.get("identifier"): one for one in manifest.iter(f"{CP}resource")}
    (assessment,) = [one for one in resources.values() if one.get("type") == "imsqti_xmlv1p2"]
    for one in manifest.iter(f"{CP}dependency"):
        assert one.get("identifierref") in resources
    pictures = {one.get("href") for one in resources.values() if one.get("type") == "webcontent"}
    root = etree.fromstring(archive.read(assessment.find(f"{CP}file").get("href")))
    found, shown = [], set()
    for section in root.iter(f"{QTI}section"):
        if section.get("ident") == "root_section":
            continue
        (count,) = section.findall(f"{QTI}selection_ordering/{QTI}selection/{QTI}selection_number")
        assert count.text == "1"
        per_item = float(next(section.iter(f"{QTI}points_per_item")).text)
        questions = [read(item, section.get("ident"), per_item) for item in section.findall(f"{QTI}item")]
        if not questions or any(abs(one.points - per_item) > 1e-5 for one in questions):
            raise Refused(f"{section.get('ident')}: a group counts the same points for each")
        found += questions
        shown |= set(re.findall(r'\$IMS-CC-FILEBASE\$/([^"]+)"', "".join(section.itertext())))
    if shown != pictures:
        raise Refused(f"pictures shown {shown}, there {pictures}")
    names = [one.id for one in found] + [one.get("ident") for one in root.iter(f"{QTI}section")]
    if len(set(names)) < len(names) or not all(re.fullmatch(r"[A-Za-z0-9_.-]+", name) for name in names):
        raise Refused("identifiers are unique, in ASCII")
    return found


def words_in(node: Any) -> str:
    return "".join(node.itertext()).strip()


def read(node: Any, group: str, per_item: float) -> Question:
    facts = {
        one.findtext(f"{QTI}fieldlabel"): one.findtext(f"{QTI}fieldentry")
        for one in node.iter(f"{QTI}qtimetadatafield")
    }
    presentation = node.find(f"{QTI}presentation")
    question = Question(
        node.get("ident"), facts["question_type"], float(facts["points_possible"]),
        words_in(presentation.find(f"{QTI}material")), group, per_item,
    )  # fmt: skip
    feedback = {one.get("ident"): words_in(one) for one in node.iter(f"{QTI}itemfeedback")}
    for ident, said in feedback.items():  # where an identifier's letters send it
        if re.search("wrong|incorrect|(_IC$)", ident, re.IGNORECASE):
            question.incorrect = said
        elif re.search("correct|(_C$)", ident, re.IGNORECASE) or re.search("solution", ident, re.IGNORECASE):
            raise Refused(f"{ident}: told to those who are right")
        elif re.search("general_|_all", ident, re.IGNORECASE):
            question.general = said
        elif not said:
            raise Refused(f"{ident} says nothing")
    if not question.text:
        raise Refused(f"{question.id}: it is empty")
    for shown in node.iter(f"{QTI}mattext"):
        if shown.get("texttype") == "text/html":
            etree.fromstring(f"<div>{shown.text}</div>")  # nothing is left open
    fill(question, presentation, node.find(f"{QTI}resprocessing"), feedback)
    return question


def fill(question: Question, presentation: Any, processing: Any, feedback: Mapping[str, str]) -> None:
    conditions = processing.findall(f"{QTI}respcondition")
    scoring = [one for one in conditions if one.find(f"{QTI}setvar") is not None]
    if question.kind != "essay_question" and not scoring:
        raise Refused(f"{question.id}: it never sets SCORE")
    for one in scoring:
        assert one.find(f"{QTI}setvar").get("varname") == "SCORE"
    lids = presentation.findall(f"{QTI}response_lid")
    if question.kind in ("multiple_choice_question", "multiple_answers_question"):
        (lid,) = lids
        single = question.kind == "multiple_choice_question"
        assert lid.get("rcardinality") == ("Single" if single else "Multiple")
        question.options = labels(lid)
        (condition,) = scoring
        question.right = {one.text for one in condition.iter(f"{QTI}varequal") if one.getparent().tag != f"{QTI}not"}
        if not question.right or not question.right <= set(question.options) or len(question.options) < 2:
            raise Refused(f"{question.id}: no option is right")
        for one in conditions:
            told = one.find(f"{QTI}displayfeedback")
            if one not in scoring and told.get("linkrefid").removesuffix("_fb").isdigit():
                question.said[next(one.iter(f"{QTI}varequal")).text] = feedback[told.get("linkrefid")]
    elif question.kind == "numerical_question":
        for one in scoring:
            exact = Decimal(one.findtext(f".//{QTI}or/{QTI}varequal"))
            low, high = (Decimal(one.findtext(f".//{QTI}{name}")) for name in ("vargte", "varlte"))
            assert low <= exact <= high
            question.ranges.append((low, high))
    elif question.kind == "short_answer_question":
        question.spelled = [one.text for condition in scoring for one in condition.iter(f"{QTI}varequal")]
    elif question.kind == "matching_question":
        match_rows(question, lids, scoring)
    elif question.kind == "fill_in_multiple_blanks_question":
        question.blanks = {lid.get("ident").removeprefix("response_"): list(labels(lid).values()) for lid in lids}
        if [name for name in re.findall(r"\[([a-z0-9]+)\]", question.text) if name in question.blanks] != list(
            question.blanks
        ):
            raise Refused(f"{question.id}: each blank once, in the text")
    elif question.kind != "essay_question":
        raise Refused(question.kind)


def match_rows(question: Question, lids: Any, scoring: Any) -> None:
    right = {one.get("respident"): one.text for c in scoring for one in c.iter(f"{QTI}varequal")}
    entries = labels(lids[0])
    assert all(labels(lid) == entries for lid in lids) and len(set(entries.values())) == len(entries)
    digits = [re.search(r"\d+", ident)[0] for ident in (*entries, *right)]  # type: ignore[index]
    if len(set(digits)) < len(digits):
        raise Refused("entries are told apart by their digits")
    question.rows = [(words_in(lid.find(f"{QTI}material")), right[lid.get("ident")], entries) for lid in lids]
    if any(theirs not in entries for _, theirs, _ in question.rows):
        raise Refused(f"{question.id}: a row without its entry")


def labels(lid: Any) -> dict[str, str]:
    found = [(one.get("ident"), words_in(one)) for one in lid.iter(f"{QTI}response_label")]
    if len(dict(found)) < len(found) or not all(name for pair in found for name in pair):
        raise Refused("two labels of one name, or an empty one")
    return dict(found)


# ── every exercise, every kind ───────────────────────────────────────────────


def exported(id: str, lang: Lang = "fr") -> tuple[quiz.Export, list[Question]]:
    exercise = content.find(id)
    made = quiz.export([exercise], lang, "canvas", id="td", variants=VARIANTS)
    return made, imported(made.files["td-canvas.zip"])


def parts_of(made: quiz.Export) -> dict[str, tuple[Item, Part]]:
    return {part.id: (item, part) for item in made.quiz.items for part in item.parts}


def rows_of(value: Any) -> list[list[Any]]:
    value = value.tolist() if hasattr(value, "tolist") else value
    return [list(row) for row in value] if len(value) and isinstance(value[0], list | tuple) else [list(value)]


def flat(part: Part, value: Any) -> list[Any] | None:
    if isinstance(value, Mapping):
        return list(value.values())
    rows = rows_of(value)
    return [x for row in rows for x in row] if part.kind == "shape" or len(rows[0]) == part.columns else None


def french(value: Any) -> str:
    value = value.item() if hasattr(value, "item") else value
    return format(Decimal(repr(value)), "f").replace(".", ",") if isinstance(value, float) else str(value)


def response(question: Question, part: Part, value: Any) -> Any:
    """``value`` as a student gives it, None where this question has no place for it."""
    names = [option.name for option in part.options]
    match question.kind:
        case "multiple_choice_question":
            return list(question.options)[names.index(value)]
        case "multiple_answers_question":
            return [list(question.options)[names.index(name)] for name in value]
        case "numerical_question":
            return french(value)
        case "short_answer_question":
            return f"({', '.join(map(str, flat(part, value) or []))})" if part.kind == "shape" else value
        case "matching_question" if part.kind == "matching":
            said = canvas.entries(part)
            return [said[value[left]] for left, _, _ in part.stems]
        case "matching_question":
            at = {name: f"Place {n}" for n, name in enumerate(value, 1)}
            return [at.get(name, "ne sert pas") for name in names] if len(value) == len(part.order) else None
    cells = flat(part, value)
    return [french(x) for x in cells] if cells and len(cells) == len(question.blanks) else None


@pytest.mark.parametrize("id", IDS)
def test_right_answers_earn_everything_and_wrong_ideas_what_they_should(id: str) -> None:
    made, questions = exported(id)
    parts = parts_of(made)
    exercise = content.find(id)
    seen = set()
    for question in questions:
        item, part = next(parts[known] for known in (question.id, re.sub(r"-\d+$", "", question.id)) if known in parts)
        seen.add(part.id)
        assert question.general, "the worked solution"
        original = next(q for q in exercise.questions if q.name == part.name)
        if not isinstance(original, Answer):
            assert question.kind == "essay_question"
            continue
        asked = judge.expected(Variant(exercise, exercise.params[item.variant]), original)
        if question.id != part.id:  # one field of a table
            one = part.fields[int(question.id.rpartition("-")[2]) - 1]
            assert one.number and question.given(one.number.value, "en") == 1
            assert [question.given(known.value[0], "en") for known in one.known] == [0] * len(one.known)
            continue
        if question.kind == "multiple_choice_question" and part.kind != "choice":
            assert part.twin
            shares = [question.given(ident) for ident in question.options]
            assert shares == [float(option.right) for option in part.twin.options] and sum(shares) == 1
            continue
        assert question.given(response(question, part, asked.right)) == pytest.approx(1, abs=1e-4), question.id
        for misconception, value in asked.wrong:
            answer = response(question, part, value)
            score = original.rule.score(value, asked.right)
            if answer is None or score == 1:
                continue
            earned = question.given(answer)
            if part.kind in ("ordering", "choices"):  # Canvas has its own ways, which the report states
                assert earned < 1
            else:
                assert earned == pytest.approx(float(score), abs=1e-3), f"{question.id}: {misconception.name}"
            if part.kind in ("numeric", "shape") and score == 0:
                same = [m.name for m, led in asked.wrong if original.rule.score(led, value) == 1 or led == value]
                told = [canvas.html(known.feedback) for known in part.known if known.name in same]
                assert any(inner(one) in inner(question.incorrect) for one in told), f"{misconception.name} is not told"
            if part.kind == "choice":
                assert inner(question.said[answer]) in {inner(canvas.html(o.feedback)) for o in part.options}
    assert seen == set(parts), "no question is lost"


def inner(markup: str) -> str:
    return " ".join(re.sub(r"<(?!img)[^>]+>", " ", markup).split())


@pytest.mark.parametrize("id", IDS)
def test_numbers_are_read_in_both_languages(id: str) -> None:
    made, questions = exported(id, "en")
    for question in questions:
        if question.kind == "numerical_question" and question.id in parts_of(made):
            part = parts_of(made)[question.id][1]
            assert part.number
            for lang in ("fr", "en"):
                assert question.given(part.number.value, lang) == 1
            shown = part.number.shown.replace("−", "-")
            assert question.given(shown, "en") == 1, "what the solution prints is accepted"


def test_points_are_those_of_the_exercise() -> None:
    made, questions = exported("cnn_parameters")
    item = made.quiz.items[0]
    groups = {question.group: question.per_item for question in questions}
    assert sum(groups.values()) == pytest.approx(float(sum(part.points for part in item.parts)))


# ── failures that Canvas does not tell ───────────────────────────────────────


def package(part: Part, lang: Lang = "fr", notes: Notes | None = None, policy: Policy | None = None) -> bytes:
    item = Item("ex@0#0", "ex-0-0", "ex", "0", 0, "Été & <co>", plain("Énoncé"), (part,), plain("Solution"), {}, {})
    made = Quiz("td", "TD « 1 »", lang, (Group("ex", ("shelf", "ex"), "Titre", (item,), 1),))
    return canvas.write(made, policy or Policy(), notes or Notes())["td-canvas.zip"]


def one(part: Part, lang: Lang = "fr", notes: Notes | None = None) -> Question:
    (question,) = imported(package(part, lang, notes))
    return question


def asking(kind: Any, **facts: Any) -> Part:
    return Part("ex-0-0-q", "q", kind, plain("Question"), Fraction(1), **facts)


def test_a_wrong_idea_about_a_number_is_not_a_right_answer() -> None:
    """Canvas takes each condition of a number for a right answer, whatever it scores."""
    known = (Known("m", ("30",), "30", plain("Le pas a été oublié.")),)
    question = one(asking("numeric", number=Number("24", "0", integer=True, shown="24"), known=known))
    assert question.given("30") == 0 and len(question.ranges) == 1
    assert "Si vous avez trouvé <strong>30</strong>\u202f: Le pas a été oublié." in question.incorrect


def test_decimals_have_a_point_for_machines_and_are_read_with_a_comma() -> None:
    part = asking("numeric", number=Number("3.5", "0.05", integer=False, shown="3,50"))
    question = one(part)
    assert question.ranges == [(Decimal("3.45"), Decimal("3.55"))]
    assert question.given("3,5") == question.given("3.55", "en") == 1 and question.given("3.56", "en") == 0


def test_whole_numbers_stay_whole_and_the_minus_is_ascii() -> None:
    large = "123456789012345678901234567890"
    data = zipfile.ZipFile(io.BytesIO(package(asking("numeric", number=Number(f"-{large}", "0", True, f"−{large}")))))
    assert f">-{large}</varequal>".encode() in data.read("td/td.xml") and "−".encode() not in data.read("td/td.xml")


def test_a_number_that_canvas_would_round_away_is_a_choice() -> None:
    twin = asking("choice", options=(Option("a", "A", plain("a"), True, Fraction(1)), Option("b", "B", plain("b"))))
    number = Number("0.00002", "0.000001", integer=False, shown="0,00002")
    assert decimal_of("0.00002", "en") == 0
    notes = Notes()
    assert one(asking("numeric", number=number, twin=twin), notes=notes).kind == "multiple_choice_question"
    assert "quatre décimales" in notes.all[0].said("fr")


def test_a_table_of_decimals_is_no_table_of_blanks() -> None:
    """Blanks are compared as characters: a tolerance would be lost."""
    number = Number("0.5", "0.005", integer=False, shown="0,50")
    part = asking("table", fields=(Field("a", plain("ligne a"), number), Field("b", plain("ligne b"), number)))
    questions = imported(package(part))
    assert [question.kind for question in questions] == ["numerical_question"] * 2
    assert [question.points for question in questions] == [0.5, 0.5]
    assert "ligne b" in questions[1].text


def test_blanks_take_thousands_apart_and_both_signs() -> None:
    number = Number("-1658", "0", integer=True, shown="−1\u202f658")
    question = one(asking("table", fields=(Field("a", plain("a"), number), Field("b", plain("b"), None, "Oui"))))
    for written in ("-1658", "−1658", "-1 658", "−1\u202f658", "-1\u00a0658"):
        assert question.given([written, "oui"]) == 1
    assert question.given(["1658", "oui"]) == 0.5


def test_several_choices_with_none_right_become_one_choice() -> None:
    options = tuple(Option(name, name, plain(name), credit=Fraction(-1)) for name in "AB")
    twin = asking("choice", options=(Option("r", "A", plain("rien"), True, Fraction(1)), Option("x", "B", plain("A"))))
    assert one(asking("choices", options=options, twin=twin)).kind == "multiple_choice_question"


def test_what_canvas_scores_its_own_way_is_said() -> None:
    earns, costs = Policy().credits(1, 3, all_or_nothing=True)
    options = tuple(Option(str(n), "A", plain(str(n)), n < 1, costs if n else earns) for n in range(4))
    notes = Notes()
    one(asking("choices", options=options, all_or_nothing=True), notes=notes)
    assert "juste moins faux" in notes.all[0].said("fr")
    notes = Notes()
    punished = (Option("a", "A", plain("a"), True, Fraction(1)), Option("b", "B", plain("b"), credit=Fraction(-1, 3)))
    one(asking("choice", options=punished), notes=notes)
    assert "points négatifs" in notes.all[0].said("fr")


def test_the_right_words_are_right_even_with_feedback_of_their_own() -> None:
    told = plain("La bonne réponse est correcte.")
    options = (Option("correct", "A", plain("a"), True, Fraction(1), told), Option("b", "B", plain("b"), feedback=told))
    question = one(asking("choice", options=options))
    (right,) = question.right
    assert question.given(right) == 1 and question.said[right] == "<p>La bonne réponse est correcte.</p>"


def test_equations_are_what_canvas_writes() -> None:
    formula = Node("paragraph", children=(Node("math", r"\frac{a}{b} < 1"),))
    question = one(replace(asking("text"), prompt=(formula,)))
    image = etree.fromstring(question.text).find(".//img")
    assert image.get("class") == "equation_image" and image.get("data-equation-content") == r"\frac{a}{b} \lt 1"
    assert unquote(unquote(image.get("src"))) == r"/equation_images/\frac{a}{b} \lt 1"
    assert image.get("alt") == "a/b ‹ 1" and "<" not in entities.unescape(image.get("src"))


def test_a_picture_comes_once_in_the_package() -> None:
    picture = Node("image", 'des "points"', mime="image/png", data=b"\x89PNG")
    part = replace(asking("text"), prompt=(Node("paragraph", children=(picture, picture)),))
    data = zipfile.ZipFile(io.BytesIO(package(part)))
    (name,) = [name for name in data.namelist() if name.endswith(".png")]
    assert data.read(name) == b"\x89PNG" and one(part).text.count(name) == 2


def test_code_is_an_essay_with_its_starter_and_what_is_checked() -> None:
    question = one(asking("code", starter="x = a[0] < 1\n", checks=(plain("Les bords comptent."),)))
    assert question.kind == "essay_question" and "x = a[0] &lt; 1" in question.text
    assert "Les bords comptent." in question.general and "Solution" in question.general


def test_a_question_that_never_sets_score_is_refused_by_the_reader() -> None:
    data = package(asking("numeric", number=Number("1", "0", integer=True, shown="1")))
    broken = {
        name: re.sub(b"<setvar.*?</setvar>", b"", zipfile.ZipFile(io.BytesIO(data)).read(name))
        for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
    }
    with pytest.raises(Refused, match="never sets SCORE"):
        imported(canvas.zipped(broken))


def test_the_policy_is_stated() -> None:
    data = package(asking("text"), policy=Policy("net-correct", Fraction(1, 4)))
    assert "1/4" in zipfile.ZipFile(io.BytesIO(data)).read("td/assessment_meta.xml").decode()
