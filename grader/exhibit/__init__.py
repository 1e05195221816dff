"""Variants shown to whoever chooses exercises: in a terminal, as a page, and all of them in a gallery."""

from __future__ import annotations

from grader.exhibit.gallery import gallery, specimen
from grader.exhibit.key import Key, Wrong, key, solution
from grader.exhibit.page import page
from grader.exhibit.plain import title, words
from grader.tex import unicode as formula

__all__ = ["Key", "Wrong", "formula", "gallery", "key", "page", "solution", "specimen", "title", "words"]
