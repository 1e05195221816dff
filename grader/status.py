"""A verdict's status in words, and as a sign that needs no colour."""

from __future__ import annotations

from collections.abc import Mapping

from grader.model import Status, Text

WORDS: Mapping[Status, Text] = {
    Status.CORRECT: Text("Juste", "Right"),
    Status.PARTIAL: Text("En partie juste", "Partly right"),
    Status.WRONG: Text("Faux", "Wrong"),
    Status.MISSING: Text("Pas de réponse", "No answer"),
    Status.UNREADABLE: Text("Illisible", "Could not be read"),
    Status.CRASHED: Text("Erreur à l’exécution", "Error when run"),
    Status.EXHAUSTED: Text("Limite dépassée", "Over a limit"),
    Status.WAITING: Text("À noter par un enseignant", "To be marked by a teacher"),
    Status.WITHDRAWN: Text("Question retirée", "Withdrawn"),
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
    Status.WAITING: "✎",
    Status.WITHDRAWN: "⊘",
    Status.BROKEN: "…",
}
