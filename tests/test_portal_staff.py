"""Teachers' pages: what goes on, what each copy got and why, what changes and by whom; and names that stay hidden."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import time
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import anonymity, bridge, intake, keeping, lock, regrade, release, values, verdicts
from grader import course as courses
from grader.bridge.gradebook import opened
from grader.dispatch import recorder
from grader.errors import CourseError
from grader.model import Terms
from grader.portal import links, pages
from grader.portal.staff import again, arrivals, background, classes, log, person
from grader.portal.staff.log_words import DEEDS, DETAILS, PAGE
from grader.portal.staff.who import names
from grader.portal.staff.words import WORDS
from grader.store import audit, jobs, outbox, receipts, released, workers
from tests.mended import partiel
from tests.portal_course import Here, here, main, sent

__all__ = ["here", "partiel"]
TRUSTED = Terms(trust=True, workers=1)


@pytest.fixture(autouse=True)
def trusted(here: Here) -> None:
    """What is graded here was written in this file."""
    here.desk.trust = True


def right(here: Here, who: str, assignment: str = "td1") -> str:
    """The answer to this student's question of sizes."""
    known = values.of(lock.read(here.desk.course(), assignment).sheet(who).items[0].variant)
    return f"size = {known['size']}"


def ids(here: Here) -> list[str]:
    return [one.id for one in here.desk.course().students]


def lines(here: Here) -> list[tuple[str, str, str]]:
    with here.desk.db.read() as c:
        assert audit.torn(c) is None
        return [(one.who, one.what, one.on) for one in audit.lines(c)]


def aside(here: Here) -> int:
    """The job of a copy that failed twice."""
    for _ in range(2):
        with here.desk.db.write() as c:
            job = jobs.take(c, "w", here.clock(), 60)
            assert job is not None
            jobs.fail(c, job, f"the sandbox of {job.student} fell over")
    return job.id


# ── what goes on ─────────────────────────────────────────────────────────────


def test_the_live_page_says_what_goes_on(here: Here) -> None:
    bob = here.client("bob", "en")
    assert "Nothing is waiting." in main(bob.get("/staff").text)
    sent(here, "ada")
    sent(here, "emmy")
    sent(here, "emmy", "exam")
    page = main(bob.get("/staff").text)
    assert "3 waiting" in page and "nobody grades" in page and "Ada Lovelace td1" in page
    with here.desk.db.write() as c:
        workers.beat(c, workers.Worker("w:1", "here", 0, here.clock(), False, "bubblewrap is not there", 2, 1))
        job = jobs.take(c, "w", here.clock(), 60)
        jobs.renew(c, job, here.clock(), 60, at=1, of=2)
    here.clock.jump(5)
    piece = bob.get("/staff/live").text
    assert "bubblewrap is not there" in piece and "does not hold" in piece and "question 2 of 2" in piece
    assert 'max="2" value="1"' in piece and "<html" not in piece
    here.clock.jump(100)
    assert "bubblewrap" not in bob.get("/staff/live").text  # it was not seen for a while
    row = re.search(r'<tr>\s*<th scope="row" class="wide"><a href="/staff/a/td1">.*?</tr>', piece, re.DOTALL)
    assert row and re.findall(r"</span>(\d+)</td>", row[0]) == ["4", "2", "0", "2"]  # a pair has one copy


def test_what_failed_is_tried_again_or_cancelled(here: Here) -> None:
    where = sent(here, "ada")
    number = aside(here)
    bob = here.client("bob", "en")
    page = main(bob.get("/staff").text)
    assert "1 needing attention" in page and "the sandbox of ada fell over" in page
    here.post(bob, f"/staff/jobs/{number}/again", on="/staff")
    with here.desk.db.read() as c:
        assert jobs.get(c, number).state == "queued" and receipts.get(c, where[3:]).state == "queued"
    aside(here)
    copy, prof = "/staff/a/td1/s/ada", here.client("prof", "fr")
    page = bob.get(copy).text
    assert "the sandbox of ada fell over" in main(page) and "/again" in page and "/cancel" not in page
    assert "/cancel" not in prof.get("/staff").text, "that page moves under the hand"
    cancel = f"/staff/jobs/{number}/cancel"
    assert here.post(bob, cancel, on="/staff", sure="yes").status_code == 403
    unsure = here.post(prof, cancel, on=copy)
    assert unsure.status_code == 422 and "cochez d’abord la case" in main(unsure.text)
    with here.desk.db.read() as c:
        assert jobs.get(c, number).state == "aside"
    done = here.post(prof, cancel, on=copy, sure="yes", to=copy)
    assert (done.status_code, done.headers["location"]) == (303, copy)
    with here.desk.db.read() as c:
        assert jobs.get(c, number).state == "cancelled" and receipts.get(c, where[3:]).state == "cancelled"
    done = [line for line in lines(here) if line[1] != "sign_in" and line[2] == "td1/ada" and line[0] != "ada"]
    assert done == [("prof", "cancel", "td1/ada"), ("bob", "try_again", "td1/ada")]
    assert (
        "needing attention" in main(bob.get("/staff").text)
        and here.post(bob, "/staff/jobs/99/again").status_code == 404
    )
    assert "/again" not in bob.get(copy).text
    assert here.post(bob, f"/staff/jobs/{number}/again", on="/staff").status_code == 403
    assert "Relancer la correction" in main(prof.get(copy).text)
    here.post(prof, f"/staff/jobs/{number}/again", on=copy, to=copy)
    with here.desk.db.read() as c:
        assert jobs.get(c, number).state == "queued" and receipts.get(c, where[3:]).state == "queued"
    assert here.grade() == ["done"] and "Relancer la correction" not in main(prof.get(copy).text)


def test_a_running_copy_is_not_cancelled(here: Here) -> None:
    sent(here, "ada")
    with here.desk.db.write() as c:
        job = jobs.take(c, "w", here.clock(), 60)
    assert here.post(here.client("prof"), f"/staff/jobs/{job.id}/cancel", on="/staff", sure="yes").status_code == 303
    with here.desk.db.read() as c:
        assert jobs.get(c, job.id).state == "leased"


def test_what_could_not_be_sent_is_said(here: Here) -> None:
    with here.desk.db.write() as c:
        outbox.put(c, "gradebook", "gradebook/td1/ada", {"assignment": "td1", "student": "ada"}, 0)
        outbox.put(c, "gradebook", "gradebook/exam/ada", {"assignment": "exam", "student": "ada"}, 0)
        for parcel in outbox.due(c, "gradebook", here.clock()):
            outbox.failed(c, parcel, here.clock(), f"no room for {parcel.payload['student']}")
    page = main(here.client("bob", "en").get("/staff").text)
    code = anonymity.code(here.desk.course(), "ada")
    assert "2 not sent yet" in page and "nbgrader’s gradebook Ada Lovelace td1" in page
    assert f"{code} exam" in page and f"no room for {code}" in page


# ── one assignment, one copy ─────────────────────────────────────────────────


def test_a_class_and_a_copy_with_all_that_was_seen(here: Here) -> None:
    first = sent(here, "ada", answer="size = 3")
    here.clock.jump(60)
    here.grade()
    second = sent(here, "ada", answer=right(here, "ada"))
    sent(here, "emmy", answer="size = -1")
    here.clock.jump(1)
    here.grade()
    bob = here.client("bob", "en")
    table = main(bob.get("/staff/a/td1").text)
    assert re.search(r"Ada Lovelace Tuesday 1 December 2026, 10:01 Attempts 2 ● Graded Points 2.33 / 2.33", table)
    assert re.search(r"Emmy Noether .* Points 0.33 / 2.33", table) and "Grace Hopper nothing" in table
    copy = bob.get("/staff/a/td1/s/ada").text
    page = main(copy)
    assert "Attempt 2 (counts)" in page and page.count("genuine receipt") == 2 and "tiny-size ✓ Right 2 / 2" in page
    assert "def grow(x): return x + 1" in page and "What was observed" in page
    for where in (first, second):
        id = where.removeprefix("/s/")
        kept = bob.get(f"/staff/a/td1/s/ada/{id}/file")
        assert "attachment" in kept.headers["content-disposition"] and kept.json()["metadata"]["partiel"]
        assert f"id: {id}" in bob.get(f"/staff/a/td1/s/ada/{id}/receipt").text
        feedback = bob.get(f"/staff/a/td1/s/ada/{id}/feedback")
        assert feedback.status_code == 200 and "sandbox" in feedback.headers["content-security-policy"]
        for wrong in (f"/staff/a/td1/s/emmy/{id}/file", f"/staff/a/td2/s/ada/{id}/file"):
            assert bob.get(wrong).status_code == 404
    said = bob.get("/staff/a/td1/report")
    assert "Ada Lovelace" in said.text and "sandbox" in said.headers["content-security-policy"]


def test_a_histogram_counts_everyone_once() -> None:
    assert classes.histogram([Fraction(n, 20) for n in (0, 1, 2, 19, 20)]) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]


def test_feedback_is_released_and_held_by_instructors(here: Here) -> None:
    where = sent(here, "ada")
    here.clock.jump(1)
    here.grade()
    prof, ada = here.client("prof", "en"), here.client("ada")
    assert ada.get(f"{where}/feedback").status_code == 403
    here.post(prof, "/staff/a/td1/release", on="/staff/a/td1")
    assert ada.get(f"{where}/feedback").status_code == 200
    assert "Released since Tuesday 1 December" in main(prof.get("/staff/a/td1").text)
    here.post(prof, "/staff/a/td1/hold", on="/staff/a/td1")
    assert ada.get(f"{where}/feedback").status_code == 403
    assert here.post(here.client("bob"), "/staff/a/td1/release", on="/staff/a/td1").status_code == 403
    assert [line[1] for line in lines(here) if line[2] == "td1" and line[0] == "prof"] == ["hold", "release"]


def test_the_button_says_who_can_still_hand_in_and_what_it_ends(here: Here) -> None:
    prof, ends = here.client("prof", "en"), "Whoever has handed in an attempt can hand in no other."
    still = "students can still hand in on time, until Tuesday 8 December 2026, 23:59."
    page = main(prof.get("/staff/a/td1").text)
    assert f"5 {still}" in page and ends in page
    for n in range(3):
        sent(here, "ada", answer=f"size = {n}")
        here.grade()
    assert f"4 {still}" in main(prof.get("/staff/a/td1").text), "who has no attempt left is not counted"
    assert "can still hand in" not in main(prof.get("/staff/a/td2").text), "its deadline has passed"
    here.clock.jump(9 * 86400)
    assert "can still hand in" not in main(here.client("prof", "en").get("/staff/a/td1").text)
    here.clock.jump(-9 * 86400)
    here.post(prof, "/staff/a/td1/release", on="/staff/a/td1")
    page = main(prof.get("/staff/a/td1").text)
    assert "can still hand in" not in page and "While it is shown, whoever has handed in an attempt" in page


def test_marks_wait_for_the_last_copy(here: Here) -> None:
    """Or whoever waits in the queue would be down as absent."""
    sent(here, "ada", answer=right(here, "ada"))
    prof = here.client("prof", "en")
    said = prof.get("/staff/a/td1/marks.csv")
    assert said.status_code == 409 and "Copies still wait" in main(said.text)
    here.clock.jump(1)
    here.grade()
    said = prof.get("/staff/a/td1/marks.csv")
    assert said.status_code == 409 and "not in nbgrader’s gradebook yet" in main(said.text)


def test_copies_are_handed_out_recorded_and_marked_by_hand(here: Here) -> None:
    """The gradebook is nbgrader's own."""
    with (here.root / "students.csv").open("a") as roster:
        roster.write("zoe,Zoé Neuve,,,,\n")
    prof, bob = here.client("prof", "fr"), here.client("bob", "en")
    before = (here.root / "release/ada/td1/td1.ipynb").read_bytes()
    assert "Un étudiant de la liste n’a pas de copie" in main(prof.get("/staff/a/td1").text)
    assert "TD 1 : convolutions : Un étudiant de la liste n’a pas de copie" in main(prof.get("/staff").text)
    assert 'href="/staff/a/td1#lacking"' in prof.get("/staff/live").text
    here.post(prof, "/staff/a/td1/hand-out", on="/staff/a/td1")
    background.wait(here.desk, classes.HAND_OUT, "td1")
    assert "Les copies sont prêtes." in main(prof.get("/staff/a/td1").text)
    assert "Zoé Neuve" in main(prof.get("/staff/a/td1").text)
    assert "/staff/a/td1#lacking" not in prof.get("/staff").text, "she has hers"
    assert (here.root / "release/ada/td1/td1.ipynb").read_bytes() == before
    sent(here, "ada", answer="size = 3")
    here.clock.jump(1)
    here.grade()
    recorder.record_due(here.desk.course(), here.desk.db, here.clock)
    rows = marks_of(prof)
    assert rows["ada"] == "2,86" and rows["emmy"] == "", "she has a week left"
    form = {"question": "tiny-size", "because": "Son schéma est juste."}
    path = "/staff/a/td1/s/ada"
    refused = here.post(prof, f"{path}/override", on=path, points="3", **form)
    assert refused.status_code == 422 and "vaut de 0 à 2." in main(refused.text)
    assert 'value="3"' in refused.text and 'value="Son schéma est juste."' in refused.text, "what was typed stays"
    silent = here.post(prof, f"{path}/override", on=path, question="tiny-size", points="1", because=" ")
    assert silent.status_code == 422 and "demande sa raison" in main(silent.text)
    assert "pas un nombre" in main(here.post(prof, f"{path}/override", on=path, points="deux", **form).text)
    assert here.post(bob, f"{path}/override", on=path, points="1,5", **form).status_code == 403
    assert here.post(prof, f"{path}/override", on=path, points="1,5", **form).status_code == 303
    page = main(bob.get(path).text)
    assert re.search(r"● Graded 1\.83 / 2\.33 \(by hand\)", page), "as above it"
    assert "1.5 / 2 (by hand)" in page and "marked by hand 1.5: Son schéma est juste. (prof," in page.replace(
        "1.5 :", "1.5:"
    )
    assert "Points : 1,83 / 2,33" in student_reads(here, "Noté à la main", "Son schéma est juste.")
    made = here.root / "feedback/ada/td1/td1.html"
    made.parent.mkdir(parents=True)
    made.write_text("<html>as formgrader has it</html>")
    os.utime(made, (time.time() + 60,) * 2)
    student_reads(here, "as formgrader has it")
    os.utime(made, (time.time() - 60,) * 2)
    student_reads(here, "Noté à la main")
    here.post(prof, f"{path}/lift", on=path, question="tiny-size")
    assert "✗ Wrong 0 / 2" in main(bob.get(path).text)
    assert "Points : 0,33 / 2,33" in student_reads(here, "Faux")
    deeds = [what for who, what, on in lines(here) if on.startswith("td1") and who == "prof"]
    assert deeds == ["lift", "override", "marks", "hand_out"]
    toml = here.root / "course.toml"
    toml.write_text(toml.read_text("utf-8") + "\n[server.keep]\nsubmissions = 30\n", "utf-8")
    here.clock.jump(31 * 86400)
    assert keeping.purge(here.desk.course(), here.desk.db, here.clock()).submissions == 1
    assert not (here.root / "autograded/ada/td1").exists()
    roster = here.root / "students.csv"
    text = roster.read_text("utf-8").replace("withdrawn\n", "withdrawn,deadline:td1\n", 1)
    roster.write_text(text.replace("Noether,,en,,", "Noether,,en,,,2027-01-31"), "utf-8")
    rows = marks_of(here.client("prof", "fr"))
    assert rows["ada"] == "2,86", "marks outlive the files"
    assert (rows["evil"], rows["emmy"]) == ("ABI", ""), "a deadline of her own"


def marks_of(who: Any) -> dict[str, str]:
    """By the registrar's number, as a French page gives them."""
    said = who.get("/staff/a/td1/marks.csv")
    assert said.status_code == 200, main(said.text)
    return {row[0]: row[-1] for row in csv.reader(io.StringIO(said.text.removeprefix("\ufeff")), delimiter=";")}


def student_reads(here: Here, *words: str) -> str:
    """Each of these, in the feedback; and what the attempt's page says."""
    ada = here.client("ada", "fr")
    with here.desk.db.write() as c:
        released.release(c, "td1", "prof", here.clock())
        where = f"/s/{receipts.of_copy(c, 'td1', 'ada')[-1].id}"
    page = ada.get(f"{where}/feedback").text
    assert all(one in page for one in words), re.sub("<[^>]+>", " ", page)
    return main(ada.get(where).text)


# ── judging again ────────────────────────────────────────────────────────────


def mend(here: Here) -> None:
    """The exercise was wrong, and is put right in its file: nobody tells the server."""
    file = here.root.parent / "content/exercises/small/tiny.py"
    before = file.read_text("utf-8")
    file.write_text(before.replace("(padded - k) // s + 1", "77 + 0 * (padded - k) // s"), "utf-8")
    assert file.read_text("utf-8") != before


def regraded(here: Here, who: Any, **fields: str) -> str:
    said = here.post(who, "/staff/a/td1/regrade", on="/staff/a/td1", **fields)
    assert said.status_code == 303, main(said.text)
    return compared(here, who)


def compared(here: Here, who: Any) -> str:
    """Once the worker has judged what was asked for."""
    here.grade()
    who.get("/staff/a/td1/regrade")
    background.wait(here.desk, again.COMPARE, "td1")
    return main(who.get("/staff/a/td1/regrade").text)


def counting(here: Here, who: str) -> Fraction:
    return sum((v.earned for v in verdicts.latest(here.desk.course(), "td1")[who].verdicts), Fraction(0))


def three(here: Here) -> None:
    """Ada was right and is not any more; Emmy the other way round; the others wrote nothing that changes."""
    sent(here, "ada", answer=right(here, "ada"))
    sent(here, "emmy", answer="size = 77")
    sent(here, "grace", answer="size = -5")
    here.clock.jump(1)
    here.grade()
    mend(here)


def test_the_difference_is_shown_before_it_counts(here: Here) -> None:
    three(here)
    bob, prof = here.client("bob", "en"), here.client("prof", "fr")
    assert "judged otherwise today" in main(bob.get("/staff/a/td1/s/ada").text)
    page = regraded(here, bob)
    assert "4 copies graded again 1 up 1 down" in page  # Grace's and Alan's are one file, and two marks
    assert re.search(r"Ada Lovelace tiny-size ✓ Right 2 ✗ Wrong 0 −2 2.33 → 0.33", page), page
    assert re.search(r"Emmy Noether tiny-size ✗ Wrong 0 ✓ Right 2 \+2 0.33 → 2.33", page)
    assert "Let these" not in page and counting(here, "ada") == Fraction(7, 3)  # an assistant asks, and no more
    assert here.post(bob, "/staff/a/td1/regrade/accept", on="/staff/a/td1/regrade").status_code == 403
    assert "Faire compter" in main(prof.get("/staff/a/td1/regrade").text)
    here.post(prof, "/staff/a/td1/regrade/accept", on="/staff/a/td1/regrade")
    background.wait(here.desk, again.COUNT, "td1")
    assert "C’est enregistré." in main(prof.get("/staff/a/td1/regrade").text)
    assert (counting(here, "ada"), counting(here, "emmy")) == (Fraction(1, 3), Fraction(7, 3))
    assert [counting(here, who) for who in ("grace", "alan")] == [Fraction(1, 3)] * 2
    with here.desk.db.read() as c:
        given = {one.student: one for one in receipts.of_assignment(c, "td1")}
        assert given["ada"].earned == Fraction(1, 3) and given["ada"].state == "graded"
        assert {one.payload["student"] for one in outbox.waiting(c)} == {"ada", "emmy", "grace", "alan"}
    copy = main(here.client("bob", "en").get("/staff/a/td1/s/ada").text)
    assert "Earlier verdicts (1) ✓ Right 2" in copy  # kept
    assert not verdicts.path(here.desk.course(), "td1", verdicts.PROPOSED).exists()
    deeds = [(who, what) for who, what, on in lines(here) if what.startswith("regrade")]
    assert deeds == [("prof", "regrade_accept"), ("bob", "regrade")]
    bob = here.client("bob", "en")
    assert "No mark changes." in regraded(here, bob)
    here.post(bob, "/staff/a/td1/regrade/drop", on="/staff/a/td1/regrade")
    page = main(bob.get("/staff/a/td1/regrade").text)
    assert "Nothing was asked for." in page and "Recorded" not in page


def test_one_student_or_one_question_is_judged_again_and_dropped(here: Here) -> None:
    three(here)
    bob = here.client("bob", "en")
    page = regraded(here, bob, student="emmy")
    assert "For Emmy Noether" in page and "1 copy graded again 1 up 0 down" in page
    assert "Drop them" in page
    here.post(bob, "/staff/a/td1/regrade/drop", on="/staff/a/td1/regrade")
    assert "Nothing was asked for." in main(bob.get("/staff/a/td1/regrade").text)
    page = regraded(here, bob, question="tiny-grow")
    assert "0 up 0 down" in page and "would change too" in page
    assert counting(here, "emmy") == Fraction(1, 3)
    for wrong in ({"question": "tiny-nothing"}, {"student": "kurt"}):
        assert here.post(bob, "/staff/a/td1/regrade", on="/staff", **wrong).status_code == 404


def test_a_regrade_goes_on_after_a_restart(here: Here) -> None:
    """What was asked is on the disk."""
    three(here)
    course, prof = here.desk.course(), here.client("prof", "en")
    regraded(here, prof, student="ada")
    background._TASKS.clear()  # the server was stopped
    page = compared(here, prof)
    assert "For Ada Lovelace" in page and "0 up 1 down" in page and "Let these verdicts count" in page
    assert verdicts.path(course, "td1", verdicts.PROPOSED).exists()


def test_a_newer_attempt_is_not_overtaken_by_a_regrade(here: Here) -> None:
    """Between the difference and the yes, Emmy handed in again."""
    three(here)
    prof = here.client("prof", "en")
    assert "1 up" in regraded(here, prof)
    sent(here, "emmy", answer="size = 5")
    here.clock.jump(1)
    here.grade()
    here.post(prof, "/staff/a/td1/regrade/accept", on="/staff/a/td1/regrade")
    background.wait(here.desk, again.COUNT, "td1")
    assert counting(here, "emmy") == Fraction(1, 3)


def test_a_copy_that_came_by_another_way_counts_too(here: Here) -> None:
    """In ``submitted/``, by hand or by nbgrader's exchange: no attempt of the server's."""
    from grader import grading

    course = here.desk.course()
    file = here.root / "submitted/emmy/td1/td1.ipynb"
    file.parent.mkdir(parents=True)
    file.write_bytes(here.notebook("emmy", answer="size = 77"))
    assert len(list(grading.grade(course, "td1", TRUSTED))) == 1
    mend(here)
    prof = here.client("prof", "en")
    assert "1 up 0 down" in regraded(here, prof)
    here.post(prof, "/staff/a/td1/regrade/accept", on="/staff/a/td1/regrade")
    background.wait(here.desk, again.COUNT, "td1")
    assert counting(here, "emmy") == Fraction(7, 3)
    page = main(prof.get("/staff/a/td1").text)
    assert re.search(r"Emmy Noether Attempts 0 Points 2.33", page)


def test_what_cannot_be_judged_says_why(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    prof = here.client("prof", "en")
    assert "nothing was graded yet" in regraded(here, prof)
    here.post(prof, "/staff/a/td1/regrade/drop", on="/staff/a/td1/regrade")
    three(here)

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no sandbox for ada")

    with monkeypatch.context() as patch:
        patch.setattr(regrade, "compare", broken)
        assert "RuntimeError: no sandbox for ada" in regraded(here, prof)
    here.post(prof, "/staff/a/td1/regrade/drop", on="/staff/a/td1/regrade")
    with monkeypatch.context() as patch:
        patch.setattr("grader.queue.run.grade", broken)
        page = regraded(here, prof, student="ada")
        assert "0 up 0 down" in page and "ada: tiny-size could not be judged again and keeps its points" in page


def test_a_regrade_waits_in_the_queue_and_can_be_stopped(here: Here) -> None:
    """Behind what students hand in; and whoever holds one of its jobs finds that it was taken away."""
    three(here)
    bob = here.client("bob", "en")
    here.post(bob, "/staff/a/td1/regrade", on="/staff/a/td1")
    sent(here, "evil")
    with here.desk.db.write() as c:
        first = jobs.take(c, "w", here.clock(), 60)
        second = jobs.take(c, "w", here.clock(), 60)
        assert (first.student, first.again, second.again) == ("evil", False, True)
        assert receipts.get(c, second.submission).state == "graded"
    page = main(bob.get("/staff/a/td1/regrade").text)
    assert "Copies are being graded again (0 of 3)" in page and "Stop here" in page and "nobody grades" in page
    assert not again.start(here.desk, "td1", again.Asked(at=here.clock()))  # once at a time
    here.post(bob, "/staff/a/td1/regrade/drop", on="/staff/a/td1/regrade")
    assert "Nothing was asked for." in main(bob.get("/staff/a/td1/regrade").text)
    with here.desk.db.write() as c:
        assert not jobs.finish(c, second, here.clock()) and jobs.finish(c, first, here.clock())
        assert jobs.listed(c, "queued", "leased") == ()


def test_a_copy_whose_regrade_fails_twice_is_said_and_keeps_its_marks(here: Here) -> None:
    three(here)
    bob = here.client("bob", "en")
    here.post(bob, "/staff/a/td1/regrade", on="/staff/a/td1", student="emmy")
    number = aside(here)
    bob.get("/staff/a/td1/regrade")
    page = compared(here, bob)
    assert "0 up 0 down" in page and "the sandbox of emmy fell over" in page
    here.post(bob, f"/staff/jobs/{number}/again", on="/staff")
    assert "(0 of 1)" in main(bob.get("/staff/a/td1/regrade").text)
    assert "1 up 0 down" in compared(here, bob)


def test_an_attempt_that_would_be_the_best_by_the_mended_exercise_counts(here: Here) -> None:
    """Emmy's second attempt was the better one, and her first is today."""
    course = here.desk.course()
    sent(here, "emmy", "exam", answer="size = 77")
    here.grade()
    here.clock.jump(1000)
    sent(here, "emmy", "exam", answer=right(here, "emmy", "exam"))
    here.grade()
    was = verdicts.latest(course, "exam")["emmy"]
    mend(here)
    assert again.start(here.desk, "exam", again.Asked(at=here.clock()))
    assert here.grade() == ["done"] * 2
    again.look(here.desk, "exam")
    proposal = background.wait(here.desk, again.COMPARE, "exam").result
    assert [record.submission != was.submission for record in proposal.records] == [True] and proposal.before > 0
    assert proposal.changes == () and proposal.before == proposal.after  # another file, and the same marks
    assert [record.submission for record in proposal.beside] == [was.submission]
    assert again.accept(here.desk, "exam", "prof")
    background.wait(here.desk, again.COUNT, "exam")
    assert verdicts.latest(course, "exam")["emmy"].submission == proposal.records[0].submission
    with here.desk.db.read() as c:
        assert [one.earned for one in receipts.of_copy(c, "exam", "emmy")] == [Fraction(7, 3), Fraction(1, 3)]


def test_the_best_attempt_still_counts_once_its_file_is_purged(here: Here) -> None:
    best = sent(here, "emmy", "exam", answer=right(here, "emmy", "exam")).removeprefix("/s/")
    here.grade()
    with here.desk.db.write() as c:
        receipts.become(c, (best,), "purged")
    intake.bytes_of(here.desk.course(), receipts_of(here, best)).unlink()
    here.clock.jump(1000)
    sent(here, "emmy", "exam", answer="size = -5")
    assert here.grade() == ["done"]
    assert verdicts.latest(here.desk.course(), "exam")["emmy"].submission == receipts_of(here, best).submission


def receipts_of(here: Here, id: str) -> Any:
    with here.desk.db.read() as c:
        return receipts.get(c, id)


# ── names that are hidden ────────────────────────────────────────────────────


def test_nothing_undoes_anonymity(here: Here) -> None:
    """Neither words nor addresses, nor the order, nor what a file says of its owner."""
    where = sent(here, "ada", "exam", answer="size = 3")
    sent(here, "grace", "exam", answer="size = 5")
    here.clock.jump(1)
    here.grade()
    sent(here, "evil", "exam")
    course, prof = here.desk.course(), here.client("prof", "en")
    codes = {who: anonymity.code(course, who) for who in ids(here)}
    locked = lock.read(course, "exam")
    known = [*locked.students, *(s.name for s in course.students)]
    mine = f"/staff/a/exam/s/{codes['ada']}"
    for path in ("/staff/a/exam", mine, f"/staff/a/exam/s/{codes['grace']}", "/staff/a/exam/report"):
        said = prof.get(path).text
        assert codes["ada"] in said or codes["grace"] in said
        for name in known:
            assert not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said), f"{name} on {path}"
    table = prof.get("/staff/a/exam").text
    shown = re.findall(r'href="/staff/a/exam/s/([^"]+)"', table)
    assert shown == sorted(shown) and set(shown) == {codes[who] for who in locked.students}
    assert shown != [codes[who] for who in locked.students]
    id = where.removeprefix("/s/")
    file = prof.get(f"{mine}/{id}/file")
    assert not re.search(r"\bada\b", file.text + file.headers["content-disposition"]) and file.json()["cells"]
    for path in (f"{mine}/{id}/receipt", f"{mine}/{id}/feedback", "/staff/a/exam/marks.csv"):
        assert prof.get(path).status_code == 403
    for handle in ("ada", codes["ada"].lower(), "ADA", "kurt"):
        assert prof.get(f"/staff/a/exam/s/{handle}").status_code == 404
    assert prof.get(f"/staff/a/td1/s/{codes['ada']}").status_code == 404
    live = prof.get("/staff").text
    assert codes["evil"] in live and "/s/evil" not in live
    anonymity.lift(course, "exam")
    assert "Ada Lovelace" in prof.get("/staff/a/exam").text and prof.get("/staff/a/exam/s/ada").status_code == 200


def test_names_are_shown_by_an_instructor_who_means_it(here: Here) -> None:
    sent(here, "ada", "exam")
    course, prof, bob = here.desk.course(), here.client("prof", "en"), here.client("bob", "en")
    bridge.register(course, lock.read(course, "exam"))

    def in_the_gradebook() -> set[str]:
        with opened(course) as gradebook:
            return {str(one.first_name) for one in gradebook.students}

    assert "Show the names" in main(prof.get("/staff/a/exam").text)
    assert "Show the names" not in main(bob.get("/staff/a/exam").text)
    assert here.post(bob, "/staff/a/exam/names", on="/staff", sure="yes").status_code == 403
    unsure = here.post(prof, "/staff/a/exam/names", on="/staff")
    assert unsure.status_code == 422 and "tick the box" in main(unsure.text)
    assert anonymity.hidden(course, "exam") and "Ada" not in in_the_gradebook()
    assert here.post(prof, "/staff/a/exam/names", on="/staff", sure="yes").status_code == 303
    assert not anonymity.hidden(course, "exam") and "Ada" in in_the_gradebook()
    page = main(prof.get("/staff/a/exam").text)
    assert "Ada Lovelace" in page and "Show the names" not in page
    for _ in range(2):  # again, and for one that hid nothing: nothing is done, and nothing is logged
        assert here.post(prof, "/staff/a/td1/names", on="/staff", sure="yes").status_code == 303
        assert here.post(prof, "/staff/a/exam/names", on="/staff", sure="yes").status_code == 303
    assert [one for one in lines(here) if one[1] == "names"] == [("prof", "names", "exam")]
    assert "prof showed the names exam" in main(prof.get("/staff/audit").text)


def test_the_log_does_not_say_whose_code_it_was(here: Here) -> None:
    """Neither by a name, nor by who signed in a moment before."""
    sent(here, "ada", "exam")
    sent(here, "emmy", "td1")
    prof = here.client("prof", "en")
    page = main(prof.get("/staff/audit").text)
    code = anonymity.code(here.desk.course(), "ada")
    assert f"… handed in exam/{code}" in page and "emmy handed in td1/emmy" in page and "… signed in …" in page
    assert "ada" not in page.replace("Ada", "") and "emmy signed in" not in page and "prof signed in link" in page
    anonymity.lift(here.desk.course(), "exam")
    page = main(prof.get("/staff/audit").text)
    assert "ada handed in exam/ada" in page and "ada signed in link" in page


def test_the_whole_log_can_be_read_back_searched_and_taken_away(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST", 3)
    monkeypatch.setattr(log, "PIECE", 2)
    sent(here, "ada", "exam")
    sent(here, "emmy", "td1")
    here.desk.note("prof", "instructor", "token", "prof/=1+1", label="=HYPERLINK(1)")
    here.desk.note("prof", "instructor", "release", "td1")
    prof, code = here.client("prof", "en"), anonymity.code(here.desk.course(), "ada")

    def on_pages(address: str) -> list[str]:
        """What each line is on, from the newest to the oldest, following the links."""
        found: list[str] = []
        while address:
            page = prof.get(address)
            assert page.status_code == 200
            some = re.findall(r'<td class="wide">(.*?)</td>', page.text)
            assert len(some) <= 3
            found += some
            older = re.search(r'href="(/staff/audit\?before=[^"]+)">Older lines', page.text)
            address = html.unescape(older[1]) if older else ""
        return found

    def taken(query: str = "") -> list[dict[str, str]]:
        said = prof.get(f"/staff/audit.csv{query}")
        assert said.status_code == 200 and said.text.count("\ufeff") == 1
        return list(csv.DictReader(io.StringIO(said.text.removeprefix("\ufeff"))))

    every, rows = on_pages("/staff/audit"), taken()
    assert len(every) == len(rows) == len(lines(here)) > 6
    assert [html.unescape(one) for one in every] == [row["On"] for row in rows]
    assert on_pages("/staff/audit?on=td1") == ["td1", "td1/emmy"] == [row["On"] for row in taken("?on=td1")]
    assert [row["What"] for row in taken("?on=emmy")] == ["handed in"], "not her signing in: it is veiled"
    assert on_pages("/staff/audit?on=ada") == [] and [row["Who"] for row in taken(f"?on={code}")] == ["…"]
    assert "ada" not in prof.get("/staff/audit.csv").text, "nobody is told whose code it was"
    (row,) = [row for row in rows if row["What"] == "made a token"]
    assert row["On"] == "prof/=1+1" and row["Detail"] == "name: =HYPERLINK(1)" and row["When"] == rows[0]["When"]
    here.desk.note("=1+1", "instructor", "token", "+1")
    assert (taken()[0]["Who"], taken()[0]["On"]) == ("'=1+1", "'+1"), "no formula"
    assert prof.get("/staff/audit?before=-1").status_code == prof.get("/staff/audit?before=9e9").status_code == 422
    french = here.client("prof", "fr").get("/staff/audit.csv").text
    assert french.startswith("\ufeffQuand;Qui;Rôle;Quoi;Sur;Détail\r\n")


def test_a_notebook_without_its_owner_is_its_cells() -> None:
    said = {"cells": [{"id": "a", "cell_type": "code", "source": "1", "metadata": {"who": "ada"}, "by": "ada"}]}
    made = json.loads(person.nameless(json.dumps(said | {"metadata": {"partiel": {"student": "ada"}}}).encode()))
    assert made["cells"] == [{"id": "a", "cell_type": "code", "source": "1", "metadata": {}}]
    for data in (b"", b"{", b"[]", b'{"cells": 1}', b'{"cells": ["a"]}', b"\xff", b"[" * 100_000):
        assert json.loads(person.nameless(data))["cells"] == []


# ── the roster ───────────────────────────────────────────────────────────────

NEW = """\
identifiant;nom;prénom;courriel;langue;groupe;tiers_temps;échéance:td1
ada;Lovelace;Ada;ada@example.org;fr;;oui;
grace;Hopper;Grace;;en;pair;;01/12/2026
alan;Turing;Alan;;en;pair;;
evil;"<b>Éve</b>";;;fr;;;
kurt;Gödel;Kurt;;;;;
zoe;Neuve;Zoé;zoe@example.org;fr;;1/2;2026-12-09 18:00
"""


def upload(here: Here, who: Any, data: bytes, name: str = "liste.csv") -> Any:
    return here.post(who, "/staff/roster", files={"file": (name, data)}, on="/staff/roster")


def hidden(page: str) -> dict[str, str]:
    return {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[-1] for name in ("wanted", "now")}


def test_a_roster_is_compared_then_written(here: Here) -> None:
    prof = here.client("prof", "en")
    before = (here.root / "students.csv").read_bytes()
    said = upload(here, prof, NEW.encode())
    page = main(said.text)
    assert "New (1) Zoé Neuve zoe" in page and "Back (1) Kurt Gödel kurt" in page
    assert "Withdrawn (1)" in page and "Emmy Noether emmy" in page
    assert "Extra time: – → 1/3" in page and "Deadlines: – → td1: 2026-12-01" in page and "Name: <script>" in page
    assert (here.root / "students.csv").read_bytes() == before
    done = here.post(prof, "/staff/roster/accept", on="/staff/roster", **hidden(said.text))
    assert done.status_code == 303 and "up to date" in main(prof.get(done.headers["location"]).text)
    now = {one.id: one for one in courses.load(here.root).students}
    assert now["emmy"].withdrawn and not now["kurt"].withdrawn and now["zoe"].extra_time == Fraction(1, 2)
    assert now["grace"].deadlines == {"td1": "2026-12-01"} and now["grace"].name == "Grace Hopper"
    kept = list((here.root / ".partiel/rosters").glob("*.csv"))
    assert [one.read_bytes() for one in kept] == [before] and not list(here.root.glob(".students*"))
    assert here.client().get(here.path("zoe")).status_code == 303
    assert "Drop" not in main(prof.get("/staff/roster").text) and "td1" in prof.get("/staff/roster").text
    assert "This file changes nothing." in main(upload(here, prof, (here.root / "students.csv").read_bytes()).text)
    assert ("prof", "roster", "students.csv") in lines(here)


FULL = """\
id,number,name,email,lang,group,room,extra_time,deadline,deadline:td1,absent:exam,Remarque,withdrawn,log
ada,1,Ada Lovelace,ada@example.org,en,,A101,1/3,2026-12-20,2026-12-10,ABJ,"au fond, à gauche",,x
emmy,2,Emmy Noether,,,b1,,,,,,,,
kurt,3,Kurt Gödel,k@example.org,fr,,,,,,,parti,yes,
"""


def imported(here: Here, data: str) -> tuple[str, dict[str, Any]]:
    """What is said of it, and each student once it is accepted."""
    prof = here.client("prof", "en")
    said = upload(here, prof, data.encode())
    assert here.post(prof, "/staff/roster/accept", on="/staff/roster", **hidden(said.text)).status_code == 303
    return main(said.text), {one.id: one for one in courses.load(here.root).students}


def test_what_a_registrars_file_does_not_have_stays(here: Here) -> None:
    (here.root / "students.csv").write_text(FULL, "utf-8")
    before = {one.id: one for one in courses.load(here.root).students}
    page, now = imported(here, "id;nom;prénom;courriel\nada;Lovelace;Ada;new@x.org\nzoe;Neuve;Zoé;\n")
    assert "Changed (1) Ada Lovelace ada Email: ada@example.org → new@x.org" in page, page
    assert now["ada"] == replace(before["ada"], email="new@x.org")
    assert now["ada"].extra_time == Fraction(1, 3) and now["ada"].deadlines == {"": "2026-12-20", "td1": "2026-12-10"}
    assert now["emmy"] == replace(before["emmy"], withdrawn=True) and now["kurt"] == before["kurt"]
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO((here.root / "students.csv").read_text("utf-8")))}
    assert rows["ada"]["Remarque"] == "au fond, à gauche" and rows["ada"]["log"] == "x"
    assert rows["kurt"]["Remarque"] == "parti" and rows["zoe"]["Remarque"] == ""


def test_an_empty_cell_of_a_roster_empties(here: Here) -> None:
    (here.root / "students.csv").write_text(FULL, "utf-8")
    text = (
        "id,name,tiers_temps,groupe,échéance:td1,absence,Remarque\nada,Ada Lovelace,,,,,\nemmy,Emmy Noether,,,,ABI,\n"
    )
    page, now = imported(here, text)
    assert "Extra time: 1/3 → –" in page and "Remarque: au fond, à gauche → –" in page and "Group: b1 → –" in page
    assert now["ada"].extra_time == 0 and now["ada"].deadlines == {"": "2026-12-20"}
    assert now["ada"].absences == {"exam": "ABJ"} and now["emmy"].absences == {"": "ABI"} and now["emmy"].group == ""
    assert now["ada"].email == "ada@example.org" and now["ada"].room == "A101" and now["ada"].number == "1"
    text = (here.root / "students.csv").read_text("utf-8")
    assert "Remarque" in text and "au fond" not in text


def test_a_roster_that_moved_meanwhile_is_compared_again(here: Here) -> None:
    prof = here.client("prof", "en")
    said = upload(here, prof, NEW.encode())
    with (here.root / "students.csv").open("a") as roster:
        roster.write("late,Late Comer,,,,\n")
    refused = here.post(prof, "/staff/roster/accept", on="/staff/roster", **hidden(said.text))
    assert refused.status_code == 409 and "has changed since" in main(refused.text)
    assert "late" in (here.root / "students.csv").read_text()
    for wanted in ("", "0" * 64, "../../secret", "/etc/passwd"):
        form = {"wanted": wanted, "now": "x"}
        assert here.post(prof, "/staff/roster/accept", on="/staff/roster", **form).status_code == 404


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "No file was sent."),
        (b"name,email\nAda,a@x\n", "no column is called 'id'"),
        (b"id,name\nada,Ada\nada,Emmy\n", "twice"),
        ("id,nom\nada,Ada\némile,Émile\n".encode("latin-1"), "not encoded in UTF-8"),
        (b"id,name\n../x,Ada\n", "cannot be a student's id"),
        (b"id,name\n", "nobody is in it"),
        (b"PK\x03\x04nonsense", "no spreadsheet that can be read"),
        (b"\x89PNG\r\n\x1a\n\x00", "not encoded"),
    ],
    ids=["none", "no-id", "twice", "latin", "folder", "nobody", "no-zip", "image"],
)
def test_a_roster_that_cannot_be_read_says_where(here: Here, data: bytes, said: str) -> None:
    before = (here.root / "students.csv").read_bytes()
    page = upload(here, here.client("prof", "en"), data)
    assert page.status_code == 422 and said in main(page.text) and "/tmp" not in page.text
    assert (here.root / "students.csv").read_bytes() == before


def test_what_a_program_says_in_english_is_marked_as_english_in_a_french_page(here: Here) -> None:
    """For whoever has the page read to them; around it, the page's own language says what it is about."""
    prof = here.client("prof", "fr")
    file = here.root / "course.toml"
    pages = [
        (upload(here, prof, b"id,name\nada,Ada\nada,Emmy\n").text, "ne peut pas être reprise", "twice"),
        (
            here.post(prof, "/staff/a/td1/s/ada/override", on="/staff", question="no", points="1", because="x").text,
            "La note n’a pas changé",
            "no question",
        ),
        (prof.get("/build/file").text, "pas possible", "cannot name an assignment"),
    ]
    file.write_text(file.read_text() + "\n[nonsense]\n")
    pages.append((prof.get("/staff").text, "la dernière version lisible reste en vigueur", "nonsense"))
    for page, frame, said in pages:
        quoted = " ".join(re.findall(r'<(?:blockquote|pre)[^>]* lang="en"[^>]*>(.*?)</', page, re.DOTALL))
        assert frame in main(page), page
        assert said in quoted and said not in re.sub(r"<(blockquote|pre|code).*?</\1>", "", page, flags=re.DOTALL), said


def test_a_spreadsheet_is_a_roster_too(here: Here) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["N° étudiant", "Nom", "Prénom", None], [21900001.0, "Été", "Zoé", None], [None] * 4):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    found = arrivals.compare(here.desk.course(), "a.xlsx", out.getvalue())
    assert [(one.id, one.name) for one in found.added] == [("21900001", "Zoé Été")]


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(here: Here) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (arrivals.UNPACKED + 1))
    with pytest.raises(CourseError, match="unpacks to far more"):
        arrivals.compare(here.desk.course(), "bomb.xlsx", out.getvalue())


# ── who may come in ──────────────────────────────────────────────────────────


def test_links_are_downloaded_and_renewed(here: Here) -> None:
    prof, ada = here.client("prof", "en"), here.client("ada")
    assert "/in/" not in prof.get("/staff/links").text
    said = here.post(prof, "/staff/links/all.csv", on="/staff/links")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(said.text.removeprefix("\ufeff")))}
    assert rows["ada"]["link"] == links.link(here.desk, "ada") and set(rows) == {*ids(here)} - {"kurt"}
    fresh = here.post(prof, "/staff/links/renew", on="/staff/links", who="ada")
    assert links.link(here.desk, "ada") in fresh.text and rows["ada"]["link"] not in fresh.text
    assert ada.get("/").status_code == 303 and prof.get("/staff").status_code == 200
    emmy = here.client("emmy")
    here.post(prof, "/staff/links/renew-all", on="/staff/links")
    assert emmy.get("/").status_code == 200, "a slip of the mouse takes nobody's link"
    here.post(prof, "/staff/links/renew-all", on="/staff/links", sure="yes")
    assert emmy.get("/").status_code == 303 and prof.get("/staff").status_code == 200
    assert here.post(prof, "/staff/links/renew", on="/staff/links", who="nobody").status_code == 404
    mine = [what for who, what, _ in lines(here) if who == "prof" and what != "sign_in"]
    assert mine == ["renew_links", "renew_link", "links"]


def test_a_token_is_revoked(here: Here) -> None:
    prof, token = here.client("prof", "en"), here.token("ada")
    asked = main(prof.get("/terminal").text)
    assert "assignments/td1/results" in asked and "hand in" not in asked.lower()
    assert "/terminal" not in here.client("bob").get("/staff").text, "an assistant's token opens nothing"
    row = main(prof.get("/staff/links").text)
    assert re.search(r"ada Use test Role student Made Tuesday 1 December 2026, \d\d:\d\d Expires \w+day", row), row
    assert here.post(prof, "/staff/links/revoke", on="/staff/links", who="ada", label="").status_code == 404
    here.post(prof, "/staff/links/revoke", on="/staff/links", who="ada", label="test")
    assert here.client().get("/api/v1/me", headers=token).status_code == 401


def test_what_a_command_does_is_in_the_log_too(here: Here, partiel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    course = here.desk.course()
    release.generate(course, course.assignments["td1"])
    sent(here)
    here.clock.jump(1)
    here.grade()
    recorder.record_due(course, here.desk.db, here.clock)
    monkeypatch.chdir(here.root)
    for command in (
        ("override", "td1", "ada", "tiny-size", "1/2", "--because", "Presque."),
        ("override", "td1", "ada", "tiny-size", "--lift"),
        ("links", "ada", "--renew"),
        ("lift", "exam"),
    ):
        code, _, problem = partiel(*command)
        assert code == 0, problem
    found = [(who, what, on) for who, what, on in lines(here) if who == "partiel"]
    assert found == [
        ("partiel", "names", "exam"),
        ("partiel", "renew_link", "ada"),
        ("partiel", "lift", "td1/ada"),
        ("partiel", "override", "td1/ada"),
    ]
    page = main(here.client("prof", "fr").get("/staff/audit").text)
    assert "question : tiny-size" in page and "raison : Presque." in page


def test_every_detail_of_the_log_has_its_words(here: Here) -> None:
    sent(here)
    here.client("prof")
    with here.desk.db.read() as c:
        known = {name for line in audit.lines(c) for name in json.loads(line.detail)}
    assert known and known <= DETAILS.keys()
    source = "".join(
        p.read_text("utf-8") for p in Path(pages.__file__).parents[1].rglob("*.py") if p.stem != "log_words"
    )
    for name in DETAILS:
        assert f"{name}=" in source or f'"{name}":' in source, name


def test_a_log_that_was_touched_is_called_out(here: Here) -> None:
    from sqlalchemy import text

    prof = here.client("prof", "en")
    sent(here, "ada")
    assert "The log is whole." in main(prof.get("/staff/audit").text)
    with here.desk.db.write() as c:
        c.execute(text("DROP TRIGGER audit_no_update"))
        c.execute(text("UPDATE audit SET who = 'emmy' WHERE what = 'submit'"))
    assert "tampered with, from line" in main(prof.get("/staff/audit").text)


# ── words ────────────────────────────────────────────────────────────────────


def test_no_word_is_missing_or_left_over() -> None:
    root = Path(pages.__file__).parents[2]
    used = "".join(p.read_text("utf-8") for p in (root / "templates/portal").glob("staff_*.j2"))
    source = "".join(p.read_text("utf-8") for p in Path(log.__file__).parent.glob("*.py") if p.name != "words.py")
    for name in (*WORDS, *PAGE):
        known = f"said.{name}" in used or f'WORDS["{name}"]' in source
        assert known or name.startswith(("deed_", "role_", "state_", "to_")) or name in arrivals.FACTS, (
            f"{name} is said nowhere"
        )
    told = "".join(p.read_text("utf-8") for p in Path(pages.__file__).parents[1].rglob("*.py"))
    for what in DEEDS:
        assert f'"{what}"' in told.replace(f'    "{what}": Text(', ""), what


def test_a_copy_goes_by_the_same_name_everywhere(here: Here) -> None:
    known = names(here.desk, "td1")
    assert known.copies == {one: intake.copy(known.locked, one) for one in known.locked.students}
    assert known.copies["grace"] == known.copies["alan"] == "alan"
