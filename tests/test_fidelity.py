"""Ordinary notebooks give the same outputs in a session of ours as in Jupyter's own client and kernel.

``courses/fidelity/*.cells`` are notebooks, a cell after each ``# %%``. What differs on purpose stands in ``DIFFERENT``.
"""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.model import Limits
from grader.sandbox import Sandbox, open_sandbox, standing

CORPUS = Path(__file__).parent / "courses" / "fidelity"
NOTEBOOKS = {file.stem: file.read_text("utf-8") for file in sorted(CORPUS.glob("*.cells"))}
LIMITS = Limits(seconds=60, output_kib=4096)
DIFFERENT: dict[tuple[str, int], str] = {}

Json = dict[str, Any]

VOLATILE = (
    (r"\x1b\[[0-9;]*m", ""),
    (r"0x[0-9a-f]{6,}", "0x…"),
    (r"/tmp/ipykernel_\d+/\d+\.py", "<cell>"),
    (r"(CPU times|Wall time): .*", r"\1: …"),
    (r"[\d.]+ [mµn]?s ± [\d.]+ [mµn]?s per loop", "… per loop"),
    (r"(?m)^(File) [^\n]*?/lib/python3\.\d+/", r"\1 …/"),
    (r"Task-\d+", "Task-…"),
    (r"object at 0x…", "object at …"),
)


def cells(text: str) -> list[str]:
    return [part.removesuffix("\n") for part in re.split(r"^# %%\n", text, flags=re.MULTILINE)[1:]]


def tidy(text: str) -> str:
    for pattern, said in VOLATILE:
        text = re.sub(pattern, said, text)
    return text


def normal(outputs: Any) -> list[Json]:
    """Neighbouring pieces of a stream are one; addresses and times are no content."""
    whole: list[Json] = []
    for output in copy.deepcopy(list(outputs)):
        last = whole[-1] if whole else {}
        if output["output_type"] == "stream" == last.get("output_type") and output["name"] == last["name"]:
            last["text"] += output["text"]
        else:
            whole.append(dict(output))
    for output in whole:
        output.pop("metadata", None)
        for key in ("text", "evalue"):
            if key in output:
                output[key] = tidy(output[key])
        if "traceback" in output:
            output["traceback"] = tidy("\n".join(output["traceback"])).split("\n")
        if "data" in output:
            output["data"] = {kind: tidy(body) for kind, body in output["data"].items() if isinstance(body, str)}
    return whole


# In a process of its own: Jupyter's client leaves loops and sockets to the end of it.
BY_JUPYTER = """
import json, sys, warnings
from concurrent.futures import ThreadPoolExecutor
import nbformat
from nbclient import NotebookClient

warnings.simplefilter("ignore")
def run(sources):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(nb, allow_errors=True, timeout=60).execute()
    return [cell.outputs for cell in nb.cells]
asked = json.load(sys.stdin)
with ThreadPoolExecutor(3) as pool, open("outputs.json", "w") as file:
    json.dump(dict(zip(asked, pool.map(run, asked.values()))), file)
"""


def by_us(sources: list[str], sandbox: Sandbox) -> list[list[Json]]:
    with sandbox.session(seed=1) as session:
        found = []
        for source in sources:
            ran = session.execute(source, LIMITS)
            assert session.alive and not ran.exhausted, source
            found.append(normal(ran.outputs))
        return found


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    kind = "bubblewrap" if standing() else "plain"
    with open_sandbox(kind) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[Json]]]:
    """The outputs of each notebook in a kernel of its own, a few at a time."""
    folder = tmp_path_factory.mktemp("fidelity")
    env = os.environ | {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        "IPYTHONDIR": str(folder / "ipython"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    env.pop("PYTEST_CURRENT_TEST", None)  # seeing it, a kernel does not capture what is written below Python
    asked = json.dumps({name: cells(text) for name, text in NOTEBOOKS.items()})
    command = [sys.executable, "-c", BY_JUPYTER]
    done = subprocess.run(command, cwd=folder, env=env, input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads((folder / "outputs.json").read_text("utf-8"))
    return {name: [normal(outputs) for outputs in each] for name, each in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_shows_what_jupyter_shows(name: str, sandbox: Sandbox, theirs: dict[str, list[list[Json]]]) -> None:
    sources = cells(NOTEBOOKS[name])
    differ = {
        number: (source, expected, got)
        for number, (source, expected, got) in enumerate(
            zip(sources, theirs[name], by_us(sources, sandbox), strict=True), 1
        )
        if expected != got
    }
    known = {number for notebook, number in DIFFERENT if notebook == name}
    unexpected = {number: facts for number, facts in differ.items() if number not in known}
    assert not unexpected, "\n".join(
        f"[{number}] {source}\n  Jupyter: {str(expected)[:1500]}\n  here:    {str(got)[:1500]}"
        for number, (source, expected, got) in unexpected.items()
    )
    assert differ.keys() >= known, "a difference is gone: take it out of DIFFERENT"
