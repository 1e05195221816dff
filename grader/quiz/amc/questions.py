"""One question as Auto Multiple Choice has it, with its boxes and its scoring. No comma inside a scoring formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from grader import render
from grader.model import Lang, Text
from grader.quiz.amc.latex import latex, number, spans, text
from grader.quiz.item import Number, Part
from grader.quiz.words import Words

LINES = 8  # to write on
MOST_DIGITS = 11
STEPS = 4  # what a marker can give: so many parts of the points
EXPLAINED = Text("Solution", "Solution")


@dataclass(frozen=True, slots=True)
class Boxes:
    """Columns of digits: as many for every variant of a question, so that they tell nothing of the answer."""

    digits: int
    decimals: int
    sign: bool


def boxes(parts: Sequence[Part]) -> Boxes:
    """For the right numbers and the expected wrong ones of a question's variants."""
    numbers = [part.number for part in parts if part.number]
    decimals = max(_decimals(one) for one in numbers)
    values = [one.value for one in numbers] + [known.value[0] for part in parts for known in part.known]
    shown = [abs(Decimal(value)) for value in values if len(value) < 40]
    whole = max(len(str(int(value))) for value in shown)
    return Boxes(whole + decimals, decimals, any(Decimal(value) < 0 for value in values))


def _decimals(one: Number) -> int:
    """Enough to tell what is right from what is not."""
    if one.integer and Decimal(one.tolerance) < 1:
        return 0
    written = one.shown.replace(",", ".")
    shown = len(written.partition(".")[2])
    for digits in range(12):
        low, high = _range(one, digits)
        if digits >= shown and low <= high and (high - low >= 2 or Decimal(one.value) * 10**digits % 1 == 0):
            return digits
    return 12


def _range(one: Number, decimals: int) -> tuple[int, int]:
    """What is right, as whole numbers of the last digit."""
    value, tolerance = Fraction(one.value), Fraction(one.tolerance)
    return ceil((value - tolerance) * 10**decimals), floor((value + tolerance) * 10**decimals)


def target(one: Number, decimals: int) -> tuple[str, int]:
    """A number of so many decimals, and how far in its last digit an answer may be: never out of the tolerance."""
    low, high = _range(one, decimals)
    nearest = min(max(round(Fraction(one.value) * 10**decimals), low), high)
    return number(Fraction(nearest, 10**decimals)), min(nearest - low, high - nearest)


def question(part: Part, columns: Boxes | None, lang: Lang, explained: Words = ()) -> str:
    worth = text(f"({render.points(part.points, lang)} pt{'s' if part.points >= 2 else ''})")
    prompt = latex(part.prompt).strip() + rf" \hfill {worth}"
    after = f"\n  \\explain{{{latex(explained).strip()}}}" if explained else ""
    match part.kind:
        case "choice":
            return _framed("question", part, _choice(part), prompt, _listed(part) + after)
        case "choices":
            return _framed("questionmult", part, _choices(part), prompt, _listed(part) + after)
        case "numeric":
            assert columns is not None
            return _framed("questionmultx", part, "", prompt, _numeric(part, columns, lang) + after)
    expected = "".join(rf"\item {{}}{spans(check)} " for check in part.checks)
    judged = f"\n  \\explain{{\\begin{{itemize}}{expected}\\end{{itemize}}}}" if expected else ""
    return _framed("question", part, "", prompt, _open(part, lang) + judged + after)


def name_of(id: str) -> str:
    """AMC prints a question's name in its catalogue: ``_`` would be a sign of LaTeX there. Ids have no point."""
    return id.replace("_", ".")


def id_of(name: str) -> str:
    return name.replace(".", "_")


def _framed(kind: str, part: Part, scoring: str, prompt: str, body: str) -> str:
    said = rf"\bareme{{{scoring}}}" if scoring else ""
    return f"  \\begin{{{kind}}}{{{name_of(part.id)}}}{said}\n  {prompt}\n{body}\n  \\end{{{kind}}}\n"


def _listed(part: Part) -> str:
    options = (rf"    \{'bonne' if o.right else 'mauvaise'}{{{spans(o.words)}}}" for o in part.options)
    return "  \\begin{reponses}[o]\n" + "\n".join(options) + "\n  \\end{reponses}"


def _choice(part: Part) -> str:
    """Two ticked boxes are a wrong choice; none is no answer."""
    cost = min((o.credit for o in part.options if not o.right), default=Fraction(0)) * part.points
    return _said({"b": part.points, "m": cost, "e": cost, "v": Fraction(0)})


def _choices(part: Part) -> str:
    if part.all_or_nothing:
        return _said({"mz": part.points, "v": Fraction(0)})
    earns = next((o.credit for o in part.options if o.right), Fraction(0)) * part.points
    costs = -min((o.credit for o in part.options if not o.right), default=Fraction(0)) * part.points
    return f"formula=NBC*{number(earns)}-NMC*{number(costs)},p=0,v=0"


def _said(facts: dict[str, Fraction]) -> str:
    return ",".join(f"{name}={number(value)}" for name, value in facts.items())


def _numeric(part: Part, columns: Boxes, lang: Lang) -> str:
    assert part.number is not None
    value, near = target(part.number, columns.decimals)
    worth = number(part.points)
    options = [
        f"digits={columns.digits}", f"decimals={columns.decimals}", f"sign={str(columns.sign).lower()}", "exact=0",
        f"approx={near}", f"scoreexact={worth}", f"scoreapprox={worth}", "scorewrong=0", "borderwidth=0pt",
    ]  # fmt: skip
    if columns.decimals:
        options.append("Tpoint={,}" if lang == "fr" else "Tpoint={.}")
    return rf"  \AMCnumericChoices{{{value}}}{{{', '.join(options)}}}"


def _open(part: Part, lang: Lang) -> str:
    """Boxes for whoever marks it: from nothing to everything."""
    given = [part.points * step / STEPS for step in range(STEPS + 1)]
    boxes = [
        rf"\{'bonne' if worth == part.points else 'mauvaise'}[{{{text(render.points(worth, lang))}}}]"
        rf"{{{text(render.points(worth, lang))}}}\bareme{{{number(worth)}}}"
        for worth in given
    ]
    return rf"  \AMCOpen{{lines={LINES}}}{{{''.join(boxes)}}}"
