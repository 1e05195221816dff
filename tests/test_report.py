"""Who got what and why: the same facts at the terminal, on the page and in the CSV file."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from lxml import html

from grader import render, report, verdicts
from grader.model import Course, Level, Record, Status, Text, Verdict
from grader.status import SIGNS, WORDS

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def here(desk: Any) -> Course:
    desk.roster("id,name,email,lang\nada,=Ada,,\nemmy,Emmy <b>,,en\nzoe,zoe,,\n")
    desk.lock()
    course: Course = desk.load()
    wrong = Verdict("tiny", "size", Status.WRONG, Fraction(0), Fraction(2), Text("Non.", "No."), ("stride_forgotten",))
    half = Verdict("tiny", "grow", Status.PARTIAL, Fraction(1, 6), Fraction(1, 3), Text("Presque.", "Almost."))
    record = Record("ada", "td1", "0" * 64, "1" * 16, "cpu", Level.OUTER, (wrong, half))
    verdicts.append(course, record)
    fault = replace(half, status=Status.BROKEN, earned=Fraction(0), evidence=(HOSTILE,))
    unread = replace(wrong, status=Status.UNREADABLE, misconceptions=(), feedback=Text(HOSTILE, HOSTILE))
    verdicts.append(course, replace(record, student="emmy", verdicts=(unread, fault)))
    return course


def test_every_student_has_a_row_handed_in_or_not(here: Course) -> None:
    ada, emmy, zoe = report.rows(here, "td1")
    assert (ada.student, ada.earned, emmy.earned, zoe.record, zoe.earned) == ("ada", Fraction(1, 6), 0, None, 0)
    assert report.total(here, "td1") == Fraction(7, 3)


def test_what_cost_points_comes_our_faults_first(here: Course) -> None:
    _, emmy, _ = report.rows(here, "td1")
    assert [v.status for v in emmy.why] == [Status.BROKEN, Status.UNREADABLE]


def test_the_csv_has_a_line_per_question_and_no_formula(here: Course) -> None:
    first, *others = csv.DictReader(io.StringIO(report.as_csv(here, "td1")))
    assert first == {
        "student": "ada",
        "name": "'=Ada",
        "question": "tiny-size",
        "status": "wrong",
        "earned": "0.0",
        "points": "2.0",
        "misconceptions": "stride_forgotten",
        "level": "outer",
    }
    assert [row["student"] for row in others] == ["ada", "emmy", "emmy"]


def test_the_page_is_alone_and_runs_nothing(here: Course) -> None:
    page = html.fromstring(report.as_page(here, "td1", "fr"))
    assert page.xpath("//script | //*[@src] | //link | //iframe | //@onload | //@onclick") == []
    assert not [a for a in page.xpath("//@href") if not a.startswith("#")]
    text = page.text_content()
    assert "Emmy <b>" in text and "=Ada" in text and "zoe" in text


def test_the_page_says_which_ideas_the_class_has(here: Course) -> None:
    assert "Stride: …." in html.fromstring(report.as_page(here, "td1", "fr")).text_content()


def test_nobody_has_handed_in_and_there_is_still_a_page(desk: Any) -> None:
    desk.lock()
    course = desk.load()
    assert "Ada Lovelace" in report.as_page(course, "td1", "en")
    assert report.as_csv(course, "td1").count("\n") == 1


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [("2", "2", "2"), ("3/2", "1,5", "1.5"), ("4/3", "1,33", "1.33"), ("2999/1000", "3", "3"), ("1/1000", "0", "0")],
)
def test_points_are_short(value: str, fr: str, en: str) -> None:
    assert (render.points(Fraction(value), "fr"), render.points(Fraction(value), "en")) == (fr, en)


def test_one_line_says_the_first_reasons(here: Course) -> None:
    ada, _, _ = report.rows(here, "td1")
    assert report.one_line(ada.why, "en") == "size: wrong (stride_forgotten); grow: partly right"
    assert report.one_line(ada.why, "fr", most=1) == "size : faux (stride_forgotten) … +1"


def test_every_status_has_a_word_and_a_mark() -> None:
    assert set(WORDS) == set(SIGNS) == set(Status)
