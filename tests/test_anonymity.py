"""Where an assignment is anonymous, no page and no formgrader says who is who, until the names are lifted."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from grader import anonymity, bridge, course, proof, release, report
from grader.errors import CourseError


@pytest.fixture
def exam(desk: Any, empty_gradebook: Path) -> Any:
    shutil.copy(empty_gradebook, desk.root)
    desk.roster("id,name,email\ns1,Ada Lovelace,ada@x.fr\ns2,Emmy Noether,emmy@x.fr\n")
    desk.assignment("tiny", id="exam", more="anonymous = true")
    here = desk.load()
    release.generate(here, here.assignments["exam"])
    return desk


def names(desk: Any) -> set[tuple[str | None, str | None, str | None]]:
    with Gradebook(f"sqlite:///{desk.root / 'gradebook.db'}", "dl") as gradebook:
        return {(s.first_name, s.last_name, s.email) for s in gradebook.students}


def test_no_name_is_in_the_gradebook_on_a_page_or_in_a_notebook(exam: Any) -> None:
    here = exam.load()
    codes = {anonymity.code(here, id) for id in ("s1", "s2")}
    assert names(exam) == {(code, None, None) for code in codes} and len(codes) == 2
    shown = [report.as_page(here, "exam", "fr"), report.as_csv(here, "exam")]
    shown.append(proof.page(here, proof.proof(here, "exam"), "en"))
    shown += [file.read_text("utf-8") for file in exam.root.rglob("*.ipynb")]
    shown.append((exam.root / "exam.lock.json").read_text("utf-8"))
    assert not [text for text in shown if "Lovelace" in text or "Noether" in text or "@x.fr" in text]
    assert all(code in shown[0] and code in shown[2] for code in codes)


def test_lifted_names_come_back_everywhere(exam: Any) -> None:
    here = exam.load()
    assert anonymity.lift(here, "exam") and not anonymity.lift(here, "exam")
    bridge.rename(here)
    assert names(exam) == {("Ada", "Lovelace", "ada@x.fr"), ("Emmy", "Noether", "emmy@x.fr")}
    assert "Lovelace" in report.as_page(here, "exam", "fr")


def test_formgrader_shows_codes_while_any_assignment_is_anonymous(exam: Any) -> None:
    exam.toml(
        '[course]\nid = "dl"\nanonymous = true\n[assignments.exam]\nexercises = ["tiny"]\n'
        '[assignments.td1]\nexercises = ["tiny"]\nanonymous = false\n[assignments.later]\nexercises = ["tiny"]\n'
    )
    here = exam.load()
    release.generate(here, here.assignments["td1"])
    assert ("Ada", "Lovelace", "ada@x.fr") not in names(exam)
    assert "Lovelace" in report.as_page(here, "td1", "fr") and "Lovelace" not in report.as_page(here, "exam", "fr")
    anonymity.lift(here, "exam")
    bridge.rename(here)
    assert ("Ada", "Lovelace", "ada@x.fr") in names(exam), "what is not released yet hides nobody"


def test_a_code_is_the_secrets_and_says_nothing_of_the_id(exam: Any) -> None:
    here = exam.load()
    before = anonymity.code(here, "s1")
    assert before == anonymity.code(exam.load(), "s1") and len(before) == 8
    assert len({anonymity.code(here, f"s{n}") for n in range(2000)}) == 2000
    (exam.root / ".partiel" / "secret").write_text("another secret of this course")
    assert anonymity.code(exam.load(), "s1") != before


def test_an_unknown_assignment_has_no_names_to_lift(exam: Any) -> None:
    with pytest.raises(CourseError, match=r"no assignment 'exams'\n  Did you mean 'exam'\?"):
        anonymity.lift(exam.load(), "exams")


def test_anonymous_is_yes_or_no(exam: Any) -> None:
    exam.assignment("tiny", more="anonymous = 'oui'")
    with pytest.raises(CourseError, match="anonymous = 'oui' says neither yes nor no"):
        course.load(exam.root)
