"""Commands around the server: handing in from a terminal, everybody's links, a folder that others can read."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen

import pytest

from grader.cli import serving
from grader.course.secret import open_to_others
from grader.store import receipts
from tests.browser import free_port, patiently
from tests.portal_course import Here, here
from tests.test_cli import Partiel, partiel
from tests.test_layers import PACKAGE, imports

__all__ = ["here", "partiel"]
ROOT = Path(__file__).resolve().parent.parent
File = Callable[..., str]


@pytest.fixture
def file(here: Here, tmp_path: Path) -> File:
    """A notebook of ada's in her own folder, under this name; what it says of itself, if that changes."""

    def write(name: str, claim: str | None = "td1", answer: str = "size = 3") -> str:
        notebook = json.loads(here.notebook("ada", answer=answer))
        notebook["metadata"]["partiel"] = {} if claim is None else {"assignment": claim}
        home = tmp_path / "ada"
        home.mkdir(exist_ok=True)
        (home / name).write_text(json.dumps(notebook))
        return str(home / name)

    return write


@pytest.fixture
def as_ada(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTIEL_TOKEN", here.token("ada")["Authorization"].removeprefix("Bearer "))


@pytest.fixture
def served(here: Here, as_ada: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with here.serve() as address:
        monkeypatch.setenv("PARTIEL_URL", address)
        yield address


def received(here: Here) -> list[receipts.Receipt]:
    with here.desk.db.read() as c:
        return [one for id in ("td1", "td2") for one in receipts.of_assignment(c, id)]


# ── handing in ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("td1.ipynb", None),
        ("td1.ipynb", "td2"),
        ("td1 (1).ipynb", None),
        ("td1(12).ipynb", None),
        ("rendu.ipynb", "td1"),
    ],
    ids=("name", "name-first", "downloaded-twice", "no-space", "renamed"),
)
def test_the_assignment_is_guessed(
    here: Here, served: str, partiel: Partiel, file: File, name: str, claim: str | None
) -> None:
    said = partiel("submit", file(name, claim))
    assert said.code == 0, said.err
    assert said.out.startswith("Received: td1, attempt 1") and [one.assignment for one in received(here)] == ["td1"]


def test_what_cannot_be_guessed_is_asked_for(here: Here, served: str, partiel: Partiel, file: File) -> None:
    for words, problem in (
        ([file("rendu.ipynb", None)], "nothing says which assignment it is"),
        ([file("rendu.ipynb", "td9")], "nothing says which assignment it is"),
        ([file("td1.ipynb"), "--assignment", "td 1"], "'td 1' is no assignment of yours"),
    ):
        said = partiel("submit", *words)
        assert said.code == 2 and problem in said.err
        assert "--assignment" in said.err and "td1, td2, exam" in said.err
    assert partiel("submit", file("rendu.ipynb", None), "--assignment", "td1").code == 0


def test_what_is_for_machines_is_json_and_nothing_else(here: Here, served: str, partiel: Partiel, file: File) -> None:
    given = json.loads(partiel("submit", file("td1.ipynb"), "--json").out)
    here.clock.jump(1)
    here.grade()
    said = partiel("submit", file("td1.ipynb"), "--wait", "--json")
    assert said.code == 0 and json.loads(said.out)["level"] == "coarse"
    assert f"Received: td1, attempt {given['attempt']}" in said.err


def test_what_was_odd_about_the_file_is_said(here: Here, served: str, partiel: Partiel, file: File) -> None:
    partiel("submit", file("td1.ipynb", "td2"))
    here.clock.jump(1)
    here.grade()
    said = partiel("submit", file("td1.ipynb", "td2"), "--wait").out
    assert "un autre devoir (td2)" in said and "size: done" in said


def test_a_server_that_stops_once_it_was_handed_in_is_no_reason_to_say_otherwise(
    here: Here, as_ada: None, partiel: Partiel, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as running:
        monkeypatch.setenv("PARTIEL_URL", running.enter_context(here.serve()))
        monkeypatch.setattr(serving, "time", SimpleNamespace(sleep=lambda _: running.close()))  # it is queued by then
        said = partiel("submit", file("td1.ipynb"), "--wait")
    assert said.code == 1 and said.out.startswith("Received: td1, attempt 1")
    assert "It was handed in" in said.err and "Nothing was handed in" not in said.err
    again = partiel("submit", file("td1.ipynb"))
    assert again.code == 1 and "Nothing was handed in" in again.err, "nobody is there any more"


@contextmanager
def cut_short(address: str) -> Iterator[str]:
    """A proxy that passes everything on, and loses the answers to what is sent."""

    class Relay(http.server.BaseHTTPRequestHandler):
        def _ask(self) -> Any:
            size = int(self.headers.get("Content-Length", "0"))
            headers = {name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers}
            return urlopen(Request(address + self.path, self.rfile.read(size) or None, headers), timeout=30)

        def do_GET(self) -> None:
            with self._ask() as answer:
                self.send_response(answer.status)
                self.end_headers()
                self.wfile.write(answer.read())

        def do_POST(self) -> None:
            self._ask().close()

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_file_whose_answer_is_lost_may_be_sent_again(here: Here, served: str, partiel: Partiel, file: File) -> None:
    with cut_short(served) as proxy:
        said = partiel("submit", file("td1.ipynb"), "--to", proxy)
    assert said.code == 1 and "It may have been received: send the same file again" in said.err
    assert len(received(here)) == 1, "as it was"
    again = partiel("submit", file("td1.ipynb"))
    assert again.out.startswith("Received: td1, attempt 1") and len(received(here)) == 1


# ── links ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("lang", "separator"), [("fr", ";"), ("en", ",")])
def test_links_open_in_columns_as_marks_do(
    here: Here, partiel: Partiel, monkeypatch: pytest.MonkeyPatch, lang: str, separator: str
) -> None:
    course = here.root / "course.toml"
    course.write_text(course.read_text().replace('lang = "fr"', f'lang = "{lang}"'))
    monkeypatch.chdir(here.root)
    said = partiel("links")
    assert said.out.startswith("\ufeff" + separator.join(("id", "name", "email", "link\r\nada")))
    sent = here.post(here.client("prof", lang), "/staff/links/all.csv", on="/staff/links")
    assert sent.content == said.out.encode(), "the page gives the same file: the students', and nobody of the staff"


def test_what_the_pages_import_comes_with_their_extra() -> None:
    """By another extra alone, a page would offer what a server cannot do."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    mine, others = ({re.split(r"[^\w.-]", one)[0] for one in extras[name]} for name in ("server", "quiz"))
    late = re.compile(r'import_module\("(\w+)')
    files = sorted((PACKAGE / "portal").rglob("*.py"))
    used = {name.split(".")[0] for file in files for name in (*imports(file), *late.findall(file.read_text("utf-8")))}
    assert "openpyxl" in used and used & (others - mine) == set()


# ── the folder ───────────────────────────────────────────────────────────────


@pytest.fixture
def seen_by_all(here: Here) -> Iterator[Path]:
    """The course in a folder that every account can get to."""
    with tempfile.TemporaryDirectory() as open_folder:
        Path(open_folder).chmod(0o755)
        if not all(one.stat().st_mode & 0o001 for one in Path(open_folder).parents):
            pytest.skip("temporary files of this machine are nobody else's")
        yield Path(shutil.copytree(here.root, Path(open_folder) / "my course"))


@pytest.mark.parametrize(
    ("mode", "warned"), [(0o755, True), (0o705, True), (0o751, True), (0o750, False), (0o700, False)], ids=oct
)
def test_a_folder_is_open_where_everyone_gets_in(seen_by_all: Path, mode: int, warned: bool) -> None:
    seen_by_all.chmod(mode)
    assert open_to_others(seen_by_all) is warned
    seen_by_all.parent.chmod(0o700)
    assert not open_to_others(seen_by_all), "nobody gets as far"


def up(address: str) -> bool:
    with urlopen(address, timeout=5) as said:
        return bool(said.status == 200)


def test_serve_says_that_every_account_reads_the_course(seen_by_all: Path) -> None:
    for mode, warned in ((0o755, 1), (0o700, 0)):
        seen_by_all.chmod(mode)
        address = f"http://127.0.0.1:{(port := free_port())}/healthz"
        with (seen_by_all.parent / "said").open("w+") as said:
            running = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "grader", "serve", "--no-work", "--port", str(port)],
                cwd=seen_by_all, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=said,
            )  # fmt: skip
            try:
                patiently(partial(up, address), "the server")
            finally:
                running.send_signal(signal.SIGTERM)
                running.wait(60)
            said.seek(0)
            assert said.read().count(f"chmod 700 '{seen_by_all}'") == warned
