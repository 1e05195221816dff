"""One submission through a sandbox: its cells in order, each question judged as soon as its cell has run."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from grader import curves, judge, reads, tested
from grader.model import (
    GRADED,
    Answer,
    Asserted,
    Device,
    Essay,
    Item,
    Level,
    Limits,
    Question,
    Record,
    Sheet,
    Status,
    Submission,
    Task,
    Text,
    Verdict,
)
from grader.sandbox import Absent, Exhausted, Oversized, Ran, Sandbox, SandboxFault, Session, StudentError
from grader.watch import line

TRIES = 2  # of a question, before a human is called
MOST_FAULTS = 4  # of ours in one submission, before the rest is left to a human untried
SETUP = Limits()

Progress = Callable[[int, int], None]  # so many questions are done, of so many


def grade(
    sheet: Sheet,
    submission: Submission,
    sandbox: Sandbox,
    *,
    device: Device = "cpu",
    kept: Mapping[str, Verdict] | None = None,
    progress: Progress = lambda *_: None,
) -> Record:
    """Every question's verdict. ``kept`` are verdicts that stand: their cells run, and nothing is judged twice."""
    bench = _Bench(sheet, submission, sandbox, kept or {})
    verdicts, count = [], sum(1 for _ in _questions(sheet))
    with contextlib.closing(bench.verdicts()) as judged:  # also where ``progress`` raises: nobody waits for it any more
        for verdict in judged:
            verdicts.append(verdict)
            progress(len(verdicts), count)
    return replace(_record(sheet, submission, sandbox.level, device, verdicts), outputs=bench.outputs)


def refused(sheet: Sheet, why: Text, sha256: str, level: Level, device: Device = "cpu") -> Record:
    """The record of a file from which nothing could be read: every question is unreadable, none is wrong."""
    verdicts = tuple(
        replace(judge.verdict_of(item, question, points), status=Status.UNREADABLE, feedback=why)
        for item, question, points, _ in _questions(sheet)
    )
    return Record(sheet.student, sheet.assignment, sha256, sheet.revision, device, level, verdicts, remarks=(why,))


def broken(
    sheet: Sheet, submission: Submission, why: str, level: Level, *, device: Device, kept: Mapping[str, Verdict]
) -> Record:
    """The record of a run that failed through our fault: a human is called, and what stood still stands."""
    verdicts = []
    for item, question, points, id in _questions(sheet):
        blank = replace(judge.verdict_of(item, question, points), evidence=(why,))
        verdicts.append(kept.get(id, blank))
    return _record(sheet, submission, level, device, verdicts)


def _record(sheet: Sheet, submission: Submission, level: Level, device: Device, verdicts: Sequence[Verdict]) -> Record:
    return Record(
        student=sheet.student,
        assignment=sheet.assignment,
        submission=submission.sha256,
        sheet=sheet.revision,
        device=device,
        level=level,
        verdicts=tuple(verdicts),
        remarks=submission.remarks,
    )


def _questions(sheet: Sheet) -> Iterator[tuple[Item, Question, Fraction, str]]:
    """Each question with its points and the id of its solution cell, in the order handed out."""
    for item in sheet.items:
        asked = {question.name: question for question in item.variant.exercise.questions}
        for cell in item.cells:
            if cell.kind in GRADED:
                yield item, asked[cell.question], cell.points, f"{item.key}-{cell.question}"


@dataclass
class _Bench:
    """A session, opened again when it dies: cells that had run well are run again, and the rest still counts."""

    sheet: Sheet
    submission: Submission
    sandbox: Sandbox
    kept: Mapping[str, Verdict]
    outputs: dict[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    ran: dict[str, tuple[str, Limits]] = field(default_factory=dict)  # by cell: what a fresh session runs again
    session: Session | None = None
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    faults: int = 0
    stepped: set[str] = field(default_factory=set)  # the hand-written cells that ran, or were tried
    again: int = 0  # how often a training was run once more: each time from another seed

    @cached_property
    def steps(self) -> tuple[tested.Step, ...]:
        return tuple(tested.steps(self.sheet, self.submission))

    def verdicts(self) -> Generator[Verdict]:
        try:
            for item, question, points, id in _questions(self.sheet):
                verdict = self._without_fault(item, question, points, id)
                yield self.kept.get(id, verdict)
            with contextlib.suppress(SandboxFault, StudentError, Exhausted):  # what stands below the last question
                self._step_to("")
        finally:
            self._close()

    def _without_fault(self, item: Item, question: Question, points: Fraction, id: str) -> Verdict:
        why = "not tried: the sandbox had failed too often"
        for _ in range(TRIES):
            if self.faults >= MOST_FAULTS:
                break
            try:
                return self._twice(item, question, points, id)
            except SandboxFault as fault:
                why = line(fault.problem.partition("\n")[0], 200)
            except Exception as error:  # a bug of ours costs neither this question nor the others
                why = type(error).__name__
                logging.getLogger(__name__).error("%s, %s", self.sheet.student, id, exc_info=error)
            self._close()
            self.faults += 1
        return replace(judge.verdict_of(item, question, points), evidence=(why,))

    def _twice(self, item: Item, question: Question, points: Fraction, id: str) -> Verdict:
        """A training that falls short of its gate is run once more, from another seed, and the better run counts."""
        first = self._settled(item, question, points, id)
        trained = isinstance(question, Task) and question.weights and self.submission.weights is not None
        if not first.short or trained:  # weights that were handed in measure the same a second time
            return first.verdict
        self._close()
        self.again += 1
        shown = self.outputs.get(id, ())
        second = self._settled(item, question, points, id)
        better = judge.better(first.verdict, second.verdict, self.sheet.lang)
        if second.verdict.earned <= first.verdict.earned:
            self.outputs[id] = shown  # of the run that counts
        return better

    def _settled(self, item: Item, question: Question, points: Fraction, id: str) -> judge.Trial:
        """A killed process may be the machine's doing (memory short, an operator): once more, then believed."""
        trial = self._question(item, question, points, id)
        if self.session is None or not self.session.killed or isinstance(question, Asserted | Essay):
            return trial
        self._close()
        return self._question(item, question, points, id)

    def _question(self, item: Item, question: Question, points: Fraction, id: str) -> judge.Trial:
        if isinstance(question, Asserted):
            return judge.Trial(self._test(item, question, points, id))
        if isinstance(question, Essay):
            return judge.Trial(self._essay(item, question, points))
        blank = judge.verdict_of(item, question, points)
        source = self.submission.written.get(id, "")
        starter = next(cell.source for cell in item.cells if cell.id == id)
        if not source.strip() or source.strip() == starter.strip():
            return judge.Trial(replace(blank, status=Status.MISSING, feedback=judge.ABSENT))
        asks = (question.name,) if isinstance(question, Answer) else question.asks
        limits = judge.limits_of(question)
        blank = replace(blank, evidence=judge.turned(question, self.sheet.lang))
        self.ran.pop(id, None)
        self.ran.pop(f"{id}-before", None)
        try:
            session = self._without(set(asks) - reads.first(source))  # what it goes on with is its own doing
            if before := judge.before(question):
                session.execute(before, SETUP)
                self.ran[f"{id}-before"] = before, SETUP
            ran = session.execute(source, limits)
            self.outputs[id] = tuple(ran.outputs)
            if ran.exhausted:
                blank = replace(blank, status=Status.EXHAUSTED, feedback=judge.over(question, ran.exhausted))
                return judge.Trial(blank)
            if session.alive:
                self.ran[id] = source, limits
            if id not in self.kept:
                return self._judge(item, question, points, session, ran, asks, source)
        except Exhausted as error:
            blank = replace(blank, status=Status.EXHAUSTED, feedback=judge.over(question, error.limit))
        except StudentError as error:  # the process is gone
            blank = replace(blank, status=Status.CRASHED, feedback=judge.crashed(error.ename, error.evalue))
        return judge.Trial(blank)

    def _essay(self, item: Item, question: Essay, points: Fraction) -> Verdict:
        """Left to a human, unless nothing was written."""
        blank = judge.verdict_of(item, question, points)
        cell = tested.cell_of(item, question.name)
        if item.variant.exercise.cells:
            self._step_to(cell.id)
        written = self.submission.written.get(cell.id, "").strip()
        if cell.kind == "essay" and written in ("", cell.source.strip()):
            return replace(blank, status=Status.MISSING, feedback=judge.ABSENT)
        return replace(blank, status=Status.WAITING, feedback=judge.FOR_A_HUMAN)

    def _test(self, item: Item, question: Asserted, points: Fraction, id: str) -> Verdict:
        """A test of a hand-written notebook, after all that stands before it."""
        blank = judge.verdict_of(item, question, points)
        cell = tested.cell_of(item, question.name)
        self._step_to(cell.id)
        self.ran.pop(cell.id, None)
        try:
            session = self._open()
            ran = session.execute(question.test, question.limits)
        except (StudentError, Exhausted) as error:  # what came before keeps ending the process
            return replace(blank, status=Status.CRASHED, feedback=judge.crashed("ProcessDied", str(error)))
        self.outputs[cell.id] = tuple(ran.outputs)
        if session.alive and not ran.exhausted:
            self.ran[cell.id] = question.test, question.limits
        untouched = tested.is_untouched(item, cell, self.submission)
        return self.kept.get(id) or tested.verdict(blank, question, ran, untouched=untouched)

    def _step_to(self, last: str) -> None:
        """Runs what stands above and in this cell of the hand-written notebooks, and was not run yet."""
        for step in self.steps:
            if step.source.strip() and step.cell not in self.stepped:
                session = self._open()
                ran = session.execute(step.source, step.limits)
                self.stepped.add(step.cell)
                self.outputs[step.cell] = tuple(ran.outputs)
                if session.alive and not ran.exhausted:
                    self.ran[step.cell] = step.source, step.limits
            if step.cell == last:
                return

    def _judge(
        self, item: Item, question: Answer | Task, points: Fraction, session: Session, ran: Ran, asks: tuple[str, ...],
        source: str,
    ) -> judge.Trial:  # fmt: skip
        blank = judge.verdict_of(item, question, points)
        given: dict[str, Any] = {}
        for name in asks:
            try:
                given[name] = session.fetch(name)
            except Absent:
                if ran.crash:
                    why = judge.crashed(ran.crash.ename, ran.crash.evalue)
                    return judge.Trial(replace(blank, status=Status.CRASHED, feedback=why))
                words = judge.NOT_DEFINED
                missing = Text(words.fr.format(name=name), words.en.format(name=name))
                return judge.Trial(replace(blank, status=Status.MISSING, feedback=missing))
            except Oversized:
                unreadable = replace(blank, status=Status.UNREADABLE, feedback=judge.TOO_LARGE)
                return judge.Trial(unreadable)
        if isinstance(question, Task) and question.weights:
            beside = self.submission.weights
            handed = None if beside is None else beside.get(blank.key, judge.UNTRAINED)
            if isinstance(handed, Text):
                status = Status.MISSING if handed is judge.UNTRAINED else Status.UNREADABLE
                return judge.Trial(replace(blank, status=status, feedback=handed))
            given[judge.WEIGHTS] = handed
        if isinstance(question, Answer):
            read = judge.answer(item, question, points, given[question.name], self.sheet.lang)
            return judge.Trial(read)
        trial = judge.trial(item, question, points, given, self.sheet.lang)
        if not trial.verdict.measures:
            return trial
        return replace(trial, verdict=replace(trial.verdict, curves=curves.told(session, source, given)))

    def _without(self, names: Iterable[str]) -> Session:
        """A session in which these names say nothing yet. Raises StudentError where an earlier cell keeps ending it."""
        names = tuple(names)
        session = self._open()
        try:
            session.clear(names)
        except (StudentError, Exhausted):  # something that an earlier cell had left running
            self._close()
            session = self._open()
            session.clear(names)
        return session

    def _open(self) -> Session:
        """The session as it was after the cells that ran well; a fresh one is brought to that point."""
        while self.session is None or not self.session.alive:
            self._close()
            seed = int(self.submission.sha256[:8] or "0", 16)
            self.session = self.stack.enter_context(self.sandbox.session(seed=seed + self.again))
            self._replay(self.session)
        return self.session

    def _replay(self, session: Session) -> None:
        for cell in self.sheet.head:
            if cell.kind == "setup" and not session.execute(cell.source, SETUP).ok:
                raise SandboxFault(
                    "sandbox", f"the cell {cell.id}, which is ours, does not run", "Run `partiel verify`."
                )
        for id, (source, limits) in tuple(self.ran.items()):
            if session.execute(source, limits).exhausted or not session.alive:
                del self.ran[id]  # it ran well once, and will not be tried a third time
            if not session.alive:
                return

    def _close(self) -> None:
        self.session = None
        with contextlib.suppress(Exception):  # what was observed stands, however the session ends
            self.stack.close()
