"""nbgrader's gradebook, autograding and feedback, with Partiel's verdicts in them. No other module imports nbgrader."""

from __future__ import annotations

from grader.bridge.counted import Final, Finals, finals
from grader.bridge.gradebook import by_hand, ready, register, rename
from grader.bridge.recording import Failure, feedback, record, settle
from grader.bridge.setup import config_text, configure

__all__ = [
    "Failure",
    "Final",
    "Finals",
    "by_hand",
    "config_text",
    "configure",
    "feedback",
    "finals",
    "ready",
    "record",
    "register",
    "rename",
    "settle",
]
