"""The whole practice suite, timed: every reference and every wrong solution of the exercises that train or generate.

    make test-practice        or: OMP_NUM_THREADS=1 python benchmarks/practice.py [ID…] [--gpu 0] [--at-a-time 4]

With ``--gpu``, all of it on that card after the CPU, times side by side. Some exercises at a time, as many as there
are cores unless said. Exit codes: 0 all behave, 1 something does not, 2 there is no such card.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout, installed or not

from grader import content, verify
from grader.sandbox import SandboxFault, cards

SHELVES = ("practice", "generation")


@dataclass(frozen=True)
class Timed:
    """``seconds`` are the clock's, ``own`` those that processors worked, the sandbox's included."""

    checked: verify.Checked
    solutions: int
    seconds: float
    own: float


def ids() -> list[str]:
    return [id for id, path in content.paths().items() if path.parent.name in SHELVES]


def timed(id: str, gpu: int | None) -> Timed:
    start, before = time.perf_counter(), worked()
    checked = verify.check(id, full=True, gpu=gpu)
    solutions = len(verify.solution_files(content.find(id)))
    return Timed(checked, solutions, time.perf_counter() - start, worked() - before)


def worked() -> float:
    every = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in every)


def suite(chosen: list[str], at_a_time: int, gpu: int | None = None) -> Iterator[Timed]:
    """As they come, and then a line for all of them."""
    start, every = time.perf_counter(), []
    where = "CPU" if gpu is None else f"card {gpu}"
    print(f"{where:28}{'solutions':>10}{'s':>8}{'CPU s':>8}", flush=True)
    with ProcessPoolExecutor(at_a_time, mp_context=multiprocessing.get_context("spawn")) as pool:
        for one in pool.map(partial(timed, gpu=gpu), chosen):
            print(
                f"{one.checked.id:28}{one.solutions:>10}{one.seconds:>8.0f}{one.own:>8.0f}",
                *one.checked.problems,
                sep="\n  ",
                flush=True,
            )
            every.append(one)
            yield one
    wall = time.perf_counter() - start
    solutions, own = sum(one.solutions for one in every), sum(one.own for one in every)
    failed = sum(bool(one.checked.problems) for one in every)
    print(f"{f'{len(every)} exercises':28}{solutions:>10}{wall:>8.0f}{own:>8.0f}")
    load = os.getloadavg()[0]
    print(
        f"{os.cpu_count()} cores, {at_a_time} at a time, load average {load:.1f} at the end; {failed or 'none'} failed"
    )


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("ids", nargs="*", metavar="ID")
    asked.add_argument("--gpu", type=int, help="this card too, by its number in nvidia-smi")
    asked.add_argument("--at-a-time", type=int, default=os.cpu_count() or 1)
    wanted = asked.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if wanted.gpu is not None:
        try:
            cards.card(wanted.gpu)
        except SandboxFault as fault:
            print(f"--gpu {wanted.gpu}: {fault.problem}", file=sys.stderr)
            return 2
    chosen = wanted.ids or ids()
    here = list(suite(chosen, wanted.at_a_time))
    there = [] if wanted.gpu is None else list(suite(chosen, wanted.at_a_time, wanted.gpu))
    if there:
        print(f"{'side by side':28}{'CPU':>8}{'card':>8}{'ratio':>8}")
    for one, other in zip(here, there, strict=False):
        ratio = one.seconds / other.seconds
        print(f"{one.checked.id:28}{one.seconds:>8.0f}{other.seconds:>8.0f}{ratio:>7.1f}x")
    return 1 if any(one.checked.problems for one in (*here, *there)) else 0


if __name__ == "__main__":
    sys.exit(main())
