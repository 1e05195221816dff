"""How much, and how often: bodies are counted while they come, and a bucket of tokens is kept for each visitor."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from time import monotonic

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALL = 64 * 1024  # bytes of a form without a file
ENVELOPE = 16 * 1024  # what multipart adds to a file
SILENCE = 30.0  # seconds between two pieces of a body
SLOWEST = 4096  # bytes a second, of what comes and of what is read: less than any telephone's
DRAINED = 4  # times the cap: so much is read and thrown away, for the refusal to be seen by a browser that still sends
LARGE = ("/submit", "/submissions")  # how the paths end that take a notebook
ALSO = ("/api/v1/assignments/", "/staff/", "/build/")  # or begin


class Buckets:
    """``rate`` a second, ``burst`` at once, for each key. The oldest keys are forgotten: memory is bounded."""

    def __init__(self, burst: float, rate: float, clock: Callable[[], float], most: int = 20_000) -> None:
        self.burst, self.rate, self.clock, self.most = burst, rate, clock, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._guard = threading.Lock()

    def take(self, key: str, n: float = 1.0) -> int:
        """0 where there was room; else in how many seconds to come back."""
        with self._guard:
            left = self._now(key)
            taken = left >= n
            self._left[key] = (left - n if taken else left, self.clock())
            self._left.move_to_end(key)
            while len(self._left) > self.most:
                self._left.popitem(last=False)
        return 0 if taken else max(1, ceil((n - left) / self.rate))

    def wait(self, key: str) -> int:
        """As ``take``, and nothing is taken."""
        with self._guard:
            left = self._now(key)
        return 0 if left >= 1 else max(1, ceil((1 - left) / self.rate))

    def _now(self, key: str) -> float:
        left, since = self._left.get(key, (self.burst, self.clock()))
        return min(self.burst, left + max(0.0, self.clock() - since) * self.rate)


class Limits:
    """The buckets of one application."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.pages = Buckets(120, 10, clock)  # of one signed-in person: pages and polls
        self.uploads = Buckets(10, 1 / 60, clock)  # of one person: each stays on the disk
        self.sign_ins = Buckets(120, 1 / 10, clock)  # of one person: each is a line of the log
        self.strangers = Buckets(600, 50, clock)  # requests from one address by nobody in particular: a whole room
        self.failures = Buckets(20, 1 / 6, clock)  # wrong links and tokens from one address


class TooLarge(HTTPException):
    """More came than is taken."""

    def __init__(self) -> None:
        super().__init__(413)


class Silent(HTTPException):
    """Nothing came for too long, or too little."""

    def __init__(self) -> None:
        super().__init__(408, headers={"Connection": "close"})


class Body:
    """What is sent with one request, as it comes. Only the time counts in which nothing more had come."""

    def __init__(self, receive: Receive) -> None:
        self.receive, self.came, self.ended, self._waited = receive, 0, False, 0.0

    async def piece(self) -> Message:
        """The next one. Raises Silent where it takes too long, or all of them do."""
        begun = monotonic()
        try:
            async with asyncio.timeout(min(SILENCE, SILENCE + self.came / SLOWEST - self._waited)):
                message = await self.receive()
        except TimeoutError as error:
            raise Silent from error
        self._waited += monotonic() - begun
        self.came += len(message.get("body", b""))
        self.ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def thrown_away(self, most: int) -> None:
        with contextlib.suppress(Silent):
            while not self.ended and self.came < most:
                await self.piece()


class BodyCap:
    """Refuses a body that is larger than its path takes, as soon as that is known."""

    def __init__(self, app: ASGIApp, largest: Callable[[], int], refuse: Callable[[Scope], ASGIApp]) -> None:
        self.app, self.largest, self.refuse = app, largest, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        cap = self.cap(scope["path"])
        said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        announced = int(said[:20]) if said.isdigit() else 0
        body = Body(receive)

        async def counted() -> Message:
            if body.ended:  # what comes now is that they have gone
                return await receive()
            message = await body.piece()
            if body.came > cap:
                await body.thrown_away(cap * DRAINED)
                raise TooLarge
            return message

        if announced > cap:
            if announced <= cap * DRAINED:
                await body.thrown_away(cap * DRAINED)
            await self.refuse(scope)(scope, receive, send)
            return
        await self.app(scope, counted, send)

    def cap(self, path: str) -> int:
        large = path.endswith(LARGE) or path.startswith(ALSO)
        return self.largest() + ENVELOPE if large else SMALL
