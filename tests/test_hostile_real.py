"""Every file of ``hostile/real/`` handed in for an exercise that students receive, with the walls up.

A file answers the question its first line names (the model of ``train_mnist``, unless said); nothing else is answered.
"""

from __future__ import annotations

import ast
import os
import re
import secrets
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from grader import content, datasets, grading, lock, notebook, report
from grader import course as courses
from grader.model import Answer, Course, Record, Task, Terms, Verdict

HERE = Path(__file__).parent
ATTACKS = {file.stem: file.read_text("utf-8") for file in sorted((HERE / "hostile" / "real").glob("*.py"))}
SEARCH = "partial_searches_every_file"
MODEL, FORMULA = "train_mnist-training", "conv_output_formula-width"
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
SECRET = "0123456789abcdef" + secrets.token_hex(24)


def asked(attack: str) -> str:
    said = re.search(r"^# answers: (\S+)", ATTACKS[attack], re.MULTILINE)
    return said[1] if said else MODEL


def sentinels() -> list[bytes]:
    """What no sandbox may hold: the course's secret, hidden data, and words of each exercise that judge or solve it."""
    found = [SECRET.encode()]
    with datasets.use(SECRET):
        _, labels = datasets.hidden("mnist")
        found.append(np.asarray(labels, dtype="u1")[:64].tobytes().replace(b"\n", b"\x01")[:40])
    for id in sorted(content.paths()):
        exercise = content.find(id)
        for question in exercise.questions:
            if isinstance(question, Answer):
                texts = [m.feedback[lang] for m in question.misconceptions[:1] for lang in ("fr", "en")]
                found += [max(text.splitlines(), key=len).encode() for text in texts]
            elif isinstance(question, Task):
                found += [f"def {check.name}(".encode() for check in question.checks if check.hidden]
    for path in sorted((HERE.parent / "solutions").glob("*/oracle.py"))[:40]:
        found += [max(path.read_text("utf-8").splitlines(), key=len).strip().encode()]
    assert len(found) > 100
    return sorted({word for word in found if len(word) > 16 and b"\0" not in word})


@pytest.fixture(scope="module")
def course(walls: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    root = tmp_path_factory.mktemp("real")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PARTIEL_CONTENT", raising=False)
        courses.init(root, "hostile", "Hostile", "en")
        (root / ".partiel" / "secret").write_text(SECRET)
        (root / "course.toml").write_text(
            '[course]\nid = "hostile"\nlang = "en"\n[assignments.td]\n'
            'exercises = ["conv_output_formula", "train_mnist"]\n', "utf-8"
        )  # fmt: skip
        (root / "students.csv").write_text("id,name,email\n" + "".join(f"{s},,\n" for s in ATTACKS), "utf-8")
        here = courses.load(root)
        handed = lock.write(here, here.assignments["td"])
        for attack, source in ATTACKS.items():
            if attack == SEARCH:
                words = b"\0".join(sentinels())
                source = source.replace("SHIFTED", bytes((byte + 1) % 256 for byte in words).hex())
                if os.environ.get("PARTIEL_SEARCH") == "all":  # machine code and the system too: minutes
                    source = source.replace("ALL = False", "ALL = True")
            written = notebook.compose(handed.sheet(attack), {asked(attack): source})
            notebook.write(root / "submitted" / attack / "td" / "td.ipynb", written)
        yield here


@pytest.fixture(scope="module")
def records(course: Course) -> dict[str, Record]:
    found = dict(grading.grade(course, "td", Terms(workers=2)))
    assert set(found) == set(ATTACKS) and all(isinstance(record, Record) for record in found.values())
    return found  # type: ignore[return-value]


def the(record: Record, attack: str) -> Verdict:
    return next(v for v in record.verdicts if v.key == asked(attack))


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_a_real_exercise_earns_no_more_than_its_honest_part(
    records: dict[str, Record], attack: str
) -> None:
    verdict = the(records[attack], attack)
    said = re.search(r"^# earns: (\d+)", ATTACKS[attack], re.MULTILINE)
    assert (str(verdict.status), verdict.earned) == (attack.split("_")[0], Fraction(said[1] if said else 0)), verdict
    assert {str(v.status) for v in records[attack].verdicts if v is not verdict} == {"missing"}
    words = [verdict.feedback.fr, verdict.feedback.en, *verdict.evidence]
    assert not any(UNSEEN.search(text.replace("\n", "")) or len(text) > 600 for text in words), words


@pytest.mark.slow
def test_no_file_that_a_sandbox_can_read_holds_an_answer(records: dict[str, Record]) -> None:
    printed = "".join(o["text"] for o in records[SEARCH].outputs[MODEL] if o["output_type"] == "stream")
    count, words, found = re.fullmatch(r"(\d+) files, (\d+) words: (.*)\n", printed).groups()  # type: ignore[union-attr]
    assert int(count) > 10_000 and int(words) > 100
    assert ast.literal_eval(found) == ["CONTROL"]  # what is there, the worker's own text, was found


@pytest.mark.slow
def test_the_class_in_a_spreadsheet_holds_no_formula(course: Course, records: dict[str, Record]) -> None:
    from grader import verdicts

    assert verdicts.history(course, "td").keys() == records.keys()
    text = report.as_csv(course, "td")
    cells = [
        cell.strip('"') for line in text.splitlines() for cell in re.split(r'[,;](?=(?:[^"]*"[^"]*")*[^"]*$)', line)
    ]
    assert "unreadable_spreadsheet_in_a_formula" in cells
    assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-[^0-9]", cell)]
