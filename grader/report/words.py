"""What a report says around its numbers, in both languages."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from grader import render, tex
from grader.model import Lang, Text
from grader.report.stats import Estimate

KINDS: Mapping[str, Text] = {
    "whole": Text("entier", "whole number"),
    "decimal": Text("décimal", "decimal"),
    "choice": Text("un choix", "one choice"),
    "choices": Text("plusieurs choix", "several choices"),
    "matching": Text("appariement", "matching"),
    "ordering": Text("ordre", "ordering"),
    "table": Text("tableau", "table"),
    "grid": Text("matrice", "matrix"),
    "shape": Text("forme", "shape"),
    "formula": Text("formule", "formula"),
    "task": Text("code", "code"),
    "test": Text("code testé", "tested code"),
    "essay": Text("texte libre", "free text"),
}

_SAID: Mapping[str, Text] = {
    "against_idea": Text("va contre le reste", "works against the rest"),
    "alpha": Text("alpha de Cronbach", "Cronbach’s alpha"),
    "alt_gaps": Text("Écarts entre variantes, avec leur intervalle.", "Gaps between variants, with their intervals."),
    "alt_histogram": Text("Histogramme des notes.", "Histogram of the marks."),
    "alt_ideas": Text("Part de la classe pour chaque idée fausse.", "Share of the class for each misconception."),
    "alt_questions": Text(
        "Réussite et lien avec le reste, question par question.", "Success and link with the rest, by question."
    ),
    "attempts": Text("essais", "attempts"),
    "by_hand": Text("noté à la main", "marked by hand"),
    "contents": Text("Sommaire", "Contents"),
    "deviation": Text("écart-type", "standard deviation"),
    "easier": Text("mieux réussi", "easier"),
    "exercise": Text("exercice", "exercise"),
    "gap": Text("écart", "gap"),
    "graded": Text("copies corrigées", "submissions graded"),
    "harder": Text("moins bien réussi", "harder"),
    "idea": Text("idée", "idea"),
    "interval": Text("intervalle à 95 %", "95% interval"),
    "isolation": Text("bac à sable", "sandbox"),
    "mean": Text("moyenne", "mean"),
    "median": Text("médiane", "median"),
    "nothing": Text("rien rendu", "nothing handed in"),
    "points": Text("points", "points"),
    "question": Text("question", "question"),
    "quartiles": Text("quartiles", "quartiles"),
    "range": Text("étendue", "range"),
    "rest": Text("lien avec le reste", "link with the rest"),
    "share": Text("part", "share"),
    "student": Text("étudiant", "student"),
    "students": Text("étudiants", "students"),
    "success": Text("réussite", "success"),
    "unknown": Text("inconnu", "unknown"),
    "wrote": Text("réponse", "answer"),
}


def said(name: str, lang: Lang) -> str:
    return _SAID[name][lang]


def colon(lang: Lang) -> str:
    return "\u202f:" if lang == "fr" else ":"


def percent(share: float, lang: Lang, digits: int = 0) -> str:
    """``28 %`` with a no-break thin space, or ``28%``."""
    if math.isnan(share):
        return "–"
    written = render.fixed(100 * share, digits, lang)
    return f"{written}\u202f%" if lang == "fr" else f"{written}%"


def signed(value: float, digits: int, lang: Lang) -> str:
    """With a minus that is one, and no minus before zero."""
    value = round(value, digits) + 0.0
    written = render.fixed(abs(value), digits, lang)
    return f"−{written}" if value < 0 else written


def between(of: Estimate, lang: Lang, *, shares: bool = False) -> str:
    """``0,12 à 0,34``."""
    word = " à " if lang == "fr" else " to "
    if shares:
        return f"{render.fixed(100 * of.low, 0, lang)}{word}{percent(of.high, lang)}"
    return f"{signed(of.low, 2, lang)}{word}{signed(of.high, 2, lang)}"


def chance(p: float, lang: Lang) -> str:
    """``0,03``, or ``< 0,001``."""
    if p < 0.001:
        return "< 0,001" if lang == "fr" else "< 0.001"
    return render.fixed(p, 3, lang)


def breakable(key: str) -> str:
    """HTML of a name that may go on the next line after each of its words."""
    return re.sub(r"([_-])(?=\w)", r"\1<wbr>", escape(key))


def cut(label: str, most: int) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"


def value(of: Any, lang: Lang) -> str:
    """A parameter as a reader writes it."""
    if isinstance(of, tuple | list):
        return f"({(' ; ' if lang == 'fr' else ', ').join(value(part, lang) for part in of)})"
    return render.number(of, lang)


def numbers(params: Mapping[str, Any], lang: Lang) -> str:
    """``n = 32, k = 5``; a seed says nothing to anyone."""
    shown = [f"{name} = {value(one, lang)}" for name, one in params.items() if name != "seed"]
    return (" ; " if lang == "fr" else ", ").join(shown)


def plain(words: str) -> str:
    """Markdown as the reader of a page without formulas sees it: Unicode for formulas, no marks."""
    formulas = re.sub(r"\$+(.+?)\$+", lambda found: tex.unicode(found[1]), words)
    return re.sub(r"(?<!\w)[*`]+(.+?)[*`]+(?!\w)", r"\1", formulas)
