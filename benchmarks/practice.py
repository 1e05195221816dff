"""The whole practice suite, timed: every reference and every wrong solution of the exercises that train or generate.

    make test-practice        or: OMP_NUM_THREADS=1 python benchmarks/practice.py [ID…]

One process for each core, one exercise at a time in each. Exit codes: 0 all behave, 1 something does not.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout, installed or not

from grader import content, verify

SHELVES = ("practice", "generation")


def ids() -> list[str]:
    return [id for id, path in content.paths().items() if path.parent.name in SHELVES]


def timed(id: str) -> tuple[verify.Checked, int, float, float]:
    """With the number of solutions, and the seconds that passed and that processors worked, the sandbox's included."""
    start, before = time.perf_counter(), worked()
    checked = verify.check(id, full=True)
    solutions = len(verify.solution_files(content.find(id)))
    return checked, solutions, time.perf_counter() - start, worked() - before


def worked() -> float:
    every = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in every)


def main() -> int:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    chosen = sys.argv[1:] or ids()
    start, cpu, count, failed = time.perf_counter(), 0.0, 0, 0
    print(f"{'exercise':28}{'solutions':>10}{'s':>8}{'CPU s':>8}", flush=True)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn")) as pool:
        for checked, solutions, seconds, own in pool.map(timed, chosen):
            print(
                f"{checked.id:28}{solutions:>10}{seconds:>8.0f}{own:>8.0f}", *checked.problems, sep="\n  ", flush=True
            )
            cpu, count, failed = cpu + own, count + solutions, failed + bool(checked.problems)
    wall, load = time.perf_counter() - start, os.getloadavg()[0]
    print(f"{f'{len(chosen)} exercises':28}{count:>10}{wall:>8.0f}{cpu:>8.0f}")
    print(f"{os.cpu_count()} cores, load average {load:.1f} at the end; {failed or 'none'} with a problem")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
