"""A quiz as one HTML page to practise with: it answers at once, offline, and keeps nothing.

Whoever looks for the answers in the file finds them: it is no exam, and the page says so.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from html import escape
from typing import Any

from grader import content, render, tex
from grader.model import Lang, Text
from grader.quiz import answered, carry, words
from grader.quiz.carry import Notes
from grader.quiz.item import KINDS, Number, Part, Quiz
from grader.quiz.moodle.kinds import SHOWN, entries, letters
from grader.quiz.policy import Policy
from grader.quiz.words import Node, Words

TITLE = Text("page d'entraînement (HTML)", "practice page (HTML)")
CARRIES = frozenset(KINDS) - {"formula", "code"}
READ = Text("une question ouverte, avec sa solution", "an open question, with its solution")

SAID: dict[str, Text] = {
    "answers": Text("Votre réponse", "Your answer"),
    "check": Text("Vérifier", "Check"),
    "solution": Text("Voir la solution", "Show the solution"),
    "worked": Text("Solution", "Solution"),
    "right": Text("Juste.", "Correct."),
    "wrong": Text("Pas encore.", "Not yet."),
    "partly": Text("En partie : {} sur {}.", "Partly: {} of {}."),
    "empty": Text("Répondez d'abord.", "Answer first."),
    "number": Text("Écrivez un nombre, par exemple 3,5.", "Write a number, for example 3.5."),
    "score": Text("{} juste(s) sur {}", "{} of {} correct"),
    "place": Text("place", "place"),
    "unused": Text("ne sert pas", "not used"),
    "choose": Text("choisissez", "choose"),
    "field": Text("case", "field"),
    "question": Text("Question", "Question"),
    "answer": Text("Réponse :", "Answer:"),
    "script": Text(
        "Cette page a besoin de JavaScript pour vérifier vos réponses ; elle ne charge rien et n'envoie rien.",
        "This page needs JavaScript to check your answers; it loads nothing and sends nothing.",
    ),
    "about": Text(
        "Page d'entraînement : rien n'est noté, enregistré ni envoyé. Les réponses sont dans ce fichier, à peine"
        " cachées : il ne convient pas à un examen.",
        "A practice page: nothing is graded, kept or sent. The answers are in this file, barely hidden: it does not"
        " suit an exam.",
    ),
}


def write(quiz: Quiz, _policy: Policy, notes: Notes) -> dict[str, bytes]:
    keys: dict[str, Any] = {}
    sections = []
    number = 0
    for item in quiz.items:
        questions = []
        for part in item.parts:
            for form in carry.nearest(item, part, CARRIES, notes):
                number += 1
                if part.kind == "text":
                    notes.add(item, part, READ)
                questions.append({"number": number, "part": form, "html": _body(form, quiz.lang)})
                keys[form.id] = _key(form, quiz.lang)
        told = {"title": item.title, "id": item.id, "statement": html(item.statement), "solution": html(item.solution)}
        sections.append({**told, "questions": questions})
    page = render.page(
        content.root() / "templates",
        "selftest/page.html.j2",
        quiz=quiz,
        sections=sections,
        total=sum(key["kind"] != "text" for key in keys.values()),
        key=base64.b64encode(json.dumps(keys, ensure_ascii=False, sort_keys=True).encode()).decode(),
        said={name: render.typography(text[quiz.lang], quiz.lang) for name, text in SAID.items()},
    )
    return {f"{quiz.id}.html": page.encode()}


@lru_cache(maxsize=4096)
def html(text: Words) -> str:
    return words.html(text, lambda latex, display: tex.mathml(latex, display=display), _image)


def _image(node: Node) -> str:
    return f'<img src="data:{node.mime};base64,{base64.b64encode(node.data).decode()}" alt="{escape(node.text)}"/>'


def _body(part: Part, lang: Lang) -> dict[str, Any]:
    """What the template shows of a question, by kind."""
    prompt, how = part.prompt, part.how
    shown: dict[str, Any] = {"options": [(option.label, html(option.words)) for option in part.options]}
    if part.kind == "matching":
        said = entries(part)
        if any(option.label == said[option.name] for option in part.options):
            prompt += letters(part)
        shown["stems"] = [html(stem) for _, stem, _ in part.stems]
        shown["menu"] = [said[option.name] for option in part.options]
    elif part.kind == "ordering":
        shown["places"] = range(1, len(part.order) + 1)
    elif part.kind in ("table", "grid"):
        fields = [(n, html(one.label), words.text(one.label)) for n, one in enumerate(part.fields)]
        shown["rows"] = [fields[n : n + part.columns] for n in range(0, len(fields), part.columns)]
    elif part.kind == "shape":
        example = next(one for one in ("(12, 7, 5)", "(7, 5, 12)") if one not in part.accepted)
        how = (Node("paragraph", children=(Node("text", SHOWN[lang]), Node("code", example))),)
    return {**shown, "prompt": html(prompt), "how": html(how)}


def _key(part: Part, lang: Lang) -> dict[str, Any]:
    """What the page's script judges by."""
    known: list[Any] = [[list(one.value), html(one.feedback)] for one in part.known]
    key: dict[str, Any] = {"kind": part.kind, "known": known, "answer": html(answered.right(part, lang))}
    names = [option.name for option in part.options]
    if part.kind in ("choice", "choices"):
        key["right"] = [n for n, option in enumerate(part.options) if option.right]
        key["credit"] = [float(option.credit) for option in part.options]
        key["said"] = [html(option.feedback) for option in part.options]
        key["strict"] = part.all_or_nothing
    if part.kind in ("choice", "choices", "matching", "ordering"):
        key["known"] = [[[names.index(name) for name in one.value if name in names], html(one.feedback)]
                        for one in part.known]  # fmt: skip
    if part.kind == "numeric" and part.number:
        key["number"] = _number(part.number)
    elif part.kind == "short":
        key["right"] = list(part.accepted)
    elif part.kind == "matching":
        key["right"] = [names.index(right) for _, _, right in part.stems]
    elif part.kind == "ordering":
        key["right"] = [names.index(name) for name in part.order]
        key["before"] = [[names.index(one), names.index(other)] for one, other in part.before]
    elif part.fields:
        key["fields"] = [
            {"number": _number(one.number) if one.number else None, "text": one.text,
             "known": [[known.value[0], html(known.feedback)] for known in one.known]}
            for one in part.fields
        ]  # fmt: skip
    return key


def _number(number: Number) -> dict[str, Any]:
    return {"value": number.value, "tolerance": number.tolerance, "integer": number.integer}
