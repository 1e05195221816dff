r"""LaTeX formulas as typst's: the subset that exercises use. An unknown macro is an error, never a gap."""

from __future__ import annotations

import re
from functools import lru_cache

from grader import tex

PIECE = re.compile(r"\\[a-zA-Z]+|\\.|\d+(?:(?:\.|\{,\}|\{\.\}|\\,)\d+)*|\s+|.", re.DOTALL)
SPACES = {
    ",": "thin", ":": "med", ";": "thick", " ": "space", "quad": "quad", "qquad": "wide", "!": "#h(-0.16em)",
}  # fmt: skip
ACCENTS = {"hat": "hat", "bar": "macron", "tilde": "tilde", "vec": "arrow", "overline": "overline", "dot": "dot"}
FONTS = {"mathbf": "bold", "mathcal": "cal", "mathbb": "bb", "boldsymbol": "bold"}
WORDS = ("text", "mathrm", "operatorname", "textbf", "textit", "texttt")
NAMES = "ln log exp sin cos tan tanh sinh cosh arg bmod".split()
LIMITS = "max min argmax argmin lim".split()
FENCES = {"lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "|": "‖", "{": "{", "}": "}", "lVert": "‖",
          "rVert": "‖", "langle": "⟨", "rangle": "⟩", "vert": "|"}  # fmt: skip
MATRICES = {"pmatrix": '"("', "bmatrix": '"["', "matrix": "#none", "vmatrix": '"|"', "cases": ""}
MORE = {"circ": "∘", "ast": "∗", "star": "⋆", "lvert": "|", "rvert": "|", "Rightarrow": "⇒", "implies": "⟹",
        "iff": "⟺", "mapsto": "↦", "forall": "∀", "cup": "∪", "cap": "∩", "subset": "⊂", "notin": "∉", "ell": "ℓ",
        "simeq": "≃", "sim": "∼", "equiv": "≡", "propto": "∝", "ll": "≪", "gg": "≫", "otimes": "⊗", "oplus": "⊕",
        "tau": "τ", "rho": "ρ", "nu": "ν", "xi": "ξ", "kappa": "κ", "chi": "χ", "psi": "ψ", "zeta": "ζ",
        "Sigma": "Σ", "Omega": "Ω", "Phi": "Φ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Gamma": "Γ", "int": "∫",
        "&": "&", "_": "_", "prime": "′", "%": "%", "#": "#", "$": "$", "leqslant": "⩽", "geqslant": "⩾", "top": "⊤",
        "setminus": "∖", "lnot": "¬", "land": "∧", "lor": "∨", "colon": ":"}  # fmt: skip
ALIGNED = ("aligned", "align", "align*", "split")
TYPED = {"\\%": "%", "\\_": "_", "\\&": "&", "\\$": "$", "\\#": "#", "\\,": "\u202f", "\\ ": " ", "~": "\u00a0"}
ENDS = ("}", "\\right", "\\end", "&", "\\\\")
PLAIN = "+-=<>!.?°×−≈≤≥≠·±∞→←…√∑∏∂∇′"
ESCAPED = "/()[],;:*⌊⌋⌈⌉"
NOTHING = '""'


class Unknown(ValueError):
    """What the subset does not have; the message is the macro."""


@lru_cache(maxsize=20_000)
def typst(latex: str) -> str:
    """Raises Unknown."""
    pieces = _Pieces(latex)
    shown = _run(pieces)
    if pieces.ahead:
        raise Unknown(pieces.ahead)
    return shown


class _Pieces:
    """What is left to read; spaces count in words only."""

    def __init__(self, latex: str) -> None:
        self.left: list[str] = PIECE.findall(latex)[::-1]

    @property
    def ahead(self) -> str:
        while self.left and self.left[-1].isspace():
            self.left.pop()
        return self.left[-1] if self.left else ""

    def take(self) -> str:
        if not self.ahead:
            raise Unknown("}")
        return self.left.pop()

    def needs(self, piece: str) -> None:
        if self.ahead != piece:
            raise Unknown(self.ahead or piece)
        self.left.pop()

    def words(self) -> str:
        """The inside of a group, as it is written."""
        self.needs("{")
        shown = ""
        while self.left:
            piece = self.left.pop()
            if piece == "}":
                return shown
            if piece.startswith("\\") and piece not in TYPED:
                raise Unknown(piece)
            shown += TYPED.get(piece, piece)
        raise Unknown("{")


def _run(pieces: _Pieces) -> str:
    """Up to what closes the group, a cell or a row, which is left to read."""
    shown: list[str] = []
    while pieces.ahead and pieces.ahead not in ENDS:
        shown.append(_scripts(_atom(pieces), pieces))
    return " ".join(filter(None, shown))


def _scripts(base: str, pieces: _Pieces) -> str:
    low = high = ""
    primes = 0
    while (sign := pieces.ahead) in ("_", "^", "'"):
        pieces.take()
        if sign == "'":
            primes += 1
        elif sign == "_":
            low = _argument(pieces)
        else:
            high = _argument(pieces)
    high = " ".join(["prime"] * primes + ([high] if high else []))
    if not low and not high:
        return base
    return f"attach({base or NOTHING}{f', b: {low}' if low else ''}{f', t: {high}' if high else ''})"


def _argument(pieces: _Pieces) -> str:
    piece = pieces.take()
    if len(piece) > 1 and piece[0].isdigit():  # x^23 is x²3
        pieces.left.append(piece[1:])
        piece = piece[0]
    pieces.left.append(piece)
    return _atom(pieces) or NOTHING


def _atom(pieces: _Pieces) -> str:
    piece = pieces.take()
    if piece == "{":
        inner = _run(pieces)
        pieces.needs("}")
        return inner
    if piece[0].isdigit():
        return quoted(re.sub(r"\{(.)\}", r"\1", piece).replace("\\,", "\u202f"))
    if piece.startswith("\\"):
        return _macro(piece[1:], pieces)
    if piece.isalpha():
        return piece
    if piece == "~":
        return "space"
    if piece == "|":
        return quoted(piece)  # no relation
    if piece in PLAIN:
        return piece
    if piece in ESCAPED:
        return f"\\{piece}"
    raise Unknown(piece)


def _macro(name: str, pieces: _Pieces) -> str:
    if name in ("frac", "dfrac", "tfrac"):
        shown = f"frac({_argument(pieces)}, {_argument(pieces)})"
        return f"display({shown})" if name == "dfrac" else shown
    if name == "sqrt":
        return _root(pieces)
    if name in ACCENTS:
        return f"{ACCENTS[name]}({_argument(pieces)})"
    if name in FONTS:
        return f"{FONTS[name]}({_argument(pieces)})"
    if name in WORDS:
        return quoted(pieces.words())
    if name == "left":
        first = _fence(pieces)
        inner = _run(pieces)
        pieces.needs("\\right")
        return f"lr({first} {inner} {_fence(pieces)})"
    if name == "begin":
        return _environment(pieces)
    if name in LIMITS or name in NAMES:
        return f'op("{name.removeprefix("b")}"{", limits: #true" if name in LIMITS else ""})'
    if name in SPACES:
        return SPACES[name]
    if name in FENCES:
        return f"\\{FENCES[name]}"
    sign = MORE.get(name) or tex.SIGNS.get(name, "")
    if not sign.strip():
        raise Unknown(f"\\{name}")
    return quoted(sign) if sign.isascii() else sign


def _root(pieces: _Pieces) -> str:
    if pieces.ahead != "[":
        return f"sqrt({_argument(pieces)})"
    pieces.take()
    degree = ""
    while pieces.ahead != "]":
        degree += f" {_scripts(_atom(pieces), pieces)}"
    pieces.take()
    return f"root({degree.strip()}, {_argument(pieces)})"


def _fence(pieces: _Pieces) -> str:
    piece = pieces.take()
    sign = FENCES.get(piece[1:], piece) if piece.startswith("\\") else piece
    if piece == ".":
        return ""
    if sign.startswith("\\") or sign.isalnum():
        raise Unknown(piece)
    return f"\\{sign}"


def _environment(pieces: _Pieces) -> str:
    name = pieces.words()
    if name not in MATRICES and name not in ALIGNED:
        raise Unknown(f"\\begin{{{name}}}")
    rows: list[list[str]] = [[_run(pieces)]]
    while pieces.ahead in ("&", "\\\\"):
        if pieces.take() == "&":
            rows[-1].append(_run(pieces))
        else:
            rows.append([_run(pieces)])
    pieces.needs("\\end")
    if pieces.words() != name:
        raise Unknown(f"\\begin{{{name}}}")
    rows = [row for row in rows if any(row)]
    if name in ALIGNED:
        return "display(" + " \\ ".join(" & ".join(row) for row in rows) + ")"
    if name == "cases":
        return "cases(" + ", ".join(" & quad ".join(row) for row in rows) + ")"
    cells = "; ".join(", ".join(cell or NOTHING for cell in row) for row in rows)
    return f"display(mat(delim: {MATRICES[name]}, {cells}))"  # else small in a line


def quoted(text: str) -> str:
    """A string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
