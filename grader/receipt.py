"""A receipt as a text that a student keeps, signed so that whoever holds the course's secret can check it later."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from grader.model import Course
from grader.store.receipts import Receipt

HEAD = "Partiel, receipt of a submission"
LINES = ("course", "assignment", "student", "attempt", "received", "sha256", "bytes", "id")


def sign(course: Course, given: Receipt) -> str:
    return _seal(course, _body(course, given))


def text(course: Course, given: Receipt) -> str:
    """To be kept as it is: every line is signed."""
    return f"{_body(course, given)}signature: {given.signature}\n"


def genuine(course: Course, said: str) -> bool:
    """Whether this very text was given by this course: not a line more, not a digit else."""
    body, mark, seal = said.replace("\r\n", "\n").rpartition("signature: ")
    return bool(mark) and hmac.compare_digest(_seal(course, body).encode(), seal.strip().encode())


def _body(course: Course, given: Receipt) -> str:
    when = datetime.fromtimestamp(given.received, UTC).isoformat(timespec="seconds")
    facts = (course.id, given.assignment, given.student, given.attempt, when, given.sha256, given.size, given.id)
    lines = "".join(f"{name}: {fact}\n" for name, fact in zip(LINES, facts, strict=True))
    beside = f"weights: {given.weights}\n" if given.weights else ""
    return f"{HEAD}\n{lines}{beside}"


def _seal(course: Course, body: str) -> str:
    key = hmac.digest(course.secret.encode(), b"receipts", hashlib.sha256)
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()
