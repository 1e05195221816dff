"""The server's doors: who may see what, which forms change anything, what is too large or too often."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from grader.portal import doors, pages
from grader.store import audit, released, tokens
from tests.browser import free_port, patiently
from tests.portal_course import ADDRESS, Here, csrf, here, main, sent

__all__ = ["here"]
ROOT = Path(__file__).resolve().parent.parent
UNSAFE = ("/sign-out", "/terminal", "/a/td1/submit")


# ── walls between people ─────────────────────────────────────────────────────


def test_nobody_sees_anybody_elses_work(here: Here) -> None:
    where = sent(here, "ada")
    for who in ("emmy", "evil", "bob", "prof", ""):
        for path in (where, f"{where}/status", f"{where}/receipt", f"{where}/file", f"{where}/feedback"):
            said = here.client(who).get(path)
            assert said.status_code in ((303,) if not who else (403, 404)), f"{who or 'nobody'} {path}"
            assert "Lovelace" not in said.text


def test_a_form_from_elsewhere_changes_nothing(here: Here) -> None:
    me = here.client("ada")
    token = csrf(me.get("/a/td1").text)
    theirs = csrf(here.client("emmy").get("/a/td1").text)
    ours = {"Origin": ADDRESS}
    for path in UNSAFE:
        for fields, headers in (
            ({"csrf": token}, {}),  # no origin at all
            ({"csrf": token}, {"Origin": "https://evil.example"}),
            ({"csrf": token}, {"Origin": "null"}),
            ({"csrf": token}, ours | {"Sec-Fetch-Site": "cross-site"}),
            ({}, ours),
            ({"csrf": ""}, ours),
            ({"csrf": theirs}, ours),
            ({"csrf": token[:-1] + "é"}, ours),
        ):
            file = {"file": ("td1.ipynb", here.notebook("ada"))} if path.endswith("submit") else None
            said = me.post(path, data=fields, files=file, headers=headers)
            assert said.status_code == 403, f"{path} {fields} {headers}"
    assert me.get("/").status_code == 200 and "Essai 1" not in main(me.get("/a/td1").text)


def test_a_cookie_cannot_be_made_or_kept(here: Here) -> None:
    me = here.client("ada")
    cookie = me.cookies[doors.COOKIE]
    said = here.client().get(here.path("ada"))
    assert "HttpOnly" in said.headers["set-cookie"] and "SameSite=lax" in said.headers["set-cookie"]
    forged = here.client()
    for made in (cookie[:-1], cookie.swapcase(), "W10.x", doors.seal(here.desk, "link").dumps(["ada", 0]), "\x00"):
        forged.cookies.clear()
        forged.cookies.set(doors.COOKIE, made)
        assert forged.get("/").status_code == 303
    forged.cookies.clear()
    forged.cookies.set(doors.COOKIE, cookie)
    assert forged.get("/").status_code == 200
    here.post(me, "/sign-out")
    assert forged.get("/").status_code == 303  # signed out is signed out, for a copy of the cookie too
    other = here.client("ada")
    here.clock.jump(8 * 86400)
    assert other.get("/").status_code == 303


def test_a_link_taken_back_opens_nothing_any_more(here: Here) -> None:
    path, me = here.path("ada"), here.client("ada")
    with here.desk.db.write() as c:
        tokens.renew(c, "ada")
    assert here.client().get(path).status_code == 403 and me.get("/").status_code == 303
    assert here.client("ada").get("/").status_code == 200


def test_a_link_of_somebody_else_asks_first(here: Here) -> None:
    """Or a student could be made to hand in under another's name."""
    me = here.client("ada")
    said = me.get(here.path("emmy"))
    assert said.status_code == 200 and "Emmy Noether" in main(said.text) and "Ada Lovelace" in me.get("/").text
    assert me.get("/").headers["content-language"] == "fr"
    here.post(me, here.path("emmy"), on=here.path("emmy"))
    assert "Emmy Noether" in me.get("/").text


def test_links_lead_nowhere_else(here: Here) -> None:
    me = here.client("ada")
    for to in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\tx",
        "javascript:alert(1)",
        "evil.example",
        "\\\\evil",
    ):
        assert me.get("/lang/en", params={"to": to}).headers["location"] == "/"
        assert me.get("/sign-in", params={"to": to}).headers["location"] == "/"
    assert me.get("/lang/en", params={"to": "/a/td1?x=1"}).headers["location"] == "/a/td1?x=1"


# ── hostile names, notebooks, files ──────────────────────────────────────────


def test_every_page_forbids_scripts_of_others_and_frames(here: Here) -> None:
    me = here.client("ada")
    where = here.submit(me, "td1", here.notebook("ada")).headers["location"]
    for path in ("/", "/a/td1", "/terminal", where, "/sign-in", "/nowhere", "/static/style.css"):
        said = me.get(path).headers
        policy = said["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert said["x-content-type-options"] == "nosniff" and said["x-frame-options"] == "DENY"
    for path in ("/", "/a/td1", "/terminal", where):
        page = me.get(path).text
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page), path
        assert me.get(path).headers["cache-control"] == "no-store"


def test_a_name_that_is_a_script_is_a_name(here: Here) -> None:
    me = here.client("evil")
    where = here.submit(me, "td1", here.notebook("evil"), name='"><script>alert(2)</script>.ipynb').headers["location"]
    for path in ("/", "/a/td1", where, "/terminal"):
        page = me.get(path).text
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert "<script>" not in me.get("/static/%3Cscript%3E").text


def test_what_a_notebook_wrote_and_printed_is_shown_and_never_runs(here: Here) -> None:
    evil = "<script>alert(3)</script><img src=x onerror=alert(4)>"
    me = here.client("ada")
    where = here.submit(me, "td1", here.notebook("ada", answer=f"size = 3\nprint({evil!r})\n# {evil}")).headers[
        "location"
    ]
    here.clock.jump(1)
    here.grade()
    with here.desk.db.write() as c:
        released.release(c, "td1", "prof", here.clock())
    page = me.get(f"{where}/feedback").text
    assert "alert(4)" in page and "<script" not in page and "<img src=x" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/a/..%2f..%2fcourse.toml/notebook",
        "/a/td1/files/..%2f..%2f..%2f.partiel%2fsecret",
        "/a/td1/files/....//secret",
        "/static/..%2f..%2fapp.py",
        "/static/../../app.py",
        "/a/td3/notebook",
        "/a/td1%00/notebook",
        "/s/..%2f..%2fsecret",
        "/s/" + "0" * 20,
    ],
)
def test_an_address_leads_to_no_other_file(here: Here, path: str) -> None:
    said = here.client("ada").get(path)
    assert said.status_code == 404 and here.desk.course().secret not in said.text


@pytest.mark.parametrize(
    "name", ["../../../evil.ipynb", "/etc/passwd", "a\nb.ipynb", "$(touch x).ipynb", "x" * 300, ".."]
)
def test_the_name_of_an_upload_names_nothing_here(here: Here, name: str) -> None:
    me = here.client("ada")
    before = set(here.root.parent.rglob("*"))
    assert here.submit(me, "td1", here.notebook("ada"), name=name).status_code == 303
    new = {p.relative_to(here.root).as_posix() for p in set(here.root.parent.rglob("*")) - before if p.is_file()}
    assert all(
        re.fullmatch(r"\.partiel/(handed_in/td1/ada/[0-9a-f]{20}\.ipynb|server\.db(-wal|-shm)?)", one) for one in new
    ), new


# ── how much, how often ──────────────────────────────────────────────────────


def test_what_is_too_large_is_refused_before_it_is_read(here: Here) -> None:
    me = here.client("ada")
    token = csrf(me.get("/a/td1").text)
    large = b"{" + b" " * (1 << 20)
    said = me.post(
        "/a/td1/submit", data={"csrf": token}, files={"file": ("a.ipynb", large)}, headers={"Origin": ADDRESS}
    )
    assert said.status_code == 413 and "dépasse 1 Mio" in main(said.text)
    much = me.post("/a/td1/submit", content=b"x" * (9 << 20), headers={"Origin": ADDRESS})
    assert much.status_code == 413 and "trop gros" in main(much.text)
    form = me.post("/sign-out", content=b"x" * (1 << 17), headers={"Origin": ADDRESS})
    assert form.status_code == 413


def test_a_body_without_an_end_is_cut(here: Here) -> None:
    """It says nothing of its length, and is counted while it comes."""
    read, said = 0, {}

    async def endless() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * (1 << 18), "more_body": read < 400}

    async def send(message: dict[str, Any]) -> None:
        said.update(message)

    path = "/api/v1/assignments/td1/submissions"
    token = [(name.lower().encode(), value.encode()) for name, value in here.token("ada").items()]
    scope = {"type": "http", "method": "PUT", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": token, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "scheme": "http"}
    asyncio.run(here.app({**scope, "http_version": "1.1"}, endless, send))
    assert said["status"] == 413 and set(json.loads(said["body"])) == {"where", "problem", "remedy"}
    assert read < 20  # four times what is taken, for the refusal to be read by who still sends


def test_who_asks_too_often_is_told_when_to_come_back(here: Here) -> None:
    me = here.client("ada")
    codes = [me.get("/static/style.css").status_code for _ in range(3)] + [me.get("/").status_code for _ in range(140)]
    assert codes.count(429) >= 15 and set(codes) == {200, 429}
    said = me.get("/")
    assert said.status_code == 429 and int(said.headers["retry-after"]) >= 1
    assert f"Attendez {said.headers['retry-after']} s, puis recommencez." in main(said.text)
    assert here.client("emmy").get("/").status_code == 200  # nobody else's business
    here.clock.jump(int(said.headers["retry-after"]))
    assert me.get("/").status_code == 200


def test_links_and_tokens_are_not_guessed(here: Here) -> None:
    stranger = here.client()
    codes = [stranger.get(f"/in/guess{n}").status_code for n in range(40)]
    assert codes[:20] == [403] * 20 and set(codes[20:]) == {429}
    guess = {"Authorization": "Bearer guess"}
    assert stranger.get("/api/v1/me", headers=guess).status_code == 429
    here.clock.jump(60)
    assert stranger.get("/api/v1/me", headers=guess).status_code == 401


def test_a_room_of_students_behind_one_address_comes_in_at_once(here: Here) -> None:
    for _ in range(100):
        assert here.client("ada").get("/").status_code in (200, 429)
        assert here.client().get("/sign-in").status_code == 200


def test_uploads_are_counted_by_person(here: Here) -> None:
    codes = [here.submit(here.client("ada"), "td1", b"not a notebook").status_code for _ in range(12)]
    assert codes == [422] * 10 + [429] * 2
    path, token = "/api/v1/assignments/td1/submissions", here.token("ada")
    told = here.client(lang="en").post(path, content=b"not a notebook", headers=token)
    assert told.status_code == 429 and told.headers["retry-after"] == "60"
    assert told.json()["remedy"].replace("\u202f", " ") == "Wait 1 min, then try again."


# ── who did what ─────────────────────────────────────────────────────────────


def test_signing_in_and_handing_in_are_in_the_log(here: Here) -> None:
    sent(here)
    with here.desk.db.read() as c:
        lines = [(one.who, one.what) for one in audit.lines(c)]
        assert audit.torn(c) is None
    assert ("ada", "sign_in") in lines and ("ada", "submit") in lines


def test_a_fault_of_ours_gives_a_number_and_nothing_else(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    from fastapi.testclient import TestClient

    me = here.client("ada")
    made = TestClient(here.app, base_url=ADDRESS, follow_redirects=False, raise_server_exceptions=False)
    made.cookies.update(me.cookies)

    def broken(*_: Any) -> None:
        raise RuntimeError(str(here.root))

    monkeypatch.setattr("grader.portal.facts.held", broken)
    said = made.get("/")
    assert (
        said.status_code == 500
        and str(here.root) not in said.text
        and re.search(r"<code>[0-9a-f]{8}</code>", said.text)
    )
    assert "content-security-policy" in said.headers


def test_the_server_answers_whoever_watches_over_it(here: Here) -> None:
    assert here.client().get("/healthz").text == "ok\n"


def test_no_word_is_missing_or_left_over() -> None:
    from grader.portal.words import REFUSED, SAID

    root = Path(pages.__file__).parents[2]
    used = "".join(p.read_text("utf-8") for p in (root / "templates/portal").glob("*.j2"))
    source = "".join(p.read_text("utf-8") for p in Path(pages.__file__).parent.glob("*.py"))
    for name in SAID:
        known = (
            f"said.{name}" in used or name.startswith("state_") or name in ("graded", "replaced", "aside", "cancelled")
        )
        assert known, f"'{name}' is said nowhere"
    for name in REFUSED:
        assert f'"{name}"' in source.replace(f'    "{name}": (', ""), f"'{name}' refuses nothing"


def test_json_is_told_nothing_of_cookies(here: Here) -> None:
    """The interface for programs believes no cookie: no other site can make a browser use it."""
    me = here.client("ada")
    for method, path in (("GET", "me"), ("GET", "assignments"), ("POST", "assignments/td1/submissions")):
        said = me.request(method, f"/api/v1/{path}", content=here.notebook("ada") if method == "POST" else None)
        assert said.status_code == 401 and json.loads(said.text)["problem"]


# ── the process ──────────────────────────────────────────────────────────────


def test_it_serves_until_it_is_stopped(here: Here) -> None:
    port = free_port()
    code = f"from pathlib import Path; from grader import portal; portal.serve(Path('.'), port={port})"
    running = subprocess.Popen([sys.executable, "-c", code], cwd=here.root, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:

        def up() -> Any:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as said:
                return said.headers if said.read() == b"ok\n" else None

        headers = patiently(up, "the server")
        assert "server" not in headers and "frame-ancestors 'none'" in headers["content-security-policy"]
    finally:
        running.send_signal(signal.SIGTERM)
        ended = running.wait(60)
    assert ended in (0, -signal.SIGTERM)


def test_without_the_servers_packages_it_says_what_to_install(here: Here) -> None:
    code = (
        "import sys; sys.modules['fastapi'] = None\n"
        "from pathlib import Path; from grader import portal\n"
        "from grader.errors import UsageError\n"
        "try: portal.create(Path('.'))\n"
        "except UsageError as error: print(error.remedy)\n"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=here.root, env=env, capture_output=True, text=True, check=True
    )
    assert "pip install 'partiel[server]'" in said.stdout
