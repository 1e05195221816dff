"""What a format can carry, the nearest form where it cannot, and the report that says so by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from string import ascii_uppercase

from grader.model import Lang, Text
from grader.quiz.item import Group, Item, Kind, Option, Part
from grader.quiz.words import Node, Words

KIND = {
    "choice": Text("choix", "choice"),
    "choices": Text("choix multiples", "several choices"),
    "numeric": Text("nombre", "number"),
    "short": Text("réponse courte", "short answer"),
    "matching": Text("appariement", "matching"),
    "ordering": Text("mise en ordre", "ordering"),
    "table": Text("tableau", "table"),
    "grid": Text("matrice", "matrix"),
    "shape": Text("forme", "shape"),
    "formula": Text("formule", "formula"),
    "text": Text("texte libre", "free text"),
    "code": Text("code", "code"),
}
FORM = {
    "choice": Text(
        "un choix entre la réponse et ses idées fausses", "one choice between the answer and its wrong ideas"
    ),
    "numbers": Text("une question à un nombre par case", "one question with one number for each place"),
    "choices": Text("une question à choix par ligne", "one choice for each row"),
    "short": Text("une réponse courte, dans ses écritures courantes", "a short answer, in its usual spellings"),
    "text": Text("un texte libre, lu par une personne", "free text, read by a person"),
}
ALONE = Text("chaque case jugée seule", "each field judged alone")
FOLLOWS = Text(
    "le notebook admet les cases qui se déduisent d'une case fausse",
    "the notebook accepts fields that follow from a wrong one",
)
# In order: the form of its own, then what is nearest. A name of a kind, or one of the forms below.
NEAREST: Mapping[Kind, tuple[str, ...]] = {
    "choice": (),
    "choices": ("choice",),
    "numeric": ("choice",),
    "short": ("text",),
    "matching": ("choices_by_row", "choice"),
    "ordering": ("choice",),
    "table": ("numbers", "choice"),
    "grid": ("choice", "numbers"),
    "shape": ("short", "choice"),
    "formula": ("choice",),
    "text": (),
    "code": ("text",),
}


NOTHING = Text("", "")
NONE_RIGHT = Text("aucune proposition n'est juste", "no option is right")


@dataclass(frozen=True, slots=True)
class Note:
    """One question that is not carried as it is. ``used`` is empty where it had to be left out."""

    exercise: str
    part: str
    kind: Kind
    used: Text
    why: Text = NOTHING

    @property
    def left_out(self) -> bool:
        return not self.used.en

    def said(self, lang: Lang) -> str:
        used = self.used[lang] or ("laissée de côté" if lang == "fr" else "left out")
        why = f" ({self.why[lang]})" if self.why[lang] else ""
        colon = " :" if lang == "fr" else ":"
        return f"{self.exercise}.{self.part}, {KIND[self.kind][lang]}{colon} {used}{why}"


@dataclass(frozen=True, slots=True)
class Size:
    """How many variants of an exercise were asked for, written, and there to draw from."""

    exercise: str
    asked: int
    given: int
    space: int

    def said(self, lang: Lang) -> str:
        if lang == "fr":
            return f"{self.exercise} : {self.given} variantes au lieu de {self.asked} ; il n'y en a que {self.space}"
        return f"{self.exercise}: {self.given} variants instead of {self.asked}; there are only {self.space}"


@dataclass(frozen=True, slots=True)
class Report:
    notes: tuple[Note, ...] = ()
    short: tuple[Size, ...] = ()  # exercises with fewer variants than asked for
    policy: Text = NOTHING

    def lines(self, lang: Lang) -> list[str]:
        return [*(one.said(lang) for one in self.short), *(one.said(lang) for one in self.notes)]


@dataclass
class Notes:
    """What a format gathers while it writes: each question of an exercise is reported once, not once a variant."""

    found: dict[tuple[str, str, str], Note] = field(default_factory=dict)

    def add(self, item: Item, part: Part, used: Text, why: Text = NOTHING) -> None:
        self.found.setdefault((item.exercise, part.name, used.en), Note(item.exercise, part.name, part.kind, used, why))

    def left_out(self, item: Item, part: Part, why: Text) -> None:
        self.add(item, part, NOTHING, why)

    @property
    def all(self) -> tuple[Note, ...]:
        return tuple(self.found.values())


def nearest(item: Item, part: Part, carries: Collection[str], notes: Notes) -> tuple[Part, ...]:
    """``part`` itself where its kind is in ``carries``, else its nearest forms, noted; nothing where there is none."""
    if part.follows:
        notes.add(item, part, ALONE, FOLLOWS)
    if part.kind in carries:
        return (part,)
    for form in NEAREST[part.kind]:
        if made := _form(form, part, carries):
            said = {"numbers": "numbers", "choices_by_row": "choices"}.get(form, form)
            notes.add(item, part, FORM[said])
            return made
    notes.left_out(item, part, Text("aucune forme proche dans ce format", "this format has no near form"))
    return ()


def fitted(item: Item, part: Part, notes: Notes, none_right: Text = NONE_RIGHT) -> Part:
    """As one choice, where engines would score otherwise: several orders are right, or none of several choices is."""
    if part.twin and part.kind == "ordering" and part.before:
        return as_choice(item, part, part.twin, notes)
    if part.twin and part.kind == "choices" and not any(option.right for option in part.options):
        return as_choice(item, part, part.twin, notes, none_right)
    return part


def as_choice(item: Item, part: Part, twin: Part, notes: Notes, why: Text = NOTHING) -> Part:
    notes.add(item, part, FORM["choice"], why)
    return twin


def _form(form: str, part: Part, carries: Collection[str]) -> tuple[Part, ...]:
    if form == "choice" and "choice" in carries:
        return (part.twin,) if part.twin else ()
    if form == "numbers" and "numeric" in carries:
        return by_field(part)
    if form == "choices_by_row" and "choice" in carries:
        return by_stem(part)
    if form in ("short", "text") and form in carries:
        return (replace(part, kind="short" if form == "short" else "text", note=form),)
    return ()


def by_field(part: Part) -> tuple[Part, ...]:
    """A table, a grid or a shape as questions of one number each, their points shared; nothing if one is no number."""
    if not part.fields or any(one.number is None for one in part.fields):
        return ()
    share = part.points / len(part.fields)
    how = part.how[:-1] if part.follows else part.how  # there is no other one to follow from
    return tuple(
        Part(
            f"{part.id}-{n}", f"{part.name}.{one.name}", "numeric", _with(part.prompt, part.one + _place(part, n)),
            share, how, number=one.number, known=one.known, note="numbers",
        )
        for n, one in enumerate(part.fields, 1)
    )  # fmt: skip


def _place(part: Part, n: int) -> Words:
    one = part.fields[n - 1]
    if one.label:
        return one.label
    row, column = divmod(n - 1, part.columns)
    return (
        Node("paragraph", children=(Node("text", f"({row + 1} ; {column + 1})" if part.kind == "grid" else f"({n})"),)),
    )


def by_stem(part: Part) -> tuple[Part, ...]:
    """A matching as one choice for each of its rows, their points shared."""
    share = part.points / len(part.stems)
    made = []
    for n, (_, words, right) in enumerate(part.stems, 1):
        options = tuple(
            Option(o.name, letter, o.words, o.name == right, Fraction(int(o.name == right)))
            for o, letter in zip(part.options, ascii_uppercase, strict=False)
        )
        made.append(
            Part(f"{part.id}-{n}", f"{part.name}.{n}", "choice", _with(part.prompt, words), share, options=options,
                 note="choices")
        )  # fmt: skip
    return tuple(made)


def _with(prompt: Words, label: Words) -> Words:
    return prompt + label


def sizes(groups: Collection[Group], asked: int) -> tuple[Size, ...]:
    return tuple(Size(g.exercise, asked, len(g.items), g.space) for g in groups if len(g.items) < asked)
