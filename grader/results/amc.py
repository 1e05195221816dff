"""Auto Multiple Choice's export of marks as CSV: the boxes that were ticked on each copy say what its student meant.

Its scores are not read, but of what a person marked: the same rules judge paper and notebooks.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from grader.errors import CourseError
from grader.quiz import amc
from grader.quiz.amc import questions
from grader.quiz.carry import Notes
from grader.quiz.item import Part
from grader.results import table, written
from grader.results.exported import Asked, Exported
from grader.results.reply import Reply, Who

TICKED = "TICKED:"
CODE = "student"  # the boxes of a copy without a name
KEY = "A:"  # what AMC associated the copy with
REMEDY = "In AMC: Reports, Export to CSV, ticked boxes 'AB' (or: auto-multiple-choice export --option-out ticked=AB)."
ON_PAPER = {"fr": "(sur papier)", "en": "(on paper)"}
_COLUMNS = re.compile(
    r"\\begin\{questionmultx\}\{([^}]*)\}(?:(?!\\end\{questionmultx\}).)*?\\AMCnumericChoices\{[^}]*\}\{"
    r"digits=(\d+), decimals=(\d+), sign=(true|false)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Digits:
    """Columns of boxes, as they were printed: a sign first where there is one, then ten boxes for each digit."""

    digits: int
    decimals: int
    sign: bool

    def typed(self, ticked: Sequence[int]) -> str:
        """``0035`` with one decimal is 3.5. A column where several boxes are ticked holds all of them, in brackets."""
        signs = "".join("+-"[n] for n in ticked if self.sign and n < 2)
        first = 2 * self.sign
        columns = [
            "".join(str(n - first - 10 * place) for n in ticked if 0 <= n - first - 10 * place < 10)
            for place in range(self.digits)
        ]
        said = "".join(one if len(one) == 1 else f"[{one}]" if one else "0" for one in columns)
        if len(signs) > 1 or "[" in said or not any(columns):
            return f"{signs}{said}" if any(columns) else signs
        whole, tenths = said[: self.digits - self.decimals], said[self.digits - self.decimals :]
        return signs.replace("+", "") + (whole.lstrip("0") or "0") + (f".{tenths}" if tenths else "")


@dataclass(frozen=True)
class _Paper:
    """An export as it was printed."""

    exported: Exported
    _asked: dict[str, dict[str, tuple[Part, ...]]] = field(default_factory=dict)

    @cached_property
    def digits(self) -> Mapping[str, Digits]:
        """By question."""
        (source,) = self.exported.files(".tex")
        found = _COLUMNS.finditer(source.read_text("utf-8"))
        return {questions.id_of(q): Digits(int(many), int(point), sign == "true") for q, many, point, sign in
                (one.groups() for one in found)}  # fmt: skip

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """Students by what AMC calls them."""
        with (self.exported.folder / "students.csv").open(encoding="utf-8", newline="") as file:
            return {row["key"]: row["id"].removeprefix("'") for row in csv.DictReader(file)}

    @cached_property
    def copies(self) -> Mapping[int, Mapping[str, str | list[str]]]:
        """By the number that AMC prints on each page."""
        return {one["copy"]: one for one in self.exported.said.get("copies", {}).values()}

    def forms(self, asked: Asked) -> tuple[Part, ...]:
        """What AMC asked of a question: itself, or its nearest forms."""
        if asked.item.slug not in self._asked:
            self._asked[asked.item.slug] = amc.carried(asked.item, Notes())
        return self._asked[asked.item.slug][asked.part.name]


def replies(exported: Exported, file: Path) -> list[Reply]:
    """Raises CourseError."""
    paper = _Paper(exported)
    lines = list(table.lines(file, table.text(file)))
    heads = list(lines[0][1]) if lines else []
    if not any(head.startswith(TICKED) for head in heads):
        raise CourseError(file, "no column says which boxes were ticked", REMEDY)
    if exported.format != "amc":
        problem = f"exported for '{exported.format}'"
        raise CourseError(exported.folder, problem, "Name the folder of '--to amc': --quiz DIR.")
    return [reply for line, cells in lines for reply in _of(paper, line, cells)]


def _of(paper: _Paper, line: int, cells: Mapping[str, str]) -> Iterator[Reply]:
    copy = _copy(cells)
    held = paper.copies.get(copy, {}) if copy else {}
    who = _who(paper, cells, str(held.get("student", "")), f"copy {copy}" if copy else f"line {line}")
    unknown = [name for name in _titles(cells) if _found(paper, name) is None]
    for name in unknown:
        yield Reply(who, f"line {line}", line, problem=f"unknown: {name}", answer=cells[TICKED + name])
    boxes: dict[tuple[str, str], dict[str, tuple[int, ...]]] = {}
    for name in (name for name in _titles(cells) if name not in unknown):
        if cells.get(name, "").strip():  # AMC scores what was on the copy, blank or not
            slug, part = _found(paper, name) or ("", "")
            boxes.setdefault((slug, part), {})[questions.id_of(name)] = _boxes(cells[TICKED + name])
    order = list(held.get("items", ()))
    for slug, part in sorted(boxes, key=lambda one: order.index(one[0]) if one[0] in order else len(order)):
        asked, where = paper.exported.asked(slug, part), f"line {line}, {slug}-{part}"
        ticked = boxes[slug, part]
        try:
            yield _read(paper, asked, ticked, Reply(who, where, line, slug, part, answer=_said(ticked)))
        except written.Unclear as why:
            yield Reply(who, where, line, slug, part, problem=str(why), answer=_said(ticked))


def _titles(cells: Mapping[str, str]) -> list[str]:
    """Of the questions, without the digits of a student's number."""
    return [
        head.removeprefix(TICKED)
        for head in cells
        if head.startswith(TICKED) and not re.fullmatch(rf"{CODE}(\[\d+\]|\.\d+)", head.removeprefix(TICKED))
    ]


def _copy(cells: Mapping[str, str]) -> int:
    """The first column, unless somebody chose others; ``12:1`` is a photocopy of copy 12."""
    found = re.fullmatch(r"(\d+)(?::\d+)?", next(iter(cells.values()), "").strip())
    return int(found[1]) if found else 0


def _who(paper: _Paper, cells: Mapping[str, str], held: str, else_: str) -> Who:
    """By AMC's association, else by the boxes of a number, else whoever's copy it is."""
    told = next((cell.strip() for head, cell in cells.items() if head.startswith(KEY)), "")
    code = cells.get(CODE, "").strip()
    number = next((one for one in (told, code if code.isdigit() else "") if one), "")
    id = paper.keys.get(number) or (held if not number else "")
    return Who(id or number, user=id) if id or number else Who(name=else_)


def _found(paper: _Paper, name: str) -> tuple[str, str] | None:
    """The variant and the question; one of several rows or places has a number at its end."""
    id = questions.id_of(name)
    return paper.exported.ids.get(id) or paper.exported.ids.get(re.sub(r"-\d+$", "", id))


def _boxes(cell: str) -> tuple[int, ...]:
    """``AC`` or ``1;0;1``: places from 0. After Z comes Aa."""
    if re.fullmatch(r"[01](;[01])*", cell) and (";" in cell or cell == "1"):
        return tuple(n for n, one in enumerate(cell.split(";")) if one == "1")
    return tuple(_place(one) for one in re.findall(r"[A-Z][a-z]*", cell))


def _place(letters: str) -> int:
    place = 0
    for letter in letters.upper():
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _said(ticked: Mapping[str, tuple[int, ...]]) -> str:
    return "; ".join(" ".join(str(n + 1) for n in boxes) or "-" for boxes in ticked.values())


def _read(paper: _Paper, asked: Asked, ticked: Mapping[str, tuple[int, ...]], blank: Reply) -> Reply:
    """Raises Unclear."""
    forms = {n: one for n, one in enumerate(paper.forms(asked), 1) if one.id in ticked}
    if any(n >= len(one.options) > 0 for one in forms.values() for n in ticked[one.id]) or not forms:
        raise written.Unclear("boxes that were not printed")
    if forms[min(forms)].kind == "text":
        return _marked(asked, next(iter(ticked.values())), blank)
    return replace(blank, source=_source(paper, asked, forms, ticked)) if any(ticked.values()) else blank


def _source(
    paper: _Paper, asked: Asked, forms: Mapping[int, Part], ticked: Mapping[str, tuple[int, ...]]
) -> str | None:
    form = forms[min(forms)]
    boxes = ticked[form.id]
    if form.note == "numbers":
        return written.fields(asked, {n: paper.digits[one.id].typed(ticked[one.id]) for n, one in forms.items()})
    if form.note == "choices":
        rows = ((asked.part.stems[n - 1][0], one.options, ticked[one.id]) for n, one in forms.items())
        pairs = {stem: options[boxes[0]].name for stem, options, boxes in rows if len(boxes) == 1}
        return written.matched(asked, pairs) if pairs else written.unread(asked, "…")
    if form.kind == "numeric":
        return written.free(asked, paper.digits[form.id].typed(boxes))
    if form.kind == "choices":
        return written.several(asked, [form.options[n].name for n in boxes])
    if len(boxes) > 1:
        return written.unread(asked, ", ".join(form.options[n].label for n in boxes))
    return written.option(asked, form, form.options[boxes[0]].name)


def _marked(asked: Asked, boxes: Sequence[int], blank: Reply) -> Reply:
    """What a person ticked beside the lines that a student wrote on: the words themselves stay on paper."""
    source = None if asked.part.kind == "code" else ON_PAPER[asked.lang]
    if len(boxes) != 1:
        why = "several marks are ticked" if boxes else "nobody has marked it"
        return replace(blank, source=source, problem=f"{why}: give its points in formgrader")
    return replace(blank, source=source, marked=Fraction(boxes[0], questions.STEPS))
