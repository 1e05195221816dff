"""Auto Multiple Choice: what is written is read back, ticked as a student would, and scored by AMC's documented rules.

``Amc`` below shares nothing with the writer. ``make test-amc`` compiles the LaTeX with the real package.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader import content, quiz
from grader.model import Lang
from grader.quiz import amc, build, copies
from grader.quiz.amc import questions
from grader.quiz.amc.latex import name, number, text
from grader.quiz.carry import Notes
from grader.quiz.copies import Hand, Held
from grader.quiz.item import Copy, Number, Option, Part, Quiz
from grader.quiz.paper.formula import Unknown
from grader.quiz.policy import Policy
from grader.quiz.words import plain

IDS = sorted(content.paths())
VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "1"))
LANGS: tuple[Lang, ...] = ("fr", "en")

# ── AMC, in small ────────────────────────────────────────────────────────────


@dataclass
class Asked:
    kind: str
    id: str
    scoring: dict[str, str] = field(default_factory=dict)
    boxes: list[tuple[bool, str, str]] = field(default_factory=list)  # right, text, its own scoring
    number: str = ""
    options: dict[str, str] = field(default_factory=dict)


def group(source: str, at: int) -> tuple[str, int]:
    """What is between the brace at ``at`` and the one that closes it, and where that is."""
    depth, start = 0, at
    while True:
        if source[at] == "\\":
            at += 2
            continue
        depth += {"{": 1, "}": -1}.get(source[at], 0)
        at += 1
        if not depth:
            return source[start + 1 : at - 1], at


def directives(said: str) -> dict[str, str]:
    """AMC cuts at every comma."""
    found = {}
    for piece in filter(None, said.split(",")):
        name, equals, value = piece.partition("=")
        assert equals and re.fullmatch("[a-zA-Z]+", name), f"AMC does not read {piece!r} of {said!r}"
        found[name] = value
    return found


def read(source: str) -> list[Asked]:
    asked = []
    for found in re.finditer(r"\\begin\{(question|questionmult|questionmultx)\}\{([^}]*)\}", source):
        end = source.index(f"\\end{{{found[1]}}}", found.end())
        body = source[found.end() : end]
        assert "_" not in found[2], "AMC prints names of questions in its catalogue, as LaTeX"
        one = Asked(found[1], found[2].replace(".", "_"))
        if body.startswith(r"\bareme"):
            one.scoring = directives(group(body, len(r"\bareme"))[0])
        for box in re.finditer(r"\\(bonne|mauvaise)(?=[\[{])", body):
            at = box.end()
            if body[at] == "[":
                at = body.index("]{", at) + 1
            words, at = group(body, at)
            own = group(body, at + len(r"\bareme"))[0] if body.startswith(r"\bareme", at) else ""
            one.boxes.append((box[1] == "bonne", words, own))
        if (at := body.find(r"\AMCnumericChoices")) >= 0:
            one.number, at = group(body, at + len(r"\AMCnumericChoices"))
            said = group(body, at)[0].replace("{,}", "{comma}")
            one.options = dict(piece.strip().split("=", 1) for piece in said.split(","))
        asked.append(one)
    return asked


def value(said: str, **names: int) -> Fraction:
    for variable, count in names.items():
        said = said.replace(variable, str(count))
    assert re.fullmatch(r"[-+*/()0-9.]+", said), said
    return Fraction(eval(re.sub(r"(\d+(?:\.\d+)?)", r"Fraction('\1')", said)))  # numbers and four signs


def ticked(one: Asked, boxes: set[int]) -> Fraction:
    """The score for these ticked boxes."""
    said = one.scoring
    if not boxes:
        return value(said.get("v", "0"))
    if one.kind == "question":
        if len(boxes) > 1:
            return value(said.get("e", "0"))
        right, _, own = one.boxes[min(boxes)]
        return value(own) if own else value(said.get("b", "1") if right else said.get("m", "0"))
    if "mz" in said:
        return value(said["mz"]) if boxes == {n for n, box in enumerate(one.boxes) if box[0]} else Fraction(0)
    right = sum(one.boxes[n][0] for n in boxes)
    score = value(said["formula"], NBC=right, NMC=len(boxes) - right)
    return max(score, value(said["p"])) if "p" in said else score


def written(one: Asked, digits_of: str) -> Fraction | None:
    """The score for digits ticked; None where they do not fit in the boxes."""
    digits, decimals = int(one.options["digits"]), int(one.options["decimals"])
    scaled = Fraction(digits_of) * 10**decimals
    if scaled.denominator != 1 or abs(scaled) >= 10**digits or (scaled < 0 and one.options["sign"] != "true"):
        return None
    far = abs(Fraction(one.number) * 10**decimals - scaled)
    return value(
        one.options["scoreexact" if far == 0 else "scoreapprox" if far <= int(one.options["approx"]) else "scorewrong"]
    )


# ── what is written ──────────────────────────────────────────────────────────


def export(id: str, lang: Lang, policy: Policy | None = None) -> tuple[Quiz, str, Notes]:
    made = build.quiz("td1", "Contrôle", [content.find(id)], lang, VARIANTS, policy=policy)
    notes = Notes()
    files = amc.write(made, policy or Policy(), notes)
    return made, files["td1.tex"].decode(), notes


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("id", IDS)
def test_the_right_answer_earns_everything_and_each_wrong_one_what_it_should(id: str, lang: Lang) -> None:
    made, source, notes = export(id, lang)
    asked = {one.id: one for one in read(source)}
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", id) for id in asked)
    assert len(asked) == source.count(r"\end{question") and asked
    for item in made.items:
        for part in item.parts:
            mine = [
                one for one in asked.values() if one.id == part.id or re.fullmatch(rf"{re.escape(part.id)}-\d+", one.id)
            ]
            earned = sum((best(one) for one in mine), Fraction(0))
            assert abs(earned - part.points) < Fraction(1, 1000), (part.id, earned)
            if part.kind == "numeric":
                judge_number(part, mine[0])
            elif part.kind in ("choice", "choices"):
                judge_choice(part, mine[0])
    assert {note.kind for note in notes.all} <= {"code", "matching", "ordering", "table", "grid", "shape", "formula",
                                                 "choices", "numeric", "short"}  # fmt: skip


def best(one: Asked) -> Fraction:
    if one.number:
        return written(one, one.number) or Fraction(0)
    return ticked(one, {n for n, box in enumerate(one.boxes) if box[0]})


def judge_choice(part: Part, one: Asked) -> None:
    rights = [box[0] for box in one.boxes]
    if len(rights) == len(part.options) and one.kind == ("question" if part.kind == "choice" else "questionmult"):
        assert rights == [o.right for o in part.options]
        assert sum(rights) == sum(o.right for o in part.options) >= 1
    else:
        assert sum(rights) == 1, "its nearest form is one choice"
    for n, right in enumerate(rights):
        if one.kind == "question":
            assert ticked(one, {n}) == (part.points if right else 0)
    assert ticked(one, set()) == 0
    if one.kind == "questionmult" and not all(rights):
        assert ticked(one, set(range(len(rights)))) == 0, "ticking everything earns nothing"


def judge_number(part: Part, one: Asked) -> None:
    assert part.number is not None
    if not one.number:
        return  # too many columns of digits: a choice, judged by its points
    decimals, approx = int(one.options["decimals"]), int(one.options["approx"])
    middle = Fraction(one.number) * 10**decimals
    assert middle.denominator == 1
    accepted = [(middle + off) / 10**decimals for off in (-approx, approx)]
    tolerance, right = Fraction(part.number.tolerance), Fraction(part.number.value)
    assert all(abs(one - right) <= tolerance for one in accepted), "AMC accepts what the exercise does not"
    step = Fraction(1, 10**decimals)
    assert all(abs(accepted[n] + (2 * n - 1) * 2 * step - right) > tolerance for n in (0, 1)), "AMC is too strict"
    for known in part.known:
        assert (written(one, known.value[0]) or 0) == 0


def test_braces_and_environments_are_balanced_and_nothing_is_verbatim() -> None:
    for lang in LANGS:
        made = build.quiz("all", "Tout", [content.find(id) for id in IDS], lang, 1)
        source = amc.write(made, Policy(), Notes())["all.tex"].decode()
        assert group("{" + source + "}", 0)[1] == len(source) + 2
        open_: list[str] = []
        for found in re.finditer(r"\\(begin|end)\{([a-z]+\*?)\}", source, re.IGNORECASE):
            if found[1] == "begin":
                open_.append(found[2])
            else:
                assert open_.pop() == found[2]
        assert not open_ and r"\verb" not in source and "{verbatim}" not in source
        ids = Counter(re.findall(r"\\begin\{question[a-z]*\}\{([^}]*)\}", source))
        assert max(ids.values()) == 1
        elements = re.findall(r"\\element\{([^}]*)\}", source)
        assert len(elements) == len(set(elements)) == source.count(r"\restituegroupe")


CHOICE = Part(
    "x-1-q", "q", "choices", plain("?"), Fraction(2),
    options=tuple(Option(n, n, plain(n), n in "AB") for n in "ABCD"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "strict", "scores"),
    [
        (Policy("all-or-nothing"), True, {"AB": 2, "A": 0, "ABC": 0, "CD": 0}),
        (Policy("proportional"), False, {"AB": 2, "A": 1, "ABC": 1, "ABCD": 0, "C": 0}),
        (Policy("net-correct"), False, {"AB": 2, "A": 1, "AC": 0, "ABC": 1}),
    ],
)
def test_several_right_answers_score_by_the_policy(policy: Policy, strict: bool, scores: dict[str, int]) -> None:
    earns, costs = policy.credits(2, 2, all_or_nothing=strict)
    options = tuple(replace(o, credit=earns if o.right else costs) for o in CHOICE.options)
    part = replace(CHOICE, options=options, all_or_nothing=strict)
    (one,) = read(questions.question(part, None, "fr"))
    assert {names: ticked(one, {"ABCD".index(n) for n in names}) for names in scores} == scores


def test_a_wrong_choice_costs_what_the_policy_says_and_two_ticked_boxes_too() -> None:
    policy = Policy(negative=Fraction(1, 3))
    made, source, _ = export("adam_first_step", "fr", policy)
    part = next(part for part in made.items[0].parts if part.kind == "choice")
    one = next(one for one in read(source) if one.id == part.id)
    wrong = next(n for n, box in enumerate(one.boxes) if not box[0])
    assert ticked(one, {wrong}) == -part.points / 3 == ticked(one, {0, 1})
    assert "1/3" in source and ticked(one, set()) == 0


@pytest.mark.parametrize(
    ("right", "decimals", "said"),
    [
        (Number("3.5", "0.05", False, "3,5"), 1, ("3.5", 0)),
        (Number("-0.333333333333", "0.005", False, "−0,33"), 3, ("-0.333", 4)),
        (Number("25636712", "0", True, "25 636 712"), 0, ("25636712", 0)),
        (Number("12", "0.5", True, "12"), 0, ("12", 0)),
    ],
)
def test_a_tolerance_is_kept_in_the_last_digit(right: Number, decimals: int, said: tuple[str, int]) -> None:
    part = Part("x", "x", "numeric", (), Fraction(1), number=right)
    columns = questions.boxes([part])
    assert columns.decimals == decimals
    assert questions.target(right, columns.decimals) == said
    assert columns.sign == right.value.startswith("-")


def test_boxes_are_the_same_in_every_variant() -> None:
    made = build.quiz("td1", "TD", [content.find("conv_output_size")], "fr", 8)
    found = read(amc.write(made, Policy(), Notes())["td1.tex"].decode())
    alike = {(one.id.split("-")[-1], one.options["digits"], one.options["sign"]) for one in found if one.number}
    assert len(alike) == len({question for question, _, _ in alike})


def test_numbers_in_formulas_have_a_point_and_no_comma() -> None:
    assert [number(Fraction(n)) for n in ("1/2", "-1/3", "3", "-0.25", "0")] == [
        "0.5",
        "(-1/3)",
        "3",
        "-0.25",
        "0",
    ]


@pytest.mark.parametrize("said", ["100 % {x} $5 #1 a_b^c ~ \\ & <é> |«\u202f!»", "x → ᾱ × 2 − 1…"])
def test_no_sign_of_a_text_is_a_command(said: str) -> None:
    shown = text(said)
    assert not re.search(r"(?<!\\)[$#&_^%]", re.sub(r"\\ensuremath\{[^}]*\}+", "", shown))


def test_a_sign_that_latex_lacks_is_an_error_but_in_a_name() -> None:
    with pytest.raises(Unknown):
        text("図")
    assert name("Łukasz Nguyễn 図") == "Łukasz Nguyen ?"


def test_students_have_copies_of_their_own_and_a_key_of_eleven_digits() -> None:
    exercise = content.find("conv_output_size")
    hands = [
        Hand(id, name, number, "fr", (Held(exercise, n, exercise.params[n]),))
        for n, (id, name, number) in enumerate(
            [("ada", "Ada", "0012345678"), ("alan", "=Alan", ""), ("77", "Élie", "")]
        )
    ]
    spare = build.quiz("spare", "", [exercise], "fr", 2)
    made = copies.named("td1", "TD 1", "fr", hands, Policy(), {}, spare=spare)
    files = amc.write(made, Policy(), Notes())
    source = files["td1.tex"].decode()
    printed = source.split(r"\onecopy{1}")[1:]
    assert len(printed) == 5 and all(r"\AMCcleardoublepage" in copy for copy in printed)
    assert [re.findall(r"\\restituegroupe\{([^}]*)\}", copy) for copy in printed] == [
        [item.slug for item in copy.items] for copy in made.copies
    ]
    assert re.findall(r"\\AMCassociation\{(\w+)\}", source) == ["00012345678", "alan", "00000000077"]
    assert [r"\AMCcode{student}{11}" in copy for copy in printed] == [False] * 3 + [True] * 2
    rows = list(csv.DictReader(io.StringIO(files["students.csv"].decode())))
    assert [(row["key"], row["name"], row["copy"]) for row in rows] == [
        ("00012345678", "Ada", "1"), ("alan", "'=Alan", "2"), ("00000000077", "Élie", "3"),
    ]  # fmt: skip
    assert all(copy.code in page for copy, page in zip(made.copies, printed, strict=True))


def test_the_same_bytes_each_time() -> None:
    first, second = (
        quiz.export([content.find("activation_curves")], "en", "amc", id="td1", variants=3, page="letter").files
        for _ in range(2)
    )
    assert first == second and b"letterpaper" in first["td1.tex"]
    assert any(name.endswith(".pdf") and data.startswith(b"%PDF") for name, data in first.items())


# ── the real package ─────────────────────────────────────────────────────────


def test_pdflatex_and_the_real_package_set_every_exercise(tmp_path: Path) -> None:
    """Each exercise on a copy of its own, in both languages."""
    here = shutil.which("pdflatex") and _found("automultiplechoice.sty")
    assert here or "PARTIEL_AMC" not in os.environ, "asked to prove AMC, and pdflatex or its package is not found"
    if not here:
        pytest.skip("pdflatex or automultiplechoice.sty is not here: 'make test-amc' installs them")
    for lang in LANGS:
        made = build.quiz("all", "Tout", [content.find(id) for id in IDS], lang, 1)
        alone = [Copy("", (item,)) for item in made.items]
        files = amc.write(replace(made, copies=copies.coded("all", alone)), Policy(), Notes())
        folder = tmp_path / lang
        for file, data in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
        for shown in ("Catalog", "Corrige", "Sujet"):  # the last one is what students get
            mode = rf"\nonstopmode\def\{shown}Externe{{1}}\def\NoHyperRef{{1}}\input{{all.tex}}"
            done = subprocess.run(["pdflatex", mode], cwd=folder, capture_output=True, check=False, timeout=600)
            file = folder / "all.log"
            log = file.read_text("latin-1") if file.exists() else done.stdout.decode("latin-1")
            assert not re.findall(r"^!.*", log, re.MULTILINE) and done.returncode == 0, shown
        logged = re.findall(r"NUM=\d+=([^}]*)\}", (folder / "all.amc").read_text("latin-1").replace(".", "_"))
        asked = {one.id for one in read(files["all.tex"].decode())}
        assert {id for id in logged if not id.startswith("student[")} == asked, "AMC did not see every question"
        assert len(logged) > len(asked), "nor the digits of a student's number"


def _found(file: str) -> bool:
    done = subprocess.run(["kpsewhich", file], capture_output=True, check=False)
    return bool(done.stdout.strip())
