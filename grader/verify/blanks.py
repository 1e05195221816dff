"""What an author has still to write: the marks that ``partiel new`` left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.scaffold import BLANK


def blanks(path: Path) -> Iterator[str]:
    """A line for each mark left in the files of the exercise at ``path``, and in its solutions."""
    solutions = path.parents[2] / "solutions" / path.stem
    files = [path, path.with_suffix(".fr.md"), path.with_suffix(".en.md"), *sorted(solutions.glob("*.py"))]
    for file in files:
        if not file.is_file():
            continue
        for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
            _, mark, wanted = line.partition(BLANK)
            if mark:
                yield f"{file.name}:{number}: still to write: {wanted.strip()}"
