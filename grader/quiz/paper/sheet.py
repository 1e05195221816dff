"""What a copy asks, where it is answered, and what is right, as typst: the pages of one student."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase, ascii_uppercase

from grader import render, tex
from grader.model import Lang, Text
from grader.quiz import words
from grader.quiz.item import Copy, Group, Item, Part, Quiz
from grader.quiz.paper.formula import typst
from grader.quiz.paper.markup import markup, text
from grader.quiz.policy import Policy
from grader.quiz.words import Words

NAME = Text("Nom\u202f:", "Name:")
ANSWERS = Text("Feuille de réponses", "Answer sheet")
SOLUTIONS = Text("Corrigé", "Solutions")
MINUTES = Text("{} min", "{} min")
SEVERAL = Text("Il peut y avoir plusieurs bonnes réponses, ou aucune.", "Several answers may be right, or none.")
ORDER = Text("Écrivez les lettres dans l’ordre.", "Write the letters in order.")
SPARE = Text("Toutes les lettres ne servent pas.", "Not every letter is used.")
ONE_EACH = Text("Pour chaque ligne, une lettre.", "One letter for each row.")
RIGHT = Text("Réponse\u202f:", "Answer:")
NONE = Text("aucune", "none")
OTHERS = Text("D’autres ordres sont justes aussi.", "Other orders are right too.")
WRONG = Text("Ce que révèle une autre réponse", "What another answer reveals")
WORKED = Text("Solution", "Worked solution")
CHECKED = Text("Ce qui est attendu", "What is expected")
WITHIN = Text("à {} près", "within {}")
WRITTEN = {"text": 8, "code": 14}  # lines to write on


def copy(quiz: Quiz, one: Copy, policy: Policy) -> str:
    """The questions, then the answer sheet on a leaf of its own."""
    asked = [_head(quiz, one, "", NAME[quiz.lang])]
    if any(part.kind in ("choice", "choices") for item in one.items for part in item.parts):
        asked.append(f"#how[{text(policy.said(quiz.lang))}]\n")
    for number, item in enumerate(one.items, 1):
        asked.append(_title(quiz, item, number) + markup(item.statement))
        asked += [_question(label, part, quiz.lang) for label, part in _labelled(item)]
    asked.append(f'#pagebreak(to: "odd")\n#align(center, strong[{text(ANSWERS[quiz.lang])}])\n')
    for number, item in enumerate(one.items, 1):
        asked.append(_title(quiz, item, number, timed=False))
        asked += [_place(label, part, quiz.lang) for label, part in _labelled(item)]
    return "\n".join(asked) + "\n]\n"


def solutions(quiz: Quiz, one: Copy) -> str:
    """The same questions, each with what is right and what else says; then the worked solution."""
    said = [_head(quiz, one, SOLUTIONS[quiz.lang], NAME[quiz.lang] if one.name else "")]
    for number, item in enumerate(one.items, 1):
        said.append(
            _title(quiz, item, number)
            + f"#block(sticky: true, how[#raw({_literal(item.id)})])\n\n"
            + markup(item.statement)
        )
        for label, part in _labelled(item):
            said.append(_question(label, part, quiz.lang))
            said.append(f"#solved[{_right(part, quiz.lang)}\n\n{_revealed(part, quiz.lang)}]")
        said.append(f"#heading(level: 2)[{text(WORKED[quiz.lang])}]\n{markup(item.solution)}")
    return "\n".join(said) + "\n]\n"


def _literal(said: str) -> str:
    return text(said).removeprefix("#")


def _head(quiz: Quiz, one: Copy, kind: str, label: str) -> str:
    facts = {
        "lang": quiz.lang,
        "page-size": {"letter": "us-letter"}.get(quiz.page, quiz.page),
        "title": quiz.title,
        "kind": kind,
        "name-label": label,
        "code": one.code,
    }
    written = ", ".join(f"{name}: {_literal(said) or chr(34) * 2}" for name, said in facts.items())
    name = _literal(one.name) or "none"
    return f'#import "sheet.typ": *\n#sheet({written}, name: {name})[\n'


def _title(quiz: Quiz, item: Item, number: int, *, timed: bool = True) -> str:
    group = _group(quiz, item)
    minutes = MINUTES[quiz.lang].format(group.minutes) if group and group.minutes and timed else ""
    return f"#exercise({number}, {_literal(item.title) or chr(34) * 2}, {_literal(minutes) or chr(34) * 2})\n"


def _group(quiz: Quiz, item: Item) -> Group | None:
    return next((group for group in quiz.groups if group.exercise == item.exercise), None)


def _labelled(item: Item) -> Iterator[tuple[str, Part]]:
    yield from zip((f"{letter})" for letter in ascii_lowercase), item.parts, strict=False)


def _worth(part: Part, lang: Lang) -> str:
    many = "s" if part.points >= 2 else ""
    return text(f"{render.points(part.points, lang)}\u00a0pt{many}")


# ── what is asked ────────────────────────────────────────────────────────────


def _question(label: str, part: Part, lang: Lang) -> str:
    body = markup(part.prompt) + _shown(part, lang)
    return f"#question({_literal(label)}, [{_worth(part, lang)}])[\n{body}\n]\n"


def _shown(part: Part, lang: Lang) -> str:
    match part.kind:
        case "choice":
            return _options(part)
        case "choices":
            return _options(part) + _how(SEVERAL[lang])
        case "ordering":
            more = f" {SPARE[lang]}" if len(part.order) < len(part.options) else ""
            return _options(part) + _how(ORDER[lang] + more)
        case "matching":
            stems = [f"option[{n}.][{_spans(said)}]" for n, (_, said, _) in enumerate(part.stems, 1)]
            return f"#options({', '.join(stems)})\n\n" + _options(part) + _how(ONE_EACH[lang])
        case "code":
            return markup((words.Node("code_block", part.starter),)) if part.starter else ""
    return ""


def _spans(said: Words) -> str:
    return markup(words.inline(said)).strip()


def _options(part: Part) -> str:
    shown = (f"option[{text(o.label)}.][{_spans(o.words)}]" for o in part.options)
    return f"#options({', '.join(shown)})\n\n"


def _how(said: str) -> str:
    return f"#how[{text(said)}]\n\n"


# ── where it is answered ─────────────────────────────────────────────────────


def _place(label: str, part: Part, lang: Lang) -> str:
    return f"#place({_literal(label)}, [{_worth(part, lang)}])[\n{_blanks(part)}\n]\n"


def _blanks(part: Part) -> str:
    match part.kind:
        case "choice":
            return " #h(4pt) ".join(f'#bubble("{o.label}")' for o in part.options)
        case "choices":
            return " #h(4pt) ".join(f'#square-of("{o.label}")' for o in part.options)
        case "matching":
            bubbles = " #h(4pt) ".join(f'#bubble("{letter.label}")' for letter in part.options)
            return "\n\n".join(f"*{n}.* #h(6pt) {bubbles}" for n in range(1, len(part.stems) + 1))
        case "ordering":
            return " #h(3pt) ".join("#slot" for _ in part.options)
        case "table":
            rows = (f"[{_spans(one.label)}], blank(width: 4cm)" for one in part.fields)
            return f"#grid(columns: 2, column-gutter: 10pt, row-gutter: 5pt, align: left + horizon, {', '.join(rows)})"
        case "grid" | "shape":
            blanks = ", ".join("blank(width: 1.6cm)" for _ in part.fields)
            made = f"#box(baseline: 50%, grid(columns: {part.columns}, column-gutter: 5pt, row-gutter: 5pt, {blanks}))"
            return f"( {made} )" if part.kind == "shape" else made
        case "formula" | "short":
            return "#blank(width: 11cm)"
        case "text" | "code":
            return f"#lines({WRITTEN[part.kind]})"
    return "#blank()"


# ── what is right ────────────────────────────────────────────────────────────


def answer(part: Part, lang: Lang) -> str:
    """What is right, in a line of characters; nothing where a person judges."""
    colon = "\u202f: " if lang == "fr" else ": "
    between = "\u202f; " if lang == "fr" else "; "
    match part.kind:
        case "choice" | "choices":
            return ", ".join(o.label for o in part.options if o.right) or NONE[lang]
        case "numeric":
            return part.number.shown if part.number else ""
        case "matching":
            pairs = (f"{n} → {_letter(part, right)}" for n, (_, _, right) in enumerate(part.stems, 1))
            return between.join(pairs)
        case "ordering":
            return " → ".join(_letter(part, name) for name in part.order)
        case "table":
            rows = (f"{words.text(f.label)}{colon}{f.number.shown if f.number else f.text}" for f in part.fields)
            return between.join(rows)
        case "grid":
            shown = [f.number.shown if f.number else f.text for f in part.fields]
            lines = (shown[n : n + part.columns] for n in range(0, len(shown), part.columns))
            return " | ".join("  ".join(line) for line in lines)
        case "formula" | "short" | "shape":
            return part.accepted[0] if part.accepted else ""
    return ""


def _letter(part: Part, name: str) -> str:
    return next(letter for o, letter in zip(part.options, ascii_uppercase, strict=False) if o.name == name)


def _right(part: Part, lang: Lang) -> str:
    said = answer(part, lang)
    more = ""
    if part.kind == "table":
        colon, between = (text(f"\u202f{sign} " if lang == "fr" else f"{sign} ") for sign in ":;")
        rows = (f"{_spans(f.label)}{colon}{text(f.number.shown if f.number else f.text)}" for f in part.fields)
        said, more = "", between.join(rows)
    elif part.kind == "formula":
        more = f" #h(6pt) ${typst(tex.written(said, part.variables))}$"
    elif part.kind == "choice":
        more = " #h(6pt) " + "".join(_spans(o.words) for o in part.options if o.right)
    elif part.kind == "numeric" and part.number and part.number.tolerance.strip("0."):
        tolerance = part.number.tolerance.replace(".", ",") if lang == "fr" else part.number.tolerance
        more = text(f" ({WITHIN[lang].format(tolerance)})")
    elif part.kind == "ordering" and part.before:
        more = text(f" ({OTHERS[lang]})")
    shown = f"#strong[{text(RIGHT[lang])}] {text(said)}{more}\n\n" if said or more else ""
    expected = "".join(f"[{_spans(check)}]" for check in part.checks)
    return shown + (f"#strong[{text(CHECKED[lang])}]\n#list{expected}\n" if expected else "")


def _revealed(part: Part, lang: Lang) -> str:
    """What wrong answers say, for the marker and for the student who gets the copy back."""
    ideas: Sequence[str] = [
        f"[#strong[{text(one.shown)}] #h(4pt) {_spans(one.feedback)}]"
        for one in part.known
        if one.shown and one.feedback
    ]  # fmt: skip
    return f"#how[{text(WRONG[lang])}]\n#list{''.join(ideas)}\n" if ideas else ""
