"""Scripts with one line wrong, and blocks of code out of order: what the exercises about reading code share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol, TypeVar

from grader.model import Value

Lines = tuple[str, ...]


class _Takes(Protocol):
    """A question that wrong ideas can be added to."""

    def misconception(self, compute: Callable[..., Value], /) -> object: ...


Mark = TypeVar("Mark", bound=_Takes)


# ── one line wrong ───────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Bug:
    """One line of a script, and what stands there instead; an empty ``line`` is a line left out."""

    script: str  # the name of the script it is in
    starts: str  # how the right line starts
    line: str
    cause: str = ""
    number: int = 0  # among the 28 bugs that a course should show (tests/test_scripts.py); 0 is none of them


def bugged(script: str, bug: Bug | None, idle: Iterable[tuple[int, str]] = (), **sizes: Value) -> Lines:
    """The script's lines with the bug, lines that do nothing put in one after the other, and ``<name>`` filled.

    Without a bug, the script as it should be. Raises ValueError where no line, or several, could be the right one.
    """
    rows = script.splitlines()
    if bug:
        place = _place(rows, bug)
        rows[place : place + 1] = [bug.line] if bug.line else []
    for place, row in idle:
        rows.insert(place, row)
    return tuple(_filled(row, sizes) for row in rows)


def right_line(script: str, bug: Bug, **sizes: Value) -> str:
    """The line as it should be."""
    rows = script.splitlines()
    return _filled(rows[_place(rows, bug)], sizes)


def bug_line(lines: Lines, bug: Bug, **sizes: Value) -> int:
    """The number of the wrong line, from 1."""
    return lines.index(_filled(bug.line, sizes)) + 1


def numbered(lines: Lines) -> str:
    """A block of code in Markdown, with the numbers of its lines."""
    return "\n".join(f"    {n:2}  {row}" for n, row in enumerate(lines, 1))


def idle_lines(place: int) -> list[tuple[int, str]]:
    """Lines that do nothing, for six places: the same bug is not on the same line."""
    imported = [(0, "import time")] if place % 2 else []
    return imported + ([(2, "started = time.time()" if place % 2 else "print('ready')")] if place >= 3 else [])


def at(place: int, **lists: Sequence[Value]) -> dict[str, Value]:
    """One number of each list: ``at(4, classes=[8, 10, 43], epochs=…)``. Short lists start again."""
    return {name: numbers[place % len(numbers)] for name, numbers in lists.items()}


def starting(lines: Lines, *starts: str) -> int:
    """The number of the first line that starts with one of these, tried in turn."""
    return next(n for start in starts for n, row in enumerate(lines, 1) if row.startswith(start))


def elsewhere(**starts: tuple[str, ...]) -> Callable[[Mark], Mark]:
    """Adds a wrong idea for each line that is right and may be taken for the wrong one, by how it starts."""

    def idea(name: str, those: tuple[str, ...]) -> Callable[..., Value]:
        def here(lines: Lines) -> int:
            return starting(lines, *those)

        here.__name__ = name
        return here

    return _adding(idea(name, those) for name, those in starts.items())


# ── blocks out of order ──────────────────────────────────────────────────────


def pairs(spares: Sequence[str]) -> list[tuple[int, int]]:
    """Every two of the blocks that do not belong, by their places."""
    return list(combinations(range(len(spares)), 2))


def misordered(spares: Sequence[str], left_out: str, **moves: tuple[str, str]) -> Callable[[Mark], Mark]:
    """Adds the wrong ideas of a question named ``order``: a block moved before another, a spare used, one missing."""

    def moved(name: str, block: str, before: str) -> Callable[..., Value]:
        def idea(order: Lines) -> Lines:
            rest = [other for other in order if other != block]
            rest.insert(rest.index(before), block)
            return tuple(rest)

        idea.__name__ = name
        return idea

    def spare_block(order: Lines, spare: tuple[int, int]) -> Lines:
        return (*order, spares[spare[0]])

    def block_left_out(order: Lines) -> Lines:
        return tuple(name for name in order if name != left_out)

    ideas = [moved(name, block, before) for name, (block, before) in moves.items()]
    return _adding([*ideas, spare_block, block_left_out])


def _adding(ideas: Iterable[Callable[..., Value]]) -> Callable[[Mark], Mark]:
    def add(mark: Mark) -> Mark:
        for idea in ideas:
            mark.misconception(idea)
        return mark

    return add


def _place(rows: Sequence[str], bug: Bug) -> int:
    found = [n for n, row in enumerate(rows) if row.startswith(bug.starts)]
    if len(found) != 1:
        raise ValueError(f"{len(found)} lines start with {bug.starts!r}: a bug replaces one")
    return found[0]


def _filled(row: str, sizes: Mapping[str, Value]) -> str:
    for name, size in sizes.items():
        row = row.replace(f"<{name}>", str(size))
    return row
