"""The night before: what is handed out is shown with its answers, and grading was tried without a trace."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from grader import cli, lock, proof, rehearsal, steps, values
from grader import course as courses
from grader.errors import CourseError
from grader.model import Level, Record, Status, Terms, Text, Verdict

TINY = Path(__file__).resolve().parent / "courses" / "tiny"
TRUSTED = Terms(trust=True, workers=2)


@pytest.fixture
def class_(desk: Any) -> Any:
    desk.roster("id,name,room,extra_time\n" + "".join(f"s{n},Name {n},{'A' if n < 8 else 'B'},\n" for n in range(16)))
    return desk


def test_each_variant_is_there_once_with_its_answer_and_its_holders(class_: Any) -> None:
    made = class_.lock()
    found = proof.proof(class_.load(), "td1")
    (tiny,) = found.asked
    assert {(held.number, held.holders) for held in tiny.held} == {
        (number, tuple(s for s in made.students if made.said["students"][s]["items"]["tiny"] == number))
        for number in {one["items"]["tiny"] for one in made.said["students"].values()}
    }
    for held in tiny.held:
        size = values.of(held.item.variant)["size"]
        assert [question.answer for question in held.questions] == [f"size = {size}", ""]
    assert found.released and str(found.points) == "7/3" and found.minutes == 5


def test_neighbours_with_the_same_variant_are_flagged_and_nobody_else(class_: Any) -> None:
    made = class_.lock()
    found = proof.proof(class_.load(), "td1")
    drawn = {s: made.said["students"][s]["items"]["tiny"] for s in made.students}
    expected = {(f"s{n}", f"s{n + 1}") for n in range(15) if n != 7 and drawn[f"s{n}"] == drawn[f"s{n + 1}"]}
    assert {(a.student, b.student) for a, b, _ in found.neighbours} == expected
    made.said["students"]["s8"]["items"] = made.said["students"]["s7"]["items"]
    made.said["students"]["s1"]["items"] = made.said["students"]["s0"]["items"]
    lock.store(made)
    pairs = {(a.student, b.student) for a, b, _ in proof.proof(class_.load(), "td1").neighbours}
    assert ("s0", "s1") in pairs and ("s7", "s8") not in pairs, "s8 sits in another room"


def test_a_group_and_an_exercise_of_one_variant_are_no_coincidence(desk: Any, shelf: Any) -> None:
    desk.roster("id,group\nada,b1\nemmy,b1\n")
    desk.lock()
    assert proof.proof(desk.load(), "td1").neighbours == ()
    shelf.edit("tiny.py", "n=[10, 14, 17, 23, 30], k=[3, 5], s=[2, 3]", "n=[14], k=[3], s=[3]")
    lock.path(desk.load(), "td1").unlink()
    desk.roster("id\nada\nemmy\n")
    desk.lock()
    assert proof.proof(desk.load(), "td1").neighbours == ()


def test_before_the_release_it_shows_what_would_be_handed_out_and_writes_nothing(class_: Any) -> None:
    before = proof.proof(class_.load(), "td1")
    assert not before.released and not lock.path(class_.load(), "td1").exists()
    class_.lock()
    after = proof.proof(class_.load(), "td1")
    assert after.lines == before.lines and after.released


def test_the_page_holds_all_of_it_and_loads_nothing(class_: Any) -> None:
    class_.roster("id,name,extra_time,absent\ns0,<b>Ada</b>,1/3,\ns1,Emmy,,ABJ\n")
    class_.lock()
    here = class_.load()
    found = proof.proof(here, "td1")
    for lang in ("fr", "en"):
        tree = html.fromstring(proof.page(here, found, lang))
        text = tree.text_content()
        assert "<b>Ada</b>" in text and "+1/3" in text and "ABJ" in text
        for held in found.asked[0].held:
            assert held.name in text and held.questions[0].answer in text
        assert not tree.xpath("//script | //link | //iframe")
        assert all(src.startswith("data:") for src in tree.xpath("//@src"))
        ids = set(tree.xpath("//@id"))
        assert all(link[1:] in ids for link in tree.xpath("//a/@href"))


# ── the rehearsal ────────────────────────────────────────────────────────────


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    content = tmp_path / "content"
    shutil.copytree(TINY, content)
    monkeypatch.setenv("PARTIEL_CONTENT", str(content))
    root = tmp_path / "course"
    courses.init(root, "tiny", "Tiny", "en")
    (root / "course.toml").write_text('[course]\nid = "t"\nlang = "en"\n[assignments.td]\nexercises = ["small"]\n')
    (root / "students.csv").write_text("id,group\nada,\nbob,b\ncleo,b\n")
    solutions = content / "solutions" / "small"
    solutions.mkdir(parents=True, exist_ok=True)
    (solutions / "reference.py").write_text(REFERENCE)
    return courses.load(root)


REFERENCE = "def double(x):\n    return 2 * x\n\n\ndef guess(x):\n    return 1.0\n"


def files(root: Path) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def test_references_earn_everything_blanks_and_starters_nothing_and_no_trace_is_left(here: Any) -> None:
    before = files(here.root)
    played = list(rehearsal.rehearse(here, "td", TRUSTED))
    assert [(each.play, each.copies, each.odd) for each in played] == [
        ("references", 3, []),
        ("blanks", 3, []),
        ("starters", 3, []),
    ]
    assert files(here.root) == before


def test_a_reference_that_is_wrong_is_said(here: Any) -> None:
    file = Path(here.root.parent / "content" / "solutions" / "small" / "reference.py")
    file.write_text(REFERENCE.replace("2 * x", "3 * x"))
    references = next(rehearsal.rehearse(here, "td", TRUSTED))
    assert {(odd.student, odd.question) for odd in references.odd} == {
        (s, "small-double") for s in ("ada", "bob", "cleo")
    }


def cell(id: str, source: str, **facts: bool | int) -> dict[str, Any]:
    nbgrader = {"schema_version": 3, "grade_id": id, "grade": False, "solution": False, "locked": False, "task": False}
    metadata = {"nbgrader": nbgrader | facts}
    return {
        "cell_type": "code",
        "id": id,
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def test_the_authors_own_solution_is_the_reference_of_a_hand_written_notebook(here: Any) -> None:
    solved = "### BEGIN SOLUTION\nx = 4\n### END SOLUTION"
    cells = [cell("x", solved, solution=True), cell("x-test", "assert x == 4", grade=True, locked=True, points=2)]
    made = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (here.root / "hand.ipynb").write_text(json.dumps(made))
    toml = (here.root / "course.toml").read_text()
    (here.root / "course.toml").write_text(toml + '[assignments.tp]\nexercises = ["hand.ipynb"]\n')
    played = list(rehearsal.rehearse(courses.load(here.root), "tp", TRUSTED))
    assert [(each.copies, each.odd) for each in played] == [(3, [])] * 3
    assert proof.proof(courses.load(here.root), "tp").points == 2


def judged(status: Status, earned: int) -> Record:
    verdict = Verdict("tiny", "size", status, Fraction(earned), Fraction(2), Text("", ""), evidence=("seen",))
    return Record("ada", "td1", "", "", "cpu", Level.NONE, (verdict,))


@pytest.mark.parametrize(
    ("play", "status", "earned", "odd"),
    [
        ("starters", Status.MISSING, 0, False),
        ("starters", Status.PARTIAL, 1, True),
        ("blanks", Status.CORRECT, 2, True),
        ("blanks", Status.BROKEN, 0, True),
        ("references", Status.CORRECT, 2, False),
        ("references", Status.PARTIAL, 1, True),
        ("references", Status.EXHAUSTED, 0, True),
        ("references", Status.WAITING, 0, False),
        ("starters", Status.WAITING, 0, False),
    ],
)
def test_what_a_copy_must_not_get_is_odd(play: rehearsal.Play, status: Status, earned: int, odd: bool) -> None:
    assert bool(list(rehearsal._odd(play, "ada", judged(status, earned)))) is odd


def test_a_sample_is_taken_evenly() -> None:
    students = tuple(map(str, range(10)))
    assert rehearsal.sample(students, 3) == ("0", "3", "6")
    assert rehearsal.sample(students, None) == rehearsal.sample(students, 99) == students


def test_the_prediction_is_the_first_copy_and_as_many_more() -> None:
    made = rehearsal.Rehearsed("references", copies=11, seconds=7.0, first=2.0)
    assert made.each == 0.5 and made.predicted(181) == 92.0 and made.predicted(11) == 7.0
    assert rehearsal.Rehearsed("references", copies=1, seconds=3.0, first=3.0).predicted(10) == 30.0


def test_a_course_that_cannot_be_released_cannot_be_rehearsed(here: Any) -> None:
    with pytest.raises(CourseError, match="no assignment 'tp'"):
        list(rehearsal.rehearse(here, "tp", TRUSTED))


@pytest.mark.parametrize(
    ("seconds", "said"), [(4.21, "4.2 s"), (42, "42 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")]
)
def test_a_duration_is_said_as_a_person_would(seconds: float, said: str) -> None:
    assert steps.spent(seconds) == said


# ── the commands ─────────────────────────────────────────────────────────────


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> int:
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", ["partiel", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_the_proof_is_a_table_and_a_page(
    class_: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class_.lock()
    assert run(monkeypatch, class_.root, "proof", "td1") == 0
    said = capsys.readouterr().out
    assert "Name 3" in said and "Neighbours with the same variant" in said
    assert (class_.root / "report" / "td1-proof.html").is_file()


def test_a_rehearsal_and_lifted_names_at_the_terminal(
    here: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, here.root, "rehearse", "td", "--trust-submissions", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["students"] == 3 and [play["copies"] for play in said["plays"]] == [3, 3, 3]
    assert run(monkeypatch, here.root, "lift", "td") == 0
    assert "showed its names already" in capsys.readouterr().out
