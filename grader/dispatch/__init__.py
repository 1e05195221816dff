"""``partiel work``: what waits in the database is graded, written down, and told to nbgrader and to other services."""

from __future__ import annotations

from grader.dispatch.loop import Wanted, work

__all__ = ["Wanted", "work"]
