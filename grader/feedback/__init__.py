"""What a student reads back, as HTML. Nothing a student wrote or printed gets there unescaped."""

from __future__ import annotations

from grader.feedback.markup import code, markdown, sentence
from grader.feedback.outputs import harmless, shown
from grader.feedback.page import Marked, Page, Part, page
from grader.feedback.solutions import solutions
from grader.feedback.training import labelled, otherwise, training
from grader.feedback.words import SIGNS, WORDS, points, said
from grader.render import typography
from grader.tex import mathml as formula

__all__ = [
    "SIGNS",
    "WORDS",
    "Marked",
    "Page",
    "Part",
    "code",
    "formula",
    "harmless",
    "labelled",
    "markdown",
    "otherwise",
    "page",
    "points",
    "said",
    "sentence",
    "shown",
    "solutions",
    "training",
    "typography",
]
