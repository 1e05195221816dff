"""What every kind of answer shares."""
# ruff: noqa: ARG002 - every kind is told the printed order, and only some need it

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from string import ascii_uppercase
from typing import Any

from grader import readers, setup_cell
from grader.errors import PartielError
from grader.model import Lang, Reading, Unreadable, Value


class Missing(Unreadable):
    """Nothing was written: the placeholder is still there."""


@dataclass(frozen=True)
class Base:
    """What most kinds share: a placeholder of three dots, and a reader from ``readers``."""

    kind = "answer"
    options: tuple[str, ...] | str = ()

    def placeholder(self, shown: tuple[str, ...]) -> str:
        return "..."

    def reader(self, shown: tuple[str, ...]) -> tuple[str, tuple[Value, ...]]:
        raise NotImplementedError

    def read(self, written: Value, shown: tuple[str, ...], lang: Lang) -> Reading:
        """As the student's own notebook reads it. Raises Unreadable, and Missing when nothing was written."""
        name, arguments = self.reader(shown)
        function: Callable[..., Value] = getattr(readers, name)
        try:
            value = function(here(written), *arguments)
        except ValueError as problem:
            why = setup_cell.MESSAGES[str(problem)]
            raise (Missing if str(problem) in ("no_answer", "untouched") else Unreadable)(why) from None
        return Reading(self.meaning(value, shown), readers.show_value(value, setup_cell.sentences(lang, ())["point"]))

    def meaning(self, value: Value, shown: tuple[str, ...]) -> Value:
        """What the reader's value stands for: a letter stands for an option."""
        return value

    def write(self, value: Value, shown: tuple[str, ...]) -> Value:
        """What a student's cell holds to say ``value``: the other way round than ``read``."""
        return value


def here(written: Value, depth: int = 0) -> Value:
    """Three dots and sets stay in the sandbox, known by their kind: on this side they are dots and a set again."""
    if type(written).__name__ == "Remote":
        return {"ellipsis": ..., "set": frozenset(), "frozenset": frozenset()}.get(written.kind, written)
    if depth > 8:
        return written
    if type(written) in (list, tuple):
        return type(written)(here(part, depth + 1) for part in written)
    if type(written) is dict:
        return {key: here(part, depth + 1) for key, part in written.items()}
    return written


def full(right: bool) -> Fraction:
    return Fraction(1 if right else 0)


def is_number(x: object) -> bool:
    return isinstance(x, (int, float, Fraction)) and not isinstance(x, bool)


def equal(given: Value, right: Value) -> bool:
    """Equal as whole numbers; exercises may hand over NumPy's."""
    given, right = readers._plain(given), readers._plain(right)
    return is_number(given) and is_number(right) and bool(given == right)


def names_or_value(kind: str, given: tuple[Any, ...]) -> tuple[str, ...] | str:
    """Names as written; a single one names the derived value that lists them."""
    if len(given) == 1:
        return given[0] if isinstance(given[0], str) else distinct(kind, given[0])
    return distinct(kind, given)


def distinct(kind: str, names: Iterable[Any]) -> tuple[str, ...]:
    listed = tuple(names)
    if not all(isinstance(name, str) for name in listed) or len(set(listed)) < len(listed) or not listed:
        raise PartielError(kind, f"{list(listed)} are not distinct names", "Name each option once.")
    if len(listed) > len(ascii_uppercase) and kind != "table":
        raise PartielError(kind, f"{len(listed)} options are too many", "Letters go from A to Z.")
    return listed


def letters(shown: tuple[str, ...]) -> str:
    return ascii_uppercase[: len(shown)]
