"""The copies of an assignment to be compared: a group's is one copy, and nobody is compared with their own team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from grader import anonymity
from grader.lock import Lock
from grader.model import Course, Exercise, Lang, Record, Status, Student, Verdict

UNSAID = (Status.MISSING, Status.UNREADABLE, Status.WITHDRAWN, Status.BROKEN)


@dataclass(frozen=True)
class Copy:
    """What one student, or one group, handed in, as the ledger has it."""

    members: tuple[str, ...]
    id: str  # what is shown: a code where names are hidden
    name: str
    lang: Lang
    numbers: Mapping[str, str]  # of its variants, by item
    record: Record
    teams: frozenset[str]

    @cached_property
    def verdicts(self) -> Mapping[tuple[str, str], Verdict]:
        return {(v.item, v.question): v for v in self.record.verdicts}

    @property
    def says_something(self) -> bool:
        return any(v.status not in UNSAID for v in self.record.verdicts)


def read(course: Course, locked: Lock, records: Mapping[str, Record]) -> list[Copy]:
    """Every copy that was graded, in the lock's order."""
    roster = {student.id: student for student in course.students}
    asked = course.assignments.get(locked.assignment)
    hidden = anonymity.hidden(course, locked.assignment)
    found: list[Copy] = []
    done: set[str] = set()
    for student in locked.students:
        members = locked.group(student) or (student,)
        record = next((records[one] for one in members if one in records), None)
        if record is None or student in done:
            continue
        done.update(members)
        shown = [anonymity.code(course, one) if hidden else one for one in members]
        names = [anonymity.code(course, m) if hidden else _name(roster, m) for m in members]
        alone = asked is not None and not asked.groups
        teams = () if alone else (roster[m].group for m in members if m in roster and roster[m].group)
        lang = locked.said["students"][student]["lang"]
        numbers = locked.numbers(student)
        found.append(Copy(members, ", ".join(shown), ", ".join(names), lang, numbers, record, frozenset(teams)))
    return found


def _name(roster: Mapping[str, Student], student: str) -> str:
    return (roster[student].name if student in roster else "") or student


def exercises(locked: Lock, lang: Lang) -> dict[str, Exercise]:
    return {item.key: item.variant.exercise for item in locked.example(lang).items}


def together(one: Copy, other: Copy) -> bool:
    """Whether they may work as one: the same copy, or a group of the roster."""
    return one is other or not one.teams.isdisjoint(other.teams)
