"""Connections that keep nobody waiting: uvicorn's own, with an end to each wait. No other module imports uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import resource
from typing import cast

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from grader.portal.limits import SLOWEST

MOST = 2000  # connections at a time: all of a large course, each with a page that asks what is new
BACKLOG = 500  # accepted at once, and looked at only then: a quarter, or whoever asks at once could have to make room
FILES = 2 * MOST  # that may be open, on this side; half of them are connections
HEAD = 20.0  # seconds for the head of a request to come, and between two requests
UNREAD = 60.0  # seconds after which it is asked whether a long answer is being read


class Patient(H11Protocol):
    """Waits for a request, and for its answer to be read, no longer than a slow telephone needs.

    Where there are as many connections as may be, those that have waited longest for a request make room.
    It relies on asyncio's calls of a protocol, and on uvicorn's `cycle` (the request under way) and `connections`.
    """

    head, unread = HEAD, UNREAD

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._since = self.loop.time()
        self._head: asyncio.TimerHandle | None = self.loop.call_later(self.head, transport.abort)
        self._unread: asyncio.TimerHandle | None = None
        if self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.waits:
            _off(self._head)
            self._head = None
        elif self._head is None and not self.transport.is_closing():
            self._head = self.loop.call_later(self.head, self.transport.abort)
        self._since = self.loop.time()

    def pause_writing(self) -> None:
        super().pause_writing()
        _off(self._unread)
        left = self.transport.get_write_buffer_size()
        self._unread = self.loop.call_later(self.unread, self._is_read, left)

    def _is_read(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if before - left < self.unread * SLOWEST:
            self.transport.abort()
        else:
            self._unread = self.loop.call_later(self.unread, self._is_read, left)

    def resume_writing(self) -> None:
        super().resume_writing()
        _off(self._unread)

    def connection_lost(self, exc: Exception | None) -> None:
        _off(self._head)
        _off(self._unread)
        super().connection_lost(exc)

    @property
    def waits(self) -> bool:
        """No request is under way."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    def _make_room(self) -> None:
        """For some at once: who comes next need not be counted."""
        others = [one for one in self.connections if isinstance(one, Patient) and one is not self and one.waits]
        for oldest in heapq.nsmallest(max(1, len(self.connections) // 10), others, key=lambda one: one._since):
            oldest.transport.abort()
            self.connections.discard(oldest)


def _off(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def config(
    served: FastAPI, host: str, port: int, proxies: str = "127.0.0.1", http: type[Patient] = Patient, most: int = MOST
) -> uvicorn.Config:
    """As it is served, with at most so many connections; fewer where fewer files may be open."""
    files = _files()
    return uvicorn.Config(
        served,
        host,
        port,
        http=http,
        ws="none",
        proxy_headers=True,
        forwarded_allow_ips=proxies,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_keep_alive=round(HEAD),
        timeout_graceful_shutdown=20,
        limit_concurrency=min(most, files // 2),
        backlog=min(BACKLOG, files // 8),
    )


def run(served: FastAPI, host: str, port: int, proxies: str) -> None:
    """Until it is stopped. Exits with 1 where it cannot begin: the port is another's."""
    server = uvicorn.Server(config(served, host, port, proxies))
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(1)


def _files() -> int:
    """How many this process may have open, once that is raised to what is needed, as far as it goes."""
    now, most = (FILES if one == resource.RLIM_INFINITY else one for one in resource.getrlimit(resource.RLIMIT_NOFILE))
    if now < min(FILES, most):
        now = min(FILES, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (now, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    return now
