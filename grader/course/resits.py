"""A second session: the table that ``partiel generate ID --resit`` adds to ``course.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager

from grader import whole
from grader.course.words import quoted
from grader.errors import CourseError
from grader.model import Course


@contextmanager
def resit(course: Course, of: str) -> Iterator[str]:
    """The id of the resit of ``of``; its table is written where there is none, and taken back if it cannot be released.

    Raises CourseError where course.toml has several.
    """
    known = [one.id for one in course.assignments.values() if one.resit_of == of]
    file = course.root / "course.toml"
    if len(known) > 1:
        remedy = f"Say which: partiel generate {known[0]}."
        raise CourseError(file, f"'{of}' has several resits: {', '.join(known)}", remedy)
    if known:
        yield known[0]
        return
    id = f"{of}-resit"
    key = quoted(id) if "." in id else id
    table = f"[assignments.{key}]\nresit_of = {quoted(of)}\n"
    before = file.read_bytes()
    after = before + f"\n{table}".encode()
    try:
        tomllib.loads(after.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(file, f"'{of}' has no resit", f'Write one: "{id}", with resit_of = {quoted(of)}.') from error
    whole.write(file, after)
    try:
        yield id
    except BaseException:
        if not (course.root / f"{id}.lock.json").exists():  # once handed out, it stays: the same command goes on
            whole.write(file, before)
        raise
