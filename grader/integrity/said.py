"""An answer as the ledger shows it, back as the value that was read. Literals only: nothing of a student's is run."""

from __future__ import annotations

import ast
import re

from grader.model import Lang, Rule, Value

COMPARED = ("whole", "decimal", "shape", "grid", "table", "formula")  # what is chosen among a few options says nothing
LONGEST = 20_000


def value(rule: Rule, shown: str, options: tuple[str, ...], lang: Lang) -> Value | None:
    """None where it cannot be told; ``shown`` is what ``readers.show_value`` made of it, in ``lang``."""
    if rule.kind not in COMPARED or len(shown) > LONGEST:
        return None
    if rule.kind == "formula":
        return shown
    if rule.kind == "table":
        return _table(shown, options, lang)
    return _literal(shown, lang)


def _literal(shown: str, lang: Lang) -> Value | None:
    if lang == "fr":  # in what is shown, a comma between two digits is the decimal mark
        shown = re.sub(r"(?<=\d),(?=\d)", ".", shown).replace(" ; ", ", ")
    try:
        return ast.literal_eval(shown.replace("…", "None"))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _table(shown: str, rows: tuple[str, ...], lang: Lang) -> Value | None:
    cells = (" ; " if lang == "fr" else "; ").join(re.escape(row) + r" = ([^\s;]+)" for row in rows)
    found = re.fullmatch(cells, shown)
    if found is None:
        return None
    return {row: _literal(cell, lang) for row, cell in zip(rows, found.groups(), strict=True)}
