"""Every file of ``hostile/`` handed in, with the walls up: it gets the status its name says, and nobody else is harmed.

A file replaces the cell of ``double``; the other questions are answered rightly. Its first lines may say
``# earns: 1`` (points it earns all the same), ``# others: missing`` (what becomes of the cells after it) and
``# open: why`` (what does not hold on every machine). Which attack each file stands for: docs/security.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader import course as courses
from grader import feedback, grading, lock, notebook
from grader.model import Course, Level, Record, Status, Terms
from tests.tiny import TINY, right

HERE = Path(__file__).parent
ATTACKS = {file.stem: file.read_text("utf-8") for file in sorted((HERE / "hostile").glob("*.py"))}
NEIGHBOURS = ("aaron", "zoe")  # the first and the last to be graded
WORTH = {"small-size": 1, "small-layers": 2, "small-double": 4, "small-measured": 2}

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
MARK = Path("/tmp/partiel-was-here")  # where attacks would leave a trace outside
KEY = "hunter2-of-the-course"  # in the environment of whoever grades

Json = dict[str, Any]


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


def outputs_of_15_mb(nb: Json) -> None:
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "stream", "name": "stdout", "text": "x" * (15 * 10**6 // len(nb["cells"]))}
            ]
            cell["attachments"] = {"a.png": {"image/png": "AAAA"}}


def numbers_that_json_lacks(nb: Json) -> None:
    for cell in nb["cells"]:
        if "points" in cell["metadata"].get("nbgrader", {}):
            cell["metadata"]["nbgrader"]["points"] = float("nan")
        cell["execution_count"] = float("inf")


def dates_and_names_forged(nb: Json) -> None:
    nb["metadata"] |= {"timestamp": "1999-01-01 00:00:00", "partiel": {"student": "zoe", "assignment": "td"}}
    nb["metadata"]["score"] = nb["metadata"]["late_penalty"] = -100


def twenty_thousand_cells(nb: Json) -> None:
    more = {"cell_type": "markdown", "metadata": {}, "source": "# x"}
    nb["cells"] += [dict(more, id=f"x{n}") for n in range(20_000)]


TAMPERED: dict[str, tuple[Callable[[Json], None], Fraction]] = {
    "points_raised": (points_raised_and_checks_emptied, Fraction(5)),
    "cells_doubled": (cells_doubled, Fraction(5)),
    "checks_deleted": (checks_deleted, Fraction(9)),
    "cells_added": (cells_added, Fraction(9)),
    "outputs_of_15_mb": (outputs_of_15_mb, Fraction(9)),
    "numbers_that_json_lacks": (numbers_that_json_lacks, Fraction(9)),
    "dates_and_names_forged": (dates_and_names_forged, Fraction(9)),
    "twenty_thousand_cells": (twenty_thousand_cells, Fraction(9)),
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


def a_device(file: Path, _: Course) -> None:
    file.symlink_to("/dev/zero")


def an_archive(file: Path, _: Course) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../zoe/td/td.ipynb", bytes(10**8))


UNREADABLE: dict[str, Callable[[Path, Course], None]] = {
    "a_link": link_to("submitted/aaron/td/td.ipynb"),
    "a_link_to_the_secret": link_to(".partiel/secret"),
    "in_a_linked_folder": in_a_linked_folder,
    "a_pipe": is_a_pipe,
    "a_device": a_device,
    "an_archive": an_archive,
    "no_notebook_of_format_99": holds(b'{"cells": 7, "metadata": {}, "nbformat": 99, "nbformat_minor": 5}'),
    "doubled_keys": holds(b'{"cells": [], "cells": [1], "cells": {}, "nbformat": 4}'),
    "lone_surrogates": holds(
        b'{"cells": [{"cell_type": "code", "source": "\\ud800", "id": "\\udfff"}], "nbformat": 4}'
    ),
    "a_folder": lambda file, _: file.mkdir(),
    "weighs_200_mb": weighs_200_mb,
    "empty": holds(b" "),
    "truncated": holds(b'{"cells": [{"cell_type": "co'),
    "latin_1": holds('{"cells": "é"}'.encode("latin-1")),
    "a_list": holds(b"[1, 2]"),
    "nested": holds(b"[" * 10**6),
    "of_another_assignment": holds(b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'),
}


# The only notebook in a folder is taken whatever its name: none is a word of a command.
ODD_NAMES = {
    "named_as_a_command": "$(cd ..; touch partiel-was-here).ipynb",
    "named_as_an_option": "--force.ipynb",
    "named_on_two_lines": "td\n; touch partiel-was-here #\u202e.ipynb",
}

# ── the course ───────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def course(walls: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    root = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIEL_CONTENT", str(TINY))
        patch.setenv("PARTIEL_HOSTILE_KEY", KEY)
        courses.init(root, "hostile", "Hostile", "en")
        (root / ".partiel" / "secret").write_text("the same in every run\n")
        (root / "course.toml").write_text(
            '[course]\nid = "hostile"\nlang = "en"\n[assignments.td]\nexercises = ["small"]\n', "utf-8"
        )
        students = ["aaron", *ATTACKS, *TAMPERED, *UNREADABLE, *ODD_NAMES, "copies", "zoe"]
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
    file = file.with_name(ODD_NAMES.get(student, file.name))
    file.write_text(json.dumps(nb), "utf-8")
    return None


@pytest.fixture(scope="module")
def services() -> Iterator[list[socket.socket]]:
    """What listens on this machine while it grades, by port and by name; nobody inside reaches it."""
    with socket.socket(socket.AF_INET) as port, socket.socket(socket.AF_UNIX) as name:
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port.bind(("127.0.0.1", 45871))
        name.bind("\0partiel-hostile")
        for listener in (port, name):
            listener.listen()
            listener.setblocking(False)
        yield [port, name]


@pytest.fixture(scope="module")
def records(course: Course, services: list[socket.socket]) -> dict[str, Record]:
    """Everybody graded in one run."""
    MARK.unlink(missing_ok=True)
    found = dict(grading.grade(course, "td", Terms(workers=2)))
    assert all(isinstance(record, Record) for record in found.values())
    return found  # type: ignore[return-value]


def earned(record: Record) -> Fraction:
    return sum((v.earned for v in record.verdicts), Fraction(0))


def test_everybody_has_one_record_and_nothing_is_our_fault(course: Course, records: dict[str, Record]) -> None:
    assert set(records) == {s.id for s in course.students}
    broken = {(s, v.key, v.evidence) for s, r in records.items() for v in r.verdicts if v.status is Status.BROKEN}
    assert not broken
    assert Level.NONE not in {r.level for r in records.values()}


def every_attack() -> Iterator[Any]:
    for attack, source in ATTACKS.items():
        why = re.search(r"^# open: (.*)", source, re.MULTILINE)
        yield pytest.param(attack, marks=pytest.mark.xfail(reason=why[1], strict=False) if why else ())


@pytest.mark.parametrize("attack", list(every_attack()))
def test_an_attack_gets_the_status_of_its_name_and_earns_nothing(records: dict[str, Record], attack: str) -> None:
    record = records[attack]
    verdict = next(v for v in record.verdicts if v.key == "small-double")
    said = re.search(r"^# earns: (\d+)", ATTACKS[attack], re.MULTILINE)
    assert (str(verdict.status), verdict.earned) == (attack.split("_")[0], int(said[1]) if said else 0), verdict
    others = re.search(r"^# others: (\w+)", ATTACKS[attack], re.MULTILINE)
    after = others[1] if others else "correct"
    assert [str(v.status) for v in record.verdicts if v is not verdict] == ["correct", "correct", after]
    words = [verdict.feedback.fr, verdict.feedback.en, *verdict.evidence]
    assert all(len(line) < 400 and "3451" not in line and "6902" not in line for line in words)
    assert not any(UNSEEN.search(line) for line in words), words
    assert "6902" not in json.dumps(list(record.outputs.values()))


@pytest.mark.parametrize("student", ODD_NAMES)
def test_the_name_of_a_file_is_nothing_but_a_name(records: dict[str, Record], student: str) -> None:
    assert earned(records[student]) == sum(WORTH.values())


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


def test_nothing_outside_was_touched_reached_or_left_running(
    course: Course, records: dict[str, Record], services: list[socket.socket]
) -> None:
    assert (
        not MARK.exists() and not list(course.root.rglob("partiel-was-here")) and not Path("partiel-was-here").exists()
    )
    for listener in services:
        with pytest.raises(BlockingIOError):
            listener.accept()
    running = []
    for comm in Path("/proc").glob("[0-9]*/comm"):
        try:
            running.append(comm.read_text().strip())
        except OSError:  # it ended while we looked
            continue
    assert running and "outlives" not in running


def test_what_was_displayed_is_harmless_on_the_page(records: dict[str, Record]) -> None:
    shown = json.dumps([list(r.outputs.values()) for s, r in records.items() if s == "correct_paints_the_page"])
    assert "onerror" in shown and "<script" in shown  # kept as it was, and only shown after
    page = "".join(feedback.shown(outputs) for outputs in records["correct_paints_the_page"].outputs.values())
    assert not re.search(r"<(script|iframe|form|svg)|<[^>]*(\bon\w+=|href=|src=)", page), page
    assert "\x1b" not in page and "\u202e" not in page, page


PAGE = HERE.parent / "docs" / "security.md"


def test_each_known_attack_has_a_line_on_the_page_and_each_test_it_names_exists() -> None:
    _, _, text = PAGE.read_text("utf-8").partition("## Known attacks")
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert [int(number) for number, *_ in rows] == list(range(1, 73))
    known = {f"`{file.stem}`" for file in HERE.glob("hostile/**/*.py")}
    known |= {f"`{name}`" for name in (*TAMPERED, *UNREADABLE, *ODD_NAMES, "copies")}
    tests = "".join(file.read_text("utf-8") for file in HERE.glob("test_*.py"))
    cited = {name for *_, told in rows for name in re.findall("`[^`]+`", told)}
    for name in cited - known:
        assert re.search(rf"def {name[1:-1]}\b", tests), name
    assert not known - cited, "no line of the page names these"
    for number, *_, told in rows:
        assert "`" in told or told.startswith("—"), number
