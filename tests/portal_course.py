"""A small course for the server's tests: four assignments, a few students, staff, and a clock that a test moves.

    from tests.portal_course import Here, here  # the fixture must be in the test's module

    def test_x(here: Here) -> None:
        ada = here.client("ada")                # signed in through her personal link
        page = ada.get("/a/td1")
        here.clock.jump(3600)
        here.post(ada, "/sign-out")             # a form, with its token

Assignments: td1 (open, 3 attempts), td2 (its deadline has passed, late copies are refused), td3 (not released),
exam (anonymous, shared by groups, best attempt counts, a pause of ten minutes).
"""

from __future__ import annotations

import html
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from grader import lock, notebook
from grader.portal import create, links
from tests.conftest import Desk as Folder

ADDRESS = "http://127.0.0.1:8000"
START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC).timestamp()

COURSE = """\
[course]
id = "dl"
title = "Apprentissage profond"
lang = "fr"

[server]
url = "{address}"
largest = 1

[staff]
prof = "instructor"
bob = "assistant"

[assignments.td1]
title = "TD 1 : convolutions"
exercises = ["tiny"]
attempts = 3
due = 2026-12-08T23:59:00+01:00

[assignments.td2]
title = "TD 2 : perceptrons"
exercises = ["tiny", "tiny"]
due = 2026-11-30T23:59:00+01:00
late = false

[assignments.td3]
title = "TD 3"
exercises = ["tiny"]

[assignments.exam]
title = "Partiel"
exercises = ["tiny"]
anonymous = true
counts = "best"
cool_down = "10 min"
feedback = "none"
release = "deadline"
due = 2026-12-01T12:00:00+01:00
"""
ROSTER = '''\
id,name,email,lang,group,withdrawn
ada,Ada Lovelace,ada@example.org,,,
emmy,Emmy Noether,,en,,
grace,Grace Hopper,,en,pair,
alan,Alan Turing,,en,pair,
evil,"<script>alert(1)</script> & ""Bob""",,fr,,
kurt,Kurt Gödel,,,,yes
'''
RELEASED = ("td1", "td2", "exam")


@dataclass
class Clock:
    """The server's time: it stands still until a test moves it."""

    at: float = START

    def __call__(self) -> float:
        return self.at

    def jump(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class Here:
    """A course, its application, and whoever visits it."""

    root: Path
    clock: Clock
    app: FastAPI
    folder: Folder
    _open: list[TestClient] = field(default_factory=list)

    @property
    def desk(self) -> Any:
        return self.app.state.desk

    def client(self, who: str = "", lang: str = "") -> TestClient:
        """A browser of its own; signed in as somebody, or as nobody."""
        made = TestClient(self.app, base_url=ADDRESS, follow_redirects=False, raise_server_exceptions=True)
        self._open.append(made)
        if who:
            said = made.get(self.path(who))
            assert said.status_code == 303, said.text
        if lang:
            made.get(f"/lang/{lang}")
        return made

    def path(self, who: str) -> str:
        """Of a personal link, without the host."""
        return links.link(self.desk, who).removeprefix(ADDRESS)

    def post(self, client: TestClient, path: str, files: Any = None, on: str = "/", **fields: str) -> Any:
        """A form as a browser sends it: with the token of the page it is on, and its origin."""
        data = {"csrf": csrf(client.get(on, follow_redirects=True).text), **fields}
        return client.post(path, data=data, files=files, headers={"Origin": ADDRESS})

    def submit(self, client: TestClient, assignment: str, data: bytes, name: str = "") -> Any:
        """Also where the assignment's page has no form for it."""
        file = (name or f"{assignment}.ipynb", data, "application/x-ipynb+json")
        return self.post(client, f"/a/{assignment}/submit", files={"file": file}, on="/terminal")

    @contextmanager
    def serve(self, **how: Any) -> Iterator[str]:
        """On a port of this machine, for a browser or for curl. Gives its address."""
        import uvicorn

        from grader.portal import connections

        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        config = connections.config(self.app, "127.0.0.1", port, **how)
        config.lifespan = "off"
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(30)

    def grade(self) -> list[str]:
        """All that waits, by the real worker's hands (without walls). How each ended."""
        from grader import content
        from grader.dispatch.perform import Bench, Said
        from grader.store import jobs

        content.load.cache_clear()  # the real one is a process of its own
        bench, ends = Bench(self.root, Said(trust=True), "test", self.clock), []
        try:
            while True:
                with bench.db.write() as c:
                    job = jobs.take(c, "test", self.clock(), 600, gpu=None)
                if job is None:
                    return ends
                ends.append(bench.perform(job).end)
        finally:
            bench.close()

    def token(self, who: str, role: str = "") -> dict[str, str]:
        """Headers of a program that acts for somebody."""
        from grader.store import tokens

        person = self.desk.person(who)
        with self.desk.db.write() as c:
            made = tokens.make(c, who, role or person.role, "test", self.clock())
        return {"Authorization": f"Bearer {made}"}

    def notebook(self, who: str, assignment: str = "td1", answer: str = "size = 3", extra: str = "") -> bytes:
        """This student's copy, answered; ``answer`` and ``extra`` only make two copies differ, or be hostile."""
        sheet = lock.read(self.desk.course(), assignment).sheet(who)
        made = notebook.compose(sheet)
        for cell in made["cells"]:
            if cell["id"].endswith("-size"):
                cell["source"] = answer
            if cell["id"].endswith("-grow"):
                cell["source"] = f"def grow(x):\n    return x + 1{extra}\n"
        return json.dumps(made).encode()


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "this page has no form"
    return found[1]


def main(page: str) -> str:
    """What a page says, without its frame and its marks."""
    inside = page[page.index("<main") : page.index("</main>")]
    text = html.unescape(re.sub(r"<[^>]+>", " ", inside)).replace("\u202f", " ").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text).strip()


def sent(here: Here, who: str = "ada", assignment: str = "td1", **how: str) -> str:
    """The address of an attempt that was taken in."""
    said = here.submit(here.client(who), assignment, here.notebook(who, assignment, **how))
    assert said.status_code == 303, main(said.text)
    return str(said.headers["location"])


def write(folder: Path) -> None:
    """``course.toml`` and ``students.csv`` of the small course."""
    (folder / "course.toml").write_text(COURSE.format(address=ADDRESS), "utf-8")
    (folder / "students.csv").write_text(ROSTER, "utf-8")


def released(desk: Folder) -> None:
    """Its assignments as ``partiel generate`` hands them out, but for nbgrader's gradebook, which takes seconds."""
    from grader import release

    for id in RELEASED:
        course = desk.load()
        release.notebooks(course, lock.write(course, course.assignments[id]), shared=False)


@pytest.fixture
def here(desk: Folder) -> Iterator[Here]:
    write(desk.root)
    released(desk)
    clock = Clock()
    made = Here(desk.root, clock, create(desk.root, clock), desk)
    yield made
    for one in made._open:
        one.close()
    made.desk.close()
