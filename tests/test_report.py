"""Who got what and why: the same facts at the terminal, on the page and in the CSV file."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from lxml import html
from typer.testing import CliRunner

from grader import cli, lock, render, report, verdicts
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
        "by_hand": "",
    }
    assert [row["student"] for row in others] == ["ada", "emmy", "emmy"]


def test_the_page_is_alone_and_runs_nothing(here: Course) -> None:
    page = html.fromstring(report.as_page(here, "td1", "fr"))
    assert page.xpath("//script | //*[@src] | //link | //iframe | //@onload | //@onclick") == []
    assert not [a for a in page.xpath("//@href") if not a.startswith("#")]
    text = page.text_content()
    assert "Emmy <b>" in text and "=Ada" in text and "zoe" in text


def test_the_page_says_which_ideas_the_class_has_with_the_numbers_of_a_copy(here: Course) -> None:
    (item,) = lock.read(here, "td1").sheet("ada").items
    text = html.fromstring(report.as_page(here, "td1", "fr")).text_content()
    assert f"Stride: {item.variant.params['s']}." in text and f"n = {item.variant.params['n']}" in text


def test_what_went_wrong_through_our_fault_comes_before_all_else(here: Course) -> None:
    page = html.fromstring(report.as_page(here, "td1", "en"))
    first, second = page.xpath("//header/following::li[position() < 3]")
    assert (first.get("class"), second.get("class")) == ("broken", "unreadable")
    assert WORDS[Status.BROKEN].en in first.text_content() and HOSTILE in second.text_content()


def test_names_are_hidden_in_every_file(desk: Any) -> None:
    desk.roster("id,name\n001,Ada Lovelace\n002,Emmy Noether\n")
    desk.assignment("tiny", more="anonymous = true")
    desk.lock()
    course = desk.load()
    fault = Verdict("tiny", "size", Status.BROKEN, Fraction(0), Fraction(2), Text("Non.", "No."))
    verdicts.append(course, Record("001", "td1", "0" * 64, "1" * 16, "cpu", Level.OUTER, (fault,)))
    files = [
        report.as_page(course, "td1", "fr"),
        report.as_csv(course, "td1"),
        json.dumps(report.as_json(course, "td1")),
    ]
    assert not [file for file in files if "Lovelace" in file]
    assert "001" not in report.as_csv(course, "td1"), "an id is a name too"
    (faulty,) = (row for row in report.rows(course, "td1") if row.record)
    assert report.as_json(course, "td1")["urgent"][0]["student"] == faulty.name


def test_the_command_writes_three_files_or_prints_one(here: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here.root)
    assert CliRunner().invoke(cli.app, ["report", "td1"]).exit_code == 0
    assert sorted(file.name for file in (here.root / "report").iterdir()) == ["td1.csv", "td1.html", "td1.json"]
    printed = json.loads(CliRunner().invoke(cli.app, ["report", "td1", "--json"]).stdout)
    assert printed == json.loads((here.root / "report" / "td1.json").read_text("utf-8"))
    assert printed["marks"]["n"] == 2 and printed["alpha"] is None


def test_integrity_is_for_instructors(here: Course) -> None:
    shown, kept = (report.as_page(here, "td1", "en", integrity=on) for on in (True, False))
    assert 'id="integrity"' in shown and "integrity" not in kept


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
