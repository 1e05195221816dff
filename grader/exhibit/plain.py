"""Words as a terminal can show them: formulas in Unicode, figures as their alternative text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader import render
from grader.model import Lang, Text

FIGURE = Text(fr="[figure : {}]", en="[figure: {}]")
IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)|<img\b[^>]*?\balt=\"([^\"]*)\"[^>]*>")
FENCE = re.compile(r"(^```.*?^```[ \t]*$)", re.DOTALL | re.MULTILINE)

SIGNS = dict(
    pair.split("=")
    for pair in (
        "times=× cdot=· approx=≈ geq=≥ leq=≤ ge=≥ le=≤ neq=≠ ne=≠ pm=± infty=∞ mid=| odot=⊙ in=∈"
        " leftarrow=← rightarrow=→ to=→ lfloor=⌊ rfloor=⌋ lceil=⌈ rceil=⌉ left= right= != |=‖ {={ }=} %=% _=_"
        " sum=∑ prod=∏ partial=∂ nabla=∇ dots=… ldots=… cdots=⋯ alpha=α beta=β gamma=γ delta=δ varepsilon=ε epsilon=ε"
        " eta=η theta=θ lambda=λ mu=μ pi=π sigma=σ phi=φ omega=ω Delta=Δ"
    ).split()
) | {",": "\u202f", ";": " ", " ": " ", "quad": "  ", "qquad": "    ", "\\": " ; "}
OVER = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7"}
RAISED = dict(zip("0123456789+-=()nit", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵗ", strict=True))
LOWERED = dict(zip("0123456789+-=()aeijnopstx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₙₒₚₛₜₓ", strict=True))
PIECE = re.compile(r"\\[a-zA-Z]+|\\.|[{}^_&]|[^\\{}^_&]")


def words(markdown: str, lang: Lang) -> str:
    """The same Markdown for a terminal. What stands in a block of code is left as it is."""
    return "".join(part if n % 2 else _prose(part, lang) for n, part in enumerate(FENCE.split(markdown)))


def _prose(markdown: str, lang: Lang) -> str:
    shown = IMAGE.sub(lambda found: FIGURE[lang].format(found[1] or found[2] or ""), markdown)
    return render.MATH.sub(_formula, shown)


def _formula(found: re.Match[str]) -> str:
    shown = formula(found[0].strip("$"))
    return f"\n\n```text\n{shown}\n```\n\n" if found[0].startswith("$$") else f"`{shown}`"


def formula(tex: str) -> str:
    r"""``\frac{n + 2p}{s}`` as ``(n + 2p)/s``; an unknown macro keeps its name."""
    shown = re.sub(r"[ \n]+", " ", _run(iter(PIECE.findall(tex)))).strip()
    return re.sub(r"(?<=[⌊⌈([]) | (?=[⌋⌉)\]])", "", shown)


def _run(pieces: Iterator[str]) -> str:
    """Up to the brace that closes the group."""
    shown = ""
    for piece in pieces:
        if piece == "}":
            break
        shown += _piece(piece, pieces)
    return shown


def _piece(piece: str, pieces: Iterator[str]) -> str:
    if piece == "{":
        return _run(pieces)
    if piece in "^_":
        inner = _group(pieces)
        table, mark = (RAISED, "^") if piece == "^" else (LOWERED, "_")
        small = [table.get(character) for character in inner]
        return "".join(map(str, small)) if all(small) else mark + _held(inner)
    if piece == "&":
        return " "
    return _macro(piece[1:], pieces) if piece.startswith("\\") else piece


def _macro(name: str, pieces: Iterator[str]) -> str:
    if name in ("frac", "dfrac", "tfrac"):
        return f"{_held(_group(pieces))}/{_held(_group(pieces))}"
    if name == "sqrt":
        return f"√{_held(_group(pieces))}"
    if name in OVER:
        inner = _group(pieces)
        return inner + OVER[name] if len(inner) == 1 else f"{inner[:1]}{OVER[name]}{inner[1:]}"
    if name in ("text", "mathrm", "mathbf", "mathcal", "operatorname"):
        return _group(pieces)
    if name in ("begin", "end"):
        matrix = "matrix" in _group(pieces)
        return ("[" if name == "begin" else "]") if matrix else ""
    return SIGNS.get(name, name)


def _group(pieces: Iterator[str]) -> str:
    piece = next((piece for piece in pieces if piece.strip()), "")
    return _piece(piece, pieces).strip() if piece else ""


def title(words: str) -> str:
    """Without the marks of emphasis and of code."""
    return re.sub(r"[*`]", "", words)


def _held(inner: str) -> str:
    """In brackets, where more than one thing stands together."""
    return inner if re.fullmatch(r"[\w\u202f\u0302\u0304…]+([.,]\d+)?", inner) else f"({inner})"
