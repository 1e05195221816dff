"""What the outbox holds for other services, sent from a thread of its own: a slow one keeps nobody waiting.

A sender is a function of the course, the database and the parcel; it raises where it could not send.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from grader.dispatch.folder import Folder
from grader.model import Course
from grader.store import Store, Trouble, outbox
from grader.store.outbox import Parcel

Sender = Callable[[Course, Store, Parcel], None]
# By kind of parcel; imported when there is one.
SENDERS: Mapping[str, str] = {"lti_grade": "grader.portal.lti.grades:send"}
# Functions of the course, the database and the time that put what is new in the outbox.
GATHERERS = ("grader.portal.lti.grades:gather",)
PAUSE, ROUND = 2.0, 30.0  # seconds


def named(said: str) -> Any:
    module, _, function = said.partition(":")
    return getattr(importlib.import_module(module), function)


def deliver(course: Course, db: Store, kind: str, now: float, stopped: Callable[[], bool] = lambda: False) -> int:
    """What is due of one kind, one after the other. Gives how many arrived."""
    with db.read() as c:
        parcels = outbox.due(c, kind, now)
    arrived = 0
    for parcel in parcels:
        if stopped():
            break
        why = ""
        try:
            named(SENDERS[kind])(course, db, parcel)
        except Trouble:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the other side does, it is tried again later
            why = f"{type(error).__name__}: {error}"[:500]
            logging.getLogger(__name__).warning("%s could not be sent: %s", parcel.key, why)
        with db.write() as c:
            if why:
                outbox.failed(c, parcel, now, why)
            else:
                outbox.sent(c, parcel, now)
                arrived += 1
    return arrived


class Sending:
    def __init__(self, folder: Folder, db: Store, clock: Callable[[], float], kinds: tuple[str, ...] = ()) -> None:
        self._folder, self._db, self._clock = folder, db, clock
        self._kinds = kinds or tuple(SENDERS)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="partiel-sending", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._end.set()

    def _run(self) -> None:
        gathered = -ROUND
        while not self._end.wait(PAUSE):
            try:
                if self._clock() - gathered >= ROUND or self._clock() < gathered:
                    gathered = self._clock()
                    for gather in GATHERERS:
                        if self._folder.course().service.lti:  # its door loads what not every server has
                            named(gather)(self._folder.course(), self._db, self._clock())
                for kind in self._kinds:
                    deliver(self._folder.course(), self._db, kind, self._clock(), self._end.is_set)
            except Trouble as error:
                logging.getLogger(__name__).warning("the database is out of reach: %s", error.orig)
            except Exception as error:  # the next round may fare better
                logging.getLogger(__name__).error("nothing was sent in this round", exc_info=error)
