"""The longer run: coverage-guided bytes for the readers of files, frames and answers; not part of the tests.

    pip install atheris && python tests/fuzz_atheris.py frames -max_total_time=600 [-rss_limit_mb=1024] [corpus/]

The first word is ``files``, ``frames`` or ``answers``; the rest is libFuzzer's. What is not a status is a crash.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import atheris  # type: ignore[import-not-found]

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["grader"]):
    from grader import notebook, rules
    from grader.model import Cell, Sheet, Unreadable
    from grader.worker import wire

SHEET = Sheet("td", "ada", "en", (Cell("solution", "a", ""), Cell("check", "b", "1")), (), "r")
FILE = Path(tempfile.mkdtemp()) / "td.ipynb"
ANSWERS = (
    rules.whole, rules.decimal(2), rules.shape, rules.grid(), rules.table("a", "b"),
    rules.formula(I=range(8, 30), K=[1, 2, 3], P=range(3), S=[1, 2]),
)  # fmt: skip


def files(data: bytes) -> None:
    FILE.write_bytes(data)
    with contextlib.suppress(notebook.UnreadableSubmission):
        notebook.read_submission(FILE, SHEET)


def frames(data: bytes) -> None:
    """The first byte says how much of the rest is the header."""
    cut = len(data) * (data[0] if data else 0) // 255
    try:
        head = b'{"value":' + data[1:cut] + b',"blobs":[%d]}' % len(data[cut:])
        header, blobs = wire.decode(head, data[cut:])
        wire.unpack(header.get("value"), blobs, lambda number, kind: (number, kind))
    except wire.ProtocolError:
        pass


def answers(data: bytes) -> None:
    text = data[1:].decode("utf-8", "replace")
    rule = ANSWERS[data[0] % len(ANSWERS)] if data else ANSWERS[0]
    with contextlib.suppress(Unreadable):
        rule.read(text, ("a", "b"), "en")


# Where each starts from, unless a folder of one's own is named.
SEEDS = {
    "files": [
        json.dumps(notebook.compose(SHEET, {"a": "x = 1"})).encode(),
        b'{"nbformat": 3, "worksheets": [{"cells": []}]}',
    ],
    "frames": [
        b'\xff[1,2.5,null,true,"a",{"t":[1]},{"d":[["a",1]]},{"c":[1,"nan"]},{"f":"inf"},{"i":"-0xff"},{"h":[1,"x"]}]',
        b'\x60{"a":["<f8",[1],0]}' + bytes(34), b'\xff{"u":[[2],["a","b"]]}',
    ],
    "answers": [b"\x005e3", b"\x01 3/4", b"\x02(28, 28, None)", b"\x03[[1,2],[3,4]]", "\x05⌊(I−K+2P)/S⌋+1".encode()],
}  # fmt: skip
TARGETS: dict[str, Callable[[bytes], None]] = {"files": files, "frames": frames, "answers": answers}


def main() -> None:
    import nbformat  # noqa: F401  what takes a second the first time is not what is measured

    asked = sys.argv.pop(1)
    target = TARGETS[asked]
    if all(word.startswith("-") for word in sys.argv[1:]):
        corpus = Path(tempfile.mkdtemp())
        for number, seed in enumerate(SEEDS[asked]):
            (corpus / str(number)).write_bytes(seed)
        sys.argv.append(str(corpus))

    def once(data: bytes) -> None:
        before = time.perf_counter()
        target(data)
        if time.perf_counter() - before > 1:
            raise TimeoutError(data)

    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
