"""Words as LaTeX that pdfLaTeX sets, inside an argument: nothing verbatim, each sign escaped or named."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction

from grader.quiz import words
from grader.quiz.paper.formula import Unknown, typst
from grader.quiz.words import BLOCKS, Node

SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}", "-": "-{}",
    "\n": " ", "\t": "    ", "\u202f": r"\,", "\u00a0": "~", "\u2009": r"\,", "\u2011": "-{}", "’": "'",
    "…": r"\dots{}", "–": "--", "—": "---", "“": "``", "”": "''", "•": r"\textbullet{}", "€": r"\texteuro{}",
    "º": r"\textordmasculine{}", "ª": r"\textordfeminine{}", "°": r"\textdegree{}",
    "ᵉ": r"\textsuperscript{e}", "∂": r"\ensuremath{\partial}",
}  # fmt: skip
IN_MATHS = {
    "→": r"\rightarrow", "←": r"\leftarrow", "↔": r"\leftrightarrow", "⇒": r"\Rightarrow", "×": r"\times", "÷": r"\div",
    "−": "-", "±": r"\pm", "≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "≈": r"\approx", "∞": r"\infty", "∈": r"\in",
    "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "·": r"\cdot", "√": r"\surd", "∑": r"\sum",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "η": r"\eta", "θ": r"\theta",
    "λ": r"\lambda", "μ": r"\mu", "π": r"\pi", "σ": r"\sigma", "Δ": r"\Delta", "Σ": r"\Sigma", "∇": r"\nabla",
    "²": "^2", "³": "^3", "₀": "_0", "₁": "_1", "₂": "_2", "✓": r"\checkmark", "′": "'", "½": r"\tfrac12",
    "∘": r"\circ", "⊙": r"\odot",
}  # fmt: skip
LATIN = re.compile(r"[ -~À-ÖØ-öø-ÿĀ-ſ«»§]")  # what T1 has
SIZES = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "pdf"}
FORMULA = {"°": r"^{\circ}", "×": r"\times ", "−": "-", "≤": r"\leq ", "≥": r"\geq ", "\u202f": r"\,", "π": r"\pi "}


def text(said: str) -> str:
    """Raises Unknown where a sign has no place in LaTeX."""
    return "".join(map(_sign, _SIGN.findall(said)))


_SIGN = re.compile("[^\u0302-\u0304][\u0302-\u0304]?|.", re.DOTALL)
_OVER = {"\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar"}


def _sign(sign: str) -> str:
    if sign in SIGNS:
        return SIGNS[sign]
    if sign in IN_MATHS:
        return rf"\ensuremath{{{IN_MATHS[sign]}}}"
    if LATIN.fullmatch(sign):
        return sign
    base, mark = (*unicodedata.normalize("NFD", sign), "", "")[:2]
    if mark not in _OVER or not (base.isascii() or base in IN_MATHS):
        raise Unknown(sign)
    return rf"\ensuremath{{{_OVER[mark]}{{{IN_MATHS.get(base, base)}}}}}"


def name(said: str) -> str:
    """Somebody's: what T1 cannot set loses its accents, or is a question mark."""
    shown = ""
    for sign in unicodedata.normalize("NFC", said):
        bare = unicodedata.normalize("NFKD", sign)[0]
        known = next((one for one in (sign, bare) if one in SIGNS or LATIN.fullmatch(one)), "?")
        shown += text(known)
    return shown


def formula(latex: str) -> str:
    """Raises Unknown where it leaves the subset that paper has."""
    typst(latex)
    pieces = re.split(r"(\\text\{[^}]*\})", latex)
    for n in range(0, len(pieces), 2):
        for sign, macro in FORMULA.items():
            pieces[n] = pieces[n].replace(sign, macro)
    return "".join(pieces).replace("\n", " ")


def file_of(picture: Node) -> str:
    return f"images/{hashlib.sha256(picture.data).hexdigest()[:16]}.{SIZES.get(picture.mime, 'png')}"


def latex(said: Sequence[Node]) -> str:
    return "".join(_node(node) for node in said)


def spans(said: words.Words) -> str:
    return latex(words.inline(said)).strip()


def _node(node: Node) -> str:
    match node.kind:
        case "text":
            return text(node.text)
        case "math":
            return f"${formula(node.text)}$"
        case "display":
            return rf"\[{formula(node.text)}\]"
        case "code":
            return rf"\texttt{{{_typed(node.text)}}}"
        case "code_block":
            lines = (rf"\mbox{{{_typed(line)}}}" if line else r"\strut" for line in node.text.rstrip("\n").split("\n"))
            return r"\begin{flushleft}\footnotesize\ttfamily " + r" \\ ".join(lines) + "\\end{flushleft}\n"
        case "break":
            return r"\newline "
        case "rule":
            return "\\par\\noindent\\hrulefill\\par\n"
        case "image":
            return rf"\drawn{{{file_of(node)}}}"
        case "table":
            return _table(node)
        case "bullets" | "numbered":
            kind = "itemize" if node.kind == "bullets" else "enumerate"
            items = "".join(rf"\item {{}}{latex(item.children).strip()} " for item in node.children)
            start = rf"\setcounter{{enumi}}{{{node.number - 1}}}" if kind == "enumerate" and node.number > 1 else ""
            return f"\\begin{{{kind}}}{start}{items}\\end{{{kind}}}\n"
        case "quote":
            return f"\\begin{{quote}}{latex(node.children)}\\end{{quote}}\n"
        case "heading":
            return f"\\par\\textbf{{{latex(node.children)}}}\\par\n"
        case "emphasis":
            return rf"\emph{{{latex(node.children)}}}"
        case "strong":
            return rf"\textbf{{{latex(node.children)}}}"
    inner = latex(node.children)
    return f"{inner}\\par\n" if node.kind in BLOCKS else inner


def _typed(code: str) -> str:
    """Spaces stay, and a line may break after a comma."""
    return re.sub(r"  +", lambda found: r"\ " * len(found[0]), text(code)).replace(",", r",\allowbreak{}")


def _table(node: Node) -> str:
    columns = max(len(row.children) for row in node.children)
    rows = []
    for row in node.children:
        cells = [latex(cell.children).strip() for cell in row.children] + [""] * (columns - len(row.children))
        rows.append(" & ".join(rf"\textbf{{{cell}}}" if row.number else cell for cell in cells))
    inner = r" \\ \hline ".join(rows)
    return (
        rf"\begin{{center}}\begin{{tabular}}{{|{'l|' * columns}}}\hline {inner} \\ \hline\end{{tabular}}\end{{center}}"
        "\n"
    )


def number(value: Fraction) -> str:
    """For a scoring formula: an ASCII point, and no comma; a quotient where it never ends."""
    for digits in range(7):
        if (value * 10**digits).denominator == 1:
            whole = abs(value * 10**digits).numerator
            shown = str(whole).rjust(digits + 1, "0")
            sign = "-" if value < 0 else ""
            return sign + (f"{shown[:-digits]}.{shown[-digits:]}" if digits else shown)
    return f"({value.numerator}/{value.denominator})"
