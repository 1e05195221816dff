"""Many submissions, a few at a time: what stands is reused, and one bad submission never stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

from grader import notebook, run
from grader.model import Device, Item, Level, Record, Sheet, Status, Submission, Verdict
from grader.sandbox import Sandbox

Opener = Callable[[], AbstractContextManager[Sandbox]]


@dataclass(frozen=True, slots=True)
class Job:
    """A student's file, what they were handed, and what is already known of them."""

    sheet: Sheet
    file: Path
    before: Record | None


def submitted(root: Path, assignment: str, student: str) -> Path | None:
    """nbgrader's place for it; or the only notebook there, whatever its name."""
    folder = root / "submitted" / student / assignment
    expected = folder / f"{assignment}.ipynb"
    if expected.exists() or expected.is_symlink():
        return expected
    others = sorted(folder.glob("*.ipynb")) if folder.is_dir() and not folder.is_symlink() else []
    return others[0] if len(others) == 1 else None


def grade(job: Job, opener: Opener, level: Level, *, device: Device = "cpu", force: bool = False) -> Record:
    """The record of one submission; the one there is, where all that keys it is the same."""
    try:
        submission = notebook.read_submission(job.file, job.sheet)
    except notebook.UnreadableSubmission as error:
        record = run.refused(job.sheet, error.why, error.sha256, level, device)
        return job.before if job.before and _same(job.before, record) else record
    kept = {} if force or not job.before else standing(job.before, job.sheet, submission, device)
    if job.before and kept and all(v.key in kept for v in job.before.verdicts):
        return job.before
    with opener() as sandbox:
        return run.grade(job.sheet, submission, sandbox, device=device, kept=kept)


def standing(before: Record, sheet: Sheet, submission: Submission, device: Device) -> Mapping[str, Verdict]:
    """The verdicts that the same submission, sheet, judging and device already have. Our faults never stand."""
    if (before.submission, before.sheet, before.device) != (submission.sha256, sheet.revision, device):
        return {}
    judging = {item.key: _judging(item) for item in sheet.items}
    return {v.key: v for v in before.verdicts if v.status is not Status.BROKEN and v.judging == judging.get(v.item)}


def grade_all(
    jobs: Iterable[Job],
    opener: Opener,
    level: Level,
    *,
    workers: int,
    device: Device = "cpu",
    force: bool = False,
) -> Iterator[tuple[Job, Record | Exception]]:
    """As they end. A job that fails through our fault gives its exception: a human sees to it."""
    with ThreadPoolExecutor(workers) as pool:
        # Each job in a copy of this context: which course's hidden data a check sees is part of it.
        running = {
            pool.submit(copy_context().run, grade, job, opener, level, device=device, force=force): job for job in jobs
        }
        try:
            for done in as_completed(running):
                error = done.exception()
                if error is not None and not isinstance(error, Exception):
                    raise error
                yield running[done], error if isinstance(error, Exception) else done.result()
        finally:
            for future in running:
                future.cancel()


def _judging(item: Item) -> str:
    return item.variant.exercise.judging_revision


def _same(before: Record, now: Record) -> bool:
    def key(record: Record) -> tuple[object, ...]:
        return record.submission, record.sheet, tuple((v.key, v.status) for v in record.verdicts)

    return key(before) == key(now)
