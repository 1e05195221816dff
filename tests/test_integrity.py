"""Copies compared: who copied is found, nobody else is, and every sentence says what was seen."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from grader import anonymity, content, course, datasets, integrity, lock, rules
from grader.cli import app
from grader.errors import CourseError, PartielError
from grader.integrity import chance, copies, facts, said, words
from grader.integrity.facts import Findings
from grader.model import Course, Level, Record, Status
from tests import simulated
from tests.simulated import Plan, Simulated


class Room:
    """A class of 300 whose lock is written once; each seed gives other answers to the same copies."""

    def __init__(self, folder: Path) -> None:
        self.course = simulated.open_course(folder, Plan())
        self.sheets = simulated.sheets(self.course)
        self.locked = lock.read(self.course, simulated.ASSIGNMENT)

    def play(self, seed: int, copiers: int = 3) -> Simulated:
        return simulated.respond(self.course, self.sheets, Plan(seed=seed, copiers=copiers))

    def look(self, records: Mapping[str, Record], here: Course | None = None) -> Findings:
        return integrity.of(here or self.course, self.locked, records, "en")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("class"))


@pytest.fixture(scope="module")
def played(room: Room) -> Simulated:
    return room.play(0)


def by_student(made: Simulated) -> dict[str, Record]:
    return {record.student: record for record in made.records}


def told(found: Findings) -> dict[str, str]:
    return {pair.student: pair.other for pair in found.flagged}


# ── answers ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(20))
def test_of_300_students_the_three_who_copied_are_found_and_nobody_else(room: Room, seed: int) -> None:
    made = room.play(seed)
    found = room.look(by_student(made))
    assert told(found) == made.copiers
    assert all(pair.expected is not None and pair.expected <= facts.FALSE_FLAGS for pair in found.flagged)


def test_what_is_told_is_what_was_copied(room: Room, played: Simulated) -> None:
    found = room.look(by_student(played))
    for pair in found.flagged:
        assert {line.question for line in pair.evidence} <= set(played.copied[pair.student])
        assert all(f"that the numbers of {pair.other_name} asked for" in line.sentence for line in pair.evidence)
        assert "point to this one copy" in pair.summary
    assert 0 < found.hits < found.wrong


@pytest.mark.parametrize("seed", range(2))
def test_a_wrong_idea_that_we_do_not_know_and_half_the_class_has_flags_nobody(room: Room, seed: int) -> None:
    """Every idea of the exercises as if it were unknown: its answers are often right for someone else's numbers."""
    records = {
        student: replace(one, verdicts=tuple(replace(v, misconceptions=()) for v in one.verdicts))
        for student, one in by_student(room.play(seed, copiers=0)).items()
    }
    found = room.look(records)
    assert found.hits > 400 and found.compared > 10_000
    assert found.flagged == ()


def test_an_answer_that_an_idea_explains_never_counts(room: Room, played: Simulated) -> None:
    ideas = {
        student: replace(one, verdicts=tuple(replace(v, misconceptions=("floors",)) for v in one.verdicts))
        for student, one in by_student(played).items()
    }
    found = room.look(ideas)
    assert (found.pairs, found.echoes, found.wrong) == ((), (), 0)


def test_who_is_right_raises_nothing(room: Room) -> None:
    everybody = simulated.respond(room.course, room.sheets, Plan(seed=1, copiers=0))
    right = {
        record.student: replace(
            record, verdicts=tuple(replace(v, status=Status.CORRECT, earned=v.points) for v in record.verdicts)
        )
        for record in everybody.records
    }
    found = room.look(right)
    assert (found.pairs, found.echoes) == ((), ())


def test_an_answer_alone_is_named_and_is_no_flag(room: Room, played: Simulated) -> None:
    copier = next(iter(played.copiers))
    records = by_student(played)
    found = room.look(records)
    alone = next(echo for echo in found.echoes if echo.student == copier)
    one = next(v for v in records[copier].verdicts if v.key == alone.question)
    only = replace(
        records[copier],
        verdicts=tuple(v if v.key == one.key else replace(v, status=Status.MISSING) for v in records[copier].verdicts),
    )
    again = room.look(records | {copier: only})
    assert copier not in told(again)
    assert [echo.sentence for echo in again.echoes if echo.student == copier] == [alone.sentence]
    assert f"it would be right for {round(alone.chance * 299)} of the 299 other copies" in alone.sentence


def test_a_group_is_not_compared_with_itself(room: Room, played: Simulated) -> None:
    copier, source = next(iter(played.copiers.items()))
    team = tuple(replace(s, group="g1" if s.id in (copier, source) else "") for s in room.course.students)
    here = replace(room.course, students=team)
    assert set(told(room.look(by_student(played), here))) == set(played.copiers) - {copier}
    asked = room.course.assignments["td1"]
    alone = replace(here, assignments={"td1": replace(asked, groups=False)})  # everyone on their own
    assert told(room.look(by_student(played), alone)) == played.copiers


def test_switched_off_nothing_is_looked_at(room: Room, played: Simulated) -> None:
    found = room.look(by_student(played), replace(room.course, integrity=False))
    assert (found.on, found.pairs, found.echoes, found.copies) == (False, (), (), 0)
    assert "integrity = false" in found.remarks[0]


def test_codes_stand_for_names_where_names_are_hidden(room: Room, played: Simulated) -> None:
    asked = replace(room.course.assignments["td1"], anonymous=True)
    found = room.look(by_student(played), replace(room.course, assignments={"td1": asked}))
    text = json.dumps(
        [[p.student, p.other, p.name, p.other_name, *(e.sentence for e in p.evidence)] for p in found.pairs]
    )
    for student in room.course.students:
        assert student.id not in text and student.name not in text
    assert {p.student for p in found.flagged} == {anonymity.code(room.course, one) for one in played.copiers}


def test_a_small_class_says_less(tmp_path: Path) -> None:
    """Eight students: three answers of three may well be chance."""
    plan = Plan(students=8, copiers=1, copied=3, seed=2)
    here = simulated.open_course(tmp_path, plan)
    made = simulated.respond(here, simulated.sheets(here), plan)
    assert integrity.of(here, lock.read(here, "td1"), by_student(made), "fr").flagged == ()


# ── probabilities, and answers read back ─────────────────────────────────────


def test_the_probability_is_that_of_all_the_draws() -> None:
    laws = [chance.weights(fits, 20, 1.0) for fits in ({1: 2}, {1: 4, 2: 1}, {1: 5})]
    tail = chance.tail(laws)
    outcomes = [[*law.values(), (0, 1 - sum(p for _, p in law.values()))] for law in laws]
    for least in range(len(tail)):
        exact = sum(
            np.prod([p for _, p in draw]) for draw in itertools.product(*outcomes) if sum(w for w, _ in draw) >= least
        )
        assert tail[least] == pytest.approx(exact)


def test_what_is_right_for_too_many_weighs_nothing() -> None:
    assert chance.weights({1: 5}, 20, 0.2) == {1: (0, 0.25)}
    several = chance.weights({1: 4, 2: 1}, 20, 0.25)
    assert several == {n: (round(-np.log(share / 20) / chance.STEP), p) for n, share, p in ((1, 5, 0.2), (2, 1, 0.05))}


numbers = st.integers(-(10**6), 10**12) | st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 5))


@pytest.mark.parametrize("lang", ["fr", "en"])
@given(cells=st.lists(numbers, min_size=4, max_size=4))
def test_an_answer_is_read_back_as_it_was(lang: Any, cells: list[Any]) -> None:
    rows = ("conv 3×3 ; b=1", "b")
    written = [
        (rules.whole, cells[0], ()),
        (rules.decimal(3), cells[1], ()),
        (rules.shape, (*(int(c) for c in cells[:3]), None), ()),
        (rules.grid(decimal=rules.decimal(2)), [cells[:2], cells[2:]], ()),
        (rules.table(*rows, decimal=rules.decimal(2)), dict(zip(rows, cells, strict=False)), rows),
        (rules.table(*rows, decimal=rules.decimal(2)), {"b": cells[0]}, rows),
    ]
    for rule, value, options in written:
        reading = rule.read(value, options, lang)
        assert _listed(said.value(rule, reading.shown, options, lang)) == _listed(reading.value)


def _listed(value: Any) -> Any:
    return [_listed(one) for one in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("shown", ["", "__import__('os')", "[" * 5000, "1" * 30_000, "open('x')"])
def test_what_is_no_literal_is_no_answer(shown: str) -> None:
    assert said.value(rules.grid(), shown, (), "en") is None


def test_choices_are_never_compared() -> None:
    kinds = {q.rule.kind for e in map(content.find, simulated.EXERCISES) for q in e.questions if hasattr(q, "rule")}
    assert "choice" in kinds
    assert not {"choice", "choices", "matching", "ordering"} & set(said.COMPARED)
    assert said.value(rules.choice("a", "b"), "A", ("a", "b"), "en") is None


# ── the command ──────────────────────────────────────────────────────────────


def test_the_command_says_it_and_json_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = simulated.play(tmp_path, Plan(students=60, copiers=1, copied=12, seed=3), notebooks=False)
    monkeypatch.chdir(tmp_path)
    (copier, source) = next(iter(made.copiers.items()))
    names = {s.id: s.name for s in made.course.students}
    said = CliRunner().invoke(app, ["integrity", "td1"])
    assert said.exit_code == 0 and f"!! {names[copier]} · {names[source]}" in said.output
    assert re.search("exactement celle que demandaient les nombres d(e |’)", said.output)
    with pytest.raises(PartielError, match="no course"):
        datasets.hidden("mnist")  # the command was of one course, and is over
    facts = json.loads(CliRunner().invoke(app, ["integrity", "td1", "--json", "--lang", "en"]).stdout)
    assert [(p["student"], p["other"], p["flagged"]) for p in facts["pairs"][:1]] == [(copier, source, True)]
    toml = tmp_path / "course.toml"
    toml.write_text(toml.read_text("utf-8").replace("[course]", "[course]\nintegrity = false"), "utf-8")
    off = CliRunner().invoke(app, ["integrity", "td1"])
    assert off.exit_code == 0 and "désactivé" in off.output and names[copier] not in off.output
    toml.write_text(toml.read_text("utf-8").replace("integrity = false", 'integrity = "no"'), "utf-8")
    with pytest.raises(CourseError, match="integrity = 'no' says neither yes nor no"):
        course.load(tmp_path)


def test_copies_of_a_group_are_one(desk: Any) -> None:
    desk.roster("id,name,group\nada,Ada,g\nemmy,Emmy,g\nzoe,Zoé,\n")
    locked = desk.lock()
    here = desk.load()
    blank = Record("ada", "td1", "0" * 64, "1" * 16, "cpu", Level.OUTER, ())
    there = copies.read(here, locked, {s: replace(blank, student=s) for s in ("ada", "emmy", "zoe")})
    assert [one.name for one in there] == ["Ada, Emmy", "Zoé"]


def test_french_elides_before_a_vowel_and_never_before_a_code() -> None:
    assert list(map(words.de, ("Ada", "Zoé", "Émilie", "A7F-3QXM", "e001"))) == [
        *("d'Ada", "de Zoé", "d'Émilie", "de A7F-3QXM", "de e001"),
    ]
