"""A submission's cells in order, in a session that may die, fail or lie: each question gets its own verdict."""

# ruff: noqa: ARG002 - what is played has the shape of what it plays

from __future__ import annotations

import contextlib
import logging
import os
import re
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from grader import content, handout, run
from grader.model import Cell, Curve, Item, Level, Limits, Record, Sheet, Status, Submission, Text, Variant, Verdict
from grader.sandbox import Absent, Crash, Exhausted, Oversized, Ran, Remote, SandboxFault, StudentError, open_sandbox

SMALL = Path(__file__).parent / "courses" / "tiny" / "exercises" / "small" / "small.py"
RIGHT = {
    "small-size": "size = 26",
    "small-layers": "layers = {'first': 150, 'second': 300}",
    "small-double": "def double(x):\n    return 2 * x",
    "small-measured": "guess = lambda x: 0.95",
}
KEYS = tuple(RIGHT)
POINTS = {"small-size": 1, "small-layers": 2, "small-double": 4, "small-measured": 2}


class Dies(BaseException):
    """What a cell raises here to end its process."""


class Endless(BaseException):
    """What a cell raises here to go over its time."""


class Huge:
    """A value too large to leave."""


@dataclass
class Played:
    """A session that runs cells in this process. ``sandbox`` counts, and says when to fail."""

    sandbox: PlayedSandbox
    level: Level = Level.OUTER
    alive: bool = True
    killed: bool = False
    names: dict[str, Any] = field(default_factory=lambda: {"Dies": Dies, "Endless": Endless, "Huge": Huge})

    def execute(self, source: str, limits: Limits) -> Ran:
        self.sandbox.executed.append(source)
        shown = ({"output_type": "stream", "name": "stdout", "text": source},)
        self.names |= {"fault": self.sandbox.fault, "seed": self.sandbox.seed}
        try:
            exec(source, self.names)
        except Dies:
            self.alive = False
            return Ran(shown, Crash("ProcessDied", "exit code 0"))
        except Endless as why:
            self.alive = "alive" in str(why)
            return Ran(shown, exhausted="seconds")
        except SandboxFault:
            raise
        except Exception as error:  # noqa: BLE001
            return Ran(shown, Crash(type(error).__name__, str(error)))
        return Ran(shown)

    def clear(self, names: Sequence[str]) -> None:
        if self.names.pop("time_bomb", None):
            self.alive = False
        self._must_live()
        for name in names:
            self.names.pop(name, None)

    def fetch(self, name: str) -> Any:
        self._must_live()
        if name not in self.names:
            raise Absent(name)
        value = self.names[name]
        if isinstance(value, Huge):
            raise Oversized("too large")
        return Remote(self, id(value), "thing") if callable(value) else value

    def use(self, handle: int, attribute: str | None, arguments: Any) -> Any:
        self._must_live()
        thing = next(value for value in self.names.values() if id(value) == handle)
        try:
            return thing(*arguments[0], **arguments[1])
        except Dies:
            self.alive = False
            raise StudentError("ProcessDied", "exit code 0") from None
        except Endless:
            raise Exhausted("seconds") from None
        except SandboxFault:
            raise
        except Exception as error:  # noqa: BLE001
            raise StudentError(type(error).__name__, str(error)) from None

    def _must_live(self) -> None:
        if not self.alive:
            raise StudentError("ProcessDied", "exit code 0")


@dataclass
class PlayedSandbox:
    """``faults``: how many of the next sessions, or calls of ``fault()`` in a cell, fail through our fault."""

    faults: int = 0
    level: Level = Level.OUTER
    executed: list[str] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    closing: Exception | None = None

    @contextmanager
    def session(self, seed: int) -> Iterator[Played]:
        self.opened += 1
        self.seed = seed
        yield Played(self)
        self.closed += 1
        if self.closing:
            raise self.closing

    def fault(self) -> None:
        if self.faults > 0:
            self.faults -= 1
            raise SandboxFault("sandbox", "the worker ended\nwith a page of its own words", "again")

    def close(self) -> None: ...


@pytest.fixture
def sheet() -> Sheet:
    variant = Variant(content.load(SMALL), {"n": 30, "k": 5})
    points = {key: q.points for key, q in zip(KEYS, variant.exercise.questions, strict=True)}
    head = (Cell("words", "head", "# TD"), Cell("setup", "head-readers", "ours = 1"))
    return Sheet(
        "td", "ada", "en", head, (Item("small", variant, tuple(handout.cells("small", variant, "en", points))),), "r"
    )


def graded(
    sheet: Sheet, sandbox: PlayedSandbox | None = None, kept: dict[str, Verdict] | None = None, **written: str
) -> Record:
    """The record of right answers, with these cells changed: ``size='size = 1'``."""
    cells = RIGHT | {f"small-{name}": source for name, source in written.items()}
    submission = Submission("ada", "td", cells, "ab" * 32, (Text("Bizarre.", "Odd."),))
    return run.grade(sheet, submission, sandbox or PlayedSandbox(), kept=kept)  # type: ignore[arg-type]


def statuses(record: Record) -> list[str]:
    return [str(v.status) for v in record.verdicts]


def test_right_answers_earn_everything_in_one_session_that_is_closed(sheet: Sheet) -> None:
    sandbox = PlayedSandbox()
    record = graded(sheet, sandbox)
    assert statuses(record) == ["correct"] * 4
    assert {v.key: v.earned for v in record.verdicts} == POINTS
    assert (sandbox.opened, sandbox.closed, sandbox.seed) == (1, 1, 0xABABABAB)
    assert sandbox.executed == ["ours = 1", *RIGHT.values()]
    assert (record.level, record.remarks[0].en, set(record.outputs)) == (Level.OUTER, "Odd.", set(KEYS))


def test_nothing_written_is_missing_and_opens_nothing(sheet: Sheet) -> None:
    sandbox = PlayedSandbox()
    starters = {c.id.removeprefix("small-"): c.source + "\n" for c in sheet.items[0].cells if c.kind == "solution"}
    assert statuses(graded(sheet, sandbox, **starters)) == ["missing"] * 4
    assert statuses(graded(sheet, sandbox, **dict.fromkeys(starters, " \n"))) == ["missing"] * 4
    assert sandbox.opened == 0


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("size = 25", "wrong"),
        ("size = 26; 1 / 0", "correct"),
        ("1 / 0; size = 26", "crashed"),
        ("size = (3 +", "crashed"),
        ("size = 26; del size", "missing"),
        ("taille = 26", "missing"),
        ("size = ...  # later", "missing"),
        ("size = print", "unreadable"),
        ("size = Huge()", "unreadable"),
        ("raise Dies", "crashed"),
        ("size = 26; raise Dies", "crashed"),
        ("size = 26; raise Endless", "exhausted"),
        ("size = 26; raise Endless('alive')", "exhausted"),
    ],
)
def test_one_cell_has_its_own_status_and_the_others_theirs(sheet: Sheet, source: str, status: str) -> None:
    record = graded(sheet, size=source)
    assert statuses(record) == [status, "correct", "correct", "correct"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("raise Dies", "crashed"),
        ("raise Endless", "exhausted"),
        ("raise ValueError(x)", "crashed"),
        ("return x", "wrong"),
    ],
)
def test_code_that_ends_its_process_while_it_is_judged_costs_only_its_question(
    sheet: Sheet, body: str, status: str
) -> None:
    record = graded(sheet, double=f"def double(x):\n    {body}")
    assert statuses(record) == ["correct", "correct", status, "correct"]
    assert record.verdicts[2].earned == 0


def test_a_name_that_an_earlier_cell_defined_answers_nothing(sheet: Sheet) -> None:
    record = graded(sheet, size="size = 26\nlayers = {'first': 150, 'second': 300}", layers="pass")
    assert statuses(record)[:2] == ["correct", "missing"]


def test_a_cell_may_use_what_an_earlier_one_defined_even_after_a_death(sheet: Sheet) -> None:
    sandbox = PlayedSandbox()
    record = graded(
        sheet, sandbox, size="size = 26; helper = 2", layers="raise Dies", double="double = lambda x: helper * x"
    )
    assert statuses(record) == ["correct", "crashed", "correct", "correct"]
    assert sandbox.executed.count("size = 26; helper = 2") == 2
    assert sandbox.executed.count("raise Dies") == 1  # what ended a session is not run again


def test_a_cell_that_will_not_run_twice_is_left_out_and_is_nobodys_fault(sheet: Sheet) -> None:
    sandbox = PlayedSandbox()
    sandbox.twice = 0  # type: ignore[attr-defined]
    again = "size = 26\nfault.__self__.twice += 1\nif fault.__self__.twice > 1: raise Dies"
    record = graded(sheet, sandbox, size=again, layers="raise Dies")
    assert statuses(record) == ["correct", "crashed", "correct", "correct"]
    assert sandbox.opened == 3


def test_something_left_running_that_ends_the_session_later_costs_no_other_question(sheet: Sheet) -> None:
    record = graded(sheet, size="size = 26; time_bomb = True")
    assert record.verdicts[0].earned == 1
    assert Status.BROKEN not in [v.status for v in record.verdicts]
    sandbox = PlayedSandbox()
    once = "size = 26\ntime_bomb = not hasattr(fault.__self__, 'bomb')\nfault.__self__.bomb = 1"
    assert statuses(graded(sheet, sandbox, size=once)) == ["correct"] * 4


# ── our faults ───────────────────────────────────────────────────────────────


def test_a_fault_of_ours_is_tried_again_and_leaves_no_trace(sheet: Sheet) -> None:
    sandbox = PlayedSandbox(faults=1)
    record = graded(sheet, sandbox, layers="layers = {'first': 150, 'second': 300}; fault()")
    assert statuses(record) == ["correct"] * 4
    assert sandbox.opened == 2


def test_a_fault_of_ours_that_stays_calls_a_human_and_the_others_are_judged(sheet: Sheet) -> None:
    sandbox = PlayedSandbox(faults=2)
    record = graded(sheet, sandbox, double="def double(x):\n    fault()\n    return 2 * x")
    assert statuses(record) == ["correct", "correct", "broken", "correct"]
    assert record.verdicts[2].evidence == ("the worker ended",)
    assert sum(source.startswith("def double") for source in sandbox.executed) == 3  # twice, and for what comes after


def test_a_sandbox_that_never_starts_is_not_tried_for_ever(sheet: Sheet) -> None:
    class Nowhere(PlayedSandbox):
        def session(self, seed: int) -> Any:
            self.opened += 1
            raise SandboxFault("sandbox", "does not start", "doctor")

    sandbox = Nowhere()
    record = graded(sheet, sandbox)
    assert statuses(record) == ["broken"] * 4 and sandbox.opened == run.MOST_FAULTS
    assert not any(v.earned for v in record.verdicts)


def test_a_cell_of_ours_that_does_not_run_is_our_fault(sheet: Sheet) -> None:
    bad = replace(sheet, head=(Cell("setup", "head-readers", "1 / 0"),))
    assert statuses(graded(bad)) == ["broken"] * 4


def test_a_bug_of_ours_costs_neither_its_question_nor_the_others(
    sheet: Sheet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(*_: Any) -> Any:
        raise KeyError("the path of a secret")

    monkeypatch.setattr(run.judge, "answer", bug)
    with caplog.at_level(logging.ERROR):
        record = graded(sheet)
    assert statuses(record)[:2] == ["broken"] * 2
    assert record.verdicts[0].evidence == ("KeyError",)  # the path is for the log, not for the student
    assert "ada, small-size" in caplog.text


def test_what_was_observed_stands_however_the_session_ends(sheet: Sheet) -> None:
    assert statuses(graded(sheet, PlayedSandbox(closing=OSError("stuck")))) == ["correct"] * 4


# ── verdicts that stand ──────────────────────────────────────────────────────


def test_what_stands_is_not_judged_again_but_its_cell_runs(sheet: Sheet) -> None:
    stands = replace(graded(sheet).verdicts[0], evidence=("as it was",))
    sandbox = PlayedSandbox()
    record = graded(sheet, sandbox, kept={"small-size": stands}, size="size = 1")
    assert record.verdicts[0] is stands and "size = 1" in sandbox.executed
    assert statuses(record) == ["correct"] * 4


@pytest.mark.parametrize("source", ["raise Dies", "raise Endless", "fault()"])
def test_what_stands_stands_whatever_becomes_of_its_cell(sheet: Sheet, source: str) -> None:
    stands = graded(sheet).verdicts[0]
    record = graded(sheet, PlayedSandbox(faults=2), kept={"small-size": stands}, size=source)
    assert record.verdicts[0] is stands
    assert statuses(record)[1:] == ["correct"] * 3


# ── records without a run ────────────────────────────────────────────────────


def test_a_refused_file_makes_every_question_unreadable_and_none_wrong(sheet: Sheet) -> None:
    record = run.refused(sheet, Text("Abîmé.", "Damaged."), "0" * 64, Level.OUTER)
    assert statuses(record) == ["unreadable"] * 4
    assert {v.feedback.en for v in record.verdicts} == {"Damaged."} and not any(v.earned for v in record.verdicts)


def test_a_run_that_failed_calls_a_human_for_all_that_did_not_stand(sheet: Sheet) -> None:
    first = graded(sheet).verdicts[0]
    submission = Submission("ada", "td", RIGHT, "ab" * 32)
    record = run.broken(sheet, submission, "OSError", Level.OUTER, device="cpu", kept={"small-size": first})
    assert statuses(record) == ["correct", "broken", "broken", "broken"]
    assert record.submission == submission.sha256


def test_feedback_never_takes_the_shape_that_a_student_gives_it(sheet: Sheet) -> None:
    hostile = "raise type('E', (Exception,), {})('` <script>\\n# Title\\n$x$ ' + 'y' * 10**6)"
    words = graded(sheet, size=hostile).verdicts[0].feedback.en
    assert words.count("`") == 2 and "\n" not in words and len(words) < 300
    assert re.fullmatch(r"The code stops with an error: `[^`]*`\.", words)


@pytest.mark.parametrize(
    ("training", "status", "earned", "told"),
    [
        ("guess = lambda x: {0xABABABAB: 0.25}.get(seed, 0.95)", "correct", 2, "0.950"),
        ("guess = lambda x: {0xABABABAB: 0.25}.get(seed, 0.5)", "partial", 1, "0.500"),
        ("guess = lambda x: {0xABABABAB: 0.25}.get(seed, 0.125)", "wrong", 0, "0.125"),
        ("assert seed == 0xABABABAB, 'no luck'; guess = lambda x: 0.25", "wrong", 0, "no luck"),
    ],
)
def test_a_training_below_its_gate_is_run_once_more_from_another_seed(
    sheet: Sheet, training: str, status: str, earned: int, told: str
) -> None:
    sandbox = PlayedSandbox()
    verdict = graded(sheet, sandbox, measured=training).verdicts[-1]
    assert (verdict.status, verdict.earned, sandbox.opened, sandbox.seed) == (status, earned, 2, 0xABABABAC)
    assert sandbox.executed.count(training) == 2
    first, second = verdict.evidence
    assert first.startswith("training run 1 of 2: measured: 0.250; threshold 0.500 (margin −0.250)")
    assert second.startswith("training run 2 of 2: ")
    assert told in second


@pytest.mark.parametrize(("second", "counts"), [(0.125, 1), (0.75, 2)])
def test_both_runs_are_measured_and_the_curves_are_those_of_the_one_that_counts(
    sheet: Sheet, second: float, counts: int
) -> None:
    sandbox = PlayedSandbox()
    loss = "losses = [float(seed - 0xABABABAA), 0.5]"  # 1 in the first run, 2 in the second
    training = f"{loss}; guess = lambda x: {{0xABABABAB: 0.25}}.get(seed, {second})"
    verdict = graded(sheet, sandbox, measured=training).verdicts[-1]
    assert [(one.run, one.measure.value, one.counts) for one in verdict.measures] == [
        (1, 0.25, counts == 1),
        (2, second, counts == 2),
    ]
    assert verdict.curves == (Curve("losses", (float(counts), 0.5)),)


@pytest.mark.parametrize("guess", ["0.5", "0.7", "1 / 0"])
def test_a_training_at_its_gate_or_that_crashes_is_not_run_again(sheet: Sheet, guess: str) -> None:
    sandbox = PlayedSandbox()
    verdict = graded(sheet, sandbox, measured=f"guess = lambda x: {guess}").verdicts[-1]
    assert sandbox.opened == 1
    assert not any(line.startswith("run") for line in verdict.evidence)


def test_what_came_before_a_training_is_there_when_it_is_run_again(sheet: Sheet) -> None:
    sandbox = PlayedSandbox()
    record = graded(sheet, sandbox, measured="guess = lambda x: double(0.125)")
    assert statuses(record) == ["correct"] * 3 + ["wrong"]
    assert [sandbox.executed.count(RIGHT[key]) for key in KEYS[:3]] == [2, 2, 2]


# ── killed from outside ──────────────────────────────────────────────────────


class Struck:
    """Real processes, of which the first ``times`` are killed by the machine while a cell sleeps."""

    level = Level.NONE

    def __init__(self, times: int) -> None:
        self.left, self.sessions = times, 0
        self._real = open_sandbox("plain")

    def session(self, seed: int) -> Any:
        session: Any = self._real.session(seed)
        self.sessions += 1
        if self.left:
            self.left -= 1
            strike = threading.Timer(0.7, os.kill, (session._pid, signal.SIGKILL))
            strike.daemon = True
            strike.start()
        return session

    def close(self) -> None:
        self._real.close()


@pytest.mark.parametrize(
    ("times", "source", "status", "sessions"),
    [
        (1, "import time\ntime.sleep(1.5)\nsize = 26", "correct", 2),  # the student lost nothing
        (0, "import os\nos.kill(os.getpid(), 9)\nsize = 26", "crashed", 3),  # and nobody gains by killing oneself
    ],
)
def test_a_process_killed_from_outside_is_tried_once_more(
    sheet: Sheet, times: int, source: str, status: str, sessions: int
) -> None:
    sandbox = Struck(times)
    with contextlib.closing(sandbox):
        record = graded(sheet, sandbox, size=source)  # type: ignore[arg-type]
    assert statuses(record) == [status] + ["correct"] * 3
    assert sandbox.sessions == sessions
