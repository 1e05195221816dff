"""A question withdrawn, or restored: who would have how much instead of how much, and then done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from grader import decided, lock, verdicts
from grader.amend import errata, withdrawn
from grader.amend.withdrawn import Policy, Remedies, Withdrawal
from grader.decided import Decision
from grader.errors import UsageError, near_miss
from grader.lock import Lock
from grader.model import GRADED, Course, Item, Record, Status, Text

TOLD = Text(
    "**Erratum.** La question `{question}` est retirée : ce que vous y écrivez ne compte pas.",
    "**Erratum.** The question `{question}` is withdrawn: what you write there does not count.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """What one student has, and would have: points, before any late penalty."""

    student: str
    old: Fraction
    new: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """A withdrawal, or the end of one (``points`` is None then). ``lines`` are of everyone who was judged."""

    assignment: str
    keys: tuple[str, ...]
    points: Policy | None
    total: Fraction
    lines: tuple[Line, ...]
    aside: Mapping[str, Mapping[str, str]]  # by question, then student: marks by hand that would not count
    remarks: tuple[str, ...] = ()


def plan(course: Course, assignment: str, about: str, points: Policy | None) -> Plan:
    """``about`` is an item, or one question of it. Raises UsageError where there is nothing of that name."""
    locked = lock.read(course, assignment)
    keys = questions(course, locked, about)
    now = withdrawn.remedies(course, assignment)
    given = _by_hand(course, locked)
    if points is None:
        for key in keys:
            if key not in now.withdrawn:
                known = ", ".join(now.withdrawn) or "nothing"
                raise UsageError(key, "was not withdrawn", f"Withdrawn from '{assignment}': {known}.")
    items = locked.example(course.lang).items
    worth = {f"{item.key}-{cell.question}": cell.points for item in items for cell in item.cells if cell.points}
    left = sum((p for key, p in worth.items() if key not in {*keys, *now.withdrawn}), Fraction(0))
    if points == "rescale" and not left:
        raise UsageError("--points", "nothing would be left to rescale over", "Say --points all.")
    after = _after(now, keys, points)
    back = {key: now.withdrawn[key].aside for key in keys} if points is None else {}
    aside = (
        {key: {student: str(marks[key]) for student, marks in given.items() if key in marks} for key in keys}
        if points
        else {}
    )
    counting = verdicts.latest(course, assignment)
    lines = []
    for student in locked.students:
        if student in counting:
            mine = given.get(student, {})
            then = {key: mark for key, mark in mine.items() if key not in keys or points is None}
            then |= {
                key: Fraction(marks[student]) for key, marks in back.items() if student in marks and key not in mine
            }
            lines.append(Line(student, _total(counting[student], now, mine), _total(counting[student], after, then)))
    remarks = tuple(
        f"{key}: marks by hand of {len(marks)} no longer count; they are kept, and --restore gives them back."
        for key, marks in aside.items()
        if marks
    )
    waits = sum(_waits(record, keys, given.get(student, {})) for student, record in counting.items())
    if waits and points == "rescale":
        remarks = (*remarks, f"{waits} copies wait for a human's mark: what is rescaled will follow it.")
    return Plan(assignment, keys, points, sum(worth.values(), Fraction(0)), tuple(lines), aside, remarks)


def apply(
    course: Course, found: Plan, because: str, step: Callable[[], None] = lambda: None, who: str = ""
) -> list[str]:
    """Written down first, then done: stopped anywhere, the same command ends it. Gives what could not be recorded."""
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    id = found.assignment
    locked = lock.read(course, id)
    graded = (course.root / "gradebook.db").is_file()
    if graded:
        bridge.ready(course)
    now = withdrawn.remedies(course, id)
    items = {item.key: item for item in locked.example(course.lang).items}
    for key in found.keys:
        item, question = _split(items, key)
        if found.points is None:
            back = now.withdrawn[key].aside
            decided.write(course, id, Decision("restore", key, because, who=who))
            bridge.give_back(course, locked, key, back)
            locked = errata.without_erratum(locked, key)
            continue
        known = now.withdrawn.get(key)
        aside = {**(known.aside if known else {}), **found.aside.get(key, {})}
        if known is None or (known.points, known.because) != (found.points, because) or aside != known.aside:
            decided.write(
                course, id, Decision("withdraw", key, because, said={"points": found.points, "aside": aside}, who=who)
            )
        if graded:
            bridge.set_aside(course, locked, key)
        told = Text(*(f"{TOLD[lang].format(question=question)} {because}".strip() for lang in ("fr", "en")))
        locked = errata.with_erratum(locked, key, errata.under(item, question), told)
    errata.hand_out(course, locked)
    failures = bridge.record(course, verdicts.latest(course, id).values(), step) if graded else []
    return [f"{failure.student}: {failure.why}" for failure in failures]


def questions(course: Course, locked: Lock, about: str) -> tuple[str, ...]:
    """The keys that ``about`` names: one, or all of an item."""
    items = locked.example(course.lang).items
    keys = {f"{item.key}-{cell.question}": item.key for item in items for cell in item.cells if cell.kind in GRADED}
    found = (about,) if about in keys else tuple(key for key, item in keys.items() if item == about)
    if not found:
        remedy = near_miss(about, [*keys, *keys.values()], f"The questions are: {', '.join(keys)}.")
        raise UsageError(about, f"is no exercise or question of '{locked.assignment}'", remedy)
    return found


def _after(now: Remedies, keys: tuple[str, ...], points: Policy | None) -> Remedies:
    kept = {key: one for key, one in now.withdrawn.items() if key not in keys}
    return Remedies(kept | ({key: Withdrawal(key, points, "") for key in keys} if points else {}), now.carried)


def _total(record: Record, now: Remedies, given: Mapping[str, Fraction]) -> Fraction:
    counts = withdrawn.counted(record, now, given)
    return sum((given.get(v.key, v.earned) for v in counts.verdicts), Fraction(0))


def _waits(record: Record, keys: tuple[str, ...], given: Mapping[str, Fraction]) -> bool:
    rest = (v for v in record.verdicts if v.key not in keys and v.key not in given)
    return any(v.status in (Status.WAITING, Status.BROKEN) for v in rest)


def _split(items: Mapping[str, Item], key: str) -> tuple[Item, str]:
    return next(
        (item, cell.question)
        for item in items.values()
        for cell in item.cells
        if cell.question and f"{item.key}-{cell.question}" == key
    )


def _by_hand(course: Course, locked: Lock) -> Mapping[str, Mapping[str, Fraction]]:
    if not (course.root / "gradebook.db").is_file():
        return {}
    from grader import bridge

    return bridge.by_hand(course, locked)
