"""A quiz as the spreadsheet that Kahoot! imports: short questions, four short options at most.

A statement that does not fit is in a text to project, under its question's number: nothing is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.model import Text
from grader.quiz import plain, words
from grader.quiz.carry import Notes
from grader.quiz.item import Group, Item, Option, Part, Quiz
from grader.quiz.policy import Policy
from grader.quiz.sheets import workbook

TITLE = Text("Kahoot! (tableur)", "Kahoot! (spreadsheet)")
CARRIES = frozenset({"choice", "choices"})
SCORES = False  # points are for speed
QUESTION, ANSWER, OPTIONS = 120, 75, 4
ROOM = 16  # for the number of a statement that is beside
SECONDS = (5, 10, 20, 30, 60, 90, 120, 240)
HEAD = (
    "",
    f"Question - max {QUESTION} characters",
    *(f"Answer {n} - max {ANSWER} characters" for n in range(1, OPTIONS + 1)),
    "Time limit (sec) – 5, 10, 20, 30, 60, 90, 120, or 240 secs",
    "Correct answer(s) - choose at least one",
)
ABOVE = 7  # rows of Kahoot!'s template before the headings

LONG = Text(f"une question de plus de {QUESTION} caractères", f"a question of more than {QUESTION} characters")
LONG_ANSWER = Text(f"une proposition de plus de {ANSWER} caractères", f"an option of more than {ANSWER} characters")
MANY = Text(f"plus de {OPTIONS} propositions", f"more than {OPTIONS} options")
FEWER = Text(f"{OPTIONS} de ses propositions", f"{OPTIONS} of its options")
BESIDE = Text(
    "la question sans son énoncé, qui est dans le fichier à projeter",
    "the question without its statement, which is in the text to project",
)
TOGETHER = Text(f"ensemble, plus de {QUESTION} caractères", f"together, more than {QUESTION} characters")
SEE = Text("(Énoncé {}) ", "(Statement {}) ")


def write(quiz: Quiz, _policy: Policy, notes: Notes) -> dict[str, bytes]:
    found = plain.every(quiz, CARRIES, notes, _fits, _too_many)
    if not found:
        return {}
    title: list[Sequence[str | int]] = [[], ["", quiz.title], ["", "partiel"]]
    rows: list[Sequence[str | int]] = []
    told: dict[str, int] = {}  # a statement's number, once for its questions
    for n, (group, item, part) in enumerate(found, 1):
        asked = _asked(item, part)
        if not asked:
            notes.add(item, part, BESIDE, TOGETHER)
            asked = SEE[quiz.lang].format(told.setdefault(words.text(item.statement), len(told) + 1)) + _alone(part)
        rows.append(_row(n, group, item, part, asked, notes))
    sheet = [*title, *([] for _ in range(ABOVE - len(title))), HEAD, *rows]
    files = {f"{quiz.id}-kahoot.xlsx": workbook(sheet, "kahoot", widths=(5, 70, 25, 25, 25, 25, 12, 12))}
    if told:
        beside = (f"{SEE[quiz.lang].format(n).strip()}\n\n{statement}\n" for statement, n in told.items())
        files[f"{quiz.id}-kahoot.txt"] = "\n\n".join(beside).encode()
    return files


def _asked(item: Item, part: Part) -> str:
    """The statement and the question on one line, nothing where that is too long or needs several."""
    line = plain.one_line(plain.asked(item, part))
    return line if len(line) <= QUESTION and not plain.lines(item, part) else ""


def _alone(part: Part) -> str:
    return plain.one_line((*part.prompt, *part.how))


def _fits(item: Item, part: Part) -> Text | None:
    bare = replace(item, statement=())
    if why := plain.picture(item, part) or plain.lines(bare, part):
        return why
    if not _asked(item, part) and len(_alone(part)) > QUESTION - ROOM:
        return LONG
    return LONG_ANSWER if any(len(plain.one_line(option.words)) > ANSWER for option in kept(part)) else None


def _too_many(_item: Item, part: Part) -> Text | None:
    return MANY if part.kind == "choices" and len(part.options) > OPTIONS else None


def kept(part: Part) -> tuple[Option, ...]:
    """The right option and the first wrong ones, those of the misconceptions before others, in printed order."""
    if part.kind == "choices" or len(part.options) <= OPTIONS:
        return part.options
    wrong = sorted((o for o in part.options if not o.right), key=lambda option: not option.feedback)
    stay = {option.name for option in wrong[: OPTIONS - 1]}
    return tuple(option for option in part.options if option.right or option.name in stay)


def _row(n: int, group: Group, item: Item, part: Part, asked: str, notes: Notes) -> list[str | int]:
    options = kept(part)
    if len(options) < len(part.options):
        notes.add(item, part, FEWER, MANY)
    right = ",".join(str(place) for place, option in enumerate(options, 1) if option.right)
    texts = [plain.one_line(option.words) for option in options]
    return [n, asked, *texts, *[""] * (OPTIONS - len(texts)), _seconds(group), right]


def _seconds(group: Group) -> int:
    """The exercise's time shared between its questions, as the nearest one above that Kahoot! offers."""
    each = group.minutes * 60 / max(1, len(group.items[0].parts)) or 60
    return next((allowed for allowed in SECONDS if allowed >= each), SECONDS[-1])
