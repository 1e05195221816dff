"""Signing in through a real JupyterHub that runs beside: its login page, its tokens, and what does not get in."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from grader.portal import hub
from tests.portal_course import ADDRESS, Here, here  # noqa: F401 - a fixture

pytest.importorskip("jupyterhub")

CONFIG = """
from jupyterhub.proxy import Proxy

class NoProxy(Proxy):  # nobody starts a server here: the hub alone is asked
    should_start = False
    async def add_route(self, routespec, target, data): pass
    async def delete_route(self, routespec): pass
    async def get_all_routes(self): return {{}}

c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.db_url = "sqlite:///:memory:"
c.JupyterHub.cookie_secret_file = "{folder}/cookie"
c.JupyterHub.load_roles = [{{"name": "user", "scopes": ["self", "access:services"]}}]
c.JupyterHub.services = [{{
    "name": "partiel", "oauth_client_id": "service-partiel", "api_token": "{secret}", "oauth_no_confirm": True,
    "oauth_redirect_uri": "{address}/hub/callback",
}}]
"""
SECRET = "0123456789abcdef" * 2


def free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def jupyterhub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("hub"), free()
    config = folder / "config.py"
    config.write_text(CONFIG.format(public=free(), port=port, folder=folder, secret=SECRET, address=ADDRESS))
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "jupyterhub", "-f", str(config)]
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=dict(os.environ))
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 90
        while True:
            try:
                if httpx.get(f"{address}/hub/api", timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()[-3000:]
            time.sleep(0.3)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def course(here: Here, jupyterhub: str) -> Here:
    (here.root / "hub-secret").write_text(SECRET + "\n")
    file = here.root / "course.toml"
    said = f'[server.jupyterhub]\nurl = "{jupyterhub}"\nclient_id = "service-partiel"\n'
    file.write_text(f'{file.read_text()}\n{said}secret_file = "{here.root}/hub-secret"\n')
    return here


def at_the_hub(client: httpx.Client, name: str, to: str) -> str:
    """From the hub's question to the address it sends the browser back to."""
    said = client.get(to, follow_redirects=True)
    form = re.search(r'name="_xsrf" value="([^"]+)"', said.text)
    assert form, said.text[:2000]
    said = client.post(
        str(said.url), data={"username": name, "password": "x", "_xsrf": form[1]}, headers={"Referer": str(said.url)}
    )
    while said.is_redirect and not said.headers["location"].startswith(ADDRESS):
        said = client.get(said.headers["location"] if "://" in said.headers["location"] else said.next_request.url)  # type: ignore[union-attr]
    return str(said.headers["location"])


def signed_in(course: Here, name: str, to: str = "/") -> tuple[Any, Any]:
    browser = course.client()
    asked = browser.get("/hub/login", params={"to": to})
    with httpx.Client(timeout=30) as elsewhere:
        back = at_the_hub(elsewhere, name, asked.headers["location"])
    return browser, browser.get(back.removeprefix(ADDRESS))


def test_a_student_of_the_hub_is_the_student_of_the_roster(course: Here) -> None:
    browser, said = signed_in(course, "ada", "/")
    assert (said.status_code, said.headers["location"]) == (303, "/")
    page = browser.get("/")
    assert page.status_code == 200 and "Ada Lovelace" in page.text
    with course.desk.db.read() as c:
        from grader.store import audit

        assert ("ada", "sign_in", "hub") in {(line.who, line.what, line.on) for line in audit.lines(c)}


def test_staff_keep_their_role(course: Here) -> None:
    browser, said = signed_in(course, "prof")
    assert said.status_code == 303
    assert "prof" in browser.get("/", follow_redirects=True).text


def test_whoever_is_not_of_the_course_stays_outside(course: Here) -> None:
    browser, said = signed_in(course, "mallory")
    assert said.status_code == 403
    assert browser.get("/a/td1").status_code in (303, 401)


def test_an_answer_is_of_no_use_in_another_browser(course: Here) -> None:
    asked = course.client().get("/hub/login").headers["location"]
    with httpx.Client(timeout=30) as elsewhere:
        back = at_the_hub(elsewhere, "ada", asked)
    victim = course.client()
    assert victim.get(back.removeprefix(ADDRESS)).status_code == 403
    victim.get("/hub/login")  # nor where one of its own was begun
    assert victim.get(back.removeprefix(ADDRESS)).status_code == 403


def test_an_answer_that_took_too_long_or_was_made_up_is_refused(course: Here) -> None:
    browser = course.client()
    asked = browser.get("/hub/login").headers["location"]
    state = parse_qs(urlsplit(asked).query)["state"][0]
    assert browser.get("/hub/callback", params={"code": "made-up", "state": state}).status_code == 403
    assert browser.get("/hub/callback", params={"code": "x", "state": "made-up"}).status_code == 403
    course.clock.jump(hub.LASTS + 1)
    assert browser.get("/hub/callback", params={"code": "x", "state": state}).status_code == 403


def test_nobody_is_sent_elsewhere_afterwards(course: Here) -> None:
    _, said = signed_in(course, "ada", "https://evil.example.org/")
    assert said.headers["location"] == "/"


def test_a_hub_that_is_silent_is_no_fault_of_the_student(course: Here) -> None:
    file = course.root / "course.toml"
    file.write_text(
        re.sub(
            r'url = "http://127.0.0.1:\d+"\nclient_id',
            f'url = "http://127.0.0.1:{free()}"\nclient_id',
            file.read_text(),
        )
    )
    browser = course.client()
    state = parse_qs(urlsplit(browser.get("/hub/login").headers["location"]).query)["state"][0]
    said = browser.get("/hub/callback", params={"code": "x", "state": state})
    assert said.status_code == 502
    assert "JupyterHub ne répond pas" in said.text


def test_names_of_the_hub_are_in_small_letters(course: Here) -> None:
    file = course.root / "students.csv"
    file.write_text(file.read_text() + "Marie,Marie Curie,,,,\n")
    assert hub.known(course.desk, "marie") == "Marie"
    file.write_text(file.read_text() + "MARIE,Another,,,,\n")
    assert hub.known(course.desk, "marie") is None, "two of them: neither is guessed"


def test_without_a_hub_there_is_no_such_door(here: Here) -> None:
    assert here.client().get("/hub/login").status_code == 404
