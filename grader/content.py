"""Where exercises lie: ours, packages', a course's own. A file's stem is its exercise's id, everywhere."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path

from grader import loading
from grader.errors import ContentError, PartielError, UsageError, near_miss
from grader.model import Exercise

PACKAGE = Path(__file__).parent
COLLECTIONS = "partiel.exercises"  # the entry points by which other packages bring exercises


def root() -> Path:
    """What the user asked for; else the wheel's copy; else the checkout around us."""
    if asked := os.environ.get("PARTIEL_CONTENT"):
        return Path(asked)
    installed = PACKAGE / "_content"
    return installed if installed.is_dir() else PACKAGE.parent


def checkout() -> Path | None:
    """The checkout around us; nothing where Partiel is installed as a wheel."""
    return None if (PACKAGE / "_content").is_dir() else PACKAGE.parent


@lru_cache(maxsize=1)
def collections() -> dict[str, Path]:
    """Folders of exercises that installed packages bring, by the name of their entry point. None is imported.

    Raises PartielError where a package has no such folder.
    """
    found: dict[str, Path] = {}
    for point in entry_points(group=COLLECTIONS):
        spec = importlib.util.find_spec(point.module)
        folders = list(spec.submodule_search_locations or ()) if spec else []
        if not folders or not (Path(folders[0]) / "exercises").is_dir():
            remedy = f"Its entry point in '{COLLECTIONS}' names a package whose folder has exercises/ and solutions/."
            raise PartielError(f"{point.name} = {point.value}", "this collection has no folder exercises/", remedy)
        found[point.name] = Path(folders[0])
    return found


def roots(own: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Every folder that holds ``exercises/``: ours, those of installed collections, and a course's own."""
    brought = () if os.environ.get("PARTIEL_CONTENT") else collections().values()
    return (root(), *brought, *own)


def paths(own: Iterable[Path] = ()) -> dict[str, Path]:
    """Every exercise's file, by id; ``own`` are a course's folders. Raises ContentError where two have one id."""
    found: dict[str, Path] = {}
    for folder in roots(own):
        for path in sorted((folder / "exercises").glob("*/*.py")):
            if path.stem in found:
                problem = f"'{path.stem}' is already an exercise"
                raise ContentError(path, 1, problem, f"Rename it, or {found[path.stem]}.")
            found[path.stem] = path
    return found


def where(id: str, own: Iterable[Path] = ()) -> Path:
    """An exercise's file. Raises UsageError, with the near miss."""
    return _path(root(), tuple(own), id)


def find(id: str, own: Iterable[Path] = ()) -> Exercise:
    """Raises UsageError, with the near miss."""
    return load(where(id, own))


@lru_cache(maxsize=512)
def _path(first: Path, own: tuple[Path, ...], id: str) -> Path:  # noqa: ARG001 - the key of what was found before
    """Searched for once in each set of folders: a thousand students ask for the same exercises."""
    known = paths(own)
    if id not in known:
        raise UsageError(id, "no exercise has this id", near_miss(id, known, "'partiel list' shows them all."))
    return known[id]


@lru_cache(maxsize=512)
def load(path: Path) -> Exercise:
    """Raises ContentError."""
    return loading.exercise(path)
