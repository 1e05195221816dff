"""A course folder: ``course.toml``, ``students.csv``, and the secret that gives each student numbers of their own."""

from __future__ import annotations

import tomllib
from pathlib import Path

from grader.course import assignments, collections, roster, secret, service, shares, terms, words
from grader.course.fresh import init
from grader.course.resits import resit
from grader.course.terms import amended
from grader.errors import CourseError, near_miss
from grader.model import Assignment, Course

__all__ = ["amended", "assignment", "init", "load", "resit"]

COURSE_KEYS = ("id", "title", "lang", "anonymous", "integrity")


def load(folder: Path) -> Course:
    """Raises CourseError, which says where, what, and what to do."""
    file = folder / "course.toml"
    if not file.is_file():
        raise CourseError(folder, "this is not a course folder: it has no course.toml", "Run 'partiel init' here.")
    try:
        said = tomllib.loads(file.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(file, f"not readable as TOML: {error}", "Correct that place.") from error
    words.only(
        file, "the file", said, ("course", "assignments", "content", "data", "grading", "pools", "server", "staff")
    )
    head = words.table(file, "course", said)
    words.only(file, "[course]", head, COURSE_KEYS)
    lang = words.lang(file, head.get("lang", "fr"))
    anonymous = assignments.yes(file, "[course]", head, "anonymous", unless=False)
    own = collections.read(file, words.table(file, "content", said))
    pools = shares.read(file, words.table(file, "pools", said), own)
    tables = assignments.as_resits(file, words.table(file, "assignments", said), pools)
    return Course(
        id=str(head.get("id", folder.name)),
        title=str(head.get("title", head.get("id", folder.name))),
        lang=lang,
        root=folder.resolve(),
        secret=secret.read(folder),
        assignments={id: assignments.read(file, id, one, anonymous=anonymous) for id, one in tables.items()},
        students=tuple(roster.read(folder / "students.csv", tables)),
        data={str(k): str(v) for k, v in words.table(file, "data", said).items()},
        grading=terms.read(file, words.table(file, "grading", said)),
        content=own,
        pools=pools,
        service=service.read(file, words.table(file, "server", said)),
        staff=service.staff(file, words.table(file, "staff", said)),
        integrity=assignments.yes(file, "[course]", head, "integrity", unless=True),
    )


def assignment(course: Course, id: str) -> Assignment:
    if id not in course.assignments:
        known = ", ".join(course.assignments) or "none yet"
        remedy = near_miss(id, course.assignments, f"The assignments are: {known}.")
        raise CourseError(course.root / "course.toml", f"no assignment '{id}'", remedy)
    return course.assignments[id]
