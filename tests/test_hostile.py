"""Every file of ``hostile/`` handed in, with the walls up: it gets the status its name says, and nobody else is harmed.

A file replaces the cell of ``double``; the other questions are answered rightly. Its first lines may say
``# earns: 1`` (points it earns all the same) and ``# others: missing`` (what becomes of the cells after it).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import course as courses
from grader import grading, lock, notebook, values
from grader.model import Course, Level, Record, Sheet, Status
from grader.sandbox import standing

HERE = Path(__file__).parent
ATTACKS = {file.stem: file.read_text("utf-8") for file in sorted((HERE / "hostile").glob("*.py"))}
NEIGHBOURS = ("aaron", "zoe")  # the first and the last to be graded
WORTH = {"small-size": 1, "small-layers": 2, "small-double": 4, "small-measured": 2}

Json = dict[str, Any]


def right(sheet: Sheet) -> dict[str, str]:
    known = values.of(sheet.items[0].variant)
    return {
        "small-size": f"size = {known['size']}",
        "small-layers": f"layers = {known['layers']}",
        "small-double": "def double(x):\n    return 2 * x",
        "small-measured": "guess = lambda x: 0.95",
    }


# ── attacks on the file ──────────────────────────────────────────────────────


def points_raised_and_checks_emptied(nb: Json) -> None:
    for cell in nb["cells"]:
        facts = cell["metadata"].get("nbgrader", {})
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]
        if facts.get("grade"):
            facts["points"] = 100
            cell["source"] = "100"
            cell["outputs"] = [
                {"output_type": "execute_result", "data": {"text/plain": "100"}, "metadata": {}, "execution_count": 1}
            ]
        elif facts.get("solution"):
            facts["locked"], facts["solution"] = True, False
        if facts.get("grade_id") == "small-double":
            cell["source"] = "def double(x):\n    return x"
    nb["metadata"]["kernelspec"] = {"name": "bash", "display_name": "Bash"}


def cells_doubled(nb: Json) -> None:
    wrong = [dict(c, source="def double(x):\n    return x") for c in nb["cells"] if c["id"] == "small-double"]
    nb["cells"] = wrong + nb["cells"] + nb["cells"]


def checks_deleted(nb: Json) -> None:
    nb["cells"] = [c for c in nb["cells"] if not c["id"].endswith("-check")][::-1]


def cells_added(nb: Json) -> None:
    bad = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": "import os; os._exit(0)",
    }
    nb["cells"] = [dict(bad, id="x"), *nb["cells"], dict(bad, id="head-readers"), 7, None, {"cell_type": ["code"]}]


TAMPERED: dict[str, tuple[Callable[[Json], None], Fraction]] = {
    "points_raised": (points_raised_and_checks_emptied, Fraction(5)),
    "cells_doubled": (cells_doubled, Fraction(5)),
    "checks_deleted": (checks_deleted, Fraction(9)),
    "cells_added": (cells_added, Fraction(9)),
}


def link_to(target: str) -> Callable[[Path, Course], None]:
    return lambda file, course: file.symlink_to(course.root / target)


def holds(data: bytes) -> Callable[[Path, Course], None]:
    return lambda file, _: file.write_bytes(data) and None


def weighs_200_mb(file: Path, _: Course) -> None:
    with file.open("wb") as out:
        out.truncate(200 * 10**6)


def is_a_pipe(file: Path, _: Course) -> None:
    os.mkfifo(file)


def in_a_linked_folder(file: Path, course: Course) -> None:
    file.parent.rmdir()
    file.parent.symlink_to(course.root / "submitted" / NEIGHBOURS[0] / "td")


UNREADABLE: dict[str, Callable[[Path, Course], None]] = {
    "a_link": link_to("submitted/aaron/td/td.ipynb"),
    "a_link_to_the_secret": link_to(".partiel/secret"),
    "in_a_linked_folder": in_a_linked_folder,
    "a_pipe": is_a_pipe,
    "a_folder": lambda file, _: file.mkdir(),
    "weighs_200_mb": weighs_200_mb,
    "empty": holds(b" "),
    "truncated": holds(b'{"cells": [{"cell_type": "co'),
    "latin_1": holds('{"cells": "é"}'.encode("latin-1")),
    "a_list": holds(b"[1, 2]"),
    "nested": holds(b"[" * 10**6),
    "of_another_assignment": holds(b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'),
}


# ── the course ───────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    state = standing()
    if not state:
        assert not os.environ.get("CI"), f"the walls do not stand: {state.why}\n{state.remedy}"
        pytest.skip(f"the walls do not stand here: {state.why} ({state.remedy})")
    root = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIEL_CONTENT", str(HERE / "courses" / "tiny"))
        courses.init(root, "hostile", "Hostile", "en")
        (root / ".partiel" / "secret").write_text("the same in every run\n")
        (root / "course.toml").write_text(
            '[course]\nid = "hostile"\nlang = "en"\n[assignments.td]\nexercises = ["small"]\n', "utf-8"
        )
        students = ["aaron", *ATTACKS, *TAMPERED, *UNREADABLE, "copies", "zoe"]
        (root / "students.csv").write_text("id,name,email\n" + "".join(f"{s},,\n" for s in students), "utf-8")
        here = courses.load(root)
        handed = lock.write(here, here.assignments["td"])
        for student in students:
            _hand_in(here, handed, student)
        yield here


def _hand_in(course: Course, handed: lock.Lock, student: str) -> None:
    file = course.root / "submitted" / student / "td" / "td.ipynb"
    file.parent.mkdir(parents=True)
    if student in UNREADABLE:
        return UNREADABLE[student](file, course)
    sheet = handed.sheet("aaron" if student == "copies" else student)
    written = right(sheet)
    if student in ATTACKS:
        written["small-double"] = ATTACKS[student]
    nb = json.loads(json.dumps(notebook.compose(sheet, written)))
    if student in TAMPERED:
        TAMPERED[student][0](nb)
    file.write_text(json.dumps(nb), "utf-8")
    return None


@pytest.fixture(scope="module")
def records(course: Course) -> dict[str, Record]:
    """Everybody graded in one run."""
    found = dict(grading.grade(course, "td", grading.Terms(workers=2)))
    assert all(isinstance(record, Record) for record in found.values())
    return found  # type: ignore[return-value]


def earned(record: Record) -> Fraction:
    return sum((v.earned for v in record.verdicts), Fraction(0))


def test_everybody_has_one_record_and_nothing_is_our_fault(course: Course, records: dict[str, Record]) -> None:
    assert set(records) == {s.id for s in course.students}
    broken = {(s, v.key, v.evidence) for s, r in records.items() for v in r.verdicts if v.status is Status.BROKEN}
    assert not broken
    assert Level.NONE not in {r.level for r in records.values()}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_gets_the_status_of_its_name_and_earns_nothing(records: dict[str, Record], attack: str) -> None:
    record = records[attack]
    verdict = next(v for v in record.verdicts if v.key == "small-double")
    said = re.search(r"^# earns: (\d+)", ATTACKS[attack], re.MULTILINE)
    assert (str(verdict.status), verdict.earned) == (attack.split("_")[0], int(said[1]) if said else 0), verdict
    others = re.search(r"^# others: (\w+)", ATTACKS[attack], re.MULTILINE)
    after = others[1] if others else "correct"
    assert [str(v.status) for v in record.verdicts if v is not verdict] == ["correct", "correct", after]
    words = [verdict.feedback.en, *verdict.evidence]
    assert all(len(line) < 400 and "3451" not in line and "6902" not in line for line in words)


@pytest.mark.parametrize("attack", TAMPERED)
def test_a_tampered_file_earns_what_its_solution_cells_are_worth(records: dict[str, Record], attack: str) -> None:
    assert earned(records[attack]) == TAMPERED[attack][1]


@pytest.mark.parametrize("attack", UNREADABLE)
def test_a_file_that_cannot_be_read_is_unreadable_and_never_wrong(records: dict[str, Record], attack: str) -> None:
    record = records[attack]
    assert {v.status for v in record.verdicts} == {Status.UNREADABLE} and earned(record) == 0
    assert record.remarks[0].fr and record.remarks[0].en


def test_a_copied_notebook_is_right_for_other_numbers_and_is_remarked(
    course: Course, records: dict[str, Record]
) -> None:
    record = records["copies"]
    handed = lock.read(course, "td")
    assert handed.sheet("copies").items[0].variant.params != handed.sheet("aaron").items[0].variant.params
    assert "aaron" in record.remarks[0].en
    # The first row of the table is wrong; the second follows from it.
    assert [str(v.status) for v in record.verdicts] == ["wrong", "partial", "correct", "correct"]


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_neighbours_are_graded_as_if_alone(records: dict[str, Record], neighbour: str) -> None:
    record = records[neighbour]
    assert {v.key: v.earned for v in record.verdicts} == WORTH
    assert {v.status for v in record.verdicts} == {Status.CORRECT} and not record.remarks


def test_the_course_folder_is_as_it_was(course: Course, records: dict[str, Record]) -> None:
    """Nothing but the ledger was written, and each submission in it is the file as handed in."""
    names = {path.name for path in course.root.iterdir()}
    assert names == {".gitignore", ".partiel", "course.toml", "students.csv", "submitted", "td.lock.json"}
    for student in (*NEIGHBOURS, *ATTACKS):
        data = (course.root / "submitted" / student / "td" / "td.ipynb").read_bytes()
        assert records[student].submission == hashlib.sha256(data).hexdigest()
