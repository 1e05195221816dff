"""QTI packages, read and scored as the specification says: right answers earn everything, wrong ideas what they should.

``Reader`` below delivers an item: it binds what a student gives to response variables, runs the response processing,
and looks at the outcomes. It knows both spellings of the names (``mapResponse``, ``qti-map-response``) and nothing of
what writes the files. A schema cannot see an item that never sets SCORE; this does.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from lxml import etree

from grader import content, judge, quiz
from grader.model import Answer, Lang, Variant
from grader.quiz import qti
from grader.quiz.carry import Notes
from grader.quiz.item import Field, Group, Item, Known, Number, Option, Part, Quiz
from grader.quiz.policy import Policy
from grader.quiz.qti import v3, v21, v22
from grader.quiz.words import Node, plain

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))  # of each exercise
IDS = sorted(content.paths())
VERSIONS = {"qti21": v21, "qti22": v22, "qti3": v3}
NAMESPACES = {
    "qti21": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "qti22": "http://www.imsglobal.org/xsd/imsqti_v2p2",
    "qti3": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
MATHML = "http://www.w3.org/1998/Math/MathML"

# ── a delivery engine, in small ──────────────────────────────────────────────


class Refused(Exception):
    """What no engine could deliver, or would score to nothing."""


@dataclass
class Element:
    """``name`` and attributes as QTI 2 writes them, whatever the version; HTML keeps its own."""

    name: str
    facts: dict[str, str]
    text: str
    inside: list[Element]
    markup: Any

    def all(self, *names: str) -> list[Element]:
        found = [self] if self.name in names else []
        return found + [one for child in self.inside for one in child.all(*names)]

    def one(self, name: str) -> Element:
        (found,) = [child for child in self.inside if child.name == name]
        return found

    @property
    def words(self) -> str:
        return " ".join("".join(self.markup.itertext()).split())


def camel(name: str) -> str:
    return re.sub(r"-([a-z])", lambda found: found[1].upper(), name)


def read(node: Any, kebab: bool) -> Element:
    name = etree.QName(node).localname
    if kebab and (is_qti := name.startswith("qti-")):
        name = camel(name.removeprefix("qti-"))
    else:
        is_qti = not kebab
    facts = {key if not (kebab and is_qti) or key.startswith("data-") else camel(key): one for key, one in node.items()}
    inside = [read(child, kebab) for child in node if isinstance(child.tag, str)]
    return Element(name, facts, node.text or "", inside, node)


Value = Any  # None, a float, a text, a list
INTERACTIONS = (
    "choiceInteraction", "matchInteraction", "textEntryInteraction", "extendedTextInteraction",
)  # fmt: skip


@dataclass
class Reader:
    root: Element
    values: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.responses = {one.facts["identifier"]: one for one in self.root.inside if one.name == "responseDeclaration"}
        self.outcomes = {one.facts["identifier"]: one for one in self.root.inside if one.name == "outcomeDeclaration"}
        self.interactions = {one.facts["responseIdentifier"]: one for one in self.root.all(*INTERACTIONS)}
        self.feedback = {one.facts["identifier"]: one for one in self.root.inside if one.name == "modalFeedback"}
        self.check()

    @property
    def id(self) -> str:
        return self.root.facts["identifier"]

    @property
    def by_hand(self) -> bool:
        return any(one.name == "extendedTextInteraction" for one in self.interactions.values())

    def check(self) -> None:
        names = [self.id, *self.responses, *self.outcomes, *self.feedback]
        named = [one.facts["identifier"] for one in self.root.all("simpleChoice", "simpleAssociableChoice")]
        if not all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", name) for name in (*names, *named)):
            raise Refused(f"{self.id}: {names} are not all identifiers")
        if set(self.responses) != set(self.interactions):
            raise Refused(f"{self.id}: {set(self.responses) ^ set(self.interactions)} are declared or shown alone")
        processing = self.root.one("responseProcessing")
        targets = {one.facts["identifier"] for one in processing.all("setOutcomeValue")}
        if not targets <= set(self.outcomes):
            raise Refused(f"{self.id}: {targets - set(self.outcomes)} are set, and not declared")
        if "SCORE" not in targets and not self.by_hand:
            raise Refused(f"{self.id}: it never sets SCORE")
        said = {one.text for one in processing.all("baseValue")}
        if not set(self.feedback) <= said:
            raise Refused(f"{self.id}: {set(self.feedback) - said} are never said")
        for name, declared in self.responses.items():
            self.check_response(name, declared)

    def check_response(self, name: str, declared: Element) -> None:
        shown = self.interactions[name]
        right = [value.text for one in declared.all("correctResponse") for value in one.inside]
        if not right and shown.name != "extendedTextInteraction":
            raise Refused(f"{self.id}: nothing is right for {name}")
        ids = [one.facts["identifier"] for one in shown.all("simpleChoice", "simpleAssociableChoice")]
        if len(set(ids)) < len(ids) or len(ids) == 1:
            raise Refused(f"{self.id}: {ids} are the choices of {name}")
        keys = [one.facts["mapKey"] for one in declared.all("mapEntry")]
        if ids and not {word for value in (*right, *keys) for word in value.split()} <= set(ids):
            raise Refused(f"{self.id}: {right} and {keys} are not all among {ids}")
        if declared.facts["baseType"] == "float" and not all(re.fullmatch(r"-?\d+(\.\d+)?", one) for one in right):
            raise Refused(f"{self.id}: {right} are not all numbers")

    # ── what a student does ──

    def bound(self, name: str, given: Value) -> Value:
        """What the engine takes from the page: nothing where the page refuses it."""
        facts, shown = self.responses[name].facts, self.interactions[name]
        if given in (None, "", []):
            return None
        if shown.name == "textEntryInteraction":
            mask = shown.facts.get("patternMask")
            if mask and not re.fullmatch(mask, given):
                return None
            try:
                return float(given) if facts["baseType"] == "float" else given
            except ValueError:
                return None
        ids = {one.facts["identifier"] for one in shown.all("simpleChoice", "simpleAssociableChoice")}
        chosen = [given] if isinstance(given, str) else given
        assert {word for one in chosen for word in one.split()} <= ids, f"{given} cannot be chosen"
        if facts["cardinality"] == "single":
            assert isinstance(given, str) and shown.facts["maxChoices"] == "1"
        if shown.name == "matchInteraction":
            assert len(given) <= int(shown.facts["maxAssociations"])
        return given

    def scored(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """The outcomes."""
        self.values = dict.fromkeys(self.responses)
        self.values |= {name: self.bound(name, one) for name, one in given.items()}
        for name, one in self.outcomes.items():
            defaults = [value.text for default in one.all("defaultValue") for value in default.inside]
            self.values[name] = float(defaults[0]) if defaults else None
        for step in self.root.one("responseProcessing").inside:
            self.run(step)
        said = self.values["FEEDBACK"] or []
        if len(set(said)) < len(said):
            raise Refused(f"{self.id}: {said} are said twice")  # and shown twice
        return {name: self.values[name] for name in self.outcomes}

    def told(self) -> dict[str, str]:
        """What is said, after ``scored``."""
        shown = self.values["FEEDBACK"] or []
        return {name: self.feedback[name].words for name in shown}

    # ── what the specification says of each element ──

    def run(self, step: Element) -> None:
        if step.name == "setOutcomeValue":
            self.values[step.facts["identifier"]] = self.value(step.inside[0])
            return
        assert step.name == "responseCondition"
        for case in step.inside:
            steps = case.inside if case.name == "responseElse" else case.inside[1:]
            if case.name == "responseElse" or self.value(case.inside[0]) is True:
                for one in steps:
                    self.run(one)
                return

    def value(self, one: Element) -> Value:
        match one.name:
            case "variable":
                return self.values[one.facts["identifier"]]
            case "baseValue":
                return float(one.text) if one.facts["baseType"] == "float" else one.text
            case "correct":
                return self.correct(self.responses[one.facts["identifier"]])
            case "mapResponse":
                return self.mapped(self.responses[one.facts["identifier"]])
            case "isNull":
                return self.value(one.inside[0]) is None
            case "or" | "and":
                parts = [self.value(part) is True for part in one.inside]
                return any(parts) if one.name == "or" else all(parts)
        return self.computed(one, [self.value(part) for part in one.inside])

    def computed(self, one: Element, values: list[Value]) -> Value:
        if one.name == "multiple":
            flat = [x for value in values if value is not None for x in (value if isinstance(value, list) else [value])]
            return flat or None
        if None in values:
            if one.name == "stringMatch":
                raise Refused(f"{self.id}: nothing has no characters")  # where some engines stop
            return None
        match one.name:
            case "not":
                return not values[0]
            case "match":
                left, right = values
                return sorted(left) == sorted(right) if isinstance(left, list) else left == right
            case "member":
                return values[0] in values[1]
            case "stringMatch":
                assert one.facts["caseSensitive"] == "false"
                return values[0].lower() == values[1].lower()
            case "equal":
                assert one.facts["toleranceMode"] == "exact"
                return values[0] == values[1]
            case "gte":
                return values[0] >= values[1]
            case "lte":
                return values[0] <= values[1]
            case "sum":
                return sum(values)
            case "product":
                return values[0] * values[1]
            case "divide":
                return values[0] / values[1]
        raise Refused(f"{one.name} is no expression")

    def correct(self, declared: Element) -> Value:
        values = [one.text for one in declared.one("correctResponse").inside]
        values = [float(one) for one in values] if declared.facts["baseType"] == "float" else values
        return values[0] if declared.facts["cardinality"] == "single" else values

    def mapped(self, declared: Element) -> Value:
        value = self.values[declared.facts["identifier"]]
        if value is None:
            return None
        mapping = declared.one("mapping")
        table = {one.facts["mapKey"]: float(one.facts["mappedValue"]) for one in mapping.inside}
        chosen = set(value) if isinstance(value, list) else {value}
        total = sum(table.get(one, float(mapping.facts["defaultValue"])) for one in chosen)
        low, high = (
            float(mapping.facts.get(name, end)) for name, end in (("lowerBound", "-inf"), ("upperBound", "inf"))
        )
        return min(high, max(low, total))


@dataclass
class Package:
    items: dict[str, Reader]
    test: Element
    drawn: list[list[list[str]]]  # exercise, variant, items


def opened(data: bytes, version: str) -> Package:
    archive = zipfile.ZipFile(io.BytesIO(data))
    manifest = etree.fromstring(archive.read("imsmanifest.xml"))
    resources = {one.get("identifier"): one for one in manifest.iter("{*}resource")}
    listed = [one.get("href") for one in manifest.iter("{*}file")]
    if sorted([*listed, "imsmanifest.xml"]) != sorted(archive.namelist()):
        raise Refused(f"listed: {listed}, there: {archive.namelist()}")
    items, test = {}, None
    for ident, one in resources.items():
        kind = one.get("type")
        needed = {resources[other.get("identifierref")].get("href") for other in one.iter("{*}dependency")}
        if kind == "webcontent":
            continue
        parsed = etree.fromstring(archive.read(one.get("href")))
        assert etree.QName(parsed).namespace == NAMESPACES[version]
        root = read(parsed, version == "qti3")
        if kind.startswith("imsqti_test_xmlv"):
            test = root
            assert {
                resources[name].get("href") for name in resources if "item" in resources[name].get("type")
            } == needed
            continue
        assert kind.startswith("imsqti_item_xmlv") and ident == root.facts["identifier"]
        pictures = {node.get("src") for node in parsed.iter("{*}img")}
        if pictures != needed:
            raise Refused(f"{ident} shows {pictures}, and names {needed}")
        items[ident] = Reader(root)
    assert test is not None
    refs = [(one.facts["identifier"], one.facts["href"]) for one in test.all("assessmentItemRef")]
    assert refs == [(ident, f"{ident}.xml") for ident, _ in refs] and sorted(dict(refs)) == sorted(items)
    return Package(
        items,
        test,
        [
            variants(section)
            for section in test.one("testPart").one("assessmentSection").inside
            if section.name == "assessmentSection"
        ],
    )


def variants(section: Element) -> list[list[str]]:
    assert section.one("selection").facts["select"] == "1"
    return [
        [ref.facts["identifier"] for ref in one.all("assessmentItemRef")]
        for one in section.inside
        if one.name in ("assessmentItemRef", "assessmentSection")
    ]


# ── every exercise, every kind ───────────────────────────────────────────────


@cache
def exported(id: str, version: str, lang: Lang = "fr") -> tuple[quiz.Export, Package]:
    exercise = content.find(id)
    made = quiz.export([exercise], lang, version, id="td", variants=VARIANTS)
    return made, opened(made.files[f"td-{version}.zip"], version)


def scored_parts(item: Item) -> list[Part]:
    return [part for part in item.parts if part.kind not in ("text", "code")]


def ascii_number(value: Any) -> str:
    value = value.item() if hasattr(value, "item") else value
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def cells(part: Part, value: Any) -> list[Any] | None:
    if isinstance(value, Mapping):
        return list(value.values())
    value = value.tolist() if hasattr(value, "tolist") else value
    rows = [list(row) for row in value] if len(value) and isinstance(value[0], list | tuple) else [list(value)]
    fits = part.kind == "shape" or len(rows[0]) == part.columns
    return [x for row in rows for x in row] if fits else None


def given(reader: Reader, part: Part, n: int, value: Any) -> dict[str, Value] | None:
    """``value`` as a student gives it to question ``n``, None where it has no place for it."""
    name = f"RESPONSE_{n}"
    names = [option.name for option in part.options]
    if part.kind in ("table", "grid"):
        flat = cells(part, value)
        fits = flat is not None and len(flat) == len(part.fields)
        return {f"{name}_{k}": ascii_number(x) for k, x in enumerate(flat or [], 1)} if fits else None
    shown = reader.interactions[name]
    ids = [one.facts["identifier"] for one in shown.all("simpleChoice", "simpleAssociableChoice")]
    match part.kind:
        case "choice":
            return {name: ids[names.index(value)]}
        case "choices":
            return {name: [ids[names.index(one)] for one in value]}
        case "numeric":
            return {name: ascii_number(value)}
        case "shape":
            return {name: f"({', '.join(map(str, cells(part, value) or []))})"}
        case "matching":
            left = ids[: len(part.stems)]
            right = dict(zip(names, ids[len(part.stems) :], strict=True))
            return {name: [f"{row} {right[value[stem]]}" for row, (stem, _, _) in zip(left, part.stems, strict=True)]}
        case "ordering":
            rows, places = ids[: len(names)], ids[len(names) :]
            at = {one: places[k] for k, one in enumerate(value[: len(part.order)])}
            fits = len(value) == len(part.order)
            return (
                {name: [f"{row} {at.get(one, places[-1])}" for row, one in zip(rows, names, strict=True)]}
                if fits
                else None
            )
    return {name: value}


def by_choice(reader: Reader, part: Part, n: int) -> bool:
    """Whether question ``n`` is asked as its twin."""
    shown = reader.interactions.get(f"RESPONSE_{n}")
    return part.kind not in ("choice", "choices") and shown is not None and shown.name == "choiceInteraction"


def right_response(reader: Reader, part: Part, n: int, right: Any) -> dict[str, Value]:
    if by_choice(reader, part, n):
        assert part.twin
        return {f"RESPONSE_{n}": f"OPTION_{[option.right for option in part.twin.options].index(True) + 1}"}
    found = given(reader, part, n, right)
    assert found is not None
    return found


@pytest.mark.parametrize("version", ["qti21", "qti3"])
@pytest.mark.parametrize("id", IDS)
def test_right_answers_earn_everything_and_wrong_ideas_what_they_should(id: str, version: str) -> None:
    made, package = exported(id, version)
    exercise = content.find(id)
    expected = {item.slug for item in made.quiz.items if scored_parts(item)}
    essays = {part.id for item in made.quiz.items for part in item.parts if part.kind in ("text", "code")}
    assert set(package.items) == expected | essays, "no question is lost"
    for item in made.quiz.items:
        parts = scored_parts(item)
        if not parts:
            continue
        reader = package.items[item.slug]
        assert reader.root.facts["{http://www.w3.org/XML/1998/namespace}lang"] == "fr"
        asked = {}
        for part in parts:
            question = next(q for q in exercise.questions if q.name == part.name)
            assert isinstance(question, Answer)
            asked[part.name] = judge.expected(Variant(exercise, exercise.params[item.variant]), question)
        full: dict[str, Value] = {}
        for n, part in enumerate(parts, 1):
            full |= right_response(reader, part, n, asked[part.name].right)
        points = float(sum(part.points for part in parts))
        outcomes = reader.scored(full)
        assert outcomes["SCORE"] == pytest.approx(points, abs=1e-5) and outcomes["MAXSCORE"] == pytest.approx(
            points, abs=1e-5
        )
        assert set(reader.told()) == {"SOLUTION"} | {  # right options may have words of their own
            name for name in reader.told() if any(part.kind in ("choice", "choices") for part in parts)
        }
        nothing = reader.scored({})
        assert nothing["SCORE"] == 0, "nothing is earned by saying nothing"
        for n, part in enumerate(parts, 1):
            wrong_ideas(reader, item, part, n, asked[part.name], full)


def wrong_ideas(reader: Reader, item: Item, part: Part, n: int, asked: judge.Expected, full: dict[str, Value]) -> None:
    original = next(q for q in content.find(item.exercise).questions if q.name == part.name)
    assert isinstance(original, Answer)
    if by_choice(reader, part, n):
        assert part.twin
        for k, option in enumerate(part.twin.options, 1):
            outcomes = reader.scored({**full, f"RESPONSE_{n}": f"OPTION_{k}"})
            assert outcomes[f"SCORE_{n}"] == pytest.approx(float(option.credit * part.points), abs=1e-5)
            if option.feedback:
                assert words_of(option.feedback) in reader.told().values()
        return
    for misconception, value in asked.wrong:
        response = given(reader, part, n, value)
        score = original.rule.score(value, asked.right)
        if response is None or score == 1:
            continue
        earned = reader.scored({**full, **response})[f"SCORE_{n}"] / float(part.points)
        if part.kind == "ordering":
            assert earned < 1
        else:
            assert earned == pytest.approx(float(score), abs=1e-4), f"{reader.id}: {misconception.name}"
        if part.kind in ("numeric", "shape"):
            same = {m.name for m, led in asked.wrong if original.rule.score(led, value) == 1 or led == value}
            said = [words_of(known.feedback) for known in part.known if known.name in same]
            assert set(said) & set(reader.told().values()), f"{reader.id}: {misconception.name} is not told"
        if part.kind == "choice":
            assert words_of(next(o.feedback for o in part.options if o.name == value)) in reader.told().values()


def words_of(content: Any) -> str:
    return " ".join("".join(etree.fromstring(f"<div>{qti.html(content)}</div>").itertext()).split())


@pytest.mark.parametrize(
    "id", ["conv_output_size", "cnn_parameters", "canny_steps", "activation_curves", "order_by_noise"]
)
def test_all_versions_say_the_same(id: str) -> None:
    def said(version: str) -> list[Any]:
        return [shape(one.root) for _, one in sorted(exported(id, version)[1].items.items())]

    assert said("qti21") == said("qti22") == said("qti3")


def shape(one: Element) -> Any:
    if one.name in ("contentBody", "div"):
        return ("div", [shape(child) for child in one.inside])
    own = ("schemaLocation", "externalScored", "data-patternmask-message")
    facts = {key: value for key, value in one.facts.items() if not key.endswith(own)}
    return (one.name, facts, one.text, [shape(child) for child in one.inside])


def test_double_braces_are_no_template_of_a_player() -> None:
    prompt = (Node("code_block", 'f"{{epoch:04d}} {x}"'),)
    reader = one(replace(asking("numeric", number=NUMBER), prompt=prompt))
    assert all("{{" not in text for text in reader.root.markup.itertext())
    assert 'f"{{epoch:04d}} {x}"' in reader.root.one("itemBody").words


@pytest.mark.parametrize("id", IDS)
def test_formulas_are_mathml_with_their_text(id: str) -> None:
    _, package = exported(id, "qti3")
    for reader in package.items.values():
        for formula in reader.root.markup.iter(f"{{{MATHML}}}math"):
            assert formula.get("alttext")
        shown = "".join(reader.root.markup.itertext())
        assert not re.search(r"\\(frac|left|times|begin)|\$[^$]+\$", re.sub(r"r?['\"].*?['\"]", "", shown))


def test_one_variant_of_each_exercise_is_drawn_whole() -> None:
    made, package = exported("conv_output_size", "qti3")
    (drawn,) = package.drawn
    assert len(drawn) == len(made.quiz.items)
    for item, names in zip(made.quiz.items, drawn, strict=True):
        assert len(names) > 1 and all(name.startswith(item.slug) for name in names)


# ── failures that schemas do not see ─────────────────────────────────────────


def package_of(part: Part, version: str = "qti3", lang: Lang = "fr", notes: Notes | None = None) -> bytes:
    item = Item("ex@0#0", "ex-0-0", "ex", "0", 0, "Été & <co>", plain("Énoncé"), (part,), plain("Solution"), {}, {})
    made = Quiz("td", "TD « 1 »", lang, (Group("ex", ("shelf", "ex"), "Titre", (item,), 1),))
    files = VERSIONS[version].write(made, Policy("net-correct", Fraction(1, 4)), notes or Notes())
    return files[f"td-{version}.zip"]


def one(part: Part, version: str = "qti3", lang: Lang = "fr", notes: Notes | None = None) -> Reader:
    (reader,) = opened(package_of(part, version, lang, notes), version).items.values()
    return reader


def asking(kind: Any, **facts: Any) -> Part:
    return Part("ex-0-0-q", "q", kind, plain("Question"), Fraction(1), **facts)


def broken(data: bytes, old: str, new: str) -> bytes:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return qti.zipped({name: re.sub(old, new, archive.read(name).decode()).encode() for name in archive.namelist()})


NUMBER = Number("3.5", "0.05", integer=False, shown="3,50")


@pytest.mark.parametrize("version", sorted(VERSIONS))
def test_an_item_that_never_sets_score_is_refused_by_the_reader(version: str) -> None:
    data = package_of(asking("numeric", number=NUMBER), version)
    with pytest.raises(Refused, match="never sets SCORE"):
        opened(broken(data, r'(set-?[oO]utcome-?[vV]alue identifier=")SCORE"', r'\1MAXSCORE"'), version)


def test_a_choice_without_a_right_one_is_refused_by_the_reader() -> None:
    options = (Option("a", "A", plain("a"), True, Fraction(1)), Option("b", "B", plain("b")))
    data = package_of(asking("choice", options=options))
    with pytest.raises(Refused, match="nothing is right"):
        opened(broken(data, "<qti-correct-response>.*?</qti-correct-response>", ""), "qti3")


def test_a_decimal_comma_is_refused_and_told() -> None:
    reader = one(asking("numeric", number=NUMBER))
    assert reader.scored({"RESPONSE_1": "3.5"})["SCORE"] == reader.scored({"RESPONSE_1": "3.55"})["SCORE"] == 1
    assert reader.scored({"RESPONSE_1": "3.56"})["SCORE"] == 0
    assert reader.scored({"RESPONSE_1": "3,5"})["SCORE"] == 0
    assert any("12.5, et non 12,5" in said for said in reader.told().values())
    shown = reader.interactions["RESPONSE_1"]
    assert (
        "12.5" in shown.facts["data-patternmask-message"] and "12.5, et non 12,5" in reader.root.one("itemBody").words
    )


def test_the_typographical_minus_stays_out_of_what_machines_read() -> None:
    reader = one(asking("numeric", number=Number("-3", "0", integer=True, shown="−3")))
    assert reader.scored({"RESPONSE_1": "-3"})["SCORE"] == 1
    assert reader.responses["RESPONSE_1"].one("correctResponse").inside[0].text == "-3"


def test_whole_numbers_are_written_whole() -> None:
    large = "12345678901234567890"
    declared = one(asking("numeric", number=Number(large, "0", integer=True, shown=large))).responses["RESPONSE_1"]
    assert declared.one("correctResponse").inside[0].text == large


def test_a_third_of_the_points_three_times_is_everything() -> None:
    number = Number("3", "0", integer=True, shown="3")
    part = replace(asking("table", fields=(Field("a", plain("a"), number),) * 3), points=Fraction(1))
    reader = one(part)
    assert reader.scored({f"RESPONSE_1_{n}": "3" for n in (1, 2, 3)})["SCORE"] == 1
    assert reader.scored({"RESPONSE_1_1": "3", "RESPONSE_1_2": "4"})["SCORE"] == pytest.approx(1 / 3)
    rights = tuple(Option(str(n), "A", plain(str(n)), n < 3, Fraction(1 if n < 3 else -1, 3)) for n in range(5))
    reader = one(asking("choices", options=rights))
    assert reader.scored({"RESPONSE_1": ["OPTION_1", "OPTION_2", "OPTION_3"]})["SCORE"] == 1
    assert reader.scored({"RESPONSE_1": ["OPTION_1", "OPTION_2", "OPTION_4"]})["SCORE"] == pytest.approx(
        1 / 3, abs=1e-5
    )
    assert reader.scored({"RESPONSE_1": ["OPTION_4"]})["SCORE"] == 0


def test_all_or_nothing_gives_nothing_for_a_part() -> None:
    options = tuple(
        Option(str(n), "A", plain(str(n)), n < 2, Fraction(1, 2) if n < 2 else Fraction(-1)) for n in range(4)
    )
    reader = one(asking("choices", options=options, all_or_nothing=True))
    assert reader.scored({"RESPONSE_1": ["OPTION_1"]})["SCORE"] == 0
    assert reader.scored({"RESPONSE_1": ["OPTION_2", "OPTION_1"]})["SCORE"] == 1


def test_negative_marks_are_the_policy_s() -> None:
    options = (Option("a", "A", plain("a"), True, Fraction(1)), Option("b", "B", plain("b"), credit=Fraction(-1, 4)))
    part = replace(asking("choice", options=options), points=Fraction(2))
    reader = one(part)
    assert reader.scored({"RESPONSE_1": "OPTION_2"})["SCORE"] == -0.5
    assert reader.scored({})["SCORE"] == 0
    data = zipfile.ZipFile(io.BytesIO(package_of(part)))
    assert "1/4" in data.read("test.xml").decode()


def test_several_choices_with_none_right_become_one_choice() -> None:
    options = tuple(Option(name, name, plain(name), credit=Fraction(-1)) for name in "AB")
    twin = asking("choice", options=(Option("r", "A", plain("rien"), True, Fraction(1)), Option("x", "B", plain("A"))))
    reader = one(asking("choices", options=options, twin=twin))
    assert reader.responses["RESPONSE_1"].facts["cardinality"] == "single"
    assert reader.scored({})["SCORE"] == 0 and reader.scored({"RESPONSE_1": "OPTION_1"})["SCORE"] == 1


def test_a_short_answer_takes_each_spelling_and_tells_a_wrong_idea() -> None:
    known = (Known("m", ("pooling",), "pooling", plain("Non.")),)
    reader = one(asking("short", accepted=("réseau", "reseau"), known=known))
    assert reader.scored({"RESPONSE_1": "Réseau"})["SCORE"] == reader.scored({"RESPONSE_1": "reseau"})["SCORE"] == 1
    assert reader.scored({"RESPONSE_1": "Pooling"})["SCORE"] == 0 and "Non." in reader.told().values()


@pytest.mark.parametrize("version", sorted(VERSIONS))
def test_code_is_read_by_a_person_who_sees_what_is_checked(version: str) -> None:
    part = asking("code", starter="x = a[0] < 1\n", checks=(plain("Les bords comptent."),))
    reader = one(part, version)
    assert reader.by_hand and "x = a[0] < 1" in reader.root.one("itemBody").words
    (rubric,) = reader.root.all("rubricBlock")
    assert rubric.facts["view"] == "scorer" and "Les bords comptent." in rubric.words and "Solution" in rubric.words
    assert (reader.outcomes["SCORE"].facts.get("externalScored") == "human") == (version != "qti21")


def test_tables_have_bodies_and_pictures_come_once() -> None:
    row = Node("row", children=(Node("item", children=(Node("text", "a"),)),))
    picture = Node("image", 'des "points"', mime="image/png", data=b"\x89PNG")
    prompt = (Node("table", children=(row,)), Node("paragraph", children=(picture, picture)))
    data = package_of(replace(asking("numeric", number=NUMBER), prompt=prompt), "qti21")
    (name,) = [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if name.endswith(".png")]
    text = zipfile.ZipFile(io.BytesIO(data)).read("ex-0-0.xml").decode()
    assert "<table><tbody><tr>" in text and text.count(name) == 2
    assert opened(data, "qti21")


def test_a_name_that_begins_with_a_digit_gets_a_letter() -> None:
    assert qti.identifier("1x") == "I-1x" and qti.identifier("x1") == "x1"
