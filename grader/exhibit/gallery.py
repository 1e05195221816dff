"""One variant of every exercise in a page, by shelf, with an index. The same to the byte wherever it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from grader import variants
from grader.catalogue import kinds
from grader.exhibit.page import filled, shown
from grader.model import Exercise, Lang, Text, Variant

LARGEST = 3_000_000  # bytes of a page: beyond, each shelf has its own
SHELVES = {
    "basics": Text("Les bases", "Basics"),
    "code": Text("Coder", "Code"),
    "culture": Text("Culture générale", "General knowledge"),
    "diffusion": Text("Modèles de diffusion", "Diffusion models"),
    "geometry": Text("Tailles et formes", "Sizes and shapes"),
    "kernels": Text("Noyaux et pooling", "Kernels and pooling"),
    "notebooks": Text("Autour des notebooks", "Around notebooks"),
    "parameters": Text("Paramètres et coûts", "Parameters and costs"),
    "practice": Text("Pratique", "Practice"),
}
KINDS = {
    "choice": Text("choix", "choice"),
    "choices": Text("choix multiples", "choices"),
    "code": Text("code", "code"),
    "decimal": Text("nombre décimal", "decimal"),
    "formula": Text("formule", "formula"),
    "grid": Text("matrice", "matrix"),
    "matching": Text("appariement", "matching"),
    "ordering": Text("ordre", "ordering"),
    "shape": Text("forme", "shape"),
    "table": Text("tableau", "table"),
    "whole": Text("nombre entier", "whole number"),
}


def specimen(exercise: Exercise) -> Variant:
    """The variant that stands for its family: always the same one, and not always the first of the grid."""
    drawn = int.from_bytes(hashlib.sha256(exercise.id.encode()).digest()[:8], "big")
    return variants.every(exercise)[drawn % len(exercise.params)]


def gallery(exercises: Sequence[Exercise], lang: Lang) -> dict[str, str]:
    """Pages by file name: one, or one for each shelf where that would be too large, and an index."""
    shelves = sorted({exercise.shelf for exercise in exercises})
    parts = {shelf: [e for e in exercises if e.shelf == shelf] for shelf in shelves}
    whole = _page(parts, lang, dict.fromkeys(shelves, ""), whole=True)
    if len(whole.encode()) <= LARGEST or len(shelves) == 1:
        return {f"{lang}.html": whole}
    files = {shelf: f"{lang}-{shelf}.html" for shelf in shelves}
    alone = {files[shelf]: _page({shelf: parts[shelf]}, lang, {shelf: ""}, whole=True) for shelf in shelves}
    return {f"{lang}.html": _page(parts, lang, files, whole=False), **alone}


def _page(parts: dict[str, list[Exercise]], lang: Lang, files: dict[str, str], *, whole: bool) -> str:
    return filled(
        "gallery.html.j2",
        lang,
        parts=parts,
        files=files,
        shelf=lambda name: SHELVES[name][lang] if name in SHELVES else name.capitalize(),
        kinds=lambda exercise: [KINDS[kind][lang] if kind in KINDS else kind for kind in kinds(exercise)],
        shown=(lambda exercise: shown(specimen(exercise), lang, with_solution=True)) if whole else None,
        other="en" if lang == "fr" else "fr",
        folded=True,
    )
