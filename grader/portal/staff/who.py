"""Who is named, and how: where names are hidden a student is a code, in what is said, in addresses and in the order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from grader import anonymity
from grader.lock import Lock
from grader.model import Course
from grader.portal.desk import Desk
from grader.portal.refusals import refused


@dataclass(frozen=True)
class Names:
    """Of one assignment. A ``handle`` is what an address has: the id, or the code where names are hidden."""

    course: Course
    locked: Lock
    hidden: bool

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        return {one: anonymity.code(self.course, one) for one in self.locked.students} if self.hidden else {}

    @cached_property
    def _known(self) -> Mapping[str, str]:
        return {one.id: one.name for one in self.course.students}

    @cached_property
    def _by_handle(self) -> Mapping[str, str]:
        return {self.handle(one): one for one in self.locked.students}

    @cached_property
    def copies(self) -> Mapping[str, str]:
        """By student, whose name the attempts go by: as ``intake.copy`` says it, for all of them at once."""
        first: dict[str, str] = {}
        groups = {one: said.get("group") or f"\0{one}" for one, said in self.locked.said["students"].items()}
        for one, group in groups.items():
            first[group] = min(first.get(group, one), one)
        return {one: first[group] for one, group in groups.items()}

    def handle(self, student: str) -> str:
        return self._codes.get(student, "?") if self.hidden else student

    def shown(self, student: str) -> str:
        return self.handle(student) if self.hidden else self._known.get(student) or student

    def find(self, handle: str) -> str:
        """Refused for an id where names are hidden: or each could be tried, and its code read."""
        if handle not in self._by_handle:
            raise refused(404, "nothing_here", handle)
        return self._by_handle[handle]

    def order(self) -> tuple[str, ...]:
        """The roster's, or that of the codes: the roster's would tell."""
        return tuple(sorted(self.locked.students, key=self.handle)) if self.hidden else self.locked.students

    def veiled(self, text: str) -> str:
        """A sentence of ours, without the ids that it may name."""
        if not self.hidden:
            return text
        ids = "|".join(sorted(map(re.escape, self.locked.students), key=len, reverse=True))
        return re.sub(rf"(?<![\w.-])({ids})(?![\w-])", lambda found: self.handle(found[1]), text)


def names(desk: Desk, assignment: str) -> Names:
    """Refused where nothing was handed out under this name."""
    locked = desk.lock(assignment)
    if locked is None:
        raise refused(404, "nothing_here", assignment)
    course = desk.course()
    return Names(course, locked, anonymity.hidden(course, assignment))


class Everyone:
    """Names in several assignments, read once for one page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[str, Names | None] = {}

    def of(self, assignment: str) -> Names | None:
        if assignment not in self._known:
            there = self._desk.lock(assignment) is not None
            self._known[assignment] = names(self._desk, assignment) if there else None
        return self._known[assignment]

    def shown(self, assignment: str, student: str) -> str:
        known = self.of(assignment)
        return known.shown(student) if known else "?"

    def address(self, assignment: str, student: str) -> str:
        known = self.of(assignment)
        if known is None or student not in known.locked.students:
            return ""
        return f"/staff/a/{assignment}/s/{known.handle(student)}"
