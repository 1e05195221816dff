"""Who a platform's person is in this course. The platform says who they are; course.toml says what they may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grader.model import Course
from grader.store import Connection, lti

LIS = "https://purl.imsglobal.org/spec/lti/claim/lis"
ROLES = "https://purl.imsglobal.org/spec/lti/claim/roles"
TEACH = ("#Instructor", "#TeachingAssistant", "#Administrator", "#ContentDeveloper")
EXT = "https://purl.imsglobal.org/spec/lti/claim/ext"


@dataclass(frozen=True, slots=True)
class Person:
    """As the platform describes them."""

    sub: str
    name: str = ""
    email: str = ""
    numbers: tuple[str, ...] = ()  # what the institution knows them by
    account: str = ""  # what they may have called themselves there
    teaches: bool = False  # so the platform says


def from_claims(said: Mapping[str, Any]) -> Person:
    """Of a launch; ``ext`` is Moodle's, and holds the account's name."""
    lis, ext = said.get(LIS) or {}, said.get(EXT) or {}
    number, roles = lis.get("person_sourcedid"), said.get(ROLES) or ()
    return Person(
        str(said.get("sub", "")),
        _text(said.get("name")),
        _text(said.get("email")),
        (str(number),) if number else (),
        _text(ext.get("user_username")),
        any(isinstance(role, str) and role.endswith(TEACH) for role in roles),
    )


def from_member(said: Mapping[str, Any]) -> Person:
    """Of the platform's list of people."""
    number = said.get("lis_person_sourcedid")
    return Person(
        str(said.get("user_id", "")),
        _text(said.get("name")),
        _text(said.get("email")),
        (str(number),) if number else (),
    )


def ours(course: Course, c: Connection, issuer: str, person: Person) -> str | None:
    """Their id in this course: as they were met before, by a number of the institution, or by an address of the roster.

    One account there is one person here: nobody becomes somebody who came in by another account. Where people choose
    the names of their accounts, one of these is a teacher's only if the platform has them for one.
    """
    if not person.sub:
        return None
    known = lti.person(c, issuer, person.sub)
    if known is not None:
        return known
    found = _by_number(course, person.numbers) or _by_account(course, person) or _by_address(course, person.email)
    return found if found and found not in lti.people(c, issuer) else None


def _by_number(course: Course, numbers: Iterable[str]) -> str | None:
    named = {id: id for id in course.staff}
    for student in course.students:
        named |= {student.id: student.id} | ({student.number: student.id} if student.number else {})
    return next((named[one] for one in numbers if one in named), None)


def _by_account(course: Course, person: Person) -> str | None:
    found = _by_number(course, (person.account,)) if person.account else None
    return found if found not in course.staff or person.teaches else None


def _by_address(course: Course, email: str) -> str | None:
    """Of students only: who may see everyone's work is never told by an address."""
    same = [one.id for one in course.students if email and one.email.lower() == email.lower()]
    return same[0] if len(same) == 1 and same[0] not in course.staff else None


def _text(said: object) -> str:
    return said.strip()[:300] if isinstance(said, str) else ""
