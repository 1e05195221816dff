"""What a quiz brings back is judged as a notebook: right, each wrong idea, blanks, decimal commas, in both languages.

``Attempt`` below writes a Responses report as Moodle does, from the file that Moodle imported: question texts as its
plain text has them, options after a colon, shuffled, blocks of an ordering cut after ten characters.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from grader import bridge, cli, content, course, grading, lock, quiz, report, values
from grader.model import Answer, Lang, Record, Status, Terms, Unreadable
from grader.quiz import build
from grader.quiz.item import Item, Part
from grader.quiz.moodle import kinds
from grader.quiz.moodle.text import html as as_html
from grader.results import exported, moodle
from grader.results.exported import Asked, Exported

IDS = sorted(content.paths())
VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))
TRUSTED = Terms(trust=True, workers=2)  # what these students write is in this file

# ── Moodle, in small ─────────────────────────────────────────────────────────


def plain(markup: str) -> str:
    """As Moodle turns HTML into text: strong words are capitals, bullets are stars, pictures their description."""
    if not markup.strip():
        return ""
    return _plain(html.fragment_fromstring(markup, create_parent="div")).strip()


def _plain(node: Any) -> str:
    inner = (node.text or "") + "".join(_plain(child) + (child.tail or "") for child in node)
    match node.tag:
        case "strong" | "b" | "h3" | "h4" | "h5" | "h6":
            return inner.upper()
        case "th":
            return f"\t\t{inner.upper()}\n"
        case "em":
            return f"_{inner}_"
        case "li":
            return f"\t* {inner}\n"
        case "td":
            return f"\t\t{inner}\n"
        case "p" | "pre" | "ul" | "ol" | "table" | "tr" | "blockquote":
            return f"\n{inner}\n"
        case "br":
            return "\n"
        case "img":
            return f"[{node.get('alt')}]"
    return inner


def cut(text: str) -> str:
    return text if len(text) <= 10 else text[:7] + "..."


@dataclass
class Attempt:
    """A question in front of a student."""

    node: Any
    draw: random.Random

    @property
    def kind(self) -> str:
        return str(self.node.get("type"))

    def shuffled(self, texts: Sequence[str]) -> list[str]:
        return self.draw.sample(list(texts), len(texts))

    @property
    def summary(self) -> str:
        markup = self.node.findtext("questiontext/text")
        text = plain(_without_gaps(markup) if self.kind == "cloze" else markup)
        if self.kind == "multichoice":
            options = [plain(one.findtext("text")) for one in self.node.iterfind("answer")]
            return f"{text}: {'; '.join(self.shuffled(options))}"
        if self.kind == "matching":
            pairs = list(self.node.iterfind("subquestion"))
            stems = [plain(one.findtext("text")) for one in pairs if one.findtext("text")]
            menu = dict.fromkeys(one.findtext("answer/text") for one in pairs)
            return f"{text} {{{'; '.join(self.shuffled(stems))}}} -> {{{'; '.join(self.shuffled(list(menu)))}}}"
        return text

    def right(self, part: Part) -> str:
        """What the column of right answers says."""
        told = response(part, self, right_of(part), "right") if part.kind not in ("code", "text") else None
        return "" if told is None else told


def _without_gaps(text: str) -> str:
    shown, depth, at = "", 0, 0
    while at < len(text):
        if depth == 0 and text[at] == "{" and text[at + 1 : at + 3] == "1:":
            depth, shown = 1, shown + "_____"
        elif depth and text[at] == "}":
            depth = 0
        elif not depth:
            shown += text[at]
        at += 1
    return shown


def option(part: Part, name: str) -> str:
    return plain(as_html(next(one.words for one in part.options if one.name == name)))


def response(part: Part, attempt: Attempt, value: tuple[str, ...], name: str) -> str | None:
    """What the report says when a student means ``value``, the wrong idea ``name``; None where it cannot be chosen."""
    kind = attempt.kind
    if kind == "multichoice":
        single = attempt.node.findtext("single") == "true"
        if single and part.kind == "choice":
            return option(part, value[0])
        if single:
            assert part.twin
            return option(part.twin, name) if name in {one.name for one in part.twin.options} else None
        return "; ".join(attempt.shuffled([option(part, one) for one in value])) or None
    if kind == "numerical":
        return value[0]
    if kind == "shortanswer":
        return f"({', '.join(value)})"
    if kind == "matching" and part.kind == "ordering":
        if len(value) > len(part.order):
            return None  # the menu has no such place
        place = {one: f"Place {n}" for n, one in enumerate(value, 1)}
        unused = (
            kinds.UNUSED.fr if "ne sert pas" in etree.tostring(attempt.node, encoding="unicode") else kinds.UNUSED.en
        )
        rows = [f"{option(part, one.name)} -> {place.get(one.name, unused)}" for one in part.options]
        return "; ".join(attempt.shuffled(rows))
    if kind == "matching":
        menu = kinds.entries(part)
        rows = [f"{plain(as_html(stem))} -> {menu[one]}" for (_, stem, _), one in zip(part.stems, value, strict=True)]
        return "; ".join(attempt.shuffled(rows))
    if kind == "ordering":
        blocks = [plain(one.findtext("text")) for one in attempt.node.iterfind("answer")]  # in the right order
        return "; ".join(cut(blocks[part.order.index(one)]) for one in value) if set(value) == set(part.order) else None
    assert kind == "cloze"
    return "; ".join(f"part {n}: {one}" for n, one in enumerate(value, 1))


def right_of(part: Part) -> tuple[str, ...]:
    if part.kind == "numeric":
        assert part.number
        return (part.number.value,)
    if part.kind in ("choice", "choices"):
        return tuple(one.name for one in part.options if one.right)
    if part.kind == "matching":
        return tuple(right for _, _, right in part.stems)
    if part.kind == "ordering":
        return part.order
    if part.kind in ("table", "grid", "shape"):
        return tuple(one.text for one in part.fields)
    return part.accepted[:1]


# ── every exercise ───────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Lang], Path]:
    def made(id: str, lang: Lang) -> Path:
        where = tmp_path_factory.mktemp("quiz")
        for name, data in quiz.export([content.find(id)], lang, "moodle", id="td", variants=VARIANTS).files.items():
            (where / name).write_bytes(data)
        return where

    return made


def parts(item: Item) -> Iterator[Part]:
    return (part for part in item.parts if part.kind not in ("code", "text"))


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("id", IDS)
def test_answers_are_what_the_student_meant(id: str, lang: Lang, folder: Callable[[str, Lang], Path]) -> None:
    where = folder(id, lang)
    export = exported.read(where)
    index = moodle._Index([one for file in export.files(".xml") for one in moodle._questions(file)])
    nodes = {one.findtext("idnumber"): one for one in etree.parse(where / "td.xml").getroot().iterfind("question")}
    draw = random.Random(id)
    for slug, facts in export.items.items():
        for name, code in facts["parts"].items():
            asked = export.asked(slug, name)
            attempt = Attempt(nodes[code], draw)
            (named,) = index.find(attempt.summary, "")
            assert named.id == code
            nameless = re.sub(r"\[[0-9a-f]{8}\]", "", attempt.summary)  # somebody took the reference away
            found = index.find(nameless, attempt.right(asked.part))
            if len(found) > 1:
                assert same_words(found, nodes), code  # nothing in the report tells them apart
            question = next(one for one in index.questions if one.id == code)
            assert question in found, attempt.summary
            if not isinstance(asked.question, Answer):
                text = "def f(x):\n    return x"
                assert moodle.read(asked, question, text) == text
                continue
            for idea, meant, value in meanings(asked):
                written = response(asked.part, attempt, value, idea or "right")
                if written is not None:
                    try:
                        source = moodle.read(asked, question, written)
                    except moodle.written.Unclear:
                        assert "[" in written  # pictures
                        continue
                    assert scored(asked, source) == asked.answer.rule.score(meant, asked.known[name]), (idea, source)


def same_words(found: Sequence[moodle.Question], nodes: Mapping[str, Any]) -> bool:
    """Variants whose pictures or order alone tell them apart."""
    texts = {_without_gaps(nodes[one.id].findtext("questiontext/text")) for one in found}
    texts = {re.sub(r'\[[0-9a-f]{8}\]|PLUGINFILE@@/[^"]*', "", text) for text in texts}
    return len(texts) == 1 and len({(frozenset(one.options), one.right) for one in found}) == 1


def meanings(asked: Asked) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """The right answer, then each wrong idea: its name, its value, and how the quiz writes that."""
    yield "", asked.known[asked.part.name], right_of(asked.part)
    ideas = {one.name: one for one in asked.answer.misconceptions}
    for one in asked.part.known:
        yield one.name, values.call(ideas[one.name].compute, asked.known), one.value


def scored(asked: Asked, source: str | None) -> Fraction:
    assert source is not None
    name, _, literal = source.partition(" = ")
    assert name == asked.part.name
    try:
        reading = asked.answer.rule.read(ast.literal_eval(literal), asked.shown, asked.lang)
    except Unreadable as why:
        pytest.fail(f"{source}: {why}")
    score: Fraction = asked.answer.rule.score(reading.value, asked.known[name])
    return score


# ── from the report to the verdicts ──────────────────────────────────────────

KINDS = (  # together, one of each kind
    *("activation_curves", "conv2d_defaults", "convolution_by_hand", "conv_output_formula", "adam_first_step"),
    *("history_of_networks", "conv_output_size", "gradient_step", "discuss_learning_curves"),
)
HEADS = {
    "fr": ["Nom de famille", "Prénom", "Numéro d'identification", "Adresse de courriel", "Statut", "Commencé le"],
    "en": ["Last name", "First name", "ID number", "Email address", "Status", "Started"],
}
SLOTS = {
    "fr": ["Question {0}", "Réponse {0}", "Bonne réponse {0}"],
    "en": ["Question {0}", "Response {0}", "Right answer {0}"],
}
WHO = {  # id: what Moodle knows of them
    "ada": ("Lovelace", "Ada", "2100001", ""),
    "emmy": ("Noether", "Emmy", "", "EMMY@example.org"),
    "zoe": ("Gödel", "Zoé", "", ""),
    "alan": ("Turing", "Alan", "alan", ""),
}
ROSTER = (
    "id,name,email,number\nada,Ada Lovelace,,2100001\nemmy,E. Noether,emmy@example.org,\nzoe,Zoé Gödel,,\n"
    "alan,Alan Turing,,\nnobody,No Body,,\n"
)
CODE = "def conv_output_size(n, k, s=1, p=0):\n    return (n - k + 2 * p) // s + 1"


@dataclass
class Class:
    """A course whose assignment td was exported and taken in Moodle."""

    root: Path
    lang: Lang
    capsys: pytest.CaptureFixture[str]

    @property
    def export(self) -> Exported:
        return exported.read(self.root / "quiz/td-moodle")

    def run(self, *arguments: str) -> tuple[int, str]:
        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(self.root)
            patched.setattr(sys, "argv", ["partiel", *arguments])
            for console in (cli.out, cli.err):
                patched.setattr(console, "_width", 1000)
            with pytest.raises(SystemExit) as left:
                cli.main()
        said = self.capsys.readouterr()
        return int(left.value.code or 0), said.out + said.err

    def bring(self, *more: str, file: str = "responses.csv") -> tuple[int, str]:
        return self.run("import", "td", file, "--quiz", "quiz/td-moodle", *more)

    def graded(self) -> dict[str, dict[str, Any]]:
        records = dict(grading.grade(course.load(self.root), "td", TRUSTED))
        assert all(isinstance(record, Record) for record in records.values()), records
        return {id: {v.key: v for v in record.verdicts} for id, record in records.items()}  # type: ignore[union-attr]

    def taken(
        self, meant: Callable[[str, Asked], str | None], variant: Callable[[str, str, str], int]
    ) -> dict[str, Any]:
        """A report in which each student answers as ``meant`` says to the variant that was drawn for them."""
        export, draw = self.export, random.Random(0)
        tree = etree.parse(self.root / "quiz/td-moodle/td.xml").getroot()
        nodes = {one.findtext("idnumber"): one for one in tree.iterfind("question")}
        slugs: dict[str, list[str]] = {}
        for slug, one in export.items.items():
            slugs.setdefault(one["exercise"], []).append(slug)
        rows, seen = [], {}
        for id, (last, first, number, email) in WHO.items():
            row = [last, first, number, email, "Finished" if self.lang == "en" else "Terminé", "22 November 2026"]
            for exercise, several in slugs.items():
                for name in export.items[several[0]]["parts"]:
                    slug = several[variant(id, exercise, name)]
                    asked = export.asked(slug, name)
                    attempt = Attempt(nodes[export.items[slug]["parts"][name]], draw)
                    told = meant(id, asked)
                    seen[id, exercise, name] = asked
                    row += [attempt.summary, "-" if told is None else told, attempt.right(asked.part) or "-"]
            rows.append(row)
        heads = [
            *HEADS[self.lang],
            *(one.format(n) for n in range(1, (len(rows[0]) - 6) // 3 + 1) for one in SLOTS[self.lang]),
        ]
        with (self.root / "responses.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";" if self.lang == "fr" else ",").writerows([heads, *rows])
        written = [dict(zip((head.lower().replace(" ", "") for head in heads), row, strict=True)) for row in rows]
        (self.root / "responses.json").write_text(json.dumps([written]), "utf-8")
        return seen


@pytest.fixture(params=["fr", "en"])
def class_(request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Class:
    listed = ", ".join(f'"{id}"' for id in KINDS)
    course.init(tmp_path, "dl", "Deep learning", request.param)
    toml = (
        f'[course]\nid = "dl"\ntitle = "Deep"\nlang = "{request.param}"\n\n[assignments.td]\nexercises = [{listed}]\n'
    )
    (tmp_path / "course.toml").write_text(toml, "utf-8")
    (tmp_path / "students.csv").write_text(ROSTER, "utf-8")
    made = Class(tmp_path, request.param, capsys)
    assert made.run("export", "td", "--to", "moodle", "--variants", "4")[0] == 0
    return made


def idea(asked: Asked, n: int) -> tuple[str, Any, tuple[str, ...]]:
    """The right answer for 0, then wrong ideas."""
    several = list(meanings(asked))
    return several[n] if n < len(several) else several[0]


def answer(asked: Asked, n: int, export: Class) -> str | None:
    if not isinstance(asked.question, Answer):
        return CODE if asked.part.kind == "code" else "Because."
    tree = etree.parse(export.root / "quiz/td-moodle/td.xml").getroot()
    node = next(one for one in tree.iterfind("question") if one.findtext("idnumber") == asked.part.id)
    name, _, value = idea(asked, n)
    return response(asked.part, Attempt(node, random.Random(1)), value, name or "right")


def expected(asked: Asked, n: int) -> Fraction:
    if not isinstance(asked.question, Answer):
        return Fraction(1) if asked.part.kind == "code" else Fraction(0)
    return asked.answer.rule.score(idea(asked, n)[1], asked.known[asked.part.name])


@pytest.mark.parametrize("apart", [False, True], ids=["variants of exercises", "variants of questions"])
def test_verdicts_are_what_was_meant(class_: Class, apart: bool) -> None:
    """ada is right; emmy, zoe and alan have one wrong idea after the other."""
    places = {id: n for n, id in enumerate(WHO)}
    seen = class_.taken(
        lambda id, asked: answer(asked, places[id], class_),
        lambda id, _, name: (places[id] + (name != "size") * apart) % 4,
    )
    code, said = class_.bring()
    assert code == 0, said
    assert "4 students" in said and "nobody met" not in said
    verdicts = class_.graded()
    assert set(verdicts) == set(WHO)
    for (id, exercise, name), asked in seen.items():
        key = next(key for key in (f"{exercise}-{name}", f"{exercise}-{name}-{name}") if key in verdicts[id])
        verdict, wanted = verdicts[id][key], expected(asked, places[id])
        if asked.part.kind == "text":
            assert verdict.status is Status.WAITING
            continue
        if answer(asked, places[id], class_) is None:
            assert verdict.status is Status.MISSING  # Moodle offers no such answer
            continue
        follows = asked.part.follows  # then the rows that follow from a wrong one are right, as in a notebook
        assert (verdict.earned >= wanted * verdict.points) if follows else (verdict.earned == wanted * verdict.points)
        if 0 < places[id] < len(list(meanings(asked))) if isinstance(asked.question, Answer) else False:
            assert idea(asked, places[id])[0] in verdict.misconceptions or wanted > 0, (id, key, verdict)
    apart_keys = {key for key in verdicts["ada"] if key.endswith("-size-size")}
    assert bool(apart_keys) is apart  # conv_output_size.size and its code have numbers of their own
    here = course.load(class_.root)
    rows = {row.student: row for row in report.rows(here, "td")}
    assert rows["ada"].earned == report.total(here, "td") - sum(
        v.points for v in verdicts["ada"].values() if v.status is Status.WAITING
    )


def test_blanks_are_missing_and_commas_are_read(class_: Class) -> None:
    def meant(id: str, asked: Asked) -> str | None:
        if id == "ada" or asked.part.kind in ("code", "text"):
            return None
        told = answer(asked, 0, class_)
        if id == "emmy" and asked.part.kind in ("numeric", "table", "grid"):
            return told and told.replace(".", ",").replace("part", "partie").replace(":", " :")
        if id == "zoe" and asked.part.kind in ("numeric", "table"):
            return "douze" if asked.part.kind == "numeric" else "part 1: ; part 2: 1"
        return told

    seen = class_.taken(meant, lambda *_: 1)
    assert class_.bring(file="responses.json")[0] == 0
    verdicts = class_.graded()
    assert {v.status for v in verdicts["ada"].values()} == {Status.MISSING}
    for (id, exercise, name), asked in seen.items():
        verdict = verdicts[id][f"{exercise}-{name}"]
        if id == "emmy" and asked.part.kind not in ("code", "text"):
            assert verdict.status is Status.CORRECT, verdict
        if id == "zoe" and asked.part.kind == "numeric":
            assert verdict.status is Status.UNREADABLE, verdict


# ── what goes wrong is named ─────────────────────────────────────────────────


def rows_of(made: Class) -> list[list[str]]:
    with (made.root / "responses.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";" if made.lang == "fr" else ","))


def rewrite(made: Class, rows: Sequence[Sequence[str]]) -> None:
    with (made.root / "responses.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def test_what_is_unknown_is_named_and_the_rest_comes_in(class_: Class) -> None:
    class_.taken(lambda _, asked: answer(asked, 0, class_), lambda *_: 0)
    heads, *rows = rows_of(class_)
    rows[0][6] = "Which planet is this?"
    rows[2][:4] = ["Nobody", "Knows", "", "knows@example.org"]
    rewrite(class_, [heads, *rows])
    code, said = class_.bring()
    assert code == 1
    assert "not imported: ada, line" in said and "question 1: unknown: Which planet is this?" in said
    assert "not imported: Knows Nobody" in said and "is not in students.csv" in said
    assert "of 3 students" in said
    assert (class_.root / "submitted/ada/td/td.ipynb").is_file()
    assert not (class_.root / "submitted/zoe").exists()


def test_what_is_handed_in_stays_unless_forced(class_: Class) -> None:
    class_.taken(lambda _, asked: answer(asked, 0, class_), lambda *_: 0)
    assert class_.bring()[0] == 0
    file = class_.root / "submitted/ada/td/td.ipynb"
    before, locked = file.read_bytes(), (class_.root / "td.lock.json").read_bytes()
    class_.taken(lambda _, asked: answer(asked, 1, class_), lambda *_: 2)
    code, said = class_.bring()
    assert code == 1 and "ada has already handed in: td.ipynb is kept (--force replaces it)" in said
    assert (file.read_bytes(), (class_.root / "td.lock.json").read_bytes()) == (before, locked)
    assert class_.bring("--force")[0] == 0
    assert file.read_bytes() != before
    sheet = lock.read(course.load(class_.root), "td").sheet("ada")
    third = class_.export.items[[s for s, one in class_.export.items.items() if one["exercise"] == KINDS[1]][2]]
    assert build.jsonable(dict(sheet.items[1].variant.params)) == third["parameters"]


def test_a_copy_in_a_student_s_hands_is_never_changed(class_: Class) -> None:
    assert class_.run("generate", "td")[0] == 0
    before = (class_.root / "td.lock.json").read_bytes()
    class_.taken(lambda _, asked: answer(asked, 0, class_), lambda *_: 0)
    code, said = class_.bring("--force")
    assert code == 1 and "was handed other variants as a notebook" in said
    assert (class_.root / "td.lock.json").read_bytes() == before


def test_the_last_finished_attempt_counts(class_: Class) -> None:
    class_.taken(lambda _, asked: answer(asked, 0, class_), lambda *_: 0)
    heads, ada, *rest = rows_of(class_)
    blank = [*ada[:6], *("-" if n % 3 == 1 else cell for n, cell in enumerate(ada[6:]))]
    open_ = [*blank[:4], "In progress" if class_.lang == "en" else "En cours", *blank[5:]]
    rewrite(class_, [heads, blank, ada, open_, *rest])
    code, said = class_.bring()
    assert code == 0 and "ada has 3 attempts" in said
    assert class_.graded()["ada"]["conv_output_size-size"].status is Status.CORRECT


def test_results_in_json_are_judged_alike(class_: Class) -> None:
    first = {one["exercise"]: one for one in reversed(list(class_.export.items.values()))}
    shapes, curves = first["conv2d_defaults"], first["activation_curves"]
    asked = {name: class_.export.asked(curves["slug"], name) for name in curves["parts"]}
    told = {name: one.known[name] for name, one in asked.items()}
    results = [
        {"student": "ada", "item": curves["id"], "answers": told},
        {"student": "2100001", "item": shapes["slug"], "answers": {"output": "(1; 2)", "nothing": "1"}},
        {"student": "emmy@example.org", "item": "conv_output_size@0#0", "answers": {"size": "26"}},
    ]
    (class_.root / "r.json").write_text(json.dumps(results), "utf-8")
    code, said = class_.bring("--from", "json", file="r.json")
    assert code == 1
    assert "does not ask 'nothing'" in said and "unknown: conv_output_size@0#0" in said
    assert {name: class_.graded()["ada"][f"activation_curves-{name}"].status for name in told} == dict.fromkeys(
        told, Status.CORRECT
    )


def test_what_was_imported_is_recorded_though_nobody_generated_it(class_: Class) -> None:
    first = next(one for one in class_.export.items.values() if one["exercise"] == "conv_output_size")
    results = [{"student": "ada", "item": first["id"], "answers": {"size": str(first["answers"]["size"])}}]
    (class_.root / "r.json").write_text(json.dumps(results), "utf-8")
    assert class_.bring("--from", "json", file="r.json")[0] == 0
    assert bridge.finals(course.load(class_.root), "td").maximum == 1  # nbgrader's own commands know it too
    assert class_.run("grade", "td", "--trust-submissions")[0] == 0
    assert bridge.finals(course.load(class_.root), "td").by_student["ada"].score == 1


def test_a_file_that_is_no_report_is_refused(class_: Class) -> None:
    (class_.root / "responses.csv").write_text("a,b\n1,2\n")
    code, said = class_.bring()
    assert code == 1 and "no column is a question or a response" in said
    code, said = class_.bring("--from", "moodel")
    assert code == 2 and "Did you mean 'moodle'?" in said
    code, said = class_.run("import", "td", "responses.csv", "--quiz", "nowhere")
    assert code == 1 and "there is no manifest here" in said
    assert not (class_.root / "td.lock.json").exists()
