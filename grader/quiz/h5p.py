"""A quiz as an H5P question set: choices, one after the other, without the libraries that the site already has."""

from __future__ import annotations

import hashlib
import json
from html import escape
from typing import Any

from grader.model import Lang, Text
from grader.quiz import plain, words
from grader.quiz.carry import Notes
from grader.quiz.item import Item, Part, Quiz
from grader.quiz.moodle.text import file_name, math
from grader.quiz.packed import zipped
from grader.quiz.paper import press
from grader.quiz.policy import Policy
from grader.quiz.words import Node, Words

TITLE = Text("H5P (jeu de questions)", "H5P (question set)")
CARRIES = frozenset({"choice", "choices"})
SCORES = False  # its rules are its own
KEPT = ("image/png", "image/jpeg", "image/gif")  # sites refuse a package with any other picture: SVG may hold scripts
SET, CHOICE, IMAGE = ("H5P.QuestionSet", 1, 20), ("H5P.MultiChoice", 1, 16), ("H5P.Image", 1, 1)
PICTURES = Text("plusieurs images, ou une image dans une proposition", "several pictures, or one in an option")
NET = Text("juste moins faux, comme H5P compte", "right minus wrong, as H5P counts")
OWN = Text("H5P a sa propre règle", "H5P has a rule of its own")

UI: dict[str, Text] = {
    "checkAnswerButton": Text("Vérifier", "Check"),
    "submitAnswerButton": Text("Envoyer", "Submit"),
    "showSolutionButton": Text("Voir la solution", "Show solution"),
    "tryAgainButton": Text("Recommencer", "Try again"),
    "tipsLabel": Text("Afficher l'indice", "Show the hint"),
    "scoreBarLabel": Text("Vous avez :num points sur :total", "You have :num out of :total points"),
    "tipAvailable": Text("Un indice est là", "A hint is there"),
    "feedbackAvailable": Text("Un commentaire est là", "A comment is there"),
    "readFeedback": Text("Lire le commentaire", "Read the comment"),
    "wrongAnswer": Text("Réponse fausse", "Wrong answer"),
    "correctAnswer": Text("Réponse juste", "Right answer"),
    "shouldCheck": Text("Il fallait la cocher", "It should have been ticked"),
    "shouldNotCheck": Text("Il ne fallait pas la cocher", "It should not have been ticked"),
    "noInput": Text("Répondez d'abord", "Answer first"),
    "a11yCheck": Text("Vérifier les réponses", "Check the answers"),
    "a11yShowSolution": Text("Voir la solution", "Show the solution"),
    "a11yRetry": Text("Recommencer la question", "Start the question again"),
}
TEXTS: dict[str, Text] = {
    "prevButton": Text("Question précédente", "Previous question"),
    "nextButton": Text("Question suivante", "Next question"),
    "finishButton": Text("Terminer", "Finish"),
    "submitButton": Text("Envoyer", "Submit"),
    "textualProgress": Text("Question @current sur @total", "Question @current of @total"),
    "jumpToQuestion": Text("Question %d sur %total", "Question %d of %total"),
    "questionLabel": Text("Question", "Question"),
    "readSpeakerProgress": Text("Question @current sur @total", "Question @current of @total"),
    "unansweredText": Text("Sans réponse", "Unanswered"),
    "answeredText": Text("Avec réponse", "Answered"),
    "currentQuestionText": Text("Question en cours", "Current question"),
    "navigationLabel": Text("Questions", "Questions"),
}


def write(quiz: Quiz, policy: Policy, notes: Notes) -> dict[str, bytes]:
    found = plain.every(quiz, CARRIES, notes, _pictures)
    if not found:
        return {}
    images = _images({file_name(node): node for _, i, p in found for node in _shown(i, p)})
    params = {
        "introPage": {"showIntroPage": True, "startButtonText": "OK", "title": quiz.title,
                      "introduction": f"<p>{escape(policy.said(quiz.lang), quote=False)}</p>"},
        "progressType": "textual",
        "passPercentage": 50,
        "disableBackwardsNavigation": False,
        "randomQuestions": False,
        "questions": [_question(item, part, quiz.lang, notes) for _, item, part in found],
        "texts": {name: text[quiz.lang] for name, text in TEXTS.items()},
        "endGame": {"showResultPage": True, "showSolutionButton": True, "showRetryButton": True},
        "override": {"checkButton": True},
    }  # fmt: skip
    return {f"{quiz.id}.h5p": zipped({"h5p.json": _json(_head(quiz)), "content/content.json": _json(params), **images})}


def _images(drawn: dict[str, Node]) -> dict[str, bytes]:
    others = {name: node.data for name, node in drawn.items() if node.mime not in KEPT}
    redrawn = dict(press.redrawn(others, "png")) if others else {}
    return {f"content/images/{_file(node)}": redrawn.get(name, node.data) for name, node in drawn.items()}


def _file(node: Node) -> str:
    return file_name(node) if node.mime in KEPT else f"{file_name(node).partition('.')[0]}.png"


def _head(quiz: Quiz) -> dict[str, Any]:
    needed = [{"machineName": name, "majorVersion": a, "minorVersion": b} for name, a, b in (SET, CHOICE, IMAGE)]
    return {"title": quiz.title, "language": quiz.lang, "defaultLanguage": quiz.lang, "mainLibrary": SET[0],
            "embedTypes": ["iframe"], "license": "U", "preloadedDependencies": needed}  # fmt: skip


def _json(facts: Any) -> bytes:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()


def _shown(item: Item, part: Part) -> list[Node]:
    """The pictures of a question, each once."""
    return list({file_name(node): node for node in words.images(plain.asked(item, part))}.values())


def _pictures(item: Item, part: Part) -> Text | None:
    """H5P shows one picture above a question, and none in its options."""
    inside = any(words.images(option.words) for option in part.options)
    return PICTURES if inside or len(_shown(item, part)) > 1 else None


def _question(item: Item, part: Part, lang: Lang, notes: Notes) -> dict[str, Any]:
    several = part.kind == "choices"
    if several:
        notes.add(item, part, NET, OWN)
    title = f"{item.title} · {part.name} · {item.exercise}#{item.variant}"
    params: dict[str, Any] = {
        "question": html(plain.asked(item, part)),
        "answers": [
            {"text": f"<div>{html(option.words)}</div>", "correct": option.right,
             "tipsAndFeedback": {"tip": "", "chosenFeedback": html(option.feedback), "notChosenFeedback": ""}}
            for option in part.options
        ],
        "behaviour": {"enableRetry": True, "enableSolutionsButton": True, "enableCheckButton": True,
                      "type": "multi" if several else "single", "singlePoint": part.all_or_nothing,
                      "randomAnswers": True, "showSolutionsRequiresInput": True, "confirmCheckDialog": False,
                      "confirmRetryDialog": False, "autoCheck": False, "passPercentage": 100, "showScorePoints": True},
        "UI": {name: text[lang] for name, text in UI.items()},
        "overallFeedback": [{"from": 0, "to": 100, "feedback": words.text(item.solution)}],
    }  # fmt: skip
    for node in _shown(item, part):
        image = {
            "file": {"path": f"images/{_file(node)}", "mime": node.mime if node.mime in KEPT else "image/png"},
            "alt": node.text,
            "decorative": False,
        }
        params["media"] = {"disableImageZooming": False, "type": {**_library(_name(*IMAGE), part.id, "image"),
                                                                   "params": image}}  # fmt: skip
    return {**_library(_name(*CHOICE), part.id, title), "params": params}


def _name(machine: str, major: int, minor: int) -> str:
    return f"{machine} {major}.{minor}"


def _library(name: str, id: str, title: str) -> dict[str, Any]:
    """``subContentId`` is a UUID, made from the question's name."""
    found = hashlib.sha256(f"{name} {id}".encode()).hexdigest()
    uuid = f"{found[:8]}-{found[8:12]}-4{found[13:16]}-8{found[17:20]}-{found[20:32]}"
    metadata = {"contentType": name.split(maxsplit=1)[0].removeprefix("H5P."), "license": "U", "title": title[:255]}
    return {"library": name, "subContentId": uuid, "metadata": metadata}


def html(content: Words) -> str:
    """Formulas for sites that have H5P's MathDisplay; the picture stands above, with its words."""
    return words.html(content, math, lambda node: f"<em>[{escape(node.text, quote=False)}]</em>")
