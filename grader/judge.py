"""From what was observed to a verdict. Runs no student code, and never assumes success."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from grader import render, values
from grader.model import (
    Answer,
    Asserted,
    Check,
    Item,
    Lang,
    Limits,
    Measure,
    Measured,
    Misconception,
    Question,
    Status,
    Task,
    Text,
    Unreadable,
    Value,
    Variant,
    Verdict,
)
from grader.rules import Missing, here
from grader.sandbox import Exhausted, Oversized, Remote, SandboxFault, StudentError
from grader.watch import Log, line, short

LANGS: tuple[Lang, Lang] = ("fr", "en")
RIGHT = Text(fr="Juste.", en="Right.")
ABSENT = Text(fr="Pas de réponse.", en="No answer.")
FOR_A_HUMAN = Text(fr="Un enseignant notera cette réponse.", en="A teacher will mark this answer.")
UNEXPLAINED = Text(fr="Ce n'est pas la valeur attendue.", en="This is not the expected value.")
NOT_A_VALUE = Text(
    fr="Cette cellule doit donner une valeur, et non un objet de type `{kind}`.",
    en="This cell must give a value, not an object of type `{kind}`.",
)
ALMOST = Text(fr="Une partie de la réponse est juste.", en="Part of the answer is right.")
OURS = Text(
    fr="La correction de cette question a échoué de notre fait : elle sera reprise par une personne.",
    en="Grading this question failed through our fault: a person will see to it.",
)
NOT_DEFINED = Text(fr="La cellule ne définit pas « {name} ».", en="The cell does not define '{name}'.")
UNTRAINED = Text(
    fr="Aucun fichier de poids n'accompagne le notebook.",
    en="There is no weights file beside the notebook.",
)
WEIGHTS = "weights"  # what a check calls the arrays that a student handed in
CRASHED = Text(fr="Le code s'arrête sur une erreur : `{error}`.", en="The code stops with an error: `{error}`.")
NOT_INSTALLED = Text(
    fr="Ce module n'est pas installé là où les notebooks sont corrigés : l'en-tête du notebook dit ce qui l'est.",
    en="This module is not installed where notebooks are graded: the head of the notebook says what is.",
)
NO_TENSORFLOW = Text(
    fr="TensorFlow n'est pas installé là où les notebooks sont corrigés, Keras 3 y tourne sur PyTorch : écrivez"
    " `import keras`, et `from keras import layers` pour `from tensorflow.keras import layers`.",
    en="TensorFlow is not installed where notebooks are graded, Keras 3 runs on PyTorch there: write"
    " `import keras`, and `from keras import layers` for `from tensorflow.keras import layers`.",
)
LIMITS = {
    "seconds": Text(fr="le temps permis ({n} s)", en="the time allowed ({n} s)"),
    "memory": Text(fr="la mémoire permise ({n} Mio)", en="the memory allowed ({n} MiB)"),
    "output": Text(fr="la quantité de sortie permise ({n} Kio)", en="the output allowed ({n} KiB)"),
    "processes": Text(fr="le nombre de processus permis ({n})", en="the number of processes allowed ({n})"),
    "files": Text(fr="la taille de fichier permise ({n} Mio)", en="the file size allowed ({n} MiB)"),
}
TOO_LARGE = Text(
    fr="La valeur donnée est trop grande pour être lue.",
    en="The value given is too large to be read.",
)
RUN = Text(fr="entraînement {n} sur 2 :", en="training run {n} of 2:")
OVER = Text(fr="Le code a dépassé {limit}.", en="The code went over {limit}.")

# What a check meets when a student's code returns something of another kind than expected.
ODD_VALUE = (
    *(TypeError, ValueError, AttributeError, LookupError, ArithmeticError),
    *(RecursionError, MemoryError, RuntimeWarning),
)


@dataclass(frozen=True)
class Expected:
    """What one question asks with these numbers: the values, the options as printed, where each wrong idea leads."""

    known: Mapping[str, Value]
    shown: tuple[str, ...]
    right: Value
    wrong: tuple[tuple[Misconception, Value], ...]


def expected(variant: Variant, question: Answer, known: Mapping[str, Value] | None = None) -> Expected:
    """``known`` are the variant's values, where the caller has them already."""
    known = values.of(variant) if known is None else known
    wrong = tuple((m, values.call(m.compute, known)) for m in question.misconceptions)
    return Expected(known, values.shown(variant, question, known), known[question.name], wrong)


def answer(
    item: Item, question: Answer, points: Fraction, written: Value, lang: Lang, asked: Expected | None = None
) -> Verdict:
    """``written`` is what the name held when its cell had run: plain data, or a Remote."""
    blank = verdict_of(item, question, points)
    written = here(written)
    if isinstance(written, Remote):
        kind = line(written.kind, 60, code=True)
        why = Text(NOT_A_VALUE.fr.format(kind=kind), NOT_A_VALUE.en.format(kind=kind))
        return replace(blank, status=Status.UNREADABLE, feedback=why)
    if written is ...:
        return replace(blank, status=Status.MISSING, feedback=ABSENT)
    asked = asked or expected(item.variant, question)
    known = asked.known
    try:
        reading = question.rule.read(written, asked.shown, lang)
    except Missing:
        return replace(blank, status=Status.MISSING, feedback=ABSENT)
    except Unreadable as error:
        return replace(blank, status=Status.UNREADABLE, feedback=_opens(error.why), evidence=(short(written),))
    seen = replace(blank, evidence=(reading.shown,))
    score = question.rule.score(reading.value, asked.right)
    if question.follow_through and score < 1:
        score = max(score, _followed(question, question.follow_through, known, reading.value))
    if score == 1:
        return replace(seen, status=Status.CORRECT, earned=points, feedback=RIGHT)
    led_here = [m for m, value in asked.wrong if question.rule.score(reading.value, value) == 1]
    status = Status.PARTIAL if score > 0 else Status.WRONG
    feedback = render.explained(led_here, known) if led_here else ALMOST if score > 0 else UNEXPLAINED
    names = tuple(m.name for m in led_here)
    return replace(seen, status=status, earned=points * score, feedback=feedback, misconceptions=names)


def _opens(why: Text) -> Text:
    """What a notebook says after the answer's name, as a sentence of its own."""
    return Text(why.fr[:1].upper() + why.fr[1:], why.en[:1].upper() + why.en[1:])


def _followed(question: Answer, follow: Callable[..., Value], known: Mapping[str, Value], yours: Value) -> Fraction:
    """The share that is right given the student's own earlier rows; none where nothing follows from them."""
    try:
        return question.rule.score(yours, values.call(follow, {**known, "yours": yours}))
    except ODD_VALUE:  # a row left empty, for instance
        return Fraction(0)


@dataclass
class Outcome:
    """What became of one check."""

    check: Check
    status: Status
    credit: Fraction = Fraction(0)
    evidence: tuple[str, ...] = ()
    measure: Measure | None = None  # where the check ran to its end, and gave one


@dataclass(frozen=True)
class Trial:
    """One run of a task. ``short``: all went well, and what was measured is below a gate."""

    verdict: Verdict
    short: bool = False


def task(item: Item, question: Task, points: Fraction, given: Mapping[str, Value], lang: Lang) -> Verdict:
    return trial(item, question, points, given, lang).verdict


def trial(item: Item, question: Task, points: Fraction, given: Mapping[str, Value], lang: Lang) -> Trial:
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
    told = render.paragraphs(render.both(text, seen) for text in failed) if failed else RIGHT
    if all(o.status is Status.CRASHED for o in outcomes):  # nothing of what the checks look at was seen
        told = _stopped(outcomes)
    feedback = OURS if status is Status.BROKEN else told
    evidence = dict.fromkeys((*turned(question, lang), *(fact for o in outcomes for fact in o.evidence)))
    earned = Fraction(0) if status is Status.BROKEN else points * credit
    blank = replace(verdict_of(item, question, points), checked=True)
    measures = tuple(
        Measured(o.check.name, render.both(o.check.measures, seen) if o.check.measures else Text("", ""), o.measure)
        for o in outcomes
        if o.measure and np.isfinite(o.measure.value)
    )
    verdict = replace(
        blank, status=status, earned=earned, feedback=feedback, evidence=tuple(evidence), measures=measures
    )
    unlucky = [o for o in outcomes if o.measure and not o.credit]
    ended = {Status.CORRECT, Status.PARTIAL, Status.WRONG}
    return Trial(verdict, short=bool(unlucky) and ended.issuperset(o.status for o in outcomes))


def better(first: Verdict, second: Verdict, lang: Lang) -> Verdict:
    """Of two runs of one task, the one that earns more; what was observed of both is told."""
    seen = [verdict.evidence or (verdict.feedback[lang].replace("\n", " "),) for verdict in (first, second)]
    evidence = tuple(f"{RUN[lang].format(n=n)} {said}" for n, told in enumerate(seen, 1) for said in told)
    counting = second if second.earned > first.earned else first
    measures = tuple(
        replace(measured, run=n, counts=run is counting)
        for n, run in enumerate((first, second), 1)
        for measured in run.measures
    )
    return replace(counting, evidence=evidence, measures=measures)


def verdict_of(item: Item, question: Question, points: Fraction) -> Verdict:
    """Nothing earned, nothing concluded: what every verdict starts from."""
    judging = item.variant.exercise.judging_revision
    return Verdict(item.key, question.name, Status.BROKEN, Fraction(0), points, OURS, judging=judging)


def turned(question: Question, lang: Lang) -> tuple[str, ...]:
    """The knobs as they were for this verdict, and what the student's own notebook has."""
    knobs = question.knobs if isinstance(question, Task) else ()
    words = {
        "fr": "{0} = {1} à la correction ({2} dans le notebook)",
        "en": "{0} = {1} when graded ({2} in the notebook)",
    }
    return tuple(words[lang].format(knob.name, knob.graded, knob.shown) for knob in knobs)


def before(question: Question) -> str:
    """What runs before a question's cell: the imports that its check cell brings at home, and its knobs as graded."""
    if not isinstance(question, Task):
        return ""
    visible = (node for check in question.checks if not check.hidden for node in ast.parse(check.source).body)
    imports = (ast.unparse(node) for node in visible if isinstance(node, ast.Import | ast.ImportFrom))
    return "\n".join([*dict.fromkeys(imports), *(f"{knob.name} = {knob.graded!r}" for knob in question.knobs)])


def over(question: Question, limit: str) -> Text:
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


def limits_of(question: Question) -> Limits:
    return question.limits if isinstance(question, Task | Asserted) else Limits()


def crashed(ename: str, evalue: str) -> Text:
    error = line(f"{ename}: {evalue}" if evalue else ename, 200, code=True)
    said = Text(*(CRASHED[lang].format(error=error) for lang in LANGS))
    if ename != "ModuleNotFoundError":
        return said
    return render.paragraphs([said, NO_TENSORFLOW if "'tensorflow" in evalue else NOT_INSTALLED])


def _stopped(outcomes: list[Outcome]) -> Text:
    """Where every check ended on an error: that one, of a visible check where there is one."""
    seen = min(outcomes, key=lambda o: o.check.hidden)
    ename, _, evalue = seen.evidence[-1].partition(": ")
    return crashed(ename, evalue)


def _try(check: Check, known: Mapping[str, Value], given: Mapping[str, Value], question: Task, lang: Lang) -> Outcome:
    log = Log()
    watched = {name: value if name == WEIGHTS else log.watch(name, value) for name, value in given.items()}
    try:
        with np.errstate(all="ignore"):  # a student's infinities are compared, not warned about
            return _credited(check, values.call(check.run, {**known, **watched}), lang)
    except AssertionError:
        return Outcome(check, Status.WRONG, evidence=_told(log, check))
    except Oversized:
        return Outcome(check, Status.WRONG, evidence=(TOO_LARGE[lang],))
    except StudentError as error:
        return Outcome(check, Status.CRASHED, evidence=(*_told(log, check), _raised(error, check)))
    except Exhausted as error:
        return Outcome(check, Status.EXHAUSTED, evidence=(over(question, error.limit)[lang],))
    except SandboxFault:
        raise
    except ODD_VALUE as error:
        # Before anything of the student's was in it, the check itself is at fault.
        return Outcome(check, Status.WRONG, evidence=_told(log, check)) if log.calls else _broken(check, error)
    except Exception as error:  # noqa: BLE001  whatever it is, it is ours
        return _broken(check, error)


def _credited(check: Check, measure: Measure | None, lang: Lang) -> Outcome:
    """A check that ran to its end. What it returned must be one of the two things that mean something."""
    if measure is None:
        return Outcome(check, Status.CORRECT, Fraction(1))
    if not isinstance(measure, Measure):  # `return a == b` asserts nothing
        return _broken(check, TypeError(f"a check returns None or a Measure, not {type(measure).__name__}"))
    credit = measure.credit
    status = Status.CORRECT if credit == 1 else Status.PARTIAL if credit else Status.WRONG
    measure = Measure(float(measure.value), float(measure.gate), float(measure.full))  # numpy's cannot be written down
    return Outcome(check, status, credit, (measured(measure, lang),), measure)


def _broken(check: Check, error: Exception) -> Outcome:
    why = f"{check.name}: {type(error).__name__}"
    return Outcome(check, Status.BROKEN, evidence=(why if check.hidden else line(f"{why}: {error}", 200),))


def _told(log: Log, check: Check) -> tuple[str, ...]:
    """The last calls. Of a hidden check nothing is told but its sentence."""
    return () if check.hidden else tuple(log.calls[-5:])


def _raised(error: StudentError, check: Check) -> str:
    """What a student's code said when it stopped. In a hidden check it could say what it was called with."""
    if not check.hidden:
        return line(f"{error.ename}: {error.evalue}", 300)
    known = isinstance(getattr(builtins, error.ename, None), type) or error.ename == "ProcessDied"
    return error.ename if known else "Exception"


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


def measured(measure: Measure, lang: Lang) -> str:
    """The value, the gate and the margin, as evidence says them."""
    figures = [render.fixed(x, 3, lang) for x in (measure.value, measure.gate, measure.full)]
    margin = render.fixed(abs(measure.value - measure.gate), 3, lang)
    sign = "+" if measure.value >= measure.gate else "−"
    if lang == "fr":
        return f"mesuré : {figures[0]} ; seuil {figures[1]} (marge {sign}{margin}) ; tous les points à {figures[2]}"
    return f"measured: {figures[0]}; threshold {figures[1]} (margin {sign}{margin}); full marks from {figures[2]}"
