"""A student's objects as plain data, and a table of those that stay inside."""

from __future__ import annotations

import sys
from typing import Any

from . import wire

MAX_HANDLES = 100_000


class Handles:
    """Objects that the other side knows by a number."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}

    def refer(self, thing: Any) -> list[Any]:
        number = self._numbers.get(id(thing))
        if number is None:
            if len(self._objects) >= MAX_HANDLES:
                raise wire.TooLarge("too many objects")
            number = self._numbers[id(thing)] = len(self._objects) + 1
            self._objects[number] = thing  # kept alive, so that its id stays its own
        return [number, type(thing).__name__[:200]]

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]


def plain(value: Any, depth: int = 0) -> Any:
    """The same value in exact wire types wherever there is one: subclasses lose their tricks, tensors become arrays."""
    kind = type(value)
    if value is None or kind in (bool, int, float, complex, str):
        return value
    if depth > wire.MAX_DEPTH:
        raise wire.TooLarge("nested too deeply")
    for base in (bool, int, float, complex, str):
        if issubclass(kind, base):
            return _exact(value, base)
    if issubclass(kind, (list, tuple)):
        members = [plain(member, depth + 1) for member in (list if issubclass(kind, list) else tuple).__iter__(value)]
        return members if issubclass(kind, list) else tuple(members)
    if issubclass(kind, dict):
        return {_key(k, depth): plain(v, depth + 1) for k, v in dict.items(value)}
    return _numeric(value)


def _exact(value: Any, base: type) -> Any:
    if base is str:
        return str.__str__(value)
    if base is int:
        return int.__int__(value)
    if base is float:
        return float.__float__(value)
    return complex(complex.real.__get__(value), complex.imag.__get__(value))


def _key(key: Any, depth: int) -> Any:
    key = plain(key, depth + 1)
    return key if key is None or isinstance(key, (bool, int, float, complex, str, tuple)) else str(type(key))


def _numeric(value: Any) -> Any:
    numpy: Any
    torch: Any
    keras: Any
    numpy, torch, keras = (sys.modules.get(name) for name in ("numpy", "torch", "keras"))
    try:
        if keras is not None and isinstance(value, getattr(keras, "Variable", ())):
            value = value.value  # type: ignore[union-attr]
        if torch is not None and isinstance(value, torch.Tensor):
            value = torch.Tensor.detach(value).as_subclass(torch.Tensor).cpu()
            value = (value.float() if value.dtype == torch.bfloat16 else value).resolve_conj().resolve_neg().numpy()
        if numpy is None:
            return value
        if isinstance(value, numpy.ndarray):
            return value if type(value) is numpy.ndarray else numpy.array(value, copy=True, subok=False)
        if isinstance(value, numpy.generic):
            return _scalar(value)
    except wire.TooLarge:
        raise
    except Exception:  # a tensor that cannot leave (sparse, quantised) is an object like another
        return value
    return value


def _scalar(value: Any) -> Any:
    kind = value.dtype.kind
    convert = {"b": bool, "i": int, "u": int, "f": float, "c": complex}.get(kind)
    return convert(value) if convert else value
