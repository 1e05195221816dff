"""What takes minutes goes on behind the pages, once at a time for each assignment, and its page says how far it is."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from weakref import WeakKeyDictionary

from grader.errors import PartielError
from grader.portal.desk import Desk

NICE = 10  # whoever hands in is served first
Key = tuple[str, str]  # what is done, with which assignment


@dataclass
class Task:
    """One piece of work: ``done`` of ``of``, then its result, or why there is none."""

    by: str
    since: float
    of: int = 0
    done: int = 0
    state: Literal["running", "ended", "failed"] = "running"
    result: Any = None
    why: str = ""
    thread: threading.Thread | None = field(default=None, repr=False)

    def step(self) -> None:
        self.done += 1


_TASKS: WeakKeyDictionary[Desk, dict[Key, Task]] = WeakKeyDictionary()
_GUARD = threading.Lock()


def find(desk: Desk, what: str, assignment: str) -> Task | None:
    with _GUARD:
        return _TASKS.get(desk, {}).get((what, assignment))


def forget(desk: Desk, what: str, assignment: str) -> None:
    """What runs goes on, and is remembered."""
    with _GUARD:
        known = _TASKS.get(desk, {}).get((what, assignment))
        if known is not None and known.state != "running":
            del _TASKS[desk][what, assignment]


def start(desk: Desk, what: str, assignment: str, by: str, work: Callable[[Task], Any], of: int = 0) -> bool:
    """Whether it was: not where the same is going on already."""
    task = Task(by, desk.now(), of)
    with _GUARD:
        mine = _TASKS.setdefault(desk, {})
        known = mine.get((what, assignment))
        if known is not None and known.state == "running":
            return False
        mine[what, assignment] = task
        task.thread = threading.Thread(target=_run, args=(task, work), daemon=True, name=f"{what} {assignment}")
    task.thread.start()
    return True


def wait(desk: Desk, what: str, assignment: str, seconds: float = 60) -> Task | None:
    """Until it has ended."""
    task = find(desk, what, assignment)
    if task is not None and task.thread is not None:
        task.thread.join(seconds)
    return task


def _run(task: Task, work: Callable[[Task], Any]) -> None:
    with contextlib.suppress(OSError, AttributeError):  # of this thread alone, and of what it starts
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
    try:
        task.result = work(task)
        task.state = "ended"
    except PartielError as error:
        task.why, task.state = f"{error.problem}. {error.remedy}", "failed"
    except Exception as error:
        logging.getLogger(__name__).exception("%s", threading.current_thread().name)
        task.why, task.state = f"{type(error).__name__}: {error}"[:500], "failed"
