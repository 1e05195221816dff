"""What a student who asks about a mark is owed: what was seen and concluded, and a human's word over it."""

from __future__ import annotations

from grader.appeal.asked import find_key, find_student
from grader.appeal.overrides import Override, lift, override, overrides
from grader.appeal.why import Judged, Now, Why, again, why

__all__ = [
    "Judged",
    "Now",
    "Override",
    "Why",
    "again",
    "find_key",
    "find_student",
    "lift",
    "override",
    "overrides",
    "why",
]
