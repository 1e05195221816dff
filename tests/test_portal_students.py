"""The grading server as students meet it: real application, real database, real grading."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from grader import keeping, lock, receipt
from grader.portal import pages
from grader.store import audit, jobs, receipts, released
from tests.portal_course import Here, here, main, sent

__all__ = ["here"]


# ── the whole path ───────────────────────────────────────────────────────────


FRENCH = ("Devoirs", "Rendre ce fichier", "Votre copie est la prochaine", "à temps", "Corrigé", "Lue et exécutée")
ENGLISH = ("Assignments", "Hand in this file", "Your copy is next", "on time", "Graded", "Read and run")


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("ada", (*FRENCH, "mardi 8 décembre 2026, 23 h 59", "encore 7 j 13 h")),
        ("emmy", (*ENGLISH, "Tuesday 8 December 2026, 23:59", "7 d 13 h left")),
    ],
    ids=("fr", "en"),
)
def test_a_student_downloads_hands_in_watches_and_reads(here: Here, who: str, words: tuple[str, ...]) -> None:
    title, button, waits, on_time, graded, ran, due, left = words
    me = here.client(who)
    home = me.get("/")
    assert title in main(home.text) and "TD 3" not in home.text and due in main(home.text) and left in main(home.text)
    asked = me.get("/a/td1")
    assert button in main(asked.text) and home.headers["content-language"] == {"ada": "fr", "emmy": "en"}[who]
    copy = me.get("/a/td1/notebook")
    assert copy.content == (here.root / f"release/{who}/td1/td1.ipynb").read_bytes()
    assert copy.headers["content-disposition"] == 'attachment; filename="td1.ipynb"'
    took = here.submit(me, "td1", here.notebook(who))
    assert took.status_code == 303
    page = me.get(took.headers["location"])
    assert waits in main(page.text) and on_time in main(page.text)
    here.clock.jump(60)
    assert here.grade() == ["done"]
    page = me.get(took.headers["location"])
    assert graded in main(page.text) and ran in main(page.text)
    with here.desk.db.write() as c:
        released.release(c, "td1", "prof", here.clock())
    earned = {"fr": "Points : 0,33 / 2,33", "en": "Points: 0.33 / 2.33"}
    assert earned[home.headers["content-language"]] in main(me.get(took.headers["location"]).text)
    feedback = me.get(f"{took.headers['location']}/feedback")
    assert feedback.status_code == 200 and "sandbox" in feedback.headers["content-security-policy"]
    assert "def grow" in re.sub("<[^>]+>", "", feedback.text)
    assert feedback.text.count('class="question ') == 2


def test_a_receipt_holds_and_any_other_does_not(here: Here) -> None:
    me = here.client("ada")
    where = here.submit(me, "td1", here.notebook("ada")).headers["location"]
    said = me.get(f"{where}/receipt")
    course = here.desk.course()
    assert said.headers["content-type"].startswith("text/plain") and "attachment" in said.headers["content-disposition"]
    assert receipt.genuine(course, said.text)
    assert not receipt.genuine(course, said.text.replace("attempt: 1", "attempt: 2"))
    page = main(me.get(where).text)
    assert re.search(r"sha256: (\w+)", said.text)[1] in page and re.search(r"signature: (\w+)", said.text)[1] in page  # type: ignore[index]
    assert me.get(f"{where}/file").content == here.notebook("ada")


def test_before_the_release_nothing_says_what_is_right(here: Here) -> None:
    """A wrong answer and a right one look the same, and a newer attempt's worth is not given away by which counts."""
    seen = []
    for answer in ("size = 999", f"size = {_right(here)}"):
        where = sent(here, answer=answer)
        here.clock.jump(1)
        here.grade()
        me = here.client("ada")
        page = me.get(where).text
        seen.append(_coarse(page))
        assert me.get(f"{where}/feedback").status_code == 403
        assert "/ 2" not in main(page) and not re.search(r"takes_any_number|adds_one", page)
    assert seen[0] == seen[1] and seen[0]


def _right(here: Here, who: str = "ada", assignment: str = "td1") -> int:
    params = lock.read(here.desk.course(), assignment).sheet(who).items[0].variant.params
    return (params["n"] + 2 - params["k"]) // params["s"] + 1


def _coarse(page: str) -> list[str]:
    return re.findall(r'<td><span class="chip[^/]*/?[^<]*</span>([^<]*)', page)


def test_where_nothing_may_be_said_nothing_is(here: Here) -> None:
    where = sent(here, "emmy", "exam")
    here.clock.jump(1)
    here.grade()
    me = here.client("emmy")
    assert _coarse(me.get(where).text) == [] and "will appear here" in main(me.get(where).text)
    here.clock.jump(4 * 3600)  # the exam releases its feedback at the deadline
    assert me.get(f"{where}/feedback").status_code == 200


def test_before_it_begins_an_exam_is_neither_read_nor_handed_in(here: Here) -> None:
    """Copies are made the day before. Whoever's own deadline comes first does not wait for the others."""
    course, roster = here.root / "course.toml", here.root / "students.csv"
    start = 'title = "Partiel"\nstart = 2026-12-01T11:00:00+01:00'
    course.write_text(course.read_text("utf-8").replace('title = "Partiel"', start), "utf-8")
    rows = roster.read_text("utf-8").replace("withdrawn\n", "withdrawn,deadline:exam\n", 1)
    roster.write_text(rows.replace("ada@example.org,,,", "ada@example.org,,,,2026-12-01 10:30"), "utf-8")
    ada, emmy = here.client("ada"), here.client("emmy")
    assert "Not begun yet" in main(emmy.get("/").text) and "Begins Tuesday 1 December 2026, 11:00 · in 1 h" in main(
        emmy.get("/").text
    )
    page = main(emmy.get("/a/exam").text)
    assert "Start Tuesday 1 December 2026, 11:00" in page and "Download" not in page and "Hand" not in page
    early = emmy.get("/a/exam/notebook")
    assert early.status_code == 403 and "has not begun yet" in main(early.text)
    assert here.submit(emmy, "exam", here.notebook("emmy", "exam")).status_code == 403
    told = emmy.get("/api/v1/assignments/exam", headers=here.token("emmy")).json()
    assert told["begins"] == "2026-12-01T11:00:00+01:00" and not told["open"]
    assert ada.get("/a/exam/notebook").status_code == 200
    here.clock.jump(3600)
    assert emmy.get("/a/exam/notebook").status_code == 200
    assert here.submit(emmy, "exam", here.notebook("emmy", "exam")).status_code == 303


def test_what_was_purged_is_said_and_nothing_breaks(here: Here) -> None:
    """Student's and teacher's pages, once the files are gone."""
    where = sent(here, answer=f"size = {_right(here)}")
    here.grade()
    with here.desk.db.write() as c:
        released.release(c, "td1", "prof", here.clock())
    toml = here.root / "course.toml"
    toml.write_text(toml.read_text("utf-8") + "\n[server.keep]\nsubmissions = 30\n", "utf-8")
    here.clock.jump(31 * 86400)
    assert keeping.purge(here.desk.course(), here.desk.db, here.clock()).submissions == 1
    me = here.client("ada")
    for path in ("/", "/a/td1", where):
        page = me.get(path)
        assert page.status_code == 200 and "Fichier effacé" in main(page.text), path
    page = main(me.get(where).text)
    assert "Points : 2,33 / 2,33" in page and "fichier rendu" not in page and "votre fichier a été effacé" in page
    assert me.get(f"{where}/feedback").status_code == 200 and me.get(f"{where}/receipt").status_code == 200
    prof = here.client("prof")
    for path in ("/staff", "/staff/a/td1", "/staff/a/td1/s/ada"):
        assert prof.get(path).status_code == 200, path
    with here.desk.db.read() as c:
        assert next(line.at for line in audit.lines(c) if line.what == "purge") == here.clock()


def test_a_purge_takes_what_was_laid_for_everybody_of_a_group(here: Here) -> None:
    toml = here.root / "course.toml"
    toml.write_text(toml.read_text("utf-8") + "\n[server.keep]\nsubmissions = 30\n", "utf-8")
    sent(here, "grace", "exam")
    here.grade()
    recorded = here.root / "autograded/alan/exam/exam.ipynb"
    recorded.parent.mkdir(parents=True)
    recorded.write_text("what Grace wrote, as nbgrader recorded it for Alan")
    here.clock.jump(31 * 86400)
    keeping.purge(here.desk.course(), here.desk.db, here.clock())
    assert not recorded.exists()


def test_a_form_without_scripts_is_enough(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where htmx was not put, the page of an attempt asks for itself again, and every form is a plain form."""
    known = {name: said for name, said in pages.files().items() if name != "htmx.min.js"}
    monkeypatch.setattr(pages, "files", lambda: known)
    monkeypatch.setattr("grader.portal.pages_student.files", lambda: known)
    me = here.client("ada")
    page = me.get("/a/td1").text
    assert re.search(r'<form method="post" action="/a/td1/submit" enctype="multipart/form-data"', page)
    where = here.submit(me, "td1", here.notebook("ada")).headers["location"]
    waiting = me.get(where)
    assert waiting.headers["refresh"] == "5" and "hx-get" not in waiting.text and "htmx" not in waiting.text
    here.grade()
    assert "refresh" not in me.get(where).headers


def test_with_scripts_only_the_piece_that_changes_is_asked_for(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**pages.files(), "htmx.min.js": (b"//", "text/javascript")}
    monkeypatch.setattr(pages, "files", lambda: known)
    monkeypatch.setattr("grader.portal.pages_student.files", lambda: known)
    me = here.client("ada")
    where = here.submit(me, "td1", here.notebook("ada")).headers["location"]
    assert "refresh" not in me.get(where).headers and f'hx-get="{where}/status"' in me.get(where).text
    piece = me.get(f"{where}/status").text
    assert piece.lstrip().startswith("<section") and "<html" not in piece
    here.grade()
    assert "hx-get" not in me.get(f"{where}/status").text


def test_the_place_in_the_queue_and_the_question_are_told(here: Here) -> None:
    first, second = sent(here, "ada"), sent(here, "emmy")
    me = here.client("emmy")
    assert "1 copy ahead of yours" in main(me.get(second).text)
    with here.desk.db.write() as c:
        job = jobs.take(c, "w", here.clock(), 60)
        jobs.renew(c, job, here.clock(), 60, at=1, of=2)
    assert "Question 2 sur 2 grow" in main(here.client("ada").get(first).text)
    assert "Your copy is next" in main(me.get(second).text)


def test_a_newer_attempt_takes_the_place_of_one_that_waits(here: Here) -> None:
    first, second = sent(here), sent(here, answer="size = 4")
    me = here.client("ada")
    assert "Remplacé" in main(me.get(first).text) and "prochaine" in main(me.get(second).text)
    assert "Essai 2" in main(me.get("/a/td1").text)


def test_a_group_hands_in_one_copy_and_each_sees_it(here: Here) -> None:
    where = sent(here, "grace", "exam")
    alan = here.client("alan")
    assert "Grace Hopper" in main(alan.get("/a/exam").text) and alan.get(where).status_code == 200
    assert here.client("ada").get(where).status_code == 404


def test_a_groups_page_is_of_whoever_reads_it_and_says_who_handed_in(here: Here) -> None:
    where = sent(here, "grace", "exam")
    here.grade()
    here.clock.jump(4 * 3600)
    for who, said in (("alan", "Alan Turing (alan)"), ("grace", "Grace Hopper (grace)")):
        page = here.client(who).get(f"{where}/feedback").text
        read = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
        assert said in read and "handed in by grace" in read


# ── what was odd about the file ──────────────────────────────────────────────


def test_a_file_that_cannot_be_used_says_so_before_the_release(here: Here) -> None:
    me, token = here.client("ada"), here.token("ada")
    for data, words in (
        (b'{"cells": [', "Ce fichier est abîmé ou incomplet"),
        (here.notebook("ada", "td2"), "Ce notebook est celui d’un autre devoir (td2)."),
        (here.notebook("emmy"), "Ce notebook a été distribué à un autre nom (emmy)."),
    ):
        where = here.submit(me, "td1", data).headers["location"]
        assert words not in main(me.get(where).text)
        here.grade()
        assert words in main(me.get(where).text) and words in main(f"<main>{me.get(f'{where}/status').text}</main>")
        told = me.get(f"/api/v1/submissions/{where[3:]}/feedback", headers=token).json()
        assert told["level"] == "coarse" and any(words.replace("’", "'") in one for one in told["remarks"])


def test_where_nothing_may_be_said_nothing_is_of_the_file(here: Here) -> None:
    me, token = here.client("emmy"), here.token("emmy")
    where = here.submit(me, "exam", here.notebook("ada", "exam")).headers["location"]
    here.grade()
    told = me.get(f"/api/v1/submissions/{where[3:]}/feedback", headers=token).json()
    assert "another name" not in main(me.get(where).text) and (told["level"], told["remarks"]) == ("none", [])


# ── the correction ends it ───────────────────────────────────────────────────


def test_once_the_correction_is_out_the_page_and_programs_take_nothing_more(here: Here) -> None:
    where, me, token = sent(here), here.client("ada"), here.token("ada")
    here.grade()
    assert all("encore 7 j" in main(me.get(page).text) for page in ("/", "/a/td1"))
    with here.desk.db.write() as c:
        released.release(c, "td1", "prof", here.clock())
    assert me.get(f"{where}/feedback").status_code == 200
    why = "La correction est publiée et vous avez déjà rendu un essai"
    for page in ("/", "/a/td1"):
        told = main(me.get(page).text)
        assert "encore 7 j" not in told and "Essais restants" in told
    assert f"{why} : aucun autre n’est accepté." in told and "Rendre ce fichier" not in told
    said = here.submit(me, "td1", here.notebook("ada", answer="size = 4"))
    assert said.status_code == 403 and why in main(said.text)
    path = "/api/v1/assignments/td1"
    said = me.post(f"{path}/submissions", content=here.notebook("ada", answer="size = 4"), headers=token)
    assert said.status_code == 403 and why in said.json()["problem"]
    asked = me.get(path, headers=token).json()
    assert not asked["open"] and asked["attempts_left"] == 0 and why in asked["why"]
    assert here.submit(here.client("emmy"), "td1", here.notebook("emmy")).status_code == 303


# ── what time it is ──────────────────────────────────────────────────────────


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """This machine in a zone of the world."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("at_home", "hours"),
    [("Europe/Paris", {"td1": ("12", "11"), "td2": ("12", "11")}), ("UTC", {"td1": ("12", "12"), "td2": ("11", "11")})],
    ids=("paris", "elsewhere"),
    indirect=["at_home"],
)
def test_every_page_of_an_assignment_has_the_same_hour(
    here: Here, at_home: None, hours: dict[str, tuple[str, str]]
) -> None:
    """Clocks change on 25 October. Here that is followed; elsewhere an assignment keeps the offset of its own date."""
    toml = here.root / "course.toml"
    text = toml.read_text("utf-8").replace("2026-12-08T23:59:00+01:00", "2026-10-23T23:59:00+02:00")
    text = text.replace("2026-11-30T23:59:00+01:00", "2026-12-08T23:59:00+01:00")
    toml.write_text(text, "utf-8")
    for n, (month, said) in enumerate(((10, "mardi 20 octobre 2026"), (11, "vendredi 20 novembre 2026"))):
        here.clock.at = datetime(2026, month, 20, 10, 0, tzinfo=UTC).timestamp()
        me = here.client("ada")
        for id in ("td1", "td2"):
            where = here.submit(me, id, here.notebook("ada", id, answer=f"size = {month}")).headers["location"]
            told = f"{said}, {hours[id][n]} h 00"
            assert told in main(me.get(where).text) and told in main(me.get(f"/a/{id}").text)


# ── refusals ─────────────────────────────────────────────────────────────────


def test_attempts_pauses_and_deadlines_are_said_where_they_refuse(here: Here) -> None:
    me = here.client("ada")
    for n in range(3):
        here.submit(me, "td1", here.notebook("ada", answer=f"size = {n}"))
        here.grade()
        here.clock.jump(60)
    said = here.submit(me, "td1", here.notebook("ada", answer="size = 77"))
    assert said.status_code == 403 and "utilisé tous vos essais" in main(said.text)
    assert "Essais restants 0" in main(me.get("/a/td1").text)
    over = here.submit(me, "td2", here.notebook("ada", "td2"))
    assert over.status_code == 403 and "La date limite est passée" in main(over.text)
    here.submit(me, "exam", here.notebook("ada", "exam"))
    here.grade()
    soon = here.submit(me, "exam", here.notebook("ada", "exam", answer="size = 5"))
    assert soon.status_code == 429 and soon.headers["retry-after"] == "600" and "Encore 10 min" in main(soon.text)


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n", b"[1, 2]"])
def test_what_is_no_notebook_is_refused_on_the_page_itself(here: Here, data: bytes) -> None:
    me = here.client("ada")
    said = here.submit(me, "td1", data)
    assert said.status_code == 422 and 'role="alert"' in said.text and "Rendre ce fichier" in main(said.text)
    assert not (here.root / ".partiel/handed_in").exists()


def test_who_withdrew_and_who_is_not_enrolled_do_not_come_in(here: Here) -> None:
    assert here.client().get(here.path("kurt")).status_code == 403
    assert here.client().get(here.path("mallory")).status_code == 403
    me = here.client("ada")
    roster = (here.root / "students.csv").read_text()
    (here.root / "students.csv").write_text(
        roster.replace("ada,Ada Lovelace,ada@example.org,,,", "ada,Ada Lovelace,ada@example.org,,,yes")
    )
    assert me.get("/").status_code == 303  # signed in a moment ago, and no more


def test_a_course_that_cannot_be_read_any_more_stays_as_it_was(here: Here) -> None:
    me = here.client("ada")
    (here.root / "course.toml").write_text("[course\n")
    assert me.get("/a/td1").status_code == 200 and "course.toml" not in me.get("/a/td1").text


def test_an_error_says_what_to_do_in_the_readers_language(here: Here) -> None:
    for who, words in (("ada", "Il n’y a rien à cette adresse."), ("emmy", "There is nothing at this address.")):
        said = here.client(who).get("/nowhere")
        assert said.status_code == 404 and words in main(said.text)
    assert here.client().get("/nowhere", headers={"Accept-Language": "en-GB,en"}).headers["content-language"] == "en"
    assert here.client("ada", "en").get("/").headers["content-language"] == "en"


def test_the_language_is_the_roster_s_then_the_browser_s_and_a_click_goes_before(here: Here) -> None:
    browser = {"Accept-Language": "en-GB,en;q=0.9"}
    me = here.client("ada")
    assert [me.get("/", headers=one).headers["content-language"] for one in ({}, browser)] == ["fr", "en"]
    roster = here.client("emmy").get("/", headers={"Accept-Language": "fr"})
    assert roster.headers["content-language"] == "en"
    assert here.client("prof").get("/staff", headers=browser).headers["content-language"] == "en"
    assert here.client("ada", "fr").get("/", headers=browser).headers["content-language"] == "fr"


def test_before_the_release_it_is_not_said_which_is_the_best_attempt(here: Here) -> None:
    """Or whoever hands in again would learn whether it is better."""
    where = sent(here, "emmy", "exam", answer=f"size = {_right(here, 'emmy', 'exam')}")
    here.grade()
    here.clock.jump(660)
    sent(here, "emmy", "exam", answer="size = 999")
    here.grade()
    me = here.client("emmy")
    assert "(counts)" not in main(me.get("/a/exam").text)
    here.clock.jump(4 * 3600)
    page = me.get("/a/exam").text
    assert page.count("(counts)") == 1 and page.index("(counts)") > page.index(where) > page.index("Attempt 2")


def test_what_lateness_costs_is_on_the_page(here: Here) -> None:
    where = sent(here, "emmy")
    here.grade()
    with here.desk.db.write() as c:
        receipts.penalize(c, where.removeprefix("/s/"), Fraction(1, 2))
        released.release(c, "td1", "prof", here.clock())
    emmy = here.client("emmy")
    assert "(late: −0.5)" in main(emmy.get(where).text) and "late: −0.5" in main(emmy.get("/a/td1").text)
    assert "−0.5" in emmy.get(f"{where}/feedback").text
    assert emmy.get(where).text.count("retard") == 0
