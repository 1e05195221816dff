"""Paper: every answer is in the solutions and none in the copy; formulas, pictures, names and codes are printed."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pypdf
import pytest

from grader import cli, content, course, lock, quiz
from grader.model import Lang
from grader.quiz import build, copies, paper, words
from grader.quiz.carry import Notes
from grader.quiz.copies import Hand, Held
from grader.quiz.item import Copy, Item, Part, Quiz
from grader.quiz.paper import formula, press, sheet
from grader.quiz.policy import Policy
from grader.quiz.words import Node, plain

IDS = sorted(content.paths())
VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "1"))  # of each exercise
LANGS: tuple[Lang, ...] = ("fr", "en")
COURSE = """\
[course]
id = "dl"
title = "Deep learning"
lang = "fr"

[assignments.td1]
title = "Contrôle n° 1"
exercises = ["conv_output_size", "softmax_by_hand"]
"""
ROSTER = "id,name,lang,number\nada,Ada Lovelace,,00012345678\nelie,Élie Cartan,,7\nalan,Alan Turing,en,12\n"


def one(id: str, lang: Lang = "fr", variants: int = 1) -> Quiz:
    made = build.quiz("td1", "Contrôle n° 1", [content.find(id)], lang, variants)
    return replace(made, copies=copies.dealt(made))


def text(pdf: bytes) -> str:
    """Words of a PDF, without the spaces: lines break anywhere, and pieces of formulas are apart."""
    pages = (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return squeezed("".join(pages))


def squeezed(said: str) -> str:
    return re.sub(r"[\s\u00ad\u2010-]+", "", said.replace("\ufb01", "fi").replace("\ufb02", "fl").replace("ﬀ", "ff"))


def rights(part: Part, lang: Lang) -> list[str]:
    """Row after row in a table, whose labels are formulas."""
    if part.kind == "table":
        return [f": {f.number.shown if f.number else f.text}" for f in part.fields]
    return [said] if (said := sheet.answer(part, lang)) else []


def printed(made: Quiz) -> Iterator[tuple[Copy, bytes, bytes]]:
    pictures = {paper.file_of(node): node.data for item in made.items for node in words.images(list(paper.said(item)))}
    with press.press(pictures) as machine:
        for copy in made.copies:
            solved = machine.pdf(sheet.solutions(made, copy))
            yield copy, machine.pdf(sheet.copy(made, copy, Policy())), solved


def without_answers(item: Item) -> Item:
    """The same questions, as someone who knows nothing would have written them."""
    return replace(item, parts=tuple(map(unknowing, item.parts)), solution=plain("?"), answers={}, params={})


def unknowing(part: Part) -> Part:
    options = tuple(replace(o, right=False, credit=Fraction(0), feedback=()) for o in part.options)
    fields = tuple(replace(f, number=None, text="?", known=()) for f in part.fields)
    some = tuple(o.name for o in part.options)[::-1][: len(part.order)]
    stems = tuple((name, said, part.options[0].name) for name, said, _ in part.stems)
    return replace(
        part, options=options, fields=fields, number=None, accepted=(), known=(), order=some, stems=stems, before=(),
        checks=(), points_checked=(), twin=None, all_or_nothing=False,
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("id", IDS)
def test_solutions_hold_every_answer_and_the_copy_none(id: str, lang: Lang) -> None:
    """And every formula and picture of the catalogue is printed: an unknown one is an error."""
    made = one(id, lang, VARIANTS)
    for copy, asked, solved in printed(made):
        found = text(solved)
        for part in copy.items[0].parts:
            right = rights(part, lang)
            assert all(squeezed(one) in found for one in right), (part.id, right)
            assert right or part.kind in ("text", "code"), part.id
        assert copy.code in found and copy.code in text(asked)
        blind = replace(copy, items=tuple(map(without_answers, copy.items)))
        assert sheet.copy(made, copy, Policy()) == sheet.copy(made, blind, Policy()), "the copy knows an answer"


def test_what_is_said_of_wrong_answers_is_in_the_solutions_alone() -> None:
    made = one("conv_output_size")
    (_, asked, solved) = next(printed(made))
    number = next(part for part in made.items[0].parts if part.kind == "numeric")
    said = squeezed(words.text(number.known[0].feedback).split(",")[0])
    assert said in text(solved) and said not in text(asked)


@pytest.mark.parametrize(
    ("latex", "typst"),
    [
        (r"\left\lfloor \frac{I + 2P - K}{S} \right\rfloor", r'lr(\⌊ frac(I + "2" P - K, S) \⌋)'),
        (r"x_{i,c}^{2}", r'attach(x, b: i \, c, t: "2")'),
        (r"w'_1", r'attach(w, b: "1", t: prime)'),
        (r"x^23", r'attach(x, t: "2") "3"'),
        (r"3{,}5 \times 1\,216", '"3,5" × "1\u202f216"'),
        (r"\begin{pmatrix} 1 & -2 \\ 3 & 4 \end{pmatrix}", r'display(mat(delim: "(", "1", - "2"; "3", "4"))'),
        (r"\sqrt[3]{a/b}", r'root("3", a \/ b)'),
        (r"\hat{y} \approx \text{a \% of ``b\ c''}", "hat(y) ≈ \"a % of ``b c''\""),
        (r"\max_{i} |x|", 'attach(op("max", limits: #true), b: i) "|" x "|"'),
        (r"\{a\}", r"\{ a \}"),
    ],
)
def test_a_formula_means_the_same_in_typst(latex: str, typst: str) -> None:
    assert formula.typst(latex) == typst
    with press.press({}) as machine:
        assert machine.pdf(f"${typst}$").startswith(b"%PDF")


@pytest.mark.parametrize(
    "latex", [r"\href{x}{y}", r"\frac{1}", "{a", "a}", r"\left( a", r"\begin{tikz}a\end{tikz}", "é"]
)
def test_what_is_not_in_the_subset_is_an_error_never_a_gap(latex: str) -> None:
    if latex == "é":
        assert formula.typst(latex) == latex
        return
    with pytest.raises(formula.Unknown):
        formula.typst(latex)


def test_an_unknown_macro_is_told_with_its_exercise() -> None:
    made = one("conv_output_size")
    item = replace(made.items[0], statement=(Node("paragraph", children=(Node("math", r"\qvec{x}"),)),))
    wrong = replace(made, copies=copies.coded("td1", [Copy("", (item,))]))
    with pytest.raises(quiz.UsageError, match=r"conv_output_size@.*\\qvec"):
        paper.write(wrong, Policy(), Notes())


def test_nothing_in_a_text_is_taken_for_markup() -> None:
    nasty = '#import "x" \\ $a$ *b* _c_ = d <e> @f // g /* h */ `i` "j" [k] ] ) } {'
    made = one("conv_output_size")
    item = replace(made.items[0], title=nasty, statement=plain(nasty))
    (_, asked, _) = next(
        printed(replace(made, title=nasty, copies=copies.coded("td1", [Copy("", (item,), "x", nasty)])))
    )
    assert text(asked).count(squeezed(nasty)) >= 4  # title, name, exercise, statement; and again on the next pages


def test_the_same_bytes_each_time_on_a4_and_on_letter() -> None:
    sizes = {}
    for page in ("a4", "letter"):
        made = [
            quiz.export([content.find("softmax_by_hand")], "fr", "paper", id="td1", variants=2, page=page).files
            for _ in range(2)
        ]
        assert made[0] == made[1]
        copy = next(data for name, data in made[0].items() if name.startswith("copies/"))
        box = pypdf.PdfReader(io.BytesIO(copy)).pages[0].mediabox
        sizes[page] = (round(float(box.width)), round(float(box.height)))
    assert sizes == {"a4": (595, 842), "letter": (612, 792)}


def test_copies_without_students_take_one_variant_after_another() -> None:
    made = quiz.export([content.find("conv_output_size")], "en", "paper", id="td1", variants=3)
    assert len(made.quiz.copies) == 3
    assert [copy.items for copy in made.quiz.copies] == [(item,) for item in made.quiz.items]
    said = json.loads(made.files["manifest.json"])
    for n, copy in enumerate(made.quiz.copies, 1):
        assert said["copies"][copy.code] == {"copy": n, "student": "", "items": [copy.items[0].slug]}
        assert f"copies/{copy.code}.pdf" in made.files and f"solutions/{copy.code}.pdf" in made.files


def test_a_code_is_nobody_else_s() -> None:
    item = one("conv_output_size").items[0]
    made = copies.coded("td1", [Copy("", (item,), "same")] * 50)
    assert len({copy.code for copy in made}) == 50
    assert all(len(copy.code) == 6 and set(copy.code) <= set(copies.ALPHABET) for copy in made)


def test_the_answer_sheet_is_on_a_leaf_of_its_own() -> None:
    for _, asked, _ in printed(one("softmax_by_hand")):
        pages = [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(asked)).pages]
        at = next(n for n, page in enumerate(pages) if squeezed("Feuille de réponses") in page)
        assert at > 0 and at % 2 == 0


def test_copies_are_what_the_lock_says_they_were_handed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    course.init(tmp_path, "dl", "Deep learning", "fr")
    (tmp_path / "course.toml").write_text(COURSE, "utf-8")
    (tmp_path / "students.csv").write_text(ROSTER, "utf-8")
    here = course.load(tmp_path)
    handed = lock.write(here, here.assignments["td1"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["partiel", "export", "td1", "--to", "paper", "--spare", "2", "--page", "letter"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code, capsys.readouterr().err
    folder = tmp_path / "quiz" / "td1-paper"
    for lang, students in (("fr", ["ada", "elie"]), ("en", ["alan"])):
        said = json.loads((folder / lang / "manifest.json").read_text("utf-8"))
        variants = {item["slug"]: (item["exercise"], str(item["variant"])) for item in said["items"]}
        by_student = {copy["student"]: copy for copy in said["copies"].values() if copy["student"]}
        assert set(by_student) == set(students)
        for student in students:
            held = [variants[slug] for slug in by_student[student]["items"]]
            assert dict(held) == handed.numbers(student)
    french = folder / "fr"
    assert len(list((french / "copies").iterdir())) == 4 and len(list((folder / "en" / "copies").iterdir())) == 1
    assert squeezed("Ada Lovelace") in text(next((french / "copies").glob("ada-*.pdf")).read_bytes())
    rows = list(csv.DictReader(io.StringIO((french / "td1-answers.csv").read_text("utf-8-sig"))))
    assert {row["number"] for row in rows if row["student"] == "ada"} == {"00012345678"}
    assert {row["student"] for row in rows} == {"ada", "elie", ""}


def test_what_was_handed_out_keeps_its_numbers_when_the_exercise_changes() -> None:
    exercise = content.find("conv_output_size")
    held = Held(exercise, 0, exercise.params[5])
    made = copies.named("td1", "TD", "fr", [Hand("ada", "Ada", "1", "fr", (held,))], Policy(), {})
    assert made.items[0].params == dict(exercise.params[5]) != dict(exercise.params[0])
