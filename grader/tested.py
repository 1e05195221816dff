"""Hand-written notebooks: which cells run before a test, and what the test earns. nbgrader's rules, without its faults.

A test runs in the process of the student's code: what it concludes is as strong as nbgrader's, behind our walls.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from grader import judge
from grader.model import GRADED, WRITTEN, Asserted, Cell, Item, Limits, Sheet, Status, Submission, Text, Verdict
from grader.sandbox import Ran
from grader.watch import line

LIMITS = Limits(seconds=60)
FAILED = Text(fr="Un test échoue : `{error}`.", en="A test fails: `{error}`.")
NUMPY = re.compile(r"np\.\w+\((.+)\)")  # how NumPy 2 shows a number


@dataclass(frozen=True, slots=True)
class Step:
    """A cell that runs and judges nothing."""

    cell: str
    source: str
    limits: Limits


def steps(sheet: Sheet, submission: Submission) -> Iterator[Step]:
    """Every cell of the sheet's hand-written notebooks, in order, with the student's source where it is theirs.

    A graded cell that nothing runs of, or not yet, is a step without source.
    """
    for item in sheet.items:
        if not item.variant.exercise.cells:
            continue
        limits = limits_of(item)
        for cell in item.cells:
            runs = cell.is_code and cell.kind != "check"
            source = submission.written.get(cell.id, cell.source) if cell.kind in WRITTEN else cell.source
            if runs or cell.kind in GRADED:
                yield Step(cell.id, source if runs else "", limits)
            for added in submission.added.get(cell.id, ()):
                if added.is_code:
                    yield Step(added.id, added.source, limits)


def limits_of(item: Item) -> Limits:
    """Of every cell of a hand-written notebook."""
    return next((q.limits for q in item.variant.exercise.questions if isinstance(q, Asserted)), LIMITS)


def cell_of(item: Item, question: str) -> Cell:
    return next(cell for cell in item.cells if cell.kind in GRADED and cell.question == question)


def is_untouched(item: Item, test: Cell, submission: Submission) -> bool:
    """Whether the solution cells that stand before a test are all as they were handed out."""
    before: list[Cell] = []
    graded = False
    for cell in item.cells:
        if cell.id == test.id:
            break
        if cell.kind in GRADED:
            graded = True
        elif cell.kind == "solution":
            before = [cell] if graded else [*before, cell]
            graded = False
    written = (submission.written.get(cell.id, "").strip() in ("", cell.source.strip()) for cell in before)
    return bool(before) and all(written)


def verdict(blank: Verdict, question: Asserted, ran: Ran, *, untouched: bool) -> Verdict:
    """An error earns nothing, a number earns as much, and anything else earns all; what is on stderr tells nothing.

    A number that is no part of the points calls a human: nbgrader would give all, or stop the batch.
    """
    if ran.exhausted:
        found = replace(blank, status=Status.EXHAUSTED, feedback=judge.over(question, ran.exhausted))
    elif ran.crash:
        if ran.crash.ename == "AssertionError":
            said = line(ran.crash.evalue.strip() or "assert", 200, code=True)
            why = Text(FAILED.fr.format(error=said), FAILED.en.format(error=said))
            found = replace(blank, status=Status.WRONG, feedback=why)
        else:
            found = replace(blank, status=Status.CRASHED, feedback=judge.crashed(ran.crash.ename, ran.crash.evalue))
    else:
        return _returned(blank, ran)
    return replace(blank, status=Status.MISSING, feedback=judge.ABSENT) if untouched else found


def _returned(blank: Verdict, ran: Ran) -> Verdict:
    shown = next((o["data"].get("text/plain", "") for o in ran.outputs if o["output_type"] == "execute_result"), "")
    number = _number("".join(shown))
    if number is None:
        return replace(blank, status=Status.CORRECT, earned=blank.points, feedback=judge.RIGHT)
    if not 0 <= number <= blank.points:  # NaN is in no range
        why = f"the test returned {number:g}, and is worth {float(blank.points):g}"
        return replace(blank, evidence=(why,))
    earned = blank.points if number == float(blank.points) else Fraction(str(number))
    if earned == blank.points:
        return replace(blank, status=Status.CORRECT, earned=earned, feedback=judge.RIGHT)
    status, feedback = (Status.PARTIAL, judge.ALMOST) if earned else (Status.WRONG, judge.UNEXPLAINED)
    return replace(blank, status=status, earned=earned, feedback=feedback)


def _number(shown: str) -> float | None:
    found = NUMPY.fullmatch(shown.strip())
    try:
        number = float(found[1] if found else shown)
    except ValueError:
        return None
    return number if math.isfinite(number) else math.nan
