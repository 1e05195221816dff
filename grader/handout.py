"""A variant as the cells a student is handed: words, a cell to fill, and what they may check. No answer comes here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from grader import render, setup_cell, values, weights
from grader.errors import ContentError
from grader.model import (
    Answer,
    Asserted,
    Assignment,
    Cell,
    Course,
    Essay,
    Exercise,
    Lang,
    Question,
    Task,
    Text,
    Value,
    Variant,
)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
OWN = Text(fr="Vos nombres vous sont propres.", en="Your numbers are your own.")
INTRODUCTION = Text(
    fr=(
        "Écrivez vos réponses dans les cellules prévues, sans changer les autres ;"
        " chacune est suivie d'une cellule qui montre comment elle est lue, ou qui essaie votre code."
        " Le notebook sera réexécuté du début à la fin : essayez *Redémarrer et tout exécuter* avant de le rendre."
    ),
    en=(
        "Write your answers in the cells meant for them and leave the others as they are;"
        " each is followed by a cell that shows how it is read, or that tries your code."
        " The notebook will be run again from top to bottom: try *Restart and run all* before you hand it in."
    ),
)
FOUND = Text(
    fr=(
        "À la correction, votre code dispose de NumPy, SciPy, Matplotlib, Pillow, h5py, PyTorch et Keras 3"
        " (sur PyTorch : `import keras`, sans TensorFlow), et d'aucun réseau."
    ),
    en=(
        "When it is graded, your code finds NumPy, SciPy, Matplotlib, Pillow, h5py, PyTorch and Keras 3"
        " (on PyTorch: `import keras`, no TensorFlow), and no network."
    ),
)
VISIBLE = Text(
    fr="# Ces vérifications sont visibles ; d'autres seront faites à la correction.",
    en="# These checks are visible; others will be made when the notebook is graded.",
)
TRAINED = Text(
    fr=(
        "**L'entraînement de la question *{question}* ({exercise}) ne sera pas refait.** Rendez avec le notebook, dans"
        " le même dossier, les poids du réseau que vous avez entraîné, en `float32` :"
        f" {' ou '.join(f'`{name}`' for name in weights.FILES)}."
    ),
    en=(
        "**The training of the question *{question}* ({exercise}) will not be run again.** Hand in the weights of the"
        " network that you have trained with the notebook, in the same folder, in `float32`:"
        f" {' or '.join(f'`{name}`' for name in weights.FILES)}."
    ),
)
WRITE_HERE = Text(fr="*Écrivez votre réponse ici.*", en="*Write your answer here.*")
FOLLOWS = Text(
    fr="Une ligne qui se déduit d'une ligne fausse n'est pas comptée fausse une seconde fois.",
    en="A line worked out from a wrong line is not wrong a second time.",
)
NONE_VISIBLE = Text(
    fr="# Cette question est vérifiée à la correction.",
    en="# This question is checked when the notebook is graded.",
)


def head(course: Course, assignment: Assignment, exercises: Sequence[Exercise], lang: Lang) -> list[Cell]:
    """The title, and the functions that show how answers are read."""
    used = {reader for exercise in exercises for reader in _readers(exercise)}
    own = not assignment.shared and any(len(exercise.params) > 1 for exercise in exercises)
    introduction = f"{OWN[lang]} {INTRODUCTION[lang]}" if own else INTRODUCTION[lang]
    if any(isinstance(question, Task) for exercise in exercises for question in exercise.questions):
        introduction += f" {FOUND[lang]}"
    if assignment.training == "weights":
        named = ((e.title[lang], q.name) for e in exercises for q in e.questions if isinstance(q, Task) and q.weights)
        introduction += "".join(f"\n\n{TRAINED[lang].format(exercise=title, question=q)}" for title, q in named)
    title = Cell("words", "head", f"# {assignment.title}\n\n{course.title}\n\n{introduction}")
    if not used:
        return [title]
    return [title, Cell("setup", "head-readers", setup_cell.notebook_source(sorted(used), lang))]


def cells(key: str, variant: Variant, lang: Lang, points: Mapping[str, Fraction]) -> list[Cell]:
    """Raises ContentError where a text needs a value that students are not given."""
    try:
        return list(_cells(key, variant, lang, points))
    except render.Missing as error:
        exercise = variant.exercise
        file = exercise.path.with_suffix(f".{lang}.md")
        raise ContentError(file, 1, f"{error} ({variant})", f"See 'partiel verify {exercise.id}'.") from error


def _cells(key: str, variant: Variant, lang: Lang, points: Mapping[str, Fraction]) -> Iterator[Cell]:
    exercise = variant.exercise
    if exercise.cells:
        yield from exercise.cells
        return
    seen = values.given(exercise, variant.params)
    statement = render.fill(exercise.statement[lang], seen, lang)
    yield Cell("words", key, f"## {exercise.title[lang]}\n\n{statement}")
    for question in exercise.questions:
        name = f"{key}-{question.name}"
        worth = points[name]
        shown = values.shown(variant, question, seen) if isinstance(question, Answer) else ()
        prompt = f"**{question.name}** · {_worth(worth, lang)}\n\n" + _prompt(question, seen, shown, lang)
        yield Cell("words", f"{name}-prompt", prompt)
        if isinstance(question, Essay):
            yield Cell("essay", name, WRITE_HERE[lang], question.name, worth, text=True)
            continue
        if isinstance(question, Asserted):
            continue  # only in notebooks written by hand
        if isinstance(question, Task) and question.knobs:
            yield Cell("given", f"{name}-knobs", _knobs(question, lang))
        yield Cell("solution", name, _starter(question, shown), question.name)
        yield Cell("check", f"{name}-check", _check(question, seen, shown, lang), question.name, worth)


def _knobs(question: Task, lang: Lang) -> str:
    said = {"fr": "à la correction", "en": "when graded"}[lang]
    return "\n".join(f"{knob.name} = {knob.shown!r}  # {knob.graded!r} {said}" for knob in question.knobs)


def _prompt(question: Question, seen: Mapping[str, Value], shown: Sequence[str], lang: Lang) -> str:
    """The question's words, and its options by letter."""
    prompt = render.fill(question.prompt[lang], seen, lang)
    if isinstance(question, Answer) and question.follow_through:
        prompt += f" {FOLLOWS[lang]}" if prompt.endswith(".") else f"\n\n{FOLLOWS[lang]}"
    if not isinstance(question, Answer) or not question.labels:
        return prompt
    left = getattr(question.rule, "left", ())

    def listed(names: Sequence[str], marks: Sequence[str]) -> str:
        words = (render.fill(question.labels[name][lang], seen, lang) for name in names)
        return "\n".join(f"- **{mark}** {word}" for mark, word in zip(marks, words, strict=False))

    if question.rule.kind == "table":
        return f"{prompt}\n\n" + listed(shown, [f"`{row}`" for row in shown])
    blocks = [listed(left, [f"{n}." for n in range(1, len(left) + 1)])] if left else []
    return "\n\n".join([prompt, *blocks, listed(shown, [f"{letter}." for letter in LETTERS])])


def starter(variant: Variant, question: Answer | Task) -> str:
    """The same in every variant: what a student wrote is recognised by comparing with it."""
    seen = values.given(variant.exercise, variant.params)
    return _starter(question, values.shown(variant, question, seen) if isinstance(question, Answer) else ())


def _starter(question: Answer | Task, shown: tuple[str, ...]) -> str:
    return question.starter if isinstance(question, Task) else f"{question.name} = {question.rule.placeholder(shown)}"


def check_source(variant: Variant, question: Answer | Task, lang: Lang) -> str:
    """What a student can read and run: how their answer is read, or plain asserts on their code."""
    seen = values.given(variant.exercise, variant.params)
    shown = values.shown(variant, question, seen) if isinstance(question, Answer) else ()
    return _check(question, seen, shown, lang)


def _check(question: Answer | Task, seen: Mapping[str, Value], shown: tuple[str, ...], lang: Lang) -> str:
    if isinstance(question, Answer):
        reader, arguments = question.rule.reader(shown)
        return setup_cell.notebook_call(question.name, reader, arguments, lang)
    visible = [check for check in question.checks if not check.hidden]
    if not visible:
        return NONE_VISIBLE[lang]
    blocks, before = [VISIBLE[lang]], ""
    for check in visible:
        source = "\n\n\n".join(block for block in check.source.split("\n\n\n") if block not in before)
        arguments_ = ", ".join(_literal(seen[n]) if n in seen else n for n in values.needs(check.run))
        blocks.append(f"{source}\n\n\n{check.name}({arguments_})")
        before += check.source
    source = "\n\n\n".join(blocks)
    if "np.array(" in source and "import numpy as np" not in source:
        blocks.insert(1, "import numpy as np")  # a value is shown as an array, though no check names numpy
    return "\n\n\n".join(blocks)


def _readers(exercise: Exercise) -> Iterator[str]:
    variant = Variant(exercise, exercise.params[0])
    seen = values.given(exercise, variant.params)
    for question in exercise.questions:
        if isinstance(question, Answer):
            yield question.rule.reader(values.shown(variant, question, seen))[0]


def _literal(value: Value) -> str:
    """A value as Python that gives it back."""
    if not isinstance(value, np.ndarray):
        return repr(value)
    kind = "" if np.asarray(value.tolist()).dtype == value.dtype else f", dtype={value.dtype.name!r}"
    return f"np.array({value.tolist()}{kind})"


def _worth(points: Fraction, lang: Lang) -> str:
    written = render.points(points, lang)
    plural = abs(points) >= 2 if lang == "fr" else points != 1  # 1,5 point, mais 1.5 points
    return f"{written} point{'s' if plural else ''}"
