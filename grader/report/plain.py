"""The report as plain data for a machine: docs/report.md says what each field is."""

from __future__ import annotations

import math
from typing import Any

from grader.model import Course, Text
from grader.report import facts
from grader.report.facts import Facts, Measured
from grader.report.fairness import LEVEL, Gap
from grader.report.ideas import Idea
from grader.report.stats import Distribution, Estimate

Json = dict[str, Any]
FORMAT = 1


def as_json(course: Course, assignment: str, found: Facts | None = None) -> Json:
    """Raises CourseError where the assignment was not released."""
    found = found or facts.collect(course, assignment)
    return {"format": FORMAT, "course": course.id, "assignment": assignment} | of(found)


def of(found: Facts) -> Json:
    ideas, fair = found.ideas, found.fairness
    return {
        "title": found.title,
        "points": float(found.total),
        "students": {"handed_out": len(found.rows), "graded": len(found.seen), "copies": found.copies},
        "urgent": [
            {"student": row.name or row.student, "question": v.key, "status": str(v.status)} for row, v in found.urgent
        ],
        "waiting": found.waiting,
        "marks": _marks(found.marks),
        "alpha": _estimate(found.alpha),
        "attempts": None
        if found.attempts is None
        else {"mean": found.attempts.mean, "most": found.attempts.most, "several": found.attempts.several},
        "questions": [_question(one) for one in found.questions],
        "against": [one.asked.key for one in found.against],
        "ideas": [_idea(one) for one in ideas.held],
        "blurred": [{"question": one.question, "ideas": list(one.names), "count": one.count} for one in ideas.blurred],
        "never": [{"question": one.question, "idea": one.name, "copies": one.held.n} for one in ideas.never],
        "unchosen": [
            {"question": one.question, "option": one.name, "words": _text(one.words), "offered": one.offered}
            for one in ideas.unchosen
        ],
        "checks": [
            {
                "question": one.question,
                "check": one.name,
                "sentence": _text(one.sentence),
                "count": one.count,
                "share": _estimate(one.held),
            }
            for one in ideas.failing
        ],
        "fairness": {
            "level": LEVEL,
            "correction": "holm",
            "questions": fair.tested,
            "untested": list(fair.untested),
            "found": [_gap(gap) for gap in fair.found],
            "comparisons": [_gap(gap) for gap in fair.gaps],
        },
        "withdrawn": [
            {"question": key, "points": one.points, "because": one.because} for key, one in found.withdrawn.items()
        ],
        "overrides": [
            {"student": name, "question": one.key, "points": float(one.points), "because": one.because}
            for name, one in found.overrides
        ],
        "can_tell": {"share": found.reach.share, "correlation": found.reach.correlation, "gap": found.reach.gap},
    }


def _question(one: Measured) -> Json:
    return {
        "key": one.asked.key,
        "exercise": one.asked.item.variant.exercise.id,
        "question": one.asked.question.name,
        "title": _text(facts.title(one.asked)),
        "kind": one.asked.kind,
        "points": float(one.asked.points),
        "success": _estimate(one.success),
        "rest": _estimate(one.rest),
        "statuses": {str(status): n for status, n in one.statuses.items() if n},
        "by_hand": one.by_hand,
        "tried_again": one.tried_again,
        "came_right": one.came_right,
    }


def _idea(one: Idea) -> Json:
    example = one.example
    return {
        "question": one.question,
        "idea": one.name,
        "count": one.count,
        "share": _estimate(one.held),
        "blurred": one.blurred,
        "sentence": _text(example.sentence) if example else None,
        "example": {"numbers": dict(example.numbers), "wrote": example.wrote} if example else None,
    }


def _gap(gap: Gap) -> Json:
    return {
        "question": gap.question,
        "parameter": gap.axis,
        "value": gap.value,
        "gap": _estimate(gap.gap),
        "success": gap.earned,
        "otherwise": gap.otherwise,
        "copies": gap.here,
        "others": gap.there,
        "p": gap.p,
        "adjusted": gap.adjusted,
    }


def _marks(of: Distribution | None) -> Json | None:
    if of is None:
        return None
    return {
        "n": of.n,
        "mean": of.mean,
        "deviation": of.deviation,
        "min": of.least,
        "q1": of.quarter,
        "median": of.median,
        "q3": of.three_quarters,
        "max": of.most,
    }


def _estimate(of: Estimate | None) -> Json | None:
    """Nothing where nothing was measured: JSON has no NaN."""
    if of is None or math.isnan(of.value):
        return None
    return {"value": of.value, "low": of.low, "high": of.high, "n": of.n}


def _text(of: Text) -> dict[str, str]:
    return {"fr": of.fr, "en": of.en}
