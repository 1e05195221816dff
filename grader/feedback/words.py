"""The fixed words of a feedback page, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from grader.model import Lang, Status, Text

WORDS: Mapping[Status, Text] = {
    Status.CORRECT: Text("Juste", "Right"),
    Status.PARTIAL: Text("En partie juste", "Partly right"),
    Status.WRONG: Text("Faux", "Wrong"),
    Status.MISSING: Text("Pas de réponse", "No answer"),
    Status.UNREADABLE: Text("Illisible", "Could not be read"),
    Status.CRASHED: Text("Erreur à l’exécution", "Error when run"),
    Status.EXHAUSTED: Text("Limite dépassée", "Over a limit"),
    Status.BROKEN: Text("En attente d’un enseignant", "Waiting for a teacher"),
}

SIGNS: Mapping[Status, str] = {  # a shape beside the colour: the page must read in black and white
    Status.CORRECT: "✓",
    Status.PARTIAL: "½",
    Status.WRONG: "✗",
    Status.MISSING: "–",
    Status.UNREADABLE: "?",
    Status.CRASHED: "!",
    Status.EXHAUSTED: "∞",
    Status.BROKEN: "…",
}

_SAID: Mapping[str, Text] = {
    "feedback": Text("Correction", "Feedback"),
    "student": Text("Étudiant", "Student"),
    "total": Text("Total", "Total"),
    "questions": Text("Questions", "Questions"),
    "question": Text("Question", "Question"),
    "points": Text("Points", "Points"),
    "result": Text("Résultat", "Result"),
    "answer": Text("Votre réponse", "Your answer"),
    "printed": Text("Ce que votre code affiche", "What your code prints"),
    "observed": Text("Ce qui a été observé", "What was observed"),
    "checks": Text("Les vérifications visibles", "The visible checks"),
    "setup": Text("Code fourni", "Code you were given"),
    "solution": Text("Une solution", "A worked solution"),
    "comment": Text("Commentaire de l’enseignant", "Teacher’s comment"),
    "by_hand": Text("Noté à la main", "Marked by hand"),
    "pending": Text("à noter", "to be marked"),
    "late": Text("Pénalité de retard", "Late penalty"),
    "remarks": Text("À propos du fichier rendu", "About the file you handed in"),
    "top": Text("Haut de la page", "Back to top"),
}


def said(lang: Lang) -> dict[str, str]:
    """Every fixed word of the page, in one language."""
    return {name: text[lang] for name, text in _SAID.items()}


def points(value: float | Fraction, lang: Lang) -> str:
    """At most two decimals, and none that says nothing: ``1``, ``1,5``."""
    shown = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return shown.replace(".", ",") if lang == "fr" else shown
