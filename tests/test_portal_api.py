"""The interface for programs: over a real port where that matters, and against its own description."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader import anonymity, receipt
from grader.store import released, tokens
from tests.portal_course import Here, here

__all__ = ["here"]
V1 = "/api/v1"
SUBMISSIONS = f"{V1}/assignments/td1/submissions"


def refused(said: Any, status: int) -> str:
    """The three sentences of every refusal."""
    assert said.status_code == status, said.text
    told = said.json()
    assert set(told) == {"where", "problem", "remedy"} and told["problem"] and told["remedy"]
    return str(told["problem"])


def test_a_program_hands_in_follows_and_reads(here: Here) -> None:
    me, token = here.client(), here.token("emmy")
    assert me.get(f"{V1}/me", headers=token).json() == {
        "id": "emmy", "name": "Emmy Noether", "role": "student", "lang": "en", "course": "dl"
    }  # fmt: skip
    listed = me.get(f"{V1}/assignments", headers=token).json()
    assert [one["id"] for one in listed] == ["td1", "td2", "exam"]
    first, closed = listed[0], listed[1]
    assert first["due"] == "2026-12-08T23:59:00+01:00" and first["attempts_left"] == 3 and first["open"]
    assert not closed["open"] and closed["why"].startswith("The deadline has passed")
    copy = me.get(f"{V1}/assignments/td1/notebook", headers=token)
    assert copy.content == (here.root / "release/emmy/td1/td1.ipynb").read_bytes()
    took = me.post(SUBMISSIONS, content=here.notebook("emmy"), headers=token)
    assert took.status_code == 201
    given = took.json()
    assert receipt.genuine(here.desk.course(), given["text"]) and given["attempt"] == 1 and not given["late"]
    again = me.post(SUBMISSIONS, content=here.notebook("emmy"), headers=token).json()
    assert again == given  # the same bytes are the same attempt
    status = f"{V1}/submissions/{given['id']}"
    assert me.get(status, headers=token).json()["state"] == "queued"
    assert me.get(f"{status}/receipt", headers=token).json() == given
    (attempt,) = me.get(SUBMISSIONS, headers=token).json()
    assert attempt == {"receipt": given, "status": me.get(status, headers=token).json()}
    here.clock.jump(1)
    here.grade()
    assert me.get(status, headers=token).json()["state"] == "graded"
    told = me.get(f"{status}/feedback", headers=token).json()
    assert told == {
        "level": "coarse",
        "coarse": [{"question": "size", "result": "done"}, {"question": "grow", "result": "done"}],
        "full": [],
        "remarks": [],
    }
    refused(me.get(f"{status}/feedback.html", headers=token), 403)
    prof = here.token("prof")
    first_time = me.post(f"{V1}/assignments/td1/release", headers=prof).json()
    here.clock.jump(60)
    assert me.post(f"{V1}/assignments/td1/release", headers=prof).json() == first_time
    full = me.get(f"{status}/feedback", headers=token).json()
    assert full["level"] == "full" and [one["question"] for one in full["full"]] == ["tiny-size", "tiny-grow"]
    assert "sandbox" in me.get(f"{status}/feedback.html", headers=token).headers["content-security-policy"]


@pytest.mark.parametrize(
    "way",
    [["-T", "td1.ipynb"], ["--data-binary", "@td1.ipynb"], ["-F", "file=@td1.ipynb"]],
    ids=("put", "post", "form"),
)
def test_curl_hands_in(here: Here, tmp_path: Path, way: list[str]) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    (tmp_path / "td1.ipynb").write_bytes(here.notebook("ada"))
    name, value = next(iter(here.token("ada").items()))
    with here.serve() as address:
        said = subprocess.run(
            ["curl", "-sS", *way, "-H", f"{name}: {value}", address + SUBMISSIONS],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
    assert json.loads(said.stdout)["attempt"] == 1


def test_what_is_refused_says_why_in_three_sentences(here: Here) -> None:
    me, token = here.client(), here.token("ada")
    assert "jeton" in refused(me.get(f"{V1}/me"), 401) or "token" in refused(me.get(f"{V1}/me"), 401)
    refused(me.get(f"{V1}/me", headers={"Authorization": "Basic YTpi"}), 401)
    assert "notebook" in refused(me.post(SUBMISSIONS, content=b"hello", headers=token), 422)
    refused(me.post(SUBMISSIONS, headers=token), 422)
    refused(me.post(SUBMISSIONS, content=b"{" + b" " * (2 << 20), headers=token), 413)
    refused(me.get(f"{V1}/assignments/td3", headers=token), 404)
    refused(me.get(f"{V1}/nowhere", headers=token), 404)
    refused(me.delete(f"{V1}/me", headers=token), 405)
    refused(me.get(f"{V1}/submissions/{'0' * 20}", headers=token), 404)
    refused(me.get(f"{V1}/submissions/nope", headers=token), 422)
    refused(me.post(f"{V1}/assignments/td2/submissions", content=here.notebook("ada", "td2"), headers=token), 403)


def test_each_sees_their_own_and_instructors_what_is_theirs(here: Here) -> None:
    me = here.client()
    ada, emmy, bob, prof = (here.token(who) for who in ("ada", "emmy", "bob", "prof"))
    id = me.post(SUBMISSIONS, content=here.notebook("ada"), headers=ada).json()["id"]
    for other in (emmy, bob, prof):
        for path in ("", "/receipt", "/feedback", "/feedback.html"):
            assert me.get(f"{V1}/submissions/{id}{path}", headers=other).status_code in (403, 404)
    for token in (ada, emmy, bob):
        for method, path in (("GET", "queue"), ("GET", "assignments/td1/results"), ("POST", "assignments/td1/release")):
            refused(me.request(method, f"{V1}/{path}", headers=token), 403)
    queue = me.get(f"{V1}/queue", headers=prof).json()
    assert queue["jobs"] == {"queued": 1} and [one["id"] for one in queue["waiting"]] == [id]
    with here.desk.db.read() as c:
        assert released.when(c, "td1") is None


def test_results_of_an_anonymous_assignment_name_nobody(here: Here) -> None:
    me = here.client()
    me.post(f"{V1}/assignments/exam/submissions", content=here.notebook("ada", "exam"), headers=here.token("ada"))
    here.grade()
    said = me.get(f"{V1}/assignments/exam/results", headers=here.token("prof"))
    told = {one["student"]: one["earned"] for one in said.json()}
    assert told[anonymity.code(here.desk.course(), "ada")] is not None
    assert "ada" not in said.text.replace("adapt", "") and "Lovelace" not in said.text
    known = me.get(f"{V1}/assignments/td1/results", headers=here.token("prof")).json()
    assert {one["student"]: one["earned"] for one in known}["ada"] is None  # nothing was handed in: no zero


def test_a_token_never_gives_more_than_its_person_has_today(here: Here) -> None:
    me, prof, program = here.client(), here.token("prof"), here.token("prof", "assistant")
    assert me.get(f"{V1}/queue", headers=prof).status_code == 200
    refused(me.get(f"{V1}/queue", headers=program), 403)
    file = here.root / "course.toml"
    file.write_text(file.read_text().replace('prof = "instructor"', 'prof = "assistant"'))
    refused(me.get(f"{V1}/queue", headers=prof), 403)
    with here.desk.db.write() as c:
        tokens.revoke(c, "prof")
    refused(me.get(f"{V1}/queue", headers=prof), 401)
    ada = here.token("ada")
    here.clock.jump(121 * 86400)
    refused(me.get(f"{V1}/me", headers=ada), 401)


def test_a_person_makes_their_own_token_and_the_next_takes_its_place(here: Here) -> None:
    me = here.client("ada")
    made = [here.post(me, "/terminal", on="/terminal").text.partition("<pre>")[2].partition("</pre>")[0] for _ in "12"]
    asked = [here.client().get(f"{V1}/me", headers={"Authorization": f"Bearer {one}"}).status_code for one in made]
    assert asked == [401, 200] and made[1] not in me.get("/terminal").text


def test_the_description_has_examples_and_every_refusal(here: Here) -> None:
    said = here.client().get(f"{V1}/openapi.json").json()
    assert set(said["paths"]) and all(path.startswith(V1) for path in said["paths"])
    for path, methods in said["paths"].items():
        for method, one in methods.items():
            assert {"401", "403", "404", "422", "429"} <= set(one["responses"]), f"{method} {path}"
            assert one.get("description") or one.get("summary")


@pytest.mark.slow
@pytest.mark.parametrize("who", ["ada", "prof"])
def test_schemathesis_finds_nothing(here: Here, tmp_path: Path, who: str) -> None:
    """Requests made from the description, right and wrong, alone and in sequences."""
    limits = here.app.state.limits
    for bucket in (limits.pages, limits.uploads, limits.strangers, limits.failures):
        bucket.burst = bucket.rate = 1e9
    token = here.token(who)["Authorization"]
    with here.serve() as address:
        said = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}{V1}/openapi.json"),
                *("-H", f"Authorization: {token}", "--seed", "1", "--max-examples", "20", "--no-color"),
                *("--suppress-health-check", "all"),
            ],
            cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    assert said.returncode == 0, said.stdout[-8000:] + said.stderr[-2000:]
    found = re.search(r"(\d+) generated, (\d+) passed", said.stdout)
    assert found and found[1] == found[2] and int(found[1]) > 300
