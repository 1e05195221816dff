"""Who got what and why: a line per student, for a terminal, a page or a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from grader import anonymity, lock, verdicts
from grader.amend import withdrawn
from grader.model import Course, Lang, Record, Status, Text, Verdict
from grader.status import WORDS

BY_HAND = Text(fr="Noté à la main.", en="Marked by hand.")


@dataclass(frozen=True, slots=True)
class Row:
    student: str
    name: str
    record: Record | None

    @property
    def earned(self) -> Fraction:
        return sum((v.earned for v in self.record.verdicts), Fraction(0)) if self.record else Fraction(0)

    @property
    def why(self) -> tuple[Verdict, ...]:
        """What cost points, our faults first."""
        kept = (Status.CORRECT, Status.WITHDRAWN)
        lost = [v for v in (self.record.verdicts if self.record else ()) if v.status not in kept]
        return tuple(sorted(lost, key=lambda v: (v.status is not Status.BROKEN, v.status is not Status.UNREADABLE)))


def rows(course: Course, assignment: str) -> list[Row]:
    """Every student who was handed a copy, in the roster's order; where names are hidden, in that of the codes."""
    names = {s.id: s.name for s in course.students}
    if hidden := anonymity.hidden(course, assignment):
        names = {student: anonymity.code(course, student) for student in lock.read(course, assignment).students}
    records = verdicts.latest(course, assignment)
    locked = lock.read(course, assignment)
    given, now = _by_hand(course, locked), withdrawn.remedies(course, assignment)
    return [
        Row(student, names.get(student, ""), _with(_counted(records.get(student), now, given), given.get(student, {})))
        for student in (sorted(names, key=names.__getitem__) if hidden else locked.students)
    ]


def _by_hand(course: Course, locked: lock.Lock) -> Mapping[str, Mapping[str, Fraction]]:
    if not (course.root / "gradebook.db").is_file():
        return {}
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    return bridge.by_hand(course, locked)


def _with(record: Record | None, given: Mapping[str, Fraction]) -> Record | None:
    """The record, with what a human gave in place of what was concluded."""
    if record is None or not given:
        return record
    return replace(record, verdicts=tuple(_given(v, given[v.key]) if v.key in given else v for v in record.verdicts))


def _counted(
    record: Record | None, now: withdrawn.Remedies, given: Mapping[str, Mapping[str, Fraction]]
) -> Record | None:
    return withdrawn.counted(record, now, given.get(record.student, {})) if record else None


def _given(verdict: Verdict, score: Fraction) -> Verdict:
    status = Status.WRONG if score <= 0 else Status.PARTIAL if score < verdict.points else Status.CORRECT
    return replace(verdict, earned=score, status=status, misconceptions=(), feedback=BY_HAND)


def total(course: Course, assignment: str) -> Fraction:
    sheet = lock.read(course, assignment).example(course.lang)
    return sum((cell.points for item in sheet.items for cell in item.cells), Fraction(0))


def as_csv(course: Course, assignment: str) -> str:
    """One line per student and question. A cell that a spreadsheet would take for a formula is quoted as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["student", "name", "question", "status", "earned", "points", "misconceptions", "level", "by_hand"])
    hidden = anonymity.hidden(course, assignment)
    for row in rows(course, assignment):
        who = row.name if hidden else row.student  # an id is a name too
        for v in row.record.verdicts if row.record else ():
            level = row.record.level if row.record else ""
            facts = [who, row.name, v.key, v.status, float(v.earned), float(v.points)]
            hand = "yes" if v.feedback == BY_HAND else ""
            writer.writerow([_text(f) for f in [*facts, " ".join(v.misconceptions), level, hand]])
    return out.getvalue()


def one_line(verdicts: Sequence[Verdict], lang: Lang, most: int = 3) -> str:
    """``size: wrong (padding_once)``…, for a terminal."""
    words = []
    for v in verdicts[:most]:
        idea = f" ({', '.join(v.misconceptions)})" if v.misconceptions else ""
        words.append(
            f"{v.question} : {WORDS[v.status].fr.lower()}{idea}"
            if lang == "fr"
            else f"{v.question}: {WORDS[v.status].en.lower()}{idea}"
        )
    more = len(verdicts) - most
    return "; ".join(words) + (f" … +{more}" if more > 0 else "")


def _text(value: object) -> object:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
