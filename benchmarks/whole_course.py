"""A course of 180 students and two assignments of 15 questions, from `init` to the marks file: seconds of each command.

    python benchmarks/whole_course.py [--students 180]

Everybody hands in right answers. `nbgrader autograde` of one student's copy stands beside, as instructors know it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
from pathlib import Path

import courses
import run as bench

FIRST = ("conv_output_size", "conv_output_formula", "cnn_parameters", "convolution_by_hand", "kernel_purpose")
SECOND = ("pooling_output", "softmax_by_hand", "receptive_field", "confusion_matrix", "numpy_conv2d")
QUESTIONS = 15


def main() -> None:
    said = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    said.add_argument("--students", type=int, default=180)
    students = said.parse_args().students
    bench.OUT = Path(__file__).resolve().parent / "out" / "course"
    shutil.rmtree(bench.OUT, ignore_errors=True)
    bench.OUT.mkdir(parents=True)
    bench.settle()
    print(f"{students} students; {bench.machine()}; load average {os.getloadavg()[0]:.1f}")
    folder = bench.OUT / "dl"
    folder.mkdir()
    told("init", folder, "init", ".")
    counts = {"td1": written(FIRST), "td2": written(SECOND)}
    (folder / "course.toml").write_text(toml(counts), "utf-8")
    lines = [f"{21_900_000 + n},Student {n},s{n}@example.org" for n in range(students)]
    (folder / "students.csv").write_text("\n".join(["id,name,email", *lines]) + "\n", "utf-8")
    for assignment, exercises in counts.items():
        told(f"generate {assignment}", folder, "generate", assignment)
        told(f"proof {assignment}", folder, "proof", assignment)
        answered(folder, assignment)
        print(f"  ({len(exercises)} exercises)")
    for assignment in counts:
        told(f"grade {assignment}", folder, "grade", assignment)
        told(f"feedback {assignment}", folder, "feedback", assignment)
        told(f"report {assignment}", folder, "report", assignment)
    told("grades", folder, "grades", *counts, "--to", "csv")
    print(f"nbgrader autograde, one student: {alone(folder):.1f} s (median of 3)")


def written(exercises: tuple[str, ...]) -> list[str]:
    """These exercises, the first ones again, until there are fifteen questions."""
    from grader import content

    chosen, count = [], 0
    for id in exercises * 3:
        more = len(content.find(id).questions)
        if count + more > QUESTIONS:
            continue
        chosen.append(id)
        count += more
        if count == QUESTIONS:
            break
    return chosen


def toml(counts: dict[str, list[str]]) -> str:
    head = '[course]\nid = "dl"\ntitle = "Deep learning"\nlang = "fr"\n'
    tables = (f"[assignments.{id}]\nexercises = {exercises!r}\nsolution = true\n" for id, exercises in counts.items())
    return "\n".join([head, *tables]).replace("'", '"')


def answered(folder: Path, assignment: str) -> None:
    from grader import course, demo, lock

    here = course.load(folder)
    handed = lock.read(here, assignment)
    for student in handed.students:
        demo.hand_in(here, handed, demo.Player(student, student, "all right", demo.right))


def alone(folder: Path) -> float:
    from grader import course

    plain = bench.OUT / "nbgrader"
    courses.plain(plain, "td1", course.load(folder), 3)
    bench.quietly([*bench.NBGRADER, "generate_assignment", "td1"], plain)
    names = sorted(path.name for path in (plain / "submitted").iterdir())
    return statistics.median(
        bench.quietly([*bench.NBGRADER, "autograde", "td1", "--student", name], plain) for name in names
    )


def told(what: str, folder: Path, *words: str) -> None:
    print(f"partiel {what}: {bench.quietly([*bench.PARTIEL, *words], folder):.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
