"""``td1.lock.json``: who was handed what. Written at release, believed ever after.

It holds the cells as students see them, so that editing an exercise later changes
nothing that was handed out; and no answer, so that it may be shown to anyone.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader import content, draws, handout, handwritten, images, values, weights, whole
from grader import course as courses
from grader.errors import ContentError, CourseError, near_miss
from grader.model import GRADED, Assignment, Cell, Course, Exercise, Item, Lang, Sheet, Task, Variant

FORMAT = 1
ENDS = ("", "-prompt", "-knobs", "-check")  # of the ids of a question's cells
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file as read. ``exercise`` finds today's exercise by id: its words may have changed, its answers judge."""

    file: Path
    said: Json
    content: tuple[Path, ...] = ()  # the course's own folders of exercises

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

    @property
    def setup(self) -> tuple[str, ...]:
        """The cells of ours that come before every student's, one for each language."""
        return tuple(cell["source"] for head in self.said["head"].values() for cell in head if cell["kind"] == "setup")

    def sheet(self, student: str) -> Sheet:
        """Raises CourseError where the student was handed nothing."""
        if student not in self.said["students"]:
            remedy = f"Add them to students.csv, then 'partiel generate {self.assignment}'."
            raise CourseError(self.file, f"'{student}' was handed no copy", remedy)
        handed = self.said["students"][student]
        sheet = self._sheet(student, handed["lang"], handed["items"])
        return replace(sheet, group=self.group(student), earlier=tuple(handed.get("earlier", ())))

    def group(self, student: str) -> tuple[str, ...]:
        """Who shares this student's copy, as it was handed out; nobody where it is theirs alone."""
        name = self.said["students"].get(student, {}).get("group")
        return tuple(s for s, one in self.said["students"].items() if one.get("group") == name) if name else ()

    def numbers(self, student: str) -> dict[str, str]:
        """Of the variants that a student was handed, by item."""
        return dict(self.said["students"][student]["items"])

    def reworded(self, exercise: Exercise) -> bool:
        """Whether its students hold other words than today's."""
        held = (item for item in self.said["items"].values() if item["exercise"] == exercise.id)
        return any(item["statement"] != exercise.statement_revision for item in held)

    @property
    def pool(self) -> str:
        return str(self.said.get("pool", ""))

    @property
    def training(self) -> str:
        return str(self.said.get("training", "run"))

    def remarks(self, course: Course) -> list[str]:
        """What an instructor should know of roster, copies and thresholds."""
        exercises = {item.key: item.variant.exercise for item in self.example(course.lang).items}
        return [*draws.remarks(course, self.said), *images.unmeasured(course, self.said, exercises)]

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
            exercise = find_exercise(self.file.parent, self.content, item["exercise"])
            cells = kept["cells"].get(lang) or next(iter(kept["cells"].values()))
            handed_cells = tuple(cell_of(c) for c in cells)
            self._still_asked(exercise, handed_cells)
            variant = Variant(images.judging(exercise, item), values.plain(kept["params"]))
            items.append(Item(key, variant, handed_cells))
        head = tuple(cell_of(c) for c in self.said["head"][lang])
        handed = [self.assignment, lang, *(c.source for c in head)]
        handed += [f"{c.id}\0{c.source}\0{c.points}" for item in items for c in item.cells]
        revision = hashlib.sha256("\0".join(handed).encode()).hexdigest()[:16]
        return Sheet(self.assignment, student, lang, head, tuple(items), revision)

    def _still_asked(self, exercise: Exercise, cells: Iterable[Cell]) -> None:
        """Words may change after the release; a question that students hold must keep its name."""
        asked = {question.name for question in exercise.questions}
        for cell in cells:
            if cell.kind in GRADED and cell.question not in asked:
                problem = f"students of '{self.assignment}' hold '{cell.question}', which is no longer a question here"
                remedy = near_miss(cell.question, asked, "Put it back, at least until it is graded.")
                raise ContentError(exercise.path, 1, problem, remedy)


def path(course: Course, assignment: str) -> Path:
    return course.root / f"{assignment}.lock.json"


def read(course: Course, assignment: str) -> Lock:
    """Raises CourseError."""
    file = path(course, assignment)
    if not file.is_file():
        asked = courses.assignment(course, assignment)  # raises, with the near miss, where there is none of that name
        _not_renamed(course, asked)
        raise CourseError(file, f"'{assignment}' was not released yet", f"Run 'partiel generate {assignment}'.")
    try:
        said = json.loads(file.read_text("utf-8"))
        if said["format"] != FORMAT:
            raise CourseError(file, f"written by another version (format {said['format']})", "Upgrade Partiel.")
        _whole(said)
        _same_secret(course, file, said)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        problem = f"damaged ({type(error).__name__}: {error})"
        raise CourseError(file, problem, "Restore it from a backup: students' variants are in it.") from error
    return Lock(file, said, course.content)


def _same_secret(course: Course, file: Path, said: Json) -> None:
    """Another secret would give newcomers other variants, and grade on other hidden data."""
    if said.get("secret", "") not in ("", draws.fingerprint(course.secret)):
        problem = "this was handed out under another secret than .partiel/secret now is"
        remedy = "Put the secret back from a backup. If it is lost, see 'A lost secret' in the guide of a course."
        raise CourseError(file, problem, remedy)


def others(course: Course, assignment: str) -> list[Lock]:
    """The other locks of the course folder, also those of assignments that course.toml no longer has."""
    files = sorted(course.root.glob("*.lock.json"))
    return [read(course, file.name.removesuffix(".lock.json")) for file in files if file != path(course, assignment)]


def _not_renamed(course: Course, assignment: Assignment) -> None:
    """A new name for what students already hold would hand out everything anew, and leave their work behind."""
    keys = dict(_keys(assignment.exercises))
    for other in others(course, assignment.id):
        same = {key: item["exercise"] for key, item in other.said["items"].items()} == keys
        if same and other.assignment not in course.assignments:
            problem = f"'{other.assignment}' was released with these very exercises, and course.toml no longer has it"
            remedy = f"If '{assignment.id}' is its new name, give it its old one back: students hold it. If not, keep"
            where = course.root / "course.toml"
            raise CourseError(where, problem, f"{remedy} [assignments.{other.assignment}] beside it.")


def _whole(said: Json) -> None:
    """Looks at all that a sheet is made of. Raises whatever the first hole raises."""
    str(said["assignment"]), str(said["title"])
    for cells in said["head"].values():
        [cell_of(c) for c in cells]
    for item in said["items"].values():
        item["exercise"], item["statement"], list(item["needs"])
        [one["setting"] for one in item.get("data", {}).values()]
        for kept in item["variants"].values():
            kept["params"].items()
            for cells in kept["cells"].values():
                [cell_of(c) for c in cells]
    for student in said["students"].values():
        for key, number in student["items"].items():
            said["items"][key]["variants"][number]["cells"][student["lang"]]
        said["head"][student["lang"]]


def write(course: Course, assignment: Assignment, progress: Callable[[], None] = lambda: None) -> Lock:
    """Lock an assignment; whoever was handed a copy before keeps it, to the byte."""
    made = prepare(course, assignment, progress)
    store(made)
    return made


@dataclass(frozen=True, slots=True)
class Met:
    """What a quiz has asked: by key, the key of its exercise and which of its questions; then what each student met."""

    keys: Mapping[str, tuple[str, tuple[str, ...]]]
    students: Mapping[str, draws.Drawn]


def prepare(
    course: Course, assignment: Assignment, progress: Callable[[], None] = lambda: None, met: Met | None = None
) -> Lock:
    """The lock as it would be written; ``met`` elsewhere takes the place of what would be drawn.

    Raises CourseError before anything is written.
    """
    file = path(course, assignment.id)
    if not course.students:
        raise CourseError(course.root / "students.csv", "nobody is in the roster", "Write a line per student.")
    before = read(course, assignment.id).said if file.is_file() else None
    if before is None:
        _not_renamed(course, assignment)
    asked = dict(_keys(assignment.exercises))
    keys = {key: asked[of] for key, (of, _) in met.keys.items()} if met else asked
    exercises = {key: find_exercise(course.root, course.content, id) for key, id in keys.items()}
    _ids_differ(course, exercises)
    weights.are_of_one_question(course, assignment, exercises.values())
    if before and (was := {key: item["exercise"] for key, item in before["items"].items()}) != keys:
        remedy = "Give the new list another name in course.toml; copies of this one are in students' hands."
        raise CourseError(file, f"'{assignment.id}' was released with other exercises: {', '.join(was)}", remedy)
    if before:
        images.are_the_same(course, before)
    rest = [other.said for other in others(course, assignment.id)] if _looks_back(course, assignment) else []
    said: Json = before or _fresh(course, assignment, exercises, rest)
    drawn = met.students if met else draws.draw(course, assignment, exercises, said, rest)
    every = {key: find_exercise(course.root, course.content, id) for key, id in asked.items()}
    points = _points(course, assignment, every)
    for key, (of, _) in met.keys.items() if met else ():
        points |= {f"{key}-{q.name}": points[f"{of}-{q.name}"] for q in exercises[key].questions}
    points |= released_points(said)
    for lang in ("fr", "en"):
        if lang not in said["head"]:
            head = handout.head(course, assignment, list(exercises.values()), lang)
            said["head"][lang] = [plain(c) for c in head]
    for student in course.students:
        if student.id in drawn:
            one = drawn[student.id]
            for key, exercise in exercises.items():
                only = met.keys[key][1] if met else ()
                keep(said["items"][key], key, exercise, one.numbers[key], one.lang, points, only)
            handed = {"lang": one.lang, "items": dict(one.numbers)}
            said["students"][student.id] = handed | ({"group": one.group} if one.group else {})
        progress()
    return Lock(file, said, course.content)


def _looks_back(course: Course, assignment: Assignment) -> bool:
    """Whether what the course's other assignments have handed out matters to this one."""
    return bool(course.pools.shares or assignment.resit_of or assignment.pool)


def _fresh(course: Course, assignment: Assignment, exercises: Mapping[str, Exercise], rest: list[Json]) -> Json:
    said: Json = {
        "format": FORMAT,
        "course": course.id,
        "assignment": assignment.id,
        "title": assignment.title,
        "secret": draws.fingerprint(course.secret),
        "head": {},
        "items": {key: item_of(course, exercise) for key, exercise in exercises.items()},
        "students": {},
    }
    if assignment.pool:
        said["pool"] = assignment.pool
    if assignment.training != "run":
        said["training"] = assignment.training
    if assignment.resit_of:
        said["resit_of"] = assignment.resit_of
    if _looks_back(course, assignment):  # whoever enrols later draws from what was there at release
        for key, exercise in exercises.items():
            said["items"][key]["numbers"] = draws.numbers(course, assignment, exercise, rest)
    return said


def keep(
    item: Json,
    key: str,
    exercise: Exercise,
    number: str,
    lang: Lang,
    points: Mapping[str, Fraction],
    only: tuple[str, ...] = (),
) -> None:
    """The variant's cells, in the lock from now on; of ``only`` some questions, where not all of them were asked."""
    kept = item["variants"].setdefault(number, {"params": {}, "cells": {}})
    if not kept["cells"]:
        kept["params"] = dict(exercise.params[int(number)])
    if lang not in kept["cells"]:
        variant = Variant(exercise, values.plain(kept["params"]))
        others = {f"{key}-{q.name}{end}" for q in exercise.questions if only and q.name not in only for end in ENDS}
        kept["cells"][lang] = [plain(c) for c in handout.cells(key, variant, lang, points) if c.id not in others]


def item_of(course: Course, exercise: Exercise) -> Json:
    return {
        "exercise": exercise.id,
        "statement": exercise.statement_revision,
        "judging": exercise.judging_revision,
        "needs": list(_needs(exercise)),
        **images.entry(course, exercise.needs),
        "variants": {},
    }


def _needs(exercise: Exercise) -> Iterator[str]:
    """What the sandbox must provide; "gpu" where a question would rather have one."""
    yield from exercise.needs
    if any(question.device == "gpu" for question in exercise.questions if isinstance(question, Task)):
        yield "gpu"


def keys(assignment: Assignment) -> dict[str, str]:
    """Exercises by their key."""
    return dict(_keys(assignment.exercises))


def _keys(exercises: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The same exercise twice gets suffixed keys: ``conv_output_size``, ``conv_output_size-2``."""
    seen: Counter[str] = Counter()
    for id in exercises:
        name = handwritten.key(id) if handwritten.is_one(id) else id
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name}-{seen[name]}"), id


def find_exercise(folder: Path, own: tuple[Path, ...], id: str) -> Exercise:
    """An exercise, or a notebook of the course folder."""
    return handwritten.find(folder, id) if handwritten.is_one(id) else content.find(id, own)


def _ids_differ(course: Course, exercises: Mapping[str, Exercise]) -> None:
    """The cells of hand-written notebooks keep their ids: no other cell of the assignment may have one of them."""
    taken = {"head": "the title", "head-readers": "the functions that read answers"}
    for key, exercise in exercises.items():
        made = (f"{key}-{q.name}{end}" for q in exercise.questions for end in ("", "-prompt", "-check"))
        for id in [cell.id for cell in exercise.cells] or [key, *made]:
            if id in taken:
                problem = f"the cell '{id}' of {exercise.id} is also one of {taken[id]}"
                raise CourseError(course.root / "course.toml", problem, "Give it another id in its notebook.")
            taken[id] = exercise.id


def _points(course: Course, assignment: Assignment, exercises: Mapping[str, Exercise]) -> dict[str, Fraction]:
    """By ``item-question``. What course.toml gives an exercise is shared as its own points are."""
    points: dict[str, Fraction] = {}
    known = {key for key, exercise in exercises.items() if not exercise.cells}
    for key, exercise in exercises.items():
        if exercise.cells:  # its tests return points, and its rubrics name them: they are what they are
            points |= {f"{key}-{question.name}": question.points for question in exercise.questions}
            continue
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


def released_points(said: Json) -> dict[str, Fraction]:
    """What the copies in students' hands say that each question is worth: a late one says the same."""
    every = (c for item in said["items"].values() for v in item["variants"].values() for c in v["cells"].values())
    checks = (cell_of(c) for cells in every for c in cells if c["kind"] in GRADED)
    return {cell.id.removesuffix("-check"): cell.points for cell in checks}


def plain(cell: Cell) -> Json:
    said = {k: v for k, v in asdict(cell).items() if v}
    if cell.points:
        said["points"] = str(cell.points)
    return said


def cell_of(said: Json) -> Cell:
    points = Fraction(said.get("points", 0))
    text = bool(said.get("text", False))
    return Cell(said["kind"], said["id"], said.get("source", ""), said.get("question", ""), points, text)


def store(made: Lock) -> None:
    """All of it or none: a lock cut short would lose everybody's variants."""
    whole.write(made.file, (json.dumps(made.said, ensure_ascii=False, indent=1) + "\n").encode())
