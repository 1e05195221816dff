"""One exercise in the place of another that students hold: copies handed in keep what they earned of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from grader import content, datasets, decided, draws, handed, handout, lock, notebook, verdicts, weights
from grader import course as courses
from grader.amend import editions, errata, withdrawn
from grader.amend.wording import renewed
from grader.decided import Decision
from grader.errors import CourseError, UsageError, near_miss
from grader.lock import Lock
from grader.model import Assignment, Course, Record, Status, Student, Text

Json = dict[str, Any]
Policy = Literal["keep", "all"]
POLICIES: tuple[Policy, ...] = ("keep", "all")
TOLD = Text(
    "**Erratum.** Cet exercice en remplace un autre, qui n'est plus demandé.",
    "**Erratum.** This exercise takes the place of another, which is no longer asked.",
)


@dataclass(frozen=True, slots=True)
class Carried:
    """What one student who handed in earned of the item that goes, and has of the one that comes."""

    student: str
    earned: Fraction
    share: Fraction
    submission: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """``locked`` is the lock as it would be; ``points`` are the new questions', as much together as the old ones'."""

    assignment: str
    item: str
    by: str
    points: Mapping[str, Fraction]
    carried: tuple[Carried, ...]
    locked: Lock

    @property
    def total(self) -> Fraction:
        return sum(self.points.values(), Fraction(0))


def replacement(course: Course, assignment: str, item: str, by: str, policy: Policy) -> Replacement:
    """Raises UsageError for what is not there, CourseError where course.toml does not say it yet, or copies wait."""
    before = lock.read(course, assignment)
    items = before.said["items"]
    if item not in items:
        raise UsageError(item, f"is not in '{assignment}'", near_miss(item, items, f"There are: {', '.join(items)}."))
    known = content.paths(course.content)
    if by not in known:
        raise UsageError(by, "is no exercise", near_miss(by, known, "'partiel list' shows them all."))
    asked = courses.assignment(course, assignment)
    new = _key(course, before, asked, item, by)
    judged = _judged(course, before)
    worth = lock.released_points(before.said)
    old = {key: points for key, points in worth.items() if key in _questions(before, course, item)}
    exercise = lock.find_exercise(course.root, course.content, by)
    own = sum((question.points for question in exercise.questions), Fraction(0))
    total = sum(old.values(), Fraction(0))
    points = {f"{new}-{question.name}": question.points * total / own for question in exercise.questions}
    now, given = withdrawn.remedies(course, assignment), _by_hand(course, before)
    if policy == "keep":
        _marked(course, before, judged, given, old)
    carried = []
    for student, record in judged.items():
        counts = withdrawn.counted(record, now, given.get(student, {}))
        mine = given.get(student, {})
        earned = sum((mine.get(v.key, v.earned) for v in counts.verdicts if v.key in old), Fraction(0))
        share = Fraction(1) if policy == "all" else min(Fraction(1), earned / total) if total else Fraction(0)
        carried.append(Carried(student, earned, share, record.submission))
    after = _lock(course, before, asked, item, new, by, points)
    return Replacement(assignment, item, new, points, tuple(carried), after)


def apply(
    course: Course, found: Replacement, because: str, step: Callable[[], None] = lambda: None, who: str = ""
) -> list[str]:
    """Written down first, then done. Gives what could not be recorded; 'partiel grade' does that again."""
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    id = found.assignment
    before = lock.read(course, id)
    graded = (course.root / "gradebook.db").is_file()
    if graded:
        bridge.ready(course)
    keys = _questions(before, course, found.item)
    said: Json = {
        "by": found.by,
        "questions": {key: str(points) for key, points in found.points.items()},
        "carried": {one.student: [one.submission, str(one.share)] for one in found.carried},
        "words": bridge.human_words(course, before, keys) if graded else {},
        "before": editions.keep(course, before).name,
    }
    decided.write(course, id, Decision("replace", found.item, because, said=said, who=who))
    sheet = found.locked.example(course.lang)
    item = next(one for one in sheet.items if one.key == found.by)
    told = Text(*(f"{TOLD[lang]} {because}".strip() for lang in ("fr", "en")))
    after = errata.with_erratum(errata.without_erratum(found.locked, found.item), found.by, errata.under(item), told)
    errata.hand_out(course, after)
    if not graded:
        return []
    bridge.recell(course, after)
    bridge.register(course, after)
    failures = bridge.record(course, verdicts.latest(course, id).values(), step)
    return [f"{failure.student}: {failure.why}" for failure in failures]


def _key(course: Course, before: Lock, asked: Assignment, item: str, by: str) -> str:
    """Files stay the truth: course.toml must ask the new exercise where the lock has the old one."""
    was = {key: one["exercise"] for key, one in before.said["items"].items()}
    wanted = [by if key == item else exercise for key, exercise in was.items()]
    if list(asked.exercises) != wanted:
        listed = ", ".join(f'"{id}"' for id in wanted)
        remedy = f"Write exercises = [{listed}] there, then the same command."
        raise CourseError(course.root / "course.toml", f"[assignments.{asked.id}] asks other exercises", remedy)
    keys = list(lock.keys(asked))
    at = list(was).index(item)
    if [key for n, key in enumerate(keys) if n != at] != [key for key in was if key != item]:
        raise UsageError(by, f"is in '{asked.id}' already", "Take an exercise that it does not ask yet.")
    return keys[at]


def _judged(course: Course, before: Lock) -> dict[str, Record]:
    """The record of each copy that was handed in. Raises CourseError where one was not judged as it is."""
    latest = verdicts.latest(course, before.assignment)
    found, behind = {}, []
    for student in before.students:
        came = handed.handed_in(course.root, before, student)
        if came is None:
            continue
        record = latest.get(student)
        if record is None or record.submission != _sha256(before, student, came):
            behind.append(student)
        else:
            found[student] = record
    if behind:
        problem = f"{len(behind)} copies were handed in and not graded yet: {', '.join(behind[:3])}"
        remedy = f"Run 'partiel grade {before.assignment}' first: what they earned of the old question is to be kept."
        raise CourseError(course.root / "submitted", problem, remedy)
    return found


def _marked(
    course: Course, before: Lock, judged: Mapping[str, Record], given: Mapping[str, Mapping[str, Fraction]], old: Any
) -> None:
    """Raises CourseError where a human has still to say what is to be kept."""
    for student, record in judged.items():
        for v in record.verdicts:
            if v.key in old and v.status in (Status.WAITING, Status.BROKEN) and v.key not in given.get(student, {}):
                remedy = "Mark it in formgrader, or by 'partiel override', first; or say --points all."
                where = course.root / "gradebook.db"
                raise CourseError(where, f"{before.assignment} waits for a human: {student} {v.key}", remedy)


def _sha256(before: Lock, student: str, came: handed.HandedIn) -> str:
    try:
        sheet = before.sheet(student)
        read = notebook.read_submission(came.file, sheet)
        return weights.beside(came.file, sheet, read).sha256 if before.training == "weights" else read.sha256
    except notebook.UnreadableSubmission as error:
        return error.sha256


def _questions(locked: Lock, course: Course, item: str) -> tuple[str, ...]:
    found = next(one for one in locked.example(course.lang).items if one.key == item)
    return tuple(f"{item}-{cell.question}" for cell in found.cells if cell.points)


def _lock(
    course: Course, before: Lock, asked: Assignment, item: str, new: str, by: str, points: Mapping[str, Fraction]
) -> Lock:
    exercise = lock.find_exercise(course.root, course.content, by)
    rest = [other.said for other in lock.others(course, asked.id)]
    fresh = lock.item_of(course, exercise)
    if asked.pool or asked.resit_of or course.pools.shares:
        fresh["numbers"] = draws.numbers(course, asked, exercise, rest)
    blank: Json = {**before.said, "items": {new: fresh}, "students": {}}
    held = before.said["students"]
    roster = tuple(Student(id, "", lang=one["lang"], group=one.get("group", ""), email="") for id, one in held.items())
    with datasets.use(course.secret, course.data):
        drawn = draws.draw(replace(course, students=roster), asked, {new: exercise}, blank, rest)
        for one in drawn.values():
            lock.keep(fresh, new, exercise, one.numbers[new], one.lang, points)
    students = {}
    for id, one in held.items():
        numbers = {new if key == item else key: n for key, n in one["items"].items()}
        students[id] = {**one, "items": {**numbers, new: drawn[id].numbers[new]}}
    items = {
        (new if key == item else key): (fresh if key == item else kept) for key, kept in before.said["items"].items()
    }
    said: Json = {**before.said, "items": items, "students": students}
    every = [lock.find_exercise(course.root, course.content, one["exercise"]) for one in before.said["items"].values()]
    said["head"] = {
        lang: _head(cells, handout.head(course, asked, [*every, exercise], lang))
        for lang, cells in said["head"].items()
    }
    return renewed(before, replace(before, said=said))


def _head(old: list[Json], new: list[Any]) -> list[Json]:
    """The words as they were, and the readers that the new exercise needs besides."""
    return [*(cell for cell in old if cell["kind"] != "setup"), *(lock.plain(c) for c in new if c.kind == "setup")]


def _by_hand(course: Course, locked: Lock) -> Mapping[str, Mapping[str, Fraction]]:
    if not (course.root / "gradebook.db").is_file():
        return {}
    from grader import bridge

    return bridge.by_hand(course, locked)
