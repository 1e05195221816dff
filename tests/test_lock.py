"""What was handed out stays as it was, to the byte, whatever is edited after."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import course, handout, lock, notebook
from grader.errors import ContentError, CourseError, UsageError
from grader.model import Sheet


def handed(desk: Any, *students: str) -> list[bytes]:
    read = lock.read(desk.load(), "td1")
    return [json.dumps(notebook.compose(read.sheet(student))).encode() for student in students]


def test_a_lock_read_again_gives_the_same_sheets(desk: Any) -> None:
    written = desk.lock()
    assert lock.read(desk.load(), "td1").sheet("ada") == written.sheet("ada")
    assert [item.key for item in written.sheet("ada").items] == ["tiny"]


def test_each_student_has_their_language(desk: Any) -> None:
    made = desk.lock()
    assert (made.sheet("ada").lang, made.sheet("emmy").lang) == ("fr", "en")
    assert "Combien" in made.sheet("ada").items[0].cells[1].source
    assert "How many" in made.sheet("emmy").items[0].cells[1].source


def test_ids_and_points_are_the_same_for_everyone(desk: Any) -> None:
    desk.roster("id\n" + "\n".join(f"s{n}" for n in range(30)))
    made = desk.lock()
    assert len({made.sheet(s).items[0].variant.params["n"] for s in made.students}) > 1
    facts = {tuple((c.kind, c.id, c.points) for c in made.sheet(s).items[0].cells) for s in made.students}
    assert len(facts) == 1


def test_no_answer_is_in_the_lock(desk: Any, shelf: Any) -> None:
    shelf.edit("tiny.py", "def size(padded, k, s):\n    return", "def size(padded, k, s):\n    return 987654321 +")
    desk.lock()
    said = (desk.root / "td1.lock.json").read_text()
    assert "987654321" not in said and "takes_any_number" not in said and "padding_forgotten" not in said


def test_a_student_who_comes_later_changes_no_ones_copy(desk: Any) -> None:
    desk.lock()
    before = handed(desk, "ada", "emmy")
    desk.roster("id,name,email,lang\nzoe,Zoe,,\nada,Ada Lovelace,,\nemmy,Emmy Noether,,en\n")
    desk.lock()
    assert handed(desk, "ada", "emmy") == before
    lock.read(desk.load(), "td1").sheet("zoe")


def test_who_left_the_roster_keeps_their_copy(desk: Any) -> None:
    desk.lock()
    before = handed(desk, "emmy")
    desk.roster("id\nada\n")
    desk.lock()
    assert handed(desk, "emmy") == before


def test_a_changed_statement_changes_nothing_handed_out(desk: Any, shelf: Any) -> None:
    desk.lock()
    before = handed(desk, "ada", "emmy")
    shelf.edit("tiny.fr.md", "Combien ?", "Combien de positions ?")
    desk.roster("id,name,email,lang\nada,,,\nemmy,,,en\n" + "".join(f"late{n},,,\n" for n in range(8)))
    made = desk.lock()
    assert handed(desk, "ada", "emmy") == before
    for n in range(8):
        sheet = made.sheet(f"late{n}")
        assert sheet.items[0].cells == made.sheet("ada").items[0].cells, "a late student gets a released variant"


def test_a_changed_grid_gives_the_late_a_released_variant(desk: Any, shelf: Any) -> None:
    old = desk.lock().sheet("ada").items[0]
    shelf.edit("tiny.py", "n=[10, 14, 17, 23, 30]", "n=[40, 44]")
    desk.roster("id\nada\nemmy\nzoe\n")
    made = desk.lock()
    assert made.sheet("ada").items[0].variant.params == old.variant.params
    assert made.sheet("zoe").items[0].variant.params["n"] not in (40, 44)


def test_points_changed_after_the_release_are_those_released(desk: Any) -> None:
    desk.lock()
    desk.assignment("tiny", more="points = { tiny = 100 }")
    desk.roster("id\nada\nemmy\n" + "".join(f"late{n}\n" for n in range(20)))
    made = desk.lock()
    worth = {tuple(c.points for c in made.sheet(s).items[0].cells) for s in made.students}
    assert len(worth) == 1


def test_a_question_that_is_gone_is_the_authors_to_put_back(desk: Any, shelf: Any) -> None:
    desk.lock()
    for name in ("tiny.py", "tiny.fr.md", "tiny.en.md"):
        shelf.edit(name, "grow", "growth")
    with pytest.raises(ContentError, match="hold 'grow', which is no longer a question here"):
        lock.read(desk.load(), "td1").sheet("ada")


def test_the_same_exercise_twice_has_two_keys(desk: Any) -> None:
    desk.assignment("tiny", "tiny")
    sheet = desk.lock().sheet("ada")
    assert [item.key for item in sheet.items] == ["tiny", "tiny-2"]
    ids = [cell.id for cell in notebook.every_cell(sheet)]
    assert len(ids) == len(set(ids))
    notebook.validate(notebook.compose(sheet))


def worth(sheet: Sheet) -> dict[str, Fraction]:
    return {c.id.removesuffix("-check"): c.points for i in sheet.items for c in i.cells if c.kind == "check"}


def test_points_are_the_exercises_own_unless_said(desk: Any) -> None:
    assert worth(desk.lock().sheet("ada")) == {"tiny-size": 2, "tiny-grow": Fraction(1, 3)}


def test_points_given_an_exercise_are_shared_as_its_own(desk: Any) -> None:
    desk.assignment("tiny", "tiny", more="points = { tiny = 7, \"tiny-2.grow\" = '2/7' }")
    assert worth(desk.lock().sheet("ada")) == {
        "tiny-size": 6,
        "tiny-grow": 1,
        "tiny-2-size": 2,
        "tiny-2-grow": Fraction(2, 7),
    }


@pytest.mark.parametrize(("key", "near"), [("tyny", "tiny"), ("tiny.grwo", "tiny.grow")])
def test_points_for_what_is_not_asked_are_refused(desk: Any, key: str, near: str) -> None:
    desk.assignment("tiny", more=f'points = {{ "{key}" = 1 }}')
    with pytest.raises(CourseError, match=f"points for '{key}', which 'td1' does not ask\n  Did you mean '{near}'"):
        desk.lock()


def test_a_released_assignment_keeps_its_exercises(desk: Any) -> None:
    desk.lock()
    before = (desk.root / "td1.lock.json").read_bytes()
    desk.assignment("tiny", "tiny")
    with pytest.raises(CourseError, match="'td1' was released with other exercises: tiny\n  Give the new list"):
        desk.lock()
    assert (desk.root / "td1.lock.json").read_bytes() == before


def test_an_unknown_exercise_names_its_near_miss(desk: Any) -> None:
    desk.assignment("tinny")
    with pytest.raises(UsageError, match="Did you mean 'tiny'"):
        desk.lock()
    assert not (desk.root / "td1.lock.json").exists()


def test_nobody_in_the_roster_is_nothing_to_hand_out(desk: Any) -> None:
    desk.roster("id,name\n")
    with pytest.raises(CourseError, match=r"students.csv: nobody is in the roster"):
        desk.lock()


def test_who_was_handed_nothing_is_told_how(desk: Any) -> None:
    with pytest.raises(CourseError, match=r"'zoe' was handed no copy\n  Add them to students.csv"):
        desk.lock().sheet("zoe")


def test_an_assignment_not_released_says_so(desk: Any) -> None:
    with pytest.raises(CourseError, match="not released yet\n  Run 'partiel generate td1'"):
        lock.read(desk.load(), "td1")


def test_an_assignment_that_is_in_no_file_is_told_with_its_near_miss(desk: Any) -> None:
    with pytest.raises(CourseError, match="no assignment 'td11'\n  Did you mean 'td1'"):
        lock.read(desk.load(), "td11")


def test_the_instructors_example_exists_in_a_language_nobody_has(desk: Any) -> None:
    desk.roster("id,lang\nada,en\n")
    assert "How many" in desk.lock().example("fr").items[0].cells[1].source


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda _: "",
        lambda _: "[]",
        lambda _: "null",
        lambda _: '{"format": 1}',
        lambda text: text.replace('"head"', '"heads"'),
        lambda text: text.replace('"items": {', '"items": 3, "was": {', 1),
        lambda text: text.replace('"variants": {', '"variants": {}, "was": {'),
        lambda text: text.replace('"points": "2"', '"points": "two"'),
        lambda _: "[" * 100_000,
    ],
)
def test_a_damaged_lock_is_never_half_believed(desk: Any, spoil: Any) -> None:
    desk.lock()
    file: Path = desk.root / "td1.lock.json"
    text = file.read_text("utf-8")
    assert spoil(text) != text
    file.write_text(spoil(text), "utf-8")
    with pytest.raises(CourseError, match=r"damaged .*\n  Restore it from a backup"):
        lock.read(desk.load(), "td1")
    spoilt = file.read_bytes()
    with pytest.raises(CourseError):
        desk.lock()
    assert file.read_bytes() == spoilt, "what is left of it is not written over"


def test_a_lock_of_another_version_asks_for_an_upgrade(desk: Any) -> None:
    desk.lock()
    file = desk.root / "td1.lock.json"
    file.write_text(file.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(CourseError, match="another version"):
        lock.read(desk.load(), "td1")


def test_another_secret_gives_other_variants(desk: Any) -> None:
    desk.roster("id\n" + "\n".join(f"s{n}" for n in range(30)))
    here = desk.load()
    before = [desk.lock().sheet(s).items[0].variant.params for s in desk.lock().students]
    (desk.root / "td1.lock.json").unlink()
    (desk.root / ".partiel" / "secret").write_text("f" * 64)
    made = desk.lock()
    assert [made.sheet(s).items[0].variant.params for s in made.students] != before
    assert here.secret != desk.load().secret


def test_a_title_and_its_readers_open_the_notebook(desk: Any) -> None:
    here = desk.load()
    td1 = course.assignment(here, "td1")
    head = handout.head(here, td1, [desk.lock().sheet("ada").items[0].variant.exercise], "fr")
    assert head[0].source.startswith("# td1\n\nDeep\n\n") and [c.kind for c in head] == ["words", "setup"]
