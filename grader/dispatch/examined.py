"""Whether the walls of this machine hold what the course asks of them: attacked before any job is taken."""

from __future__ import annotations

from grader import doctor
from grader.model import Terms
from grader.sandbox import contained, open_sandbox, standing


def unsound(terms: Terms) -> str:
    """Why nothing may be graded here; empty where all is well. Takes seconds."""
    if terms.trust:
        return ""
    if terms.image:
        found = contained(terms.image)
        if not found:
            return f"{found.why}. {found.remedy}"
        seen = doctor.examine(found, lambda: open_sandbox("container", image=terms.image))
    else:
        found = standing()
        seen = doctor.examine(found)
    if not seen.sound:
        broken = ", ".join(f.wall for f in seen.findings if f.required and not f.holds)
        return f"the walls do not hold here ({seen.why or broken}): run 'partiel doctor'"
    if not found.level.reaches(terms.walls):
        return f"the walls reach level '{found.level}' here, and this course asks for '{terms.walls}'"
    return ""
