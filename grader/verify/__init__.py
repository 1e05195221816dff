"""The laws of content, checked in every variant of every exercise."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader import content
from grader.errors import ContentError
from grader.verify.blanks import blanks
from grader.verify.common import solution_files, written, wrong_values
from grader.verify.light import LIGHT, Law, light
from grader.verify.proofs import benches, needs_torch, oracle_agrees, solutions_behave

__all__ = [
    "LIGHT",
    "Checked",
    "Law",
    "benches",
    "check",
    "check_all",
    "light",
    "needs_torch",
    "oracle_agrees",
    "solution_files",
    "solutions_behave",
    "written",
    "wrong_values",
]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the laws say of one exercise, and what was not asked of it."""

    id: str
    problems: tuple[str, ...]
    not_run: str = ""
    variants: int = 0
    dropped: int = 0


def check(id: str, own: tuple[Path, ...] = (), *, full: bool = False, gpu: int | None = None) -> Checked:
    """Every law of one exercise; with ``full``, those that need torch too, on this card if there is one to be used.

    Raises UsageError for an unknown id, SandboxFault where there is no such card.
    """
    if left := tuple(blanks(content.where(id, own))):
        return Checked(id, left, not_run="all")
    try:
        exercise = content.find(id, own)
    except ContentError as error:  # the others are still worth a look
        return Checked(id, (str(error),), not_run="all")
    problems = list(light(exercise))
    runs = full or not needs_torch(exercise)
    if runs:
        with benches(full, gpu) as bench:
            problems += solutions_behave(exercise, bench)
    if full:
        problems += oracle_agrees(exercise)
    not_run = "" if full else "oracle" if runs else "oracle, solutions"
    return Checked(id, tuple(problems), not_run, len(exercise.params), exercise.dropped)


def check_all(ids: Sequence[str], own: tuple[Path, ...] = (), *, full: bool = False) -> Iterator[Checked]:
    """One exercise after the other, in the order given, a process per core."""
    known = content.paths(own)
    for id in ids:
        if id not in known:
            content.find(id, own)  # raises, with the near miss
    if len(ids) == 1:
        yield check(ids[0], own, full=full)
        return
    start = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context(start)) as pool:
        yield from pool.map(partial(check, own=own, full=full), ids)
