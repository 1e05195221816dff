"""JupyterLab's Assignment List against a real server: fetched, submitted, listed, feedback; and what it cannot do."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from grader import attempts, intake
from grader.exchange import CONFIG
from grader.model import Level, Record, Status, Text, Verdict
from grader.store import receipts, released
from tests.portal_course import Here, here  # noqa: F401 - a fixture

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def served(here: Here) -> Iterator[str]:
    """The same application behind a real socket."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(here.app, "127.0.0.1", port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < end
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


class Jupyter:
    """The folder and the settings of one student's Jupyter: what the Assignment List does, as it does it."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        folder.mkdir()
        (folder / "nbgrader_config.py").write_text("c = get_config()\n" + CONFIG.format(url=url))
        self.folder = folder
        self.env = {**os.environ, "PARTIEL_TOKEN": token, "HOME": str(folder), "PYTHONPATH": str(ROOT)}

    def __call__(self, *calls: tuple[Any, ...]) -> list[Any]:
        """Methods of nbgrader's own server extension, in one process: it takes seconds to start."""
        code = (
            "import json, sys\n"
            "from nbgrader.server_extensions.assignment_list.handlers import AssignmentList\n"
            "one = AssignmentList(); one.root_dir = sys.argv[1]\n"
            "said = [getattr(one, name)(*given) for name, *given in json.loads(sys.argv[2])]\n"
            "print('SAID' + json.dumps(said))"
        )
        command = [sys.executable, "-W", "ignore", "-c", code, str(self.folder), json.dumps(calls)]
        ran = subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=120, check=False
        )
        assert "SAID" in ran.stdout, ran.stderr
        return list(json.loads(ran.stdout.partition("SAID")[2]))


def judged(here: Here, id: str) -> None:
    desk = here.desk
    with desk.db.read() as c:
        given = receipts.get(c, id)
    assert given
    verdict = Verdict("tiny", "size", Status.CORRECT, Fraction(2), Fraction(2), Text("Oui.", "Yes."))
    record = Record("ada", "td1", given.sha256, "0" * 16, "cpu", Level.OUTER, (verdict,))
    attempts.settle(desk.course(), desk.db, given, record, desk.now())


def test_a_students_own_copy_is_fetched_submitted_and_its_feedback_read(
    here: Here, served: str, tmp_path: Path
) -> None:
    jupyter = Jupyter(tmp_path / "home", served, here.token("ada")["Authorization"].removeprefix("Bearer "))
    before, fetched, after = jupyter(
        ("list_released_assignments",), ("fetch_assignment", "dl", "td1"), ("list_released_assignments",)
    )
    assert before["success"] and fetched["success"], (before, fetched)
    assert {one["assignment_id"]: one["status"] for one in before["value"]} == {
        "td1": "released",
        "td2": "released",
        "exam": "released",
    }
    assert {one["assignment_id"]: one["status"] for one in after["value"]}["td1"] == "fetched"
    mine = jupyter.folder / "td1" / "td1.ipynb"
    assert mine.read_bytes() == (here.root / "release/ada/td1/td1.ipynb").read_bytes(), "her own numbers"

    mine.write_bytes(here.notebook("ada"))
    submitted, listed = jupyter(("submit_assignment", "dl", "td1"), ("list_submitted_assignments",))
    assert submitted["success"], submitted
    ((attempt,),) = [one["submissions"] for one in listed["value"]]
    assert attempt["has_exchange_feedback"] is False
    with here.desk.db.read() as c:
        (given,) = receipts.of_copy(c, "td1", "ada")
    assert intake.bytes_of(here.desk.course(), given).read_bytes() == mine.read_bytes()
    assert given.signature in (jupyter.folder / "td1" / "receipts" / f"{given.id}.txt").read_text()

    judged(here, given.id)
    with here.desk.db.write() as c:
        released.release(c, "td1", "prof", here.clock())
    again, brought, last = jupyter(
        ("list_submitted_assignments",), ("fetch_feedback", "dl", "td1"), ("list_submitted_assignments",)
    )
    assert again["value"][0]["submissions"][0]["has_exchange_feedback"], again
    assert brought["success"], brought
    attempt = last["value"][0]["submissions"][0]
    assert attempt["has_local_feedback"] and not attempt["feedback_updated"]
    page = jupyter.folder / attempt["local_feedback_path"] / "td1.html"
    assert "<html" in page.read_text("utf-8")


def test_what_the_server_refuses_is_said_in_the_panel(here: Here, served: str, tmp_path: Path) -> None:
    jupyter = Jupyter(tmp_path / "home", served, here.token("ada")["Authorization"].removeprefix("Bearer "))
    (fetched,) = jupyter(("fetch_assignment", "dl", "td2"))
    assert fetched["success"]
    late, stranger = jupyter(("submit_assignment", "dl", "td2"), ("fetch_assignment", "dl", "td3"))
    assert (not late["success"] and "date limite" in late["value"]) or "deadline" in late["value"]
    assert not stranger["success"]
    nobody = Jupyter(tmp_path / "nobody", served, "partiel_made-up")
    (listed,) = nobody(("list_released_assignments",))
    assert not listed["success"]


def test_whoever_handed_in_seventy_times_sees_every_attempt(here: Here, served: str, tmp_path: Path) -> None:
    """The time of this server stands still: whoever asks more than 120 times is refused."""
    toml = here.root / "course.toml"
    toml.write_text(toml.read_text("utf-8").replace("attempts = 3\n", ""), "utf-8")
    here.app.state.limits.uploads.burst = 1e9
    token, program = here.token("ada"), here.client()
    for n in range(70):
        data = here.notebook("ada", answer=f"size = {n}")
        assert program.post("/api/v1/assignments/td1/submissions", content=data, headers=token).status_code == 201
    here.app.state.limits.pages._left.clear()
    jupyter = Jupyter(tmp_path / "home", served, token["Authorization"].removeprefix("Bearer "))
    (listed,) = jupyter(("list_submitted_assignments",))
    assert listed["success"], listed
    assert len(listed["value"][0]["submissions"]) == 70


def test_who_is_told_to_come_back_later_comes_back(here: Here, served: str, tmp_path: Path) -> None:
    """Lists and pages of feedback are asked for again; a submission that is refused is said at once."""
    limits = here.app.state.limits
    limits.pages.clock, limits.pages.burst, limits.pages.rate = time.monotonic, 2, 2
    jupyter = Jupyter(tmp_path / "home", served, here.token("ada")["Authorization"].removeprefix("Bearer "))
    before, fetched = jupyter(("list_released_assignments",), ("fetch_assignment", "dl", "td1"))
    assert before["success"] and fetched["success"], (before, fetched)
    limits.uploads.burst, limits.uploads.rate = 0, 1
    (submitted,) = jupyter(("submit_assignment", "dl", "td1"))
    assert not submitted["success"]


def test_a_server_that_is_down_loses_nothing(here: Here, tmp_path: Path) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    jupyter = Jupyter(tmp_path / "home", f"http://127.0.0.1:{port}", "partiel_x")
    (jupyter.folder / "td1").mkdir()
    (jupyter.folder / "td1" / "td1.ipynb").write_bytes(b"{}")
    (said,) = jupyter(("submit_assignment", "dl", "td1"))
    assert not said["success"] and "does not answer" in said["value"]
    assert (jupyter.folder / "td1" / "td1.ipynb").read_bytes() == b"{}"


def test_the_file_needs_nothing_else_of_ours(tmp_path: Path) -> None:
    """It is copied alone to where students' Jupyter runs."""
    package = tmp_path / "grader"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "exchange.py").write_bytes((ROOT / "grader" / "exchange.py").read_bytes())
    code = "import grader.exchange, sys; print([m for m in sys.modules if m.startswith('grader.')])"
    command = [sys.executable, "-W", "ignore", "-c", code]
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "['grader.exchange']"
