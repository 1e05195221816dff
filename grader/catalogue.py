"""The catalogue as an instructor searches it: the facts of every exercise, and which of them answer a wish."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader import content
from grader.errors import ContentError, UsageError, near_miss
from grader.model import Answer, Essay, Exercise, Question, Task, Text

KINDS = {
    "choice": Text("choix", "choice"),
    "choices": Text("choix multiples", "choices"),
    "code": Text("code", "code"),
    "decimal": Text("décimal", "decimal"),
    "essay": Text("texte libre", "free text"),
    "formula": Text("formule", "formula"),
    "grid": Text("matrice", "matrix"),
    "matching": Text("appariement", "matching"),
    "ordering": Text("ordre", "ordering"),
    "shape": Text("forme", "shape"),
    "table": Text("tableau", "table"),
    "whole": Text("entier", "whole"),
}
FEW = 8  # exercises: below, another process costs more than it spares


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to know of an exercise before choosing it."""

    id: str
    shelf: str
    title: Text
    kinds: tuple[str, ...]
    difficulty: int
    minutes: int
    tags: tuple[str, ...]
    needs: tuple[str, ...]
    device: str
    variants: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What an instructor asks for. Empty means whatever; ``levels`` are the first and the last difficulty."""

    shelf: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    levels: tuple[int, int] = (1, 5)

    def granted(self, facts: Facts) -> bool:
        return (
            (not self.shelf or facts.shelf in self.shelf)
            and all(tag in facts.tags for tag in self.tag)
            and all(kind in facts.kinds for kind in self.kind)
            and self.levels[0] <= facts.difficulty <= self.levels[1]
        )


def kinds(exercise: Exercise) -> tuple[str, ...]:
    """Of its questions, each once."""
    return tuple(dict.fromkeys(map(_kind, exercise.questions)))


def _kind(question: Question) -> str:
    if isinstance(question, Answer):
        return question.rule.kind
    return "essay" if isinstance(question, Essay) else "code"


def facts(exercise: Exercise) -> Facts:
    devices = {question.device for question in exercise.questions if isinstance(question, Task)}
    return Facts(
        exercise.id,
        exercise.shelf,
        exercise.title,
        kinds(exercise),
        exercise.difficulty,
        exercise.minutes,
        exercise.tags,
        exercise.needs,
        "gpu" if "gpu" in devices else "cpu",
        len(exercise.params),
        exercise.dropped,
    )


def search(wish: Wish, own: tuple[Path, ...] = ()) -> tuple[list[Facts], list[str]]:
    """What answers the wish, by shelf and then from easy to hard; and what is wrong with exercises that do not load.

    Raises UsageError, with the near miss, for a shelf, a tag or a kind that no exercise has.
    """
    paths = content.paths(own).values()
    _known("--shelf", "shelf", wish.shelf, (path.parent.name for path in paths))
    _known("--kind", "kind", wish.kind, KINDS)
    on_shelf = [path for path in paths if not wish.shelf or path.parent.name in wish.shelf]
    read = _each(_read, on_shelf)
    loaded = [one for one in read if isinstance(one, Facts)]
    broken = [one for one in read if isinstance(one, str)]
    if not broken and set(wish.tag) - {tag for one in loaded for tag in one.tags}:  # perhaps on another shelf
        everywhere = [one for one in _each(_read, list(paths)) if isinstance(one, Facts)]
        _known("--tag", "tag", wish.tag, (tag for one in everywhere for tag in one.tags))
    found = [one for one in loaded if wish.granted(one)]
    return sorted(found, key=lambda one: (one.shelf, one.difficulty, one.id)), broken


def _read(path: Path) -> Facts | str:
    try:
        return facts(content.load(path))
    except ContentError as error:
        return str(error)


def _each(read: Callable[[Path], Facts | str], paths: Sequence[Path]) -> list[Facts | str]:
    """On every core: proving that no wrong idea gives the right answer takes some milliseconds for each exercise."""
    cores = os.cpu_count() or 1
    if len(paths) < FEW or cores < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return list(map(read, paths))
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("fork")) as pool:
        return list(pool.map(read, paths, chunksize=4))


def _known(option: str, word: str, asked: Sequence[str], known: Iterable[str]) -> None:
    names = sorted(set(known))
    for name in asked:
        if name not in names:
            raise UsageError(option, f"no exercise has the {word} '{name}'", near_miss(name, names, _listed(names)))


def _listed(names: Sequence[str]) -> str:
    return f"There are {', '.join(names)}." if names else "There is none yet."
