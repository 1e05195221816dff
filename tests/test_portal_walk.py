"""Every route of the server, whoever wrote it, asked by nobody, by another student, and with a form from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from grader.store import audit
from tests.portal_course import ADDRESS, Here, csrf, here, main, sent

__all__ = ["here"]
OPEN = {  # what nobody in particular may ask for
    "/sign-in",
    "/lang/{lang}",
    "/static/{name}",
    "/healthz",
    "/api/v1/openapi.json",
    "/lti/jwks",
}
SIGNED_ELSEWHERE = "/lti/"  # its forms come from a platform, with a signature of its own
SAFE = {"GET", "HEAD"}


def flat(routes: Any) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from flat(inner.routes) if inner is not None else (route,)


@pytest.fixture
def walk(here: Here) -> list[tuple[str, str, str]]:
    """Each method, template and address; the objects in it are real, and Ada's."""
    for bucket in vars(here.app.state.limits).values():
        bucket.burst = bucket.rate = 1e9
    id = sent(here).removeprefix("/s/")
    found = []
    for route in flat(here.app.routes):
        of = {"assignment": "td1", "student": "ada", "number": "1", "lang": "en", "token": "x", "of": "tiny"}
        of |= {"name": "style.css" if "static" in route.path else "x.npz"}
        of |= {"id": "tiny" if route.path.startswith("/build") else id}
        address = route.path.format(**of)
        found += [(method, route.path, address) for method in sorted(route.methods - {"HEAD"})]
    assert len(found) > 40
    return found


def ask(client: TestClient, method: str, address: str, **fields: str) -> Any:
    if method in SAFE:
        return client.get(address)
    return client.request(method, address, data=fields, headers={"Origin": ADDRESS})


def changes(here: Here) -> int:
    with here.desk.db.read() as c:
        return len([one for one in audit.lines(c, 10_000) if one.what != "sign_in"])


def test_nobody_gets_anywhere(here: Here, walk: list[tuple[str, str, str]]) -> None:
    stranger, before = here.client(), changes(here)
    for method, path, address in walk:
        said = ask(stranger, method, address)
        assert said.status_code < 500, f"{method} {address}"
        assert said.status_code >= 300 or path in OPEN, f"{method} {address} lets everybody in"
        assert "Lovelace" not in said.text, f"{method} {address}"
        assert stranger.cookies.get("partiel") is None
    assert changes(here) == before


def test_another_student_sees_and_changes_nothing_of_ada(here: Here, walk: list[tuple[str, str, str]]) -> None:
    emmy, before = here.client("emmy"), changes(here)
    token = csrf(emmy.get("/terminal").text)
    hers = {"{id}", "{student}"}
    for method, path, address in walk:
        if path in ("/sign-out", "/terminal"):
            continue
        said = ask(emmy, method, address, csrf=token)
        assert said.status_code < 500, f"{method} {address}"
        assert "Lovelace" not in said.text, f"{method} {address}"
        if path.startswith(("/staff", "/build")):
            assert said.status_code in (403, 404), f"{method} {address} is for the staff"
        if hers & set(path.split("/")):
            assert said.status_code >= 400, f"{method} {address} is Ada's"
    assert changes(here) == before


def test_no_form_works_without_its_token(here: Here, walk: list[tuple[str, str, str]]) -> None:
    """Not even an instructor's, who may do most."""
    unsafe = [(m, address) for m, path, address in walk if m not in SAFE and not path.startswith(SIGNED_ELSEWHERE)]
    assert len(unsafe) > 5
    for who in ("ada", "bob", "prof"):
        me, before = here.client(who), changes(here)
        for method, address in unsafe:
            said = ask(me, method, address)
            assert said.status_code in (401, 403), f"{who} {method} {address}: {said.status_code}"
        assert changes(here) == before
        assert me.get("/terminal").status_code == 200  # and is still signed in


def test_staff_pages_never_fail(here: Here, walk: list[tuple[str, str, str]]) -> None:
    for who in ("bob", "prof"):
        me = here.client(who)
        for method, path, address in walk:
            if method == "GET" and path.startswith(("/staff", "/build", "/terminal")):
                said = me.get(address)
                assert said.status_code < 500, f"{who} {address}: {main(said.text) if '<main' in said.text else ''}"
