"""What a line of the roster gives a student: more time, another deadline, an absence. Read, or refused."""

from __future__ import annotations

import re
from datetime import date, datetime
from fractions import Fraction
from typing import cast

from grader.errors import CourseError
from grader.model import Absence

YES = ("yes", "y", "oui", "o", "x", "1", "true", "vrai")
NO = ("", "no", "n", "non", "0", "false", "faux", "-")
THIRD = Fraction(1, 3)
MOST = 2  # times the whole duration: beyond, it was a number of minutes


def yes(where: str, column: str, said: str) -> bool:
    if said.lower() in YES:
        return True
    if said.lower() in NO:
        return False
    raise CourseError(where, f"{said!r} under '{column}' says neither yes nor no", "Write yes (oui), or nothing.")


def extra_time(where: str, said: str) -> Fraction:
    """The share that is added: a third for ``1/3``, ``33 %``, ``1.33``, ``1,33`` and ``oui`` (a *tiers-temps*)."""
    written = said.replace(",", ".").replace(" ", "").replace("\u202f", "").replace("\u00a0", "").lower()
    if written in NO:
        return Fraction(0)
    if written in ("oui", "yes", "x", "o", "y"):
        return THIRD
    found = re.fullmatch(r"\+?(\d+(?:\.\d+)?)(%|/[1-9]\d*)?", written)
    if not found:
        raise _no_share(where, said)
    share = Fraction(found[1])
    if found[2] == "%":
        share /= 100
    elif found[2]:
        share /= int(found[2][1:])
    elif share == 1:
        raise CourseError(where, "extra time 1 may mean none, or twice the time", "Write 0, 1/3 or 100%.")
    elif share > 1:
        share -= 1  # 1.33 is the whole time and a third
    if share > MOST:
        raise _no_share(where, said)
    return THIRD if abs(share - THIRD) < Fraction(1, 200) else share


def _no_share(where: str, said: str) -> CourseError:
    return CourseError(where, f"{said!r} is no share of extra time", "Write 1/3, 33%, 1.33 or 'oui' for a third more.")


def deadline(where: str, said: str, *, french: bool) -> str:
    """ISO 8601, as it came or from ``01/12/2026`` under a French heading, where it can mean one day only."""
    if french and (found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2})[:h](\d{2})(?::\d{2})?)?", said)):
        day, month, year, hour, minute = found.groups()
        said = f"{year}-{month:0>2}-{day:0>2}" + (f"T{hour:0>2}:{minute}" if hour else "")
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(said).isoformat(timespec="minutes")
    except ValueError:
        remedy = "Write 2026-12-01, or 2026-12-01 18:00."
        raise CourseError(where, f"{said!r} is no date that can be read in one way only", remedy) from None


def absence(where: str, said: str) -> Absence:
    if said.upper() in ("ABI", "ABJ"):
        return cast(Absence, said.upper())
    raise CourseError(where, f"{said!r} is no absence", "Write ABI (unjustified) or ABJ (justified).")
