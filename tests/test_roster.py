"""A roster as registrars and spreadsheets write it; what it gives a student is read, or refused with its line."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from grader.errors import CourseError
from grader.model import Student

TWO = '[course]\nid = "dl"\n[assignments.td1]\nexercises = ["tiny"]\n[assignments.exam]\nexercises = ["tiny"]\n'


def one(desk: Any, heading: str, cell: str) -> Student:
    desk.roster(f"id;name;{heading}\nada;Ada;{cell}\n")
    (ada,) = desk.load().students
    return ada


def refused(desk: Any, text: str) -> str:
    desk.roster(text)
    with pytest.raises(CourseError) as caught:
        desk.load()
    return str(caught.value)


def test_a_french_roster_with_excels_semicolons_is_read(desk: Any) -> None:
    desk.toml(TWO)
    desk.roster(
        "\ufeffNuméro;NOM;Prénom;Courriel;Langue;Groupe;Groupe de TD;Tiers-temps;Échéance;Absence:exam;Démission\r\n"
        "22001;Lovelace;Ada;a@b.fr;en;b1;TD3;oui;01/12/2026;abj;\r\n"
        "22002;Noether;Emmy;;;;;;;;oui\r\n"
    )
    ada, emmy = desk.load().students
    assert (ada.id, ada.name, ada.email, ada.lang, ada.group, ada.room) == (
        *("22001", "Ada Lovelace", "a@b.fr", "en"),
        *("b1", "TD3"),
    )
    assert ada.extra_time == Fraction(1, 3) and ada.deadline("td1") == "2026-12-01"
    assert ada.absence("exam") == "ABJ" and ada.absence("td1") is None
    assert emmy.withdrawn and not ada.withdrawn and emmy.extra_time == 0 and emmy.deadline("td1") == ""


def test_a_login_and_a_number_are_two_things(desk: Any) -> None:
    desk.roster("login\tnuméro étudiant\tnom\nalovelace\t22001\tAda\n")
    (ada,) = desk.load().students
    assert (ada.id, ada.number) == ("alovelace", "22001")


@pytest.mark.parametrize(
    ("said", "share"),
    [
        *((third, Fraction(1, 3)) for third in ("1/3", "33%", "33 %", "33,3 %", "1.33", "1,33", "0,33", "oui", "x")),
        ("25%", Fraction(1, 4)),
        ("1.5", Fraction(1, 2)),
        ("1/2", Fraction(1, 2)),
        ("100%", Fraction(1)),
        ("0", Fraction(0)),
        ("non", Fraction(0)),
    ],
)
def test_a_share_of_extra_time_is_read_in_every_spelling(desk: Any, said: str, share: Fraction) -> None:
    assert one(desk, "extra_time", said).extra_time == share


@pytest.mark.parametrize("said", ["30 min", "30", "tiers", "1/0", "-1", "400%"])
def test_what_is_no_share_is_refused(desk: Any, said: str) -> None:
    message = refused(desk, f"id;tiers_temps\nada;{said}\n")
    assert f"students.csv:2: {said!r} is no share of extra time\n  Write 1/3" in message


def test_a_1_that_may_mean_two_things_is_refused(desk: Any) -> None:
    assert "may mean none, or twice the time" in refused(desk, "id;extra_time\nada;1\n")


@pytest.mark.parametrize(
    ("heading", "said", "day"),
    [
        ("deadline", "2026-12-01", "2026-12-01"),
        ("deadline", "2026-12-01 18:00", "2026-12-01T18:00"),
        ("date limite", "1/12/2026 18h30", "2026-12-01T18:30"),
    ],
)
def test_a_deadline_is_a_day_or_an_hour(desk: Any, heading: str, said: str, day: str) -> None:
    assert one(desk, heading, said).deadline("td1") == day


@pytest.mark.parametrize(("heading", "said"), [("deadline", "01/12/2026"), ("échéance", "32/12/2026"), ("due", "soon")])
def test_a_date_that_can_be_read_in_two_ways_is_refused(desk: Any, heading: str, said: str) -> None:
    message = refused(desk, f"id;{heading}\nada;{said}\n")
    assert "students.csv:2: " in message and "is no date that can be read in one way only" in message


def test_a_right_of_one_assignment_goes_before_the_others(desk: Any) -> None:
    desk.toml(TWO)
    desk.roster("id,deadline,deadline:exam,absent:td1\nada,2026-12-01,2026-12-15,ABI\n")
    (ada,) = desk.load().students
    assert (ada.deadline("td1"), ada.deadline("exam")) == ("2026-12-01", "2026-12-15")
    assert (ada.absence("td1"), ada.absence("exam")) == ("ABI", None)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("id,name\nada,Ada\nemmy,\n", 3, "'emmy' has no name\n  Write it"),
        ("id,number\nada,1\nemmy,1\n", 3, "the number 1 is in the roster twice\n  Line 2 has it already."),
        ("numéro;nom\n22001;A\n22001;B\n", 3, "'22001' is in the roster twice\n  Line 2"),
        ("id,absent\nada,malade\n", 2, "'malade' is no absence\n  Write ABI"),
        ("id,withdrawn\nada,maybe\n", 2, "'maybe' under 'withdrawn' says neither yes nor no"),
        ("id,nom,name\nada,A,B\n", 1, "the columns 'nom' and 'name' both say the name"),
        (
            "id,absent:td2\nada,ABI\n",
            1,
            "'absent:td2' is about an assignment that course.toml does not have\n  Did you",
        ),
    ],
)
def test_a_line_that_cannot_be_right_is_said(desk: Any, text: str, line: int, said: str) -> None:
    message = refused(desk, text)
    assert f"students.csv:{line}: " in message and said in message


def test_a_roster_of_numbers_alone_needs_no_names(desk: Any) -> None:
    desk.roster("id,name\nada,\nemmy,\n")
    assert [student.name for student in desk.load().students] == ["", ""]


def test_a_class_group_is_not_taken_for_people_who_hand_in_together(desk: Any) -> None:
    message = refused(desk, "id;groupe\n" + "".join(f"s{n};TD3\n" for n in range(9)))
    assert "the group 'TD3' has 9 students, and a group hands in one copy\n  If it is a class group" in message
