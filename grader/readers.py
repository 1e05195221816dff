"""How a written value is read. Students see these functions: what a notebook needs is copied into it.

A reader stands alone. It takes what a name holds after its cell ran, and returns a value or raises ValueError(code),
where the code is a key of ``setup_cell.MESSAGES``.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

from grader.formula import parse_formula, show_formula

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
