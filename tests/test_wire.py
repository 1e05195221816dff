"""Frames survive the journey, and no bytes whatever raise anything but the declared error."""

from __future__ import annotations

import json
import math
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.worker import wire

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=20)
)
keys = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=20,
)


def no_handle(thing: Any) -> list[Any]:
    raise AssertionError(f"{thing!r} should be plain")


def there_and_back(value: Any) -> Any:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        blobs: list[bytes] = []
        wire.write(ours, {"value": wire.pack(value, blobs, no_handle)}, blobs)
        header, parts = wire.read(theirs, time.monotonic() + 5)
        return wire.unpack(header["value"], parts, lambda number, kind: (number, kind))


def same(left: Any, right: Any) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(map(same, left.values(), right.values()))
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    if isinstance(left, float) and math.isnan(left):
        return math.isnan(right)
    return bool(left == right)


@given(trees)
@settings(deadline=None, max_examples=60)
def test_every_plain_value_comes_back_as_itself(value: Any) -> None:
    assert same(there_and_back(value), value)


@pytest.mark.parametrize("dtype", ["bool", "u1", "i2", "i4", "i8", "f2", "f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4)])
def test_arrays_keep_dtype_shape_and_bytes(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.asarray(np.arange(math.prod(shape)).reshape(shape) % 2, dtype=dtype)
    back = there_and_back(array)
    assert back.dtype == array.dtype and back.shape == shape and np.array_equal(back, array)
    assert back.flags.writeable


def test_strided_and_big_endian_arrays_arrive_whole() -> None:
    array = np.arange(12, dtype=">i4").reshape(3, 4)[::2, ::-1]
    assert np.array_equal(there_and_back(array), array)


def test_an_array_of_text_arrives() -> None:
    assert there_and_back(np.array([["chat", "chien"]])).tolist() == [["chat", "chien"]]


@pytest.mark.parametrize("value", [np.array([object()]), object(), {1, 2}, b"bytes"])
def test_what_is_not_a_wire_type_stays_on_its_side(value: Any) -> None:
    assert wire.pack(value, [], lambda _: [7, "x"]) == {"h": [7, "x"]}


def test_lone_surrogates_are_replaced_so_that_text_can_be_written() -> None:
    there_and_back("a\ud800b").encode()


@pytest.mark.parametrize(
    "make", [lambda: 10**6000, lambda: nested(200), lambda: [0] * 300_000], ids=["int", "deep", "long"]
)
def test_oversized_values_are_refused_by_their_sender(make: Callable[[], Any]) -> None:
    value = make()
    with pytest.raises(wire.TooLarge):
        wire.pack(value, [], no_handle)


def nested(depth: int) -> Any:
    return [] if depth == 0 else [nested(depth - 1)]


def send(end: socket.socket, data: bytes) -> None:
    with end, suppress(OSError):
        end.sendall(data)


def feed(data: bytes, most: int = wire.MAX_FRAME) -> Any:
    ours, theirs = socket.socketpair()
    with theirs:
        if len(data) > 100_000:
            Thread(target=send, args=(ours, data)).start()
        else:
            send(ours, data)
        header, blobs = wire.read(theirs, time.monotonic() + 5, most)
        return wire.unpack(header.get("value"), blobs, lambda number, _: number)


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=150)
def test_arbitrary_bytes_raise_only_the_declared_error(data: bytes) -> None:
    with pytest.raises(wire.ProtocolError):
        feed(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from("htfidcaux"), inner, max_size=2)
        | st.tuples(
            st.sampled_from(["<f4", "<f8", "|b1", "|O", "<U3", "f99"]), st.lists(st.integers()), st.just(0)
        ).map(lambda parts: {"a": list(parts)})
    ),
    max_leaves=15,
)


@given(json_values, st.binary(max_size=16))
@settings(deadline=None, max_examples=300)
def test_a_hostile_header_gives_a_value_or_the_declared_error(value: Any, body: bytes) -> None:
    head = json.dumps({"value": value, "blobs": [len(body)]}).encode()
    with suppress(wire.ProtocolError):
        feed(wire.PREFIX.pack(wire.MAGIC, len(head), len(body)) + head + body)


def frame(value: str, body: bytes = b"") -> bytes:
    head = f'{{"value":{value},"blobs":[{len(body)}]}}'.encode()
    return wire.PREFIX.pack(wire.MAGIC, len(head), len(body)) + head + body


@pytest.mark.parametrize(
    "data",
    [
        wire.PREFIX.pack(wire.MAGIC, 2**31, 0),
        wire.PREFIX.pack(wire.MAGIC, 10, 2**60),
        frame("[" * 100_000),
        frame("[" * 70 + "]" * 70),
        frame("[" + "[]," * 1_100_000 + "0]"),
        frame('{"a":["|O",[1],0]}', b"12345678"),
        frame('{"a":["<f8",[2],0]}', b"12345678"),
        frame('{"a":["<f8",[-1],0]}', b"12345678"),
        frame('{"a":["<f8",[1],9]}', b"12345678"),
        frame('{"a":["<f8",[0,268435456,268435456,268435456,268435456],0]}'),
        frame('{"i":"0x' + "f" * 100_000 + '"}'),
        frame("9" * 10_000),
        frame('{"d":[[[1],2]]}'),
        frame("NaN"),
        frame('{"h":["1","x"]}'),
        frame('{"x":1,"y":2}'),
    ],
    ids=range(16),
)
def test_known_tricks_are_refused(data: bytes) -> None:
    with pytest.raises(wire.ProtocolError):
        feed(data)


def test_bytes_other_than_0_and_1_are_still_a_bool_array() -> None:
    assert feed(frame('{"a":["|b1",[2],0]}', b"\x07\x00")).tolist() == [True, False]


def test_a_frame_larger_than_was_asked_for_is_refused() -> None:
    with pytest.raises(wire.ProtocolError):
        feed(frame('"' + "a" * 5000 + '"'), most=1000)


def test_a_trickle_of_bytes_does_not_outlast_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(wire.PREFIX.pack(wire.MAGIC, 100, 0) + b"{")
        start = time.monotonic()
        with pytest.raises(wire.Late):
            wire.read(theirs, start + 0.2)
        assert time.monotonic() - start < 30
