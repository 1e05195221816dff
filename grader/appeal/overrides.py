"""A human's mark in place of a verdict, with its reason: nbgrader's manual score, and a line in a book of decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from grader import decided, lock
from grader.amend import withdrawn
from grader.appeal.asked import find_key, find_student
from grader.decided import Decision
from grader.errors import CourseError, UsageError
from grader.lock import Lock
from grader.model import Course


@dataclass(frozen=True, slots=True)
class Override:
    """``was`` and ``comment`` are what a human had given before the first one: lifted, they are there again."""

    student: str
    key: str
    points: Fraction
    because: str
    who: str
    when: str
    was: Fraction | None = None
    comment: str = ""


def overrides(course: Course, assignment: str) -> tuple[Override, ...]:
    """Those in force, in the order they were made."""
    found: dict[tuple[str, str], Override] = {}
    for one in decided.read(course, assignment):
        if one.deed == "override":
            found[one.student, one.about] = _override(one)
        elif one.deed == "lift":
            found.pop((one.student, one.about), None)
    return tuple(sorted(found.values(), key=lambda one: one.when))


def override(
    course: Course, assignment: str, student: str, question: str, points: Fraction, because: str, who: str = ""
) -> tuple[Override, ...]:
    """For the student, and whoever shares their copy. ``who`` decides; else whoever runs this.

    Raises UsageError for points that the question cannot give, or no reason; CourseError where the copy is not in the
    gradebook, or nothing can be written there.
    """
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    locked, one, key = _asked(course, assignment, student, question)
    if not because.strip():
        raise UsageError("--because", "a mark by hand needs its reason", "The student reads it, and so do you later.")
    most = worth(locked)[key]
    if not 0 <= points <= most:
        raise UsageError(str(points), f"{key} gives from 0 to {most} points", "Extra credit is given in formgrader.")
    if key in withdrawn.remedies(course, assignment).withdrawn:
        remedy = f"'partiel amend {assignment} --restore {key}' makes it count again."
        raise UsageError(key, "was withdrawn: nobody has a mark for it", remedy)
    members = locked.group(one) or (one,)
    before = {member: bridge.held(course, locked, member, key) for member in members}
    if any(held is None for held in before.values()):
        remedy = f"Run 'partiel grade {assignment}' first."
        raise CourseError(course.root / "gradebook.db", f"nothing is recorded of {student}'s {key}", remedy)
    bridge.ready(course)
    first = {(o.student, o.key): o for o in overrides(course, assignment)}
    for member in members:
        held, known = before[member], first.get((member, key))
        assert held is not None
        base = known.comment if known else held.comment
        was = known.was if known else held.manual
        said = {"points": str(points), "was": None if was is None else str(was), "comment": base}
        decided.write(course, assignment, Decision("override", key, because.strip(), member, said, who))
        bridge.give(course, locked, member, key, points, _comment(base, because))
    bridge.settle(course, locked, members)
    made = {(o.student, o.key): o for o in overrides(course, assignment)}
    return tuple(made[member, key] for member in members)


def lift(course: Course, assignment: str, student: str, question: str, because: str = "", who: str = "") -> list[str]:
    """The verdict counts again, or what a human had given before. Gives what was left as it is, and why."""
    from grader import bridge

    locked, one, key = _asked(course, assignment, student, question)
    mine = {o.student: o for o in overrides(course, assignment) if o.key == key}
    members = [member for member in locked.group(one) or (one,) if member in mine]
    if not members:
        raise UsageError(f"{student} {key}", "no mark was overridden there", f"See 'partiel why {assignment}'.")
    bridge.ready(course)
    left = []
    for member in members:
        was, held = mine[member], bridge.held(course, locked, member, key)
        decided.write(course, assignment, Decision("lift", key, because.strip(), member, who=who))
        if held is None:
            continue
        if held.manual is not None and held.manual != Fraction(str(float(was.points))):
            left.append(f"{key}: somebody has given {held.manual} since, in formgrader: that mark stays.")
            continue
        ours = held.comment == _comment(was.comment, was.because)
        bridge.give(course, locked, member, key, was.was, was.comment if ours else None)
    bridge.settle(course, locked, members)
    return left


def worth(locked: Lock) -> Mapping[str, Fraction]:
    """By key: what each question gives at most, in every copy the same."""
    sheet = locked.example("en" if "en" in locked.said["head"] else "fr")
    return {f"{item.key}-{cell.question}": cell.points for item in sheet.items for cell in item.cells if cell.points}


def _asked(course: Course, assignment: str, student: str, question: str) -> tuple[Lock, str, str]:
    locked = lock.read(course, assignment)
    return locked, find_student(course, locked, student), find_key(locked, question)


def _comment(before: str, because: str) -> str:
    return f"{before}\n\n{because.strip()}" if before.strip() else because.strip()


def _override(one: Decision) -> Override:
    was = one.said.get("was")
    return Override(
        one.student,
        one.about,
        Fraction(one.said["points"]),
        one.because,
        one.who,
        one.when,
        None if was is None else Fraction(was),
        str(one.said.get("comment", "")),
    )
