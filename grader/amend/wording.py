"""A statement corrected in copies that were handed out: what changes, for whom, and then done.

Numbers, ids, points and starters stay as they were handed out, so that an answer to the old words is read and judged
as it would have been.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from grader import datasets, decided, handed, handout, images, lock, release, values
from grader.amend import editions, errata
from grader.decided import Decision
from grader.errors import CourseError, UsageError, near_miss
from grader.lock import Lock
from grader.model import WRITTEN, Cell, Course, Exercise, Lang, Text, Variant

TOLD = Text(
    "**Erratum.** Cet énoncé a été corrigé : si vous aviez déjà le notebook, relisez-le.",
    "**Erratum.** This statement was corrected: if you had the notebook already, read it again.",
)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """One variant in one language: what its students hold, and would hold, as a diff of each cell that differs."""

    number: str
    lang: Lang
    students: tuple[str, ...]
    diffs: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Correction:
    """``locked`` is the lock as it would be."""

    assignment: str
    item: str
    changes: tuple[Changed, ...]
    came: tuple[str, ...]  # those of the students concerned who have handed in
    locked: Lock
    remarks: tuple[str, ...]
    images: bool = False  # whether it is graded on others from now on, and so judged again

    @property
    def students(self) -> tuple[str, ...]:
        concerned = {student for one in self.changes for student in one.students}
        return tuple(student for student in self.locked.students if student in concerned)


def correction(course: Course, assignment: str, item: str) -> Correction:
    """Raises UsageError for an unknown item, CourseError where more than words has changed."""
    before = lock.read(course, assignment)
    items = before.said["items"]
    if item not in items:
        raise UsageError(item, f"is not in '{assignment}'", near_miss(item, items, f"There are: {', '.join(items)}."))
    exercise = lock.find_exercise(course.root, course.content, items[item]["exercise"])
    points = {f"{item}-{q.name}": q.points for q in exercise.questions} | lock.released_points(before.said)
    variants: Json = {}
    changes: list[Changed] = []
    remarks: list[str] = []
    with datasets.use(course.secret, course.data):
        for number, kept in items[item]["variants"].items():
            variants[number] = {**kept, "cells": {}}
            for lang, plain in kept["cells"].items():
                old = [lock.cell_of(one) for one in plain]
                new = _reworded(item, exercise, kept["params"], old, lang, points, remarks)
                variants[number]["cells"][lang] = [lock.plain(one) for one in new]
                if diffs := dict(_diffs(old, new)):
                    changes.append(Changed(number, lang, _holders(before, item, number, lang), diffs))
    mended = {**items[item], "statement": exercise.statement_revision, "variants": variants}
    if "numbers" in mended:  # the grid may be shorter today
        there = range(len(exercise.params))
        mended["numbers"] = [n for n in mended["numbers"] if str(n) in variants or int(n) in there]
    if "data" in mended:
        mended |= images.entry(course, exercise.needs)
    others = mended.get("data") != items[item].get("data")
    if others:
        remarks.append(f"{item}: it is trained and graded on other images than before, and judged again.")
    said = {**before.said, "items": {**items, item: mended}}
    after = renewed(before, replace(before, said=said))
    concerned = {student for one in changes for student in one.students}
    came = tuple(s for s in before.students if s in concerned and handed.handed_in(course.root, before, s))
    return Correction(assignment, item, tuple(changes), came, after, tuple(dict.fromkeys(remarks)), others)


def apply(course: Course, found: Correction, because: str, who: str = "") -> None:
    """The lock as it was is kept; then the new one, and the notebooks in ``release/``."""
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    before = lock.read(course, found.assignment)
    item = before.example(course.lang).items[list(before.said["items"]).index(found.item)]
    told = Text(*(f"{TOLD[lang]} {because}".strip() for lang in ("fr", "en")))
    after = errata.with_erratum(found.locked, found.item, errata.under(item), told)
    edition = editions.keep(course, before)
    students = list(found.students)
    decided.write(
        course,
        found.assignment,
        Decision("reword", found.item, because, said={"before": edition.name, "students": students}, who=who),
    )
    errata.hand_out(course, after)
    if found.images:
        release.lay(course, after)
    bridge.register(course, after)


def renewed(before: Lock, after: Lock) -> Lock:
    """Each copy that is another one now says which it was: verdicts on the old one stand where nothing else changed."""
    students = {}
    for student, one in after.said["students"].items():
        was, now = before.sheet(student), after.sheet(student)
        earlier = was.earlier if was.revision == now.revision else was.revisions
        students[student] = one | ({"earlier": list(earlier)} if earlier else {})
    return replace(after, said={**after.said, "students": students})


def _reworded(
    key: str,
    exercise: Exercise,
    params: Json,
    old: list[Cell],
    lang: Lang,
    points: Mapping[str, Fraction],
    remarks: list[str],
) -> list[Cell]:
    """Today's words around yesterday's cells. Raises CourseError where a cell came, went or changed its kind."""
    variant = Variant(exercise, values.plain(params))
    known = {cell.id: cell for cell in old}
    asked = {cell.question for cell in old if cell.question}
    left = {f"{key}-{q.name}{end}" for q in exercise.questions if q.name not in asked for end in lock.ENDS}
    new = [cell for cell in handout.cells(key, variant, lang, points) if cell.id not in left]
    shape, was = ([(c.id, c.kind, c.question, c.points) for c in cells] for cells in (new, old))
    if shape != was:
        ids = ", ".join(dict.fromkeys(one[0] for one in (*shape, *was) if one not in shape or one not in was))
        problem = f"more than words has changed since it was handed out: {ids or 'the order of the cells'}"
        remedy = "Put its questions back as they were, and change words only; or replace the exercise."
        raise CourseError(exercise.path, problem, remedy)
    if left:
        remarks.append(f"{key}: {', '.join(q.name for q in exercise.questions if q.name not in asked)} was not asked.")
    remarks += [
        f"{cell.id}: its starter has changed too; copies keep the one that was handed out."
        for cell in new
        if cell.kind in WRITTEN and cell.source != known[cell.id].source
    ]
    return [known[cell.id] if cell.kind in WRITTEN else cell for cell in new]


def _diffs(old: list[Cell], new: list[Cell]) -> Iterator[tuple[str, tuple[str, ...]]]:
    was = {cell.id: cell.source for cell in old}
    for cell in new:
        before = was.get(cell.id, "")
        if before != cell.source:
            lines = difflib.unified_diff(before.splitlines(), cell.source.splitlines(), lineterm="", n=1)
            yield cell.id, tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _holders(locked: Lock, item: str, number: str, lang: Lang) -> tuple[str, ...]:
    held = locked.said["students"].items()
    return tuple(student for student, one in held if one["lang"] == lang and one["items"].get(item) == number)
