"""A real JupyterHub that runs beside: its login page, a session that it starts, their tokens; what does not get in."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from grader import intake
from grader.exchange import CONFIG as EXCHANGE
from grader.portal import hub
from grader.portal.jupyterhub import KEPT, answers, known
from grader.store import receipts
from tests.portal_course import ADDRESS, Here, here, sent  # noqa: F401 - a fixture

pytest.importorskip("jupyterhub")

CONFIG = """
from jupyterhub.proxy import Proxy

class NoProxy(Proxy):  # the hub and the session that it starts are asked where they are
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
c.JupyterHub.load_roles = [
    {{"name": "user", "scopes": ["self", "access:services"]}},
    {{"name": "admins", "services": ["admin"], "scopes":
        ["admin:users", "admin:servers", "admin:server_state", "access:servers", "shares", "tokens"]}},
    {{"name": "namesakes", "services": ["ada"], "scopes": ["access:servers!user=ada"]}},
]
c.JupyterHub.services = [
    {{
        "name": "partiel", "oauth_client_id": "service-partiel", "api_token": "{secret}", "oauth_no_confirm": True,
        "oauth_redirect_uri": "{address}/hub/callback",
    }},
    {{"name": "admin", "api_token": "{admin}"}},
    {{"name": "ada", "api_token": "{namesake}"}},
]
c.JupyterHub.spawner_class = "simple"  # a session is a process of this user, wherever it is
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/{{username}}"
c.Spawner.cmd = ["{python}", "-W", "ignore", "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
"""
SECRET, ADMIN, NAMESAKE = "0123456789abcdef" * 2, "a" * 32, "b" * 32
ROOT = Path(__file__).resolve().parent.parent


def free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def jupyterhub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("hub"), free()
    config = folder / "config.py"
    tokens = {"secret": SECRET, "admin": ADMIN, "namesake": NAMESAKE}
    text = CONFIG.format(public=free(), port=port, folder=folder, address=ADDRESS, python=sys.executable, **tokens)
    config.write_text(text)
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-W", "ignore", "-m", "jupyterhub", "-f", str(config)]
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=env)
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


def known_there(client: httpx.Client, name: str, to: str) -> httpx.Response:
    """Signed in on the hub's page, which ``to`` leads to."""
    said = client.get(to, follow_redirects=True)
    form = re.search(r'name="_xsrf" value="([^"]+)"', said.text)
    assert form, said.text[:2000]
    return client.post(
        str(said.url), data={"username": name, "password": "x", "_xsrf": form[1]}, headers={"Referer": str(said.url)}
    )


def at_the_hub(client: httpx.Client, name: str, to: str) -> str:
    """From the hub's question to the address it sends the browser back to."""
    said = known_there(client, name, to)
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
    assert known(course.desk, "marie") == "Marie"
    file.write_text(file.read_text() + "MARIE,Another,,,,\n")
    assert known(course.desk, "marie") is None, "two of them: neither is guessed"


def test_without_a_hub_there_is_no_such_door(here: Here) -> None:
    assert here.client().get("/hub/login").status_code == 404


# ── programs of a session ────────────────────────────────────────────────────


@dataclass(frozen=True)
class Session:
    """Ada's single-user server, as the hub started it: where it listens, where it works, and the token it was given."""

    hub: str
    url: str
    home: Path
    token: str

    def ask(self, method: str, path: str, **form: str) -> Any:
        """What its pages ask of it."""
        said = httpx.request(method, f"{self.url}{path}", data=form or None, headers=bearer(self.token), timeout=60)
        assert said.status_code == 200, said.text
        return said.json()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def told(hub: str, method: str, path: str, **said: Any) -> Any:
    """The hub does what its administrator says."""
    answer = httpx.request(method, f"{hub}/hub/api{path}", json=said or None, headers=bearer(ADMIN), timeout=60)
    assert answer.status_code < 400 or answer.status_code == 409, answer.text  # 409: somebody known already
    return answer.json() if answer.content else None


def ready(hub: str) -> dict[str, Any] | None:
    one = told(hub, "GET", "/users/ada")["servers"].get("", {})
    return one["state"] if one.get("ready") else None


@pytest.fixture
def session(jupyterhub: str) -> Session:
    """Started by the first test that asks for it."""
    for name in ("ada", "emmy"):
        told(jupyterhub, "POST", f"/users/{name}")
    if not ready(jupyterhub):
        told(jupyterhub, "POST", "/users/ada/server")
    end = time.monotonic() + 120
    while not (state := ready(jupyterhub)):
        assert time.monotonic() < end
        time.sleep(0.2)
    lines = Path(f"/proc/{state['pid']}/environ").read_text().split("\0")
    env = dict(line.split("=", 1) for line in lines if "=" in line)
    return Session(jupyterhub, env["JUPYTERHUB_SERVICE_URL"], Path(env["HOME"]), env["JUPYTERHUB_API_TOKEN"])


def test_the_assignment_list_of_a_session_needs_nothing_but_the_address(course: Here, session: Session) -> None:
    """nbgrader's own extension in the server that the hub started, with the token that the hub gave it."""
    with course.serve() as url:
        (session.home / "nbgrader_config.py").write_text("c = get_config()\n" + EXCHANGE.format(url=url))
        listed = session.ask("GET", "assignments?course_id=dl")
        assert listed["success"], listed
        assert {one["assignment_id"] for one in listed["value"]} == {"td1", "td2", "exam"}
        assert session.ask("POST", "assignments/fetch", course_id="dl", assignment_id="td1")["success"]
        mine = session.home / "td1" / "td1.ipynb"
        assert mine.read_bytes() == (course.root / "release/ada/td1/td1.ipynb").read_bytes(), "her own numbers"
        mine.write_bytes(course.notebook("ada"))
        submitted = session.ask("POST", "assignments/submit", course_id="dl", assignment_id="td1")
        assert submitted["success"], submitted
    with course.desk.db.read() as c:
        (given,) = receipts.of_copy(c, "td1", "ada")
    assert given.student == "ada"
    assert intake.bytes_of(course.desk.course(), given).read_bytes() == course.notebook("ada")


def test_the_token_of_a_session_is_its_student_and_no_more(course: Here, session: Session) -> None:
    mine, theirs = sent(course, "ada").removeprefix("/s/"), sent(course, "emmy").removeprefix("/s/")
    program, headers = course.client(), bearer(session.token)
    me = program.get("/api/v1/me", headers=headers).json()
    assert (me["id"], me["role"]) == ("ada", "student")
    got = {
        f"{method} {path}": program.request(method, f"/api/v1{path}", headers=headers).status_code
        for method, path in (
            ("GET", "/assignments/td1/notebook"),
            ("GET", f"/submissions/{mine}/receipt"),
            ("GET", f"/submissions/{theirs}/receipt"),
            ("GET", "/assignments/td1/results"),
            ("GET", "/queue"),
            ("POST", "/assignments/td1/release"),
        )
    }
    assert list(got.values()) == [200, 200, 404, 403, 403, 403], got
    assert program.get("/a/td1", headers=headers).status_code == 303, "it opens no page"


def test_a_token_left_in_somebody_elses_session_is_not_its_persons(course: Here, session: Session) -> None:
    """Emmy looks into Ada's session, which Ada shared: what runs there gets a token of the hub in Emmy's name."""
    told(session.hub, "POST", "/shares/ada/", user="emmy")
    asked = {"client_id": "jupyterhub-user-ada", "redirect_uri": "/user/ada/oauth_callback", "response_type": "code"}
    with httpx.Client(timeout=30) as browser:
        known_there(browser, "emmy", f"{session.hub}/hub/login")
        page = browser.get(f"{session.hub}/hub/api/oauth2/authorize", params=asked | {"state": "x"})
        form = [found.groups() for found in re.finditer(r'name="(_xsrf|scopes)"\s+value="([^"]*)"', page.text)]
        agreed: dict[str, list[str]] = {}
        for name, value in form:
            agreed.setdefault(name, []).append(value)
        back = browser.post(str(page.url), data=agreed, headers={"Referer": str(page.url)})
    code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
    said = {**asked, "client_secret": session.token, "grant_type": "authorization_code", "code": code}
    left = httpx.post(f"{session.hub}/hub/api/oauth2/token", data=said, timeout=30).json()["access_token"]
    known = httpx.get(f"{session.hub}/hub/api/user", headers=bearer(left), timeout=30).json()
    assert known["name"] == "emmy" and "access:servers!server=ada/" in known["scopes"], "the hub believes it"
    assert course.client().get("/api/v1/me", headers=bearer(left)).status_code == 401


@pytest.mark.parametrize(
    ("scopes", "opens"),
    [
        (["access:servers!server=ada/"], True),
        (["inherit"], True),  # of all that she may
        (["read:users:name!user=ada"], False),
        (["access:services!service=partiel", "read:users:name!user=ada"], False),
    ],
    ids=["her session", "all", "her name", "another service"],
)
def test_a_token_that_she_made_at_the_hub_is_hers_where_it_opens_her_session(
    course: Here, session: Session, scopes: list[str], opens: bool
) -> None:
    made = told(session.hub, "POST", "/users/ada/tokens", scopes=scopes)["token"]
    assert course.client().get("/api/v1/me", headers=bearer(made)).status_code == (200 if opens else 401)


def test_a_service_of_the_hub_is_nobody(course: Here, jupyterhub: str) -> None:
    """Not even one that goes by a student's name."""
    said = httpx.get(f"{jupyterhub}/hub/api/user", headers=bearer(NAMESAKE), timeout=30).json()
    assert (said["name"], said["kind"]) == ("ada", "service")
    for token in (NAMESAKE, ADMIN, SECRET):
        assert course.client().get("/api/v1/me", headers=bearer(token)).status_code == 401


def test_a_session_that_has_ended_leaves_no_token_behind(course: Here, session: Session) -> None:
    assert course.client().get("/api/v1/me", headers=bearer(session.token)).status_code == 200
    told(session.hub, "DELETE", "/users/ada/server")
    end = time.monotonic() + 30
    while course.client().get("/api/v1/me", headers=bearer(session.token)).status_code != 401:
        assert time.monotonic() < end
        course.clock.jump(KEPT)  # so long the hub's word is taken
        time.sleep(0.2)


# ── a whole hub behind one address ───────────────────────────────────────────


def made(hub: str, name: str) -> dict[str, str]:
    """What a program of theirs brings."""
    told(hub, "POST", f"/users/{name}")
    return bearer(told(hub, "POST", f"/users/{name}/tokens", scopes=["inherit"])["token"])


def test_those_of_the_hub_who_are_not_of_the_course_lock_nobody_out(course: Here, jupyterhub: str) -> None:
    stranger, ada, program = made(jupyterhub, "mallory"), made(jupyterhub, "ada"), course.client()
    for _ in range(3):
        guesses = [program.get("/api/v1/me", headers=stranger).status_code for _ in range(30)]
        assert guesses == [401] * 30
    assert program.get("/api/v1/me", headers=ada).json()["id"] == "ada"
    limits, address = course.app.state.limits, "testclient"
    assert limits.failures.wait(address) == 0 and limits.failures._left == {}
    assert len(limits.strangers._left) == 1, "they are counted all the same"


def test_a_flood_of_wrong_tokens_keeps_out_nobody_whom_the_hub_has_just_vouched_for(
    course: Here, jupyterhub: str
) -> None:
    ada, program = made(jupyterhub, "ada"), course.client()
    assert program.get("/api/v1/me", headers=ada).status_code == 200

    def flood(count: int) -> list[int]:
        return [program.get("/api/v1/me", headers=bearer(f"wrong-{n}")).status_code for n in range(count)]

    codes = flood(30)
    assert codes == [401] * 20 + [429] * 10, "each is counted once"
    assert program.get("/api/v1/me", headers=ada).status_code == 200
    course.clock.jump(KEPT)
    assert flood(11)[-1] == 429
    assert program.get("/api/v1/me", headers=ada).status_code == 429, "a minute, and no longer"


def test_the_word_of_the_hub_is_forgotten_with_the_sign_in_and_bounded(
    course: Here, jupyterhub: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, emmy = made(jupyterhub, "ada"), made(jupyterhub, "emmy")
    browser, program = course.client("ada"), course.client()
    kept = answers(course.desk)._said
    assert program.get("/api/v1/me", headers=ada).status_code == 200 and len(kept) == 1
    assert not any(ada["Authorization"].split()[1] in key for key in kept), "only its hash is kept"
    course.post(browser, "/sign-out")
    assert not kept
    monkeypatch.setattr("grader.portal.jupyterhub.MANY", 1)
    for headers in (ada, emmy):
        assert program.get("/api/v1/me", headers=headers).status_code == 200
    assert [name for _, name in kept.values()] == ["emmy"]


def test_a_wrong_token_is_counted_once(here: Here) -> None:
    """Also of the server's own, and for the page that says no."""
    program = here.client()
    codes = [program.get("/api/v1/me", headers=bearer(f"partiel_guess{n}")).status_code for n in range(22)]
    assert codes == [401] * 20 + [429] * 2
