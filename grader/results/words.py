"""Texts compared as two programs print them: without what one of them adds or drops."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

LEVELS = (0, 1, 2)  # all but spaces and marks; without case; letters, digits and what makes numbers
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "’": "'", "…": "...", "\u00ad": None, "\u200b": None})


_GAP = re.compile(r"\{\d+:(?:NUMERICAL|SHORTANSWER):=((?:\\.|[^:~#}\\])*)(?:\\.|[^}\\])*\}")


def gaps(markup: str) -> list[str]:
    """The right answer of each field of a cloze question."""
    return [found[1] for found in _GAP.finditer(markup)]


def plain(markup: str) -> str:
    """HTML without its tags; pictures are their alternative text."""
    markup = re.sub(r'<img\b[^>]*?\balt="([^"]*)"[^>]*>', r" [\1] ", markup)
    markup = _GAP.sub(" ", markup)
    return html.unescape(re.sub(r"<[^>]*>", " ", markup))


def key(text: str, level: int = 0) -> str:
    """What is compared: marks of emphasis, bullets, blanks to fill and the delimiters of formulas do not count."""
    text = unicodedata.normalize("NFKC", html.unescape(text)).translate(_SIGNS)
    text = re.sub(r"\\[()\[\]]|\$|\[[0-9a-f]{8}\]", " ", text)
    text = re.sub(r"(?m)^\s*(?:>|\*|-{3,})", " ", text)
    text = re.sub(r"[\s*_|#`]+", "", text)
    if level:
        text = text.casefold()
    return re.sub(r"[^\w.,+\-/×<>=%]", "", text) if level == 2 else text


def find(text: str, among: Mapping[str, str]) -> str | None:
    """The name of the only text that reads the same."""
    for level in LEVELS:
        found = [name for name, other in among.items() if key(other, level) == key(text, level)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def is_among(text: str, several: Iterable[str]) -> bool:
    return key(text, 2) in {key(one, 2) for one in several}


def listed(text: str, among: Mapping[str, str]) -> tuple[str, ...] | None:
    """Names whose texts, with semicolons between, are ``text``; None where none or several lists read so."""
    for level in LEVELS[:2]:
        keys = {name: key(other, level) for name, other in among.items()}
        found = {frozenset(one) for one in _lists(key(text, level), keys, ())}
        if found:
            return tuple(name for name in among if name in next(iter(found))) if len(found) == 1 else None
    return None


def _lists(rest: str, keys: Mapping[str, str], before: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = []
    for name, one in keys.items():
        if name in before or not one or not rest.startswith(one):
            continue
        after = rest[len(one) :]
        if not after:
            found.append((*before, name))
        elif after.startswith(";"):
            found += _lists(after[1:], keys, (*before, name))
    return found


def pairs(text: str, left: Mapping[str, str], right: Mapping[str, str]) -> dict[str, str] | None:
    """``stem -> answer; stem -> answer``, in any order, by names; None where none or several readings fit."""
    for level in LEVELS[:2]:
        lefts = {name: key(other, level) for name, other in left.items()}
        rights = {name: key(other, level) for name, other in right.items()}
        found = {tuple(sorted(one.items())) for one in _paired(key(text, level), lefts, rights, {})}
        if found:
            return dict(next(iter(found))) if len(found) == 1 else None
    return None


def _paired(
    rest: str, left: Mapping[str, str], right: Mapping[str, str], before: Mapping[str, str]
) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for stem, shown in left.items():
        if stem in before or not rest.startswith(shown + "->"):
            continue
        told = rest[len(shown) + 2 :]
        for name, one in right.items():
            if told == one:
                found.append({**before, stem: name})
            elif told.startswith(one + ";"):
                found += _paired(told[len(one) + 1 :], left, right, {**before, stem: name})
    return found


def order(pieces: Sequence[str], among: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Every order of all the names that reads so, where a text may be cut short by three dots."""
    for level in LEVELS:
        keys = {name: key(other, level) for name, other in among.items()}
        fits = [[name for name, whole in keys.items() if _is(key(piece, level), whole)] for piece in pieces]
        found = _placed(fits, ())
        if found:
            return found
    return []


def _is(piece: str, whole: str) -> bool:
    return piece == whole or (piece.endswith("...") and whole.startswith(piece.removesuffix("...")))


def _placed(fits: Sequence[Sequence[str]], before: tuple[str, ...]) -> list[tuple[str, ...]]:
    if len(before) == len(fits):
        return [before]
    found = []
    for name in fits[len(before)]:
        if name not in before:
            found += _placed(fits, (*before, name))
            if len(found) > 1:  # two are enough to know that it is not clear
                break
    return found


def parts(text: str) -> dict[int, str]:
    """``part 1: 26; part 2: 3,5``, in the languages of the quiz."""
    heads = list(re.finditer(r"(?:^|;\s*)(?:part|partie)\s+(\d+)\s*:", text, re.IGNORECASE))
    ends = [(head, after.start()) for head, after in pairwise(heads)] + [(head, len(text)) for head in heads[-1:]]
    return {int(head[1]): text[head.end() : end].strip() for head, end in ends}
