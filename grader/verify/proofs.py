"""The laws that run code: solutions in a sandbox, oracles through real layers."""

from __future__ import annotations

import importlib.util
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from grader import datasets, formula, handout, judge, networks, notebook, values, variants, weights
from grader.model import Answer, Exercise, Item, Status, Task, Variant
from grader.rules import Formula
from grader.sandbox import Absent, Exhausted, Sandbox, StudentError, open_sandbox
from grader.verify.common import Solution, answers, solution_files, solutions
from grader.watch import Log

HEAVY = {"torch", "keras"}


def needs_torch(exercise: Exercise) -> bool:
    return bool(HEAVY & set(exercise.needs))


@contextmanager
def benches(full: bool, gpu: int | None = None) -> Iterator[Callable[[Exercise], Sandbox]]:
    """Authors' own solutions are trusted: no walls, one warm parent for light exercises and one for heavy ones.

    ``gpu``: the card that heavy ones see, by its number in nvidia-smi. Raises SandboxFault where there is no such card.
    """
    with ExitStack() as stack, datasets.use(secret="the secret of nobody's course"):
        opened: dict[tuple[str, ...], Sandbox] = {}

        def bench(exercise: Exercise) -> Sandbox:
            needs = exercise.needs if full else ()
            if needs not in opened:
                preload = tuple(name for name in needs if name in HEAVY)
                data = {name: datasets.public(name) for name in needs if name in datasets.KNOWN}
                opened[needs] = open_sandbox("plain", preload=preload, data=data, gpu=gpu if preload else None)
                stack.callback(opened[needs].close)
            return opened[needs]

        yield bench


def solutions_behave(
    exercise: Exercise, bench: Callable[[Exercise], Sandbox], only: tuple[str, ...] = ()
) -> Iterator[str]:
    """References pass everything, the starter nothing, each other file what its name and first line say.

    A visible check says in the student's notebook what it says here. ``only`` these files, where any is named.
    """
    for task in (q for q in exercise.questions if isinstance(q, Task)):
        sandbox = bench(exercise)  # opened only where there is something to run
        for variant in _distinct(exercise, task):
            starter = Solution(exercise.path, task.starter)
            ran = _run(variant, task, starter, sandbox)
            if passed := {c.name for c in task.checks} - ran.failed:
                yield f"{exercise.path}: the starter of '{task.name}' already passes {_list(passed)}"
            for solution in solution_files(exercise):
                if only and solution.file.stem not in only:
                    continue
                yield from _behaves(variant, task, solution, sandbox)


@dataclass(frozen=True)
class Ran:
    failed: set[str]
    status: Status
    disagreements: tuple[str, ...]


def _behaves(variant: Variant, task: Task, solution: Solution, sandbox: Sandbox) -> Iterator[str]:
    ran = _run(variant, task, solution, sandbox)
    for line in ran.disagreements:
        yield f"{solution.file}: {line}"
    if solution.promise in ("reference", "wrong"):
        if solution.promise == "wrong" and not solution.fails:
            yield f"{solution.file}:1: does not say what it fails\n  Start it with '# fails: {task.checks[0].name}'."
        elif ran.failed != solution.fails:
            said, did = _list(solution.fails), _list(ran.failed)
            yield f"{solution.file}:1: should fail {said}, but fails {did} ({variant})"
    elif ran.status != solution.promise:
        yield f"{solution.file}: should be {solution.promise}, but is {ran.status}"


def _run(variant: Variant, task: Task, solution: Solution, sandbox: Sandbox) -> Ran:
    item = Item(variant.exercise.id, variant, ())
    failed, disagreements = set(), []
    with sandbox.session(seed=0) as session:
        session.execute(judge.before(task), task.limits)
        ran = session.execute(solution.source, task.limits)
        if ran.exhausted:
            return Ran({c.name for c in task.checks}, Status.EXHAUSTED, ())
        given = {}
        for name in task.asks:
            try:
                given[name] = session.fetch(name)
            except Absent:
                status = Status.CRASHED if ran.crash else Status.MISSING
                return Ran({c.name for c in task.checks}, status, ())
        if task.weights:
            given[judge.WEIGHTS] = None  # the check trains
        verdict = judge.task(item, task, task.points, given, "en")
        for check in task.checks:
            alone = replace(task, checks=(check,))
            outcome = judge.task(item, alone, task.points, given, "en").status
            if outcome is Status.BROKEN:
                disagreements.append(f"'{check.name}' is broken: it fails through no fault of the student's")
            if outcome is not Status.CORRECT and outcome is not Status.PARTIAL:
                failed.add(check.name)
            if not check.hidden and session.alive:
                source = handout.check_source(variant, alone, "en")
                native = session.execute(source, task.limits)
                passes = native.crash is None and native.exhausted is None
                if passes is (check.name in failed):
                    here, there = ("fails", "passes") if passes else ("passes", "fails")
                    why = f" ({native.crash.ename}: {native.crash.evalue})" if native.crash else ""
                    disagreements.append(f"'{check.name}' {here} here and {there} in the notebook{why}")
    if task.weights:
        with sandbox.session(seed=0) as session:  # its own: the time of the question is spent
            session.execute(judge.before(task), task.limits)
            session.execute(solution.source, task.limits)
            given = {name: session.fetch(name) for name in task.asks}
            disagreements += _by_weights(item, task, given, failed)
    return Ran(failed, verdict.status, tuple(disagreements))


def _by_weights(item: Item, task: Task, given: Mapping[str, Any], failed: set[str]) -> Iterator[str]:
    """What the training gave, as a student would hand it in, earns what running the training earned."""
    try:
        build, train = (Log().watch(name, given[name]) for name in ("build", "train"))
        model = build()
        train(model)
        data = io.BytesIO()
        trained = zip(task.weights.items(), networks.weights(model), strict=False)
        arrays: dict[str, Any] = {name: array.reshape(shape) for (name, shape), array in trained}
        np.savez(data, **arrays)
        handed = weights.read(data.getvalue(), task.weights)
    except (StudentError, Exhausted, *judge.ODD_VALUE, notebook.UnreadableSubmission) as error:
        if not failed:
            yield f"its weights cannot be handed in ({error})"
        return
    for check in task.checks:
        alone = replace(task, checks=(check,))
        outcome = judge.task(item, alone, task.points, {**given, judge.WEIGHTS: list(handed)}, "en").status
        if (outcome in (Status.CORRECT, Status.PARTIAL)) is (check.name in failed):
            yield f"'{check.name}' is {outcome} by its weights, and not so when the training is run"


def _distinct(exercise: Exercise, task: Task) -> list[Variant]:
    """One variant for each set of values that the checks take."""
    needed = {name for check in task.checks for name in values.needs(check.run)} - {*task.asks, judge.WEIGHTS}
    found: dict[str, Variant] = {}
    for variant in variants.every(exercise):
        known = values.of(variant) if needed else {}
        found.setdefault(repr([(name, known[name]) for name in sorted(needed)]), variant)
    return list(found.values())


def oracle_agrees(exercise: Exercise) -> Iterator[str]:
    """Real layers give every answer, in every variant. Imports torch and keras."""
    if not answers(exercise):
        return
    file = solutions(exercise) / "oracle.py"
    oracle = _module(file)
    for question in answers(exercise):
        asked = getattr(oracle, question.name, None)
        if asked is None:
            if f"no oracle for {question.name}" not in file.read_text("utf-8"):
                remedy = f"Write it, or '# no oracle for {question.name}: why'."
                yield f"{file}: says nothing of '{question.name}'\n  {remedy}"
            continue
        for variant in variants.every(exercise):
            known = values.of(variant)
            found = _found(question, asked, known)
            if question.rule.score(found, known[question.name]) != 1:
                right = known[question.name]
                yield f"{file}: in {variant}, '{question.name}' is {right!r}, but the oracle gives {found!r}"
                break


def _found(question: Answer, asked: Callable[..., Any], known: Mapping[str, Any]) -> Any:
    """What the oracle answers; a formula is compared with it point by point."""
    if not isinstance(question.rule, Formula):
        return values.call(asked, known)
    points = question.rule.points()[::6]
    rights = formula.values_at(str(known[question.name]), points)
    for point, right in zip(points, rights, strict=True):
        here = {name: int(x) if x == int(x) else float(x) for name, x in point.items()}
        found = values.call(asked, {**known, **here})
        if not formula.same(Fraction(found), right):
            return f"{found} where {', '.join(f'{name} = {x}' for name, x in here.items())}"
    return known[question.name]


def _module(file: Path) -> Any:
    for name, said in {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}.items():
        os.environ.setdefault(name, said)  # before an oracle imports keras or torch
    spec = importlib.util.spec_from_file_location(f"partiel_oracle.{file.parent.name}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if keras := sys.modules.get("keras"):  # its layers draw their weights: the same ones each time
        keras.utils.set_random_seed(0)
    return module


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
