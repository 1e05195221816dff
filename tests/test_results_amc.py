"""What AMC exports comes back as what students meant: every exercise, every wrong idea, in French and English.

``ticks`` below fills boxes from what is printed, by a reader of the LaTeX that shares nothing with the writer.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from grader import content, quiz
from grader.errors import CourseError
from grader.model import Answer, Lang, Student
from grader.quiz.item import Option
from grader.results import amc, exported
from grader.results.amc import Digits
from grader.results.exported import Exported
from grader.results.reply import Reply, Who, student
from tests.test_quiz_amc import IDS
from tests.test_quiz_amc import Asked as Printed
from tests.test_quiz_amc import read as printed
from tests.test_results import Asked, meanings, scored

VARIANTS = int(os.environ.get("PARTIEL_QUIZ_VARIANTS", "1"))


def letters(n: int) -> str:
    """AMC's names of boxes: A to Z, then Aa."""
    return chr(65 + n) if n < 26 else chr(64 + n // 26) + chr(97 + n % 26)


def digits(one: Printed, value: str) -> list[int] | None:
    """The boxes to tick for a number, or None where it has too many digits."""
    many, point = int(one.options["digits"]), int(one.options["decimals"])
    scaled = Decimal(value).scaleb(point)
    whole = str(abs(int(scaled))).rjust(many, "0")
    if scaled != int(scaled) or len(whole) > many or (scaled < 0 and one.options["sign"] == "false"):
        return None
    first = 2 if one.options["sign"] == "true" else 0
    return [*([int(scaled < 0)] if first else []), *(first + 10 * n + int(digit) for n, digit in enumerate(whole))]


def chosen(options: Sequence[Option], names: Sequence[str]) -> list[int]:
    return [n for n, one in enumerate(options) if one.name in names]


def ticks(asked: Asked, ones: Sequence[Printed], value: tuple[str, ...], name: str) -> dict[str, list[int]] | None:
    """By question, for a student who means ``value``, the wrong idea ``name``; None where it cannot be ticked."""
    part, first = asked.part, ones[0]
    if part.kind in ("numeric", "table") and all(one.number for one in ones):
        wanted = [one.number for one in ones] if name == "right" else value
        found = {one.id: digits(one, said) for one, said in zip(ones, wanted, strict=True)}
        return {id: boxes for id, boxes in found.items() if boxes} if all(found.values()) else None
    if part.kind == "matching" and len(ones) == len(part.stems):
        return {one.id: chosen(part.options, [said]) for one, said in zip(ones, value, strict=True)}
    if part.kind == "choice" or first.kind == "questionmult":
        return {first.id: chosen(part.options, value)}
    assert part.twin
    return {first.id: chosen(part.twin.options, [name])} if name in {one.name for one in part.twin.options} else None


def written(file: Path, rows: Sequence[Mapping[str, Sequence[int]]], say: Callable[[Sequence[int]], str]) -> Path:
    """As AMC writes it: a column for each question of each variant, empty where it was not on the copy."""
    ids = sorted({id for row in rows for id in row})
    heads = ["Exam", "A:key", "Name", "Mark"] + [head for id in ids for head in (id, f"TICKED:{id}")]
    with file.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        lines.writerow([head.replace("_", ".") for head in heads])
        for n, row in enumerate(rows, 1):
            cells = [cell for id in ids for cell in (("0,5", say(row[id])) if id in row else ("", ""))]
            lines.writerow([n, "", "?", "0", *cells])
    return file


def named(boxes: Sequence[int]) -> str:
    return "".join(map(letters, boxes))


def folder(root: Path, id: str, lang: Lang, variants: int = VARIANTS) -> Exported:
    made = quiz.export([content.find(id)], lang, "amc", id="td", variants=variants)
    for name, data in made.files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(data)
    return exported.read(root)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("id", IDS)
def test_ticked_boxes_are_what_the_student_meant(id: str, lang: Lang, tmp_path: Path) -> None:
    export = folder(tmp_path, id, lang)
    on_paper = {one.id: one for one in printed((tmp_path / "td.tex").read_text("utf-8"))}
    rows, meant = [], []
    for slug, facts in export.items.items():
        for name, code in facts["parts"].items():
            asked = export.asked(slug, name)
            ones = [one for key, one in on_paper.items() if key == code or key.rsplit("-", 1)[0] == code]
            assert ones, "each question is on paper"
            if not isinstance(asked.question, Answer):
                rows.append({ones[0].id: [1]})
                meant.append((asked, "marked", None))
                continue
            for idea, value, shown in meanings(asked):
                boxes = ticks(asked, ones, shown, idea or "right")
                if boxes is not None:
                    rows.append(boxes)
                    meant.append((asked, idea, value))
    found = amc.replies(export, written(tmp_path / "marks.csv", rows, named))
    assert len(found) == len(rows)
    for reply, (asked, idea, value) in zip(found, meant, strict=True):
        assert not reply.problem and reply.part == asked.part.name and reply.slug == asked.item.slug
        if idea == "marked":
            assert reply.marked == Fraction(1, 4)
        else:
            assert scored(asked, reply.source) == asked.answer.rule.score(value, asked.known[asked.part.name]), (
                idea, reply.source,
            )  # fmt: skip


@pytest.fixture
def paper(tmp_path: Path) -> Exported:
    return folder(tmp_path, "conv_output_size", "fr", 3)


def only(paper: Exported, cells: Mapping[str, str], name: str = "marks.csv") -> list[Reply]:
    file = paper.folder / name
    with file.open("w", encoding="utf-8", newline="") as out:
        lines = csv.DictWriter(out, list(cells), delimiter=";")
        lines.writeheader()
        lines.writerow(cells)
    return amc.replies(paper, file)


def size(paper: Exported) -> str:
    return next(id for id, (_, name) in paper.ids.items() if name == "size")


def test_both_of_amc_s_ways_to_name_boxes_read_alike(paper: Exported) -> None:
    """``BO`` and ``0;1;0…``."""
    id = size(paper).replace("_", ".")
    ticked = {1, 14}
    zeros = ";".join(str(int(n in ticked)) for n in range(20))
    told = [only(paper, {"Copie": "1", id: "1", f"TICKED:{id}": said}) for said in ("BO", zeros)]
    assert [one.source for (one,) in told] == ["size = '14'"] * 2


@pytest.mark.parametrize(
    ("columns", "boxes", "said"),
    [
        (Digits(2, 0, sign=False), (1, 14), "14"),
        (Digits(2, 0, sign=False), (14,), "4"),  # a blank column is a zero, as AMC has it
        (Digits(4, 3, sign=True), (1, 2, 15, 25, 32), "-0.330"),
        (Digits(4, 3, sign=True), (2, 15, 25, 32), "0.330"),
        (Digits(2, 0, sign=False), (1, 2, 14), "[12]4"),
        (Digits(2, 0, sign=True), (0, 1, 3, 16), "+-14"),
        (Digits(2, 0, sign=True), (1,), "-"),
    ],
)
def test_digits_are_read_column_by_column(columns: Digits, boxes: tuple[int, ...], said: str) -> None:
    assert columns.typed(boxes) == said


def test_blank_is_missing_and_what_was_not_on_the_copy_is_nothing(paper: Exported) -> None:
    (one, other, _) = (id.replace("_", ".") for id, (_, name) in paper.ids.items() if name == "size")
    (blank,) = only(paper, {"Copie": "1", one: "0", f"TICKED:{one}": "", other: "", f"TICKED:{other}": ""})
    assert (blank.source, blank.problem, blank.slug) == (None, "", next(iter(paper.items)))


def test_two_boxes_of_a_single_choice_are_unreadable_as_two_letters_are(tmp_path: Path) -> None:
    paper = folder(tmp_path, "adam_first_step", "en")
    id = next(id for id, (_, name) in paper.ids.items() if name == "effect")
    (two,) = only(paper, {"Exam": "1", id.replace("_", "."): "0", f"TICKED:{id.replace('_', '.')}": "AB"})
    assert two.source and ("'A, B'" in two.source or "#" in two.source)


def test_what_cannot_be_is_named(paper: Exported) -> None:
    code = next(id for id, (_, name) in paper.ids.items() if name == "conv_output_size").replace("_", ".")
    (unmarked,) = only(paper, {"Copie": "1", code: "0", f"TICKED:{code}": ""})
    assert "nobody has marked it" in unmarked.problem and unmarked.marked is None and unmarked.slug
    (strange,) = only(paper, {"Copie": "1", "else": "0", "TICKED:else": "A"})
    assert strange.problem == "unknown: else" and not strange.slug


def test_marks_without_ticked_boxes_are_refused(paper: Exported) -> None:
    with pytest.raises(CourseError, match="which boxes were ticked"):
        only(paper, {"Copie": "1", size(paper).replace("_", "."): "1"})
    (paper.folder / "empty.csv").write_text("")
    with pytest.raises(CourseError, match="which boxes were ticked"):
        amc.replies(paper, paper.folder / "empty.csv")


def test_a_copy_is_whose_it_was_unless_boxes_say_a_number(paper: Exported) -> None:
    paper.said["copies"] = {"ABC": {"copy": 7, "student": "ada", "items": []}}
    id = size(paper).replace("_", ".")
    asked = {id: "0", f"TICKED:{id}": "B"}

    def who(cells: Mapping[str, str]) -> Who:
        return only(paper, {**cells, **asked})[0].who

    assert who({"Copie": "7"}).user == "ada"
    assert who({"Copie": "8", "A:key": "", "student": "00000000042"}).number == "00000000042"
    assert who({"Copie": "7", "A:key": "00000000043"}).number == "00000000043"
    assert who({"Copie": "9"}).said == "copy 9"


def test_zeros_before_a_number_do_not_count() -> None:
    roster = [Student("ada", "Ada", number="42"), Student("emmy", "Emmy", number="0042")]
    assert [one.id for one in student(Who("0042"), roster)] == ["emmy"]
    assert [one.id for one in student(Who("00000000042"), roster[:1])] == ["ada"]
    assert student(Who("000"), roster) == []
