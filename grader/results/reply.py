"""What one student answered to one question, as it comes back from elsewhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.model import Student
from grader.results.words import key


@dataclass(frozen=True, slots=True)
class Who:
    """As the other program names a student; what it does not say is empty."""

    number: str = ""
    email: str = ""
    name: str = ""
    user: str = ""

    @property
    def said(self) -> str:
        return self.name or self.number or self.email or self.user


@dataclass(frozen=True, slots=True)
class Reply:
    """``source`` is what a notebook's cell would hold; nothing where the question was left blank, or is a problem."""

    who: Who
    where: str  # in the file
    attempt: int  # the line or the object: a student may have several
    slug: str = ""
    part: str = ""
    source: str | None = None
    problem: str = ""
    answer: str = ""  # as it was written
    unfinished: bool = False
    marked: Fraction | None = None  # what a person gave on paper, of the question's points


def student(who: Who, roster: Sequence[Student]) -> list[Student]:
    """Whom it could be: by the registrar's number or the id, then by address, then by name."""
    number = who.number.casefold()
    if number and (found := [one for one in roster if number in (one.number.casefold(), one.id.casefold())]):
        return found
    bare = number.lstrip("0")  # printed with zeros in front
    if bare and (found := [one for one in roster if bare in (one.number.casefold().lstrip("0"), one.id.casefold())]):
        return found
    email = who.email.casefold()
    if email and (found := [one for one in roster if email == one.email.casefold()]):
        return found
    user = who.user.casefold()
    if user and (found := [one for one in roster if user == one.id.casefold()]):
        return found
    name = _name(who.name)
    return [one for one in roster if name and _name(one.name) == name]


def _name(name: str) -> tuple[str, ...]:
    """Words in any order, without accents: one program says the surname first."""
    bare = unicodedata.normalize("NFKD", name.replace("-", " ")).encode("ascii", "ignore").decode()
    return tuple(sorted(key(word, 2) for word in bare.split()))
