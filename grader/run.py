"""One submission through a sandbox: its cells in order, each question judged as soon as its cell has run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from grader import judge
from grader.model import Answer, Device, Item, Level, Limits, Question, Record, Sheet, Status, Submission, Text, Verdict
from grader.sandbox import Absent, Exhausted, Oversized, Ran, Sandbox, SandboxFault, Session

FAULTS_ALLOWED = 1  # of ours, before a human is called
SETUP = Limits()
TOO_LARGE = Text(
    fr="La valeur donnée est trop grande pour être lue.",
    en="The value given is too large to be read.",
)


def grade(
    sheet: Sheet,
    submission: Submission,
    sandbox: Sandbox,
    *,
    device: Device = "cpu",
    kept: Mapping[str, Verdict] | None = None,
) -> Record:
    """Every question's verdict. ``kept`` are verdicts that stand: their cells run, and nothing is judged twice."""
    bench = _Bench(sheet, submission, sandbox, kept or {})
    verdicts = tuple(bench.verdicts())
    return Record(
        student=sheet.student,
        assignment=sheet.assignment,
        submission=submission.sha256,
        sheet=sheet.revision,
        device=device,
        level=sandbox.level,
        verdicts=verdicts,
        outputs=bench.outputs,
        remarks=submission.remarks,
    )


def refused(sheet: Sheet, why: Text, sha256: str, level: Level, device: Device = "cpu") -> Record:
    """The record of a file from which nothing could be read: every question is unreadable, none is wrong."""
    verdicts = tuple(
        replace(judge.verdict_of(item, question, points), status=Status.UNREADABLE, feedback=why)
        for item, question, points, _ in _questions(sheet)
    )
    return Record(sheet.student, sheet.assignment, sha256, sheet.revision, device, level, verdicts, remarks=(why,))


def _questions(sheet: Sheet) -> Iterator[tuple[Item, Question, Fraction, str]]:
    """Each question with its points and the id of its solution cell, in the order handed out."""
    for item in sheet.items:
        asked = {question.name: question for question in item.variant.exercise.questions}
        for cell in item.cells:
            if cell.kind == "check":
                yield item, asked[cell.question], cell.points, f"{item.key}-{cell.question}"


@dataclass
class _Bench:
    """A session, opened again when it dies: cells that had run well are run again, and the rest still counts."""

    sheet: Sheet
    submission: Submission
    sandbox: Sandbox
    kept: Mapping[str, Verdict]
    outputs: dict[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    ran: list[tuple[str, Limits]] = field(default_factory=list)
    faults: int = 0

    def verdicts(self) -> Iterator[Verdict]:
        self.session: Session | None = None
        try:
            self._head()
            for item, question, points, id in _questions(self.sheet):
                yield self._without_fault(item, question, points, id)
        finally:
            self._close()

    def _head(self) -> None:
        self.ran += [(cell.source, SETUP) for cell in self.sheet.head if cell.kind == "setup"]

    def _without_fault(self, item: Item, question: Question, points: Fraction, id: str) -> Verdict:
        while True:
            try:
                return self._question(item, question, points, id)
            except SandboxFault as fault:
                self._close()
                self.faults += 1
                if self.faults > FAULTS_ALLOWED:
                    return replace(judge.verdict_of(item, question, points), evidence=(str(fault),))

    def _question(self, item: Item, question: Question, points: Fraction, id: str) -> Verdict:
        blank = judge.verdict_of(item, question, points)
        source = self.submission.written.get(id, "")
        starter = next(cell.source for cell in item.cells if cell.id == id)
        if not source.strip() or source.strip() == starter.strip():
            return replace(blank, status=Status.MISSING, feedback=judge.ABSENT)
        session = self._open()
        asks = (question.name,) if isinstance(question, Answer) else question.asks
        limits = judge.limits_of(question)
        session.clear(asks)
        ran = session.execute(source, limits)
        self.outputs[id] = tuple(ran.outputs)
        if ran.exhausted:
            return replace(blank, status=Status.EXHAUSTED, feedback=judge.over(question, ran.exhausted))
        self.ran.append((source, limits))
        if id in self.kept:
            return self.kept[id]
        try:
            return self._judge(item, question, points, session, ran, asks)
        except Exhausted as error:
            return replace(blank, status=Status.EXHAUSTED, feedback=judge.over(question, error.limit))

    def _judge(
        self, item: Item, question: Question, points: Fraction, session: Session, ran: Ran, asks: tuple[str, ...]
    ) -> Verdict:
        blank = judge.verdict_of(item, question, points)
        given: dict[str, Any] = {}
        for name in asks:
            try:
                given[name] = session.fetch(name)
            except Absent:
                if ran.crash:
                    error = f"{ran.crash.ename}: {ran.crash.evalue}" if ran.crash.evalue else ran.crash.ename
                    return replace(blank, status=Status.CRASHED, feedback=judge.crashed(error))
                words = judge.NOT_DEFINED
                missing = Text(words.fr.format(name=name), words.en.format(name=name))
                return replace(blank, status=Status.MISSING, feedback=missing)
            except Oversized:
                return replace(blank, status=Status.UNREADABLE, feedback=TOO_LARGE)
        if isinstance(question, Answer):
            return judge.answer(item, question, points, given[question.name], self.sheet.lang)
        return judge.task(item, question, points, given, self.sheet.lang)

    def _open(self) -> Session:
        """The session as it was after the cells that ran well; a fresh one is brought to that point."""
        if self.session is not None and self.session.alive:
            return self.session
        self._close()
        seed = int(self.submission.sha256[:8] or "0", 16)
        self.session = self.sandbox.session(seed=seed)
        for source, limits in self.ran:
            if self.session.execute(source, limits).exhausted and not self.session.alive:
                raise SandboxFault("a cell that had run well did not run again")
        return self.session

    def _close(self) -> None:
        if self.session is not None:
            with contextlib.suppress(SandboxFault):
                self.session.close()
        self.session = None
