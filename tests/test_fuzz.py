"""Whatever the bytes: a value or a status, within a second and 64 MiB. The longer run is ``fuzz_atheris.py``.

Readers of answers have theirs in test_readers.py and test_formula.py; small frames and files, in test_wire.py and
test_notebook.py. Here: files through the grading of one submission, and the heaviest that the caps let through.
"""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import notebook, queue, rules
from grader.model import Level, Sheet, Status, Unreadable
from grader.worker import wire

ANYTHING = settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)


def status_kib(field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def bounded(call: Callable[[], object]) -> None:
    """Within 64 MiB above what the process held before. Seconds belong to a machine: fuzz_atheris.py looks at them."""
    if not sys.platform.startswith("linux"):
        call()
        return
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    before = status_kib("VmRSS")
    call()
    grown = (status_kib("VmHWM") - before) / 1024
    assert grown < 64, grown


# ── files handed in ──────────────────────────────────────────────────────────


@pytest.fixture
def sheet(desk: Any) -> Sheet:
    made: Sheet = desk.lock().sheet("ada")
    return made


def never() -> Any:
    raise AssertionError("nothing here is worth opening a sandbox for")


@pytest.mark.filterwarnings("default")  # nbformat's, about what it converts
@ANYTHING
@given(
    head=st.sampled_from(
        [b"", b"\xef\xbb\xbf", b"{", b'{"nbformat":4,"metadata":{},"cells":[', b'{"nbformat":3,"worksheets":[']
    ),
    body=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
)
def test_any_file_is_graded_and_is_unreadable(sheet: Sheet, tmp_path: Path, head: bytes, body: bytes) -> None:
    file = tmp_path / "ada" / "td1" / "td1.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(head + body)
    record = queue.grade(queue.Job(sheet, file), never, Level.OUTER)
    assert {v.status for v in record.verdicts} == {Status.UNREADABLE} and not sum(v.earned for v in record.verdicts)


MANY = notebook.MOST_BYTES - 20
FILES = {
    "dicts": b'{"cells":[' + b"{}," * (MANY // 3) + b"0]}",
    "one_word": b'{"cells":["' + "😀".encode() * (MANY // 4) + b'"]}',
    "nested": b'{"cells":' * (MANY // 9),
    "digits": b'{"cells":' + b"9" * MANY + b"}",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_the_heaviest_file_is_read_or_refused_within_bounds(sheet: Sheet, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "td1.ipynb"
    file.write_bytes(FILES[kind])
    assert len(FILES[kind]) <= notebook.MOST_BYTES

    def read() -> None:
        with pytest.raises(notebook.UnreadableSubmission):
            notebook.read_submission(file, sheet)

    bounded(read)


# ── frames ───────────────────────────────────────────────────────────────────

NODES = wire.MAX_NODES - 100
FRAMES = {
    "lists": b"[" + b"[]," * (NODES // 2) + b"0]",
    "dicts": b"[" + b'{"d":[]},' * (NODES // 3) + b"0]",
    "tuples": b"[" + b'{"t":[]},' * (NODES // 3) + b"0]",
    "floats": b"[" + b"1.5," * NODES + b"0]",
    "word": b'"' + rb"\ud83d\ude00" * (wire.MAX_HEADER // 12 - 10) + b'"',
    "array_of_words": b'{"u":[[500000],[' + b'"a",' * 499_999 + b'"a"]]}',
    "big_ints": b"[" + (b'{"i":"0x' + b"f" * 4000 + b'"},') * 4000 + b"0]",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", FRAMES)
def test_the_heaviest_frame_is_read_or_refused_within_bounds(kind: str) -> None:
    head = b'{"value":' + FRAMES[kind] + b',"blobs":[]}'

    def read() -> None:
        try:
            header, blobs = wire.decode(head, b"")
            wire.unpack(header["value"], blobs, lambda number, _: number)
        except wire.ProtocolError:
            pass

    bounded(read)


@pytest.mark.parametrize("dtype", [",f7", ",f", "(i,)", ",f,"])
def test_no_dtype_is_parsed_as_python(dtype: str) -> None:
    with pytest.raises(wire.ProtocolError):
        wire.unpack({"a": [dtype, [1], 0]}, [memoryview(bytes(8))], lambda number, _: number)


# ── answers ──────────────────────────────────────────────────────────────────

RULES = {
    "whole": rules.whole,
    "decimal": rules.decimal(2),
    "shape": rules.shape,
    "grid": rules.grid(decimal=rules.decimal(1)),
    "table": rules.table("a", "b"),
    "formula": rules.formula(I=range(8, 30), K=[1, 2, 3], P=range(3), S=[1, 2]),
}
TEXTS = st.text(alphabet="0123456789eE+-*/^().,;[]{}⌊⌋ IKPSabx×'\n", max_size=400) | st.text(max_size=50)
LEAVES = TEXTS | st.integers() | st.floats() | st.none() | st.booleans() | st.just("9" * 5000)
ROWS = LEAVES | st.lists(LEAVES, max_size=4) | st.dictionaries(st.sampled_from("abc"), LEAVES, max_size=3)
LISTS = ROWS | st.lists(ROWS, max_size=4)


@pytest.mark.parametrize("name", RULES)
@ANYTHING
@given(written=LISTS)
def test_any_answer_is_read_and_scored_or_unreadable(name: str, written: Any) -> None:
    rule = RULES[name]
    right = {"formula": "I + K", "table": {"a": 1, "b": 2}, "grid": ((1, 2), (3, 4)), "shape": (1, 2)}.get(name, 3)
    shown = ("a", "b") if name == "table" else ()

    def judged() -> None:
        try:
            score = rule.score(rule.read(written, shown, "en").value, right)
        except Unreadable:
            return
        assert 0 <= score <= 1

    judged()
