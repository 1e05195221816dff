"""Moments and durations as people say them, in both languages."""

from __future__ import annotations

from datetime import datetime, tzinfo

from grader.model import Assignment, Course, Lang

DAYS = {
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "en": "January February March April May June July August September October November December".split(),
}
UNITS = {"fr": ("j", "h", "min", "s"), "en": ("d", "h", "min", "s")}
NARROW = "\u202f"


def zone(course: Course, assignment: Assignment | None = None) -> tzinfo | None:
    """Where its date is written, or else another of the course. None: here, by the rules of this machine's own zone.

    A date has an offset and no zone, and in another season the same place has another offset. So this machine's zone
    is taken wherever it gives that date the offset that it has; elsewhere there is nothing to know but the offset.
    """
    for one in (*([assignment] if assignment else []), *course.assignments.values()):
        if one.due:
            at = datetime.fromisoformat(one.due)
            return None if at.astimezone().utcoffset() == at.utcoffset() else at.tzinfo
    return None


def moment(when: float, lang: Lang, where: tzinfo | None = None, *, seconds: bool = False) -> str:
    """``mardi 8 décembre 2026, 23 h 59``, ``Tuesday 8 December 2026, 23:59``."""
    at = datetime.fromtimestamp(when, where) if where else datetime.fromtimestamp(when).astimezone()
    first = "1er" if lang == "fr" and at.day == 1 else str(at.day)
    day = f"{DAYS[lang][at.weekday()]} {first} {MONTHS[lang][at.month - 1]} {at.year}"
    clock = f"{at.hour}{NARROW}h{NARROW}{at.minute:02}" if lang == "fr" else f"{at.hour:02}:{at.minute:02}"
    exact = (f"{NARROW}min{NARROW}{at.second:02}{NARROW}s" if lang == "fr" else f":{at.second:02}") if seconds else ""
    return f"{day}, {clock}{exact}"


def iso(when: float, where: tzinfo | None = None) -> str:
    at = datetime.fromtimestamp(when, where) if where else datetime.fromtimestamp(when).astimezone()
    return at.isoformat(timespec="seconds")


def span(seconds: float, lang: Lang) -> str:
    """The two largest units that say something: ``2 j 4 h``, ``12 min 30 s``."""
    left = max(0, round(seconds))
    parts: list[str] = []
    for unit, size in zip(UNITS[lang], (86400, 3600, 60, 1), strict=True):
        n, left = divmod(left, size)
        if n or (unit == "s" and not parts):
            parts.append(f"{n}{NARROW}{unit}")
        elif parts:
            break
    return " ".join(parts[:2])
