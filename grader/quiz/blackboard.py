"""A quiz as the tab-separated text that Blackboard uploads: a question on each line, its kind first."""

from __future__ import annotations

from html import escape

from grader.model import Text
from grader.quiz import carry, plain, words
from grader.quiz.carry import Notes
from grader.quiz.item import Item, Part, Quiz
from grader.quiz.policy import Policy
from grader.quiz.words import Words

TITLE = Text("Blackboard (texte tabulé)", "Blackboard (tab-separated)")
CARRIES = frozenset({"choice", "choices", "numeric", "short", "matching", "ordering", "text"})
SCORES = False  # a file says what is right, and no points
RECORDS = 500  # of a file, as Blackboard advises
ANSWERS = 100  # of a question
MANY = Text(f"plus de {ANSWERS} réponses", f"more than {ANSWERS} answers")
SHARED = Text("une réponse y sert deux fois ou ne sert pas", "an answer is used twice there, or not at all")
ORDERS = Text(
    "plusieurs ordres sont justes, ou des blocs ne servent pas", "several orders are right, or blocks are unused"
)


def write(quiz: Quiz, _policy: Policy, notes: Notes) -> dict[str, bytes]:
    found = plain.every(quiz, CARRIES, notes, plain.picture, _too_many)
    lines = [_line(item, form) for _, item, part in found for form in _fitted(item, part, notes)]
    pages = [lines[n : n + RECORDS] for n in range(0, len(lines), RECORDS)]
    names = [f"{quiz.id}-blackboard{f'-{n}' if len(pages) > 1 else ''}.txt" for n in range(1, len(pages) + 1)]
    return {name: ("\n".join(page) + "\n").encode() for name, page in zip(names, pages, strict=True)}


def _too_many(_item: Item, part: Part) -> Text | None:
    return MANY if max(len(part.options), len(part.accepted)) > ANSWERS else None


def _fitted(item: Item, part: Part, notes: Notes) -> tuple[Part, ...]:
    """Matchings are one to one there, and an order is the only one."""
    if part.kind == "matching" and sorted(right for _, _, right in part.stems) != sorted(o.name for o in part.options):
        notes.add(item, part, carry.FORM["choices"], SHARED)
        return carry.by_stem(part)
    if part.kind == "ordering" and part.twin and (part.before or len(part.order) < len(part.options)):
        return (carry.as_choice(item, part, part.twin, notes, ORDERS),)
    return (part,)


def _line(item: Item, part: Part) -> str:
    cells = [text(plain.asked(item, part))]
    by_name = {option.name: option for option in part.options}
    match part.kind:
        case "choice" | "choices":
            kind = "MC" if part.kind == "choice" else "MA"
            for option in part.options:
                cells += [text(option.words), "correct" if option.right else "incorrect"]
        case "numeric":
            assert part.number
            kind = "NUM"
            cells += [part.number.value, part.number.tolerance]
        case "short":
            kind = "FIB"
            cells += part.accepted
        case "matching":
            kind = "MAT"
            for _, stem, right in part.stems:
                cells += [text(stem), text(by_name[right].words)]
        case "ordering":
            kind = "ORD"
            cells += [text(by_name[name].words) for name in part.order]
        case _:
            kind = "ESS"
            cells += [text(item.solution)]
            cells[0] += _broken(f"<pre>{escape(part.starter.rstrip(), quote=False)}</pre>") if part.starter else ""
    return "\t".join([kind, *cells])


def text(content: Words) -> str:
    """Blackboard reads HTML there: a line ends where the record does, so ``<br>`` ends those inside it."""
    shown = words.html(
        content, lambda latex, _: escape(words.text((words.Node("math", latex),)), quote=False), _picture
    )
    return _broken(shown)


def _picture(node: words.Node) -> str:
    return f"[{escape(node.text, quote=False)}]"


def _broken(markup: str) -> str:
    pieces = markup.split("<pre>")
    rest = [_in_pre(piece) for piece in pieces[1:]]
    return "<pre>".join([_flat(pieces[0]), *rest])


def _in_pre(piece: str) -> str:
    inside, end, after = piece.partition("</pre>")
    return inside.strip("\n").replace("\t", "    ").replace("\n", "<br>") + end + _flat(after)


def _flat(piece: str) -> str:
    return piece.replace("\t", " ").replace("\n", " ")
