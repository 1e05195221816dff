"""Clients that never end what they began, against the server as it is served: nobody else waits for them."""

from __future__ import annotations

import contextlib
import json
import resource
import select
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.responses import PlainTextResponse

from grader.portal import connections, limits
from tests.browser import patiently
from tests.portal_course import Here, here

__all__ = ["here"]
SUBMISSIONS = "/api/v1/assignments/td1/submissions"
BEGUN = f"POST {SUBMISSIONS} HTTP/1.1\r\nHost: x\r\n".encode()


class Hasty(connections.Patient):
    head, unread = 0.5, 0.5


class Unending(connections.Patient):
    head = unread = 1e6


@contextlib.contextmanager
def opened(address: str, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    where = urlsplit(address)
    made = [socket.create_connection((where.hostname, where.port), 30) for _ in range(count)]
    try:
        for one in made:
            one.sendall(said)
        yield made
    finally:
        for one in made:
            one.close()


def handed_in(here: Here, address: str, who: str) -> int:
    data, headers = here.notebook(who), here.token(who)
    with urllib.request.urlopen(
        urllib.request.Request(address + SUBMISSIONS, data, headers, method="PUT"), timeout=60
    ) as said:
        return int(said.status)


def closed(one: socket.socket) -> bool:
    """By the server."""
    if not select.select([one], [], [], 0)[0]:
        return False
    try:
        return one.recv(65536) == b""
    except ConnectionResetError:
        return True


def answer(one: socket.socket) -> tuple[int, Any]:
    """The status and the JSON that came before the server closed the connection."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := one.recv(65536):
            found += piece
    head, _, body = found.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@contextlib.contextmanager
def trickling(one: socket.socket, *, every: float = 0.05) -> Iterator[threading.Thread]:
    """A byte now and then, until that is refused. Never a second of silence."""
    over = threading.Event()

    def go() -> None:
        while not over.wait(every):
            try:
                one.sendall(b"a")
            except OSError:
                return

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield thread
    finally:
        over.set()
        thread.join()


# ── heads ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("said", [b"", BEGUN], ids=["nothing said", "half a head"])
def test_two_hundred_that_never_ask_keep_no_submission_waiting(here: Here, said: bytes) -> None:
    """There is room for 50, and they may wait for ever: whoever asks for something gets in all the same."""
    with here.serve(http=Unending, most=50) as address, opened(address, 200, said) as made:
        assert handed_in(here, address, "ada") == 201
        assert sum(map(closed, made)) >= 150
        assert handed_in(here, address, "emmy") == 201


@pytest.mark.parametrize("files", [256, 1024, 4096, resource.RLIM_INFINITY])
def test_there_are_files_for_all_that_are_accepted_at_once(
    here: Here, monkeypatch: pytest.MonkeyPatch, files: int
) -> None:
    """Some are accepted before any is looked at; and whoever asks at once is not among the oldest of three rounds."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    config = connections.config(here.app, "127.0.0.1", 8000)
    most = config.limit_concurrency
    assert most is not None and (most == connections.MOST or most == files // 2)
    assert 3 * config.backlog < most
    assert most + 2 * config.backlog < (connections.FILES if files == resource.RLIM_INFINITY else files)


def test_who_is_being_answered_makes_no_room(here: Here) -> None:
    """Those alone who wait for nothing."""
    asked, go = threading.Event(), threading.Event()

    def long() -> str:
        asked.set()
        go.wait(60)
        return "done"

    here.app.add_api_route("/long", long)
    with (
        here.serve(http=Unending, most=20) as address,
        opened(address, 1, b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n") as (one,),
    ):
        assert asked.wait(60)
        with opened(address, 60, BEGUN) as made:
            patiently(lambda: sum(map(closed, made)) >= 40, "the oldest that wait are closed")
        go.set()
        assert one.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_head_that_does_not_come_whole_is_waited_for_in_vain(here: Here) -> None:
    with here.serve(http=Hasty) as address, opened(address, 3, b"") as (silent, half, slow):
        half.sendall(BEGUN)
        with trickling(slow) as sender:
            patiently(lambda: closed(silent), "one that says nothing is closed")
            patiently(lambda: closed(half), "half a head is closed")
            patiently(lambda: not sender.is_alive(), "a head that trickles is closed")


@pytest.mark.parametrize(
    ("said", "status"),
    [(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"200"), (BEGUN + b"Content-Length: 60000\r\n\r\n", b"401")],
    ids=["half of another request", "the rest of what was refused"],
)
def test_what_trickles_after_an_answer_is_not_listened_to(here: Here, said: bytes, status: bytes) -> None:
    with here.serve(http=Hasty) as address, opened(address, 1, said) as (one,):
        assert one.recv(65536).startswith(b"HTTP/1.1 " + status)
        with trickling(one) as sender:
            patiently(lambda: not sender.is_alive(), "it is closed")


def test_a_long_answer_that_nobody_reads_is_cut_and_one_that_is_read_slowly_is_not(here: Here) -> None:
    size = 20_000_000
    here.app.add_api_route("/long", lambda: PlainTextResponse("x" * size))
    ended: list[Hasty] = []

    class Watched(Hasty):
        unread = 1.5

        def connection_lost(self, exc: Exception | None) -> None:
            ended.append(self)
            super().connection_lost(exc)

    asked = b"GET /long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with here.serve(http=Watched) as address, opened(address, 2, asked) as (never, slowly):
        read = 0
        while piece := slowly.recv(1 << 18):
            read += len(piece)
            time.sleep(0.04)
        assert read > size
        patiently(lambda: len(ended) == 2, "the other is cut")
        with contextlib.suppress(ConnectionResetError):
            read = 0
            while piece := never.recv(1 << 18):
                read += len(piece)
        assert read < size


# ── bodies ───────────────────────────────────────────────────────────────────


def test_a_body_that_trickles_is_refused_and_nothing_of_it_is_kept(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """No silence is too long; all of it is."""
    monkeypatch.setattr(limits, "SILENCE", 1.0)
    monkeypatch.setattr(limits, "SLOWEST", 1000)
    token = here.token("ada")["Authorization"]
    said = BEGUN + f"Authorization: {token}\r\nContent-Length: 60000\r\n\r\n{{".encode()
    with here.serve() as address, opened(address, 1, said) as (one,):
        with trickling(one):
            status, told = answer(one)
        assert status == 408 and set(told) == {"where", "problem", "remedy"}
        assert here.client().get("/api/v1/assignments/td1", headers=here.token("ada")).json()["submissions"] == []
        assert not (here.root / ".partiel" / "handed_in").exists()
        assert handed_in(here, address, "ada") == 201


def test_a_slow_line_is_no_trickle(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes longer than a silence may, and goes on."""
    monkeypatch.setattr(limits, "SILENCE", 3.0)
    data, token = here.notebook("ada"), here.token("ada")["Authorization"]
    monkeypatch.setattr(limits, "SLOWEST", len(data) / 60)
    said = BEGUN + f"Authorization: {token}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode()
    with here.serve() as address, opened(address, 1, said) as (one,):
        for n in range(0, len(data), len(data) // 15):
            one.sendall(data[n : n + len(data) // 15])
            time.sleep(0.25)
        assert answer(one)[0] == 201


def test_what_is_too_large_and_never_ends_is_not_thrown_away_for_ever(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SILENCE", 1.0)
    said = BEGUN + f"Content-Length: {2 << 20}\r\n\r\n".encode()
    with here.serve(http=Hasty) as address, opened(address, 1, said) as (one,), trickling(one) as sender:
        assert one.recv(65536).startswith(b"HTTP/1.1 413")
        patiently(lambda: not sender.is_alive(), "it is closed")


def test_who_hangs_up_before_the_end_is_no_fault_of_ours(here: Here, caplog: pytest.LogCaptureFixture) -> None:
    token = here.token("ada")["Authorization"]
    said = BEGUN + f"Authorization: {token}\r\nContent-Length: 60000\r\n\r\n{{".encode()
    gone: list[None] = []

    class Watched(connections.Patient):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self.loop.call_later(0.2, gone.append, None)

    with here.serve(http=Watched) as address:
        with opened(address, 1, said):
            assert handed_in(here, address, "emmy") == 201
        patiently(lambda: len(gone) == 2, "both have gone")
    assert not (here.root / ".partiel" / "handed_in" / "td1" / "ada").exists()
    assert [one.getMessage() for one in caplog.records if one.name != "asyncio"] == []
