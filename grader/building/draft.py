"""What one instructor has picked so far, kept between two visits; ``course.toml`` is only written when they say so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader import lock, whole
from grader.course import words
from grader.course.secret import HIDDEN
from grader.errors import CourseError, PartielError, UsageError
from grader.model import Assignment, Course, Exercise

MOST = 100  # exercises of one assignment


@dataclass(frozen=True, slots=True)
class Entry:
    """An exercise, and its points by question where they are not its own; "" for the exercise as a whole."""

    exercise: str
    points: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    id: str = ""
    title: str = ""
    solution: bool = True
    entries: tuple[Entry, ...] = ()

    def added(self, exercise: str) -> Draft:
        return replace(self, entries=(*self.entries, Entry(exercise))[:MOST])

    def without(self, index: int) -> Draft:
        return replace(self, entries=tuple(one for n, one in enumerate(self.entries) if n != index))

    def moved(self, index: int, by: int) -> Draft:
        """Past the ends: to the end."""
        if not 0 <= index < len(self.entries):
            return self
        rest = [one for n, one in enumerate(self.entries) if n != index]
        rest.insert(min(max(index + by, 0), len(rest)), self.entries[index])
        return replace(self, entries=tuple(rest))

    def worth(self, index: int, points: str) -> Draft:
        """Of the exercise as a whole, shared among its questions; nothing said: its own. Raises UsageError."""
        if points.strip():
            number(points, f"points · {self.entries[index].exercise}")
        changed = replace(self.entries[index], points={"": points.strip().replace(",", ".")} if points.strip() else {})
        return replace(self, entries=(*self.entries[:index], changed, *self.entries[index + 1 :]))

    def keys(self) -> dict[str, Any]:
        """Of ``[assignments.ID]``. The second time an exercise comes, its points go by its suffixed key."""
        exercises = [one.exercise for one in self.entries]
        named = lock.keys(Assignment(self.id, self.title, tuple(exercises)))
        points = {
            f"{key}.{question}" if question else key: number(said)
            for key, one in zip(named, self.entries, strict=True)
            for question, said in one.points.items()
        }
        return {
            "title": self.title or self.id,
            "exercises": exercises,
            "points": points or None,
            "solution": self.solution or None,
        }


def number(said: str, where: str = "points") -> Fraction:
    """Raises UsageError."""
    try:
        value = Fraction(said.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if not 0 <= value <= 1000:
        raise UsageError(where, f"{said[:20]!r} is no number of points", "Write 2, 1.5 or 1/3.")
    return value


def opened(course: Course, id: str) -> Draft:
    """An assignment of course.toml, to go on with. Raises CourseError for an unknown one."""
    if id not in course.assignments:
        raise CourseError(course.root / "course.toml", f"no assignment '{id}'", "Reload the page.")
    asked = course.assignments[id]
    known: dict[str, dict[str, str]] = {}
    for key, value in asked.points.items():
        exercise, _, question = key.partition(".")
        known.setdefault(exercise, {})[question] = str(value)
    entries = tuple(Entry(exercise, known.get(key, {})) for key, exercise in lock.keys(asked).items())
    return Draft(id, asked.title, asked.show_solution, entries)


def named(draft: Draft) -> None:
    """Raises UsageError where it cannot be written yet."""
    if not words.NAME.fullmatch(draft.id) or len(draft.id) > 60:
        raise UsageError("id", f"{draft.id[:60]!r} cannot name an assignment", "Use letters, digits, '-', '_' and '.'.")
    if not draft.entries:
        raise UsageError("exercises", "there are none yet", "Pick some from the catalogue.")


def exercises(course: Course, draft: Draft) -> list[Exercise | None]:
    """In the draft's order; None for one that is no more, or does not load."""
    found: list[Exercise | None] = []
    for one in draft.entries:
        try:
            found.append(lock.find_exercise(course.root, course.content, one.exercise))
        except PartielError:
            found.append(None)
    return found


def load(course: Course, who: str) -> Draft:
    """An empty one where there is none, or where it cannot be read any more."""
    try:
        said = json.loads(_file(course, who).read_text("utf-8"))
        entries = tuple(Entry(str(one["exercise"]), dict(one["points"])) for one in said["entries"])
        return Draft(str(said["id"]), str(said["title"]), bool(said["solution"]), entries)
    except (OSError, ValueError, KeyError, TypeError):
        return Draft()


def save(course: Course, who: str, draft: Draft) -> None:
    file = _file(course, who)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole.write(file, json.dumps(asdict(draft), ensure_ascii=False).encode())


def _file(course: Course, who: str) -> Path:
    return course.root / HIDDEN / "drafts" / f"{who}.json"
