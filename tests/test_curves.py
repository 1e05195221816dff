"""The curves of a training come from the student's process: shown where they can be, and never in the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader import curves
from grader.model import Curve, Limits
from grader.sandbox import Session, open_sandbox

LIMITS = Limits(seconds=10)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[object]:
    with open_sandbox("plain", preload=("numpy",)) as opened:
        yield opened


@pytest.fixture
def session(sandbox: object) -> Iterator[Session]:
    with sandbox.session(0) as opened:  # type: ignore[attr-defined]  # a Sandbox
        yield opened


def told(session: Session, source: str, *asks: str) -> tuple[Curve, ...]:
    ran = session.execute(source, LIMITS)
    assert ran.ok, ran
    return curves.told(session, source, {name: session.fetch(name) for name in asks})


MODEL = """
class History: history = {"loss": [2.0, 1.0, 0.5], "val_loss": [2.5, 1.5, 1.25]}
class Model:
    history = History()
    def predict(self, x): return x
model = Model()
"""


def test_what_keras_keeps_in_a_model_is_read(session: Session) -> None:
    assert told(session, MODEL, "model") == (Curve("loss", (2.0, 1.0, 0.5)), Curve("val_loss", (2.5, 1.5, 1.25)))


def test_a_list_of_losses_is_read_and_a_long_one_averaged(session: Session) -> None:
    assert told(session, "losses = [3.0, 1.0]") == (Curve("losses", (3.0, 1.0)),)
    [long] = told(session, "import numpy as np\nlosses = np.arange(600.0)")
    assert (long.every, len(long.points), long.points[:2]) == (5, 120, (2.0, 7.0))
    assert told(session, "losses: list = [1, 2]") == (Curve("losses", (1.0, 2.0)),)


def test_a_name_that_an_earlier_cell_left_behind_is_not_this_ones(session: Session) -> None:
    assert told(session, "losses = [3.0, 1.0]")
    assert told(session, "print(losses)\nx = losses == 3") == ()


def test_a_loss_that_is_no_number_breaks_the_line(session: Session) -> None:
    [line] = told(session, "losses = [2.0, float('nan'), float('inf'), 'x', 1.0]")
    assert line.points == (2.0, None, None, None, 1.0)
    assert told(session, "losses = [float('nan')] * 3") == ()


@pytest.mark.parametrize(
    "source",
    [
        "losses = 3",
        "losses = []",
        "losses = [[1, 2], [3, 4]]",
        "losses = {1: [1, 2]}",
        "losses = print",
        "losses = [print, print]",
        "history = {'loss': print}",
        "losses = [10 ** 400, 10 ** 400]",
        "losses = 'ab'",
        "losses = ...",
        "losses = [0.0] * 200_000",
        "losses = 1\ndel losses",
    ],
)
def test_what_is_no_curve_is_none_and_no_error(session: Session, source: str) -> None:
    assert told(session, source) == ()


def test_a_history_that_raises_ends_its_process_or_hangs_shows_nothing(session: Session) -> None:
    lying = "class Model:\n    @property\n    def history(self): {}\nmodel = Model()"
    assert told(session, lying.format("raise ValueError"), "model") == ()
    session.execute(lying.format("\n        while True: pass"), Limits(seconds=1))
    assert curves.told(session, "", {"model": session.fetch("model")}) == ()
    if session.alive:
        session.execute(lying.format("\n        import os; os._exit(0)"), LIMITS)
        assert curves.told(session, "", {"model": session.fetch("model")}) == ()


def test_a_name_is_short_and_printable_and_lines_are_few(session: Session) -> None:
    found = told(session, "history = {'\\x1b[31m' + 'x' * 500 + str(k): [1, 2] for k in range(50)}")
    assert len(found) == curves.MOST_LINES
    assert all(len(curve.name) <= 30 and curve.name.isprintable() for curve in found)
