"""An arm of many machines: Dask brings each job to a place, and our own code does the rest there, as it does here.

The queue stays in our database: Dask is given a job only when a place is free for it. A worker writes its verdicts
itself, under the lease that came with the job; what was lost with a machine comes back when the lease has ended.
No other module imports distributed.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader import course as courses
from grader.dispatch import examined
from grader.dispatch.arms import Places, gathered
from grader.dispatch.perform import Ack, Bench, Said, name
from grader.errors import UsageError
from grader.sandbox import cards
from grader.store import Trouble, address, jobs, workers
from grader.store.jobs import Job
from grader.store.workers import Worker

CPU, GPU = "CPUSLOT", "GPUSLOT"
PLUGIN, ASKED = "partiel", "partiel_asked"
BEAT = 5.0  # seconds
LOOK = 1.0  # between two looks at who is there
SOON = 10.0  # to reach the scheduler
SPENT = 100  # futures of what ended, forgotten together: Dask waits ten milliseconds between two letters of a client
ELSEWHERE = "the database is a SQLite file of another machine: name a PostgreSQL one in [server]"
log = logging.getLogger("partiel.work")

try:
    from distributed import Client, Future, get_worker
    from distributed.diagnostics.plugin import WorkerPlugin
except ModuleNotFoundError as error:
    raise UsageError(
        "--scheduler", "Dask is not installed", "Run: pip install 'partiel[cluster]', here and on every worker."
    ) from error


@dataclass(frozen=True, slots=True)
class Home:
    """What a worker must know to work for a course: the folder is where it is here, on every machine."""

    root: Path
    said: Said
    host: str  # of the loop
    lease: float


class Dask:
    name = "dask"

    def __init__(self, bench: Bench, scheduler: str, said: Said) -> None:
        """Raises UsageError where the scheduler is out of reach."""
        self._bench, self._scheduler = bench, scheduler
        self._home = Home(bench.folder.root, said, socket.gethostname(), bench.lease)
        self._done: queue.SimpleQueue[Ack] = queue.SimpleQueue()
        self._running: dict[int, tuple[Job, Future]] = {}
        self._spent: list[Future] = []
        self.task: Callable[[Job, bool], Ack] = _perform
        self._guard = threading.Lock()
        self._seen, self._places = float("-inf"), Places(0, 0)
        self._client = self._connected()

    def places(self) -> Places:
        """Of the workers whose walls hold, as the scheduler knows them. None where it is out of reach."""
        if time.monotonic() - self._seen > LOOK:
            self._seen = time.monotonic()
            self._places = self._counted()
        return self._places

    def start(self, job: Job, gpu: bool) -> None:
        key, needs = f"partiel-{job.id}-{job.lease}", {GPU if gpu else CPU: 1}
        with self._guard:  # its end may be heard of before this returns
            future = self._client.submit(self.task, job, gpu, key=key, resources=needs, retries=0, pure=False)
            self._running[job.id] = job, future
            if len(self._spent) > SPENT:
                self._spent.clear()

    def acks(self, seconds: float) -> list[Ack]:
        """What workers said; and where one said nothing before it ended, what Dask says."""
        with self._guard:
            running = tuple(self._running.values())
        for job, future in running:
            if future.done() and job.id in self._running:  # a worker's word comes before Dask's
                self._leaves(self._ack(job, future))
        return gathered(self._done, seconds)

    def give_back(self) -> None:
        """Workers hear of it from the database."""
        with self._guard:
            left = tuple(self._running.values())
        for job, future in left:
            with self._bench.db.write() as c:
                now = jobs.get(c, job.id)
                if now is not None and now.lease == job.lease:
                    jobs.give_back(c, job)
            future.cancel(force=True)

    def close(self) -> None:
        self._client.close(timeout=5)

    def _connected(self) -> Client:
        try:
            client = Client(self._scheduler, timeout=SOON, set_as_default=False, name="partiel")
        except (OSError, TimeoutError, ValueError) as error:
            remedy = "Start it with: dask scheduler. See docs/cluster.md."
            raise UsageError(f"--scheduler {self._scheduler}", f"nobody answers there ({error})", remedy) from error
        client.register_plugin(Plugin(self._home), name=PLUGIN)
        client.subscribe_topic(PLUGIN, self._told)
        return client

    def _counted(self) -> Places:
        if self._client.status != "running":
            self._again()
            return Places(0, 0)
        try:
            known = self._client.sync(self._client.scheduler.identity, n_workers=-1, callback_timeout=SOON)["workers"]
        except Exception as error:  # noqa: BLE001 - whatever it is, there is no scheduler now
            log.warning("the scheduler is out of reach: %s", error)
            return Places(0, 0)
        free = [one.get("resources") or {} for one in known.values()]
        return Places(*(int(sum(one.get(kind, 0) for one in free)) for kind in (CPU, GPU)))

    def _again(self) -> None:
        """Another client, where the scheduler is there again. What ran may end by itself, or its lease does."""
        with self._guard:
            lost, self._running = tuple(self._running.values()), {}
        for job, _ in lost:
            self._done.put(Ack(job.id, job.submission, "lost", "the scheduler went away"))
        try:
            fresh = self._connected()
        except UsageError as error:
            log.warning("%s", error.problem)
            return
        old, self._client = self._client, fresh
        old.close(timeout=1)

    def _told(self, event: tuple[float, dict[str, Any]]) -> None:
        """A worker's own word, which need not be fetched."""
        self._leaves(Ack(**event[1]["ack"]))

    def _leaves(self, ack: Ack) -> None:
        with self._guard:
            left = self._running.pop(ack.job, None)
            if left is None:
                return
            self._spent.append(left[1])
        self._done.put(ack)

    def _ack(self, job: Job, future: Future) -> Ack:
        if future.status == "finished":  # and its verdicts are on the disk
            return Ack(job.id, job.submission, "lost", "its acknowledgement did not arrive")
        why = str(future.exception()) if future.status == "error" else future.status
        try:  # a worker that ended takes its job along: nobody waits for its lease
            with self._bench.db.write() as c:
                now = jobs.get(c, job.id)
                if now is not None and now.lease == job.lease:
                    jobs.fail(c, job, f"its worker ended: {why}"[:1000], most=jobs.VANISHED)
        except Trouble as error:
            log.warning("the database is out of reach: %s", error.orig)
        return Ack(job.id, job.submission, "lost", why)


class Plugin(WorkerPlugin):  # type: ignore[misc]  # distributed has no types for us
    """Lives in a Dask worker: tries its walls, offers its places, and keeps its sandboxes warm."""

    name = PLUGIN

    def __init__(self, home: Home) -> None:
        self.home = home

    async def setup(self, worker: Any) -> None:
        """It has no places until its walls were seen to hold; one whose walls do not stays without."""
        self._end, self._beating = asyncio.Event(), None
        self.bench: Bench | None = None
        if not hasattr(worker, ASKED):  # another loop's plugin may have been here before
            setattr(worker, ASKED, dict(worker.state.total_resources))
        await worker.set_resources(**{CPU: 0, GPU: 0})
        bench, offer, why = await asyncio.to_thread(self._opened, getattr(worker, ASKED), worker.state.nthreads)
        if self._end.is_set():  # taken away meanwhile: another loop's is in its place
            if bench is not None:
                bench.close()
            return
        self.bench = bench
        await worker.set_resources(**{CPU: offer.cpu, GPU: offer.gpu})
        if why:
            log.error("%s takes no jobs: %s", worker.address, why)
        self._beating = asyncio.create_task(self._beats(offer, why))

    async def teardown(self, worker: Any) -> None:  # noqa: ARG002 - so Dask calls it
        self._end.set()
        if self._beating is not None:
            await self._beating
        if self.bench is not None:
            await asyncio.to_thread(self._closed, self.bench)

    def _opened(self, asked: dict[str, float], threads: int) -> tuple[Bench | None, Places, str]:
        bench = None
        try:
            course = courses.load(self.home.root)
            if self.home.host != socket.gethostname() and address(course).startswith("sqlite"):
                return None, Places(0, 0), ELSEWHERE
            bench = Bench(self.home.root, self.home.said, name(), lease=self.home.lease)
            terms = self.home.said.terms(course)
            why = examined.unsound(terms)
            there = 0 if terms.device == "cpu" else len(terms.gpus or range(cards.count())) * terms.per_gpu
            gpu = int(min(asked.get(GPU, there), there, threads))
            cpu = 0 if terms.device == "gpu" else int(min(asked.get(CPU, threads - gpu), threads - gpu))
        except Exception as error:  # noqa: BLE001 - said to whoever looks at the workers, and no job is taken
            return bench, Places(0, 0), f"{type(error).__name__}: {error}"
        return bench, Places(0, 0) if why else Places(cpu, gpu), why

    def _closed(self, bench: Bench) -> None:
        try:
            bench.give_back()
            with bench.db.write() as c:
                workers.leave(c, bench.worker)
        except Trouble as error:  # the leases end by themselves
            log.warning("the database is out of reach: %s", error.orig)
        bench.close()

    async def _beats(self, offer: Places, why: str) -> None:
        began = time.time()
        while not self._end.is_set():
            if self.bench is not None:
                here = Worker(self.bench.worker, "node", began, time.time(), not why, why, offer.cpu, offer.gpu)
                try:
                    await asyncio.to_thread(_beat, self.bench, here)
                except Trouble as error:
                    log.warning("the database is out of reach: %s", error.orig)
            try:
                await asyncio.wait_for(self._end.wait(), BEAT)
            except TimeoutError:
                continue


def _beat(bench: Bench, worker: Worker) -> None:
    with bench.db.write() as c:
        workers.beat(c, worker)


def _perform(job: Job, gpu: bool) -> Ack:
    """In a worker."""
    bench = taken_over(job)
    return say(Ack(job.id, job.submission, "lost", bench) if isinstance(bench, str) else bench.perform(job, gpu=gpu))


def taken_over(job: Job) -> Bench | str:
    """This worker's bench, once the job is its own; or why it is not.

    A second worker that Dask sends the same job to, believing the first lost, leaves it alone.
    """
    bench: Bench | None = get_worker().plugins[PLUGIN].bench
    if bench is None:  # it has no places: only an old client could send it something
        return "this worker's walls do not hold"
    with bench.db.write() as c:
        mine = jobs.claim(c, job, bench.worker, time.time(), bench.lease)
    return bench if mine else "another worker has it"


def say(ack: Ack) -> Ack:
    """To whoever listens, at once."""
    get_worker().log_event(PLUGIN, {"ack": asdict(ack)})
    return ack
