"""Trained weights that students hand in to the server, beside their notebook: taken in, kept, signed for, judged."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import attempts, intake, keeping, known, lock, notebook, receipt, release, verdicts
from grader import course as courses
from grader.exchange import body
from grader.model import Course, Status
from grader.portal import create
from grader.store import receipts
from tests.portal_course import ADDRESS, Clock, Here, main
from tests.test_weights import CODE, IDLE, RIGHT, course, npz, safetensors

__all__ = ["course"]
SETTINGS = f"""\
[course]
id = "tiny"
lang = "en"

[server]
url = "{ADDRESS}"
largest = 1

[server.keep]
submissions = 1

[assignments.td]
exercises = ["line"]
training = "weights"
attempts = 4

[assignments.plain]
exercises = ["line"]
"""
WRONG = npz(**RIGHT | {"kernel": np.zeros((3, 2), "float32")})
SUBMISSIONS = "/api/v1/assignments/{}/submissions"


@pytest.fixture
def here(course: Course, tmp_path: Path) -> Iterator[Here]:
    (tmp_path / "content" / "templates").symlink_to(Path(__file__).parents[1] / "templates")
    (course.root / "course.toml").write_text(SETTINGS)
    for id in ("td", "plain"):
        now = courses.load(course.root)
        release.notebooks(now, lock.write(now, now.assignments[id]), shared=False)
    clock = Clock()
    made = Here(course.root, clock, create(course.root, clock), None)  # type: ignore[arg-type]
    yield made
    for one in made._open:
        one.close()
    made.desk.close()


def copy(here: Here, who: str = "ada", code: str = IDLE, id: str = "td") -> bytes:
    sheet = lock.read(here.desk.course(), id).sheet(who)
    return json.dumps(notebook.compose(sheet, {"line-line": code})).encode()


def sent(here: Here, data: bytes, weights: bytes | None = None, name: str = "weights.npz", id: str = "td") -> Any:
    files: dict[str, Any] = {"file": (f"{id}.ipynb", data)}
    if weights is not None:
        files["weights"] = (name, weights)
    return here.client().post(SUBMISSIONS.format(id), files=files, headers=here.token("ada"))


def given(here: Here, id: str) -> receipts.Receipt:
    with here.desk.db.read() as c:
        found = receipts.get(c, id)
    assert found
    return found


def statuses(here: Here, *, book: str = verdicts.COUNTING) -> list[Status]:
    return [record.verdicts[0].status for record in known.book(here.desk.course(), "td", book).of("ada")]


def test_weights_are_kept_signed_for_judged_and_laid_where_nbgrader_looks(here: Here) -> None:
    data, right = copy(here), npz(**RIGHT)
    took = sent(here, data, right)
    assert took.status_code == 201, took.text
    said = took.json()
    assert said["sha256"] == hashlib.sha256(data).hexdigest() and said["weights"] == hashlib.sha256(right).hexdigest()
    assert f"weights: {said['weights']}\n" in said["text"] and said["size"] == len(data) + len(right)
    assert receipt.genuine(here.desk.course(), said["text"])
    other = said["text"].replace(said["weights"], hashlib.sha256(WRONG).hexdigest())
    assert not receipt.genuine(here.desk.course(), other)
    kept = intake.weights_of(here.desk.course(), given(here, said["id"]), ".npz")
    assert kept.read_bytes() == right and kept.stat().st_mode & 0o777 == 0o600
    assert here.grade() == ["done"]
    assert statuses(here) == [Status.CORRECT], "the training does nothing: the weights were judged"
    laid = here.root / "submitted" / "ada" / "td"
    assert (laid / "td.ipynb").read_bytes() == data and (laid / "weights.npz").read_bytes() == right
    from grader.bridge.desk import Desk

    course, record = here.desk.course(), known.book(here.desk.course(), "td").last("ada")
    assert record and Desk(course).submission(lock.read(course, "td").sheet("ada")).sha256 == record.submission
    assert attempts.last_of(course, given(here, said["id"])) == record


def test_the_same_weights_again_are_the_same_attempt_and_others_are_another(here: Here) -> None:
    data = copy(here)
    first, again = sent(here, data, npz(**RIGHT)).json(), sent(here, data, npz(**RIGHT)).json()
    assert first == again
    second = sent(here, data, WRONG).json()
    third = sent(here, data).json()
    assert [one["attempt"] for one in (first, second, third)] == [1, 2, 3] and third["weights"] is None
    assert "weights:" not in third["text"]
    folder = intake.attempts(here.desk.course()) / "td" / "ada"
    assert sorted(one.suffix for one in folder.iterdir()) == [".ipynb"] * 3 + [".npz"] * 2, "nothing else is kept"


def test_of_two_attempts_each_has_its_own_verdict_and_the_last_is_laid_alone(here: Here) -> None:
    data = copy(here)
    for number, (weights, name) in enumerate(
        ((npz(**RIGHT), "weights.npz"), (safetensors(), "a.SafeTensors"), (None, ""))
    ):
        assert sent(here, data, weights, name).status_code == 201
        assert here.grade() == ["done"], number
        here.clock.jump(60)
        laid = {one.name for one in (here.root / "submitted/ada/td").iterdir()} - {"td.ipynb", "timestamp.txt"}
        assert laid == {f"weights{Path(name).suffix.lower()}"} - {"weights"}
    assert statuses(here, book=attempts.BOOK) == [Status.CORRECT, Status.CORRECT, Status.MISSING]


@pytest.mark.parametrize(
    ("weights", "name", "id", "status", "why"),
    [
        (b"\x80\x04.", "weights.pkl", "td", 422, "ends in .npz or .safetensors"),
        (b"x", "../../../weights.npz/..", "td", 422, "ends in .npz or .safetensors"),
        (npz(**RIGHT), "weights.npz", "plain", 422, "asks for no weights"),
        (bytes(2**19), "weights.npz", "td", 413, "larger than the arrays asked for"),
        (bytes(2**20), "weights.npz", "td", 413, ""),
    ],
    ids=["a pickle", "a path", "not asked for", "heavy", "over the cap"],
)
def test_what_is_not_taken_leaves_nothing(
    here: Here, weights: bytes, name: str, id: str, status: int, why: str
) -> None:
    said = sent(here, copy(here, id=id), weights, name, id)
    assert said.status_code == status and why in said.json()["problem"], said.text
    assert not list(here.root.glob(".partiel/handed_in/**/*.*"))


def test_a_name_says_only_how_a_file_ends(here: Here) -> None:
    took = sent(here, copy(here), npz(**RIGHT), "../../../submitted/bob/td/<b>.npz").json()
    assert intake.weights_of(here.desk.course(), given(here, took["id"]), ".npz").is_file()
    assert not (here.root / "submitted/bob").exists()


def test_bad_weights_and_a_notebook_that_cannot_be_read_are_for_their_author(here: Here) -> None:
    took = sent(here, copy(here), b"PK and nothing").json()
    assert here.grade() == ["done"] and statuses(here) == [Status.UNREADABLE]
    here.clock.jump(60)
    bad = sent(here, b"{ no notebook", npz(**RIGHT)).json()
    assert here.grade() == ["done"] and statuses(here)[-1] is Status.UNREADABLE
    course = here.desk.course()
    assert attempts.last_of(course, given(here, took["id"])) != attempts.last_of(course, given(here, bad["id"]))
    assert known.book(course, "td").last("ada") == attempts.last_of(course, given(here, bad["id"]))


def test_the_page_asks_for_weights_where_they_count_and_takes_them(here: Here) -> None:
    ada = here.client("ada")
    page, plain = ada.get("/a/td").text, ada.get("/a/plain").text
    assert 'name="weights"' in page and 'name="weights"' not in plain
    assert "accept=" not in page, "a telephone does not know what a notebook is, and would let nobody choose it"
    assert "-F weights=@weights.npz" in page and "curl -T plain.ipynb" in plain
    files = {"file": ("td.ipynb", copy(here)), "weights": ("weights.npz", npz(**RIGHT))}
    said = here.post(ada, "/a/td/submit", files=files, on="/a/td")
    assert said.status_code == 303, main(said.text)
    assert hashlib.sha256(npz(**RIGHT)).hexdigest() in ada.get(said.headers["location"]).text
    none = here.post(ada, "/a/td/submit", files={"file": files["file"], "weights": ("", b"")}, on="/a/td")
    assert none.status_code == 303, "an empty field of a form is no weights file"
    refused = here.post(ada, "/a/td/submit", files=files | {"weights": ("weights.h5", b"x")}, on="/a/td")
    assert refused.status_code == 422 and "ends in .npz" in main(refused.text)


@pytest.mark.parametrize(
    ("data", "name"), [(npz(**RIGHT), "w.npz"), (safetensors(), "w.SafeTensors")], ids=["npz", "safetensors"]
)
def test_their_own_weights_are_theirs_to_download_again(here: Here, data: bytes, name: str) -> None:
    bare, beside = (sent(here, copy(here), *how).json()["id"] for how in ((), (data, name)))
    ada, bob, address = here.client("ada"), here.client("bob"), f"/s/{beside}/weights"
    assert f'href="{address}"' in ada.get(f"/s/{beside}").text
    assert "/weights" not in ada.get(f"/s/{bare}").text and ada.get(f"/s/{bare}/weights").status_code == 404
    said = ada.get(address)
    assert said.content == data and said.headers["content-type"] == "application/octet-stream"
    assert f'filename="td-2{Path(name).suffix.lower()}"' in said.headers["content-disposition"]
    assert (bob.get(address).status_code, here.client().get(address).status_code) == (404, 303)


def test_from_a_terminal_they_go_along(here: Here, tmp_path: Path) -> None:
    for id in ("td", "plain"):
        (tmp_path / f"{id}.ipynb").write_bytes(copy(here, id=id))
    (tmp_path / "weights.npz").write_bytes(npz(**RIGHT))
    token = here.token("ada")["Authorization"].removeprefix("Bearer ")
    with here.serve() as address:
        env = {**os.environ, "PARTIEL_URL": address, "PARTIEL_TOKEN": token}
        for id in ("td", "plain"):
            command = [sys.executable, "-m", "grader", "submit", f"{id}.ipynb", "--json"]
            said = subprocess.run(
                command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False
            )
            assert said.returncode == 0, said.stderr
            wanted = hashlib.sha256(npz(**RIGHT)).hexdigest() if id == "td" else None
            assert json.loads(said.stdout)["weights"] == wanted


def test_a_purge_lets_go_of_the_weights_and_of_what_the_ledger_quotes(here: Here) -> None:
    took = sent(here, copy(here, code=CODE + "# mine"), npz(**RIGHT)).json()
    here.grade()
    course = here.desk.course()
    here.clock.jump(3 * 86400)
    gone = keeping.purge(course, here.desk.db, here.clock())
    assert gone.submissions == 1 and gone.quoted > 0
    assert not intake.weights_of(course, given(here, took["id"]), ".npz").exists()


def test_what_lies_beside_a_notebook_goes_along_only_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "td.ipynb").write_bytes(b"{}")
    (tmp_path / "weights.npz").write_bytes(b"PK")
    data, kind = body(tmp_path / "td.ipynb", weights=True)
    assert re.fullmatch(r"multipart/form-data; boundary=[0-9a-f]{32}", kind) and data.count(b"Content-Disposition") == 2
    assert body(tmp_path / "td.ipynb", weights=False) == (b"{}", "application/x-ipynb+json")
