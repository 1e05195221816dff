"""A class hands in at once, over HTTP, to a real ``partiel serve`` that grades meanwhile.

    python benchmarks/load.py --students 500 --seconds 60

Each student uploads at a random moment of the minute. Then all must be graded and in nbgrader's gradebook: none lost,
none doubled. Prints the times of the uploads; exit code 1 where something is missing, or p99 is over 1 s.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT)]

EXERCISES = ("conv_output_size", "cnn_parameters", "kernel_purpose", "numpy_conv2d")
PATIENCE = 1800.0  # seconds for all to be graded


@dataclass(frozen=True)
class Sent:
    student: str
    status: int
    seconds: float
    receipt: str


def main() -> int:
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--students", type=int, default=500)
    said.add_argument("--seconds", type=float, default=60.0)
    said.add_argument("--workers", type=int, default=2)
    said.add_argument("--seed", type=int, default=1)
    options = said.parse_args()
    with tempfile.TemporaryDirectory(prefix="partiel-load-") as folder:
        course = Path(folder) / "course"
        files = prepared(course, options.students)
        tokens = signed_in(course, list(files))
        port = free_port()
        server = started(course, port, options.workers)
        try:
            wait_for(port)
            began = time.monotonic()
            sent = handed_in(port, files, tokens, options.seconds, random.Random(options.seed))
            uploaded = time.monotonic() - began
            told(sent, uploaded)
            until_graded(course, began)
            until_recorded(course, began)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        return verdict(course, sent)


def prepared(folder: Path, students: int) -> dict[str, bytes]:
    """The notebook of each student, all answers right."""
    import courses

    courses.partiel(folder, "td", EXERCISES, students)
    files = {file.parent.parent.name: file.read_bytes() for file in sorted(folder.glob("submitted/*/td/td.ipynb"))}
    shutil.rmtree(folder / "submitted")
    return files


def signed_in(folder: Path, students: list[str]) -> dict[str, str]:
    from grader import course, store
    from grader.store import tokens

    db = store.of(course.load(folder))
    with db.write() as c:
        made = {student: tokens.make(c, student, "student", "load", time.time()) for student in students}
    db.close()
    return made


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def started(folder: Path, port: int, workers: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-W", "ignore", "-m", "grader", "serve", "--port", str(port), "--workers", str(workers)]
    log = (folder.parent / "serve.log").open("wb")
    return subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log)


def wait_for(port: int) -> None:
    limit = time.monotonic() + 60
    while True:
        try:
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            asked.request("GET", "/healthz")
            if asked.getresponse().status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > limit:
            raise SystemExit("the server does not answer")
        time.sleep(0.2)


def handed_in(
    port: int, files: dict[str, bytes], tokens: dict[str, str], seconds: float, choose: random.Random
) -> list[Sent]:
    moments = sorted((choose.uniform(0, seconds), student) for student in files)
    sent: list[Sent] = []
    began, threads = time.monotonic(), []
    for moment, student in moments:
        time.sleep(max(0.0, began + moment - time.monotonic()))
        thread = threading.Thread(
            target=lambda student=student: sent.append(upload(port, student, files[student], tokens[student]))
        )
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return sent


def upload(port: int, student: str, data: bytes, token: str) -> Sent:
    began = time.monotonic()
    try:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ipynb+json"}
        asked.request("POST", "/api/v1/assignments/td/submissions", data, headers)
        reply = asked.getresponse()
        body = reply.read()
        seconds = time.monotonic() - began
        asked.close()
        return Sent(student, reply.status, seconds, json.loads(body).get("id", ""))
    except (OSError, ValueError, http.client.HTTPException):
        return Sent(student, 0, time.monotonic() - began, "")


def told(sent: list[Sent], uploaded: float) -> None:
    times = sorted(one.seconds for one in sent)
    at = {name: times[min(len(times) - 1, int(len(times) * share))] for name, share in (("p50", 0.5), ("p99", 0.99))}
    statuses = dict(Counter(one.status for one in sent))
    print(
        f"{len(sent)} uploads in {uploaded:.0f} s, statuses {statuses}: p50 {1000 * at['p50']:.0f} ms,"
        f" p99 {1000 * at['p99']:.0f} ms, longest {1000 * times[-1]:.0f} ms",
        flush=True,
    )


def asked(folder: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / ".partiel" / "server.db", timeout=30) as db:
        found = db.execute(query).fetchall()
    db.close()
    return found


def until_graded(folder: Path, began: float) -> None:
    _until(folder, "select count(*) from jobs where state in ('queued', 'leased')", began, "graded")


def until_recorded(folder: Path, began: float) -> None:
    _until(folder, "select count(*) from outbox where done is null", began, "in the gradebook")


def _until(folder: Path, query: str, began: float, what: str) -> None:
    while asked(folder, query)[0][0]:
        if time.monotonic() - began > PATIENCE:
            break
        time.sleep(0.5)
    print(f"all {what} {time.monotonic() - began:.0f} s after the first upload", flush=True)


def verdict(folder: Path, sent: list[Sent]) -> int:
    from chaos import scores  # type: ignore[import-not-found]

    from grader import course, verdicts

    here = course.load(folder)
    receipts = [one.receipt for one in sent if one.status == 201]
    rows = asked(folder, "select id, student, state from submissions")
    records = Counter(record.student for record in verdicts.read(here, "td"))
    kept = Counter(file.parent.name for file in folder.glob(".partiel/handed_in/td/*/*.ipynb"))
    marks = scores(folder)
    students = {one.student for one in sent}
    faults = {
        "uploads without a receipt": len(sent) - len(receipts),
        "receipts given twice": len(receipts) - len(set(receipts)),
        "receipts without a submission": len(set(receipts) - {row[0] for row in rows}),
        "submissions not graded": sum(row[2] != "graded" for row in rows),
        "submissions too many": len(rows) - len(students),
        "students without one record": sum(records[one] != 1 for one in students),
        "students without one file": sum(kept[one] != 1 for one in students),
        "students without marks": len(students - {student for student, _ in marks}),
        "marks missing": sum(score is None or human for score, human in marks.values()),
    }
    times = sorted(one.seconds for one in sent)
    faults["p99 over 1 s"] = int(times[int(len(times) * 0.99)] > 1)
    print({name: count for name, count in faults.items() if count} or "none lost, none doubled, all in the gradebook")
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    sys.exit(main())
