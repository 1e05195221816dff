"""Judging again what was judged: the difference first, and nothing counts before somebody has said so.

What is judged lies in ``.partiel/proposed/`` until it is accepted, so that what counts is what was shown. Accepting
adds it to the ledger, from which grading, nbgrader, reports and pages take their verdicts; then to the gradebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from grader import grading, handed, lock, served, verdicts
from grader.amend import withdrawn
from grader.errors import CourseError, UsageError, near_miss
from grader.model import Course, Record, Status, Terms, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """One question of one student, whose verdict is another one now. ``given``: a human's score, which stays."""

    student: str
    old: Verdict
    new: Verdict
    given: Fraction | None = None
    withdrawn: bool = False  # then its verdict counts for nothing

    @property
    def gain(self) -> Fraction:
        return Fraction(0) if self.given is not None or self.withdrawn else self.new.earned - self.old.earned


@dataclass(frozen=True, slots=True)
class Proposal:
    """Records that would count, and what would change by them."""

    assignment: str
    records: tuple[Record, ...]
    changes: tuple[Change, ...]
    judged: int  # copies
    before: Fraction  # the class's mean in points, by its automatic and manual scores, late penalties aside
    after: Fraction
    remarks: tuple[str, ...]
    totals: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)  # of who would change: points
    beside: tuple[Record, ...] = ()  # of attempts that do not count: another verdict too


@dataclass(frozen=True, slots=True)
class Round:
    """Whose copies are to be judged again, among those that were judged, and which questions; none: every one."""

    locked: lock.Lock
    counting: Mapping[str, Record]
    students: tuple[str, ...]
    questions: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """An attempt as it was judged, and as it is today; or why it is not."""

    student: str
    old: Record
    new: Record | str


def ask(
    course: Course, assignment: str, students: tuple[str, ...] | None = None, questions: tuple[str, ...] = ()
) -> Round:
    """Raises UsageError for a question that is not there, CourseError where nothing was judged."""
    locked = lock.read(course, assignment)
    _known(course, locked, questions)
    counting = verdicts.latest(course, assignment)
    if not counting:
        raise CourseError(
            verdicts.path(course, assignment), "nothing was graded yet", f"Run 'partiel grade {assignment}'."
        )
    chosen = locked.students if students is None else students
    chosen = tuple(dict.fromkeys(member for one in chosen for member in locked.group(one) or (one,)))
    remarks = (
        f"{one}: never graded: run 'partiel grade {assignment}'." for one in _never(course, locked, chosen, counting)
    )
    return Round(locked, counting, tuple(s for s in chosen if s in counting), questions, tuple(remarks))


def fresh(
    course: Course, asked: Round, terms: Terms, students: tuple[str, ...], step: Callable[[], None] = lambda: None
) -> Iterator[Judged]:
    """The copies that lie in ``submitted/``, judged here. Each is judged once, however often this is called."""
    for student, result in grading.grade(course, asked.locked.assignment, terms, students, verdicts.PROPOSED):
        step()
        yield Judged(student, asked.counting[student], result if isinstance(result, Record) else str(result))


def propose(
    course: Course,
    assignment: str,
    terms: Terms,
    students: tuple[str, ...] | None = None,
    questions: tuple[str, ...] = (),
    step: Callable[[], None] = lambda: None,
) -> Proposal:
    """Judge the copies that were judged before, once: what an earlier call proposed and nobody accepted is taken up.

    Raises UsageError for a question that is not there, CourseError where nothing was judged or it cannot count.
    """
    asked = ask(course, assignment, students, questions)
    return compare(course, asked, fresh(course, asked, terms, asked.students, step))


def compare(course: Course, asked: Round, judged: Iterable[Judged], *, best: bool = False) -> Proposal:
    """What would count, beside what counts. Of several attempts, oldest first: the last, or the ``best``."""
    locked, counting, assignment = asked.locked, asked.counting, asked.locked.assignment
    given, remedies = _by_hand(course, locked), withdrawn.remedies(course, assignment)
    remarks = list(asked.remarks)
    attempts: dict[str, list[tuple[Record, Record]]] = {}
    done: set[str] = set()
    for one in judged:
        why = one.new if isinstance(one.new, str) else _unlike(one.old, one.new, locked, one.student)
        today = one.old
        if why:
            remarks.append(f"{one.student}: {why}")
        elif isinstance(one.new, Record):
            today = _merged(one.old, one.new, asked.questions)
            remarks += [f"{one.student}: {line}" for line in _left(one.new, today)]
        if isinstance(one.new, Record):
            done.add(one.student)
        attempts.setdefault(one.student, []).append((one.old, today))
    records: list[Record] = []
    beside: list[Record] = []
    changes: list[Change] = []
    for student, pairs in attempts.items():
        every = [today for _, today in pairs]
        new = max(every, key=_earned) if best else every[-1]  # of the best, the first
        beside += [today for old, today in pairs if today is not new and today != old]
        if new != counting[student]:
            records.append(new)
            changes += _changes(student, counting[student], new, given.get(student, {}), frozenset(remedies.withdrawn))
    would = {**counting, **{record.student: record for record in records}}
    was, now = (
        {s: _points(withdrawn.counted(r, remedies, given.get(s, {})), given.get(s, {})) for s, r in book.items()}
        for book in (counting, would)
    )
    before, after = (sum(book.values(), Fraction(0)) / len(counting) for book in (was, now))
    totals = {change.student: (was[change.student], now[change.student]) for change in changes}
    order = {student: at for at, student in enumerate(locked.students)}
    changes.sort(key=lambda change: (order[change.student], change.new.key))
    facts = (tuple(records), tuple(changes), len(done), before, after, tuple(remarks), totals, tuple(beside))
    return Proposal(assignment, *facts)


def accept(course: Course, proposal: Proposal, step: Callable[[], None] = lambda: None) -> list[str]:
    """From now on these count. Gives what could not be recorded; 'partiel grade' does that again.

    Raises CourseError, before anything counts, where the gradebook cannot be written.
    """
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    bridge.ready(course)
    with served.counting(course) as count:
        left = let_count(proposal, count)
    failures = bridge.record(course, proposal.records, step)
    drop(course, proposal.assignment)
    return [*left, *(f"{failure.student}: {failure.why}" for failure in failures)]


def let_count(proposal: Proposal, count: served.Count, step: Callable[[], None] = lambda: None) -> list[str]:
    """What was shown counts, and nothing else. Gives what does not, and why."""
    for record in proposal.beside:
        count(record)
    left, shown = [], {record.student for record in proposal.records}
    for record in proposal.records:
        by = count(record, same=True)
        if not by:
            left.append(f"{record.student}: another file was graded meanwhile, and counts.")
        elif by not in shown:
            left.append(f"{record.student}: {by} handed this copy in, and was not judged again.")
        step()
    return left


def drop(course: Course, assignment: str) -> bool:
    """Forget what was proposed, so that it is judged anew. Says whether there was anything."""
    file = verdicts.path(course, assignment, verdicts.PROPOSED)
    there = file.is_file()
    file.unlink(missing_ok=True)
    return there


def _known(course: Course, locked: lock.Lock, questions: tuple[str, ...]) -> None:
    items = locked.example(course.lang).items
    keys = [f"{item.key}-{question.name}" for item in items for question in item.variant.exercise.questions]
    for question in questions:
        if question not in keys:
            remedy = near_miss(question, keys, f"The questions are: {', '.join(keys)}.")
            raise UsageError(question, f"is no question of '{locked.assignment}'", remedy)


def _never(
    course: Course, locked: lock.Lock, students: tuple[str, ...], counting: Mapping[str, Record]
) -> tuple[str, ...]:
    return tuple(s for s in students if s not in counting and handed.handed_in(course.root, locked, s))


def _by_hand(course: Course, locked: lock.Lock) -> Mapping[str, Mapping[str, Fraction]]:
    if not (course.root / "gradebook.db").is_file():
        return {}
    from grader import bridge

    return bridge.by_hand(course, locked)


def _unlike(old: Record, new: Record, locked: lock.Lock, student: str) -> str:
    """Why the two cannot be compared: then the old one stays, and every door goes on agreeing on it."""
    if old.submission != new.submission or not {old.sheet, new.sheet} <= {*locked.sheet(student).revisions}:
        return f"another file was handed in since it was judged: run 'partiel grade {locked.assignment}' first."
    if not new.level.reaches(old.level):
        return f"was judged behind stronger walls ('{old.level}'), and that verdict stays."
    if new.device != old.device:
        return f"was judged on '{old.device}', and that verdict stays: say --device {old.device}."
    return ""


def _merged(old: Record, new: Record, questions: tuple[str, ...]) -> Record:
    """The new record, with the old verdict where a question was not asked for, or could not be judged this time.

    Where the outcome is the same the new verdict is taken: it carries the judging revision of today.
    """
    was = {verdict.key: verdict for verdict in old.verdicts}
    merged = replace(new, verdicts=tuple(_which(was.get(v.key), v, questions) for v in new.verdicts))
    return old if merged.verdicts == old.verdicts else merged


def _changes(
    student: str, old: Record, new: Record, given: Mapping[str, Fraction], out: frozenset[str]
) -> list[Change]:
    was = {verdict.key: verdict for verdict in old.verdicts}
    nothing = {v.key: replace(v, status=Status.MISSING, earned=Fraction(0), misconceptions=()) for v in new.verdicts}
    pairs = [(was.get(verdict.key, nothing[verdict.key]), verdict) for verdict in new.verdicts]
    return [Change(student, a, b, given.get(b.key), b.key in out) for a, b in pairs if not _same(a, b)]


def _which(old: Verdict | None, new: Verdict, questions: tuple[str, ...]) -> Verdict:
    if old is None:
        return new
    if new.status is Status.BROKEN and old.status is not Status.BROKEN:
        return old
    wanted = not questions or new.key in questions
    return new if wanted or _same(old, new) else old


def _same(old: Verdict, new: Verdict) -> bool:
    return (old.status, old.earned, old.misconceptions) == (new.status, new.earned, new.misconceptions)


def _left(new: Record, merged: Record) -> list[str]:
    """What an instructor should know of verdicts that were not taken."""
    now = {verdict.key: verdict for verdict in new.verdicts}
    said = []
    for verdict in merged.verdicts:
        again = now[verdict.key]
        if again.status is Status.BROKEN and verdict.status is not Status.BROKEN:
            why = "; ".join(again.evidence)
            said.append(f"{verdict.key} could not be judged again and keeps its points ({why[:200]}).")
        elif verdict.judging != again.judging and not _same(verdict, again):
            said.append(f"{verdict.key} would change too, since its exercise did: add --question {verdict.key}.")
    return said


def _earned(record: Record) -> Fraction:
    return _points(record, {})


def _points(record: Record, given: Mapping[str, Fraction]) -> Fraction:
    return sum((given.get(verdict.key, verdict.earned) for verdict in record.verdicts), Fraction(0))
