"""The grading of an assignment before anyone has handed it in: references, blanks and starters, in a folder of its own.

The course's submissions, verdicts and gradebook are neither read nor written.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from grader import course as courses
from grader import datasets, grading, handwritten, images, lock, notebook, verify
from grader.model import WRITTEN, Answer, Course, Essay, Item, Question, Record, Sheet, Status, Task, Terms
from grader.values import of as values_of

Play = Literal["references", "blanks", "starters"]
PLAYS: tuple[Play, ...] = ("references", "blanks", "starters")
HUMAN = (Status.WAITING,)  # for a human to mark: no program says what it earns


@dataclass(frozen=True, slots=True)
class Odd:
    """A verdict that is not what such a copy must get."""

    play: Play
    student: str
    question: str
    said: str


@dataclass
class Rehearsed:
    """What one play took, and what was odd in it."""

    play: Play
    copies: int = 0
    seconds: float = 0.0
    first: float = 0.0  # until the first verdict: what opening the sandbox takes is in it
    odd: list[Odd] = field(default_factory=list)

    @property
    def each(self) -> float:
        """Seconds for one more copy, with as many at a time as there were."""
        return (self.seconds - self.first) / (self.copies - 1) if self.copies > 1 else self.seconds

    def predicted(self, students: int) -> float:
        """Seconds for a roster of so many: measured, or from the copies that were."""
        return self.first + self.each * max(0, students - 1)


def rehearse(
    course: Course,
    assignment: str,
    terms: Terms,
    most: int | None = None,
    step: Callable[[], None] = lambda: None,
) -> Iterator[Rehearsed]:
    """Each play over the whole roster, or over ``most`` students, evenly taken. Raises as a release or grading does."""
    with tempfile.TemporaryDirectory(prefix="partiel-rehearsal-") as folder:
        with datasets.use(course.secret, course.data):
            if lock.path(course, assignment).is_file():
                locked = lock.read(course, assignment)
                images.are_the_same(course, locked.said)
            else:
                locked = lock.prepare(course, courses.assignment(course, assignment))
        students = sample(locked.students, most)
        for play in PLAYS:
            root = Path(folder, play)
            root.mkdir()
            for name in {
                item["exercise"] for item in locked.said["items"].values() if handwritten.is_one(item["exercise"])
            }:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(course.root / name, root / name)
            here = replace(course, root=root)
            said = {**locked.said, "training": "run"}  # a reference has no weights to hand in: it trains
            lock.store(replace(locked, file=lock.path(here, assignment), said=said))
            alone = lock.read(here, assignment)
            for student in students:
                sheet = alone.sheet(student)
                file = root / "submitted" / student / assignment / f"{assignment}.ipynb"
                notebook.write(file, notebook.compose(sheet, written(sheet, play)))
            yield _played(here, assignment, terms, play, students, step)


def sample(students: tuple[str, ...], most: int | None) -> tuple[str, ...]:
    """Evenly from the roster: neighbours' variants are no more alike than others', but rooms and languages may be."""
    if most is None or most >= len(students):
        return students
    return tuple(students[place * len(students) // most] for place in range(most))


def written(sheet: Sheet, play: Play) -> dict[str, str]:
    """By cell. A starter is what was handed out, so nothing is written there."""
    if play == "starters":
        return {}
    found: dict[str, str] = {}
    for item in sheet.items:
        asked = {question.name: question for question in item.variant.exercise.questions}
        own = _instructors(item) if item.variant.exercise.cells else {}
        for cell in item.cells:
            if cell.kind not in WRITTEN:
                continue
            if play == "blanks":
                found[cell.id] = ""
            elif cell.id in own:
                found[cell.id] = own[cell.id]
            elif (source := _right(item, asked.get(cell.question))) is not None:
                found[cell.id] = source
    return found


def _instructors(item: Item) -> dict[str, str]:
    """The cells of a hand-written notebook with their solutions, as its author wrote them."""
    cells = json.loads(item.variant.exercise.path.read_text("utf-8"))["cells"]
    named = ((cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or cell.get("id"), cell) for cell in cells)
    return {id: "".join(cell["source"]) for id, cell in named if id}


def _right(item: Item, question: Question | None) -> str | None:
    if isinstance(question, Answer):
        value = verify.written(question, values_of(item.variant)[question.name], item.variant)
        return f"{question.name} = {value.tolist() if hasattr(value, 'tolist') else value!r}"
    if isinstance(question, Task):
        references = [s for s in verify.solution_files(item.variant.exercise) if s.file.stem == "reference"]
        return re.sub(r"\A# fails: .*\n", "", references[0].source) if references else None
    return "…" if isinstance(question, Essay) else None  # any text: a human would mark it


def _played(
    here: Course, assignment: str, terms: Terms, play: Play, students: tuple[str, ...], step: Callable[[], None]
) -> Rehearsed:
    made = Rehearsed(play)
    started = time.monotonic()
    for student, result in grading.grade(here, assignment, terms, students):
        made.seconds = time.monotonic() - started
        made.first = made.first or made.seconds
        made.copies += 1
        if isinstance(result, Record):
            made.odd += _odd(play, student, result)
        else:
            made.odd.append(Odd(play, student, "", str(result)))
        step()
    return made


def _odd(play: Play, student: str, record: Record) -> Iterator[Odd]:
    for verdict in record.verdicts:
        if verdict.status in HUMAN:
            continue
        seen = f"{verdict.status}, {verdict.earned} of {verdict.points}"
        if verdict.status is Status.BROKEN:
            yield Odd(play, student, verdict.key, "; ".join((seen, *verdict.evidence[:1])))
        elif play == "references":
            if verdict.status is not Status.CORRECT or verdict.earned != verdict.points:
                yield Odd(play, student, verdict.key, seen)
        elif verdict.earned:
            yield Odd(play, student, verdict.key, seen)
