"""nbgrader's gradebook, autograding and feedback, with Partiel's verdicts in them. No other module imports nbgrader."""

from __future__ import annotations

from grader.bridge.counted import Final, Finals, finals, penalties
from grader.bridge.gradebook import by_hand, ready, register, rename
from grader.bridge.hands import Held, give, give_back, held, set_aside
from grader.bridge.paper import marked_on_paper
from grader.bridge.recells import human_words, recell
from grader.bridge.recording import Failure, feedback, record, settle
from grader.bridge.setup import config_text, configure

__all__ = [
    "Failure",
    "Final",
    "Finals",
    "Held",
    "by_hand",
    "config_text",
    "configure",
    "feedback",
    "finals",
    "give",
    "give_back",
    "held",
    "human_words",
    "marked_on_paper",
    "penalties",
    "ready",
    "recell",
    "record",
    "register",
    "rename",
    "set_aside",
    "settle",
]
