"""All that is known of one student's question: their numbers, their answer, every verdict, and what counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader import anonymity, decided, handed, lock, notebook, regrade, verdicts, weights
from grader.amend import editions, withdrawn
from grader.amend.withdrawn import Withdrawal
from grader.appeal.asked import find_key, find_student
from grader.decided import Decision
from grader.lock import Lock
from grader.model import GRADED, Cell, Course, Device, Item, Lang, Level, Record, Sheet, Terms, Text, Value, Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and all that keys it. ``when`` is empty for verdicts of before it was written down."""

    verdict: Verdict
    when: str
    level: Level
    device: Device
    submission: str


@dataclass(frozen=True, slots=True)
class Why:
    """``counts`` is what the gradebook counts; ``verdict`` what was judged, were there nothing else."""

    assignment: str
    student: str
    shown: str  # their name, or their code where names are hidden
    group: tuple[str, ...]
    lang: Lang
    key: str
    title: str
    points: Fraction
    params: Mapping[str, Value]
    statement: str
    prompt: str
    amended: bool  # others hold other words now than this copy does
    file: Path | None
    written: str | None  # None where nothing was handed in, or nothing of it could be read
    remarks: tuple[Text, ...]
    verdict: Judged | None
    earlier: tuple[Judged, ...]  # oldest first
    newer: bool  # another file has come since it was judged
    judging: str  # the exercise's judging revision, today
    automatic: Fraction | None
    by_hand: Fraction | None
    comment: str
    decisions: tuple[Decision, ...]  # about this question of this student, oldest first
    withdrawn: Withdrawal | None
    counts: Fraction | None
    behind: bool = field(default=False)  # the gradebook has not heard of this verdict yet

    @property
    def changed(self) -> bool:
        """Whether the exercise is judged otherwise today than when the verdict was reached."""
        return self.verdict is not None and self.verdict.verdict.judging != self.judging


@dataclass(frozen=True, slots=True)
class Now:
    """How it would be graded now; no verdict where it could not be judged, or is not another one."""

    verdict: Verdict | None
    same: bool
    remarks: tuple[str, ...]


def why(course: Course, assignment: str, student: str, question: str = "") -> tuple[Why, ...]:
    """Of one question, or of all of them. Raises UsageError for a student or a question that is not there."""
    locked = lock.read(course, assignment)
    one = find_student(course, locked, student)
    sheet = locked.sheet(one)
    keys = [f"{item.key}-{cell.question}" for item in sheet.items for cell in item.cells if cell.kind in GRADED]
    wanted = [find_key(locked, question)] if question else keys
    desk = _Desk(course, locked, one, sheet)
    return tuple(desk.why(key) for key in wanted)


def again(course: Course, assignment: str, student: str, question: str, terms: Terms) -> Now:
    """Judged once more, as ``partiel regrade`` would; nothing counts by it.

    What it judged waits among the proposals, so that a regrade that follows shows the same.
    """
    locked = lock.read(course, assignment)
    one, key = find_student(course, locked, student), find_key(locked, question)
    waiting = verdicts.path(course, assignment, verdicts.PROPOSED).is_file()
    found = regrade.propose(course, assignment, terms, (one,), (key,))
    changed = [change.new for change in found.changes if (change.student, change.new.key) == (one, key)]
    new = [v for record in found.records if record.student == one for v in record.verdicts if v.key == key]
    if not found.records and not waiting:
        regrade.drop(course, assignment)
    mine = tuple(r for r in found.remarks if r.startswith(f"{one}:") and "would change too" not in r)
    judged = [*changed, *new]
    return Now(judged[0] if judged else None, not changed and not mine, mine)


class _Desk:
    """What is read once for all questions of one copy."""

    def __init__(self, course: Course, locked: Lock, student: str, sheet: Sheet) -> None:
        self.course, self.locked, self.student, self.sheet = course, locked, student, sheet
        self.books = [(when, r) for when, r in verdicts.dated(course, locked.assignment) if r.student == student]
        self.remedies = withdrawn.remedies(course, locked.assignment)
        self.came = handed.handed_in(course.root, locked, student)
        self.written: Mapping[str, str] = {}
        self.remarks: tuple[Text, ...] = ()
        self.sha256 = ""
        if self.came:
            try:
                read = notebook.read_submission(self.came.file, sheet)
                if locked.training == "weights":
                    read = weights.beside(self.came.file, sheet, read)
                self.written, self.sha256, self.remarks = read.written, read.sha256, read.remarks
            except notebook.UnreadableSubmission as error:
                self.remarks, self.sha256 = (error.why,), error.sha256
        self.held = self._held()
        self.given = _by_hand(course, locked).get(student, {})

    def why(self, key: str) -> Why:
        from grader import bridge  # nbgrader takes seconds to import: only where it is used

        item, cell = next(
            (i, c) for i in self.held.items for c in i.cells if c.kind in GRADED and f"{i.key}-{c.question}" == key
        )
        today = next(i for i in self.sheet.items if i.key == item.key)
        judged = list(_told(self.books, key))
        last = judged[-1] if judged else None
        held = bridge.held(self.course, self.locked, self.student, key)
        id = self.locked.assignment
        said = tuple(
            one for one in decided.read(self.course, id) if one.about == key and one.student in ("", self.student)
        )
        counts, behind = self._counts(key, held)
        return Why(
            assignment=id,
            student=self.student,
            shown=self._shown(),
            group=self.sheet.group,
            lang=self.sheet.lang,
            key=key,
            title=item.variant.exercise.title[self.sheet.lang],
            points=cell.points,
            params=dict(item.variant.params),
            statement=_statement(item, cell),
            prompt=_prompt(item, cell),
            amended=_prompt(today, cell) != _prompt(item, cell) or _statement(today, cell) != _statement(item, cell),
            file=self.came.file if self.came else None,
            written=self.written.get(_answer(item, cell)),
            remarks=self.remarks,
            verdict=last,
            earlier=tuple(judged[:-1]),
            newer=bool(last and self.sha256 and last.submission != self.sha256),
            judging=today.variant.exercise.judging_revision,
            automatic=held.automatic if held else None,
            by_hand=held.manual if held else None,
            comment=held.comment if held else "",
            decisions=said,
            withdrawn=self.remedies.withdrawn.get(key),
            counts=counts,
            behind=behind,
        )

    def _counts(self, key: str, held: Any) -> tuple[Fraction | None, bool]:
        """What counts, and whether the gradebook is behind the ledger on it."""
        if not self.books:
            return None, False
        record = withdrawn.counted(self.books[-1][1], self.remedies, self.given)
        mine = next((v.earned for v in record.verdicts if v.key == key), None)
        if key in self.given:
            return self.given[key], False
        return mine, held is None

    def _shown(self) -> str:
        if anonymity.hidden(self.course, self.locked.assignment):
            return anonymity.code(self.course, self.student)
        return next((s.name or s.id for s in self.course.students if s.id == self.student), self.student)

    def _held(self) -> Sheet:
        """The sheet whose words the copy handed in holds: it may have been amended since."""
        known = [e for e in editions.editions(self.course, self.locked.assignment) if self.student in e.students]
        if len(known) < 2 or self.came is None or not self.written:  # what cannot be read is not read again
            return self.sheet
        words = _words(self.came.file)
        best = self.sheet
        most = _alike(self.sheet, words)
        for edition in known[1:]:
            try:
                sheet = edition.sheet(self.student)
            except (LookupError, ValueError):
                continue
            if {i.key for i in sheet.items} == {i.key for i in self.sheet.items} and _alike(sheet, words) > most:
                best, most = replace(sheet, earlier=self.sheet.earlier), _alike(sheet, words)
        return best


def _told(books: list[tuple[str, Record]], key: str) -> list[Judged]:
    """One for each verdict that was another than the one before it, or was reached on another file."""
    told: list[Judged] = []
    for when, record in books:
        for verdict in record.verdicts:
            if verdict.key != key:
                continue
            new = Judged(verdict, when, record.level, record.device, record.submission)
            if not told or (told[-1].verdict, told[-1].submission) != (verdict, record.submission):
                told.append(new)
    return told


def _statement(item: Item, cell: Cell) -> str:
    return item.cells[0].source if item.cells[0].kind == "words" and item.cells[0].id != cell.id else ""


def _prompt(item: Item, cell: Cell) -> str:
    """The words right above the answer; of a cell that is its own question, its own."""
    ids = [one.id for one in item.cells]
    if cell.kind == "task":
        return cell.source
    at = ids.index(cell.id)
    above = [one for one in item.cells[:at] if one.kind == "words"]
    return above[-1].source if above else ""


def _answer(item: Item, cell: Cell) -> str:
    """The id of the cell that holds what was written."""
    if cell.kind == "essay":
        return cell.id
    above = [one.id for one in item.cells[: [c.id for c in item.cells].index(cell.id)] if one.kind == "solution"]
    return above[-1] if above else ""


def _words(file: Path) -> Mapping[str, str]:
    """Of a copy, its cells' sources by id: shown to nobody, only compared."""
    try:
        said = json.loads(notebook.bytes_of(file, notebook.MOST_BYTES, notebook.TOO_LARGE))
        cells = said["cells"]
        found = {}
        for cell in cells:
            source = cell.get("source", "")
            found[str(cell.get("id"))] = source if isinstance(source, str) else "".join(source)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}
    return found


def _alike(sheet: Sheet, words: Mapping[str, str]) -> int:
    cells = (cell for item in sheet.items for cell in item.cells if cell.kind == "words")
    return sum(words.get(cell.id, "").strip() == cell.source.strip() for cell in cells)


def _by_hand(course: Course, locked: Lock) -> Mapping[str, Mapping[str, Fraction]]:
    if not (course.root / "gradebook.db").is_file():
        return {}
    from grader import bridge

    return bridge.by_hand(course, locked)
