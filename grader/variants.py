"""Who gets which variant."""

from __future__ import annotations

import hashlib
import hmac

from grader.model import Exercise, Variant


def draw(secret: str, assignment: str, student: str, key: str, size: int) -> int:
    """A number below ``size``: the same on every machine, whatever the roster; unpredictable without the secret."""
    message = "\0".join((assignment, student, key))
    digest = hmac.digest(secret.encode(), message.encode(), hashlib.sha256)
    return int.from_bytes(digest, "big") % size


def every(exercise: Exercise) -> list[Variant]:
    return [Variant(exercise, params) for params in exercise.params]
