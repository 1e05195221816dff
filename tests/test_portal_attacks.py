"""Attacks on the server that were tried by hand once, and what came of each."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from grader import anonymity, intake, receipt
from grader.cli import app as commands
from grader.errors import UsageError
from grader.portal import create, facts, links
from grader.portal.lti import people
from grader.portal.pages import local
from grader.store import audit, jobs, receipts, tokens
from tests.portal_course import ADDRESS, Here, csrf, here, main, sent  # noqa: F401 - a fixture

HOUR = 3600.0


def lines(here: Here) -> list[audit.Line]:
    with here.desk.db.read() as c:
        return list(audit.lines(c))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# ── getting in, and staying in ───────────────────────────────────────────────


def test_a_cookie_of_before_the_sign_out_is_nobodys_even_after_a_restart(here: Here) -> None:
    ada, thief = here.client("ada"), here.client()
    stolen = ada.cookies["partiel"]
    thief.cookies.set("partiel", stolen)
    assert thief.get("/a/td1").status_code == 200
    here.post(ada, "/sign-out", on="/a/td1")
    assert thief.get("/a/td1").status_code == 303
    again = Here(here.root, here.clock, create(here.root, here.clock), here.folder)
    thief = again.client()
    thief.cookies.set("partiel", stolen)
    assert thief.get("/a/td1").status_code == 303, "the server has forgotten who left"
    assert again.client("ada").get("/a/td1").status_code == 200
    again.desk.close()


def test_a_link_taken_back_takes_back_the_token_that_a_thief_made_with_it(here: Here) -> None:
    thief = here.client("ada")
    here.post(thief, "/terminal", on="/terminal")
    with here.desk.db.write() as c:
        made = tokens.make(c, "ada", "student", tokens.TERMINAL, here.clock())
        kept = tokens.make(c, "ada", "student", "ci", here.clock())
    assert here.client().get("/api/v1/me", headers=bearer(made)).status_code == 200
    here.post(here.client("prof"), "/staff/links/renew", on="/staff/links", who="ada")
    assert here.client().get("/api/v1/me", headers=bearer(made)).status_code == 401
    assert here.client().get("/api/v1/me", headers=bearer(kept)).status_code == 200, "an instructor gave that one"


def test_a_neighbour_who_guesses_keeps_nobody_out(here: Here) -> None:
    mine, theirs = here.token("ada"), here.path("emmy")
    neighbour = here.client()
    for n in range(40):
        neighbour.get(f"/in/guess{n}")
        neighbour.get("/api/v1/me", headers=bearer(f"partiel_guess{n}"))
    assert neighbour.get("/api/v1/me", headers=bearer("partiel_guess")).status_code == 429
    assert here.client().get("/api/v1/me", headers=mine).status_code == 200
    assert here.client().get(theirs).status_code == 303


def test_a_loop_of_sign_ins_does_not_fill_the_log(here: Here) -> None:
    path = here.path("ada")
    codes = [here.client().get(path).status_code for _ in range(140)]
    assert codes[:120] == [303] * 120 and set(codes[120:]) == {429}
    assert sum(line.what == "sign_in" for line in lines(here)) == 120
    assert here.client().get(here.path("emmy")).status_code == 303


def test_who_was_an_instructor_is_one_no_more_at_once(here: Here) -> None:
    prof, token = here.client("prof"), here.token("prof")
    file = here.root / "course.toml"
    file.write_text(file.read_text().replace('prof = "instructor"', 'prof = "assistant"'))
    assert (prof.get("/staff").status_code, prof.get("/staff/links").status_code) == (200, 403)
    assert here.client().get("/api/v1/queue", headers=token).status_code == 403
    file.write_text(file.read_text().replace('prof = "assistant"\n', ""))
    assert prof.get("/staff").status_code == 303
    assert here.client().get("/api/v1/me", headers=token).status_code == 401


def test_who_withdrew_loses_cookie_and_token(here: Here) -> None:
    ada, token = here.client("ada"), here.token("ada")
    file = here.root / "students.csv"
    file.write_text(file.read_text().replace("ada,Ada Lovelace,ada@example.org,,,", "ada,Ada Lovelace,,,,yes"))
    assert ada.get("/a/td1").status_code == 303
    assert here.client().get("/api/v1/me", headers=token).status_code == 401


def test_a_cookie_is_no_link_and_a_link_is_no_cookie(here: Here) -> None:
    ada, nobody = here.client("ada"), here.client()
    assert nobody.get(f"/in/{ada.cookies['partiel']}").status_code == 403
    nobody.cookies.set("partiel", here.path("ada").removeprefix("/in/"))
    assert nobody.get("/a/td1").status_code == 303
    assert nobody.get("/staff").status_code == 303


OWN = {"name": "ada", "kind": "user", "scopes": ["users:activity!user=ada", "access:servers!server=ada/"]}


@contextmanager
def answering(body: bytes) -> Iterator[str]:
    """A program at the hub's address that says this, whatever it is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (OWN, 200),
        (OWN | {"scopes": ["access:servers!server=ada2/", "access:servers!user=ada2"]}, 401),
        (OWN | {"scopes": "access:servers!server=ada/"}, 401),
        (OWN | {"scopes": None}, 401),
        (OWN | {"kind": None}, 401),
        (OWN | {"name": ""}, 401),
        (OWN | {"name": "mallory", "scopes": ["access:servers!server=mallory/"]}, 401),
        ([OWN], 401),
        ({}, 401),
        (None, 502),
    ],
    ids=[
        "her own", "a longer name", "one scope", "no scopes", "no kind", "no name", "no student", "many", "nothing",
        "no JSON",
    ],
)  # fmt: skip
def test_a_token_is_nobodys_where_the_hub_does_not_say_so(here: Here, said: Any, code: int) -> None:
    """What a real hub says of real tokens is in test_portal_hub.py."""
    file = here.root / "course.toml"
    with answering(b"<html>" if said is None else json.dumps(said).encode()) as url:
        hub = f'[server.jupyterhub]\nurl = "{url}"\nclient_id = "x"\nsecret_file = "s"\n'
        file.write_text(f"{file.read_text()}\n{hub}")
        assert here.client().get("/api/v1/me", headers=bearer("of-the-hub")).status_code == code


def test_a_name_that_somebody_chose_on_the_platform_makes_no_teacher(here: Here) -> None:
    account = {people.EXT: {"user_username": "prof"}, "sub": "7"}
    learner = people.from_claims(
        account | {people.ROLES: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]}
    )
    teacher = people.from_claims(
        account | {people.ROLES: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]}
    )
    with here.desk.db.read() as c:
        course = here.desk.course()
        assert people.ours(course, c, "https://moodle", learner) is None
        assert people.ours(course, c, "https://moodle", teacher) == "prof"


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "",
        "javascript:1",
    ],
)
def test_nobody_is_led_away(here: Here, to: str) -> None:
    assert local(to) == "/"
    browser = here.client("ada")
    for path in ("/lang/fr", "/sign-in"):
        assert browser.get(path, params={"to": to}).headers["location"] == "/"


def test_what_a_proxy_or_a_host_claims_opens_nothing(here: Here) -> None:
    ada = here.client("ada")
    token = csrf(ada.get("/terminal").text)
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    assert "evil.example" not in ada.get("/terminal", headers=evil).text
    forged = {"X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}
    assert ada.post("/terminal", data={"csrf": token}, headers=forged).status_code == 403
    assert ada.post("/terminal", data={"csrf": token}, headers={"Origin": "null"}).status_code == 403
    assert ada.post("/terminal", data={"csrf": token}).status_code == 403, "a form that says nothing of its origin"


# ── the queue ────────────────────────────────────────────────────────────────


def put(here: Here, who: str, at: float, due: float | None) -> str:
    id = hashlib.sha256(f"{who}{at}{due}".encode()).hexdigest()[:20]
    with here.desk.db.write() as c:
        facts = (id, "td1", who, who, int(at), at, id, 1, False, "web", "queued", "")
        receipts.add(c, receipts.Receipt(*facts))
        jobs.enqueue(c, id, "td1", who, at, due=due)
    return who


def test_whoever_hands_in_endlessly_to_what_is_due_first_keeps_nobody_waiting(here: Here) -> None:
    now = here.clock()
    for n in range(20):
        put(here, "evil", now + n, now - HOUR)  # late, and so before everything else
    put(here, "ada", now + 50, now + 9 * HOUR)
    put(here, "emmy", now + 51, None)
    taken, told = [], []
    while True:
        with here.desk.db.write() as c:
            told += [jobs.position(c, one) for one in jobs.listed(c, "queued")[:1]]
            job = jobs.take(c, "w", now + 60, 60)
        if job is None:
            break
        taken.append(job.student)
    assert taken == ["evil"] * jobs.FEW + ["ada", "emmy"] + ["evil"] * (20 - jobs.FEW)
    assert set(told) == {0}, "positions are those of the order"


def test_positions_are_those_of_the_order(here: Here) -> None:
    now = here.clock()
    for n in range(8):
        put(here, "evil", now + n, now - HOUR)
    put(here, "ada", now + 50, None)
    with here.desk.db.read() as c:
        waiting = jobs.listed(c, "queued")
        assert [jobs.position(c, one) for one in waiting] == list(range(9))


# ── hidden checks as an oracle, and attempts without an end ──────────────────


def judged(here: Here, id: str, state: str) -> None:
    """As if it had been graded."""
    with here.desk.db.write() as c:
        receipts.grade(c, id, Fraction(2), Fraction(2), here.clock(), state)  # type: ignore[arg-type]


def test_what_used_up_no_attempt_tells_no_more_than_whether_it_ran(here: Here) -> None:
    file = here.root / "course.toml"
    file.write_text(file.read_text().replace("attempts = 3", 'attempts = 3\nfeedback = "full"'))
    id = sent(here).removeprefix("/s/")
    for state, seen in (("graded", "full"), ("aside", "coarse")):
        judged(here, id, state)
        with here.desk.db.read() as c:
            given = receipts.get(c, id)
        assert given is not None and facts.seen(here.desk, given) == seen
    assert here.client("ada").get(f"/s/{id}/feedback").status_code == 403
    here.post(here.client("prof"), "/staff/a/td1/release", on="/staff/links")
    assert facts.seen(here.desk, given) == "full"


def test_a_page_with_solutions_is_shown_to_nobody_who_may_still_hand_in(here: Here) -> None:
    file = here.root / "course.toml"
    file.write_text(file.read_text().replace("attempts = 3", 'attempts = 3\nfeedback = "full"'))
    id = sent(here).removeprefix("/s/")
    here.grade()
    made = here.root / "feedback" / "ada" / "td1" / "td1.html"
    made.parent.mkdir(parents=True)
    made.write_text("<p>THE WORKED SOLUTION</p>")
    ada = here.client("ada")
    page = ada.get(f"/s/{id}/feedback")
    assert page.status_code == 200 and "WORKED SOLUTION" not in page.text
    here.post(here.client("prof"), "/staff/a/td1/release", on="/staff/links")
    assert "WORKED SOLUTION" in ada.get(f"/s/{id}/feedback").text


def test_attempts_do_not_come_back_when_their_files_are_let_go_of(here: Here) -> None:
    ids = []
    for n in range(3):
        ids.append(sent(here, answer=f"size = {n}").removeprefix("/s/"))
        judged(here, ids[-1], "graded")
    with here.desk.db.write() as c:
        receipts.become(c, ids, "purged")
        left = intake.allowed(here.desk.course(), c, "ada", "td1", here.clock())
    assert (left.open, left.left) == (False, 0)


def test_uploads_do_not_fill_the_disk(here: Here) -> None:
    token, codes = here.token("emmy"), []
    browser = here.client()
    for _ in range(40):
        data = b"no notebook"  # refused as well as taken: each is counted
        said = browser.put("/api/v1/assignments/td1/submissions", content=data, headers=token)
        codes.append(said.status_code)
        here.clock.jump(15)
    assert codes[:10] == [422] * 10 and codes.count(422) < 25, "ten minutes of it"


def test_before_the_release_no_address_tells_what_is_right(here: Here) -> None:
    right, wrong = sent(here), sent(here, "emmy", answer="size = 999")
    here.grade()
    seen = []
    for who, path in (("ada", right), ("emmy", wrong)):
        token, browser, id = here.token(who), here.client(who, "fr"), path.removeprefix("/s/")
        shown = [main(browser.get(f"{path}{end}").text) for end in ("", "/status") if end == ""]
        said = [browser.get(f"/api/v1/submissions/{id}{end}", headers=token).text for end in ("", "/feedback")]
        seen.append([shown[0].split("Reçu")[0].split("Récépissé")[0], *(one.replace(id, "ID") for one in said)])
        assert browser.get(f"{path}/feedback").status_code == 403
        assert browser.get(f"/api/v1/submissions/{id}/feedback.html", headers=token).status_code == 403
    assert seen[0][1:] == seen[1][1:]


# ── names that are hidden ────────────────────────────────────────────────────


def test_codes_are_not_listed_in_the_order_of_the_roster(here: Here) -> None:
    said = here.client().get("/api/v1/assignments/exam/results", headers=here.token("prof")).json()
    listed = [one["student"] for one in said]
    roster = [anonymity.code(here.desk.course(), one) for one in here.desk.lock("exam").students]
    assert sorted(listed) == sorted(roster) and listed == sorted(listed)
    assert listed != roster, "this secret cannot tell: take another"


def test_a_download_under_a_code_has_no_name_in_it(here: Here) -> None:
    path = sent(here, "ada", "exam").removeprefix("/s/")
    code = anonymity.code(here.desk.course(), "ada")
    prof = here.client("prof")
    said = prof.get(f"/staff/a/exam/s/{code}/{path}/file")
    assert said.status_code == 200
    told = said.text + str(said.headers)
    assert "ada" not in told.lower().replace("metadata", "") and "Lovelace" not in told
    assert prof.get("/staff/a/exam/s/ada").status_code == 404


# ── numbers, files and words that are weapons ────────────────────────────────


def test_a_mark_is_no_bomb(here: Here) -> None:
    sent(here)
    here.grade()
    said = here.post(
        here.client("prof"),
        "/staff/a/td1/s/ada/override",
        on="/staff/links",
        question="x",
        points="1e99999999",
        because="x",
    )
    assert said.status_code == 422


def test_links_as_a_sheet_are_no_formulas(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    file = here.root / "students.csv"
    file.write_text(file.read_text() + 'eve,"=HYPERLINK(""http://evil"")",eve@example.org,,,\n')
    monkeypatch.chdir(here.root)
    said = CliRunner().invoke(commands, ["links", "eve"])
    assert said.exit_code == 0, said.output
    assert "'=HYPERLINK" in said.output
    sheet = here.post(here.client("prof"), "/staff/links/all.csv", on="/staff/links").text
    cells = [cell for row in csv.reader(io.StringIO(sheet.removeprefix("\ufeff")), delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))]


def test_links_are_the_students_and_all_are_not_renewed_by_a_slip(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    monkeypatch.chdir(here.root)
    known = json.loads(CliRunner().invoke(commands, ["links", "--json"]).output)
    assert "ada" in known and not {"prof", "bob", "kurt"} & {*known}
    assert {*json.loads(CliRunner().invoke(commands, ["links", "--staff", "--json"]).output)} == {"prof", "bob"}
    said = CliRunner().invoke(commands, ["links", "--renew", "--json"])
    assert isinstance(said.exception, UsageError) and "would open nothing any more" in said.exception.problem
    assert json.loads(CliRunner().invoke(commands, ["links", "--json"]).output) == known
    renewed = json.loads(CliRunner().invoke(commands, ["links", "--renew", "--yes", "--json"]).output)
    assert renewed.keys() == known.keys() and not {*renewed.values()} & {*known.values()}


@pytest.mark.parametrize("command", ["links", "token"])
def test_who_has_withdrawn_is_given_no_way_in(here: Here, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    from typer.testing import CliRunner

    monkeypatch.chdir(here.root)
    said = CliRunner().invoke(commands, [command, "kurt"])
    assert isinstance(said.exception, UsageError) and said.exception.problem == "has withdrawn"


def test_a_personal_link_is_in_no_log_and_no_address_writes_a_line_of_it(
    here: Here, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    path = here.path("ada")
    monkeypatch.setattr(here.desk.__class__, "person", broken)
    assert here.client().get(path).status_code == 500
    assert here.client().get("/in/x%0AERROR forged").status_code == 500
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2 and not any(path.removeprefix("/in/") in one or "forged" in one for one in told)


def test_titles_are_words(here: Here) -> None:
    file = here.root / "course.toml"
    evil = "<img src=x onerror=alert(1)>"
    file.write_text(file.read_text().replace("TD 1 : convolutions", evil).replace("Apprentissage profond", evil))
    for who, path in (
        ("ada", "/"),
        ("ada", "/a/td1"),
        ("prof", "/staff"),
        ("prof", "/staff/a/td1"),
        ("prof", "/build"),
    ):
        text = here.client(who).get(path).text
        assert "<img src=x" not in text and "&lt;img" in text, path


def test_a_form_of_many_fields_is_refused_and_not_read(here: Here) -> None:
    ada = here.client("ada")
    kind = {"Origin": ADDRESS, "Content-Type": "application/x-www-form-urlencoded"}
    assert ada.post("/a/td1/submit", content=b"a=1&" * 200_000, headers=kind).status_code == 400
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="%d"\r\n\r\n1\r\n' % n for n in range(3000))
    kind["Content-Type"] = "multipart/form-data; boundary=x"
    assert ada.post("/a/td1/submit", content=parts + b"--x--\r\n", headers=kind).status_code == 400


def test_what_is_packed_is_not_unpacked(here: Here) -> None:
    import gzip

    bomb = gzip.compress(b"{" + b" " * 5_000_000)
    said = here.client().put(
        "/api/v1/assignments/td1/submissions", content=bomb, headers={**here.token("ada"), "Content-Encoding": "gzip"}
    )
    assert said.status_code == 422


@pytest.mark.parametrize(
    "deep", ["[" * 100_000, '{"a":' * 100_000, '{"cells": [' + '{"metadata": ' * 50_000], ids=str.__len__
)
def test_json_that_is_too_deep_is_an_attempt_of_its_author_and_no_fault(here: Here, deep: str) -> None:
    data = deep.encode() if deep.startswith("{") else b'{"cells":' + deep.encode()
    said = here.submit(here.client("ada"), "td1", data)
    assert said.status_code == 303
    assert here.grade() == ["done"]
    path = said.headers["location"]
    assert here.client("ada").get(path).status_code == 200
    here.post(here.client("prof"), "/staff/a/td1/release", on="/staff/links")
    assert here.client("ada").get(f"{path}/feedback").status_code == 200
    assert here.client("prof").get("/staff/a/td1/s/ada").status_code == 200


def test_a_receipt_with_one_line_more_is_none(here: Here) -> None:
    course = here.desk.course()
    with here.desk.db.read() as c:
        given = receipts.get(c, sent(here).removeprefix("/s/"))
    assert given is not None
    text = receipt.text(course, given)
    assert receipt.genuine(course, text)
    seal = text.rpartition("signature: ")[2]
    for forged in (
        text.replace("student: ada", "student: emmy"),
        text.replace("student: ada\n", "student: ada\nstudent: emmy\n"),
        "student: emmy\n" + text,
        text + "late: False\n",
        text + f"signature: {seal}",
        text.replace("attempt: 1", "attempt:  1"),
    ):
        assert not receipt.genuine(course, forged), forged


def test_an_id_is_no_path_and_no_line(here: Here) -> None:
    prof = here.client("prof")
    for id in ("../evil", "..", "a/b", "a\nb", ".hidden", "a\\b", "=1+1", "a b"):
        out = io.StringIO()
        csv.writer(out).writerows([["id", "name"], [id, "Eve"]])
        files = {"file": ("students.csv", out.getvalue().encode(), "text/csv")}
        said = here.post(prof, "/staff/roster", files=files, on="/staff/roster")
        assert said.status_code == 422, id
    huge = b"id,name\na," + b"x" * 300_000 + b"\n"
    said = here.post(prof, "/staff/roster", files={"file": ("s.csv", huge, "text/csv")}, on="/staff/roster")
    assert said.status_code in (200, 422)


def test_what_is_kept_is_the_servers_alone(here: Here) -> None:
    sent(here)
    hidden = here.root / ".partiel"
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o700
    for file in (hidden / "handed_in").rglob("*.ipynb"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_beside_another_students_copy_is_not_reached(here: Here) -> None:
    ada = here.client("ada")
    for name in ("..%2f..%2femmy%2ftd1%2ftd1.ipynb", "%2e%2e%2ftd1.ipynb", "..%5ctd1.ipynb", "td1.ipynb", "%00"):
        assert ada.get(f"/a/td1/files/{name}").status_code == 404, name
        assert ada.get(f"/static/{name}").status_code == 404, name
    token = here.token("ada")
    assert ada.get("/api/v1/assignments/..%2ftd1/notebook", headers=token).status_code in (404, 422)


def test_a_link_on_the_disk_is_not_in_a_backup(here: Here) -> None:
    from grader import keeping

    (here.root / "notes").symlink_to("/etc")
    (here.root / "passwd").symlink_to("/etc/passwd")
    saved = here.root.parent / "saved.tar.gz"
    keeping.backup(here.desk.course(), saved)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    import tarfile

    with tarfile.open(saved) as archive:
        assert not [one for one in archive.getnames() if "passwd" in one or "notes" in one]
        assert all(one.isfile() for one in archive)


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "course/../../evil", "course/link"])
def test_a_backup_that_would_write_elsewhere_writes_nothing(here: Here, name: str) -> None:
    import tarfile

    from grader import keeping
    from grader.errors import CourseError

    file, folder = here.root.parent / "hostile.tar.gz", here.root.parent / "restored"
    facts = {"format": 1, "course": "x", "schema": "0003", "sha256": {name: hashlib.sha256(b"x").hexdigest()}}
    with tarfile.open(file, "w:gz") as archive:
        member = tarfile.TarInfo(name)
        if name.endswith("link"):
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
        else:
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
        data = json.dumps(facts).encode()
        member = tarfile.TarInfo("partiel-backup.json")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    with pytest.raises(CourseError):
        keeping.restore(file, folder)
    assert not folder.exists()


def test_a_link_that_is_slipped_to_somebody_asks_first(here: Here) -> None:
    ada = here.client("ada")
    assert ada.get(here.path("emmy")).status_code == 200
    assert "Ada Lovelace" in ada.get("/a/td1").text
    assert links.link(here.desk, "emmy") != links.link(here.desk, "ada")
