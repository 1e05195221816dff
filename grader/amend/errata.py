"""What students are told in their notebooks of what was amended, and the notebooks written anew."""

from __future__ import annotations

from dataclasses import replace

from grader import lock, release
from grader.lock import Lock
from grader.model import Course, Item, Text

LONGEST = 64  # of a cell's id
Json = dict[str, object]


def under(item: Item, question: str = "") -> str:
    """The cell that an erratum stands under: the question's words, or the exercise's first cell."""
    prompt = f"{item.key}-{question}-prompt"
    known = [cell.id for cell in item.cells]
    if question and prompt in known:
        return prompt
    about = [cell.id for cell in item.cells if question and cell.question == question]
    return known[max(0, known.index(about[0]) - 1)] if about else known[0]


def with_erratum(locked: Lock, about: str, cell: str, words: Text) -> Lock:
    """In place of what was said of it before."""
    said = [one for one in locked.said.get("errata", ()) if one["about"] != about]
    id = f"{about}-erratum"[-LONGEST:].lstrip("-")
    said.append({"about": about, "under": cell, "id": id, "text": {"fr": words.fr, "en": words.en}})
    return replace(locked, said={**locked.said, "errata": said})


def without_erratum(locked: Lock, about: str) -> Lock:
    return replace(
        locked, said={**locked.said, "errata": [e for e in locked.said.get("errata", ()) if e["about"] != about]}
    )


def hand_out(course: Course, locked: Lock) -> None:
    """The lock, then ``release/`` again: ids and points are what they were."""
    lock.store(locked)
    assignment = course.assignments.get(locked.assignment)
    release.notebooks(course, locked, shared=bool(assignment and assignment.shared))
