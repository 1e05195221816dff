"""A course folder is read whole, or what is wrong with it is said with its place."""

from __future__ import annotations

import stat
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import course, lock
from grader.errors import CourseError


def refused(desk: Any) -> str:
    with pytest.raises(CourseError) as caught:
        desk.load()
    return str(caught.value)


def test_a_new_course_is_one_that_loads(tmp_path: Path) -> None:
    course.init(tmp_path / "new", 'l"x', 'Réseaux "profonds"', "en")
    made = course.load(tmp_path / "new")
    assert (made.id, made.title, made.lang) == ('l"x', 'Réseaux "profonds"', "en")
    assert [s.id for s in made.students] == ["ada", "emmy"]
    secret = tmp_path / "new" / ".partiel" / "secret"
    assert len(made.secret) == 64
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600 and stat.S_IMODE(secret.parent.stat().st_mode) == 0o700


def test_nobody_else_reads_a_course_folder_that_init_makes(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there").chmod(0o755)
    for name in ("new", "there"):
        course.init(tmp_path / name, "dl", "DL", "fr")
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("new", "there")}
    assert modes == {"new": 0o700, "there": 0o755}, "a folder that was there stays as it was"


def test_what_a_new_course_suggests_may_be_taken_up(tmp_path: Path) -> None:
    course.init(tmp_path, "dl", "DL", "fr")
    file = tmp_path / "course.toml"
    text = file.read_text("utf-8")
    assert "\n# points = " in text
    file.write_text(text.replace("\n# points = ", "\npoints = "), "utf-8")
    made = course.load(tmp_path)
    lock.write(made, made.assignments["td1"])
    assert sum(float(one) for one in made.assignments["td1"].points.values()) == 6


def test_a_second_init_writes_over_nothing(desk: Any) -> None:
    before = {file: file.read_bytes() for file in desk.root.rglob("*") if file.is_file()}
    course.init(desk.root, "other", "Other", "en")
    assert {file: file.read_bytes() for file in desk.root.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[course]\ntilte = 'x'", "[course] has no key 'tilte'\n  Did you mean 'title'?"),
        ("[curse]\n", "the file has no key 'curse'\n  Did you mean 'course'?"),
        ("[course]\nlang = 'de'", "'de' is no language we speak"),
        ("[course\n", "not readable as TOML"),
        ("course = 3", "'course' is 3, and must be a table"),
        ("assignments = [1]", "'assignments' is [1], and must be a table"),
        ("data = 'full'", "'data' is \"full\", and must be a table"),
        ("[assignments]\ntd1 = 'tiny'", "[assignments.td1] is no table"),
        ("[assignments.td1]\n", "[assignments.td1] has no exercises"),
        ("[assignments.td1]\nexercises = 'tiny'", "[assignments.td1] has no exercises"),
        ("[assignments.'../x']\nexercises = ['tiny']", "cannot name an assignment"),
        ("[assignments.td1]\nexercices = ['tiny']", "Did you mean 'exercises'?"),
        ("[assignments.td1]\nexercises = ['tiny']\nsolution = 'no'", "says neither yes nor no"),
        ("[assignments.td1]\nexercises = ['tiny']\npoints = 2", "'points' is 2, and must be a table"),
        ("[server]\nurl = 'partiel.example.org'", "is no address"),
        *(
            (
                f"[server]\nurl = 'https://x.example{more}'",
                "is more than a host\n  The server does not live under a path",
            )
            for more in ("/dl", "/dl/", "/?course=dl", "/#dl")
        ),
        *(
            (f"[assignments.td1]\nexercises = ['tiny']\npoints = {{ tiny = {value} }}", "is no number of points")
            for value in ("true", "-1", "'x'", "nan", "inf", "'1/0'", "[1]")
        ),
    ],
)
def test_a_wrong_course_toml_says_where_and_what(desk: Any, toml: str, said: str) -> None:
    desk.toml(toml)
    message = refused(desk)
    assert "course.toml" in message and said in message and "\n  " in message


def test_the_address_of_a_server_is_a_host_with_or_without_a_slash(desk: Any) -> None:
    desk.toml("[server]\nurl = 'https://x.example:8443/'")
    assert desk.load().service.url == "https://x.example:8443"


def test_points_are_exact(desk: Any) -> None:
    desk.assignment("tiny", more='points = { tiny = \'1/3\', "tiny.size" = 0.1, "tiny.grow" = 2 }')
    assert desk.load().assignments["td1"].points == {
        "tiny": Fraction(1, 3),
        "tiny.size": Fraction(1, 10),
        "tiny.grow": Fraction(2),
    }


def test_a_folder_that_is_no_course_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"not a course folder: it has no course.toml\n  Run 'partiel init' here."):
        course.load(tmp_path)


def test_a_missing_secret_is_never_made_anew(desk: Any) -> None:
    (desk.root / ".partiel" / "secret").unlink()
    assert "secret is missing\n  Copy it from where the course was made" in refused(desk)
    assert not (desk.root / ".partiel" / "secret").exists()


@pytest.mark.parametrize("text", ["", "\n", "short"])
def test_an_empty_secret_gives_nobody_their_numbers(desk: Any, text: str) -> None:
    (desk.root / ".partiel" / "secret").write_text(text)
    assert "empty, or too short" in refused(desk)


def test_an_unknown_assignment_names_its_near_miss(desk: Any) -> None:
    with pytest.raises(CourseError, match=r"no assignment 'td2'\n  Did you mean 'td1'\?"):
        course.assignment(desk.load(), "td2")
    with pytest.raises(CourseError, match="The assignments are: td1"):
        course.assignment(desk.load(), "exam-final")


# ── the roster ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "id,name,email,lang\nada,Ada Lovelace,a@b.c,en\n",
        "\ufeffid;name;email;lang\r\nada;Ada Lovelace;a@b.c;en\r\n",
        "ID , Name,email,lang\n\n ada , Ada Lovelace ,a@b.c,en,more\n,,,\n",
        'lang,id,email,name\nen,ada,a@b.c,"Ada Lovelace"\n',
    ],
    ids=["commas", "excel", "spaces", "other order"],
)
def test_a_roster_is_read_as_spreadsheets_write_it(desk: Any, text: str) -> None:
    desk.roster(text)
    (ada,) = desk.load().students
    assert (ada.id, ada.name, ada.email, ada.lang) == ("ada", "Ada Lovelace", "a@b.c", "en")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("id,name\nada,A\nemmy,E\nada,Again\n", 4, "'ada' is in the roster twice\n  Line 2 has it already."),
        ("id,name\n,Nobody\n", 2, "'' cannot be a student's id"),
        ("id,name\n../ada,A\n", 2, "'../ada' cannot be a student's id"),
        ("id,name\na b,A\n", 2, "'a b' cannot be a student's id"),
        ("nom,prénom\nada,A\n", 1, "no column is called 'id'"),
        ("", 1, "no column is called 'id'"),
        ("id,name,lang\nada,A,de\n", 2, "'de' is no language we speak"),
        ('id,name\nada,"Ada\nemmy,Emmy\n', 2, "not readable as CSV"),
        ("id,name\nada," + "x" * 200_000 + "\n", 2, "not readable as CSV"),
    ],
)
def test_a_wrong_roster_says_on_which_line(desk: Any, text: str, line: int, said: str) -> None:
    desk.roster(text)
    message = refused(desk)
    assert f"students.csv:{line}: " in message and said in message


def test_a_roster_in_another_encoding_is_refused(desk: Any) -> None:
    desk.roster("id,name\nzoe,Zoé\n".encode("latin-1"))
    said = refused(desk)
    assert "students.csv:2: not encoded in UTF-8" in said and "'zoe,Zoé')\n  Save it as 'CSV UTF-8'" in said


def test_a_roster_that_excel_calls_unicode_text_is_refused(desk: Any) -> None:
    desk.roster("id\tname\nzoe\tZoé\n".encode("utf-16"))
    assert "encoded in UTF-16" in refused(desk)


def test_a_missing_roster_says_how_to_write_one(desk: Any) -> None:
    (desk.root / "students.csv").unlink()
    assert "there is no roster" in refused(desk)
