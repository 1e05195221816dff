"""A class of students whose abilities, wrong ideas and neighbours' answers are known: what a report should find again.

Real exercises, a real lock and the real judge; only the sandbox is left out, since an answer is plain data.

    made = simulated.play(folder, Plan(seed=3))    # a course folder: ledger, and submitted/ with the answers as written
    made.copiers, made.copied                      # {copier: source}, {copier: questions}
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from grader import course, judge, lock, notebook, values, verdicts, verify
from grader.model import GRADED, Answer, Course, Item, Level, Question, Record, Sheet, Status, Task, Verdict

ASSIGNMENT = "td1"
EXERCISES = (
    *("conv_output_size", "dense_parameters", "conv_1d_3d_parameters", "pooling_output", "batches_and_epochs"),
    *("grouped_convolution", "confusion_matrix", "depthwise_separable", "learning_curves", "macs_and_flops"),
    *("mse_mae", "top_k_accuracy"),
)  # 30 questions: numbers, choices and a function to write, each right or wrong
PORTIONS = (0.35, 0.2, 0.1)  # of those who are wrong, who holds the first idea of the question, the second, the third
SILENT = 0.15  # of those who are wrong and hold no idea, who writes nothing
SLOPE = 1.5  # how sharply ability tells who is right


@dataclass(frozen=True)
class Unfair:
    """With this value of a parameter the question is harder, by this much on the scale of abilities."""

    question: str = "conv_output_size-size"
    axis: str = "s"
    value: Any = 4
    harder: float = 2.0


@dataclass(frozen=True)
class Plan:
    seed: int = 0
    students: int = 300
    exercises: tuple[str, ...] = EXERCISES
    unfair: Unfair | None = Unfair()
    copiers: int = 3
    copied: int = 8  # answers that each of them copies as they are
    backwards: str = ""  # a question that the able get wrong
    lang: str = "fr"


@dataclass(frozen=True)
class Simulated:
    """What was played, and what is true of it. Questions are ``item-question``."""

    course: Course
    assignment: str
    plan: Plan
    records: tuple[Record, ...]
    written: Mapping[str, Mapping[str, str]]  # by student, by question: the cell as written
    abilities: Mapping[str, float]
    difficulties: Mapping[str, float]
    ideas: Mapping[tuple[str, str], float]  # (question, idea): share of the class that holds it
    copiers: Mapping[str, str] = field(default_factory=dict)  # who copied: from whom
    copied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # who copied: which answers


@dataclass
class _Told:
    """One student's answer to one question, before it is written."""

    item: Item
    question: Question
    text: str | None = None
    value: Any = ...
    right: bool = False


def open_course(folder: Path, plan: Plan) -> Course:
    """A course folder with its lock: names, numbers, nothing handed in yet."""
    course.init(folder, "dl", "Apprentissage profond" if plan.lang == "fr" else "Deep learning", plan.lang)  # type: ignore[arg-type]
    (folder / ".partiel" / "secret").write_text("0123456789abcdef" * 4)
    listed = ", ".join(f'"{id}"' for id in plan.exercises)
    toml = f'[course]\nid = "dl"\ntitle = "{"Apprentissage profond" if plan.lang == "fr" else "Deep learning"}"\n'
    toml += f'lang = "{plan.lang}"\n\n[assignments.{ASSIGNMENT}]\ntitle = "TD 1"\nexercises = [{listed}]\n'
    (folder / "course.toml").write_text(toml, "utf-8")
    roster = ["id,name", *(f"e{n:03},{_name(n)}" for n in range(plan.students))]
    (folder / "students.csv").write_text("\n".join(roster) + "\n", "utf-8")
    made = course.load(folder)
    lock.write(made, course.assignment(made, ASSIGNMENT))
    return made


def sheets(here: Course) -> dict[str, Sheet]:
    locked = lock.read(here, ASSIGNMENT)
    return {student: locked.sheet(student) for student in locked.students}


def respond(here: Course, copies: Mapping[str, Sheet], plan: Plan) -> Simulated:
    """Everybody's answers and their verdicts, in memory: nothing is written anywhere."""
    rng = np.random.default_rng(plan.seed)
    students = tuple(copies)
    keys = [f"{item.key}-{q.name}" for item, q in _asked(copies[students[0]])]
    difficulties = _spread(rng, keys, plan)
    abilities = {student: float(a) for student, a in zip(students, rng.normal(size=len(students)), strict=True)}
    told = {s: {f"{i.key}-{q.name}": _Told(i, q) for i, q in _asked(copies[s])} for s in students}
    ideas: dict[tuple[str, str], float] = {}
    for key in keys:
        cells = {student: told[student][key] for student in students}
        for student, cell in cells.items():
            cell.right = bool(rng.random() < _chance(plan, key, cell.item, abilities[student], difficulties[key]))
        ideas |= {(key, name): n / len(students) for name, n in _answered(rng, cells).items()}
    copiers, copied = _copy(rng, told, abilities, plan)
    written = {s: {k: c.text for k, c in cells.items() if c.text is not None} for s, cells in told.items()}
    records = tuple(_record(copies[s], told[s], written[s]) for s in students)
    if unfair := plan.unfair:  # what the class met: some of it with the harder numbers
        met = [told[s][unfair.question].item.variant.params[unfair.axis] == unfair.value for s in students]
        difficulties[unfair.question] += unfair.harder * sum(met) / len(met)
    return Simulated(
        here, ASSIGNMENT, plan, records, written, abilities, difficulties, ideas, copiers=copiers, copied=copied
    )


def play(folder: Path, plan: Plan = Plan(), *, notebooks: bool = True) -> Simulated:
    """A whole course folder: lock, ledger and, unless told otherwise, each student's notebook in ``submitted/``."""
    here = open_course(folder, plan)
    copies = sheets(here)
    made = respond(here, copies, plan)
    records = []
    for record in made.records:
        if notebooks:
            file = folder / "submitted" / record.student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
            notebook.write(file, notebook.compose(copies[record.student], made.written[record.student]))
            record = replace(record, submission=hashlib.sha256(file.read_bytes()).hexdigest())
        verdicts.append(here, record)
        records.append(record)
    return replace(made, records=tuple(records))


# ── who says what ────────────────────────────────────────────────────────────


def _spread(rng: np.random.Generator, keys: list[str], plan: Plan) -> dict[str, float]:
    """Evenly, in a random order; the unfair question lies in the middle, where being harder can be seen."""
    order = [key for key in keys if not plan.unfair or key != plan.unfair.question]
    known = dict(zip(order, map(float, rng.permutation(np.linspace(-2.4, 2.4, len(order)))), strict=True))
    return {key: known.get(key, -0.6) for key in keys}


def _chance(plan: Plan, key: str, item: Item, ability: float, difficulty: float) -> float:
    unfair = plan.unfair
    if unfair and key == unfair.question and item.variant.params[unfair.axis] == unfair.value:
        difficulty += unfair.harder
    slope = -SLOPE if key == plan.backwards else SLOPE
    return 1 / (1 + math.exp(-slope * (ability - difficulty)))


def _answered(rng: np.random.Generator, cells: Mapping[str, _Told]) -> dict[str, int]:
    """Writes each answer down; says how many hold each wrong idea, told apart or not by their numbers."""
    wrong = [cell for cell in cells.values() if not cell.right]
    order = [wrong[n] for n in rng.permutation(len(wrong))]
    question = next(iter(cells.values())).question
    for cell in cells.values():
        if cell.right:
            _say(cell, _right(cell))
    held: dict[str, int] = {}
    if isinstance(question, Answer):
        for wrong_idea, portion in zip(question.misconceptions, PORTIONS, strict=False):
            count = round(portion * len(wrong))
            held[wrong_idea.name] = count
            for cell in order[:count]:
                _say(cell, dict(_leads(cell))[wrong_idea.name])
            order = order[count:]
    for cell in order:
        if rng.random() >= SILENT:
            _say(cell, _otherwise(rng, cell))
    return held


def _right(cell: _Told) -> Any:
    return _expected(cell.item, cell.question).right if isinstance(cell.question, Answer) else "reference"


def _leads(cell: _Told) -> Iterator[tuple[str, Any]]:
    for idea, value in _expected(cell.item, cell.question).wrong:
        yield idea.name, value


def _otherwise(rng: np.random.Generator, cell: _Told) -> Any:
    """A wrong answer that no idea of the exercise explains; nothing where none was found."""
    if isinstance(cell.question, Task):
        return "wrong_"
    if not isinstance(cell.question, Answer):
        return ...
    asked, rule = _expected(cell.item, cell.question), cell.question.rule
    for _ in range(20):
        if rule.kind == "choice":
            guess: Any = asked.shown[rng.integers(len(asked.shown))]
        elif rule.kind == "matching":
            guess = {left: asked.shown[rng.integers(len(asked.shown))] for left in asked.right}
        else:
            guess = _off(rng, asked.right)
        if guess is ...:
            return ...
        said = rule.read(_written(cell, guess), asked.shown, "fr").value
        if all(rule.score(said, value) < 1 for value in (asked.right, *(v for _, v in asked.wrong))):
            return guess
    return ...


def _off(rng: np.random.Generator, right: Any) -> Any:
    if isinstance(right, Mapping):
        return {name: _off(rng, value) for name, value in right.items()}
    if isinstance(right, list | tuple):
        return type(right)(_off(rng, value) for value in right)
    if isinstance(right, int | np.integer):
        return int(right) + int(rng.integers(1, 40))
    if isinstance(right, float | Fraction | np.floating):
        return float(right) * (1 + rng.uniform(0.1, 0.9))
    return ...


def _say(cell: _Told, value: Any) -> None:
    if value is ...:
        return
    if isinstance(cell.question, Answer):
        cell.value = _written(cell, value)
        cell.text = f"{cell.question.name} = {cell.value!r}"
    else:
        cell.text = _solution(cell.item, value)


def _written(cell: _Told, value: Any) -> Any:
    said = verify.written(cell.question, value, cell.item.variant)  # type: ignore[arg-type]
    return said.tolist() if hasattr(said, "tolist") else said


def _solution(item: Item, start: str) -> str:
    found = [s for s in verify.solution_files(item.variant.exercise) if s.file.stem.startswith(start)]
    return re.sub(r"\A# fails: .*\n", "", found[0].source)


def _copy(
    rng: np.random.Generator, told: Mapping[str, dict[str, _Told]], abilities: Mapping[str, float], plan: Plan
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Some write down what an able neighbour wrote: right for the neighbour's numbers, wrong for their own."""
    able = sorted(abilities, key=abilities.__getitem__, reverse=True)
    sources, rest = able[: plan.copiers], able[plan.copiers :]
    chosen = [rest[n] for n in rng.choice(len(rest), plan.copiers, replace=False)] if plan.copiers else []
    copiers, copied = dict(zip(chosen, sources, strict=True)), {}
    for copier, source in copiers.items():
        fit = [key for key, cell in told[source].items() if _is_worth_copying(told[copier][key], cell)]
        taken = [fit[n] for n in sorted(rng.choice(len(fit), min(plan.copied, len(fit)), replace=False))]
        for key in taken:
            told[copier][key] = replace(told[copier][key], text=told[source][key].text, value=told[source][key].value)
        copied[copier] = tuple(taken)
    return copiers, copied


def _is_worth_copying(mine: _Told, theirs: _Told) -> bool:
    """The neighbour is right, and it would not be right here: the numbers differ."""
    question = mine.question
    if not isinstance(question, Answer) or question.rule.kind in ("choice", "choices", "matching"):
        return False
    here, there = (_expected(cell.item, question).right for cell in (mine, theirs))
    return theirs.right and question.rule.score(there, here) < 1


# ── what is concluded ────────────────────────────────────────────────────────


def _record(sheet: Sheet, cells: Mapping[str, _Told], written: Mapping[str, str]) -> Record:
    told = tuple(_verdict(sheet, cell) for cell in cells.values())
    sha = hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()
    return Record(sheet.student, sheet.assignment, sha, sheet.revision, "cpu", Level.OUTER, told)


def _verdict(sheet: Sheet, cell: _Told) -> Verdict:
    question, item = cell.question, cell.item
    points = next(c.points for c in item.cells if c.kind in GRADED and c.question == question.name)
    if isinstance(question, Answer):
        return judge.answer(item, question, points, cell.value, sheet.lang, _expected(item, question))
    assert isinstance(question, Task)
    blank = judge.verdict_of(item, question, points)
    if cell.text is None:
        return replace(blank, status=Status.MISSING, feedback=judge.ABSENT)
    if cell.right:
        return replace(blank, status=Status.CORRECT, earned=points, feedback=judge.RIGHT)
    return replace(blank, status=Status.WRONG, feedback=question.checks[-1].feedback)


def _expected(item: Item, question: Question) -> judge.Expected:
    assert isinstance(question, Answer)
    return _of(item.variant.exercise.id, tuple(item.variant.params.items()), question.name, _Held(item, question))


@dataclass(frozen=True)
class _Held:
    """Rides along with a key of the cache, and is no part of it."""

    item: Item
    question: Answer

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=20_000)
def _of(exercise: str, params: tuple[Any, ...], question: str, held: _Held) -> judge.Expected:
    return judge.expected(held.item.variant, held.question, values.of(held.item.variant))


def _asked(sheet: Sheet) -> list[tuple[Item, Question]]:
    return [(item, question) for item in sheet.items for question in item.variant.exercise.questions]


FIRST = (
    "Ada Alan Blaise Camille Denis Emmy Fatima Grace Henri Inès Jean Katia Louis Maryam Nour Olympe Paul Rosa".split()
)
LAST = (
    "Arago Borel Cauchy Darboux Euler Fermat Galois Hermite Julia Lagrange Monge Noether Painlevé Riesz Turing".split()
)


def _name(n: int) -> str:
    return f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST) % len(LAST)]}" + (f" {n // 270 + 1}" if n >= 270 else "")
