"""Formulas written by students: read by a grammar of our own, compared on many points, never evaluated as Python.

What notebooks are given a copy of stands alone. A tree is a tuple: ``("num", "0.5")``, ``("neg", a)``, ``("+", a, b)``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import Any

FUNCTIONS = {
    **dict.fromkeys(("floor", "plancher", "int", "ent", "trunc", "⌊"), "floor"),
    **dict.fromkeys(("ceil", "ceiling", "plafond", "⌈"), "ceil"),
    **dict.fromkeys(("sqrt", "racine", "√"), "sqrt"),
    **dict.fromkeys(("ln", "log"), "log"),
    **{word: word for word in ("log2", "log10", "exp", "abs", "max", "min")},
}


def parse_formula(text: str, names: Sequence[str]) -> tuple[Any, ...]:  # noqa: C901 - one grammar, in one piece
    """The tree of a formula in ``names``; both languages' writing and simple LaTeX. ValueError(code)."""
    if len(text) > 1000:
        raise ValueError("too_long")
    tokens = tokenise_formula(text, names)
    if not tokens:
        raise ValueError("no_answer")
    if len(tokens) > 250:
        raise ValueError("too_long")
    at, depth, in_call = 0, 0, 0

    def peek(ahead: int = 0) -> str:
        return tokens[at + ahead][1] if at + ahead < len(tokens) else ""

    def kind() -> str:
        return tokens[at][0] if at < len(tokens) else "end"

    def take(expected: str = "") -> str:
        nonlocal at
        word = peek()
        if expected and word != expected:
            raise ValueError("formula_parentheses")
        at += 1
        return word

    def total() -> tuple[Any, ...]:
        nonlocal depth
        depth += 1
        if depth > 30:
            raise ValueError("formula_deep")
        tree = product()
        while peek() in ("+", "-"):
            tree = (take(), tree, product())
        depth -= 1
        return tree

    def product() -> tuple[Any, ...]:
        tree, divided = signed(), False
        while True:
            if peek() in ("*", "/", "//", "%"):
                divided = peek() in ("/", "//", "%")
                tree = (take(), tree, signed())
            elif kind() in ("num", "name", "call") or peek() in ("(", "{", "frac"):
                if divided or kind() == "num":
                    raise ValueError("formula_product")
                tree = ("*", tree, power())
            else:
                return tree

    def signed() -> tuple[Any, ...]:
        signs = 0
        while peek() in ("+", "-"):
            signs += take() == "-"
        return ("neg", power()) if signs % 2 else power()

    def power() -> tuple[Any, ...]:
        nonlocal depth
        tree = primary()
        if kind() == "superscript":
            tree = ("^", tree, ("num", take()))
        if peek() == "^":
            depth += 1
            if depth > 30:
                raise ValueError("formula_deep")
            take()
            raised = signed()
            if raised[0] == "^" or (raised[0] == "num" and float(raised[1]) > 100):
                raise ValueError("formula_power")
            tree = ("^", tree, raised)
            depth -= 1
        return tree

    def group(closing: str) -> tuple[Any, ...]:
        take()
        tree = total()
        take(closing)
        return tree

    def primary() -> tuple[Any, ...]:
        nonlocal in_call
        what, word = kind(), peek()
        if what == "num":
            take()
            if peek() == "," and kind() == "comma" and at + 1 < len(tokens) and tokens[at + 1][0] == "num":
                if in_call or (len(peek(1)) == 3 and word != "0"):
                    raise ValueError("formula_comma")
                take()
                word += "." + take()
                if word.count(".") > 1:
                    raise ValueError("formula_comma")
            return ("num", word)
        if what == "name":
            return ("name", take())
        if word in ("(", "{"):
            inside, in_call = in_call, 0
            tree = group(")" if word == "(" else "}")
            in_call = inside
            return tree
        if word == "frac":
            take()
            if peek() != "{":
                raise ValueError("formula_symbol")
            over = group("}")
            return ("/", over, group("}"))
        if what == "call" and word in ("⌊", "⌈"):
            return (FUNCTIONS[word], group("⌋" if word == "⌊" else "⌉"))
        if what == "call":
            function = FUNCTIONS[take()]
            if peek() not in ("(", "{"):
                return (function, power())
            closing = ")" if take() == "(" else "}"
            inside, in_call = in_call, int(function in ("max", "min"))
            given = [total()]
            while in_call and peek() in (",", ";"):
                take()
                given.append(total())
            in_call = inside
            take(closing)
            return (function, *given)
        raise ValueError("formula_unfinished" if what == "end" else "formula_symbol")

    tree = total()
    if at < len(tokens):
        raise ValueError("formula_parentheses" if peek() in tuple(")}⌋⌉") else "formula_symbol")
    return tree


def tokenise_formula(text: str, names: Sequence[str]) -> list[tuple[str, str]]:  # noqa: C901 - one case a kind of token
    """Pairs (kind, word), with kind one of num, name, call, superscript, comma, sign. ValueError(code)."""
    text = re.sub(r"\\(?:left|right|displaystyle|[,;:! ])|\$|~", " ", text)
    text = re.sub(r"\\(?:mathrm|text|operatorname)\s*\{([^{}]*)\}", r" \1 ", text)
    text = re.sub(r"_\{(\w+)\}", r"_\1", text)
    text = re.sub(r"(?i)partie\s+enti[eè]re\s+sup[eé]rieure(\s+de\b)?", " ceil ", text)
    text = re.sub(r"(?i)partie\s+enti[eè]re(\s+inf[eé]rieure)?(\s+de\b)?", " floor ", text)
    text = re.sub(r"(?i)racine\s+(carr[eé]e\s*)?(de\b)?", " sqrt ", text)
    for latex, plain in (
        *(("\\lfloor", "⌊"), ("\\rfloor", "⌋"), ("\\lceil", "⌈"), ("\\rceil", "⌉")),
        *(("\\times", "*"), ("\\cdot", "*"), ("\\div", "/"), ("\\dfrac", "\\frac"), ("\\tfrac", "\\frac")),
        *(("**", "^"), ("×", "*"), ("·", "*"), ("⋅", "*"), ("∙", "*"), ("÷", "/"), ("−", "-"), ("–", "-")),
    ):
        text = text.replace(latex, plain)
    if text.count("=") > 1 or re.search("[<>!]", text):
        raise ValueError("formula_equals")
    text = text.rpartition("=")[2].strip().rstrip(".")

    low: dict[str, list[str]] = {}
    for name in names:
        low.setdefault(name.lower(), []).append(name)

    def known(word: str) -> str:
        alike = [word] if word in names else low.get(word.lower(), [])
        return alike[0] if len(alike) == 1 else ""

    def split(word: str) -> list[str]:
        found, start = [], 0
        while start < len(word):
            ends = [end for end in range(len(word), start, -1) if known(word[start:end])]
            if not ends:
                raise ValueError("formula_name")
            found.append(known(word[start : ends[0]]))
            start = ends[0]
        return found

    tokens: list[tuple[str, str]] = []
    pattern = (
        r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)|(\\?[^\W\d²³⁴⁵⁶⁷⁸⁹][^\W²³⁴⁵⁶⁷⁸⁹]*'?)"
        r"|([²³⁴⁵⁶⁷⁸⁹])|(,)(?=[0-9])|(//|[-+*/%^(){}⌊⌋⌈⌉√,;])|(\s+)|(.)"
    )
    for number, word, superscript, comma, sign, _, other in re.findall(pattern, text, re.DOTALL):
        if other:
            raise ValueError("formula_brackets" if other in "[]" else "formula_symbol")
        if number:
            tokens.append(("num", number if number[0] != "." else "0" + number))
        elif superscript:
            tokens.append(("superscript", str("²³⁴⁵⁶⁷⁸⁹".index(superscript) + 2)))
        elif comma:
            tokens.append(("comma", ","))
        elif sign in ("⌊", "⌈", "√") and sign:
            tokens.append(("call", sign))
        elif sign:
            tokens.append(("sign", sign))
        elif word:
            bare = word.lstrip("\\")
            if known(bare):
                tokens.append(("name", known(bare)))
            elif word == "\\frac":
                tokens.append(("sign", "frac"))
            elif bare.lower() in FUNCTIONS:
                tokens.append(("call", bare.lower()))
            elif bare == "E":
                tokens.append(("call", "int"))
            elif bare in ("π", "e") or (bare == "pi" and not (known("p") and known("i"))):
                tokens.append(("name", "e" if bare == "e" else "π"))
            elif bare in ("x", "X"):
                tokens.append(("sign", "*"))
            elif bare.lower() == "mod":
                tokens.append(("sign", "%"))
            elif len(bare) > 30:
                raise ValueError("formula_name")
            else:
                tokens.extend(("name", name) for name in split(bare))
    return tokens


def show_formula(tree: tuple[Any, ...]) -> str:
    """The formula as we understood it; reads back to the same tree."""
    strength = {"+": 1, "-": 1, "neg": 2, "*": 2, "/": 2, "//": 2, "%": 2, "^": 4}

    def show(part: tuple[Any, ...], least: int) -> str:
        head, mine = part[0], strength.get(part[0], 9)
        if head in ("num", "name"):
            return str(part[1])
        if head == "neg":
            text = "-" + show(part[1], 4)
        elif head == "^":
            text = show(part[1], 5) + "^" + show(part[2], 4)
        elif head in strength:
            text = show(part[1], mine) + (f" {head} " if mine == 1 else head) + show(part[2], mine + 1)
        else:
            return f"{head}({', '.join(show(one, 0) for one in part[1:])})"
        return text if mine >= least else f"({text})"

    return show(tree, 0)


# ── on the trusted side only ─────────────────────────────────────────────────

Tree = tuple[Any, ...]
Number = Fraction | float
CONSTANTS: Mapping[str, float] = {"π": math.pi, "e": math.e}
BITS = 1024  # of a numerator or a denominator: beyond it a formula is no answer


class Undefined(ArithmeticError):
    """No value here: a division by zero, the root of a negative number, or a number too large to be meant."""


def evaluate(tree: Tree, point: Mapping[str, Number]) -> Number:
    """The value at ``point``: exact as long as no root, logarithm or exponential is met. Raises Undefined."""
    head = tree[0]
    if head == "num":
        return Fraction(tree[1])
    if head == "name":
        value: Number = point[tree[1]] if tree[1] in point else CONSTANTS[tree[1]]
        return Fraction(value) if isinstance(value, int) else value
    try:
        value = _apply(head, [evaluate(part, point) for part in tree[1:]])
    except Undefined:
        raise
    except (ArithmeticError, ValueError) as problem:
        raise Undefined(head) from problem
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Undefined(head)
        return value
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > BITS:
        raise Undefined(head)
    return value


def _apply(head: str, given: list[Number]) -> Number:
    if head in _ONE:
        (a,) = given
        return _ONE[head](a)
    if head in ("max", "min"):
        return max(given) if head == "max" else min(given)
    a, b = given
    if head == "^":
        return _power(a, b)
    if head == "//":
        return _floor(a / b)
    if head == "%":
        return a - b * _floor(a / b)
    return {"+": a + b, "-": a - b, "*": a * b}[head] if head != "/" else a / b


def _power(a: Number, b: Number) -> Number:
    if isinstance(a, Fraction) and isinstance(b, Fraction) and b.denominator == 1:
        bits = max(a.numerator.bit_length(), a.denominator.bit_length())
        if abs(b.numerator) * bits > BITS:
            raise Undefined("^")
        return Fraction(a ** int(b))
    if a < 0 and not float(b).is_integer():
        raise Undefined("^")  # Python would answer with a complex number
    return math.pow(a, b)


def _floor(a: Number) -> Fraction:
    # A float next to a whole number is that number: floor(sqrt(2)^2) is 2.
    near = round(a)
    if isinstance(a, float) and abs(a - near) <= 1e-9 * max(1.0, abs(a)):
        return Fraction(near)
    return Fraction(math.floor(a))


def _root(a: Number) -> Number:
    if isinstance(a, Fraction) and a >= 0:
        root = Fraction(math.isqrt(a.numerator), math.isqrt(a.denominator))
        if root * root == a:
            return root
    return math.sqrt(a)


_ONE: Mapping[str, Callable[[Number], Number]] = {
    "neg": lambda a: -a,
    "floor": _floor,
    "ceil": lambda a: -_floor(-a),
    "abs": lambda a: max(a, -a),
    "sqrt": _root,
    "exp": math.exp,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
}


@lru_cache(maxsize=4096)
def tree_of(text: str, names: tuple[str, ...]) -> Tree:
    """``parse_formula``, remembered."""
    return parse_formula(text, names)


def holds(condition: str, point: Mapping[str, Number]) -> bool:
    """An author's condition at a point: ``I + 2*P >= K and S > 1``; comparisons joined by ``and``."""
    names = tuple(point)
    for comparison in re.split(r"\band\b", condition):
        left, sign, right = re.split(r"(==|!=|<=|>=|<|>)", comparison)
        a, b = (evaluate(tree_of(side.strip(), names), point) for side in (left, right))
        if not {"==": a == b, "!=": a != b, "<=": a <= b, ">=": a >= b, "<": a < b, ">": a > b}[sign]:
            return False
    return True


@lru_cache(maxsize=256)
def points_of(domain: tuple[tuple[str, tuple[Number, ...]], ...], valid: str, count: int = 240) -> tuple[Any, ...]:
    """``count`` points of the domain where ``valid`` holds, the same everywhere; all there are in a small domain."""
    size = math.prod(len(values) for _, values in domain)
    found: dict[tuple[Number, ...], None] = {}
    draws = range(size) if size <= 4 * count else range(40 * count)
    for draw in draws:
        chosen = []
        rest = draw
        for name, values in domain:
            if size <= 4 * count:
                rest, index = divmod(rest, len(values))
            else:
                index = int.from_bytes(sha256(f"{draw}:{name}".encode()).digest()[:8], "big") % len(values)
            chosen.append(values[index])
        key = tuple(chosen)
        point = dict(zip((name for name, _ in domain), key, strict=True))
        if key not in found and (not valid or holds(valid, point)):
            found[key] = None
            if size > 4 * count and len(found) == count:
                break
    return tuple(dict(zip((name for name, _ in domain), key, strict=True)) for key in found)


def values_at(text: str, points: Sequence[Mapping[str, Number]]) -> list[Number | None]:
    """The value of a formula at each point, None where it has none."""
    tree = tree_of(text, tuple(points[0]))
    found: list[Number | None] = []
    for point in points:
        try:
            found.append(evaluate(tree, point))
        except Undefined:
            found.append(None)
    return found


def same(given: Number | None, right: Number | None) -> bool:
    """Equal: exactly between fractions, to 1e-9 when a float is met. Nothing equals an undefined value."""
    if given is None or right is None:
        return False
    if isinstance(given, Fraction) and isinstance(right, Fraction):
        return given == right
    return math.isclose(given, right, rel_tol=1e-9, abs_tol=1e-12)
