"""Formulas as each target writes them: MathML, a line of Unicode, LaTeX. No other module imports latex2mathml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import Any
from xml.etree import ElementTree

from latex2mathml.converter import convert

from grader.formula import tree_of

# ── MathML ───────────────────────────────────────────────────────────────────

_CHILDREN = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "mroot": 2, "msubsup": 3, "munderover": 3}
_ELEMENTS = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msqrt", "mtable", "mtr", "mtd", "mstyle", "mpadded"}
_ATTRIBUTES = {
    *("accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle"),
    *("fence", "form", "height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize"),
    *(
        "movablelimits",
        "rowlines",
        "rowspacing",
        "rspace",
        "scriptlevel",
        "separator",
        "stretchy",
        "symmetric",
        "width",
    ),
}


@lru_cache(maxsize=4096)
def mathml(tex: str, *, display: bool = False) -> str:
    r"""LaTeX as MathML, or as code where the converter does not know it.

    latex2mathml lets unknown macros, unfinished fractions, links and whatever is inside ``\text`` through as they
    are. Only elements and attributes known to make formulas are believed, with no backslash left over.
    """
    as_code = f'<code class="tex">{escape(tex)}</code>'
    try:
        written = str(convert(tex, display="block" if display else "inline"))
        root = ElementTree.fromstring(written)
    except Exception:  # noqa: BLE001  # the converter raises anything, IndexError included, on what it cannot parse
        return as_code
    return _ROUND.sub(r'<mtable class="round">\1', written) if all(map(_is_formula, root.iter())) else as_code


# Brackets grow with a matrix only where a font for mathematics is installed: the page's style draws them instead.
_ROUND = re.compile(r"<mo>&#x00028;</mo><mtable>((?:(?!<mtable).)*?</mtable>)<mo>&#x00029;</mo>", re.DOTALL)


def _is_formula(node: ElementTree.Element) -> bool:
    name = node.tag.rpartition("}")[2]
    known = name in _ELEMENTS or len(node) == _CHILDREN.get(name, -1)
    return known and set(node.attrib) <= _ATTRIBUTES and "\\" not in (node.text or "")


# ── Unicode ──────────────────────────────────────────────────────────────────

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


def unicode(tex: str) -> str:
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


def _held(inner: str) -> str:
    """In brackets, where more than one thing stands together."""
    return inner if re.fullmatch(r"[\w\u202f\u0302\u0304…]+([.,]\d+)?", inner) else f"({inner})"


# ── a student's formula ──────────────────────────────────────────────────────

_STRENGTH = {"+": 1, "-": 1, "neg": 2, "*": 2, "//": 2, "%": 2, "^": 4}
_AROUND = {"floor": (r"\lfloor", r"\rfloor"), "ceil": (r"\lceil", r"\rceil"), "abs": ("|", "|")}


def written(formula: str, names: tuple[str, ...]) -> str:
    r"""``floor(I/S) + 1`` as ``\left\lfloor \frac{I}{S} \right\rfloor + 1``. Raises ValueError(code)."""
    return _tex(tree_of(formula, names), 0)


def _tex(tree: tuple[Any, ...], least: int) -> str:
    head = tree[0]
    if head == "num":
        return str(tree[1])
    if head == "name":
        return {"π": r"\pi"}.get(tree[1], tree[1] if len(tree[1]) == 1 else rf"\mathrm{{{tree[1].replace('_', ' ')}}}")
    if head == "/":
        return rf"\frac{{{_tex(tree[1], 0)}}}{{{_tex(tree[2], 0)}}}"
    if head == "sqrt":
        return rf"\sqrt{{{_tex(tree[1], 0)}}}"
    if head == "//":
        return rf"\left\lfloor {_tex(('/', *tree[1:]), 0)} \right\rfloor"
    if head in _AROUND:
        left, right = _AROUND[head]
        return rf"\left{left} {_tex(tree[1], 0)} \right{right}"
    if head not in _STRENGTH:
        name = {"log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}"}.get(head, rf"\{head}")
        return rf"{name}\left({', '.join(_tex(part, 0) for part in tree[1:])}\right)"
    mine = _STRENGTH[head]
    if head == "neg":
        shown = "-" + _tex(tree[1], 2)
    elif head == "^":
        shown = f"{_tex(tree[1], 5)}^{{{_tex(tree[2], 0)}}}"
    else:
        sign = {"*": r" \times ", "%": r" \bmod "}.get(head, f" {head} ")
        shown = _tex(tree[1], mine) + sign + _tex(tree[2], mine + 1)
    return shown if mine >= least else rf"\left({shown}\right)"
