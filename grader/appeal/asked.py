"""A student and a question as somebody types them."""

from __future__ import annotations

from grader import anonymity
from grader.errors import UsageError, near_miss
from grader.lock import Lock
from grader.model import GRADED, Course


def find_student(course: Course, locked: Lock, said: str) -> str:
    """By id, or by code. Raises UsageError; where names are hidden, no id is suggested."""
    codes = {anonymity.code(course, student): student for student in locked.students}
    if said.upper() in codes:
        return codes[said.upper()]
    if said in locked.students:
        return said
    known = tuple(codes) if anonymity.hidden(course, locked.assignment) else locked.students
    raise UsageError(said, "was handed no copy", near_miss(said, known, f"See {locked.assignment}.lock.json."))


def find_key(locked: Lock, said: str) -> str:
    """``item-question``; a dot does too, and so do an item of one question and a question that one item asks."""
    sheet = locked.example("en" if "en" in locked.said["head"] else "fr")
    keys = [(i.key, c.question, f"{i.key}-{c.question}") for i in sheet.items for c in i.cells if c.kind in GRADED]
    every = [key for _, _, key in keys]
    for wanted in (said, said.replace(".", "-"), said.removesuffix("-check")):
        if wanted in every:
            return wanted
    found = [key for item, question, key in keys if said in (item, question)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(said, "is more than one question", f"Say which: {', '.join(found)}.")
    remedy = near_miss(said, every, f"The questions are: {', '.join(every)}.")
    raise UsageError(said, f"is no question of '{locked.assignment}'", remedy)
