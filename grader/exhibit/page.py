"""Variants as a page that looks as their notebook does: words, cells to fill, checks; with what is behind, if asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader import content, handout, render
from grader.exhibit.key import key, solution
from grader.feedback.markup import code, code_styles, markdown, sentence
from grader.model import Cell, Lang, Text, Variant
from grader.render import typography

SAID = {
    "answer": Text("Réponse", "Answer"),
    "wrong": Text("Idées fausses", "Wrong ideas"),
    "checks": Text("Vérifications", "Checks"),
    "solution": Text("Solution rédigée", "Worked solution"),
    "behind": Text("Réponses et solution", "Answers and solution"),
    "variant": Text("variante", "variant"),
    "top": Text("Haut de la page", "Back to top"),
    "level": Text("Niveau", "Level"),
    "minutes": Text("min", "min"),
    "variants": Text("Variantes", "Variants"),
    "tags": Text("Étiquettes", "Tags"),
    "exercise": Text("Exercice", "Exercise"),
    "kinds": Text("Questions", "Questions"),
    "gallery": Text("Galerie des exercices", "Gallery of exercises"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A wrong idea, or a check, as a line of a table. ``…_html`` is HTML made by this package."""

    name: str
    said: str
    sentence_html: str


@dataclass(frozen=True, slots=True)
class Behind:
    """What judges one question."""

    name: str
    answer_html: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One variant: its cells (kind, HTML), and what is behind them."""

    name: str
    number: int
    of: int
    cells: tuple[tuple[str, str], ...]
    behind: tuple[Behind, ...]
    solution_html: str


def shown(variant: Variant, lang: Lang, *, with_solution: bool) -> Shown:
    """Raises ContentError where a text needs a value that students are not given."""
    exercise = variant.exercise
    points = {f"{exercise.id}-{question.name}": question.points for question in exercise.questions}
    cells = tuple((cell.kind, _html(cell, lang)) for cell in handout.cells(exercise.id, variant, lang, points))
    number, of = exercise.params.index(variant.params), len(exercise.params)
    if not with_solution:
        return Shown(exercise.id, number, of, cells, (), "")
    behind = []
    for question in exercise.questions:
        known = key(variant, question, lang)
        rows = tuple(Row(w.name, typography(w.said, lang), markdown(w.sentence, lang)) for w in known.wrong)
        behind.append(Behind(question.name, code(known.answer) if known.answer else "", rows))
    return Shown(exercise.id, number, of, cells, tuple(behind), markdown(solution(variant, lang), lang))


def page(variants: Sequence[Variant], lang: Lang, *, with_solution: bool = False) -> str:
    """Variants of one exercise, one after the other: no script, no remote address, nothing to load."""
    return filled(
        "page.html.j2",
        lang,
        title=variants[0].exercise.title[lang],
        shown=[shown(variant, lang, with_solution=with_solution) for variant in variants],
        folded=False,
    )


def filled(template: str, lang: Lang, **facts: object) -> str:
    said = {name: text[lang] for name, text in SAID.items()}
    folder = content.root() / "templates"
    return render.page(folder, f"exhibit/{template}", lang=lang, said=said, code_styles=code_styles(), **facts)


def inline(words: str, lang: Lang) -> str:
    """A title's emphasis and formulas, with no paragraph around them."""
    return sentence(words, lang).strip().removeprefix("<p>").removesuffix("</p>")


def _html(cell: Cell, lang: Lang) -> str:
    return markdown(cell.source, lang) if not cell.is_code else code(cell.source)
