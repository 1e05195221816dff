"""An outline of headings; whatever else stands in the file is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import statement
from grader.errors import ContentError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tiny.fr.md"


def test_headings_are_keys_and_know_their_line(file: Path) -> None:
    file.write_text("# Titre\n\nTexte.\n\n## size\n\nQ ?\n\n### wrong\n\nNon.\n", "utf-8")
    read = statement.read(file)
    assert (read.title, read.sections) == ("Titre", {"statement": "Texte.", "size": "Q ?", "size/wrong": "Non."})
    assert read.lines["size/wrong"] == 9


def test_a_comment_in_code_is_no_heading(file: Path) -> None:
    file.write_text("# Titre\n\n```python\n# not a heading\n```\n", "utf-8")
    assert statement.read(file).sections == {"statement": "```python\n# not a heading\n```"}


def test_a_byte_order_mark_is_no_text(file: Path) -> None:
    file.write_bytes("\ufeff# Titre\n".encode())
    assert statement.read(file).title == "Titre"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("# T\n\n{% if n %}x{% endif %}\n", 3, "control flow in prose"),
        ("Bonjour\n# T\n", 1, "text before the title"),
        ("# T\n## size\n## size\n", 3, "'size' is written twice"),
        ("# T\n# U\n", 2, "'U' is written twice"),
        ("", 1, "this file has no title"),
    ],
)
def test_what_is_no_outline_is_refused_with_its_line(file: Path, text: str, line: int, said: str) -> None:
    file.write_text(text, "utf-8")
    with pytest.raises(ContentError) as caught:
        statement.read(file)
    assert f"tiny.fr.md:{line}: " in str(caught.value) and said in str(caught.value)


def test_another_encoding_is_refused(file: Path) -> None:
    file.write_bytes("# Titré\n".encode("latin-1"))
    with pytest.raises(ContentError, match="not encoded in UTF-8"):
        statement.read(file)
