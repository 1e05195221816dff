"""Last year's notebooks in a Partiel course: nbgrader's rules, our walls."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import bridge, content, grading, handwritten, lock, notebook, release
from grader.bridge.gradebook import opened
from grader.errors import ContentError, CourseError
from grader.model import Asserted, Essay, Record, Status, Submission, Terms

Json = dict[str, Any]


def code(source: str, id: str = "", **facts: Any) -> Json:
    return {"cell_type": "code", "execution_count": None, "outputs": [], **_cell(source, id, facts)}


def words(source: str, id: str = "", **facts: Any) -> Json:
    return {"cell_type": "markdown", **_cell(source, id, facts)}


def _cell(source: str, id: str, facts: Json) -> Json:
    flags = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3, "grade_id": id}
    return {"source": source, "metadata": {"nbgrader": flags | facts} if id else {}}


def solution(id: str, source: str) -> Json:
    return code(f"### BEGIN SOLUTION\n{source}\n### END SOLUTION", id, solution=True)


def check(id: str, source: str, points: object = 2) -> Json:
    return code(source, id, grade=True, locked=True, points=points)


def save(file: Path, *cells: Json) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nb = {"cells": list(cells), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    file.write_text(json.dumps(nb), "utf-8")
    return file


TRUSTED = Terms(trust=True, workers=1)
SQUARE = "def square(n):\n    return n * n"
INTRO = (
    words("# Squares\n\nSee $x^2$."),
    code("import math\nONE = 1", "imports", locked=True),
    code("x = 3  # yours"),
    solution("square", SQUARE),
    check(
        "square_test",
        "assert square(2) == 4\n### BEGIN HIDDEN TESTS\nassert square(-3) == 9, 'negatives'\n### END HIDDEN TESTS",
    ),
    check("square_share", "right = sum(square(n) == n * n for n in (0, 2, 5, -1))\nright / 2"),
    words("Because.", "why", grade=True, solution=True, points=3),
    words("Explore.\n### BEGIN MARK SCHEME\n- a plot\n### END MARK SCHEME", "explore", task=True, points=2),
)


def course(desk: Any, *cells: dict[str, Any], more: str = "") -> Path:
    save(desk.root / "handwritten" / "intro.ipynb", *cells)
    desk.assignment("tiny", "handwritten/intro.ipynb", more=more)
    here = desk.load()
    release.generate(here, here.assignments["td1"])
    return Path(desk.root)


def hand_in(root: Path, change: Callable[[dict[str, Any]], None] = lambda _: None, **written: str) -> Path:
    nb = json.loads((root / "release/ada/td1/td1.ipynb").read_text("utf-8"))
    for cell in nb["cells"]:
        cell["source"] = written.get(cell["id"], cell["source"])
    change(nb)
    file = root / "submitted/ada/td1/td1.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(nb), "utf-8")
    return file


def graded(desk: Any) -> Record:
    records = [record for _, record in grading.grade(desk.load(), "td1", TRUSTED)]
    assert isinstance(records[0], Record), records
    assert bridge.record(desk.load(), records) == []  # type: ignore[arg-type]
    return records[0]


def earned(record: Record) -> dict[str, tuple[Status, Fraction]]:
    return {v.question: (v.status, v.earned) for v in record.verdicts if v.item == "intro"}


def test_students_get_no_solution_no_hidden_test_and_no_mark_scheme(desk: Any) -> None:
    root = course(desk, *INTRO)
    for path in ("release/ada/td1/td1.ipynb", "source/td1/td1.ipynb", "td1.lock.json"):
        text = (root / path).read_text("utf-8")
        assert "assert square(2) == 4" in text
        assert not any(secret in text for secret in ("n * n\\n", "negatives", "a plot", "Because.", "return n")), path


def test_it_stands_beside_generated_questions_with_its_own_ids(desk: Any) -> None:
    root = course(desk, *INTRO)
    nb = json.loads((root / "release/ada/td1/td1.ipynb").read_text("utf-8"))
    notebook.validate(nb)
    ids = [cell["id"] for cell in nb["cells"]]
    assert ids.index("tiny-size-check") < ids.index("square") < ids.index("square_test")
    graded = [c["metadata"]["nbgrader"] for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("points")]
    assert [facts["points"] for facts in graded] == [2, pytest.approx(1 / 3), 2, 2, 3, 2]


def test_right_half_right_and_left_as_it_was(desk: Any) -> None:
    root = course(desk, *INTRO)
    hand_in(root, square=SQUARE)
    done = earned(graded(desk))
    assert done["square_test"] == (Status.CORRECT, 2)
    assert done["square_share"] == (Status.CORRECT, 2)
    assert done["why"] == (Status.MISSING, 0)
    assert done["explore"] == (Status.WAITING, 0)
    hand_in(root, square="def square(n):\n    return n * abs(n)", why="Words.")
    done = earned(graded(desk))
    assert done["square_test"] == (Status.WRONG, 0)
    assert done["square_share"] == (Status.PARTIAL, Fraction(3, 2))
    assert done["why"] == (Status.WAITING, 0)
    hand_in(root, x="x = 4")
    assert set(earned(graded(desk)).values()) == {(Status.MISSING, 0), (Status.WAITING, 0)}


def test_a_warning_on_stderr_costs_nothing(desk: Any) -> None:
    root = course(desk, *INTRO[:4], check("t", "import sys\nprint('old API', file=sys.stderr)\nassert square(2) == 4"))
    hand_in(root, square=f"import warnings\nwarnings.warn('deprecated')\n{SQUARE}")
    assert earned(graded(desk))["t"] == (Status.CORRECT, 2)
    with opened(desk.load()) as gradebook:
        grades = {g.name: g.auto_score for g in gradebook.find_submission_notebook("td1", "td1", "ada").grades}
    assert grades["t"] == 2


@pytest.mark.parametrize("result", ["3", "-1", "float('nan')", "1e999"])
def test_a_result_that_is_no_share_of_the_points_calls_a_human(desk: Any, result: str) -> None:
    root = course(desk, *INTRO[:4], check("t", result))
    hand_in(root, square=SQUARE)
    assert earned(graded(desk))["t"] == (Status.BROKEN, 0)


@pytest.mark.parametrize(
    ("result", "points"), [("import numpy as np\nnp.float64(0.5)", "1/2"), ("'fine'", "2"), ("0", "0")]
)
def test_a_result_is_read_as_nbgrader_reads_it_and_numpys_too(desk: Any, result: str, points: str) -> None:
    root = course(desk, *INTRO[:4], check("t", result))
    hand_in(root, square=SQUARE)
    assert earned(graded(desk))["t"][1] == Fraction(points)


def test_code_that_ends_its_process_costs_its_own_tests_only(desk: Any) -> None:
    root = course(desk, *INTRO[:5], solution("end", "pass"), check("end_test", "assert True"), *INTRO[5:])
    hand_in(root, square=SQUARE, end="import os\nos._exit(0)")
    done = earned(graded(desk))
    assert done["square_test"] == (Status.CORRECT, 2)
    assert done["square_share"] == (Status.CORRECT, 2)


def skip_and_rewrite(nb: dict[str, Any]) -> None:
    for cell in nb["cells"]:
        if cell["id"].startswith("square_"):
            cell["metadata"]["tags"] = ["skip-execution"]
            cell["source"] = "2"


def test_the_tests_are_the_instructors_whatever_the_file_says(desk: Any) -> None:
    root = course(desk, *INTRO)
    hand_in(root, skip_and_rewrite, square="def square(n):\n    return 7")
    done = earned(graded(desk))
    assert done["square_test"] == (Status.WRONG, 0)
    assert done["square_share"] == (Status.WRONG, 0)


def add_cells(nb: dict[str, Any]) -> None:
    ids = [cell["id"] for cell in nb["cells"]]
    more = [code("helper = 5\nprint('seen', square(3))") | {"id": "mine"}, words("<b>Mine</b>") | {"id": "mine2"}]
    nb["cells"][ids.index("explore") + 1 : ids.index("explore") + 1] = more
    nb["cells"].insert(1, code("square = None") | {"id": "elsewhere"})


def test_cells_of_the_students_own_run_and_reach_the_marker(desk: Any) -> None:
    root = course(desk, *INTRO)
    hand_in(root, add_cells, square=SQUARE)
    assert earned(graded(desk))["square_test"] == (Status.CORRECT, 2)
    nb = json.loads((root / "autograded/ada/td1/td1.ipynb").read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in nb["cells"]]
    added = next(cell for cell in nb["cells"] if "helper" in "".join(cell["source"]))
    assert "seen 9" in "".join(added["outputs"][0]["text"])
    assert not any("square = None" in source for source in sources)
    assert any("&lt;b&gt;Mine" in source for source in sources)
    assert any("a plot" in source for source in sources)  # the mark scheme
    assert any("negatives" in source for source in sources)  # the hidden test, as nbgrader shows it


def test_a_mark_given_by_hand_survives_a_regrade_and_is_in_the_report(desk: Any) -> None:
    from grader import report

    root = course(desk, *INTRO)
    hand_in(root, square=SQUARE, why="Words.")
    graded(desk)
    with opened(desk.load()) as gradebook:
        for name, score in (("why", 2.5), ("explore", 2)):
            gradebook.find_grade(name, "td1", "td1", "ada").manual_score = score
        gradebook.db.commit()
    hand_in(root, square="def square(n):\n    return 0", why="Words.")
    graded(desk)
    row = next(row for row in report.rows(desk.load(), "td1") if row.student == "ada")
    assert row.record
    given = {v.question: (v.status, v.earned) for v in row.record.verdicts}
    assert given["why"] == (Status.PARTIAL, Fraction(5, 2))
    assert given["explore"] == (Status.CORRECT, 2)
    assert row.earned == Fraction(1, 2) + Fraction(5, 2) + 2


def test_an_edited_test_judges_again_and_a_removed_one_is_missed(desk: Any) -> None:
    root = course(desk, *INTRO)
    hand_in(root, square=SQUARE)
    assert earned(graded(desk))["square_test"] == (Status.CORRECT, 2)
    file = root / "handwritten/intro.ipynb"
    file.write_text(file.read_text("utf-8").replace("square(-3) == 9", "square(-3) == 10"), "utf-8")
    assert earned(graded(desk))["square_test"] == (Status.WRONG, 0)
    save(file, *INTRO[:4])
    with pytest.raises(ContentError, match="square_test"):
        graded(desk)


BAD = [
    ((code("### BEGIN SOLUTION\n1\n### END SOLUTION"),), "a solution stands in a cell that is none"),
    ((solution("s", "1"), code("### BEGIN HIDDEN TESTS\n1", "t", grade=True, points=1)), "has no END HIDDEN TESTS"),
    ((code("### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS"),), "not graded"),
    ((check("t", "1", "many"),), "no number of points"),
    ((check("t", "1"), check("t", "2")), "two cells are called 't'"),
    ((check("a b", "1"),), "cannot be a cell's id"),
    ((words("Text", "t", grade=True, points=1),), "but not both"),
    ((words("### BEGIN MARK SCHEME\n### END MARK SCHEME"),), "no task"),
]


@pytest.mark.parametrize(("cells", "problem"), BAD, ids=[problem for _, problem in BAD])
def test_what_nbgrader_would_refuse_says_which_cell(
    tmp_path: Path, cells: Sequence[dict[str, Any]], problem: str
) -> None:
    save(tmp_path / "nb.ipynb", *cells)
    with pytest.raises(ContentError, match=problem):
        handwritten.find(tmp_path, "nb.ipynb")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"nbformat": 3, "cells": []}', '{"nbformat": 4, "cells": [1]}'])
def test_what_is_no_notebook_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "nb.ipynb").write_text(text)
    with pytest.raises(ContentError, match="notebook"):
        handwritten.find(tmp_path, "nb.ipynb")
    with pytest.raises(ContentError, match="no such notebook"):
        handwritten.find(tmp_path, "other.ipynb")


def test_ids_that_meet_and_points_of_its_own_are_said_before_anything_is_written(desk: Any) -> None:
    with pytest.raises(CourseError, match="tiny-size"):
        course(desk, check("tiny-size", "1"))
    with pytest.raises(CourseError, match="points for 'intro'"):
        course(desk, *INTRO, more="[assignments.td1.points]\nintro = 9")
    assert not list(desk.root.glob("*.lock.json"))


def test_what_it_imports_is_ready_beforehand_and_long_training_has_time(tmp_path: Path) -> None:
    save(tmp_path / "nb.ipynb", code("import keras\nfrom keras.datasets import fashion_mnist"), check("t", "1"))
    found = handwritten.find(tmp_path, "nb.ipynb")
    assert found.needs == ("fashion-mnist", "keras")
    assert isinstance(found.questions[0], Asserted)
    assert found.questions[0].limits.seconds == 300


def test_the_release_is_nbgraders_own_to_the_character(tmp_path: Path) -> None:
    """What nbgrader's preprocessors leave of its own example, ours leave too."""
    import nbformat
    import nbgrader
    from nbgrader import preprocessors

    theirs = Path(nbgrader.__file__).parent / "tests/preprocessors/files"
    for name in ("test_taskcell.ipynb", "test.ipynb"):
        shutil.copy(theirs / name, tmp_path / name)
        nb = nbformat.read(tmp_path / name, as_version=4)
        for step in (preprocessors.ClearSolutions, preprocessors.ClearHiddenTests, preprocessors.ClearMarkScheme):
            nb, _ = step().preprocess(nb, {})
        assert [c.source for c in handwritten.find(tmp_path, name).cells] == [c.source for c in nb.cells]


def test_a_task_is_for_a_human_and_its_scheme_is_the_rubric(tmp_path: Path) -> None:
    save(tmp_path / "nb.ipynb", *INTRO)
    task = handwritten.find(tmp_path, "nb.ipynb").questions[-1]
    assert isinstance(task, Essay)
    assert task.rubric[0].words.fr == "- a plot"


def test_an_older_lock_and_an_older_submission_know_nothing_of_added_cells() -> None:
    assert Submission("ada", "td1", {}, "0").added == {}
    assert lock.FORMAT == 1


def test_the_courses_that_the_page_on_nbgrader_writes_are_read(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARTIEL_CONTENT")
    page = (Path(__file__).resolve().parent.parent / "docs/nbgrader.md").read_text("utf-8")
    written = re.findall(r"```toml\n(.+?)```", page, re.DOTALL)
    assert len(written) == 2
    for text in written:
        desk.toml(f'[course]\nid = "dl"\n\n{text}')
        (assignment,) = desk.load().assignments.values()
        assert all(handwritten.is_one(one) or one in content.paths() for one in assignment.exercises)
    assert assignment.shared
