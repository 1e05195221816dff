"""Free text: a rubric for markers, an answer that a human marks, and nothing of it judged before."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import bridge, catalogue, content, grading, handout, release, verify
from grader.bridge import marking
from grader.bridge.gradebook import opened
from grader.errors import ContentError
from grader.model import Essay, Record, Status, Terms, Variant

TRUSTED = Terms(trust=True, workers=1)
PY = """\
from grader.author import essay, grid, value

params = grid(n=[10, 14])


@value
def best(n):
    return n // 2


@essay(points=3)
def discuss():
    return {"named": 1, "argued": "3/2", "ranked": "1/2"}
"""
MD = """\
# {title}

{{{{ n }}}} epochs.

## discuss

Discuss.

### named

Overfitting, from {{{{ best }}}}.

### argued

With figures.

### ranked

In order.

## solution

Stop at {{{{ best }}}}.
"""
EVIL = "<script>document.title = 'owned'</script>\n\n[x](javascript:alert(1)) $\\href{javascript:alert(1)}{y}$ **bold**"


@pytest.fixture
def essay(shelf: Any) -> Any:
    for name in ("tiny.py", "tiny.fr.md", "tiny.en.md"):
        shelf[name].unlink()
    shutil.rmtree(shelf.root / "solutions/tiny")
    shelf.write("tiny.py", PY)
    shelf.write("tiny.fr.md", MD.format(title="Courbes"))
    shelf.write("tiny.en.md", MD.format(title="Curves"))
    return shelf


def test_it_is_read_with_its_rubric(essay: Any) -> None:
    (question,) = essay.load().questions
    assert isinstance(question, Essay)
    assert [(line.name, line.points) for line in question.rubric] == [
        ("named", 1),
        ("argued", Fraction(3, 2)),
        ("ranked", Fraction(1, 2)),
    ]
    assert catalogue.kinds(essay.load()) == ("essay",)
    assert list(verify.light(essay.load())) == []


def test_a_rubric_adds_up_and_every_line_is_worth_something(essay: Any) -> None:
    essay.edit("tiny.py", '"named": 1', '"named": 2')
    assert any("adds up to 4, not 3" in problem for problem in verify.light(essay.load()))
    essay.edit("tiny.py", '"named": 2', '"named": 0')
    assert any("'discuss/named' earns 0" in problem for problem in verify.light(essay.load()))


def test_a_line_without_words_in_one_language_is_missed(essay: Any) -> None:
    essay.edit("tiny.fr.md", "### ranked", "### rated")
    with pytest.raises(ContentError, match="'ranked' has no words in"):
        essay.load()


def test_students_get_no_word_of_the_rubric_and_a_rubric_is_of_judging(essay: Any) -> None:
    one = essay.load()
    cells = handout.cells("tiny", Variant(one, one.params[0]), "en", {"tiny-discuss": Fraction(3)})
    assert not any("verfitting" in cell.source or "figures" in cell.source for cell in cells)
    essay.edit("tiny.en.md", "With figures.", "With three figures.")
    essay.edit("tiny.py", '"3/2"', '"1"')
    changed = essay.load()
    assert changed.statement_revision == one.statement_revision
    assert changed.judging_revision != one.judging_revision
    essay.edit("tiny.en.md", "Discuss.", "Discuss this.")
    assert essay.load().statement_revision != one.statement_revision


def hand_in(root: Path, text: str | None) -> None:
    nb = json.loads((root / "release/ada/td1/td1.ipynb").read_text("utf-8"))
    for cell in nb["cells"]:
        if cell["id"] == "tiny-discuss" and text is not None:
            cell["source"] = text
    file = root / "submitted/ada/td1/td1.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(nb), "utf-8")


def graded(desk: Any) -> tuple[Record, dict[str, Any]]:
    records = [record for _, record in grading.grade(desk.load(), "td1", TRUSTED)]
    assert isinstance(records[0], Record)
    assert bridge.record(desk.load(), records) == []  # type: ignore[arg-type]
    return records[0], json.loads((desk.root / "autograded/ada/td1/td1.ipynb").read_text("utf-8"))


@pytest.mark.parametrize(("text", "status", "auto"), [(None, Status.MISSING, 0.0), ("  ", Status.MISSING, 0.0),
                                                    ("Overfitting.", Status.WAITING, None)])  # fmt: skip
def test_it_waits_for_a_human_unless_nothing_was_written(
    desk: Any, essay: Any, text: str | None, status: Status, auto: float | None
) -> None:
    release.generate(desk.load(), desk.load().assignments["td1"])
    hand_in(desk.root, text)
    record, _ = graded(desk)
    assert [(v.status, v.earned) for v in record.verdicts] == [(status, 0)]
    with opened(desk.load()) as gradebook:
        grade = gradebook.find_grade("tiny-discuss", "td1", "td1", "ada")
        assert (grade.auto_score, grade.needs_manual_grade, grade.max_score) == (auto, auto is None, 3)


def test_markers_see_the_rubric_in_the_students_language_and_no_html_of_theirs(desk: Any, essay: Any) -> None:
    release.generate(desk.load(), desk.load().assignments["td1"])
    hand_in(desk.root, EVIL)
    _, nb = graded(desk)
    answer = next(cell for cell in nb["cells"] if cell["id"] == "tiny-discuss")
    shown = "".join(answer["source"])
    assert "<script" not in shown and "href" not in shown.replace("\\href", "") and "<strong>bold</strong>" in shown
    assert answer["metadata"]["partiel"]["written"] == EVIL
    rubric = "".join(nb["cells"][nb["cells"].index(answer) + 1]["source"])
    best = json.loads((desk.root / "td1.lock.json").read_text("utf-8"))["students"]["ada"]["items"]["tiny"]
    assert f"Overfitting, from {(5, 7)[int(best)]}." in rubric and "**1,5** · With figures." in rubric
    assert bridge.feedback(desk.load(), "td1") == []
    page = (desk.root / "feedback/ada/td1/td1.html").read_text("utf-8")
    assert "<script" not in page and "With figures." in page and "<strong>bold</strong>" in page


def test_points_of_the_course_scale_the_rubric(desk: Any, essay: Any) -> None:
    desk.assignment("tiny", more="[assignments.td1.points]\ntiny = 6")
    release.generate(desk.load(), desk.load().assignments["td1"])
    here = desk.load()
    from grader import lock

    (cells,) = marking.schemes(lock.read(here, "td1").sheet("ada")).values()
    assert "**3** · With figures." in cells[0].source and "**2** · Overfitting" in cells[0].source


def test_an_answer_whose_cell_became_code_is_still_read(desk: Any, essay: Any) -> None:
    release.generate(desk.load(), desk.load().assignments["td1"])
    hand_in(desk.root, "In a code cell.")
    file = desk.root / "submitted/ada/td1/td1.ipynb"
    nb = json.loads(file.read_text("utf-8"))
    for cell in nb["cells"]:
        if cell["id"] == "tiny-discuss":
            cell |= {"cell_type": "code", "outputs": [], "execution_count": None}
    file.write_text(json.dumps(nb), "utf-8")
    assert graded(desk)[0].verdicts[0].status is Status.WAITING


def test_every_essay_of_the_catalogue_says_what_earns_its_points() -> None:
    found = [content.find(one) for one in ("discuss_learning_curves", "review_protocol")]
    for exercise in found:
        assert any(isinstance(q, Essay) and len(q.rubric) >= 3 for q in exercise.questions)
