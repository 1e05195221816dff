"""From what was observed to a verdict. Runs no student code, and never assumes success."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from grader import render, values
from grader.model import (
    Answer,
    Check,
    Item,
    Lang,
    Limits,
    Measure,
    Misconception,
    Status,
    Task,
    Text,
    Unreadable,
    Value,
    Verdict,
)
from grader.rules import Missing
from grader.sandbox import Exhausted, Remote, SandboxFault, StudentError

LANGS: tuple[Lang, Lang] = ("fr", "en")
RIGHT = Text(fr="Juste.", en="Right.")
ABSENT = Text(fr="Pas de réponse.", en="No answer.")
UNEXPLAINED = Text(fr="Ce n'est pas la valeur attendue.", en="This is not the expected value.")
NOT_A_VALUE = Text(
    fr="Cette cellule doit donner une valeur, et non un objet de type {kind}.",
    en="This cell must give a value, not an object of type {kind}.",
)
ALMOST = Text(fr="Une partie de la réponse est juste.", en="Part of the answer is right.")
OURS = Text(
    fr="La correction de cette question a échoué de notre fait : elle sera reprise par une personne.",
    en="Grading this question failed through our fault: a person will see to it.",
)
NOT_DEFINED = Text(fr="La cellule ne définit pas « {name} ».", en="The cell does not define '{name}'.")
CRASHED = Text(fr="Le code s'arrête sur une erreur : {error}.", en="The code stops with an error: {error}.")
LIMITS = {
    "seconds": Text(fr="le temps permis ({n} s)", en="the time allowed ({n} s)"),
    "memory": Text(fr="la mémoire permise ({n} Mio)", en="the memory allowed ({n} MiB)"),
    "output": Text(fr="la quantité de sortie permise ({n} Kio)", en="the output allowed ({n} KiB)"),
    "processes": Text(fr="le nombre de processus permis ({n})", en="the number of processes allowed ({n})"),
    "files": Text(fr="la taille de fichier permise ({n} Mio)", en="the file size allowed ({n} MiB)"),
}
OVER = Text(fr="Le code a dépassé {limit}.", en="The code went over {limit}.")

# What an assertion meets when a student's function returns something of another kind than expected.
ODD_VALUE = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


def answer(item: Item, question: Answer, points: Fraction, written: Value, lang: Lang) -> Verdict:
    """``written`` is what the name held when its cell had run: plain data, or a Remote."""
    known = values.of(item.variant)
    blank = verdict_of(item, question, points)
    if isinstance(written, Remote):
        kind = written.kind[:60]
        why = Text(NOT_A_VALUE.fr.format(kind=kind), NOT_A_VALUE.en.format(kind=kind))
        return replace(blank, status=Status.UNREADABLE, feedback=why)
    if written is ...:
        return replace(blank, status=Status.MISSING, feedback=ABSENT)
    shown = values.shown(item.variant, question, known)
    try:
        reading = question.rule.read(written, shown, lang)
    except Missing:
        return replace(blank, status=Status.MISSING, feedback=ABSENT)
    except Unreadable as error:
        return replace(blank, status=Status.UNREADABLE, feedback=error.why, evidence=(_short(written),))
    seen = replace(blank, evidence=(reading.shown,))
    right = known[question.name]
    score = question.rule.score(reading.value, right)
    if question.follow_through and score < 1:
        followed = values.call(question.follow_through, known | {"yours": reading.value})
        score = max(score, question.rule.score(reading.value, followed))
    if score == 1:
        return replace(seen, status=Status.CORRECT, earned=points, feedback=RIGHT)
    led_here = [
        m for m in question.misconceptions if question.rule.score(reading.value, values.call(m.compute, known)) == 1
    ]
    status = Status.PARTIAL if score > 0 else Status.WRONG
    feedback = _filled(led_here[0], known) if led_here else ALMOST if score > 0 else UNEXPLAINED
    names = tuple(m.name for m in led_here)
    return replace(seen, status=status, earned=points * score, feedback=feedback, misconceptions=names)


@dataclass
class Outcome:
    """What became of one check."""

    check: Check
    status: Status
    credit: Fraction = Fraction(0)
    evidence: tuple[str, ...] = ()


def task(item: Item, question: Task, points: Fraction, given: Mapping[str, Value], lang: Lang) -> Verdict:
    """``given`` holds the names the question asks for: Remotes, or plain data. Raises SandboxFault."""
    known = values.of(item.variant)
    outcomes: list[Outcome] = []
    for check in question.checks:
        over = next((o for o in outcomes if o.status is Status.EXHAUSTED), None)
        outcomes.append(Outcome(check, over.status) if over else _try(check, known, given, question, lang))
    total = sum(check.weight for check in question.checks)
    credit = sum((o.credit * o.check.weight for o in outcomes), Fraction(0)) / total
    status = _overall([o.status for o in outcomes], credit)
    failed = [o.check.feedback for o in outcomes if o.status is not Status.CORRECT]
    seen = values.given(item.variant.exercise, item.variant.params)
    feedback = OURS if status is Status.BROKEN else _joined([_fill(text, seen) for text in failed]) if failed else RIGHT
    evidence = tuple(line for o in outcomes for line in o.evidence)
    earned = Fraction(0) if status is Status.BROKEN else points * credit
    blank = verdict_of(item, question, points)
    return replace(blank, status=status, earned=earned, feedback=feedback, evidence=evidence)


def verdict_of(item: Item, question: Answer | Task, points: Fraction) -> Verdict:
    """Nothing earned, nothing concluded: what every verdict starts from."""
    judging = item.variant.exercise.judging_revision
    return Verdict(item.key, question.name, Status.BROKEN, Fraction(0), points, OURS, judging=judging)


def over(question: Answer | Task, limit: str) -> Text:
    """The sentence that says which limit, and how much was allowed."""
    limits = limits_of(question)
    allowed = {
        "seconds": f"{limits.seconds:g}",
        "memory": limits.memory_mib,
        "output": limits.output_kib,
        "processes": limits.processes,
        "files": limits.file_mib,
    }
    words = LIMITS[limit]
    return Text(*(OVER[lang].format(limit=words[lang].format(n=allowed[limit])) for lang in LANGS))


def limits_of(question: Answer | Task) -> Limits:
    return question.limits if isinstance(question, Task) else Limits()


def crashed(error: str) -> Text:
    return Text(*(CRASHED[lang].format(error=error[:200]) for lang in LANGS))


def _try(check: Check, known: Mapping[str, Value], given: Mapping[str, Value], question: Task, lang: Lang) -> Outcome:
    log = Log()
    watched = {name: log.watch(name, value) for name, value in given.items()}
    try:
        measure = values.call(check.run, {**known, **watched})
    except AssertionError:
        return Outcome(check, Status.WRONG, evidence=() if check.hidden else log.lines())
    except StudentError as error:
        line = f"{error.ename}: {error.evalue}"[:300]
        return Outcome(check, Status.CRASHED, evidence=(line,) if check.hidden else (*log.lines(), line))
    except Exhausted as error:
        return Outcome(check, Status.EXHAUSTED, evidence=(over(question, error.limit)[lang],))
    except SandboxFault:
        raise
    except ODD_VALUE as error:
        if not log.calls:  # nothing of the student's was in it yet
            return Outcome(check, Status.BROKEN, evidence=(f"{check.name}: {type(error).__name__}: {error}",))
        return Outcome(check, Status.WRONG, evidence=log.lines()[-1:])
    except Exception as error:
        return Outcome(check, Status.BROKEN, evidence=(f"{check.name}: {type(error).__name__}: {error}",))
    if measure is None:
        return Outcome(check, Status.CORRECT, Fraction(1))
    credit = measure.credit
    status = Status.CORRECT if credit == 1 else Status.PARTIAL if credit else Status.WRONG
    return Outcome(check, status, credit, (_measured(check, measure, lang),))


def _overall(statuses: list[Status], credit: Fraction) -> Status:
    """Our fault before all; then what was earned; then why nothing was."""
    if Status.BROKEN in statuses:
        return Status.BROKEN
    if credit == 1:
        return Status.CORRECT
    if credit > 0:
        return Status.PARTIAL
    for status in (Status.EXHAUSTED, Status.WRONG, Status.CRASHED):
        if status in statuses:
            return status
    return Status.BROKEN


@dataclass
class Log:
    """What a check asked of a student's code, and what came back."""

    calls: list[str] = field(default_factory=list)

    def watch(self, name: str, value: Value) -> Value:
        if not isinstance(value, Remote):
            self.calls.append(f"{name} = {_short(value)}")
            return value
        return Watched(name, value, self)

    def lines(self) -> tuple[str, ...]:
        return tuple(self.calls[-5:])


class Watched:
    """A Remote that notes down its calls. Only a check handles it."""

    def __init__(self, name: str, remote: Remote, log: Log) -> None:
        self._name, self._remote, self._log = name, remote, log

    def __call__(self, *args: Value, **kwargs: Value) -> Value:
        words = [_short(a) for a in args] + [f"{k}={_short(v)}" for k, v in kwargs.items()]
        call = f"{self._name}({', '.join(words)})"
        result = self._remote(*(_bare(a) for a in args), **{k: _bare(v) for k, v in kwargs.items()})
        self._log.calls.append(f"{call} → {_short(result)}")
        return self._wrapped(result, call)

    def __getattr__(self, name: str) -> Value:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._wrapped(getattr(self._remote, name), f"{self._name}.{name}")

    def _wrapped(self, value: Value, name: str) -> Value:
        return Watched(name, value, self._log) if isinstance(value, Remote) else value


def _bare(value: Value) -> Value:
    return value._remote if isinstance(value, Watched) else value


def _short(value: Value) -> str:
    """A line about a value that is not ours: never long, never another's ``repr``."""
    if isinstance(value, Watched | Remote):
        return "…"
    if isinstance(value, np.ndarray) and value.size > 12:
        return f"array {value.shape} {value.dtype}"
    text = " ".join(repr(value.tolist() if isinstance(value, np.ndarray) else value)[:2000].split())
    return text if len(text) <= 120 else text[:117] + "…"


def _measured(check: Check, measure: Measure, lang: Lang) -> str:
    figures = [render.fixed(x, 3, lang) for x in (measure.value, measure.gate, measure.full)]
    margin = render.fixed(abs(measure.value - measure.gate), 3, lang)
    sign = "+" if measure.value >= measure.gate else "−"
    if lang == "fr":
        return f"mesuré : {figures[0]} ; seuil {figures[1]} (marge {sign}{margin}) ; tous les points à {figures[2]}"
    return f"measured: {figures[0]}; threshold {figures[1]} (margin {sign}{margin}); full marks from {figures[2]}"


def _filled(wrong: Misconception, known: Mapping[str, Value]) -> Text:
    return _fill(wrong.feedback, known)


def _fill(text: Text, known: Mapping[str, Value]) -> Text:
    return Text(render.fill(text.fr, known, "fr"), render.fill(text.en, known, "en"))


def _joined(texts: list[Text]) -> Text:
    unique = list(dict.fromkeys(texts))
    return Text("\n\n".join(t.fr for t in unique), "\n\n".join(t.en for t in unique))
