"""What bringing a submission to a place costs, without grading it: threads of one process, and Dask on loopback.

    python benchmarks/engine.py [ROUNDS]

A job goes out and its acknowledgement comes back, one after the other, in turns. At most 5 ms are asked of Dask, on a
machine that does nothing else. A worker of a cluster also writes in the database that the job is now its own, before it
begins: that is shown beside, with the course's SQLite file.
"""

from __future__ import annotations

import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT)]

ROUNDS, FIRST = 300, 20
MOST = 0.005
PAUSE = 0.02  # between two jobs: no real one takes less


def main(rounds: int) -> int:
    import engine  # type: ignore[import-not-found]  # by its name, as workers know it: nothing is sent but that

    with tempfile.TemporaryDirectory(prefix="partiel-engine-") as folder, dask(Path(folder)) as (arm, db):
        thread = Threads()
        times: dict[str, list[float]] = {"threads": [], "Dask": [], "Dask, the job taken over": []}
        for number in range(-FIRST, rounds):
            for name, task in zip(times, (None, engine.brought, engine.taken_over), strict=True):
                job = leased(db, f"{name}{number}")
                time.sleep(PAUSE)
                began = time.perf_counter()
                if task is None:
                    thread.start(job)
                else:
                    arm.task = task
                    arm.start(job, False)
                    while not arm.acks(10):
                        print("no answer for ten seconds")
                if number >= 0:
                    times[name].append(time.perf_counter() - began)
        thread.close()
    for name, seen in times.items():
        told = (statistics.median(seen), sorted(seen)[int(len(seen) * 0.95)], min(seen))
        print(f"{name}: median {1000 * told[0]:.2f} ms, p95 {1000 * told[1]:.2f} ms, least {1000 * told[2]:.2f} ms")
    middle = statistics.median(times["Dask"])
    print(
        f"Dask costs {1000 * (middle - statistics.median(times['threads'])):.1f} ms more; {1000 * MOST:.0f} are allowed"
    )
    return int(middle > MOST)


def brought(job: Any, gpu: bool) -> Any:  # noqa: ARG001 - as every task of the arm
    """In a worker: nothing but the acknowledgement."""
    from grader.dispatch import cluster

    return cluster.say(graded(job))


def taken_over(job: Any, gpu: bool) -> Any:  # noqa: ARG001
    """And as every job begins there."""
    from grader.dispatch import cluster

    bench = cluster.taken_over(job)
    if isinstance(bench, str):
        raise TypeError(bench)
    return cluster.say(graded(job))


def graded(job: Any) -> Any:
    from grader.dispatch.perform import Ack

    return Ack(job.id, job.submission, "done", "", 0.1)


class Threads:
    """One of them, as ``grader/dispatch/arms.py`` has for each place."""

    def __init__(self) -> None:
        self._todo: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def start(self, job: Any) -> None:
        self._todo.put(job)
        self._done.get()

    def close(self) -> None:
        self._todo.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._todo.get()) is not None:
            self._done.put(graded(job))


def leased(db: Any, id: str) -> Any:
    """A job of the queue, as the loop takes it."""
    from grader.store import jobs, receipts
    from grader.store.receipts import Receipt

    with db.write() as c:
        receipts.add(c, Receipt(id, "td", id, id, 1, 0.0, "0" * 64, 10, False, "web", "queued", "s"))
        jobs.enqueue(c, id, "td", id, 0.0)
        return jobs.take(c, "engine", time.time(), 600, gpu=None)


@contextmanager
def dask(folder: Path) -> Iterator[tuple[Any, Any]]:
    """A scheduler and a worker with one place; their arm, and the database of their course."""
    from load import free_port  # type: ignore[import-not-found]

    from grader import course
    from grader.dispatch import cluster
    from grader.dispatch.perform import Bench, Said

    course.init(folder / "course", "engine", "Engine", "en")
    address = f"tcp://127.0.0.1:{free_port()}"
    python = [sys.executable, "-W", "ignore", "-m", "dask"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path[:2])}
    quiet: dict[str, Any] = {"env": env, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    worker = [*("worker", address, "--host", "127.0.0.1", "--nthreads", "1"),
              *("--no-nanny", "--no-dashboard", "--local-directory", str(folder / "local"))]  # fmt: skip
    running = [
        subprocess.Popen([*python, "scheduler", "--host", address, "--no-dashboard", "--no-show"], **quiet),
        subprocess.Popen([*python, *worker], **quiet),
    ]
    said = Said(trust=True)  # nothing is graded here
    bench = Bench(folder / "course", said, "engine")
    arm = cluster.Dask(bench, address, said)
    try:
        while not arm.places().cpu:
            time.sleep(0.1)
        yield arm, bench.db
    finally:
        arm.close()
        bench.close()
        for process in reversed(running):
            process.terminate()
            process.wait()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
