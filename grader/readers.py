"""How a written value is read. Students see these functions: what a notebook needs is copied into it.

A reader stands alone. It takes what a name holds after its cell ran, and returns a value or raises ValueError(code),
where the code is a key of ``MESSAGES``.
"""

from __future__ import annotations

import ast
import inspect
import json
import math
import re
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from types import ModuleType
from typing import Any

from grader import formula
from grader.formula import parse_formula, show_formula
from grader.model import Lang, Text, Value

NUMBER_BODY = r"([0-9][0-9 _'’.,]*|[.,][0-9]+)"
NUMBER_POWER = r"10 ?(?:\^|\*\*) ?[({]?([-+]?[0-9]+)[)}]?"


def _plain(x: Any) -> Any:
    """NumPy and torch values as Python's own numbers and lists."""
    if type(x).__module__.partition(".")[0] in ("numpy", "torch") and hasattr(x, "tolist"):
        if math.prod(x.shape) > 10_000:
            raise ValueError("too_long")
        return x.tolist()
    return x


def _tidy(text: str) -> str:
    """One kind of space, of minus and of exponent."""
    if len(text) > 10_000:
        raise ValueError("too_long")
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
    text = re.sub("10([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: "10^" + found[1].translate(raised), text)
    return re.sub(r"\s+", " ", text.replace("−", "-").replace("–", "-").replace("…", "...")).strip()


def _exact(text: str) -> Fraction:
    """3,5 and 3.5; 3 600 000 and 3,600,000; 3,6e9, 3.6×10^9 and 10^9."""
    if len(text) > 200:
        raise ValueError("too_long")
    found = re.fullmatch(rf"([-+]?) ?{NUMBER_BODY}(?: ?[eE] ?([-+]?[0-9]+))?", text)
    found = found or re.fullmatch(rf"([-+]?) ?(?:{NUMBER_BODY} ?[×·⋅∙*.xX] ?)?{NUMBER_POWER}", text)
    if found is None:
        raise ValueError(_why_no_number(text))
    sign, body, exponent = found[1], (found[2] or "1").strip(), found[3]
    if re.fullmatch("[1-9][0-9]{0,2},[0-9]{3}", body) and exponent is None:
        raise ValueError("ambiguous_comma")
    if re.fullmatch(r"[0-9]+\.?|[0-9]*[.,][0-9]+", body):
        body = body.replace(",", ".")
    elif re.fullmatch(r"[0-9]{1,3}([ _'’])[0-9]{3}(\1[0-9]{3})*([.,][0-9]+)?", body):
        body = re.sub("[ _'’]", "", body).replace(",", ".")
    elif re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", body):
        body = body.replace(",", "")
    elif re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?", body):
        body = body.replace(".", "").replace(",", ".")
    else:
        raise ValueError("several_numbers")
    if exponent and len(exponent.lstrip("+-0")) > 3:
        raise ValueError("too_large")
    return Fraction(body.rstrip(".")) * Fraction(10) ** int(exponent or 0) * (-1 if sign == "-" else 1)


def _why_no_number(text: str) -> str:
    if re.fullmatch(r"[-+]?[0-9][-+0-9 .,_'’×·*^]*([eE][-+]?[0-9]+)? ?([^\W\d_]|[%‰°€$])[^()*=]*", text):
        return "unit"
    if re.fullmatch(r"[-+0-9 .,_]+[;,/ ][-+0-9 .,;/_]+", text):
        return "several_numbers"
    if re.search(r"[0-9)] ?[-+*/÷^]", text):
        return "computation"
    return "not_a_number"


def _number(x: Any, fraction: bool = False) -> int | float:
    """A Python number, or a text in French or English spelling; whole numbers come back as int."""
    x = _plain(x)
    if x is None or x is ... or (isinstance(x, str) and _tidy(x) in ("", "...")):
        raise ValueError("no_answer")
    if isinstance(x, bool):
        raise ValueError("boolean")
    if isinstance(x, tuple):
        raise ValueError("trailing_comma" if len(x) == 1 else "pair")
    if isinstance(x, str):
        parts = _tidy(x).split("/") if fraction else [_tidy(x)]
        if len(parts) == 2 and _exact(parts[1].strip()) == 0:
            raise ValueError("not_finite")
        x = _exact(parts[0].strip()) / _exact(parts[1].strip()) if len(parts) == 2 else _exact(_tidy(x))
    elif not isinstance(x, (int, float)):
        raise ValueError("not_a_number")
    if x != x or x in (math.inf, -math.inf):
        raise ValueError("not_finite")
    if abs(x) > 10**300:
        raise ValueError("too_large")
    if x == int(x):
        return int(x)
    if float(x).is_integer():
        raise ValueError("too_precise")
    return float(x)


def read_whole(x: Any) -> int | float:
    """A whole number: an int, or a float when it is not whole (and so is wrong, but readable)."""
    return _number(x)


def read_decimal(x: Any) -> int | float:
    """A number, a fraction such as 3/4 included."""
    return _number(x, fraction=True)


def _items(x: Any) -> list[Any]:
    """The elements of a list, a tuple, an array, or a text such as "28, 28, 16"."""
    x = _plain(x)
    if x is None or x is ...:
        raise ValueError("no_answer")
    if isinstance(x, str):
        text = re.sub(r"^[\[({]|[\])}]$", "", _tidy(x)).strip().rstrip(",;")
        if text in ("", "..."):
            raise ValueError("no_answer")
        return [part.strip() for part in re.split("[,;×xX*]" if re.search("[,;×xX*]", text) else " ", text)]
    if not isinstance(x, (list, tuple)):
        raise ValueError("not_a_list")
    if len(x) > 10_000:
        raise ValueError("too_long")
    return list(x)


def read_shape(x: Any, axes: int | None = None) -> tuple[int | float | None, ...]:
    """A shape such as (28, 28, 16); None stands for a batch axis, as Keras prints it."""
    x = _plain(x)
    if isinstance(x, (int, float)):
        x = (x,)
    parts = _items(x)
    if any(part is ... or part == "..." for part in parts if part is ... or isinstance(part, str)):
        raise ValueError("unfinished")
    none = [part is None or (isinstance(part, str) and part in ("None", "none", "?")) for part in parts]
    sizes = tuple(None if skip else _number(part) for part, skip in zip(parts, none, strict=True))
    if axes is not None and len(sizes) != axes:
        raise ValueError("axes")
    return sizes


def read_grid(x: Any, decimal: bool = False) -> tuple[tuple[int | float | None, ...], ...]:
    """Rows of cells: lists in a list, an array, or a text with one row a line; cells not filled in are None."""
    x = _plain(x)
    if isinstance(x, str):
        if len(x) > 10_000:
            raise ValueError("too_long")
        inner = re.findall(r"[\[(]([^\[\]()]*)[\])]", x)
        lines = inner or re.split("[\n;|]", x)
        x = [_cells_of(_tidy(line), decimal) for line in lines if line.strip()]
    rows = [_plain(row) for row in _items(x)]
    if not any(isinstance(row, (list, tuple)) for row in rows):
        rows = [rows]
    if not all(isinstance(row, (list, tuple)) for row in rows):
        raise ValueError("not_a_grid")
    if sum(len(row) for row in rows) > 10_000:
        raise ValueError("too_long")
    if len({len(row) for row in rows}) > 1:
        raise ValueError("ragged")
    grid = tuple(tuple(_cell(part, decimal) for part in row) for row in rows)
    if all(part is None for row in grid for part in row):
        raise ValueError("no_answer")
    return grid


def _cells_of(line: str, decimal: bool) -> list[str]:
    """The cells of one written row: by comma and space, else by space, else by comma."""
    if ", " in line:
        return [part.strip() for part in re.split(", ", line.rstrip(","))]
    if " " in line:
        return line.split(" ")
    if decimal and line.count(",") == 1:
        raise ValueError("ambiguous_comma")
    return line.split(",")


def _cell(x: Any, decimal: bool = False) -> int | float | None:
    """One cell of a grid or a table; None when it is not filled in."""
    x = _plain(x)
    if x is None or x is ... or (isinstance(x, str) and _tidy(x) in ("", "...", "?", "_")):
        return None
    if isinstance(x, (list, tuple, dict)):
        raise ValueError("pair" if isinstance(x, tuple) else "not_a_grid")
    return _number(x, fraction=decimal)


def read_table(x: Any, names: tuple[str, ...], decimal: bool = False) -> dict[str, int | float | None]:
    """One number for each name; rows not filled in are None."""
    x = _plain(x)
    if isinstance(x, (list, tuple)) and len(x) == len(names):
        x = dict(zip(names, x, strict=True))
    if x is None or x is ...:
        raise ValueError("no_answer")
    if not isinstance(x, dict):
        raise ValueError("not_a_table")
    if len(x) > 10_000:
        raise ValueError("too_long")
    if any(not isinstance(name, str) or name not in names for name in x):
        raise ValueError("unknown_row")
    table = {name: _cell(x.get(name), decimal) for name in names}
    if all(value is None for value in table.values()):
        raise ValueError("no_answer")
    return table


def _marks(x: Any, letters: str) -> list[str | None]:
    """Letters among ``letters``, in the order written: "C A B", "CAB", ["C", "A", "B"]."""
    x = _plain(x)
    if isinstance(x, (set, frozenset)):
        raise ValueError("a_set")
    if x is None or x is ...:
        raise ValueError("no_answer")
    if isinstance(x, str):
        text = re.sub(r"(?i)\b(et|and|puis|then|ou|or)\b", " ", _tidy(x)) if len(x) < 500 else ""
        if text in ("", "..."):
            raise ValueError("too_long" if x.strip() and not text else "no_answer")
        words = re.sub(r"[\s,;.()\[\]{}<>→/|&+\"'=-]+", " ", text.replace("...", "?")).split()
        x = [letter for word in words for letter in word]
    if not isinstance(x, (list, tuple)):
        raise ValueError("not_letters")
    if len(x) > 100:
        raise ValueError("too_long")
    found: list[str | None] = []
    for part in x:
        skipped = part is None or part is ... or (isinstance(part, str) and part.strip() in ("", "?", "_"))
        if not skipped and not isinstance(part, str):
            raise ValueError("not_letters")
        letter = None if skipped else part.strip().strip("().").upper()
        if letter is not None and (len(letter) != 1 or letter not in letters):
            raise ValueError("unknown_letter")
        found.append(letter)
    if all(letter is None for letter in found):
        raise ValueError("no_answer")
    return found


def read_letter(x: Any, letters: str) -> str:
    """One letter: "B", "b", "(B)"."""
    found = _marks(x, letters)
    if len(found) != 1 or found[0] is None:
        raise ValueError("one_letter")
    return found[0]


def read_letters(x: Any, letters: str) -> tuple[str, ...]:
    """Several letters, in any order: "A C", "AC", ["A", "C"]."""
    return tuple(sorted({letter for letter in _marks(x, letters) if letter is not None}))


def read_matching(x: Any, letters: str, count: int) -> dict[int, str | None]:
    """A letter for each number from 1: "C A B", "1-C 2-A 3-B", {1: "C", 2: "A"}, ["C", "A", "B"]."""
    pairs: dict[Any, Any] | None = x if isinstance(x, dict) else None
    if isinstance(x, str) and len(x) < 500 and re.search("[0-9]", x):
        written = re.findall(r"([0-9]{1,3})\W*([^\W\d_])", _tidy(x))
        if len(re.findall("[0-9]+", x)) != len(written) or len(re.findall(r"[^\W\d_]", x)) != len(written):
            raise ValueError("matching")
        if len({left for left, _ in written}) != len(written):
            raise ValueError("matching")
        pairs = dict(written)
    if pairs is None:
        found = _marks(x, letters)
        if len(found) != count:
            raise ValueError("matching")
        return dict(enumerate(found, start=1))
    known: dict[Any, int] = {}
    for left in range(1, count + 1):
        known[left] = known[str(left)] = left
    matched: dict[int, str | None] = {}
    matched.update(dict.fromkeys(range(1, count + 1)))
    for left, right in pairs.items():
        left = _plain(left)
        if isinstance(left, bool) or not isinstance(left, (int, str)) or left not in known:
            raise ValueError("matching")
        if right is not None and right is not ... and right != "":
            matched[known[left]] = read_letter(right, letters)
    if all(letter is None for letter in matched.values()):
        raise ValueError("no_answer")
    return matched


def read_order(x: Any, letters: str, every: bool = True) -> tuple[str, ...]:
    """Letters in an order, each at most once: "C A B D", "C > A > B > D", ["C", "A", "B", "D"]."""
    order = tuple(letter for letter in _marks(x, letters) if letter is not None)
    if len(set(order)) < len(order):
        raise ValueError("repeated_letter")
    if order == tuple(letters):
        raise ValueError("untouched")
    if every and len(order) < len(letters):
        raise ValueError("missing_letter")
    return order


def read_formula(x: Any, names: tuple[str, ...]) -> str:
    """A formula between quotes, as it was understood: "⌊(I−K+2P)/S⌋+1" is floor((I - K + 2*P)/S) + 1."""
    if x is None or x is ... or (isinstance(x, str) and x.strip() in ("", "...", "…")):
        raise ValueError("no_answer")
    if not isinstance(x, str):
        raise ValueError("formula_quotes")
    return show_formula(parse_formula(x, names))


def show_value(value: Any, point: str) -> str:
    """A value that was read, as it is shown; ``point`` is the decimal mark of the language."""
    if value is None:
        return "…"
    if isinstance(value, float):
        return repr(value).replace(".", point)
    if isinstance(value, dict):
        cells = [f"{name} = {show_value(one, point)}" for name, one in value.items()]
        return (" ; " if point == "," else "; ").join(cells)
    if isinstance(value, tuple) and value and isinstance(value[0], str):
        return " ".join(value)
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "[" + ", ".join(show_value(row, point).replace("(", "[").replace(")", "]") for row in value) + "]"
    if isinstance(value, tuple):
        if len(value) == 1:
            return f"({show_value(value[0], point)},)"
        fractional = point == "," and any(isinstance(one, float) for one in value)
        return "(" + (" ; " if fractional else ", ").join(show_value(one, point) for one in value) + ")"
    return str(value)


def how_read(name: str, written: Any, reader: Any, arguments: tuple[Any, ...], phrases: dict[str, str]) -> str:
    """What the check cell prints: how the answer was read, or why it could not be; never whether it is right."""
    try:
        said = phrases["read"] + " " + show_value(reader(written, *arguments), phrases["point"])
    except ValueError as problem:
        said = phrases[str(problem)]
    return f"{name}{phrases['colon']} {said}"


# ── what is said, and what is copied into a notebook ─────────────────────────

MESSAGES: dict[str, Text] = {
    "no_answer": Text("pas encore de réponse", "no answer yet"),
    "boolean": Text(
        "True et False ne sont pas des nombres : écrivez un nombre.", "True and False are not numbers: write a number."
    ),
    "not_a_number": Text(
        'ceci n\'est pas un nombre : écrivez par exemple 112, 3.5 ou "3,5".',
        'this is not a number: write for instance 112, 3.5 or "3,5".',
    ),
    "pair": Text(
        "pour Python, 3,5 est un couple de deux nombres : "
        'écrivez 3.5 ou "3,5" pour un nombre à virgule, 3600 pour un entier.',
        'to Python, 3,5 is a pair of two numbers: write 3.5 or "3,5" for a decimal, 3600 for a whole number.',
    ),
    "trailing_comma": Text(
        "la virgule finale en fait un tuple pour Python : écrivez le nombre seul, 112 et non « 112, ».",
        'the comma at the end makes it a tuple for Python: write the number alone, 112 and not "112,".',
    ),
    "ambiguous_comma": Text(
        "cette virgule peut marquer les décimales ou les milliers : écrivez 3.6 pour trois virgule six, "
        '3600 ou "3 600" pour trois mille six cents ; dans une grille, séparez les cases par des espaces.',
        "this comma may mark decimals or thousands: write 3.6 for three point six, "
        '3600 or "3 600" for three thousand six hundred; in a grid, separate the cells with spaces.',
    ),
    "several_numbers": Text(
        "on lit ici plusieurs nombres, et un seul est demandé ; "
        'les milliers s\'écrivent "3 600 000", par groupes de trois chiffres.',
        "several numbers are read here, and a single one is asked; "
        'thousands are written "3,600,000", in groups of three digits.',
    ),
    "unit": Text(
        "écrivez le nombre seul, sans unité : 112 et non « 112 px ».",
        'write the number alone, without a unit: 112 and not "112 px".',
    ),
    "computation": Text(
        "un calcul entre guillemets n'est pas effectué : écrivez le nombre, ou le calcul sans guillemets.",
        "a computation between quotes is not carried out: write the number, or the computation without quotes.",
    ),
    "not_finite": Text(
        "ce n'est pas un nombre fini : écrivez un nombre.", "this is not a finite number: write a number."
    ),
    "too_large": Text(
        "ce nombre est trop grand pour être lu : vérifiez l'exposant.",
        "this number is too large to be read: check the exponent.",
    ),
    "too_precise": Text(
        "ce nombre a trop de chiffres pour être lu exactement : arrondissez-le.",
        "this number has too many digits to be read exactly: round it.",
    ),
    "too_long": Text("cette réponse est trop longue pour être lue.", "this answer is too long to be read."),
    "not_a_list": Text(
        "plusieurs nombres sont demandés : écrivez-les entre parenthèses, (28, 28, 16).",
        "several numbers are asked: write them between parentheses, (28, 28, 16).",
    ),
    "unfinished": Text(
        "il reste des points de suspension : remplacez-les tous.", "some dots are left: replace them all."
    ),
    "axes": Text(
        "le nombre d'axes n'est pas celui qui est demandé : relisez l'énoncé pour savoir quels axes écrire.",
        "the number of axes is not the one asked: read the statement again to see which axes to write.",
    ),
    "not_a_grid": Text(
        "une grille est demandée : écrivez une liste de lignes, [[1, 2], [3, 4]].",
        "a grid is asked: write a list of rows, [[1, 2], [3, 4]].",
    ),
    "ragged": Text(
        "les lignes de la grille n'ont pas toutes la même longueur.",
        "the rows of the grid do not all have the same length.",
    ),
    "not_a_table": Text(
        "gardez le dictionnaire de départ, et remplacez chaque ... par un nombre.",
        "keep the dictionary you were given, and replace each ... by a number.",
    ),
    "unknown_row": Text(
        "une clé n'est pas dans le tableau : gardez les clés de départ, et ne changez que les nombres.",
        "a key is not in the table: keep the keys you were given, and change only the numbers.",
    ),
    "not_letters": Text(
        'répondez par des lettres entre guillemets, par exemple "B".',
        'answer with letters between quotes, for instance "B".',
    ),
    "unknown_letter": Text(
        "une lettre n'est pas parmi les choix : écrivez les lettres proposées, entre guillemets.",
        "a letter is not among the choices: write the letters listed, between quotes.",
    ),
    "one_letter": Text(
        'une seule lettre est demandée, par exemple "B".', 'a single letter is asked, for instance "B".'
    ),
    "matching": Text(
        'une lettre est attendue pour chaque numéro, dans l\'ordre : "C A B" ou "1-C 2-A 3-B".',
        'one letter is expected for each number, in order: "C A B" or "1-C 2-A 3-B".',
    ),
    "repeated_letter": Text(
        "une lettre est écrite deux fois : chacune sert au plus une fois.",
        "a letter is written twice: each is used at most once.",
    ),
    "missing_letter": Text(
        "il manque des lettres : chacune doit servir une fois.", "letters are missing: each must be used once."
    ),
    "a_set": Text(
        'des accolades font ici un ensemble, que Python ne range pas : écrivez "C A B" ou ["C", "A", "B"].',
        'braces make a set here, which Python keeps in no order: write "C A B" or ["C", "A", "B"].',
    ),
    "untouched": Text(
        "c'est l'ordre de l'énoncé, qui n'est jamais le bon : pas encore de réponse.",
        "this is the order of the statement, which is never the right one: no answer yet.",
    ),
    "formula_quotes": Text(
        'écrivez la formule entre guillemets, avec les lettres de l\'énoncé : "2*(P + 1)".',
        'write the formula between quotes, with the letters of the statement: "2*(P + 1)".',
    ),
    "formula_name": Text(
        "un nom n'est pas dans l'énoncé : n'employez que les lettres données, et * entre deux facteurs si besoin.",
        "a name is not in the statement: use only the letters given, and * between two factors if needed.",
    ),
    "formula_symbol": Text(
        "un symbole n'a pas été compris : écrivez avec + - * / ( ), floor, ceil, sqrt, log, exp, max et min.",
        "a symbol was not understood: write with + - * / ( ), floor, ceil, sqrt, log, exp, max and min.",
    ),
    "formula_parentheses": Text("les parenthèses ne se referment pas toutes.", "the parentheses do not all close."),
    "formula_unfinished": Text(
        "la formule s'arrête trop tôt : il manque un terme.", "the formula stops too early: a term is missing."
    ),
    "formula_deep": Text(
        "la formule a trop de parenthèses imbriquées pour être lue.",
        "the formula has too many nested parentheses to be read.",
    ),
    "formula_product": Text(
        "on ne sait pas ce que l'on divise ou multiplie : écrivez * et des parenthèses, a/(2*b) ou (a/2)*b.",
        "what is divided or multiplied is unclear: write * and parentheses, a/(2*b) or (a/2)*b.",
    ),
    "formula_comma": Text(
        "cette virgule est ambiguë : écrivez 0.5 pour un nombre, max(a ; b) pour deux arguments.",
        "this comma is ambiguous: write 0.5 for a number, max(a; b) for two arguments.",
    ),
    "formula_power": Text(
        "cette puissance est trop grande ou ambiguë : ajoutez des parenthèses, ou un exposant plus petit.",
        "this power is too large or ambiguous: add parentheses, or use a smaller exponent.",
    ),
    "formula_equals": Text(
        "écrivez une seule expression, sans inégalité et avec au plus un signe =.",
        "write a single expression, without inequality and with at most one = sign.",
    ),
    "formula_brackets": Text(
        "les crochets sont ambigus : écrivez des parenthèses, ou floor(x) pour la partie entière.",
        "square brackets are ambiguous: write parentheses, or floor(x) for the integer part.",
    ),
}

ACCEPTS: dict[str, Text] = {
    "read_whole": Text(
        'un nombre entier : 112, "3 600 000", "3,6·10^9"', 'a whole number: 112, "3,600,000", "3.6·10^9"'
    ),
    "read_decimal": Text('un nombre : 3.5, "3,5", "1,5e3", "3/4"', 'a number: 3.5, "3.5", "1.5e3", "3/4"'),
    "read_shape": Text('une forme : (28, 28, 16), "28 × 28 × 16"', 'a shape: (28, 28, 16), "28 × 28 × 16"'),
    "read_grid": Text('une grille : [[1, 2], [3, 4]], "1 2 ; 3 4"', 'a grid: [[1, 2], [3, 4]], "1 2; 3 4"'),
    "read_table": Text("un tableau : un nombre pour chaque ligne", "a table: one number for each row"),
    "read_letter": Text('une lettre : "B"', 'one letter: "B"'),
    "read_letters": Text('plusieurs lettres : "A C", ["A", "C"]', 'several letters: "A C", ["A", "C"]'),
    "read_matching": Text(
        'une lettre par numéro : "C A B", {1: "C", 2: "A", 3: "B"}',
        'a letter for each number: "C A B", {1: "C", 2: "A", 3: "B"}',
    ),
    "read_order": Text('des lettres dans l\'ordre : "C A B"', 'letters in order: "C A B"'),
    "read_formula": Text(
        'une formule : "⌊a/2⌋ + 1", "floor(a/2) + 1", "a//2 + 1"',
        'a formula: "⌊a/2⌋ + 1", "floor(a/2) + 1", "a//2 + 1"',
    ),
}

OPENING = Text(
    fr="# Exécutez d'abord cette cellule. Elle montre comment vos réponses sont lues, jamais si elles sont justes.\n"
    "# Chaque réponse s'écrit à la française ou à l'anglaise :",
    en="# Run this cell first. It shows how your answers are read, never whether they are right.\n"
    "# Each answer may be written the French or the English way:",
)
SHOW_READING = """def show_reading(name, written, reader, *arguments):
    print(how_read(name, written, reader, arguments, SENTENCES))"""


def sentences(lang: Lang, codes: Iterable[str] = MESSAGES) -> dict[str, str]:
    """What ``how_read`` says in a language."""
    said = (
        {"read": "lu", "point": ",", "colon": " :"} if lang == "fr" else {"read": "read as", "point": ".", "colon": ":"}
    )
    return said | {code: MESSAGES[code][lang] for code in MESSAGES if code in set(codes)}


@cache
def _definitions(module: ModuleType) -> dict[str, ast.stmt]:
    """Top-level statements by the name they define."""
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update({alias.asname or alias.name: node for alias in node.names})
    return found


@cache
def _needed(names: tuple[str, ...]) -> dict[tuple[ModuleType, str], ast.stmt]:
    """The definitions that ``names`` lean on, themselves included."""
    here = inspect.getmodule(how_read)
    assert here is not None
    needed: dict[tuple[ModuleType, str], ast.stmt] = {}
    waiting = [(here, name) for name in names]
    while waiting:
        module, name = waiting.pop()
        node = _definitions(module).get(name)
        if isinstance(node, ast.ImportFrom) and node.module == "grader.formula":
            waiting.append((formula, name))
        elif node is not None and (module, name) not in needed:
            needed[module, name] = node
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                waiting += [(module, part.id) for part in ast.walk(node) if isinstance(part, ast.Name)]
    return needed


@cache
def _sources(names: tuple[str, ...]) -> str:
    imports, bodies = set(), []
    for (module, name), node in _needed(names).items():
        if isinstance(node, ast.Import):
            imports.add(f"import {name}")
        elif isinstance(node, ast.ImportFrom):
            imports.add(f"from {node.module} import {name}")
        else:
            lines = inspect.getsource(module).splitlines()
            dropped = range(0)
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
                words = node.body[0]  # notebooks speak the student's language: the docstring stays here
                dropped = range(words.lineno, (words.end_lineno or words.lineno) + 1)
            kept = [
                lines[n - 1].partition("  # noqa")[0]
                for n in range(node.lineno, (node.end_lineno or 0) + 1)
                if n not in dropped
            ]
            bodies.append((module is not formula, node.lineno, "\n".join(kept)))
    ordered = [body for *_, body in sorted(bodies)]
    return "\n\n\n".join(["\n".join(sorted(imports, key=lambda line: (line[0] != "i", line))), *ordered])


def sources(names: Iterable[str]) -> str:
    """The readers named and all they need, as Python that stands alone."""
    return _sources(tuple(sorted(names)))


def messages(names: Iterable[str], lang: Lang) -> dict[str, str]:
    """What these readers may say in a language, by code."""
    nodes = _needed(tuple(sorted(names))).values()
    words = {part.value for node in nodes for part in ast.walk(node) if isinstance(part, ast.Constant)}
    return {code: text[lang] for code, text in MESSAGES.items() if code in words}


@cache
def _notebook_source(names: tuple[str, ...], lang: Lang) -> str:
    accepts = [f"# - {ACCEPTS[name][lang]}" for name in names]
    said = json.dumps(sentences(lang, messages(names, lang)), ensure_ascii=False, indent=4)
    return "\n".join(
        [OPENING[lang], *accepts, sources((*names, "how_read")), f"\n\nSENTENCES = {said}", f"\n\n{SHOW_READING}"]
    )


def notebook_source(names: Iterable[str], lang: Lang) -> str:
    """The whole text of the setup cell for these readers."""
    return _notebook_source(tuple(sorted(set(names))), lang)


def notebook_call(name: str, reader: str, arguments: tuple[Value, ...], lang: Lang) -> str:  # noqa: ARG001 - said by the setup cell
    """The line of the visible check cell: ``show_reading("size", size, read_whole)``."""
    return f"show_reading({', '.join([json.dumps(name), name, reader, *map(repr, arguments)])})"
