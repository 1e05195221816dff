"""An exercise read from its files: the functions of its .py joined to the words of its two .md."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import statement, values
from grader.author import AnswerMark, EssayMark, TaskMark, ValueMark
from grader.errors import ContentError, near_miss
from grader.model import (
    Answer,
    Check,
    Criterion,
    Essay,
    Exercise,
    Misconception,
    Params,
    Question,
    Task,
    Text,
    Variant,
)
from grader.source import Source

LOAD = "load"  # an undecorated function of this name counts the operations that a variant takes by hand
LONGEST_ID = 64  # of a cell, in nbformat 4.5
FACTS: dict[str, Any] = {
    "minutes": 5,
    "difficulty": 2,
    "tags": (),
    "needs": (),
}  # a module-level name, and what it is unless said


def exercise(path: Path) -> Exercise:
    """Raises ContentError."""
    return _Loader(path).exercise()


class _Loader:
    """What is read of one exercise, and what of it was used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fr = statement.read(path.with_suffix(".fr.md"))
        self.en = statement.read(path.with_suffix(".en.md"))
        self.module = _import(path)
        self.source = Source(path)
        self.used: set[str] = set()
        self.labelled: set[str] = set()

    def exercise(self) -> Exercise:
        marks = vars(self.module)
        facts = {name: marks.get(name, default) for name, default in FACTS.items()}
        whole = Exercise(
            id=self.path.stem,
            shelf=self.path.parent.name,
            path=self.path,
            title=Text(self.fr.title, self.en.title),
            statement=self.text("statement"),
            params=tuple(self.params()),
            dropped=0,
            values={m.compute.__name__: m.compute for m in marks.values() if isinstance(m, ValueMark)},
            questions=tuple(self.questions()),
            solution=self.text("solution"),
            minutes=facts["minutes"],
            difficulty=facts["difficulty"],
            tags=tuple(facts["tags"]),
            needs=tuple(facts["needs"]),
            statement_revision="",
            judging_revision="",
            load=marks[LOAD] if inspect.isfunction(marks.get(LOAD)) else None,
        )
        self.nothing_is_left_over()
        if not whole.questions:
            raise self.error(1, "this exercise asks nothing", "Mark a function with @answer or @task.")
        self.names_exist(whole)
        kept = tuple(params for params in whole.params if self.discriminates(whole, params))
        if not kept:
            raise self.error(
                self.source.line("params"),
                f"none of the {len(whole.params)} variants is kept: in each, a wrong idea gives the right answer",
                "Change the grid, or the misconception that always agrees with the answer.",
            )
        return replace(
            whole,
            params=kept,
            dropped=len(whole.params) - len(kept),
            statement_revision=self.revision(seen=True),
            judging_revision=self.revision(seen=False),
        )

    def params(self) -> Iterator[Params]:
        members = getattr(self.module, "params", None)
        if not members:
            raise self.error(1, "this exercise has no variant", "Declare 'params = grid(…)'.")
        for member in members:
            try:
                json.dumps(member)  # a lock must be able to hold it
            except TypeError as error:
                remedy = "Numbers, texts and tuples of them; compute the rest in a @value."
                raise self.error(self.source.line("params"), f"{error} (in {member})", remedy) from error
            yield values.plain(member)

    def questions(self) -> Iterator[Question]:
        for mark in vars(self.module).values():
            if isinstance(mark, AnswerMark):
                name = self.short(mark.compute.__name__)
                wrong = tuple(
                    Misconception(m.__name__, m, self.text(f"{name}/{m.__name__}")) for m in mark.misconceptions
                )
                labels = self.labels(name, mark)
                yield Answer(name, self.text(name), mark.points, mark.compute, mark.rule, labels, wrong, mark.followed)
            elif isinstance(mark, TaskMark):
                yield self.task(mark)
            elif isinstance(mark, EssayMark):
                name = self.short(mark.rubric.__name__)
                lines = mark.rubric().items()
                rubric = (Criterion(line, Fraction(points), self.text(f"{name}/{line}")) for line, points in lines)
                yield Essay(name, self.text(name), mark.points, tuple(rubric))

    def task(self, mark: TaskMark) -> Task:
        name = self.short(mark.starter.__name__)
        checks = tuple(
            Check(
                name=c.run.__name__,
                run=c.run,
                source="" if c.hidden else self.source.closure(c.run.__name__),
                hidden=c.hidden,
                weight=c.weight,
                feedback=self.text(f"{name}/{c.run.__name__}"),
                measures=self.optional(f"{name}/{c.run.__name__}/measure"),
            )
            for c in mark.checks
        )
        if not checks:
            raise self.error(self.source.line(name), f"'{name}' has no check", "Nothing could earn its points.")
        asks = mark.asks or (name,)
        starter = self.source.body(name) if mark.asks else self.source.definition(name)
        for knob in mark.knobs:
            if not knob.name.isidentifier() or knob.name in asks:
                problem = f"'{knob.name}' cannot be a knob of '{name}'"
                raise self.error(self.source.line(name), problem, "A name that the cell uses, and is not asked for.")
        if mark.weights and not {"build", "train"} <= set(asks):
            problem = f"'{name}' declares weights, and its cell defines no build and train"
            raise self.error(self.source.line(name), problem, 'Write asks=("build", "train", …).')
        knobs, weights = mark.knobs, mark.weights
        return Task(name, self.text(name), mark.points, starter, asks, checks, mark.limits, mark.device, knobs, weights)

    def labels(self, name: str, mark: AnswerMark) -> dict[str, Text]:
        """The words of options and rows: those declared, or all headings left where a value lists them."""
        options = mark.rule.options
        if isinstance(options, str):
            known = {m.__name__ for m in mark.misconceptions}
            keys = [k.split("/")[1] for k in self.fr.sections if k.startswith(f"{name}/")]
            options = tuple(key for key in keys if key not in known)
        left = getattr(mark.rule, "left", ())
        return {option: self.text(f"{name}/{option}") for option in dict.fromkeys((*left, *options))}

    def text(self, key: str) -> Text:
        question, within, name = key.partition("/")
        name, heading = name or question, "###" if within else "##"
        for prose in (self.fr, self.en):
            if key not in prose.sections:
                raise self.error(
                    self.source.line(name.removesuffix("/measure")),
                    f"'{name}' has no words in {prose.path.name}",
                    f"Add a section '{heading} {name}'.",
                )
        self.used.add(key)
        return Text(self.fr.sections[key], self.en.sections[key])

    def optional(self, key: str) -> Text | None:  # in both languages or in neither
        return self.text(key) if key in self.fr.sections or key in self.en.sections else None

    def nothing_is_left_over(self) -> None:
        for prose in (self.fr, self.en):
            for key in prose.sections.keys() - self.used:
                remedy = near_miss(key, self.used, "Remove it, or write the function.")
                problem = f"'{key}' names nothing in {self.path.name}"
                raise ContentError(prose.path, prose.lines[key], problem, remedy)

    def names_exist(self, exercise: Exercise) -> None:
        """A function receives what it names: a value that exists by then, or what a task asks for."""
        given = list(exercise.params[0])

        def exist(fn: Callable[..., Any], known: list[str], otherwise: str = "") -> None:
            for name in values.needs(fn):
                if name not in known:
                    remedy = near_miss(name, known, otherwise or f"The values are: {', '.join(known)}.")
                    problem = f"'{fn.__name__}' asks for '{name}', which is no value it can have"
                    raise self.error(self.source.line(fn.__name__), problem, remedy)

        for name, fn in exercise.values.items():
            exist(fn, given)
            given.append(name)
        right = list(given)
        for question in exercise.questions:
            if isinstance(question, Answer):
                exist(question.compute, right)
                right.append(question.name)
        if exercise.load:
            exist(exercise.load, right)
        for question in exercise.questions:
            if isinstance(question, Answer):
                for wrong in question.misconceptions:
                    exist(wrong.compute, right)
                if question.follow_through:
                    exist(question.follow_through, [*right, "yours"])
            if not isinstance(question, Task):
                continue
            for check in question.checks:
                if check.hidden:
                    exist(check.run, [*right, *question.asks, *(["weights"] if question.weights else [])])
                else:
                    exist(check.run, [*given, *question.asks], "A visible check takes what students have: no answer.")

    def discriminates(self, exercise: Exercise, params: Params) -> bool:
        try:
            return _discriminates(exercise, params)
        except Exception as error:
            where = " ".join(f"{name}={value}" for name, value in params.items())
            problem = f"{type(error).__name__}: {error} ({where})"
            remedy = "Keep these numbers out of the grid, or compute something for them."
            raise self.error(_line_of(error, self.path), problem, remedy) from error

    def short(self, name: str) -> str:
        if len(f"{self.path.stem}-9-{name}-prompt") > LONGEST_ID:
            raise self.error(
                self.source.line(name), f"'{name}' makes a cell id too long for Jupyter", "Shorten it, or the file's."
            )
        return name

    def revision(self, *, seen: bool) -> str:
        """A hash of all that students see, or of all that judges them."""
        answers = [m for m in vars(self.module).values() if isinstance(m, AnswerMark)]
        wrong = {m.__name__ for a in answers for m in a.misconceptions}
        rubrics = {m.rubric.__name__ for m in vars(self.module).values() if isinstance(m, EssayMark)}
        names = {LOAD} | {a.compute.__name__ for a in answers} | wrong | rubrics
        parts = [self.source.without_judging(names) if seen else self.source.text]
        for prose in (self.fr, self.en):
            for key, words in prose.sections.items():
                judges = (
                    key.split("/")[-1] in wrong or self.is_check(key) or ("/" in key and key.split("/")[0] in rubrics)
                )
                is_seen = key != "solution" and not judges
                if is_seen is seen:
                    parts += [key, words]
            parts.append(prose.title)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]

    def is_check(self, key: str) -> bool:
        question, _, name = key.removesuffix("/measure").partition("/")
        mark = getattr(self.module, question, None)
        return isinstance(mark, TaskMark) and any(c.run.__name__ == name for c in mark.checks)

    def error(self, line: int, problem: str, remedy: str) -> ContentError:
        return ContentError(self.path, line, problem, remedy)


def _discriminates(exercise: Exercise, params: Params) -> bool:
    """Whether every wrong idea leads somewhere else than the right answer, with these numbers."""
    answers = [question for question in exercise.questions if isinstance(question, Answer)]
    known = values.compute(exercise, params) if answers else {}
    for question in answers:
        led_to = [values.call(wrong.compute, known) for wrong in question.misconceptions]
        if question.rule.kind == "ordering":
            untouched = values.shown(Variant(exercise, params), question, known)  # is no answer: nobody may mean it
            if untouched in (tuple(value) for value in led_to):
                return False
            led_to.append(untouched)
        if any(question.rule.score(value, known[question.name]) == 1 for value in led_to):
            return False
    return True


def _import(path: Path) -> ModuleType:
    # Under a name of its own: content never becomes importable as ``exercises``.
    spec = importlib.util.spec_from_file_location(f"partiel_content.{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        line = _line_of(error, path)
        raise ContentError(path, line, f"{type(error).__name__}: {error}", "The file must import.") from error
    return module


def _line_of(error: Exception, path: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    line, trace = 1, error.__traceback__
    while trace:
        if Path(trace.tb_frame.f_code.co_filename) == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
