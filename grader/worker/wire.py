"""Frames between the trusted side and the worker: JSON and raw array bytes, capped in size, depth, count and time.

Never pickle, never eval: an array travels as its dtype, its shape and its bytes.
"""

from __future__ import annotations

import json
import math
import re
import socket
import struct
import time
from collections.abc import Callable, Iterable
from typing import Any

Remoter = Callable[[int, str], Any]  # what stands for an object that stayed on the other side

MAGIC = b"PtF1"
PREFIX = struct.Struct("!4sIQ")  # magic, bytes of header, bytes of arrays
MAX_FRAME = 256 << 20
MAX_HEADER = 16 << 20
DTYPE = re.compile("[<>|=]?[biufc](1|2|4|8|16)")
MAX_NODES = 600_000
MAX_DEPTH = 64
MAX_BLOBS = 10_000
MAX_DIMS = 32
MAX_DIGITS = 4096  # hexadecimal digits of an int
SMALL = 1 << 53
KINDS = "biufc"


class ProtocolError(Exception):
    """The other side sent something that is not a frame of ours."""


class TooLarge(Exception):
    """A value that passes a cap of the wire, seen by the side that sends it."""


class Closed(ProtocolError):
    """The other side hung up."""


class Late(Exception):
    """Nothing whole arrived before the deadline."""


# ── values to trees ──────────────────────────────────────────────────────────


def pack(value: Any, blobs: list[bytes], reference: Callable[[Any], list[Any]], depth: int = 0) -> Any:
    """A value as a JSON tree; arrays go to ``blobs``; ``reference`` gives ``[id, kind]`` for any other object.

    Raises TooLarge.
    """
    if depth > MAX_DEPTH - 4:
        raise TooLarge("nested too deeply")
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return _pack_int(value)
    if kind is float:
        return value if math.isfinite(value) else {"f": repr(value)}
    if kind is complex:
        return {"c": [_pack_float(value.real), _pack_float(value.imag)]}
    if kind is list or kind is tuple:
        if len(value) > MAX_NODES // 4:
            raise TooLarge("too many elements")
        members = [pack(member, blobs, reference, depth + 1) for member in value]
        return members if kind is list else {"t": members}
    if kind is dict:
        pairs = [
            [pack(k, blobs, reference, depth + 1), pack(v, blobs, reference, depth + 1)] for k, v in dict.items(value)
        ]
        return {"d": pairs}
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray":
        packed = _pack_array(value, blobs)
        if packed is not None:
            return packed
    return {"h": reference(value)}


def _pack_int(value: int) -> Any:
    if -SMALL <= value <= SMALL:
        return value
    if value.bit_length() > 4 * MAX_DIGITS:
        raise TooLarge("an int of too many digits")
    return {"i": hex(value)}


def _pack_float(value: float) -> float | str:
    return value if math.isfinite(value) else repr(value)


def _pack_array(array: Any, blobs: list[bytes]) -> Any:
    import numpy as np

    if array.dtype.kind == "U" and array.size <= MAX_NODES // 10:
        return {"u": [list(array.shape), array.ravel().tolist()]}
    if array.dtype.kind not in KINDS or array.dtype.itemsize > 16:
        return None
    if array.dtype.char in "gG":  # long doubles differ between machines
        array = array.astype("complex128" if array.dtype.kind == "c" else "float64")
    if array.nbytes > MAX_FRAME - MAX_HEADER:
        raise TooLarge(f"an array of {array.nbytes >> 20} MiB")
    if len(blobs) >= MAX_BLOBS:
        raise TooLarge("too many arrays")
    array = np.ascontiguousarray(array).reshape(array.shape).astype(array.dtype.newbyteorder("<"), copy=False)
    blobs.append(array.tobytes())
    return {"a": [array.dtype.str, list(array.shape), len(blobs) - 1]}


# ── trees to values ──────────────────────────────────────────────────────────


def unpack(tree: Any, blobs: list[memoryview], remote: Remoter, depth: int = 0) -> Any:
    """The value of a tree that a hostile process may have written. Raises ProtocolError, and nothing else."""
    if depth > MAX_DEPTH:
        raise ProtocolError("nested too deeply")
    if tree is None or isinstance(tree, bool):
        return tree
    if isinstance(tree, str):
        return clean(tree)
    if isinstance(tree, (int, float)):
        return tree
    if isinstance(tree, list):
        return [unpack(member, blobs, remote, depth + 1) for member in tree]
    if not isinstance(tree, dict) or len(tree) != 1:
        raise ProtocolError("not a value")
    ((tag, body),) = tree.items()
    if tag == "h":
        return _unpack_handle(body, remote)
    if tag in ("f", "i"):
        return _unpack_float(body) if tag == "f" else _unpack_int(body)
    if not isinstance(body, list):
        raise ProtocolError("not a value")
    return _unpack_tagged(tag, body, blobs, remote, depth)


def _unpack_tagged(tag: str, body: list[Any], blobs: list[memoryview], remote: Remoter, depth: int) -> Any:
    if tag == "t":
        return tuple(unpack(member, blobs, remote, depth + 1) for member in body)
    if tag == "d":
        return _unpack_dict(body, blobs, remote, depth)
    if tag == "c" and len(body) == 2:
        return complex(_unpack_float(body[0]), _unpack_float(body[1]))
    if tag == "a" and len(body) == 3:
        return _unpack_array(body[0], body[1], body[2], blobs)
    if tag == "u" and len(body) == 2:
        return _unpack_words(body[0], body[1])
    raise ProtocolError("not a value")


def clean(text: str) -> str:
    """Text that can be written as UTF-8: lone surrogates are replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _unpack_handle(body: Any, remote: Remoter) -> Any:
    if isinstance(body, list) and len(body) == 2 and type(body[0]) is int and isinstance(body[1], str):
        return remote(body[0], clean(body[1])[:200])
    raise ProtocolError("not a handle")


def _unpack_float(body: Any) -> float:
    if isinstance(body, (int, float)) and not isinstance(body, bool):
        try:
            return float(body)
        except OverflowError:
            raise ProtocolError("not a float") from None
    if body in ("nan", "inf", "-inf"):
        return float(body)
    raise ProtocolError("not a float")


def _unpack_int(body: Any) -> int:
    digits = body.removeprefix("-").removeprefix("0x") if isinstance(body, str) else ""
    if not 0 < len(digits) <= MAX_DIGITS or set(digits) - set("0123456789abcdef"):
        raise ProtocolError("not an int")
    return int(digits, 16) * (-1 if body.startswith("-") else 1)


def _unpack_dict(pairs: list[Any], blobs: list[memoryview], remote: Remoter, depth: int) -> dict[Any, Any]:
    result = {}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ProtocolError("not a dict")
        key = unpack(pair[0], blobs, remote, depth + 1)
        try:
            result[key] = unpack(pair[1], blobs, remote, depth + 1)
        except TypeError:
            raise ProtocolError("a key that cannot be hashed") from None
    return result


def _shape(shape: Any) -> tuple[int, ...]:
    if not isinstance(shape, list) or len(shape) > MAX_DIMS:
        raise ProtocolError("not a shape")
    if not all(type(length) is int and 0 <= length <= MAX_FRAME for length in shape):
        raise ProtocolError("not a shape")
    return tuple(shape)


def _unpack_array(dtype: Any, shape: Any, index: Any, blobs: list[memoryview]) -> Any:
    import numpy as np

    if not isinstance(dtype, str) or not DTYPE.fullmatch(dtype):  # NumPy would parse other names as Python
        raise ProtocolError("not a dtype")
    if type(index) is not int or not 0 <= index < len(blobs):
        raise ProtocolError("not an array")
    lengths = _shape(shape)
    try:
        kind = np.dtype(dtype)
    except (TypeError, ValueError):
        raise ProtocolError("not a dtype") from None
    if kind.kind not in KINDS or kind.itemsize > 16 or math.prod(lengths) * kind.itemsize != len(blobs[index]):
        raise ProtocolError("an array whose bytes do not fit its shape")
    try:
        array = np.frombuffer(blobs[index], dtype=kind).reshape(lengths).astype(kind.newbyteorder("="))
    except ValueError:  # shapes such as (0, 2**28, 2**28, …) that numpy cannot hold
        raise ProtocolError("not a shape") from None
    if kind.kind == "b":  # a byte other than 0 or 1 is not a bool
        return np.frombuffer(blobs[index], dtype="u1").reshape(lengths).astype(np.bool_)
    return array


def _unpack_words(shape: Any, words: Any) -> Any:
    import numpy as np

    lengths = _shape(shape)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ProtocolError("not an array of text")
    if math.prod(lengths) != len(words) or len(words) * max(map(len, words), default=0) > MAX_HEADER:
        raise ProtocolError("an array whose words do not fit its shape")
    try:
        return np.array([clean(word) for word in words], dtype=np.str_).reshape(lengths)
    except ValueError:
        raise ProtocolError("not a shape") from None


# ── frames ───────────────────────────────────────────────────────────────────


def encode(header: dict[str, Any], blobs: Iterable[bytes] = ()) -> list[bytes]:
    """The pieces of a frame. Raises TooLarge."""
    parts = list(blobs)
    text = json.dumps({**header, "blobs": [len(part) for part in parts]}, separators=(",", ":"), allow_nan=False)
    head = text.encode("ascii")
    body = sum(map(len, parts))
    if len(head) > MAX_HEADER or len(head) + body > MAX_FRAME or nodes(head) > MAX_NODES:
        raise TooLarge(f"a frame of {(len(head) + body) >> 20} MiB")
    return [PREFIX.pack(MAGIC, len(head), body) + head, *parts]


def nodes(head: bytes | bytearray | memoryview) -> int:
    """At least the number of values in a JSON text, counted before it is parsed."""
    raw = bytes(head)
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def sizes(prefix: bytes, most: int = MAX_FRAME) -> tuple[int, int]:
    """Bytes of header and of arrays that a prefix announces. Raises ProtocolError."""
    magic, head, body = PREFIX.unpack(prefix)
    if magic != MAGIC or head > MAX_HEADER or head + body > most:
        raise ProtocolError("not a frame, or one that is too large")
    return head, body


def decode(head: bytes | bytearray, body: bytes | bytearray) -> tuple[dict[str, Any], list[memoryview]]:
    """Header and arrays of a frame. Raises ProtocolError, and nothing else."""
    if nodes(head) > MAX_NODES:
        raise ProtocolError("too many values")
    try:
        header = json.loads(bytes(head).decode("ascii"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ProtocolError("not JSON") from None
    lengths = header.pop("blobs", None) if isinstance(header, dict) else None
    if not isinstance(lengths, list) or len(lengths) > MAX_BLOBS:
        raise ProtocolError("no list of arrays")
    if not all(type(length) is int and length >= 0 for length in lengths) or sum(lengths) != len(body):
        raise ProtocolError("arrays that do not fit the frame")
    blobs, start, view = [], 0, memoryview(body)
    for length in lengths:
        blobs.append(view[start : start + length])
        start += length
    return header, blobs


def _no_constant(name: str) -> float:
    raise ValueError(name)


def receive(connection: socket.socket, size: int, deadline: float | None) -> bytearray:
    """Exactly ``size`` bytes. Raises Closed, Late."""
    buffer = bytearray()
    while len(buffer) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Late
            connection.settimeout(left)
        try:
            piece = connection.recv(min(size - len(buffer), 1 << 20))
        except TimeoutError:
            raise Late from None
        except OSError as error:
            raise Closed(str(error)) from None
        if not piece:
            raise Closed("the other side hung up")
        buffer += piece
    return buffer


def read(
    connection: socket.socket, deadline: float | None = None, most: int = MAX_FRAME
) -> tuple[dict[str, Any], list[memoryview]]:
    """The next frame. ``deadline`` is of ``time.monotonic``. Raises ProtocolError (Closed), Late."""
    head, body = sizes(bytes(receive(connection, PREFIX.size, deadline)), most)
    header = receive(connection, head, deadline)
    return decode(header, receive(connection, body, deadline))


def write(
    connection: socket.socket, header: dict[str, Any], blobs: Iterable[bytes] = (), deadline: float | None = None
) -> None:
    """Sends a frame whole. Raises TooLarge, Closed, Late."""
    for part in encode(header, blobs):
        if deadline is not None:
            connection.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            connection.sendall(part)
        except TimeoutError:
            raise Late from None
        except OSError as error:
            raise Closed(str(error)) from None
