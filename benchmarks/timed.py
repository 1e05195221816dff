"""One measurement in a process of its own, which prints what it saw as JSON: ``timed.py WHAT FOLDER ASSIGNMENT …``.

``grade`` times running and judging, then recording; ``cells`` the students' cells alone, with no grader around them;
``compose`` notebooks; ``training`` one long cell.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

now = time.perf_counter
Facts = dict[str, Any]


def peak_mib() -> float:
    """Most memory this process has held; its sandboxes are other processes.

    Not ``ru_maxrss``, which a process inherits from the one that started it.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def grade(folder: str, assignment: str, walls: str, workers: str, recording: str) -> Facts:
    """``steps`` are seconds between results, the first without the start of the sandbox."""
    start = now()
    from grader import course, grading
    from grader.model import Record, Terms
    from grader.sandbox import standing

    here = course.load(Path(folder))
    imported = now()
    if walls == "up" and not standing():
        return {"skipped": standing().why}
    stood = now()
    terms = Terms(trust=walls != "up", workers=int(workers), force=True)
    stamps, records = [], []
    for student, result in grading.grade(here, assignment, terms):
        if not isinstance(result, Record):
            raise SystemExit(f"{student}: {result}")
        stamps.append(now())
        records.append(result)
    facts: Facts = {
        "imports": imported - start,
        "probe": stood - imported,
        "first": stamps[0] - stood,
        "total": now() - stood,
        "steps": [b - a for a, b in itertools.pairwise(stamps)],
        "peak_mib": peak_mib(),
        "level": str(records[0].level),
        "right": sum(v.status == "correct" for r in records for v in r.verdicts),
        "asked": sum(len(r.verdicts) for r in records),
    }
    if recording == "recording":
        start = now()
        from grader import bridge

        imported = now()
        written: list[float] = [imported]
        failures = bridge.record(here, records, lambda: written.append(now()))
        if failures:
            raise SystemExit(f"not recorded: {failures[0]}")
        facts |= {
            "bridge_import": imported - start,
            "recordings": [b - a for a, b in itertools.pairwise(written)],
            "peak_recording_mib": peak_mib(),
        }
    return facts


def cells(folder: str, assignment: str, repeats: str) -> Facts:
    """A submission's cells, in a process that has imported what they import. The first round is not counted."""
    from grader import course, lock, notebook, queue

    here = course.load(Path(folder))
    handed = lock.read(here, assignment)
    student = handed.students[0]
    sheet = handed.sheet(student)
    file = queue.submitted(here.root, assignment, student)
    assert file is not None
    written = notebook.read_submission(file, sheet).written
    sources = [c.source for c in sheet.head if c.kind == "setup"] + list(written.values())
    for name in ("numpy", *(n for n in handed.needs if n in ("torch", "keras"))):
        importlib.import_module(name)
    rounds = []
    for _ in range(int(repeats) + 1):
        space: Facts = {"__name__": "cells"}
        start = now()
        for source in sources:
            exec(compile(source, "cell", "exec"), space)  # noqa: S102  our own solutions: this is what is timed
        rounds.append(now() - start)
    return {"median": statistics.median(rounds[1:]), "cells": len(sources)}


def compose(folder: str, assignment: str) -> Facts:
    """Notebooks from a lock that was read already, in memory."""
    from grader import course, lock, notebook

    handed = lock.read(course.load(Path(folder)), assignment)
    start = now()
    for student in handed.students:
        notebook.compose(handed.sheet(student))
    seconds = now() - start
    return {"seconds": seconds, "notebooks": len(handed.students), "peak_mib": peak_mib()}


def training(source: str, repeats: str) -> Facts:
    """A cell that trains: by itself in a process that has imported what it imports, and behind the walls, in turns."""
    from grader import datasets
    from grader.model import Limits
    from grader.sandbox import open_sandbox
    from grader.worker import shims

    cell, data = Path(source).read_text("utf-8"), {"mnist": datasets.public("mnist")}
    shims.install({name: str(path) for name, path in data.items()})
    torch = importlib.import_module("torch")
    importlib.import_module("keras")
    torch.set_num_threads(1)
    own, walled, extra = [], [], []
    with open_sandbox("bubblewrap", preload=("torch", "keras"), data=data) as sandbox:
        for _ in range(int(repeats) + 1):
            torch.manual_seed(0)
            start = now()
            exec(compile(cell, "cell", "exec"), {"__name__": "cells"})  # noqa: S102  our own solution
            own.append(now() - start)
            start = now()
            with sandbox.session(0) as session:
                ran = session.execute(cell, Limits(seconds=600, memory_mib=4096))
                session.fetch("model")
                extra.append(heaviest_private_mib())
            walled.append(now() - start)
            if not ran.ok:
                raise SystemExit(f"the cell did not run: {ran.crash or ran.exhausted}")
    ratios = [b / a for a, b in zip(own[1:], walled[1:], strict=True)]
    return {
        "own": statistics.median(own[1:]),
        "walled": statistics.median(walled[1:]),
        "ratio": statistics.median(ratios),
        "extra_mib": max(extra),
    }


def heaviest_private_mib() -> float:
    """Memory that only one process holds: the most among those that descend from this one."""
    parents, most = {}, 0.0
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    family = [os.getpid()]
    for pid in family:
        family += [child for child, parent in parents.items() if parent == pid]
    for pid in family[1:]:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            most = max(most, sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024)
    return most


WHAT: dict[str, Callable[..., Facts]] = {"grade": grade, "cells": cells, "compose": compose, "training": training}

if __name__ == "__main__":
    said = WHAT[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(said))
