"""One variant of every exercise in a page, by shelf, with an index. The same to the byte wherever it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from grader import variants
from grader.catalogue import KINDS, kinds
from grader.exhibit.page import Shown, filled, inline, shown
from grader.model import Exercise, Lang, Text, Variant

LARGEST = 3_000_000  # bytes of a page: beyond, each shelf has its own
SHELVES = {
    "basics": Text("Les bases", "Basics"),
    "code": Text("Coder", "Code"),
    "culture": Text("Culture générale", "General knowledge"),
    "diffusion": Text("Modèles de diffusion", "Diffusion models"),
    "generation": Text("Générer des images", "Generating images"),
    "geometry": Text("Tailles et formes", "Sizes and shapes"),
    "kernels": Text("Noyaux et pooling", "Kernels and pooling"),
    "notebooks": Text("Autour des notebooks", "Around notebooks"),
    "parameters": Text("Paramètres et coûts", "Parameters and costs"),
    "practice": Text("Pratique", "Practice"),
}


Allowed = Callable[[Exercise], Sequence[int]]


def specimen(exercise: Exercise, allowed: Allowed | None = None) -> Variant:
    """The variant that stands for its family: always the same one, and not always the first of the grid."""
    numbers = range(len(exercise.params)) if allowed is None else allowed(exercise)
    drawn = int.from_bytes(hashlib.sha256(exercise.id.encode()).digest()[:8], "big")
    return variants.every(exercise)[numbers[drawn % len(numbers)]]


def gallery(
    exercises: Sequence[Exercise],
    lang: Lang,
    step: Callable[[], None] = lambda: None,
    largest: int = LARGEST,
    allowed: Allowed | None = None,
) -> dict[str, str]:
    """Pages by file name: one, or one for each shelf where that would be too large (bytes), and an index.

    ``allowed`` gives the numbers that may be shown of an exercise: those that no exam draws from.
    """
    pieces = {}
    for exercise in exercises:
        pieces[exercise.id] = shown(specimen(exercise, allowed), lang, with_solution=True)
        step()
    shelves = sorted({exercise.shelf for exercise in exercises})
    ordered = sorted(exercises, key=lambda exercise: (exercise.difficulty, exercise.id))
    parts = {shelf: [e for e in ordered if e.shelf == shelf] for shelf in shelves}
    whole = _page(parts, lang, dict.fromkeys(shelves, ""), pieces)
    if len(whole.encode()) <= largest or len(shelves) == 1:
        return {f"{lang}.html": whole}
    files = {shelf: f"{lang}-{shelf}.html" for shelf in shelves}
    alone = {files[shelf]: _page({shelf: parts[shelf]}, lang, {shelf: ""}, pieces) for shelf in shelves}
    return {f"{lang}.html": _page(parts, lang, files, {}), **alone}


def _page(parts: dict[str, list[Exercise]], lang: Lang, files: dict[str, str], pieces: dict[str, Shown]) -> str:
    """``files`` say where each shelf is; no name for this very page."""
    return filled(
        "gallery.html.j2",
        lang,
        parts=parts,
        files=files,
        shelf=lambda name: SHELVES[name][lang] if name in SHELVES else name.capitalize(),
        title=lambda exercise: inline(exercise.title[lang], lang),
        tags=lambda exercise: ", ".join(tag for tag in exercise.tags if tag != exercise.shelf),
        kinds=lambda exercise: [KINDS[kind][lang] if kind in KINDS else kind for kind in kinds(exercise)],
        pieces=pieces,
        other="en" if lang == "fr" else "fr",
        folded=True,
    )
