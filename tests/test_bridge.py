"""Partiel's verdicts in nbgrader's gradebook, with the real nbgrader: in process and from its command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import bridge, lock, notebook, verdicts
from grader import course as courses
from grader.bridge import autograde, scores
from grader.bridge.desk import Desk
from grader.bridge.gradebook import opened
from grader.errors import CourseError
from grader.model import Course, Curve, Level, Measure, Measured, Record, Sheet, Status, Text, Verdict

ROOT = Path(__file__).resolve().parent.parent

EXERCISE = """\
from grader.author import answer, grid, task

params = grid(n=[28, 32, 64], k=[3, 5, 7])


@answer(points="1/3")
def size(n, k):
    return n - k + 1


@size.misconception
def start_forgotten(n, k):
    return n - k


@answer(points=2)
def twice(n, k):
    return 2 * (n - k + 1)


@task(points=2)
def double(x):
    raise NotImplementedError


@double.check
def doubles(double):
    assert double(2) == 4
"""
WORDS = {
    "fr": """\
# Taille d'une convolution

Une image ${{ n }} \\times {{ n }}$ et un noyau ${{ k }} \\times {{ k }}$ : $\\lfloor x \\rfloor$.

## size

Quelle est la taille ?

### start_forgotten

On oublie la position de départ : $n - k$ !

## twice

Et le double ?

## double

Doublez.

### doubles

Deux fois deux font quatre.

## solution

$$ {{ n }} - {{ k }} + 1 = {{ size }} $$
""",
    "en": """\
# Size of a convolution

An image ${{ n }} \\times {{ n }}$ and a kernel ${{ k }} \\times {{ k }}$: $\\lfloor x \\rfloor$.

## size

What is the size?

### start_forgotten

This forgets the starting position: $n - k$!

## twice

And twice that?

## double

Double it.

### doubles

Twice two is four.

## solution

$$ {{ n }} - {{ k }} + 1 = {{ size }} $$
""",
}
TOML = """\
[course]
id = "cnn"
title = "Réseaux convolutifs"
lang = "fr"

[assignments.td1]
title = "TD 1"
exercises = ["tiny_size"]
solution = true
"""
STUDENTS = "id,name,lang\nada,Ada Lovelace,fr\nemmy,Emmy Noether,en\nalan,Alan Turing,fr\n"


@dataclass(frozen=True)
class Class:
    """A course folder in which td1 was handed out to ada (fr), emmy (en) and alan (fr)."""

    course: Course
    lock: lock.Lock
    content: Path

    @property
    def root(self) -> Path:
        return self.course.root

    def sheet(self, student: str = "ada") -> Sheet:
        return self.lock.sheet(student)

    def hand_in(
        self, student: str = "ada", change: Callable[[dict[str, Any]], None] = lambda _: None, **written: str
    ) -> Record:
        """A submission, and the record of what it earned: nothing yet."""
        sheet = self.sheet(student)
        sources = {f"tiny_size-{name}": source for name, source in written.items()}
        composed = notebook.compose(sheet, sources)
        change(composed)
        return self.hand_in_bytes(student, json.dumps(composed).encode())

    def hand_in_bytes(self, student: str, data: bytes) -> Record:
        file = self.root / "submitted" / student / "td1" / "td1.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        sheet = self.sheet(student)
        try:
            sha256 = notebook.read_submission(file, sheet).sha256
        except notebook.UnreadableSubmission as error:
            sha256 = error.sha256
        return Record(student, "td1", sha256, sheet.revision, "cpu", Level.INNER, ())

    def judged(self, record: Record, **earned: tuple[Status, str]) -> Record:
        """The same record with a verdict on each question; what is not said is missing."""
        item = self.sheet(record.student).items[0]
        points = {cell.question: cell.points for cell in item.cells if cell.kind == "check"}
        given = {name: earned.get(name, (Status.MISSING, "0")) for name in points}
        said = Text("Compter les pas oublie le départ : $n - k$ !", "Counting moves forgets the start: $n - k$!")
        return replace(
            record,
            verdicts=tuple(
                Verdict(
                    item.key, name, status, Fraction(score), points[name], said,
                    ("start_forgotten",), (f"{name} = 25",), item.variant.exercise.judging_revision,
                )
                for name, (status, score) in given.items()
            ),
        )  # fmt: skip

    def scores(self, student: str = "ada") -> dict[str, tuple[float | None, bool]]:
        """By question: the automatic score, and whether a human is called."""
        with opened(self.course) as gradebook:
            grades = gradebook.find_submission_notebook("td1", "td1", student).grades
            return {
                g.name.removeprefix("tiny_size-").removesuffix("-check"): (g.auto_score, g.needs_manual_grade)
                for g in grades
            }

    def autograded(self, student: str = "ada") -> dict[str, Any]:
        file = self.root / "autograded" / student / "td1" / "td1.ipynb"
        return dict(json.loads(file.read_text("utf-8")))

    def nbgrader(self, *command: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"PARTIEL_CONTENT": str(self.content), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=self.root, env=env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """The content and a course folder, made once; nobody writes there."""
    content = tmp_path_factory.mktemp("content")
    shelf = content / "exercises" / "cnn"
    shelf.mkdir(parents=True)
    (shelf / "tiny_size.py").write_text(EXERCISE, "utf-8")
    for lang, words in WORDS.items():
        (shelf / f"tiny_size.{lang}.md").write_text(words, "utf-8")
    shutil.copytree(ROOT / "templates", content / "templates")
    folder = tmp_path_factory.mktemp("course")
    (folder / ".partiel").mkdir()
    (folder / ".partiel" / "secret").write_text("s" * 64)
    (folder / "course.toml").write_text(TOML, "utf-8")
    (folder / "students.csv").write_text(STUDENTS, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIEL_CONTENT", str(content))
        course = courses.load(folder)
        locked = lock.write(course, course.assignments["td1"])
        (folder / "nbgrader_config.py").write_text(bridge.config_text(course), "utf-8")
        notebook.write(folder / "source" / "td1" / "td1.ipynb", notebook.compose(locked.example(course.lang)))
        bridge.register(course, locked)
        yield content, folder


@pytest.fixture
def td1(handed_out: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Class:
    content, made = handed_out
    monkeypatch.setenv("PARTIEL_CONTENT", str(content))
    folder = tmp_path / "course"
    shutil.copytree(made, folder)
    course = courses.load(folder)
    return Class(course, lock.read(course, "td1"), content)


RIGHT = (Status.CORRECT, "1/3")
HALF = (Status.PARTIAL, "4/3")
BROKEN = (Status.BROKEN, "0")


def test_scores_are_what_was_earned_exactly(td1: Class) -> None:
    record = td1.judged(td1.hand_in(size="size = 26"), size=RIGHT, twice=HALF, double=(Status.WRONG, "0"))
    assert bridge.record(td1.course, [record]) == []
    assert td1.scores() == {
        "size": (float(Fraction(1, 3)), False),
        "twice": (float(Fraction(4, 3)), False),
        "double": (0.0, False),
    }
    with opened(td1.course) as gradebook:
        assert gradebook.find_submission("td1", "ada").score == float(Fraction(1, 3)) + float(Fraction(4, 3))
        assert gradebook.find_submission("td1", "ada").max_score == pytest.approx(1 / 3 + 4)


def test_what_broke_is_nobodys_zero(td1: Class) -> None:
    record = td1.judged(td1.hand_in(), size=RIGHT, twice=BROKEN)
    bridge.record(td1.course, [record])
    assert td1.scores()["twice"] == (None, True)
    assert td1.scores()["size"] == (float(Fraction(1, 3)), False)


def test_silence_earns_nothing_and_never_full_marks(td1: Class) -> None:
    record = td1.hand_in()  # no verdict at all: nobody judged it
    assert bridge.record(td1.course, [record]) == []
    assert set(td1.scores().values()) == {(None, True)}


@pytest.mark.parametrize(("earned", "points"), [("5", "2"), ("-1", "2"), ("2", "3")])
def test_a_verdict_that_does_not_fit_the_question_calls_a_human(td1: Class, earned: str, points: str) -> None:
    record = td1.judged(td1.hand_in(), size=RIGHT)
    odd = tuple(
        replace(v, earned=Fraction(earned), points=Fraction(points), status=Status.CORRECT)
        if v.question == "twice"
        else v
        for v in record.verdicts
    )
    bridge.record(td1.course, [replace(record, verdicts=odd)])
    assert td1.scores()["twice"] == (None, True)
    assert td1.scores()["size"][0] == float(Fraction(1, 3))


def test_each_grade_cell_has_one_result_in_range_and_nothing_that_nbgrader_takes_for_a_failure(td1: Class) -> None:
    bridge.record(td1.course, [td1.judged(td1.hand_in(), size=RIGHT)])
    for cell in td1.autograded()["cells"]:
        if cell["metadata"]["nbgrader"]["grade"]:
            kinds = [output["output_type"] for output in cell["outputs"]]
            assert kinds == ["execute_result", "display_data"]
            assert (
                0 <= float("".join(cell["outputs"][0]["data"]["text/plain"])) <= cell["metadata"]["nbgrader"]["points"]
            )


def tag_everything(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]


def duplicate_cells(nb: dict[str, Any]) -> None:
    nb["cells"] += [cell | {"id": f"again-{n}"} for n, cell in enumerate(nb["cells"])]


def wrong_kernel(nb: dict[str, Any]) -> None:
    nb["metadata"]["kernelspec"] = {"name": "bash", "display_name": "evil", "language": "bash"}


def more_points(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        if "points" in cell["metadata"]["nbgrader"]:
            cell["metadata"]["nbgrader"]["points"] = 1000


def delete_checks(nb: dict[str, Any]) -> None:
    nb["cells"] = [cell for cell in nb["cells"] if not cell["metadata"]["nbgrader"]["grade"]]


def own_cells(nb: dict[str, Any]) -> None:
    evil = {"cell_type": "code", "id": "evil", "metadata": {}, "source": "import os; os._exit(0)", "outputs": []}
    nb["cells"].insert(0, evil | {"execution_count": None})


def old_schema(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        cell["metadata"]["nbgrader"]["schema_version"] = 1


def reversed_cells(nb: dict[str, Any]) -> None:
    nb["cells"].reverse()


@pytest.mark.parametrize(
    "tamper",
    [tag_everything, duplicate_cells, wrong_kernel, more_points, delete_checks, own_cells, old_schema, reversed_cells],
)
def test_what_the_file_says_of_itself_is_not_believed(td1: Class, tamper: Callable[[dict[str, Any]], None]) -> None:
    record = td1.judged(td1.hand_in(change=tamper, size="size = 1"), twice=HALF)
    assert bridge.record(td1.course, [record]) == []
    assert {name: score for name, (score, _) in td1.scores().items()} == {
        "size": 0.0,
        "twice": float(Fraction(4, 3)),
        "double": 0.0,
    }
    composed = td1.autograded()
    assert [c["id"] for c in composed["cells"]] == [c.id for c in notebook.every_cell(td1.sheet())]
    assert "evil" not in json.dumps(composed)
    assert composed["metadata"]["kernelspec"]["name"] == "python3"
    assert not any("tags" in c["metadata"] for c in composed["cells"])


UNREADABLE = {
    "truncated": b'{"cells": [',
    "latin-1": '{"cells": [], "x": "é"}'.encode("latin-1"),
    "a list": b"[]",
    "empty": b"",
    "deep": b"[" * 100_000,
    "nbformat 99": b'{"nbformat": 99, "cells": 3}',
}


def refused(td1: Class, student: str, data: bytes) -> Record:
    record = td1.judged(td1.hand_in_bytes(student, data))
    why = Text("Ce fichier est abîmé.", "This file is damaged.")
    verdicts_ = tuple(replace(v, status=Status.UNREADABLE, feedback=why, evidence=()) for v in record.verdicts)
    return replace(record, verdicts=verdicts_, remarks=(why,))


@pytest.mark.parametrize("data", list(UNREADABLE.values()), ids=list(UNREADABLE))
def test_a_file_nobody_can_read_is_recorded_with_its_sentence_and_kept_as_it_is(td1: Class, data: bytes) -> None:
    assert bridge.record(td1.course, [refused(td1, "ada", data)]) == []
    assert set(td1.scores().values()) == {(0.0, False)}
    assert (td1.root / "submitted/ada/td1/td1.ipynb").read_bytes() == data
    bridge.feedback(td1.course, "td1")
    assert "Ce fichier est abîmé." in page_of(td1, "ada")


def page_of(td1: Class, student: str) -> str:
    return (td1.root / "feedback" / student / "td1" / "td1.html").read_text("utf-8")


def test_a_link_is_not_followed_and_nothing_beside_the_notebook_is_copied(td1: Class) -> None:
    secret = td1.root / ".partiel" / "secret"
    record = td1.judged(td1.hand_in(), size=RIGHT)
    folder = td1.root / "submitted" / "ada" / "td1"
    (folder / "data.txt").symlink_to(secret)
    (folder / "photo.png").write_bytes(b"x")
    (folder / "timestamp.txt").write_text("2026-01-05 08:00:00 UTC")
    assert bridge.record(td1.course, [record]) == []
    bridge.feedback(td1.course, "td1")
    kept = {p.name for step in ("autograded", "feedback") for p in (td1.root / step).rglob("*") if p.is_file()}
    assert kept == {"td1.ipynb", "timestamp.txt", "td1.html"}


def test_a_notebook_that_is_a_link_is_unreadable(td1: Class) -> None:
    record = refused(td1, "ada", b"[]")
    file = td1.root / "submitted/ada/td1/td1.ipynb"
    file.unlink()
    file.symlink_to(td1.root / ".partiel" / "secret")
    assert bridge.record(td1.course, [replace(record, submission="")]) == []
    assert "s" * 64 not in json.dumps(td1.autograded())


def test_a_notebook_under_another_name_is_recorded(td1: Class) -> None:
    record = td1.judged(td1.hand_in(), size=RIGHT)
    file = td1.root / "submitted/ada/td1/td1.ipynb"
    file.rename(file.with_name("td1 (1).ipynb"))
    assert bridge.record(td1.course, [record]) == []
    assert td1.scores()["size"] == (float(Fraction(1, 3)), False)


def test_a_notebook_under_another_name_that_could_not_be_judged_has_no_score(td1: Class) -> None:
    record = td1.judged(td1.hand_in(), size=RIGHT)
    file = td1.root / "submitted/ada/td1/td1.ipynb"
    file.rename(file.with_name("td1 (1).ipynb"))
    assert len(bridge.record(td1.course, [replace(record, submission="of another file")])) == 1
    assert set(td1.scores().values()) == {(None, True)}


def test_one_that_cannot_be_recorded_never_stops_the_rest(td1: Class) -> None:
    first, second = td1.judged(td1.hand_in("ada"), size=RIGHT), td1.judged(td1.hand_in("emmy"), size=RIGHT)
    shutil.rmtree(td1.root / "submitted" / "ada")
    [failure] = bridge.record(td1.course, [first, second])
    assert failure.student == "ada"
    assert failure.why
    assert td1.scores("emmy")["size"] == (float(Fraction(1, 3)), False)


def test_a_submission_that_changed_since_it_was_judged_is_not_given_the_old_score(td1: Class) -> None:
    record = td1.judged(td1.hand_in(size="size = 1"), size=RIGHT)
    td1.hand_in(size="size = 2")
    [failure] = bridge.record(td1.course, [record])
    assert "has changed since it was judged" in failure.why
    assert "partiel grade td1" in failure.why


def test_recorded_twice_is_recorded_once_and_what_a_human_gave_stays(td1: Class) -> None:
    record = td1.judged(td1.hand_in(), size=RIGHT)
    bridge.record(td1.course, [record])
    with opened(td1.course) as gradebook:
        grade = gradebook.find_grade("tiny_size-twice-check", "td1", "td1", "ada")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.find_comment("tiny_size-twice", "td1", "td1", "ada").manual_comment = "Bien vu."
        gradebook.db.commit()
    written = (td1.root / "autograded/ada/td1/td1.ipynb").stat().st_mtime_ns
    bridge.record(td1.course, [record, record])
    assert (td1.root / "autograded/ada/td1/td1.ipynb").stat().st_mtime_ns == written
    assert td1.scores()["twice"] == (0.0, False)
    bridge.record(td1.course, [td1.judged(record, size=(Status.WRONG, "0"))])  # judged again
    with opened(td1.course) as gradebook:
        assert gradebook.find_grade("tiny_size-twice-check", "td1", "td1", "ada").manual_score == 1.5
        assert gradebook.find_comment("tiny_size-twice", "td1", "td1", "ada").manual_comment == "Bien vu."
        assert len(gradebook.assignment_submissions("td1")) == 1
        assert len(gradebook.find_submission_notebook("td1", "td1", "ada").grades) == 3


def test_after_a_kill_in_the_middle_recording_again_completes_it(td1: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    record = td1.judged(td1.hand_in(), size=RIGHT, twice=BROKEN)

    real, seen = autograde.utils.determine_grade, 0

    def killed(*given: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == 2:  # one score is set already
            raise KeyboardInterrupt
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(autograde.utils, "determine_grade", killed)
        with pytest.raises(KeyboardInterrupt):
            bridge.record(td1.course, [record])
    assert {score for score, _ in td1.scores().values()} == {None}  # all of them, or none
    assert bridge.record(td1.course, [record]) == []
    assert td1.scores() == {"size": (float(Fraction(1, 3)), False), "twice": (None, True), "double": (0.0, False)}


def test_an_autograded_file_cut_short_is_written_again(td1: Class) -> None:
    record = td1.judged(td1.hand_in(), size=RIGHT)
    bridge.record(td1.course, [record])
    file = td1.root / "autograded/ada/td1/td1.ipynb"
    whole = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(whole[:200])
    assert bridge.record(td1.course, [record]) == []
    assert file.read_bytes() == whole


def test_registering_again_doubles_nothing_and_keeps_grades(td1: Class) -> None:
    bridge.record(td1.course, [td1.judged(td1.hand_in(), size=RIGHT)])
    bridge.register(td1.course, td1.lock)
    assert td1.scores()["size"] == (float(Fraction(1, 3)), False)
    with opened(td1.course) as gradebook:
        assert sorted(s.id for s in gradebook.students) == ["ada", "alan", "emmy"]
        assert gradebook.find_student("ada").last_name == "Lovelace"
        [nb] = gradebook.find_assignment("td1").notebooks
        assert {c.name: c.max_score for c in nb.grade_cells} == {
            "tiny_size-size-check": float(Fraction(1, 3)),
            "tiny_size-twice-check": 2.0,
            "tiny_size-double-check": 2.0,
        }
        assert {c.name for c in nb.solution_cells} == {"tiny_size-size", "tiny_size-twice", "tiny_size-double"}


def test_a_gradebook_that_several_open_before_it_is_there_is_made_once(td1: Class) -> None:
    """A page that looks at marks while the first copies are handed out, or two assignments handed out at once."""
    (td1.root / "gradebook.db").unlink()
    begin = threading.Barrier(4)

    def register() -> None:
        begin.wait()
        bridge.register(td1.course, td1.lock)

    def look() -> dict[str, bridge.Final]:
        begin.wait()
        while not (td1.root / "gradebook.db").exists():
            time.sleep(0.001)
        return dict(bridge.finals(td1.course, "td1").by_student)

    with ThreadPoolExecutor(4) as hands:
        makes = [hands.submit(register) for _ in range(2)]
        sees = [hands.submit(look) for _ in range(2)]
        assert [one.result() for one in makes] == [None, None]
        assert [one.result() for one in sees] == [{}, {}]
    assert [one.name for one in td1.root.glob("*gradebook.db*")] == ["gradebook.db"]
    assert bridge.record(td1.course, [td1.judged(td1.hand_in(), size=RIGHT)]) == []


def test_an_assignment_with_other_cells_than_were_graded_is_refused(td1: Class) -> None:
    bridge.record(td1.course, [td1.judged(td1.hand_in(), size=RIGHT)])
    said = json.loads(json.dumps(td1.lock.said))
    for variant in said["items"]["tiny_size"]["variants"].values():
        for cells in variant["cells"].values():
            cells[:] = [cell for cell in cells if "twice" not in cell["id"]]
    with pytest.raises(CourseError, match="submissions associated with it") as error:
        bridge.register(td1.course, lock.Lock(td1.lock.file, said))
    assert "another name" in error.value.remedy


def test_output_that_would_run_in_the_graders_browser_is_not_kept(td1: Class) -> None:
    evil = {"text/html": "<b>ok</b><script>alert(1)</script>", "image/png": '"><script>x</script>', "text/plain": "p"}
    outputs = (
        {"output_type": "display_data", "data": evil, "metadata": {"image/png": {"width": '"><script>'}}},
        {"output_type": "display_data", "data": {"application/javascript": "alert(2)"}, "metadata": {}},
        {"output_type": "stream", "name": "stderr", "text": "a warning"},
    )
    record = replace(td1.judged(td1.hand_in(size="size = 26"), size=RIGHT), outputs={"tiny_size-size": outputs})
    bridge.record(td1.course, [record])
    text = json.dumps(td1.autograded())
    assert "<script" not in text
    assert "javascript" not in text
    assert "<b>ok</b>" in text
    assert "a warning" in text
    assert td1.scores()["size"] == (float(Fraction(1, 3)), False)  # stderr of theirs is no failure


def test_a_late_penalty_is_nbgraders_business(td1: Class) -> None:
    with opened(td1.course) as gradebook:
        gradebook.update_or_create_assignment("td1", duedate="2026-01-01 00:00:00 UTC")
    record = td1.judged(td1.hand_in(), size=RIGHT)
    (td1.root / "submitted/ada/td1/timestamp.txt").write_text("2026-01-05 08:00:00 UTC")
    bridge.record(td1.course, [record])
    with opened(td1.course) as gradebook:
        assert gradebook.find_submission("td1", "ada").total_seconds_late > 0


def test_only_nbgraders_own_parts_see_an_assignment_that_is_not_ours(td1: Class) -> None:
    from nbgrader.preprocessors import OverwriteCells
    from traitlets.config import Config

    config = Config()
    bridge.configure(config, td1.root)
    assert OverwriteCells not in config.Autograde.sanitize_preprocessors
    assert any(issubclass(step, OverwriteCells) for step in config.Autograde.sanitize_preprocessors)


def test_a_course_that_cannot_be_read_stops_nbgrader_rather_than_unprotect_it(td1: Class) -> None:
    (td1.root / "course.toml").write_text("[course", "utf-8")
    with pytest.raises(SystemExit, match="not readable as TOML"):
        bridge.configure(None, td1.root)


def test_where_partiel_is_missing_nbgrader_stops(td1: Class) -> None:
    config = td1.root / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8").replace("from grader import bridge", "raise ImportError('gone')"))
    record = td1.judged(td1.hand_in(), size=RIGHT)
    verdicts.append(td1.course, record)
    ran = td1.nbgrader("autograde", "td1")
    assert ran.returncode != 0
    assert "Nothing was graded" in ran.stderr
    assert not (td1.root / "autograded").exists()


def test_the_page_says_the_misconception_the_evidence_and_the_solution_in_the_students_language(td1: Class) -> None:
    records = [td1.judged(td1.hand_in(s, size="size = 25"), size=(Status.WRONG, "0")) for s in ("ada", "emmy")]
    assert bridge.record(td1.course, records) == []
    assert bridge.feedback(td1.course, "td1") == []
    french, english = page_of(td1, "ada"), page_of(td1, "emmy")
    assert 'lang="fr"' in french and 'lang="en"' in english
    assert "Compter les pas oublie le départ" in french and "Counting moves forgets the start" in english
    assert "size = 25" in french
    assert "Une solution" in french and "A worked solution" in english
    for page in (french, english):
        assert "<math" in page
        assert "<script" not in page
        assert "$" not in page
        assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/1998/Math/MathML", "")


def test_a_training_is_drawn_on_the_page_with_what_it_shows_and_the_name_of_its_student(td1: Class) -> None:
    record = td1.judged(td1.hand_in(), size=RIGHT)
    measured = Measured("unseen", Text("Part de justes", "Share of right ones"), Measure(0.93, 0.91, 0.95))
    trained = replace(record.verdicts[-1], measures=(measured,), curves=(Curve("loss", (2.0, 1.0, 0.5)),))
    trained = replace(
        trained, evidence=("mesuré : 0,930 ; seuil 0,910 (marge +0,020) ; tous les points à 0,950", "x = 3")
    )
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    samples = {"output_type": "display_data", "data": {"image/png": pixel}, "metadata": {}}
    record = replace(record, verdicts=(*record.verdicts[:-1], trained), outputs={"tiny_size-double": (samples,)})
    assert bridge.record(td1.course, [record]) == []
    assert bridge.feedback(td1.course, "td1") == []
    page = page_of(td1, "ada")
    assert page.count("data:image/svg+xml;base64,") == 2
    assert "Part de justes" in page and "Votre entraînement" in page
    assert f'alt="Image 1 affichée par le code" src="data:image/png;base64,{pixel}"' in page
    assert "<samp>x = 3</samp>" in page and "<samp>mesuré" not in page
    assert "Ada Lovelace</strong> (ada)" in page


def test_a_page_of_an_anonymous_assignment_names_nobody(td1: Class) -> None:
    file = td1.root / "course.toml"
    file.write_text(file.read_text("utf-8") + "anonymous = true\n", "utf-8")
    course = courses.load(td1.root)
    bridge.record(course, [td1.judged(td1.hand_in(), size=RIGHT)])
    bridge.feedback(course, "td1")
    assert "Lovelace" not in page_of(td1, "ada")


def test_the_solution_is_shown_only_where_the_course_says_so(td1: Class) -> None:
    file = td1.root / "course.toml"
    file.write_text(file.read_text("utf-8").replace("solution = true", ""), "utf-8")
    course = courses.load(td1.root)
    bridge.record(course, [td1.judged(td1.hand_in(), size=RIGHT)])
    bridge.feedback(course, "td1")
    assert "Une solution" not in page_of(td1, "ada")


def test_a_score_and_a_comment_given_by_hand_are_on_the_page(td1: Class) -> None:
    bridge.record(td1.course, [td1.judged(td1.hand_in(), size=RIGHT, twice=BROKEN)])
    bridge.feedback(td1.course, "td1")
    assert "à noter" in page_of(td1, "ada")
    with opened(td1.course) as gradebook:
        grade = gradebook.find_grade("tiny_size-twice-check", "td1", "td1", "ada")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.find_comment("tiny_size-twice", "td1", "td1", "ada").manual_comment = "Bien vu <script>."
        gradebook.db.commit()
    bridge.feedback(td1.course, "td1")
    page = page_of(td1, "ada")
    assert "à noter" not in page
    assert "1,5&nbsp;/&nbsp;2" in page
    assert "Noté à la main" in page
    assert "Bien vu &lt;script&gt;." in page


@pytest.mark.slow
def test_the_plain_commands_of_nbgrader_work_in_the_course_folder(td1: Class) -> None:
    """autograde reuses what partiel grade found; another assignment of the course is nbgrader's own."""
    verdicts.append(td1.course, td1.judged(td1.hand_in("ada", size="size = 26"), size=RIGHT, twice=BROKEN))
    verdicts.append(td1.course, td1.judged(td1.hand_in("emmy", change=tag_everything), twice=HALF))
    verdicts.append(td1.course, refused(td1, "alan", b"[]"))
    graded = td1.nbgrader("autograde", "td1")
    assert graded.returncode == 0, graded.stderr
    assert td1.scores("ada") == {"size": (float(Fraction(1, 3)), False), "twice": (None, True), "double": (0.0, False)}
    assert td1.scores("emmy")["twice"] == (float(Fraction(4, 3)), False)
    assert set(td1.scores("alan").values()) == {(0.0, False)}
    told = td1.nbgrader("generate_feedback", "td1")
    assert told.returncode == 0, told.stderr
    assert "Content-Security-Policy" in page_of(td1, "ada")
    assert 'lang="en"' in page_of(td1, "emmy")
    assert td1.nbgrader("list").returncode == 0
    exported = td1.nbgrader("export")
    assert exported.returncode == 0, exported.stderr
    assert "emmy" in (td1.root / "grades.csv").read_text("utf-8")


BUTTONS = """
import json, shutil, sys
from pathlib import Path
from traitlets.config import Config, PyFileConfigLoader
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

config = PyFileConfigLoader("nbgrader_config.py", ".").load_config()
api = NbGraderAPI(CourseDirectory(config=config), config=config)
said = [api.autograde("td1", "ada"), api.generate_feedback("td1", "ada"), api.generate_assignment("hw")]
shutil.copytree("release/hw", "submitted/ada/hw") if Path("release/hw").exists() else None
said += [api.autograde("hw", "ada"), api.generate_feedback("hw", "ada")]
with api.gradebook as gradebook:
    score = gradebook.find_submission("hw", "ada").score
print(json.dumps([[s["success"], s.get("error", "")] for s in said]), score, sep="\\n")
"""


@pytest.mark.slow
def test_formgraders_buttons_do_the_same_and_another_assignment_stays_nbgraders(td1: Class) -> None:
    record = td1.judged(td1.hand_in("ada", size="size = 26"), size=RIGHT)
    verdicts.append(td1.course, record)
    facts = {
        "grade": True,
        "solution": False,
        "locked": True,
        "points": 3,
        "grade_id": "t",
        "schema_version": 3,
        "task": False,
    }
    cell = {"cell_type": "code", "execution_count": None, "id": "t", "outputs": [], "source": "assert 1 + 1 == 2"}
    nb = {"cells": [cell | {"metadata": {"nbgrader": facts}}], "nbformat": 4, "nbformat_minor": 5}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.write(td1.root / "source" / "hw" / "hw.ipynb", nb | {"metadata": {"kernelspec": kernel}})
    env = os.environ | {"PARTIEL_CONTENT": str(td1.content), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", BUTTONS], cwd=td1.root, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    said, score = ran.stdout.splitlines()[-2:]
    assert [done for done, _ in json.loads(said)] == [True] * 5, ran.stdout + ran.stderr
    assert float(score) == 3.0  # nbgrader ran it
    assert "Content-Security-Policy" in page_of(td1, "ada")
    theirs = (td1.root / "feedback/ada/hw/hw.html").read_text("utf-8")
    assert "Test cell" in theirs and "Content-Security-Policy" not in theirs
    assert td1.scores()["size"] == (float(Fraction(1, 3)), False)


def test_a_score_is_read_back_by_nbgrader_as_it_was_written() -> None:
    from nbgrader.utils import determine_grade

    for earned in (Fraction(0), Fraction(1, 3), Fraction(1, 10**9), Fraction(2)):
        verdict = Verdict("a", "b", Status.PARTIAL, earned, Fraction(2), Text("", ""))
        cell = scores_cell(scores.outputs_of_check(verdict, "fr"))
        assert determine_grade(cell) == (float(earned), 2.0)


def scores_cell(outputs: list[dict[str, Any]]) -> Any:
    sheet_cell = {
        "cell_type": "code", "id": "a-b-check", "execution_count": None, "source": "", "outputs": outputs,
        "metadata": {"nbgrader": {"grade": True, "solution": False, "locked": True, "task": False, "points": 2,
                                  "grade_id": "a-b-check", "schema_version": 3}},
    }  # fmt: skip
    return notebook.as_node({"cells": [sheet_cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).cells[0]


def test_nbgrader_alone_reuses_the_ledger_and_judges_only_what_it_lacks(
    td1: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = td1.judged(td1.hand_in("ada", size="size = 26"), size=RIGHT, twice=BROKEN)
    stale = td1.judged(td1.hand_in("emmy", size="size = 1"), size=RIGHT)
    fresh = td1.judged(td1.hand_in("emmy", size="size = 2"))
    verdicts.append(td1.course, known)
    verdicts.append(td1.course, stale)
    asked: list[tuple[str, ...]] = []

    def judge(course: Course, assignment: str, terms: object, students: tuple[str, ...]) -> list[tuple[str, Record]]:
        asked.append(students)
        return [("emmy", fresh)]

    monkeypatch.setattr("grader.grading.grade", judge)
    desk = Desk(td1.root)
    desk.together = ("ada", "emmy", "a stranger")
    assert desk.record(td1.sheet("ada")) == known
    assert desk.record(td1.sheet("emmy")) == fresh
    assert asked == [("emmy",)]


def test_a_fault_of_ours_while_judging_is_raised_and_nothing_is_recorded(
    td1: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    td1.hand_in("ada", size="size = 26")
    fault = RuntimeError("the sandbox fell over")
    monkeypatch.setattr("grader.grading.grade", lambda *_: [("ada", fault)])
    with pytest.raises(RuntimeError, match="fell over"):
        Desk(td1.root).record(td1.sheet("ada"))
