"""The demo plays a course to its end, again and again, and without walls runs nobody who would need them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from grader import course as courses
from grader import demo, steps, verdicts
from grader.errors import UsageError
from grader.model import Level, Status
from grader.sandbox import Standing

SHORT = """\
[course]
id = "demo"
title = "Apprentissage profond"
lang = "fr"

[assignments.td1]
title = "TD 1"
exercises = ["conv_output_size"]
solution = true
"""


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "TOML", SHORT)
    monkeypatch.setattr(steps.out, "width", 100)


def without_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "standing", lambda: Standing(Level.NONE, "no user namespaces here", "sudo sysctl it"))


def test_without_walls_only_the_honest_run_and_the_remedy_and_the_others_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_walls(monkeypatch)
    monkeypatch.setattr(steps.out, "width", 100)
    folder = tmp_path / "played"
    demo.run(folder, 12, trust=False)
    said = capsys.readouterr()
    hostile = {p.id: p.name for p in demo.PLAYERS if p.hostile}
    assert set(hostile) == {"kurt", "mallory"}
    assert "no user namespaces here" in said.err and "sudo sysctl it" in said.err
    assert re.search(rf"Not run, .*: {', '.join(hostile.values())}\.", said.out)
    records = verdicts.latest(courses.load(folder), "td1")
    assert set(records) == {p.id for p in demo.PLAYERS} - set(hostile)
    assert {record.level for record in records.values()} == {Level.NONE}
    assert not any((folder / "submitted" / id).exists() for id in hostile)

    # Each plays its part.
    status = {id: [str(v.status) for v in record.verdicts] for id, record in records.items()}
    assert status["ada"] == status["emmy"] == ["correct", "correct"]
    assert status["blaise"] == ["missing", "missing"]
    assert (status["alan"][0], status["grace"][0], status["henri"][0]) == ("wrong", "crashed", "unreadable")
    assert records["alan"].verdicts[0].misconceptions
    assert "ada" in records["oscar"].remarks[0].fr
    assert Status.BROKEN not in {v.status for record in records.values() for v in record.verdicts}

    # A table that a person can read: who, what they did, what they got; what the marks mean; where to look.
    assert all(len(line.rstrip()) <= 100 for line in said.out.splitlines() if str(tmp_path) not in line)
    assert re.search(r"Ada Lovelace +all right +3 +✓✓", said.out)
    assert re.search(r"Oscar +Ada's notebook .*autre nom", said.out)
    assert "✓ juste" in said.out
    for path in ("gradebook.db", "release/alan/td1/td1.ipynb", "feedback/alan/td1/td1.html", "report/td1.html"):
        assert (folder / path).is_file() and path in said.out


def test_played_twice_in_the_same_place_it_starts_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    for _ in range(2):
        demo.run(folder, 1, trust=True)
        assert len(list(verdicts.read(courses.load(folder), "td1"))) == 1
    assert capsys.readouterr().out.count("Ada Lovelace") == 2


def test_what_is_no_demo_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UsageError, match="not empty, and no demo"):
        demo.run(tmp_path, 1, trust=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_grading_that_fails_through_our_fault_is_told_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(steps, "grade", lambda *_: 2)
    with pytest.raises(SystemExit) as left:
        demo.run(tmp_path / "demo", 1, trust=True)
    assert left.value.code == 1 and "2 submissions could not be graded" in capsys.readouterr().err


def test_the_players_of_the_real_demo_are_twelve_and_cover_every_way_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert len(demo.PLAYERS) == len({p.id for p in demo.PLAYERS}) == 12
    assert all(len(p.did) <= 22 for p in demo.PLAYERS)  # so that the table fits
    assert list(tomllib.loads(demo.TOML)["assignments"]) == ["td1", "tp1"]
