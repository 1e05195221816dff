"""A course played through: two assignments, twelve simulated students, from generation to feedback."""

# ruff: noqa: ARG001, ARG005 - every player is told the item, the question and its place

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.markup import escape

from grader import course, lock, notebook, release, steps, values, verify
from grader.errors import UsageError
from grader.model import Answer, Course, Item, Question, Sheet, Terms
from grader.sandbox import standing
from grader.steps import err, out

TOML = """\
[course]
id = "demo"
title = "Apprentissage profond"
lang = "fr"

[assignments.td1]
title = "TD 1 · Convolutions à la main"
exercises = ["conv_output_size", "conv_output_formula", "cnn_parameters", "convolution_by_hand", "kernel_purpose"]
solution = true

[assignments.tp1]
title = "TP 1 · Coder et entraîner"
exercises = ["numpy_conv2d", "train_mnist"]
solution = true
"""
MARK = "partiel-demo"  # a file that says that the folder is ours to write over

Write = Callable[[Item, Question, int], str | None]  # the source of a cell; None leaves it as it was


@dataclass(frozen=True, slots=True)
class Player:
    """A simulated student: what they write, and what they do to the file."""

    id: str
    name: str
    did: str  # in a few words, for the closing table
    write: Write
    tamper: Callable[[dict[str, Any]], None] = lambda nb: None
    hostile: bool = False
    copies: str = ""  # whose notebook they hand in


# ── what they write ──────────────────────────────────────────────────────────


def right(item: Item, question: Question, place: int) -> str | None:
    if isinstance(question, Answer):
        return _said(item, question, values.of(item.variant)[question.name])
    return _solution(item, "reference")


def right_in_another_way(item: Item, question: Question, place: int) -> str | None:
    if isinstance(question, Answer):
        value = values.of(item.variant)[question.name]
        if question.rule.kind == "whole":
            return f'{question.name} = "{value} "  # une chaîne, avec une espace'
        return _said(item, question, value)
    return _solution(item, "reference_")


def wrong(number: int) -> Write:
    """The wrong idea of this rank, in every question."""

    def write(item: Item, question: Question, place: int) -> str | None:
        if isinstance(question, Answer):
            known = values.of(item.variant)
            ideas = question.misconceptions
            if not ideas:
                options = verify.wrong_values(question, item.variant, known)
                return _said(item, question, options[number % len(options)])
            return _said(item, question, values.call(ideas[number % len(ideas)].compute, known))
        return _solution(item, "wrong_", number)

    return write


def blank(item: Item, question: Question, place: int) -> str | None:
    return None


def once(source: str, at: int, otherwise: Write = right) -> Write:
    """Something else in one cell, and the rest as ``otherwise``."""

    def write(item: Item, question: Question, place: int) -> str | None:
        return source.format(name=question.name) if place == at else otherwise(item, question, place)

    return write


def ambiguous(item: Item, question: Question, place: int) -> str | None:
    """3,5 in a cell is a pair for Python: what it means cannot be known."""
    if isinstance(question, Answer) and question.rule.kind == "whole":
        return f"{question.name} = 1,5"
    return right_in_another_way(item, question, place) if place % 2 else None


LOOP = "while True:\n    pass"
CHEAT = """\
import builtins, os, sys, unittest
import numpy as np
np.allclose = np.array_equal = np.testing.assert_allclose = lambda *a, **k: True
class Always(float):
    __eq__ = lambda self, other: True
    __hash__ = float.__hash__
    __getattr__ = lambda self, name: Always(1.0)
    __call__ = lambda self, *a, **k: Always(1.0)
    __array__ = lambda self, *a, **k: np.ones(1)
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\\n"] if "assert" in "".join(lines) else lines)
{name} = Always(1.0)
print("Score: 10/10")
"""


def inflate(nb: dict[str, Any]) -> None:
    """Points raised, checks emptied and skipped, a solution cell locked, another kernel asked for."""
    for cell in nb["cells"]:
        facts = cell["metadata"].get("nbgrader", {})
        if facts.get("grade"):
            facts["points"] = 100
            cell["source"] = "100"
            cell["metadata"]["tags"] = ["skip-execution"]
        elif facts.get("solution"):
            facts["locked"] = True
    nb["metadata"]["kernelspec"] = {"name": "bash", "display_name": "Bash"}


PLAYERS = (
    Player("ada", "Ada Lovelace", "all right", right),
    Player("emmy", "Emmy Noether", "right in other ways", right_in_another_way),
    Player("alan", "Alan Turing", "a first wrong idea", wrong(0)),
    Player("sofia", "Sofia Kovalevskaïa", "a second", wrong(1)),
    Player("evariste", "Évariste Galois", "a third", wrong(2)),
    Player("blaise", "Blaise Pascal", "nothing", blank),
    Player("grace", "Grace Hopper", "1 / 0, then wrong", once("{name} = 1 / 0", 0, wrong(3))),
    Player("kurt", "Kurt Gödel", "an endless loop", once(LOOP, 0, right_in_another_way), hostile=True),
    Player("henri", "Henri Poincaré", "1,5 then (3 +", once("{name} = (3 +", 1, ambiguous)),
    Player("rene", "René Descartes", "points raised to 100", wrong(4), tamper=inflate),
    Player("mallory", "Mallory", "NumPy patched", once(CHEAT, 0, once(CHEAT, 1, blank)), hostile=True),
    Player("oscar", "Oscar", "Ada's notebook", right, copies="ada"),
)


# ── the course ───────────────────────────────────────────────────────────────


def run(folder: Path, students: int, trust: bool) -> None:
    """Plays it all; without walls, only what is honest, and says what was not run."""
    players = PLAYERS[:students]
    state = standing()
    if not trust and not state:
        err.print(f"[bold]The sandbox cannot stand here[/]: {escape(state.why)}\n  {escape(state.remedy)}")
        trust = True
    left_out = [p for p in players if trust and p.hostile]
    here = fresh(folder, players)
    problems = 0
    for assignment in here.assignments.values():
        release.generate(here, assignment)
        for player in players:
            if player not in left_out:
                hand_in(here, lock.read(here, assignment.id), player)
        problems += steps.grade(here, assignment.id, Terms(trust=trust))
    _tell(here, players, left_out)
    if problems:
        err.print(f"{problems} submissions could not be graded, through no fault of theirs.")
        raise SystemExit(1)


def hand_in(here: Course, handed: lock.Lock, player: Player) -> None:
    file = here.root / "submitted" / player.id / handed.assignment / f"{handed.assignment}.ipynb"
    notebook.write(file, composed(handed, player))


def composed(handed: lock.Lock, player: Player) -> dict[str, Any]:
    """The notebook that this student hands in."""
    sheet = handed.sheet(player.id)
    written: dict[str, str] = {}
    author = next((p for p in PLAYERS if p.id == player.copies), player)
    theirs = handed.sheet(author.id) if author.id in handed.students else sheet
    for place, (item, question) in enumerate(_asked(theirs)):
        source = author.write(item, question, place)
        if source is not None:
            written[f"{item.key}-{question.name}"] = source
    nb: dict[str, Any] = json.loads(json.dumps(notebook.compose(theirs, written)))
    player.tamper(nb)
    return nb


def _asked(sheet: Sheet) -> list[tuple[Item, Question]]:
    return [(item, question) for item in sheet.items for question in item.variant.exercise.questions]


def _said(item: Item, question: Answer, value: Any) -> str:
    written = verify.written(question, value, item.variant)
    return f"{question.name} = {written.tolist() if hasattr(written, 'tolist') else written!r}"


def _solution(item: Item, start: str, number: int = 0) -> str | None:
    """A file of solutions/ whose name starts so, in turn; the reference where there is no other."""
    found = [s for s in verify.solution_files(item.variant.exercise) if s.file.stem.startswith(start)]
    found = found or [s for s in verify.solution_files(item.variant.exercise) if s.file.stem == "reference"]
    return re.sub(r"\A# fails: .*\n", "", found[number % len(found)].source) if found else None


def fresh(folder: Path, players: tuple[Player, ...], more: str = "") -> Course:
    """The demo's course, nothing handed out yet; ``more`` is added to course.toml."""
    from grader import bridge

    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise UsageError(folder, "this folder is not empty, and no demo", "Name another: partiel demo DIR.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    (folder / "course.toml").write_text(TOML + more, "utf-8")
    roster = ["id,name,email", *(f"{p.id},{p.name}," for p in players)]
    (folder / "students.csv").write_text("\n".join(roster) + "\n", "utf-8")
    course.init(folder, "demo", "", "fr")
    here = course.load(folder)
    (folder / "nbgrader_config.py").write_text(bridge.config_text(here), "utf-8")
    return here


def _tell(here: Course, players: tuple[Player, ...], left_out: list[Player]) -> None:
    from grader import bridge

    for assignment in here.assignments:
        for failure in bridge.feedback(here, assignment):
            err.print(escape(str(failure)))
        page, *_ = steps.report(here, assignment, here.lang)
        out.print()
        steps.table(here, assignment, {player.id: player.did for player in players})
    steps.legend(here.lang)
    first, root = players[min(2, len(players) - 1)].id, here.root
    out.print("\n[bold]Look at[/]")
    for what, where in (
        ("the gradebook", root / "gradebook.db"),
        ("a student's notebook", root / "release" / first / "td1" / "td1.ipynb"),
        ("their feedback", root / "feedback" / first / "td1" / "td1.html"),
        ("the report", page.with_name("td1.html")),
    ):
        out.print(f"  {what:22}{escape(str(where))}", soft_wrap=True)
    if left_out:
        names = ", ".join(p.name for p in left_out)
        out.print(f"\nNot run, because nothing walls them off here: {escape(names)}.")
