"""Whatever stands in the head of a request: an answer or a refusal, and never a fault of ours."""

from __future__ import annotations

import asyncio
import socket
from typing import Any
from urllib.parse import urlsplit

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.portal import connections
from tests.portal_course import ADDRESS, Here, here, sent

__all__ = ["here"]
FORM = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n--x--\r\n'
KINDS = (b"multipart/form-data; boundary=x", b"multipart/form-data", b"application/x-www-form-urlencoded")
MALFORMED = (
    *(
        b"",
        b"[",
        b"http://[",
        b"http://[::1]:x",
        b"//[",
        b"http://a:99999",
        b"http://\xe2\x84\x80",
        b"\xff\xfe",
        b"null",
    ),
    *(b"bytes=0-", b"bytes=9-1", b"bytes=-", b"bytes=" + b"0-0," * 500, b"-1", b"1e9", b"0x10", b"9" * 4400),
    *(b"multipart/form-data; boundary=", b"multipart/form-data; boundary=x; charset=base64", b"a/b; charset=\xff"),
    *(b"partiel", b"partiel=", b'partiel="\\400', b"=;;=", b"partiel_lang=\xff", b"Bearer", b"Bearer \xff", b"fr;q=x"),
)
NAMES = (
    *(b"origin", b"referer", b"host", b"content-length", b"content-type", b"cookie", b"range", b"if-range"),
    *(b"if-none-match", b"if-modified-since", b"accept-language", b"authorization", b"sec-fetch-site", b"hx-request"),
    *(b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"accept"),
)
LETTERS = [bytes([n]) for n in range(256) if n >= 32 and n != 127]  # what uvicorn lets through
VALUES = st.sampled_from(MALFORMED) | st.lists(st.sampled_from(LETTERS), max_size=30).map(b"".join)


def ask(app: Any, method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes) -> int:
    """As uvicorn hands it on: bytes that no client would send."""
    said, pieces = [], [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return pieces.pop() if pieces else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        said.append(message.get("status"))

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": ""}
    scope |= {"method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers}
    asyncio.run(app({**scope, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000)}, receive, send))
    return int(said[0])


def test_what_a_head_says_is_never_a_fault_of_ours(here: Here) -> None:
    """Through all that stands before the pages where they are served, the word of a proxy too."""
    where, browser = sent(here), here.client("ada")
    for bucket in vars(here.app.state.limits).values():
        bucket.burst = bucket.rate = 1e9
    served = connections.config(here.app, "127.0.0.1", 8000)
    served.load()
    own = [
        (b"host", b"127.0.0.1:8000"),
        (b"origin", ADDRESS.encode()),
        (b"cookie", f"partiel={browser.cookies['partiel']}".encode()),
        (b"authorization", here.token("ada")["Authorization"].encode()),
    ]
    asked = (
        *(("GET", path) for path in ("/", "/a/td1/notebook", f"{where}/file", "/static/style.css", "/api/v1/me")),
        *(("GET", path) for path in ("/lti/login", "/hub/callback", "/nothing", "/sign-in", "/lang/fr")),
        *(("POST", path) for path in ("/terminal", "/a/td1/submit", "/lti/launch", "/in/x")),
        *(("POST", path) for path in ("/api/v1/assignments/td1/submissions", "/api/v1/assignments/td1/release")),
    )

    @settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
    @example(("POST", "/terminal"), {b"origin": b"http://["}, KINDS[0], b"x")
    @example(("POST", "/terminal"), {b"referer": b"//[", b"origin": b""}, KINDS[0], b"x")
    @example(("PUT", "/api/v1/assignments/td1/submissions"), {b"content-length": b"9" * 4400}, KINDS[0], b"x")
    @given(
        st.sampled_from(asked),
        st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=3),
        st.sampled_from(KINDS),
        st.binary(max_size=20),
    )
    def whatever(what: tuple[str, str], odd: dict[bytes, bytes], kind: bytes, field: bytes) -> None:
        headers = [one for one in (*own, (b"content-type", kind)) if one[0] not in odd] + list(odd.items())
        status = ask(served.loaded_app, *what, headers, FORM % field if what[0] != "GET" else b"")
        assert 200 <= status < 500

    whatever()


HEADS = (
    b"GET / HTTP/1.1\r\nHost: [\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET //[ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
    b"POST /terminal HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /terminal HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
    b"POST /terminal HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"POST /terminal HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /terminal HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"POST /api/v1/assignments/td1/submissions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 70_000 + b"\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)


def test_a_malformed_request_is_refused_by_the_server_itself(here: Here) -> None:
    with here.serve() as address:
        where = urlsplit(address)
        for head in HEADS:
            with socket.create_connection((where.hostname, where.port), 60) as one:
                one.sendall(head)
                said = one.recv(65536).split()
            assert said[0] == b"HTTP/1.1" and 300 <= int(said[1]) < 500, (head[:80], said[:3])
