"""Every route × every role × objects of all kinds, against a table that says what each may: a new route fails here."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from grader import anonymity
from grader.portal import create, links
from grader.portal.staff import again, background, classes
from grader.store import jobs
from tests.portal_course import ADDRESS, Here, csrf, here, sent

__all__ = ["here"]
ROLES = ("", "ada", "emmy", "bob", "prof")  # nobody, who the objects are of, another student, assistant, instructor
TABLE = """
GET  /                                               303 200 200 303 303
GET  /a/{assignment}                                 303 200 200 403 403
GET  /a/{assignment}/files/{name}                    303 404 404 403 403
GET  /a/{assignment}/notebook                        303 200 200 403 403
GET  /api/v1/assignments                             401 401 401 401 401
GET  /api/v1/assignments/{assignment}                401 401 401 401 401
GET  /api/v1/assignments/{assignment}/files/{name}   401 401 401 401 401
GET  /api/v1/assignments/{assignment}/notebook       401 401 401 401 401
GET  /api/v1/assignments/{assignment}/results        401 401 401 401 401
GET  /api/v1/assignments/{assignment}/submissions    401 401 401 401 401
GET  /api/v1/me                                      401 401 401 401 401
GET  /api/v1/openapi.json                            200 200 200 200 200
GET  /api/v1/queue                                   401 401 401 401 401
GET  /api/v1/submissions/{id}                        401 401 401 401 401
GET  /api/v1/submissions/{id}/feedback               401 401 401 401 401
GET  /api/v1/submissions/{id}/feedback.html          401 401 401 401 401
GET  /api/v1/submissions/{id}/receipt                401 401 401 401 401
GET  /build                                          303 404 404 403 200
GET  /build/file                                     303 404 404 403 400
GET  /build/preview                                  303 404 404 403 200
GET  /build/preview/{of}                             303 404 404 403 200
GET  /build/x/{id}                                   303 404 404 403 200
GET  /build/x/{id}/page                              303 404 404 403 200
GET  /healthz                                        200 200 200 200 200
GET  /hub/callback                                   404 404 404 404 404
GET  /hub/login                                      404 404 404 404 404
GET  /in/{token}                                     403 403 403 403 403
GET  /lang/{lang}                                    303 303 303 303 303
GET  /lti/jwks                                       404 404 404 404 404
GET  /lti/login                                      404 404 404 404 404
GET  /s/{id}                                         303 200 404 403 403
GET  /s/{id}/feedback                                303 403 404 403 403
GET  /s/{id}/file                                    303 200 404 403 403
GET  /s/{id}/receipt                                 303 200 404 403 403
GET  /s/{id}/status                                  303 200 404 403 403
GET  /s/{id}/weights                                 303 404 404 403 403
GET  /sign-in                                        200 303 303 303 303
GET  /staff                                          303 404 404 200 200
GET  /staff/a/{assignment}                           303 404 404 200 200
GET  /staff/a/{assignment}/marks.csv                 303 404 404 409 409
GET  /staff/a/{assignment}/regrade                   303 404 404 200 200
GET  /staff/a/{assignment}/report                    303 404 404 200 200
GET  /staff/a/{assignment}/s/{student}               303 404 404 200 200
GET  /staff/a/{assignment}/s/{student}/{id}/feedback 303 404 404 404 404
GET  /staff/a/{assignment}/s/{student}/{id}/file     303 404 404 200 200
GET  /staff/a/{assignment}/s/{student}/{id}/receipt  303 404 404 200 200
GET  /staff/a/{assignment}/s/{student}/{id}/weights  303 404 404 404 404
GET  /staff/audit                                    303 404 404 403 200
GET  /staff/audit.csv                                303 404 404 403 200
GET  /staff/links                                    303 404 404 403 200
GET  /staff/live                                     303 404 404 200 200
GET  /staff/lti                                      303 404 404 403 200
GET  /staff/lti/choose                               303 404 404 403 403
GET  /staff/roster                                   303 404 404 403 200
GET  /static/{name}                                  200 200 200 200 200
GET  /terminal                                       303 200 200 200 200
POST /a/{assignment}/submit                          401 422 422 403 403
POST /api/v1/assignments/{assignment}/release        401 401 401 401 401
POST /api/v1/assignments/{assignment}/submissions    401 401 401 401 401
POST /build/draft                                    401 404 404 403 303
POST /build/file                                     401 404 404 403 400
POST /in/{token}                                     401 403 403 403 403
POST /lti/launch                                     404 404 404 404 404
POST /lti/login                                      404 404 404 404 404
POST /sign-out                                       401 303 303 303 303
POST /staff/a/{assignment}/hand-out                  401 404 404 403 303
POST /staff/a/{assignment}/hold                      401 404 404 403 303
POST /staff/a/{assignment}/names                     401 404 404 403 303
POST /staff/a/{assignment}/regrade                   401 404 404 303 303
POST /staff/a/{assignment}/regrade/accept            401 404 404 403 303
POST /staff/a/{assignment}/regrade/drop              401 404 404 303 303
POST /staff/a/{assignment}/release                   401 404 404 403 303
POST /staff/a/{assignment}/s/{student}/lift          401 404 404 403 422
POST /staff/a/{assignment}/s/{student}/override      401 404 404 403 422
POST /staff/jobs/{number}/again                      401 404 404 303 303
POST /staff/jobs/{number}/cancel                     401 404 404 403 422
POST /staff/links/all.csv                            401 404 404 403 200
POST /staff/links/renew                              401 404 404 403 404
POST /staff/links/renew-all                          401 404 404 403 303
POST /staff/links/revoke                             401 404 404 403 404
POST /staff/lti/choose                               401 404 404 403 403
POST /staff/lti/people                               401 404 404 403 404
POST /staff/roster                                   401 404 404 403 422
POST /staff/roster/accept                            401 404 404 403 404
POST /terminal                                       401 200 200 200 200
PUT  /api/v1/assignments/{assignment}/submissions    401 401 401 401 401
"""
WITH_TOKENS = """
GET  /api/v1/assignments                             200 200 403 403
GET  /api/v1/assignments/{assignment}                200 200 403 403
GET  /api/v1/assignments/{assignment}/files/{name}   404 404 403 403
GET  /api/v1/assignments/{assignment}/notebook       200 200 403 403
GET  /api/v1/assignments/{assignment}/results        403 403 403 200
GET  /api/v1/assignments/{assignment}/submissions    200 200 403 403
GET  /api/v1/me                                      200 200 200 200
GET  /api/v1/openapi.json                            200 200 200 200
GET  /api/v1/queue                                   403 403 403 200
GET  /api/v1/submissions/{id}                        200 404 403 403
GET  /api/v1/submissions/{id}/feedback               200 404 403 403
GET  /api/v1/submissions/{id}/feedback.html          403 404 403 403
GET  /api/v1/submissions/{id}/receipt                200 404 403 403
POST /api/v1/assignments/{assignment}/release        403 403 403 200
POST /api/v1/assignments/{assignment}/submissions    422 422 403 403
PUT  /api/v1/assignments/{assignment}/submissions    422 422 403 403
"""
MADE = (
    "nothing",
    "0" * 20,
    "td3",
    "kurt",
    "..%2f..%2fcourse.toml",
    "..%5c..%5csecret",
    "%00",
    "a" * 3000,
    "%F0%9F%92%A9",
)


def expected(table: str) -> dict[str, list[int]]:
    rows = (line.split() for line in table.strip().splitlines())
    return {f"{method} {path}": [int(code) for code in codes] for method, path, *codes in rows}


def flat(routes: Any) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from flat(inner.routes) if inner is not None else (route,)


def routes(here: Here) -> list[tuple[str, str]]:
    """What only looks comes first; signing out, last."""
    found = [(method, route.path) for route in flat(here.app.routes) for method in route.methods - {"HEAD"}]
    return sorted(found, key=lambda one: (one[0] != "GET", one[1] == "/sign-out", one[1]))


@pytest.fixture
def open_(here: Here) -> Here:
    """Nobody asks too often."""
    for bucket in vars(here.app.state.limits).values():
        bucket.burst = bucket.rate = 1e9
    here.desk.trust = True
    return here


def objects(here: Here) -> dict[str, str]:
    """Ada's, and real. Emmy's copy waits too."""
    id = sent(here, "ada").removeprefix("/s/")
    sent(here, "emmy")
    with here.desk.db.read() as c:
        job = jobs.of_submission(c, id)
    return {"assignment": "td1", "student": "ada", "number": str(job.id), "lang": "en", "token": "x", "id": id}


def filled(path: str, these: dict[str, str]) -> str:
    names = {"name": "style.css" if "static" in path else "x.npz", "of": "notebook"}
    return path.format(**{**these, **names, **({"id": "tiny"} if path.startswith("/build") else {})})


def ask(client: TestClient, method: str, address: str, token: str) -> int:
    if method == "GET":
        return client.get(address).status_code
    return client.request(method, address, data={"csrf": token}, headers={"Origin": ADDRESS}).status_code


def token_of(client: TestClient, who: str) -> str:
    return csrf(client.get("/terminal").text) if who else ""


def test_every_route_is_in_the_table(here: Here) -> None:
    """A new one is thought about before it is served: add its line, and why each may."""
    served = {f"{method} {path}" for method, path in routes(here)}
    assert sorted(served ^ set(expected(TABLE))) == []
    assert {one for one in served if " /api/" in one} == set(expected(WITH_TOKENS))


def test_each_role_gets_what_the_table_says(open_: Here) -> None:
    """The objects are Ada's. Codes in the order of ROLES."""
    these, table = objects(open_), expected(TABLE)
    got: dict[str, list[int]] = {}
    for who in ROLES:
        client = open_.client(who)
        token = token_of(client, who)
        for method, path in routes(open_):
            got.setdefault(f"{method} {path}", []).append(ask(client, method, filled(path, these), token))
        background.wait(open_.desk, again.COMPARE, "td1")
    handed_out = background.wait(open_.desk, classes.HAND_OUT, "td1")
    assert handed_out and handed_out.state == "ended", handed_out
    assert {name: (codes, table.get(name)) for name, codes in got.items() if codes != table.get(name)} == {}


def test_each_token_gets_what_the_table_says(open_: Here) -> None:
    these, table, client = objects(open_), expected(WITH_TOKENS), open_.client()
    got: dict[str, list[int]] = {}
    for who in ROLES[1:]:
        headers = open_.token(who)
        for method, path in routes(open_):
            if path.startswith("/api/"):
                said = client.request(method, filled(path, these), headers=headers)
                got.setdefault(f"{method} {path}", []).append(said.status_code)
    assert {name: (codes, table[name]) for name, codes in got.items() if codes != table[name]} == {}


def test_the_cookie_of_another_course_is_nobodys(open_: Here, tmp_path: Path) -> None:
    """The same people, another secret: whoever teaches there teaches nothing here."""
    other = tmp_path / "other"
    shutil.copytree(open_.root, other, ignore=shutil.ignore_patterns("server.db*"))
    (other / ".partiel/secret").write_text("fedcba9876543210" * 4)
    app = create(other, open_.clock)
    there = TestClient(app, base_url=ADDRESS, follow_redirects=False)
    there.get(links.link(app.state.desk, "prof").removeprefix(ADDRESS))
    assert there.get("/terminal").status_code == 200
    stranger, these, table = open_.client(), objects(open_), expected(TABLE)
    stranger.cookies.update(there.cookies)
    for method, path in routes(open_):
        if method == "GET":
            assert stranger.get(filled(path, these)).status_code == table[f"GET {path}"][0], path
    there.close()
    app.state.desk.close()


@pytest.mark.parametrize("who", ["ada", "prof"])
def test_what_is_made_up_leads_nowhere(open_: Here, who: str) -> None:
    """In each place of each address: no page, no fault of ours, and nothing of what is on the disk."""
    client, these, secret = open_.client(who), objects(open_), open_.desk.course().secret
    token, count = token_of(client, who), 0
    for method, path in routes(open_):
        form = {"data": {"csrf": token}} if method != "GET" else {}
        for place in re.findall(r"{(\w+)}", path):
            for made in MADE if method == "GET" else MADE[:3]:
                if made == "td3" and path.endswith(("/a/{assignment}", "/hand-out")):
                    continue  # not handed out yet, which its teachers may see and do
                address = filled(path.replace(f"{{{place}}}", made), these)
                said = client.request(method, address, headers={"Origin": ADDRESS}, **form)
                assert 400 <= said.status_code < 500, f"{method} {address[:80]}: {said.status_code}"
                assert secret not in said.text and str(open_.root) not in said.text
                count += 1
    assert count > 200


def test_names_that_are_hidden_are_no_address(open_: Here) -> None:
    """Of an anonymous assignment: the code opens what the id does not."""
    prof, id = open_.client("prof"), sent(open_, "ada", "exam").removeprefix("/s/")
    code, token = anonymity.code(open_.desk.course(), "ada"), token_of(prof, "prof")
    opened = {"": 200, "/file": 200, "/receipt": 403, "/feedback": 403, "/weights": 404, "/lift": 422, "/override": 422}
    for method, path in routes(open_):
        if "{student}" in path:
            assert ask(prof, method, path.format(assignment="exam", student="ada", id=id), token) == 404, path
            told = ask(prof, method, path.format(assignment="exam", student=code, id=id), token)
            assert told == opened[path.partition("{student}")[2].removeprefix("/{id}")], path


def test_every_page_keeps_the_same_policy(open_: Here) -> None:
    """No style, script or handler in a page; and where a page is made of what a student wrote, it can do nothing."""
    these = objects(open_)
    seen = set()
    for who in ("ada", "prof"):
        client = open_.client(who)
        for method, path in routes(open_):
            said = client.get(filled(path, these)) if method == "GET" else None
            if said is None or said.status_code != 200 or "text/html" not in said.headers["content-type"]:
                continue
            policy = said.headers["content-security-policy"]
            assert "default-src 'none'" in policy and "unsafe-eval" not in policy, path
            if policy.startswith("sandbox"):
                assert "script-src" not in policy and "allow-scripts" not in policy, path
            else:
                assert "unsafe-inline" not in policy, path
                assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", said.text), path
            seen.add(path)
    assert len(seen) > 15


def test_hostile_names_are_names_on_teachers_pages(open_: Here) -> None:
    evil = "<script>alert(7)</script><img src=x onerror=alert(8)>"
    where = sent(open_, "evil", answer=f"size = 3  # {evil}\nprint({evil!r})")
    sent(open_, "evil", "exam", answer=f"size = 3  # {evil}")
    open_.clock.jump(1)
    open_.grade()
    prof, id = open_.client("prof"), where.removeprefix("/s/")
    copy, code = "/staff/a/td1/s/evil", anonymity.code(open_.desk.course(), "evil")
    for path in (
        *("/staff", "/staff/a/td1", copy, "/staff/a/td1/report", "/staff/roster", "/staff/links", "/staff/audit"),
        *(f"{copy}/{id}/feedback", f"/staff/a/exam/s/{code}"),
    ):
        page = prof.get(path)
        assert page.status_code == 200, path
        assert not re.search(r"<script>alert|<img src=x", page.text), path
    assert "alert(7)" in prof.get(copy).text
    names = {"file": ('"><script>alert(9)</script>.csv', b"id,name\nada,<script>alert(10)</script>\n")}
    page = open_.post(prof, "/staff/roster", files=names, on="/staff/roster")
    assert page.status_code == 200 and "alert(10)" in page.text and "<script>alert" not in page.text


def test_cookies_are_kept_from_scripts_and_from_other_sites(open_: Here) -> None:
    for path in (open_.path("prof"), "/lang/en"):
        said = open_.client().get(path).headers["set-cookie"]
        assert "HttpOnly" in said and "SameSite=lax" in said and "Path=/" in said
    file = open_.root / "course.toml"
    file.write_text(file.read_text().replace(f'url = "{ADDRESS}"', 'url = "https://partiel.example.org"'))
    path = links.link(open_.desk, "prof").removeprefix("https://partiel.example.org")
    told = open_.client().get(path)
    assert "Secure" in told.headers["set-cookie"] and "strict-transport-security" in told.headers
