"""Read ``<id>.<lang>.md``: an outline whose headings are the names in ``<id>.py``.

# title            the statement follows
## size            a question; its prompt follows
### padding_once   a misconception, a check, or a label (an option, a row); its words follow
## solution        the worked solution
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from grader.errors import ContentError

HEADING = re.compile(r"^(#{1,3}) (.+)$")


@dataclass(frozen=True, slots=True)
class Prose:
    """One language's file: ``sections["size/padding_once"]`` and the line each starts at."""

    path: Path
    title: str
    sections: dict[str, str]
    lines: dict[str, int]


def read(path: Path) -> Prose:
    if not path.is_file():
        raise ContentError(path, 1, "this file is missing", "Every exercise has a .fr.md and a .en.md.")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContentError(path, 1, "not encoded in UTF-8", "Save it again as UTF-8.") from error
    title, key, fenced = "", "", False
    sections: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            fenced = not fenced
        if "{%" in line:
            raise ContentError(path, number, "control flow in prose", "Compute it in the .py file, as a @value.")
        match = None if fenced else HEADING.match(line)
        if not match:
            if key not in sections:
                raise ContentError(path, number, "text before the title", "Start the file with '# Title'.")
            sections[key].append(line)
            continue
        level, name = len(match[1]), match[2].strip()
        if level == 1:
            title, key = name, "statement"
        else:
            key = name if level == 2 else f"{key.split('/')[0]}/{name}"
        if key in sections:
            raise ContentError(path, number, f"'{name}' is written twice", f"The first one is at line {lines[key]}.")
        sections[key], lines[key] = [], number
    if not title:
        raise ContentError(path, 1, "this file has no title", "Start the file with '# Title'.")
    return Prose(path, title, {k: "\n".join(v).rstrip().lstrip("\n") for k, v in sections.items()}, lines)
