"""What an assignment hands out, to be read the night before: every variant with its answers, and who has which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from grader import anonymity, content, datasets, exhibit, lock, render
from grader import course as courses
from grader.feedback.markup import code, code_styles, markdown
from grader.lock import Lock
from grader.model import GRADED, Course, Item, Lang, Student, Text

SAID = {
    "students": Text("étudiants", "students"),
    "student": Text("Étudiant", "Student"),
    "group": Text("Groupe", "Group"),
    "room": Text("Salle", "Room"),
    "lang": Text("Langue", "Language"),
    "rights": Text("Droits", "Rights"),
    "exercise": Text("Exercice", "Exercise"),
    "pool": Text("Réserve", "Pool"),
    "given": Text("Variantes distribuées", "Variants handed out"),
    "points": Text("Points", "Points"),
    "minutes": Text("Minutes", "Minutes"),
    "total": Text("Total", "Total"),
    "neighbours": Text("Voisins de liste qui ont la même variante", "Neighbours on the roster with the same variant"),
    "none": Text("Aucun.", "None."),
    "who": Text("Qui a quoi", "Who has what"),
    "holders": Text("Pour", "For"),
    "statement": Text("Énoncé", "Statement"),
    "by_code": Text("vérifié par du code", "checked by code"),
    "not_released": Text(
        "Rien n’est encore distribué : voici ce qui le serait.", "Nothing is handed out yet: this is what would be."
    ),
    "secret": Text("Cette page contient les réponses.", "This page holds the answers."),
}


@dataclass(frozen=True, slots=True)
class Solved:
    """A question of one variant: what it is worth, and the line that is right."""

    name: str
    points: Fraction
    answer: str  # nothing where code or a human judges


@dataclass(frozen=True, slots=True)
class Held:
    """A variant that somebody has."""

    key: str
    number: str
    name: str  # conv_output_size#13
    holders: tuple[str, ...]
    questions: tuple[Solved, ...]
    item: Item
    lang: Lang

    @property
    def words_html(self) -> str:
        """The statement and the prompts, as they were handed out."""
        shown = (c for c in self.item.cells if c.kind in ("words", "given", "task", "essay"))
        return "\n".join(
            f"<pre>{code(c.source)}</pre>" if c.is_code and c.kind == "given" else markdown(c.source, self.lang)
            for c in shown
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """An exercise of the assignment, and each of its variants that is handed out."""

    key: str
    minutes: int
    points: Fraction
    size: int  # variants that could be drawn
    of: int  # variants there are
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A student: what a seating plan and an invigilator need, and their numbers in the assignment's order."""

    student: str
    shown: str
    group: str
    room: str
    lang: Lang
    rights: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    assignment: str
    title: str
    pool: str
    released: bool
    asked: tuple[Asked, ...]
    lines: tuple[Line, ...]
    neighbours: tuple[tuple[Line, Line, tuple[str, ...]], ...]  # and which variants they share
    remarks: tuple[str, ...]

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.asked)

    @property
    def points(self) -> Fraction:
        return sum((one.points for one in self.asked), Fraction(0))


def proof(course: Course, assignment: str) -> Proof:
    """From the lock; before the release, what would be handed out, and nothing is written.

    Raises CourseError as a release would: a pool that is too small is said here.
    """
    released = lock.path(course, assignment).is_file()
    with datasets.use(course.secret, course.data):
        if released:
            locked = lock.read(course, assignment)
        else:
            locked = lock.prepare(course, courses.assignment(course, assignment))
        asked = tuple(_exercises(locked))
    lines = tuple(_lines(course, locked))
    return Proof(
        assignment,
        locked.title,
        locked.pool,
        released,
        asked,
        lines,
        tuple(_neighbours(lines, asked)),
        tuple(locked.remarks(course)),
    )


def page(course: Course, of: Proof, lang: Lang) -> str:
    """One self-contained HTML page: no script, nothing to load. It holds the answers."""
    return render.page(
        content.root() / "templates",
        "proof/proof.html.j2",
        lang=lang,
        proof=of,
        course=course,
        words={name: text[lang] for name, text in SAID.items()},
        shown_of={line.student: line.shown for line in of.lines},
        points=lambda value: render.points(value, lang),
        code_styles=code_styles(),
    )


def _exercises(locked: Lock) -> Iterator[Asked]:
    holders: dict[str, dict[str, list[str]]] = {key: {} for key in locked.said["items"]}
    for student, handed in locked.said["students"].items():
        for key, number in handed["items"].items():
            holders[key].setdefault(number, []).append(student)
    for place, (key, numbers) in enumerate(holders.items()):
        held = tuple(_held(locked, place, key, number, numbers[number]) for number in sorted(numbers, key=int))
        exercise = held[0].item.variant.exercise
        points = sum((question.points for question in held[0].questions), Fraction(0))
        size = len(locked.said["items"][key].get("numbers", exercise.params))
        yield Asked(key, exercise.minutes, points, size, len(exercise.params), held)


def _held(locked: Lock, place: int, key: str, number: str, holders: list[str]) -> Held:
    sheet = locked.sheet(holders[0])
    item = sheet.items[place]
    worth = {cell.question: cell.points for cell in item.cells if cell.kind in GRADED}
    questions = tuple(
        Solved(q.name, worth.get(q.name, q.points), exhibit.key(item.variant, q, sheet.lang).answer)
        for q in item.variant.exercise.questions
    )
    name = f"{item.variant.exercise.id}#{number}"
    return Held(key, number, name, tuple(holders), questions, item, sheet.lang)


def _lines(course: Course, locked: Lock) -> Iterator[Line]:
    """In the roster's order, which is the room's; then who is no longer in it."""
    there = locked.said["students"]
    known = {student.id: student for student in course.students}
    for id in (*(id for id in known if id in there), *(id for id in there if id not in known)):
        student, handed = known.get(id, Student(id, "")), there[id]
        shown = anonymity.name(course, student, locked.assignment)
        numbers = tuple(handed["items"][key] for key in locked.said["items"])
        rights = _rights(student, locked.assignment)
        yield Line(id, shown, handed.get("group", ""), student.room, handed["lang"], rights, numbers)


def _rights(student: Student, assignment: str) -> str:
    said = []
    if student.extra_time:
        said.append(f"+{student.extra_time}")
    if when := student.deadline(assignment):
        said.append(f"→ {when}")
    if absent := student.absence(assignment):
        said.append(absent)
    if student.withdrawn:
        said.append("†")
    return ", ".join(said)


def _neighbours(lines: tuple[Line, ...], asked: tuple[Asked, ...]) -> Iterator[tuple[Line, Line, tuple[str, ...]]]:
    """Two lines that follow one another in the same room, but for a group's common copy and what has one variant."""
    for one, other in pairwise(lines):
        if one.room != other.room or (one.group and one.group == other.group):
            continue
        same = tuple(
            f"{exercise.key}#{number}"
            for exercise, number, theirs in zip(asked, one.numbers, other.numbers, strict=True)
            if number == theirs and exercise.size > 1
        )
        if same:
            yield one, other, same
