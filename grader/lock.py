"""``td1.lock.json``: who was handed what. Written at release, believed ever after.

It holds the cells as students see them, so that editing an exercise later changes
nothing that was handed out; and no answer, so that it may be shown to anyone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader import content, handout, values, variants
from grader import course as courses
from grader.errors import ContentError, CourseError, near_miss
from grader.model import Assignment, Cell, Course, Exercise, Item, Lang, Sheet, Student, Task, Variant

FORMAT = 1
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file as read. ``exercise`` finds today's exercise by id: its words may have changed, its answers judge."""

    file: Path
    said: Json

    @property
    def assignment(self) -> str:
        return str(self.said["assignment"])

    @property
    def title(self) -> str:
        return str(self.said["title"])

    @property
    def students(self) -> tuple[str, ...]:
        return tuple(self.said["students"])

    @property
    def needs(self) -> tuple[str, ...]:
        """What the sandbox must provide: the same for every student."""
        return tuple(sorted({need for item in self.said["items"].values() for need in item["needs"]}))

    def sheet(self, student: str) -> Sheet:
        """Raises CourseError where the student was handed nothing."""
        if student not in self.said["students"]:
            remedy = f"Add them to students.csv, then 'partiel generate {self.assignment}'."
            raise CourseError(self.file, f"'{student}' was handed no copy", remedy)
        handed = self.said["students"][student]
        return self._sheet(student, handed["lang"], handed["items"])

    def example(self, lang: Lang) -> Sheet:
        """What an instructor sees: the first variant handed out of each exercise, in ``lang`` if any was."""
        numbers = {}
        for key, item in self.said["items"].items():
            handed = item["variants"]
            numbers[key] = next((n for n, kept in handed.items() if lang in kept["cells"]), next(iter(handed)))
        return self._sheet("", lang, numbers)

    def _sheet(self, student: str, lang: Lang, numbers: Mapping[str, str]) -> Sheet:
        items = []
        for key, number in numbers.items():
            item = self.said["items"][key]
            kept = item["variants"][str(number)]
            exercise = content.find(item["exercise"])
            cells = kept["cells"].get(lang) or next(iter(kept["cells"].values()))
            handed_cells = tuple(_cell(c) for c in cells)
            self._still_asked(exercise, handed_cells)
            items.append(Item(key, Variant(exercise, values.plain(kept["params"])), handed_cells))
        head = tuple(_cell(c) for c in self.said["head"][lang])
        handed = [self.assignment, lang, *(c.source for c in head)]
        handed += [f"{c.id}\0{c.source}\0{c.points}" for item in items for c in item.cells]
        revision = hashlib.sha256("\0".join(handed).encode()).hexdigest()[:16]
        return Sheet(self.assignment, student, lang, head, tuple(items), revision)

    def _still_asked(self, exercise: Exercise, cells: Iterable[Cell]) -> None:
        """Words may change after the release; a question that students hold must keep its name."""
        asked = {question.name for question in exercise.questions}
        for cell in cells:
            if cell.kind == "check" and cell.question not in asked:
                problem = f"students of '{self.assignment}' hold '{cell.question}', which is no longer a question here"
                remedy = near_miss(cell.question, asked, "Put it back, at least until it is graded.")
                raise ContentError(exercise.path, 1, problem, remedy)


def path(course: Course, assignment: str) -> Path:
    return course.root / f"{assignment}.lock.json"


def read(course: Course, assignment: str) -> Lock:
    """Raises CourseError."""
    file = path(course, assignment)
    if not file.is_file():
        courses.assignment(course, assignment)  # raises, with the near miss, where there is none of that name
        raise CourseError(file, f"'{assignment}' was not released yet", f"Run 'partiel generate {assignment}'.")
    try:
        said = json.loads(file.read_text("utf-8"))
        if said["format"] != FORMAT:
            raise CourseError(file, f"written by another version (format {said['format']})", "Upgrade Partiel.")
        _whole(said)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        problem = f"damaged ({type(error).__name__}: {error})"
        raise CourseError(file, problem, "Restore it from a backup: students' variants are in it.") from error
    return Lock(file, said)


def _whole(said: Json) -> None:
    """Looks at all that a sheet is made of. Raises whatever the first hole raises."""
    str(said["assignment"]), str(said["title"])
    for cells in said["head"].values():
        [_cell(c) for c in cells]
    for item in said["items"].values():
        item["exercise"], item["statement"], list(item["needs"])
        for kept in item["variants"].values():
            kept["params"].items()
            for cells in kept["cells"].values():
                [_cell(c) for c in cells]
    for student in said["students"].values():
        for key, number in student["items"].items():
            said["items"][key]["variants"][number]["cells"][student["lang"]]
        said["head"][student["lang"]]


def write(course: Course, assignment: Assignment, progress: Callable[[], None] = lambda: None) -> Lock:
    """Lock an assignment; whoever was handed a copy before keeps it, to the byte."""
    file = path(course, assignment.id)
    if not course.students:
        raise CourseError(course.root / "students.csv", "nobody is in the roster", "Write a line per student.")
    before = read(course, assignment.id).said if file.is_file() else None
    keys = dict(_keys(assignment.exercises))
    exercises = {key: content.find(id) for key, id in keys.items()}
    if before and (was := {key: item["exercise"] for key, item in before["items"].items()}) != keys:
        remedy = "Give the new list another name in course.toml; copies of this one are in students' hands."
        raise CourseError(file, f"'{assignment.id}' was released with other exercises: {', '.join(was)}", remedy)
    said: Json = before or {
        "format": FORMAT,
        "course": course.id,
        "assignment": assignment.id,
        "title": assignment.title,
        "head": {},
        "items": {key: _item(exercise) for key, exercise in exercises.items()},
        "students": {},
    }
    points = _points(course, assignment, exercises) | _released_points(said)
    for lang in ("fr", "en"):
        if lang not in said["head"]:
            head = handout.head(course, assignment, list(exercises.values()), lang)
            said["head"][lang] = [_plain(c) for c in head]
    for student in course.students:
        if student.id not in said["students"]:
            lang = student.lang or course.lang
            numbers = {
                key: _hand_out(course, assignment, student, key, exercise, said["items"][key], lang, points)
                for key, exercise in exercises.items()
            }
            said["students"][student.id] = {"lang": lang, "items": numbers}
        progress()
    _store(file, json.dumps(said, ensure_ascii=False, indent=1) + "\n")
    return Lock(file, said)


def _hand_out(
    course: Course,
    assignment: Assignment,
    student: Student,
    key: str,
    exercise: Exercise,
    item: Json,
    lang: Lang,
    points: Mapping[str, Fraction],
) -> str:
    """The number of the student's variant, whose cells are now in the lock."""
    if item["statement"] == exercise.statement_revision:
        number = str(variants.draw(course.secret, assignment.id, student.id, key, len(exercise.params)))
    else:  # reworded since the release: whoever comes late gets what the others have
        released = [n for n, kept in item["variants"].items() if lang in kept["cells"]] or list(item["variants"])
        number = released[variants.draw(course.secret, assignment.id, student.id, key, len(released))]
    kept = item["variants"].setdefault(number, {"params": {}, "cells": {}})
    if not kept["cells"]:
        kept["params"] = dict(exercise.params[int(number)])
    if lang not in kept["cells"]:
        variant = Variant(exercise, values.plain(kept["params"]))
        kept["cells"][lang] = [_plain(c) for c in handout.cells(key, variant, lang, points)]
    return number


def _item(exercise: Exercise) -> Json:
    return {
        "exercise": exercise.id,
        "statement": exercise.statement_revision,
        "judging": exercise.judging_revision,
        "needs": list(_needs(exercise)),
        "variants": {},
    }


def _needs(exercise: Exercise) -> Iterator[str]:
    """What the sandbox must provide; "gpu" where a question would rather have one."""
    yield from exercise.needs
    if any(question.device == "gpu" for question in exercise.questions if isinstance(question, Task)):
        yield "gpu"


def _keys(exercises: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The same exercise twice gets suffixed keys: ``conv_output_size``, ``conv_output_size-2``."""
    seen: Counter[str] = Counter()
    for id in exercises:
        seen[id] += 1
        yield (id if seen[id] == 1 else f"{id}-{seen[id]}"), id


def _points(course: Course, assignment: Assignment, exercises: Mapping[str, Exercise]) -> dict[str, Fraction]:
    """By ``item-question``. What course.toml gives an exercise is shared as its own points are."""
    points: dict[str, Fraction] = {}
    known = set(exercises)
    for key, exercise in exercises.items():
        own = sum((q.points for q in exercise.questions), Fraction(0))
        for question in exercise.questions:
            known.add(f"{key}.{question.name}")
            share = question.points
            if key in assignment.points and own:
                share = assignment.points[key] * question.points / own
            points[f"{key}-{question.name}"] = assignment.points.get(f"{key}.{question.name}", share)
    for key in assignment.points:
        if key not in known:
            where = course.root / "course.toml"
            remedy = near_miss(key, known, f"Ask it, or remove it; it asks {', '.join(sorted(known))}.")
            raise CourseError(where, f"points for '{key}', which '{assignment.id}' does not ask", remedy)
    return points


def _released_points(said: Json) -> dict[str, Fraction]:
    """What the copies in students' hands say that each question is worth: a late one says the same."""
    every = (c for item in said["items"].values() for v in item["variants"].values() for c in v["cells"].values())
    checks = (_cell(c) for cells in every for c in cells if c["kind"] == "check")
    return {cell.id.removesuffix("-check"): cell.points for cell in checks}


def _plain(cell: Cell) -> Json:
    said = {k: v for k, v in asdict(cell).items() if v}
    if cell.points:
        said["points"] = str(cell.points)
    return said


def _cell(said: Json) -> Cell:
    points = Fraction(said.get("points", 0))
    return Cell(said["kind"], said["id"], said.get("source", ""), said.get("question", ""), points)


def _store(file: Path, text: str) -> None:
    """All of it or none: a lock cut short would lose everybody's variants."""
    draft = file.with_suffix(".tmp")
    with draft.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
