"""Typst to PDF. No other module imports typst."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from grader import content
from grader.errors import UsageError

if TYPE_CHECKING:
    import typst

LOOK = "sheet.typ"
SHARP = 144  # dots an inch: two for each pixel of a page


class Press:
    """Prints one source after another, from a folder that holds the look and the pictures; nothing is downloaded."""

    def __init__(self, folder: Path, compiler: typst.Compiler) -> None:
        self._folder, self._compiler = folder, compiler

    def pdf(self, source: str) -> bytes:
        """The same bytes each time."""
        return self._printed(source, "pdf")[0]

    def png(self, source: str, ppi: int = 110) -> list[bytes]:
        """One picture a page."""
        return self._printed(source, "png", ppi)

    def _printed(self, source: str, form: Literal["pdf", "png"], ppi: int = 110) -> list[bytes]:
        made = self._compiler.compile(source.encode(), format=form, timestamp=0, ppi=ppi)
        assert made is not None, "it was not asked to write a file"
        return made if isinstance(made, list) else [made]


def redrawn(pictures: Mapping[str, bytes], form: Literal["pdf", "png"]) -> Iterator[tuple[str, bytes]]:
    """Each picture alone on a page of its size, for those who do not read SVG."""
    with press(pictures) as made:
        for file in pictures:
            source = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("{file}")\n'
            yield file, made.pdf(source) if form == "pdf" else made.png(source, ppi=SHARP)[0]


@contextmanager
def press(pictures: Mapping[str, bytes]) -> Iterator[Press]:
    """Raises UsageError where typst is not installed."""
    try:
        import typst
    except ImportError as error:
        problem = "this format's pages or pictures are drawn by typst, which is not installed"
        raise UsageError("--to", problem, "Run 'pip install \"partiel[quiz]\"'.") from error
    with tempfile.TemporaryDirectory(prefix="partiel-paper-") as name:
        folder = Path(name)
        look = content.root() / "templates" / "paper" / LOOK
        (folder / LOOK).write_text(look.read_text("utf-8"), "utf-8")
        for file, data in pictures.items():
            (folder / file).write_bytes(data)
        fonts = typst.Fonts(include_system_fonts=False)  # the same pages on every machine
        yield Press(folder, typst.Compiler(b"", root=str(folder), font_paths=fonts))
