"""A new exercise: its files, with a ✎ wherever the author has something to say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from grader import content
from grader.errors import UsageError
from grader.loading import LONGEST_ID

Kind = Literal["answer", "task"]
BLANK = "✎"
NAME = re.compile(r"[a-z][a-z0-9_]*")


def new(shelf: str, id: str, kind: Kind, folder: Path, taken: dict[str, Path]) -> list[Path]:
    """Writes the files below ``folder``, and gives them in the order to fill them in. Raises UsageError."""
    for name in (shelf, id):
        if not NAME.fullmatch(name):
            raise UsageError(f"{shelf}/{id}", f"{name!r} cannot be a name here", "Use small letters, digits and '_'.")
    if len(id) > LONGEST_ID // 2:
        raise UsageError(id, f"is longer than {LONGEST_ID // 2} characters", "It names cells: choose a shorter one.")
    if id in taken:
        raise UsageError(id, f"is already an exercise: {taken[id]}", "Choose another name.")
    made = []
    for source in sorted((content.root() / "templates" / "new" / kind).iterdir(), key=_order):
        stem, dot, end = source.name.partition(".")
        beside = folder / "exercises" / shelf / f"{id}{dot}{end}"
        target = beside if stem == "exercise" else folder / "solutions" / id / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text("utf-8").replace("SHELF", shelf), "utf-8")
        made.append(target)
    return made


def _order(source: Path) -> tuple[int, str]:
    first = ("exercise.py", "exercise.fr.md", "exercise.en.md")
    return (first.index(source.name) if source.name in first else len(first)), source.name
