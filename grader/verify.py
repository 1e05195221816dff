"""The laws of content, checked in every variant of every exercise."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader import content, datasets, feedback, formula, handout, judge, render, values, variants
from grader.blind import Looked, blind
from grader.errors import ContentError
from grader.model import Answer, Exercise, Item, Lang, Status, Task, Unreadable, Variant
from grader.rules import Formula
from grader.sandbox import Absent, Sandbox, open_sandbox

LANGS: tuple[Lang, Lang] = ("fr", "en")
ENOUGH = 3  # distinct distractors, so that a four-choice quiz can always be printed
MOST_EXTREME = 0.6  # share of variants in which the right value may be the largest, or the smallest
HEAVY = {"torch", "keras"}
KNOWN_FILES = re.compile(r"(oracle|reference(_\w+)?|(wrong|crashed|exhausted|unreadable)_\w+)\.py")

Law = Callable[[Exercise], Iterator[str]]


def light(exercise: Exercise) -> Iterator[str]:
    """The laws that need no torch, in order."""
    for law in LIGHT:
        yield from law(exercise)


def languages_agree(exercise: Exercise) -> Iterator[str]:
    """French and English show the same values, and only values that exist."""
    known = values.of(variants.every(exercise)[0]).keys()
    answers = {question.name for question in _answers(exercise)}
    for key, text in content.parts(exercise):
        used = {}
        for lang in LANGS:
            try:
                used[lang] = render.names(text[lang], lang)
            except render.Missing as error:
                yield f"{_md(exercise, lang)}: '{key}': {error}"
        if len(used) < len(LANGS):
            continue
        for name in sorted(used["fr"] ^ used["en"]):
            has, lacks = LANGS if name in used["fr"] else LANGS[::-1]
            yield f"{_md(exercise, lacks)}: '{key}' does not use {{{{ {name} }}}}, but the {has} one does"
        for name in sorted((used["fr"] | used["en"]) - known):
            yield f"{exercise.id}.*.md: '{key}' uses {{{{ {name} }}}}\n  The values are {', '.join(known)}."
        for name in sorted((used["fr"] | used["en"]) & answers if _is_handed_out(exercise, key) else ()):
            yield f"{exercise.id}.*.md: '{key}' shows {{{{ {name} }}}}, an answer\n  Keep it for the solution."


def words_can_be_read(exercise: Exercise) -> Iterator[str]:
    """Every text of every variant fills; its formulas use only what every target renders."""
    for number, variant in enumerate(variants.every(exercise)):
        known = values.of(variant)
        for key, text in content.parts(exercise):
            for lang in LANGS:
                try:
                    words = render.fill(text[lang], known, lang)
                except render.Missing as error:
                    yield f"{_md(exercise, lang)}: '{key}' in {variant}: {error}"
                    return
                for maths in render.MATH.findall(words) if number == 0 else ():  # macros do not depend on numbers
                    tex = maths.strip("$").strip()
                    if feedback.formula(tex).startswith("<code"):
                        yield f"{_md(exercise, lang)}: '{key}': this formula has no MathML: {tex}"


def answers_stand_apart(exercise: Exercise) -> Iterator[str]:
    """Each variant has one right answer, at least three different wrong ones, and size alone tells neither."""
    for question in _answers(exercise):
        poor, extremes, counted = [], [0, 0], 0
        for variant in variants.every(exercise):
            known = values.of(variant)
            right, rule = known[question.name], question.rule
            if rule.score(right, right) != 1:
                yield f"{exercise.path}: in {variant}, '{question.name}' does not accept its own answer {right!r}"
                return
            led_to = wrong_values(question, variant, known)
            if len(led_to) < ENOUGH:
                poor.append((variant, right, led_to))
            if rule.kind in ("whole", "decimal"):
                counted += 1
                extremes[0] += right < min(led_to, default=right)
                extremes[1] += right > max(led_to, default=right)
        if poor:
            variant, right, led_to = poor[0]
            where = " ".join(f"{k}={v}" for k, v in variant.params.items())
            yield (
                f"{exercise.path}: in {len(poor)} of {len(exercise.params)} variants, '{question.name}' has fewer than"
                f" {ENOUGH} distractors\n  {variant} ({where}): the answer is {right}, the wrong ideas lead only to"
                f" {led_to}.\n  Narrow the grid, or add a misconception."
            )
        for extreme, times in zip(("smallest", "largest"), extremes, strict=True):
            if counted and times > MOST_EXTREME * counted:
                yield (
                    f"{exercise.path}: '{question.name}' is the {extreme} value in {times} of {counted} variants\n"
                    f"  Add a misconception that leads further {'down' if extreme == 'smallest' else 'up'}."
                )


def answers_are_read(exercise: Exercise) -> Iterator[str]:
    """The right answer as a student writes it earns its points; each wrong idea is recognised by name."""
    for variant in variants.every(exercise):
        known = values.of(variant)
        item = Item(exercise.id, variant, ())
        for question in _answers(exercise):
            tries = [(known[question.name], Status.CORRECT, "")]
            tries += [(values.call(m.compute, known), Status.WRONG, m.name) for m in question.misconceptions]
            for value, status, name in tries:
                try:
                    verdict = judge.answer(item, question, question.points, written(question, value, variant), "fr")
                except (Unreadable, TypeError, ValueError) as error:
                    yield f"{exercise.path}: in {variant}, '{question.name}' = {value!r}: {error}"
                    return
                wrong = verdict.status is not status if not name else name not in verdict.misconceptions
                if wrong:
                    said = (
                        f"{verdict.status}{' ' + ', '.join(verdict.misconceptions) if verdict.misconceptions else ''}"
                    )
                    yield f"{exercise.path}: in {variant}, '{name or question.name}' = {value!r} is judged {said}"
                    return


def nothing_leaks(exercise: Exercise) -> Iterator[str]:
    """What students receive is the same, to the byte, when all that judges them is replaced by sentinels."""
    empty = blind(exercise)
    points = {f"{exercise.id}-{q.name}": q.points for q in exercise.questions}
    for params in exercise.params:
        for lang in LANGS:
            variant = Variant(exercise, params)
            try:
                real = handout.cells(exercise.id, variant, lang, points)
                same = handout.cells(exercise.id, Variant(empty, params), lang, points) == real
            except ContentError as error:
                yield str(error)
                return
            except Looked as looked:
                yield f"{exercise.path}: what students receive needs '{looked}', which judges them"
                return
            if not same:
                yield f"{exercise.path}: what students receive depends on what judges them ({variant})"
                return


def files_belong(exercise: Exercise) -> Iterator[str]:
    """No stray file; a reference for each task, wrong solutions to prove its checks, and an oracle for answers."""
    folder = solutions(exercise)
    names = {file.name for file in folder.glob("*") if file.name != "__pycache__"}
    for name in sorted(names):
        if not KNOWN_FILES.fullmatch(name):
            known = "oracle.py, reference*.py, wrong_*.py, crashed_*.py…"
            yield f"{folder / name}: this file is nobody's\n  Known are {known}"
    if any(isinstance(q, Task) for q in exercise.questions):
        if not any(name.startswith("reference") for name in names):
            yield f"{folder}: no reference solution\n  Write reference.py: it must pass every check."
        if not any(name.startswith("wrong_") for name in names):
            yield f"{folder}: no wrong solution\n  Write wrong_*.py: a check that nothing fails proves nothing."
    if _answers(exercise) and "oracle.py" not in names:
        yield f"{folder}: no oracle.py\n  Answer once more, through real layers or another way, with no formula."
    for file in exercise.path.parent.glob(f"{exercise.id}.*"):
        if not re.fullmatch(rf"{exercise.id}(\.py|\.(fr|en)\.md|\.\w+\.(svg|png))", file.name):
            yield f"{file}: this file is nobody's"


LIGHT: tuple[Law, ...] = (
    languages_agree,
    words_can_be_read,
    answers_stand_apart,
    answers_are_read,
    nothing_leaks,
    files_belong,
)


# ── laws that run code ───────────────────────────────────────────────────────


def solutions_behave(exercise: Exercise, sandbox: Sandbox) -> Iterator[str]:
    """References pass everything, the starter nothing, each other file what its name and first line say.

    A visible check says in the student's notebook what it says here.
    """
    for task in (q for q in exercise.questions if isinstance(q, Task)):
        for variant in _distinct(exercise, task):
            starter = Solution(exercise.path, task.starter)
            ran = _run(variant, task, starter, sandbox)
            if passed := {c.name for c in task.checks} - ran.failed:
                yield f"{exercise.path}: the starter of '{task.name}' already passes {_list(passed)}"
            for solution in solution_files(exercise):
                yield from _behaves(variant, task, solution, sandbox)


@dataclass(frozen=True)
class Solution:
    file: Path
    source: str

    @property
    def promise(self) -> str:
        return self.file.stem.split("_")[0]

    @property
    def fails(self) -> set[str]:
        said = re.match(r"# fails: (.+)", self.source)
        return set(re.findall(r"\w+", said[1])) if said else set()


@dataclass(frozen=True)
class Ran:
    failed: set[str]
    status: Status
    disagreements: tuple[str, ...]


def solution_files(exercise: Exercise) -> list[Solution]:
    files = sorted(solutions(exercise).glob("*.py"))
    return [Solution(f, f.read_text("utf-8")) for f in files if f.name != "oracle.py"]


def solutions(exercise: Exercise) -> Path:
    return exercise.path.parents[2] / "solutions" / exercise.id


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
    return Ran(failed, verdict.status, tuple(disagreements))


def _distinct(exercise: Exercise, task: Task) -> list[Variant]:
    """One variant for each set of values that the checks take."""
    needed = {name for check in task.checks for name in values.needs(check.run)} - set(task.asks)
    found: dict[str, Variant] = {}
    for variant in variants.every(exercise):
        known = values.of(variant) if needed else {}
        found.setdefault(repr([(name, known[name]) for name in sorted(needed)]), variant)
    return list(found.values())


def oracle_agrees(exercise: Exercise) -> Iterator[str]:
    """Real layers give every answer, in every variant. Imports torch and keras."""
    if not _answers(exercise):
        return
    file = solutions(exercise) / "oracle.py"
    oracle = _module(file)
    for question in _answers(exercise):
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


# ── helpers ──────────────────────────────────────────────────────────────────


def wrong_values(question: Answer, variant: Variant, known: Mapping[str, Any]) -> list[Any]:
    """Where wrong ideas lead with these numbers, each once; for a choice, the other options."""
    right, rule = known[question.name], question.rule
    led_to = [values.call(m.compute, known) for m in question.misconceptions]
    if rule.kind == "choice":
        led_to += list(values.shown(variant, question, known))
    unique = {repr(value): value for value in led_to if rule.score(value, right) < 1}
    return list(unique.values())


def written(question: Answer, value: Any, variant: Variant) -> Any:
    """A value as a student's cell would hold it."""
    shown = values.shown(variant, question, values.given(variant.exercise, variant.params))
    return question.rule.write(value, shown)


def needs_torch(exercise: Exercise) -> bool:
    return bool(HEAVY & set(exercise.needs))


@contextmanager
def benches(full: bool) -> Iterator[Callable[[Exercise], Sandbox]]:
    """Authors' own solutions are trusted: no walls, one warm parent for light exercises and one for heavy ones."""
    with ExitStack() as stack, datasets.use(secret="the secret of nobody's course"):
        opened: dict[tuple[str, ...], Sandbox] = {}

        def bench(exercise: Exercise) -> Sandbox:
            needs = exercise.needs if full else ()
            if needs not in opened:
                preload = tuple(name for name in needs if name in HEAVY)
                data = {name: datasets.public(name) for name in needs if name in datasets.KNOWN}
                opened[needs] = open_sandbox("plain", preload=preload, data=data)
                stack.callback(opened[needs].close)
            return opened[needs]

        yield bench


def _answers(exercise: Exercise) -> list[Answer]:
    return [q for q in exercise.questions if isinstance(q, Answer)]


def _is_handed_out(exercise: Exercise, key: str) -> bool:
    """Whether students read this text whatever they answered: neither the solution nor a wrong idea's words."""
    wrong = {f"{q.name}/{m.name}" for q in _answers(exercise) for m in q.misconceptions}
    return key != "solution" and key not in wrong


def _module(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"partiel_oracle.{file.parent.name}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _md(exercise: Exercise, lang: Lang) -> str:
    return exercise.path.with_suffix(f".{lang}.md").name


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
