"""Which variants are drawn for whom: from the assignment's pool, one for a group, and none twice in a resit."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader import pools, variants
from grader.errors import CourseError
from grader.model import Assignment, Course, Exercise, Lang, Student

Json = dict[str, Any]
FEW = 3  # students named in a message
EVERYONE = "*"  # whose variants are everybody's: no student is called so


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one student is handed: each item's variant, in the language and the group of their copy."""

    lang: Lang
    group: str
    numbers: Mapping[str, str]


@dataclass
class _Short:
    """An exercise of which a pool has too few variants."""

    pool: str
    size: int
    needed: int = 0
    students: list[str] = field(default_factory=list)


def fingerprint(secret: str) -> str:
    """Tells two secrets apart, and nothing else of them."""
    return hmac.new(secret.encode(), b"lock", hashlib.sha256).hexdigest()[:16]


def numbers(course: Course, assignment: Assignment, exercise: Exercise, others: Iterable[Json]) -> list[int]:
    """What may be drawn at release: the pool, without what an assignment of another pool has handed out.

    The split moves a little when an exercise gets more variants; what was seen in practice stays out of the exam.
    """
    if course.pools.shares and not assignment.pool:
        names = ", ".join(course.pools.shares)
        problem = f"[pools] splits the variants, and [assignments.{assignment.id}] says no pool"
        first = next(iter(course.pools.shares))
        raise CourseError(course.root / "course.toml", problem, f'Write pool = "{first}" there; there are: {names}.')
    if exercise.cells:  # a notebook written by hand is its only variant
        return [0]
    inside = pools.allowed(course, exercise, assignment.pool)
    if not assignment.pool or exercise.id in course.pools.shared:
        return list(inside)
    elsewhere = {
        seen
        for other in others
        if other.get("pool") and other["pool"] != assignment.pool
        for item in other["items"].values()
        if item["exercise"] == exercise.id
        for seen in _digests(item)
    }
    return [n for n in inside if pools.digest(exercise.params[n]) not in elsewhere]


def draw(
    course: Course, assignment: Assignment, exercises: Mapping[str, Exercise], said: Json, others: Sequence[Json]
) -> dict[str, Drawn]:
    """For every student who was handed nothing yet. Raises CourseError, with all exercises that have too few."""
    had = _had(others) if assignment.resit_of else {}
    decks = _Decks(exercises, said)
    languages: dict[str, Lang] = {}  # of a group: one copy is in one language
    members: defaultdict[str, list[str]] = defaultdict(list)
    for student in course.students:
        if assignment.groups and student.group and not student.withdrawn:
            languages.setdefault(student.group, student.lang or course.lang)
            members[student.group].append(student.id)
    released = {one["group"]: one for one in said["students"].values() if one.get("group")}
    drawn: dict[str, Drawn] = {}
    short: dict[str, _Short] = {}
    for student in course.students:
        if student.id in said["students"] or student.withdrawn:
            continue
        group = student.group if assignment.groups else ""
        if group in released:  # whoever joins a group works on its copy
            one = released[group]
            drawn[student.id] = Drawn(one["lang"], group, dict(one["items"]))
            continue
        lang = languages[group] if group else student.lang or course.lang
        seen = {digest for one in (members[group] if group else [student.id]) for digest in had.get(one, ())}
        owner = f"group:{group}" if group else student.id
        if assignment.shared:  # one release: nobody's own language, and nothing that anyone has had
            owner, lang, seen = EVERYONE, course.lang, {digest for one in had.values() for digest in one}
        found = _draw(course, assignment, decks, owner, lang, seen)
        for key, number in found.items():
            if isinstance(number, _Short):
                worst = short.setdefault(key, number)
                worst.needed = max(worst.needed, number.needed)
                worst.students.append(student.id)
        drawn[student.id] = Drawn(lang, group, {k: n for k, n in found.items() if isinstance(n, str)})
    if short:
        raise _too_few(course, assignment, exercises, short)
    return drawn


Mark = tuple[str, str]  # a variant: its exercise, and the digest of its parameters


class _Decks:
    """What can be drawn for each item, as numbers and marks; the same for all who read one language."""

    def __init__(self, exercises: Mapping[str, Exercise], said: Json) -> None:
        self.exercises, self.items = exercises, said["items"]
        self.times = Counter(exercise.id for exercise in exercises.values())
        self._known: dict[tuple[str, Lang], dict[str, Mark]] = {}

    def __call__(self, key: str, lang: Lang) -> dict[str, Mark]:
        if (key, lang) not in self._known:
            exercise, kept = self.exercises[key], self.items[key]["variants"]
            deck = {}
            for number in self._numbers(key, lang):
                params = kept[number]["params"] if number in kept else exercise.params[int(number)]
                deck[number] = (exercise.id, pools.digest(params))
            self._known[key, lang] = deck
        return self._known[key, lang]

    def are_as_released(self, key: str) -> bool:
        return bool(self.items[key]["statement"] == self.exercises[key].statement_revision)

    def _numbers(self, key: str, lang: Lang) -> list[str]:
        item = self.items[key]
        if self.are_as_released(key):
            return [str(n) for n in item.get("numbers", range(len(self.exercises[key].params)))]
        # Reworded since the release: whoever comes late gets what the others have.
        return [n for n, kept in item["variants"].items() if lang in kept["cells"]] or list(item["variants"])


def _draw(
    course: Course, assignment: Assignment, decks: _Decks, owner: str, lang: Lang, seen: set[Mark]
) -> dict[str, str | _Short]:
    found: dict[str, str | _Short] = {}
    mine: set[Mark] = set()  # the same exercise twice: two variants
    for key, exercise in decks.exercises.items():
        deck = decks(key, lang)
        never = [n for n, mark in deck.items() if mark not in seen]
        left = [n for n in never if deck[n] not in mine]
        again = exercise.id in course.pools.shared or exercise.cells  # a notebook written by hand has one variant
        must = assignment.resit_of and not again and decks.are_as_released(key)
        if not deck or (must and not left):
            found[key] = _Short(assignment.pool, len(deck), len(deck) - len(never) + decks.times[exercise.id])
            continue
        left = left or never or list(deck)
        number = left[variants.draw(course.secret, assignment.id, owner, key, len(left))]
        mine.add(deck[number])
        found[key] = number
    return found


def _digests(item: Json) -> Iterable[str]:
    return (pools.digest(kept["params"]) for kept in item["variants"].values())


def _had(locks: Iterable[Json]) -> dict[str, set[Mark]]:
    """Every variant that each student was ever handed."""
    had: defaultdict[str, set[Mark]] = defaultdict(set)
    for lock in locks:
        known = {
            (key, number): (item["exercise"], pools.digest(kept["params"]))
            for key, item in lock["items"].items()
            for number, kept in item["variants"].items()
        }
        for student, handed in lock["students"].items():
            had[student].update(known[pair] for pair in handed["items"].items())
    return had


def _too_few(
    course: Course, assignment: Assignment, exercises: Mapping[str, Exercise], short: Mapping[str, _Short]
) -> CourseError:
    lines = []
    for key, one in short.items():
        exercise = exercises[key]
        names = ", ".join(one.students[:FEW]) + (f" and {len(one.students) - FEW} more" * (len(one.students) > FEW))
        every = len(exercise.params)
        many = f"{every} variant{'s' * (every != 1)}"
        there = f"the pool '{one.pool}' holds {one.size} of its {many}" if one.pool else many
        lines.append(f"\n  {key}: {there}, {one.needed} needed ({names})")
    problem = f"'{assignment.id}' would run out of variants; nothing was written{''.join(lines)}"
    example = next(iter(short.values())).pool or "resit"
    names = ", ".join(dict.fromkeys(exercises[key].id for key in short))
    remedy = f"Give '{example}' a larger share in [pools], take another exercise, or write {names} = \"shared\" there."
    if not course.pools.shares:
        remedy = "Take another exercise: these have given all they have."
    return CourseError(course.root / "course.toml", problem, remedy)


def remarks(course: Course, said: Json) -> list[str]:
    """Where the roster and what was handed out have parted since: nobody's copy changes, and it is said."""
    roster: dict[str, Student] = {student.id: student for student in course.students}
    gone = [id for id in said["students"] if id not in roster or roster[id].withdrawn]
    lines = [f"No longer in the roster, their copies are kept: {', '.join(gone)}."] if gone else []
    alone = course.assignments.get(said["assignment"])
    for id, handed in said["students"].items():
        if id in gone or (alone and not alone.groups):
            continue
        was, now = handed.get("group", ""), roster[id].group
        if was != now:
            before = f"the group '{was}'" if was else "no group"
            after = f"'{now}'" if now else "none"
            lines.append(f"{id} was handed a copy with {before}, and keeps it; the roster now says {after}.")
    return lines
