"""The ledger: what was judged is on the disk, whole, in order, whoever else writes and whatever was cut short."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader import verdicts
from grader.model import Course, Curve, Level, Measure, Measured, Record, Status, Text, Verdict

VERDICT = Verdict(
    *("small", "size", Status.PARTIAL, Fraction(1, 3), Fraction(2), Text("À moitié.", "Half.")),
    *(("start_forgotten",), ("size(2) → « é » \udc80",), "abc"),
    (Measured("unseen", Text("Justes", "Right"), Measure(0.1 + 0.2, 0.5, 0.75), run=2, counts=False),),
    (Curve("loss", (1.5, None, 0.25), 3),),
)
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "une ligne\u2028puis\rl'autre\n"}
RECORD = Record(
    *("ada", "td", "0" * 64, "sheet", "cpu", Level.INNER, (VERDICT,)),
    *({"small-size": (OUTPUT,)}, (Text("Lié.", "Linked."),)),
)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course("c", "C", "fr", tmp_path, "secret", {}, ())


def test_what_was_written_is_read_back_whole(course: Course) -> None:
    verdicts.append(course, RECORD)
    assert list(verdicts.read(course, "td")) == [RECORD]
    assert list(verdicts.read(course, "other")) == []


def test_a_line_older_than_measures_and_curves_is_read(course: Course) -> None:
    verdicts.append(course, RECORD)
    file = verdicts.path(course, "td")
    said = json.loads(file.read_bytes())
    for name in ("measures", "curves"):
        del said["verdicts"][0][name]
    file.write_text(json.dumps(said) + "\n", "utf-8")
    [old] = verdicts.read(course, "td")
    assert old.verdicts == (replace(VERDICT, measures=(), curves=()),)


def test_nobody_else_on_the_machine_reads_it(course: Course) -> None:
    verdicts.append(course, RECORD)
    folder = verdicts.path(course, "td").parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_last_record_of_a_student_counts_and_the_others_are_kept(course: Course) -> None:
    second = replace(RECORD, submission="1" * 64)
    for record in (RECORD, replace(RECORD, student="bob"), second):
        verdicts.append(course, record)
    assert verdicts.latest(course, "td")["ada"] == second
    assert verdicts.history(course, "td") == {"ada": (RECORD, second), "bob": (replace(RECORD, student="bob"),)}


def test_a_line_cut_short_anywhere_is_passed_over_and_the_next_one_stands_alone(course: Course) -> None:
    verdicts.append(course, RECORD)
    file = verdicts.path(course, "td")
    line = file.read_bytes()
    inside = line.index("À".encode()) + 1  # in the middle of a character
    for cut in (1, 40, inside, len(line) - 2, len(line) - 1):
        file.write_bytes(line + line[:cut])
        whole = [RECORD, RECORD] if cut == len(line) - 1 else [RECORD]
        assert list(verdicts.read(course, "td")) == whole
        verdicts.append(course, replace(RECORD, student="bob"))
        assert [r.student for r in verdicts.read(course, "td")] == ["ada"] * len(whole) + ["bob"]


@pytest.mark.parametrize(
    "line", [b"[]", b"3", b"{}", b'{"verdicts": [], "remarks": [], "outputs": []}', b"\xff\xfe", b""]
)
def test_a_line_that_says_nothing_is_passed_over(course: Course, line: bytes) -> None:
    verdicts.append(course, RECORD)
    with verdicts.path(course, "td").open("ab") as file:
        file.write(line + b"\n")
    verdicts.append(course, RECORD)
    assert list(verdicts.read(course, "td")) == [RECORD, RECORD]


def test_many_may_write_at_once(course: Course) -> None:
    large = replace(RECORD, outputs={"small-size": ({**OUTPUT, "text": "x" * 200_000},)})

    def write(number: int) -> None:
        verdicts.append(course, replace(large, student=f"s{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert {r.student for r in verdicts.read(course, "td")} == {f"s{n}" for n in range(40)}


def test_a_record_is_on_the_disk_when_append_returns(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.fstat(fd).st_size))
    verdicts.append(course, RECORD)
    assert synced == [verdicts.path(course, "td").stat().st_size]


def test_points_are_exact(course: Course) -> None:
    verdicts.append(course, RECORD)
    said = json.loads(verdicts.path(course, "td").read_text("utf-8"))
    assert said["verdicts"][0]["earned"] == "1/3"
