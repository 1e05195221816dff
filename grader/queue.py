"""Many submissions, a few at a time: what stands is reused, and one bad submission never stops the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from grader import notebook, run, weights
from grader.model import Device, Item, Level, Record, Sheet, Status, Submission, Text, Verdict
from grader.sandbox import Sandbox

LINKED = Text(
    fr="Ce dossier est un lien : le fichier qu'il montre n'est pas lu.",
    en="This folder is a link: the file behind it is not read.",
)

Opener = Callable[[], AbstractContextManager[Sandbox]]


@dataclass(frozen=True, slots=True)
class Job:
    """A student's file, what they were handed, and every record there is of them, oldest first."""

    sheet: Sheet
    file: Path
    before: tuple[Record, ...] = ()
    by_weights: bool = False  # trainings are judged by the weights handed in beside the notebook, and not run
    weights: tuple[Path, ...] | None = None  # where those may lie, if not beside it

    @property
    def latest(self) -> Record | None:
        return self.before[-1] if self.before else None


def submitted(root: Path, assignment: str, student: str) -> Path | None:
    """nbgrader's place for it; or the only notebook there, whatever its name."""
    folder = root / "submitted" / student / assignment
    expected = folder / f"{assignment}.ipynb"
    if expected.exists() or expected.is_symlink():
        return expected
    others = sorted(folder.glob("*.ipynb")) if folder.is_dir() and not folder.is_symlink() else []
    return others[0] if len(others) == 1 else None


def grade(
    job: Job,
    opener: Opener,
    level: Level,
    *,
    device: Device = "cpu",
    force: bool = False,
    progress: run.Progress = lambda *_: None,
) -> Record:
    """The record of one submission; the one there is, where all that keys it is the same."""
    try:
        if any(folder.is_symlink() for folder in (job.file.parent, job.file.parent.parent)):
            raise notebook.UnreadableSubmission(LINKED)
        submission = notebook.read_submission(job.file, job.sheet)
        if job.by_weights:
            submission = weights.beside(job.file, job.sheet, submission, job.weights)
    except notebook.UnreadableSubmission as error:
        record = run.refused(job.sheet, error.why, error.sha256, level, device)
        return job.latest if job.latest and _same(job.latest, record) else record
    kept: dict[str, Verdict] = {}
    for before in () if force else job.before:
        kept |= standing(before, job.sheet, submission, device, level)
    for before in reversed(job.before):
        if kept and before.level.reaches(level) and tuple(kept.get(v.key) for v in before.verdicts) == before.verdicts:
            return before
    try:
        with opener() as sandbox:
            return run.grade(job.sheet, submission, sandbox, device=device, kept=kept, progress=progress)
    except Exception as error:  # a fault of ours is never a zero: a human is called
        logging.getLogger(__name__).error("%s", job.sheet.student, exc_info=error)
        return run.broken(job.sheet, submission, type(error).__name__, level, device=device, kept=kept)


def standing(
    before: Record, sheet: Sheet, submission: Submission, device: Device, level: Level
) -> Mapping[str, Verdict]:
    """The verdicts that the same submission, sheet, judging and device already have, behind walls as strong at least.

    A sheet whose words were amended is the same: numbers and answers are. Our faults never stand.
    """
    if (before.submission, before.device) != (submission.sha256, device) or before.sheet not in sheet.revisions:
        return {}
    if not before.level.reaches(level):
        return {}
    judging = {item.key: _judging(item) for item in sheet.items}
    return {v.key: v for v in before.verdicts if v.status is not Status.BROKEN and v.judging == judging.get(v.item)}


def grade_all(
    jobs: Iterable[Job], work: Callable[[Job], Record], *, workers: int
) -> Generator[tuple[Job, Record | Exception], None, None]:
    """As they end. A job that fails through our fault gives its exception: the others go on.

    No more than twice ``workers`` jobs are asked for beforehand: a large class is never in memory at once.
    """
    waiting = iter(jobs)
    running: dict[Future[Record], Job] = {}
    with ThreadPoolExecutor(workers) as pool:
        try:
            while True:
                for job in islice(waiting, 2 * workers - len(running)):
                    running[pool.submit(work, job)] = job
                if not running:
                    return
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    job, error = running.pop(done), done.exception()
                    if error is not None and not isinstance(error, Exception):
                        raise error
                    yield job, error if error is not None else done.result()
        finally:
            for future in running:
                future.cancel()


def _judging(item: Item) -> str:
    return item.variant.exercise.judging_revision


def _same(before: Record, now: Record) -> bool:
    def key(record: Record) -> tuple[object, ...]:
        return record.submission, record.sheet, tuple((v.key, v.status) for v in record.verdicts)

    return key(before) == key(now)
