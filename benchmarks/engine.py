"""What bringing a submission to a place costs, without grading it: threads of one process, and Dask on loopback.

    python benchmarks/engine.py

A job goes out and its acknowledgement comes back, one after the other. At most 5 ms are asked of Dask.
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
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT)]

ROUNDS = 300
MOST = 0.005


def main() -> int:
    from load import free_port  # type: ignore[import-not-found]

    from grader.dispatch.perform import Ack
    from grader.store.jobs import Job

    job = Job(1, "s" * 20, "td", "ada", "leased", 0, 4e9, 0, 0.0, False, False, False, 0, "w", "l" * 32, 0.0, 0.0,
              None, 0, 0, "")  # fmt: skip

    def graded(job: Job) -> Ack:
        return Ack(job.id, job.submission, "done", "", 0.1)

    threads = told("threads", through_threads(graded, job))
    with tempfile.TemporaryDirectory(prefix="partiel-engine-") as folder:
        dask = told("Dask", through_dask(graded, job, free_port(), Path(folder)))
    print(f"Dask costs {1000 * (dask - threads):.1f} ms more; {1000 * MOST:.0f} ms are allowed")
    return int(dask > MOST)


def told(name: str, times: list[float]) -> float:
    middle = statistics.median(times)
    print(
        f"{name}: median {1000 * middle:.2f} ms, p95 {1000 * sorted(times)[int(len(times) * 0.95)]:.2f} ms", flush=True
    )
    return middle


def through_threads(graded: Callable[[Any], Any], job: Any) -> list[float]:
    todo: queue.SimpleQueue[Any] = queue.SimpleQueue()
    done: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def work() -> None:
        while (asked := todo.get()) is not None:
            done.put(graded(asked))

    thread = threading.Thread(target=work)
    thread.start()
    times = [timed(lambda: todo.put(job), done) for _ in range(ROUNDS)]
    todo.put(None)
    thread.join()
    return times


def through_dask(graded: Callable[[Any], Any], job: Any, port: int, folder: Path) -> list[float]:
    from grader import course
    from grader.dispatch import cluster
    from grader.dispatch.perform import Bench, Said

    course.init(folder / "course", "engine", "Engine", "en")
    address = f"tcp://127.0.0.1:{port}"
    python = [sys.executable, "-W", "ignore", "-m", "dask"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
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
        arm.task = lambda asked, _: cluster.say(graded(asked))
        while not arm.places().cpu:
            time.sleep(0.1)

        def once(number: int) -> float:
            time.sleep(0.02)  # no real one takes less
            asked = replace(job, id=number, lease=str(number))
            began = time.perf_counter()
            arm.start(asked, False)
            while not arm.acks(10):
                print("no answer for ten seconds")
            return time.perf_counter() - began

        for number in range(20):
            once(-1 - number)
        return [once(number) for number in range(1, ROUNDS + 1)]
    finally:
        arm.close()
        bench.close()
        for process in reversed(running):
            process.terminate()
            process.wait()


def timed(start: Callable[[], None], done: queue.SimpleQueue[Any]) -> float:
    began = time.perf_counter()
    start()
    done.get()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
