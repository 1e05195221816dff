"""Questions for formats that know text alone: which ones fit, which ones do not and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator

from grader.model import Text
from grader.quiz import carry, words
from grader.quiz.carry import Notes
from grader.quiz.item import Group, Item, Part, Quiz
from grader.quiz.words import Words

PICTURE = Text("une image y est nécessaire", "it needs a picture")
LINES = Text("du code ou un tableau y prend plusieurs lignes", "its code or table takes several lines")
NONE_RIGHT = Text("aucune proposition n'est juste", "no option is right")
VARIANTS = Text("{} variante(s) sur {}", "{} variant(s) of {}")

Fits = Callable[[Item, Part], Text | None]  # why a question does not fit, None if it does


def asked(item: Item, part: Part) -> Words:
    """The exercise's statement, then the question: it is read alone."""
    return (*item.statement, *part.prompt, *part.how)


def texts(item: Item, part: Part) -> Iterator[Words]:
    yield asked(item, part)
    yield from (option.words for option in part.options)
    yield from (stem for _, stem, _ in part.stems)


def picture(item: Item, part: Part) -> Text | None:
    return PICTURE if any(words.images(text) for text in texts(item, part)) else None


def lines(item: Item, part: Part) -> Text | None:
    """For formats of one line: what would be unreadable on it."""
    for text in texts(item, part):
        for node in words.every(text):
            if node.kind == "table" or (node.kind == "code_block" and "\n" in node.text.strip()):
                return LINES
    return None


def one_line(content: Words) -> str:
    """Every blank is a space, but those that do not break."""
    return " ".join(part for part in words.text(content).replace("\t", " ").replace("\n", " ").split(" ") if part)


def single(item: Item, part: Part, notes: Notes) -> Part:
    """Several choices of which none is right, as one choice: no format of text wants them."""
    if part.kind == "choices" and part.twin and not any(option.right for option in part.options):
        notes.add(item, part, carry.FORM["choice"], NONE_RIGHT)
        return part.twin
    return part


def questions(group: Group, carries: Collection[str], notes: Notes, *fits: Fits) -> Iterator[tuple[Item, Part]]:
    """What fits of a group, in order. What does not is named, with how many of its variants are there."""
    written: Counter[str] = Counter()
    refused: dict[str, tuple[Item, Part, Text]] = {}
    for item in group.items:
        for part in item.parts:
            said = Notes()
            forms = carry.nearest(item, single(item, part, said), carries, said)
            if any(note.left_out for note in said.all):
                notes.found |= said.found
                continue
            why = next((why for form in forms for fit in fits if (why := fit(item, form))), None)
            if why:
                refused.setdefault(part.name, (item, part, why))
                continue
            written[part.name] += 1
            notes.found |= {key: note for key, note in said.found.items() if key not in notes.found}
            yield from ((item, form) for form in forms)
    for name, (item, part, why) in refused.items():
        if not written[name]:
            notes.left_out(item, part, why)
        else:
            facts = (written[name], len(group.items))
            notes.add(item, part, Text(VARIANTS.fr.format(*facts), VARIANTS.en.format(*facts)), why)


def every(quiz: Quiz, carries: Collection[str], notes: Notes, *fits: Fits) -> list[tuple[Group, Item, Part]]:
    return [(group, *one) for group in quiz.groups for one in questions(group, carries, notes, *fits)]
