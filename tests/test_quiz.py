"""Exercises as quiz items: what a format may rely on, whatever it is."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from grader import content, handout, judge, quiz, render, values
from grader.errors import UsageError
from grader.model import Answer, Exercise, Lang, Variant
from grader.quiz import build, carry, distractors, numbers, policy, prompts, words
from grader.quiz.asked import Asked
from grader.quiz.carry import Notes
from grader.quiz.item import KINDS, Field, Item, Number, Option, Part
from grader.quiz.policy import Policy
from grader.quiz.words import plain
from grader.rules import decimal

ROOT = Path(__file__).resolve().parent.parent
VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "2"))
IDS = sorted(content.paths())
SCHEMA = json.loads((ROOT / "templates/quiz/schema.json").read_text("utf-8"))


def found(id: str) -> Exercise:
    return content.find(id)


def made(id: str, lang: Lang = "fr", to: str = "json", variants: int = VARIANTS, **options: Any) -> quiz.Export:
    if options or variants != VARIANTS:
        return quiz.export([found(id)], lang, to, id="td", variants=variants, **options)
    return as_usual(id, lang, to)


@cache
def as_usual(id: str, lang: Lang, to: str) -> quiz.Export:
    """Several tests look at the same export."""
    return quiz.export([found(id)], lang, to, id="td", variants=VARIANTS)


# ── every exercise ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("id", IDS)
def test_every_choice_has_one_right_option_and_others_that_look_different(id: str) -> None:
    for item in made(id).quiz.items:
        for part in item.parts:
            for one in (part, part.twin):
                if one is None or one.kind != "choice":
                    continue
                shown = {
                    (words.text(option.words), *(n.data for n in words.images(option.words))) for option in one.options
                }
                assert len(shown) == len(one.options), f"{one.id}: two options look the same"
                assert [option.right for option in one.options].count(True) == 1
                assert len(one.options) >= 3
                assert all(option.credit == option.right for option in one.options), "no negative marks unless asked"
            if part.kind not in ("choice", "code", "text"):
                assert part.twin, f"{part.id} has no form as a choice"


@pytest.mark.parametrize("id", IDS)
def test_printed_distractors_are_wrong_and_possible(id: str) -> None:
    """Read back from what is printed: out of the right one's tolerance, and of its kind."""
    for item in made(id).quiz.items:
        for part in item.parts:
            if part.kind != "numeric" or not part.number or not part.twin:
                continue
            assert part.number.accepts(part.number.value)
            for option in part.twin.options:
                printed = words.text(option.words).replace("\u202f", "").replace("−", "-").replace(",", ".")
                assert part.number.accepts(printed) == option.right, f"{part.id}: {printed}"
                if part.number.integer:
                    assert re.fullmatch("-?[0-9]+", printed)
                if Fraction(part.number.value) >= 0 and always_positive(item, part):
                    assert not printed.startswith("-"), f"{part.id}: {printed} gives itself away"
            for known in part.known:
                assert not part.number.accepts(known.value[0]) and known.feedback


def always_positive(item: Item, part: Part) -> bool:
    exercise = content.find(item.exercise)
    return all(values.compute(exercise, params)[part.name] >= 0 for params in exercise.params)


@pytest.mark.parametrize("id", IDS)
def test_machines_get_ascii_and_the_value_of_the_exercise(id: str) -> None:
    exercise = found(id)
    machine = re.compile(r"-?[0-9]+(\.[0-9]+)?")
    for item in made(id).quiz.items:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", item.slug) and item.id == f"{id}@{item.revision}#{item.variant}"
        known = values.compute(exercise, exercise.params[item.variant])
        for part in item.parts:
            assert re.fullmatch(r"[A-Za-z0-9_-]+", part.id) and part.id.startswith(item.slug)
            numbers_ = [part.number, *(one.number for one in part.fields)]
            for number in filter(None, numbers_):
                assert machine.fullmatch(number.value) and machine.fullmatch(number.tolerance), number
                if number.integer:
                    assert number.tolerance == "0" and "." not in number.value
            if part.number:
                assert float(part.number.value) == pytest.approx(float(known[part.name]), rel=1e-11)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("id", IDS)
def test_the_json_is_what_its_schema_says(id: str, lang: Lang) -> None:
    files = made(id, lang).files
    written = json.loads(files["td.json"])
    jsonschema.validate(written, SCHEMA)
    assert len(written["groups"][0]["items"]) <= VARIANTS
    manifest = json.loads(files["manifest.json"])
    assert manifest["files"] == {"td.json": hashlib.sha256(files["td.json"]).hexdigest()}
    assert [item["id"] for item in manifest["items"]] == [item["id"] for item in written["groups"][0]["items"]]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("id", IDS)
def test_no_markup_is_left_in_the_words(id: str, lang: Lang) -> None:
    for item in made(id, lang).quiz.items:
        for part in item.parts:
            told = [part.prompt, *(o.words for o in part.options), *(k.feedback for k in part.known), *part.checks]
            for text in (item.statement, item.solution, *told):
                for node in words.every(text):
                    if node.kind == "text":
                        assert not re.search(r"\{\{|\}\}|\*\*|\$|data:image", node.text), node.text
                    if node.kind == "image":
                        assert node.data[:4] in (b"\x89PNG", b"<svg") and node.text, "a picture and what it shows"


# ── which variants ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("id", IDS)
def test_nothing_is_said_that_is_true_in_notebooks_only(id: str, lang: Lang) -> None:
    """No name to assign to, and no promise that what follows from a wrong row is right."""
    for item in made(id, lang).quiz.items:
        parts = [one for part in item.parts for one in (part, part.twin) if one]
        for part in (one for one in parts if one.kind not in ("code", "text")):
            said = (*item.statement, *part.prompt, *part.how, *(node for one in part.options for node in one.words))
            codes = [node.text for node in words.every(said) if node.kind == "code"]
            assert not [code for code in codes if re.match(rf"{part.name}\s*=", code)], part.id
            assert words.text(part.prompt).strip() or not words.text(found_question(item.exercise, part.name, lang))
            assert promise(lang) not in words.text(said)


def found_question(id: str, name: str, lang: Lang) -> words.Words:
    return words.read(next(q.prompt[lang] for q in found(id).questions if q.name == name), lang)


def promise(lang: Lang) -> str:
    return words.text(words.read(handout.FOLLOWS[lang], lang))


@pytest.mark.parametrize(
    ("written", "prompt", "example"),
    [
        ('Why? For instance `x = "1-A"`.', "Why?", "For instance 1-A."),
        ("Which ones, row by row:\n`x = [[…]]`. Each counts.", "Which ones, row by row. Each counts.", "[[…]]."),
        ('Use `a` for $a$; for instance `x = "a*b"` (no); `//` too.', "Use a for a.", "For instance a*b (no); // too."),
        ("`x = (1, 2)`", "", "(1, 2)"),
        ("Here `y = 2` and `x` is a layer.", "Here y = 2 and x is a layer.", ""),
    ],
)
def test_an_example_that_assigns_becomes_a_way_to_write_the_answer(written: str, prompt: str, example: str) -> None:
    stay, go = prompts.split(words.read(written, "en"), "x")
    assert (words.text(stay).strip(), words.text(go).strip()) == (prompt, example)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("id", IDS)
def test_pictures_among_options_are_told_apart_by_their_description(id: str, lang: Lang) -> None:
    for part in (part for item in made(id, lang).quiz.items for part in item.parts):
        shown = [words.text(option.words) for option in part.options]
        assert len(set(shown)) == len(shown), part.id


def test_of_ideas_that_lead_to_one_value_none_is_passed_over() -> None:
    exercise = found("binary_cross_entropy")
    question = next(q for q in exercise.questions if q.name == "loss")
    assert isinstance(question, Answer)
    known = values.of(Variant(exercise, exercise.params[0]))
    asked = Asked(Variant(exercise, exercise.params[0]), question, "x", Fraction(1), "en", Policy(), known, known)
    said = {name: str(told) for name, _, told in asked.wrong}
    assert said["decimal_logarithm"] == said["negatives_left_out"]
    assert sum("Several ideas" in one for one in said.values()) == 2


def test_more_variants_keep_those_that_were_there() -> None:
    few, many = (made("conv_output_size", variants=n).quiz.items for n in (3, 8))
    assert [item.id for item in few] == [item.id for item in many][:3]
    assert [item.variant for item in many] != sorted(item.variant for item in many)


def test_a_space_that_is_too_small_is_said_with_its_size() -> None:
    size = len(found("conv_output_formula").params)
    export = made("conv_output_formula", variants=size + 5)
    assert len(export.quiz.items) == export.quiz.groups[0].space <= size
    (line,) = [line for line in export.report.lines("fr") if "variantes" in line]
    assert str(export.quiz.groups[0].space) in line and str(size + 5) in line


def test_only_the_allowed_variants_leave() -> None:
    export = made("conv_output_size", variants=50, allowed=lambda _: (5, 7, 11))
    assert {item.variant for item in export.quiz.items} == {5, 7, 11}
    assert export.report.short[0].space == 3


def test_variants_that_read_the_same_count_once() -> None:
    exercise = found("conv_output_size")
    same = replace(exercise, params=(*exercise.params[:2], exercise.params[0]))
    export = quiz.export([same], "fr", "json", variants=3)
    assert len(export.quiz.items) == 2 == export.quiz.groups[0].space


def test_an_exercise_that_comes_twice_is_one_group() -> None:
    exercise = found("conv_output_size")
    assert len(quiz.export([exercise, exercise], "fr", "json").quiz.groups) == 1


def test_points_of_the_assignment_are_the_quiz_s() -> None:
    points = {"conv_output_size.size": Fraction(7, 2)}
    by_name = {part.name: part.points for part in made("conv_output_size", points=points).quiz.items[0].parts}
    assert by_name["size"] == Fraction(7, 2)
    whole = made("conv_output_size", points={"conv_output_size": Fraction(10)}).quiz.items[0].parts
    assert sum(part.points for part in whole) == 10


@pytest.mark.parametrize("to", sorted(quiz.FORMATS))
def test_the_same_bytes_each_time(to: str, tmp_path: Path) -> None:
    """In another process too, where names hash otherwise."""
    script = (
        "import sys, hashlib; from grader import content, quiz\n"
        "two = [content.find(id) for id in ('conv_output_size', 'kernel_purpose')]\n"
        "e = quiz.export(two, 'fr', sys.argv[1], variants=2)\n"
        "print(sorted((name, hashlib.sha256(data).hexdigest()) for name, data in e.files.items()))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script, to], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


@pytest.mark.parametrize("to", sorted(quiz.FORMATS))
def test_ids_and_names_of_files_have_no_accent(to: str) -> None:
    """AMC drops a question whose id has one, and zip files are read in other encodings."""
    export = quiz.export([found("conv_output_size")], "fr", to, id="contrôle n° 1", title="Contrôle n° 1")
    ids = [export.quiz.id, *(part.id for item in export.quiz.items for part in item.parts)]
    ids += [item.slug for item in export.quiz.items]
    assert all(re.fullmatch("[A-Za-z0-9_-]+", id) for id in ids)
    assert all(re.fullmatch("[A-Za-z0-9_./-]+", file) for file in export.files)


def test_the_right_option_s_place_is_uniform() -> None:
    places: Counter[int] = Counter()
    for id in ("conv_output_size", "softmax_temperature", "yolo_output_size", "dataset_memory"):
        for item in made(id, variants=60).quiz.items:
            for part in item.parts:
                used = part if part.kind == "choice" else part.twin
                if used and len(used.options) == 5:
                    places[next(n for n, option in enumerate(used.options) if option.right)] += 1
    total = sum(places.values())
    assert total > 200
    assert all(abs(count - total / 5) < 4 * (total / 5 * 4 / 5) ** 0.5 for count in places.values()), places


# ── numbers ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "written"),
    [
        *((1e-5, "0.00001"), (2.5e-8, "0.000000025"), (-0.0, "0"), (0.1 + 0.2, "0.3"), (25.0, "25"), (-3.5, "-3.5")),
        *((10**22, "1" + "0" * 22), (1e21, "1" + "0" * 21)),
    ],
)
def test_numbers_for_machines(value: Any, written: str) -> None:
    assert numbers.ascii_number(value) == written


@pytest.mark.parametrize("value", [True, None, "3", float("nan"), float("inf"), (1,)])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        numbers.ascii_number(value)


def test_numbers_for_readers() -> None:
    assert numbers.number(1658.88, decimal(rtol=0.01), "fr").shown == "1\u202f659"
    assert numbers.number(-0.125, decimal(3), "fr").shown == "−0,125"
    assert numbers.number(-0.125, decimal(3), "en").shown == "−0.125"
    assert numbers.number(80758, None, "en").shown == "80,758"
    assert numbers.shown(-0.0001, 2, "fr") == "0,00"


@pytest.mark.parametrize("rule", [decimal(0), decimal(2), decimal(3), decimal(rtol=0.01), decimal(atol=0.4)])
@pytest.mark.parametrize("value", [0.95899375, -3.0, 1658.88, 123456.789, 0.004])
def test_what_is_printed_is_accepted(value: float, rule: Any) -> None:
    number = numbers.number(value, rule, "en")
    assert number.accepts(number.shown.replace(",", "").replace("−", "-"))
    assert float(number.tolerance) == pytest.approx(rule.atol + rule.rtol * abs(value))


# ── policies ─────────────────────────────────────────────────────────────────


def test_negative_marks_and_guessing() -> None:
    size = {"conv_output_size": Fraction(1)}
    cost = made("softmax_temperature", policy=Policy(negative=Fraction(1, 3)), points=size).quiz.items[0].parts
    wrong = {option.credit for part in cost for option in part.options if part.kind == "choice" and not option.right}
    assert wrong == {Fraction(-1, 3)}
    even = made("softmax_temperature", policy=Policy(guess=True)).quiz.items[0].parts
    for part in even:
        if part.kind == "choice":
            assert sum(option.credit for option in part.options) == 0, "choosing at random earns nothing"


def test_the_exercise_s_own_policy_is_its_rule() -> None:
    for id in IDS:
        for question in found(id).questions:
            if not isinstance(question, Answer) or question.rule.kind != "choices":
                continue
            export = made(id)
            for item in export.quiz.items:
                asked = judge.expected(Variant(content.find(id), content.find(id).params[item.variant]), question)
                part = next(part for part in item.parts if part.name == question.name)
                for _, chosen in asked.wrong:
                    earned = sum((o.credit for o in part.options if o.name in chosen), Fraction(0))
                    assert max(Fraction(0), earned) == pytest.approx(float(question.rule.score(chosen, asked.right)))


def test_policies_are_written_as_words() -> None:
    assert policy.read("") == Policy()
    assert policy.read("net-correct, negative=1/4") == Policy("net-correct", Fraction(1, 4))
    assert policy.read("guess").guess
    assert "1/4" in policy.read("negative=0.25").said("fr")


@pytest.mark.parametrize("written", ["net-corect", "negative=2", "negative=", "negative=-1", "guess=1"])
def test_a_policy_nobody_knows_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="--policy"):
        policy.read(written)


# ── what a format cannot carry ───────────────────────────────────────────────


@pytest.mark.parametrize("id", IDS)
def test_a_format_of_single_choices_gets_every_answer_and_names_the_rest(id: str) -> None:
    notes = Notes()
    for item in made(id).quiz.items:
        for part in item.parts:
            forms = carry.nearest(item, part, {"choice"}, notes)
            if part.kind in ("code", "text"):
                assert forms == () and any(note.left_out and note.part == part.name for note in notes.all)
                continue
            assert forms and all(form.kind == "choice" and form.prompt and form.options for form in forms)
            assert sum(form.points for form in forms) == part.points
            assert part.kind == "choice" or any(note.part == part.name for note in notes.all)
            assert len({form.id for form in forms}) == len(forms)


def test_a_table_becomes_numbers_where_there_are_no_tables() -> None:
    number = Number("3", "0", integer=True, shown="3")
    fields = (Field("a", plain("ligne a"), number), Field("b", plain("ligne b"), number))
    part = Part("x-q", "q", "table", plain("Remplissez."), Fraction(3), fields=fields)
    item = Item("x@0#0", "x", "x", "0", 0, "X", (), (part,), (), {}, {})
    notes = Notes()
    first, second = carry.nearest(item, part, {"choice", "numeric"}, notes)
    assert first.points + second.points == 3
    assert words.text(second.prompt) == "Remplissez.\nligne b"
    assert notes.all[0].said("fr") == "x.q, tableau : une question à un nombre par case"
    assert notes.all[0].said("en") == "x.q, table: one question with one number for each place"


def test_a_note_is_said_once_for_all_variants() -> None:
    export = made("adam_first_step", to="moodle", variants=5)
    assert len(export.report.notes) == len(set(export.report.notes)) <= 4


# ── words ────────────────────────────────────────────────────────────────────


def test_words_become_a_tree() -> None:
    picture = render.png([[0.0, 1.0]])
    read = words.read(
        f"Un *mot*, `code`, $x^2$ ;\n\n| a | b |\n|---|---|\n| 1 | $y$ |\n\n![des points]({picture})\n\n2. deux", "fr"
    )
    assert [node.kind for node in read] == ["paragraph", "table", "paragraph", "numbered"]
    assert words.text(read) == "Un mot, code, x²\u202f;\na | b\n1 | y\n[des points]\n2. deux"
    (image,) = words.images(read)
    assert image.mime == "image/png" and image.data.startswith(b"\x89PNG") and image.text == "des points"
    shown = words.html(read, lambda tex, _: f"({tex})", lambda _: "<img/>")
    assert "<em>mot</em>, <code>code</code>, (x^2)" in shown and "<th>a</th>" in shown and '<ol start="2">' in shown


def test_raw_html_and_remote_pictures_stay_text() -> None:
    read = words.read("<script>x</script> ![photo](https://example.org/x.png) a < b & c", "en")
    assert words.images(read) == []
    shown = words.html(read, lambda tex, _: tex, lambda _: "<img/>")
    assert "<script" not in shown and "[photo]" in shown and "a &lt; b &amp; c" in shown


def test_formulas_of_students_become_latex() -> None:
    from grader import tex

    assert tex.written("floor((I - K + 2*P) / S) + 1", ("I", "K", "P", "S")) == (
        r"\left\lfloor \frac{I - K + 2 \times P}{S} \right\rfloor + 1"
    )
    assert tex.written("-(y*ln(p))^2 // sqrt(n_in)", ("y", "p", "n_in")).startswith(r"\left\lfloor \frac{")


# ── formats ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", sorted(quiz.FORMATS))
def test_every_format_says_what_it_carries(name: str) -> None:
    module = importlib.import_module(quiz.FORMATS[name])
    assert module.TITLE.fr and module.TITLE.en
    assert set(module.CARRIES) <= set(KINDS) and "choice" in module.CARRIES


def test_a_format_nobody_knows_is_refused_with_the_near_miss() -> None:
    with pytest.raises(UsageError, match="Did you mean 'moodle'"):
        quiz.find("moodel")


def test_no_variants_is_no_quiz() -> None:
    with pytest.raises(UsageError, match="at least one"):
        quiz.export([], "fr", "json", variants=0)


def test_the_page_lists_every_format_and_only_those() -> None:
    page = (ROOT / "docs/export.md").read_text("utf-8")
    head = next(line for line in page.splitlines() if line.startswith("| kind"))
    assert {cell.strip().strip("`") for cell in head.split("|")[2:-1]} == set(quiz.FORMATS)
    rows = re.findall(r"^\| `?(\w+)`? ", page.split(head)[1].split("\n\n")[0], re.MULTILINE)
    assert set(KINDS) <= set(rows)


def test_distractors_stay_in_the_domain_out_of_the_tolerance_and_look_different() -> None:
    question = next(q for q in found("dataset_memory").questions if isinstance(q, Answer) and q.rule.kind == "decimal")
    within = distractors.Domain(0.0, 1.0, whole=False)
    wrong = [("above", 1.2), ("below", -0.1), ("kept", 0.75), ("near", 0.251), ("alike", 0.7504), ("nan", float("nan"))]
    kept = distractors.numbers(within, question, 0.25, wrong, lambda value: f"{value:.2f}")
    assert [name for name, _ in kept if name] == ["kept"]
    assert len(kept) >= distractors.ENOUGH and all(0 <= value <= 1 for _, value in kept)
    assert question.rule.score(0.251, 0.25) == 1, "what was too near"


def test_an_option_names_nothing_but_letters_in_ids() -> None:
    assert build.ascii_id("TD n° 1 / été") == "TD-n-1-t"
    assert Option("a", "A", ()).credit == 0
