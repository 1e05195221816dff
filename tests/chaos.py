"""Kills processes of a grading run at random moments, and looks whether a rerun ends as if nothing had happened.

``make test-chaos`` runs 50 rounds of 20 submissions. Each round kills one process (the command, a sandbox, a warm
parent or a submission) at one moment, then runs the same command again and compares every score in the gradebook.
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
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT)]

Scores = dict[tuple[str, str], tuple[float | None, bool]]
LEFT_SECONDS = 20.0  # for what a killed command leaves to end by itself
EXERCISES = ("conv_output_size", "cnn_parameters", "kernel_purpose", "numpy_conv2d")


def main() -> int:
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--rounds", type=int, default=50)
    said.add_argument("--students", type=int, default=20)
    said.add_argument("--seed", type=int, default=int(time.time()))
    options = said.parse_args()
    choose = random.Random(options.seed)
    print(f"{options.rounds} rounds of {options.students} submissions, --seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="partiel-chaos-") as folder:
        course = Path(folder) / "course"
        handed_in(course, options.students)
        began = time.monotonic()
        started(copy := again(course)).wait()
        whole, wanted = time.monotonic() - began, scores(copy)
        assert wanted and all(score is not None for score, _ in wanted.values()), "the undisturbed run failed"
        print(f"undisturbed: {whole:.1f} s, {len(wanted)} scores", flush=True)
        killed: Counter[str] = Counter()
        bad = 0
        for number in range(1, options.rounds + 1):
            copy = again(course)
            victim, after = disturbed(copy, choose, options.students)
            killed[victim] += 1
            code = started(copy).wait()
            same = scores(copy) == wanted
            bad += not same or code != 0
            verdict = "same scores" if same else "OTHER SCORES"
            print(
                f"{number:3}  {victim:<10} killed after {after:2} verdicts; rerun: exit {code}, {verdict}", flush=True
            )
    print(f"killed: {dict(killed)}; {bad} bad of {options.rounds}")
    return 1 if bad else 0


def handed_in(folder: Path, students: int) -> None:
    """Right answers from most; some are wrong, some say nothing."""
    import courses

    from grader import demo, lock

    here = courses.partiel(folder, "td", EXERCISES, students)
    handed = lock.read(here, "td")
    for number, student in enumerate(handed.students):
        if number % 5 == 1:
            demo.hand_in(here, handed, demo.Player(student, student, "nothing", lambda *_: None))


def again(course: Path) -> Path:
    copy = course.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(course, copy)
    return copy


def started(folder: Path) -> subprocess.Popen[bytes]:
    program = "from grader import cli; cli.main()"
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, "grade", "td", "--workers", "2"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def disturbed(folder: Path, choose: random.Random, students: int) -> tuple[str, int]:
    """A run in which one process is killed. Gives which, and after how many verdicts. Nothing of it is left running.

    The moment is told by what is on the disk: seconds would mean something else on every machine.
    """
    ledger, after = folder / ".partiel" / "verdicts" / "td.jsonl", choose.randrange(students)
    run = started(folder)
    while run.poll() is None and (ledger.read_bytes().count(b"\n") if ledger.exists() else 0) < after:
        time.sleep(0.005)
    time.sleep(choose.uniform(0, 0.3) if after else choose.uniform(0, 4))
    tree = family(run.pid)
    kinds: dict[str, list[int]] = {}
    for pid in tree:
        kinds.setdefault(called(pid, run.pid), []).append(pid)
    name = choose.choice(sorted(kinds)) if kinds else "nothing"
    if kinds:
        try:
            os.kill(choose.choice(kinds[name]), signal.SIGKILL)
        except ProcessLookupError:
            name = "nothing"
    run.wait()
    limit = time.monotonic() + LEFT_SECONDS
    while left := [pid for pid in tree if alive(pid)]:
        if time.monotonic() > limit:
            raise SystemExit(f"processes {left} outlived a killed {name}")
        time.sleep(0.1)
    return name, after


def family(root: int) -> list[int]:
    """``root`` and all that descend from it, while they live."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    found = [root] if root in parents else []
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def called(pid: int, root: int) -> str:
    if pid == root:
        return "command"
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "gone"
    inside = any(word.endswith(b"/worker/__main__.py") for word in words)
    return "bubblewrap" if any(b"bwrap" in word for word in words[:1]) else "worker" if inside else "launcher"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def scores(folder: Path) -> Scores:
    """Every score in the gradebook: by student and cell, the score and whether a human is called."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "bench") as gradebook:
        return {
            (submission.student.id, grade.name): (grade.auto_score, grade.needs_manual_grade)
            for submission in gradebook.assignment_submissions("td")
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


if __name__ == "__main__":
    sys.exit(main())
