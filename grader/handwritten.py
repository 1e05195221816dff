"""A notebook written by hand, with nbgrader's metadata, as an exercise of one variant. Nothing of it is run here."""

from __future__ import annotations

import hashlib
import json
import re
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader import datasets
from grader.errors import ContentError
from grader.model import GRADED, Asserted, Cell, CellKind, Criterion, Essay, Exercise, Limits, Question, Text

SUFFIX = ".ipynb"
NAME = re.compile(r"[A-Za-z0-9_-]+")  # of a cell: nbgrader's rule
LONGEST = 64  # of a cell's id, in nbformat 4.5
HEAVY = ("torch", "keras")
STUBS = {"code": "# YOUR CODE HERE\nraise NotImplementedError()", "markdown": "YOUR ANSWER HERE"}
NOTHING = Text("", "")

Json = dict[str, Any]


def is_one(exercise: str) -> bool:
    """Whether an entry of ``exercises`` names a notebook, and not an exercise."""
    return exercise.endswith(SUFFIX)


def find(folder: Path, entry: str) -> Exercise:
    """The notebook at ``entry`` in the course folder, as it is now. Raises ContentError."""
    file = folder / entry
    if not file.is_file():
        remedy = "Entries that end in .ipynb are notebooks in the course folder; put it there."
        raise ContentError(file, 1, "there is no such notebook", remedy)
    facts = file.stat()
    return _load(file, entry, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=64)
def _load(file: Path, entry: str, _changed: int, _size: int) -> Exercise:
    cells = _read(file)
    read = [_Written(file, number, cell) for number, cell in enumerate(cells, 1)]
    handed = tuple(one.cell() for one in read)
    seen: set[str] = set()
    for cell in handed:
        if cell.id in seen:
            raise ContentError(file, 1, f"two cells are called '{cell.id}'", "Give one of them another id in nbgrader.")
        seen.add(cell.id)
    sources = "\n".join(one.source for one in read if one.is_code)
    needs = _needs(sources)
    limits = Limits(seconds=300, memory_mib=4096) if set(HEAVY) & set(needs) else Limits(seconds=60)
    titles = re.findall(r"^#+ (.+)$", "\n".join(one.source for one in read if not one.is_code), re.MULTILINE)
    title = titles[0] if titles else file.stem
    return Exercise(
        id=entry,
        shelf="",
        path=file,
        title=Text(title, title),
        statement=NOTHING,
        params=({},),
        dropped=0,
        values={},
        questions=tuple(question for one in read if (question := one.question(limits)) is not None),
        solution=NOTHING,
        minutes=0,
        difficulty=2,
        tags=(),
        needs=needs,
        statement_revision=_revision("\0".join(f"{c.kind} {c.id} {c.points}\0{c.source}" for c in handed)),
        judging_revision=_revision("\0".join(one.source for one in read)),
        cells=handed,
    )


class _Written:
    """One cell of the instructor's notebook: what students get of it, and what stays here."""

    def __init__(self, file: Path, number: int, said: Json) -> None:
        source = said.get("source", "")
        self.file, self.number = file, number
        self.source = source if isinstance(source, str) else "".join(map(str, source))
        self.is_code = said.get("cell_type") == "code"
        metadata = said.get("metadata")
        facts = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        self.facts: Json = facts if isinstance(facts, dict) else {}
        name = self.facts.get("grade_id") if any(map(self.facts.get, ("grade", "solution", "locked", "task"))) else None
        self.id = str(name) if name else f"{_safe(file.stem)}-cell-{number}"
        self.kind = self._kind()
        if not NAME.fullmatch(self.id) or len(self.id) > LONGEST:
            problem = f"'{self.id}' cannot be a cell's id"
            raise self.error(problem, f"Use at most {LONGEST} letters, digits, '-' and '_'.")

    def _kind(self) -> CellKind:
        grade, solution, task = (bool(self.facts.get(fact)) for fact in ("grade", "solution", "task"))
        if task:
            return "task"
        if grade and solution:
            return "essay"
        if (grade or solution) and not self.is_code:
            raise self.error(
                "a Markdown cell is graded or a solution, but not both", "Mark it 'Manually graded answer'."
            )
        if grade or solution:
            return "check" if grade else "solution"
        if not self.is_code:
            return "words"
        return "given" if self.facts.get("locked") else "free"

    def cell(self) -> Cell:
        """As students get it: without solutions, hidden tests and mark schemes."""
        source, solved = self._without("SOLUTION", STUBS["code" if self.is_code else "markdown"])
        if solved and self.kind not in ("solution", "essay"):
            raise self.error("a solution stands in a cell that is none", "Mark it 'Autograded answer'.")
        if self.kind in ("solution", "essay") and not solved:
            source = STUBS["code" if self.is_code else "markdown"]
        source, hidden = self._without("HIDDEN TESTS", "", source)
        if hidden and self.kind not in ("check", "essay"):
            raise self.error("hidden tests stand in a cell that is not graded", "Mark it 'Autograder tests'.")
        source, scheme = self._without("MARK SCHEME", "", source)
        if scheme and self.kind != "task":
            raise self.error("a mark scheme stands in a cell that is no task", "Mark it 'Manually graded task'.")
        graded = self.kind in GRADED
        points = self._points() if graded else Fraction(0)
        text = self.kind == "essay" and not self.is_code
        return Cell(self.kind, self.id, source, self.id if graded else "", points, text)

    def question(self, limits: Limits) -> Question | None:
        if self.kind not in GRADED:
            return None
        points = self._points()
        if self.kind == "check":
            return Asserted(self.id, NOTHING, points, self.source, limits)
        scheme = _between(self.source, "MARK SCHEME")
        rubric = (Criterion("", points, Text(scheme, scheme)),) if scheme.strip() else ()
        return Essay(self.id, NOTHING, points, rubric)

    def _points(self) -> Fraction:
        said = self.facts.get("points", 0)
        try:
            points = Fraction(str(said))
        except (ValueError, ZeroDivisionError):
            points = Fraction(-1)
        if points < 0:
            raise self.error(f"{said!r} is no number of points", "Write 2 or 1.5.")
        return points

    def _without(self, what: str, instead: str, source: str | None = None) -> tuple[str, bool]:
        """Less what stands between BEGIN and END, which may stand anywhere in a line; and whether there was any."""
        kept: list[str] = []
        inside = found = False
        for line in (self.source if source is None else source).split("\n"):
            if f"BEGIN {what}" in line:
                if inside:
                    raise self.error(f"BEGIN {what} stands twice before its END", f"Write END {what} between them.")
                inside = found = True
                indent = line[: len(line) - len(line.lstrip())]
                kept += [indent + stub for stub in instead.split("\n")] if instead else []
            elif f"END {what}" in line:
                inside = False
            elif not inside:
                kept.append(line)
        if inside:
            raise self.error(f"BEGIN {what} has no END {what}", "Students would get what stands between: write it.")
        return "\n".join(kept), found

    def error(self, problem: str, remedy: str) -> ContentError:
        first = self.source.strip().partition("\n")[0][:60]
        return ContentError(self.file, 1, f"cell {self.number} ({first!r}): {problem}", remedy)


def _read(file: Path) -> list[Json]:
    try:
        said = json.loads(file.read_bytes().decode("utf-8-sig"))
        cells = said["cells"] if said.get("nbformat") == 4 else None
    except (ValueError, KeyError, AttributeError) as error:
        raise ContentError(
            file, 1, f"no readable notebook ({error})", "Open it in Jupyter and save it again."
        ) from error
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise ContentError(file, 1, "not a notebook of nbformat 4", "Open it in Jupyter and save it again.")
    return cells


def _needs(sources: str) -> tuple[str, ...]:
    """Libraries to import beforehand, and data that the sandbox must show."""
    imported = set(re.findall(r"^\s*(?:import|from)\s+(\w+)", sources, re.MULTILINE))
    loaded = {name.replace("_", "-") for name in re.findall(r"datasets(?:\.|\s+import\s+)(\w+)", sources)}
    return tuple(sorted((imported & set(HEAVY)) | (loaded & set(datasets.KNOWN))))


def _between(source: str, what: str) -> str:
    kept, inside = [], False
    for line in source.split("\n"):
        if f"BEGIN {what}" in line or f"END {what}" in line:
            inside = f"BEGIN {what}" in line
        elif inside:
            kept.append(line)
    return "\n".join(kept)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)[:40]


def _revision(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def key(entry: str) -> str:
    """What the notebook is called in an assignment."""
    return _safe(Path(entry).stem)
