"""The fixed words of a feedback page, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from grader.model import Lang, Text
from grader.render import points
from grader.status import SIGNS, WORDS

__all__ = ["SIGNS", "WORDS", "points", "said"]

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
    "measured": Text("Ce qui est mesuré", "What is measured"),
    "threshold": Text("seuil", "threshold"),
    "all_points": Text("tous les points à", "full marks from"),
    "margin": Text("Marge sur le seuil", "Margin over the threshold"),
    "run": Text("entraînement {n}", "training run {n}"),
    "counts": Text("qui compte", "which counts"),
    "colon": Text("\u202f: ", ": "),
    "curves": Text("Votre entraînement", "Your training"),
    "training": Text("Mesures", "Measurements"),
    "picture": Text("Image {n} affichée par le code", "Picture {n} shown by the code"),
    "top": Text("Haut de la page", "Back to top"),
}


def said(lang: Lang) -> dict[str, str]:
    """Every fixed word of the page, in one language."""
    return {name: text[lang] for name, text in _SAID.items()}
