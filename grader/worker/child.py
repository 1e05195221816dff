"""One submission's process: executes cells, and answers questions about what they defined, frame by frame."""

from __future__ import annotations

import functools
import os
import random
import resource
import signal
import socket
import sys
from collections.abc import Mapping
from typing import Any

from . import card, inner, shims, values, walls, wire
from .output import OutputFlood
from .shell import Shell, jsonable, report

Frame = tuple[dict[str, Any], list[bytes]]


class Child:
    """The loop of one forked process. Every exception of a student's code becomes data here."""

    def __init__(self, connection: socket.socket, shell: Shell, ceilings: walls.Ceilings) -> None:
        self._connection, self._shell, self._ceilings = connection, shell, ceilings
        self._handles = values.Handles()
        self._busy = False
        self._pid = os.getpid()

    def serve(self) -> None:
        while True:
            try:
                header, blobs = wire.read(self._connection)
            except wire.ProtocolError:
                return
            signal.signal(signal.SIGINT, self._on_interrupt)
            reply, parts = self._answer(header, blobs)
            if os.getpid() != self._pid:
                os._exit(0)  # a copy that a student's os.fork left running
            try:
                wire.write(self._connection, {"id": header.get("id"), **reply}, parts)
            except wire.TooLarge as problem:
                wire.write(self._connection, {"id": header.get("id"), "oversized": str(problem)})

    def _on_interrupt(self, number: int, frame: Any) -> None:
        if self._busy:
            raise KeyboardInterrupt

    def _answer(self, header: Mapping[str, Any], blobs: list[memoryview]) -> Frame:
        act = {"execute": self._execute, "clear": self._clear, "fetch": self._fetch, "call": self._call}[header["op"]]
        if header["op"] in ("execute", "clear"):
            return act(header, blobs)
        try:
            try:
                self._busy = True
                return act(header, blobs)
            finally:
                self._busy = False
        except wire.TooLarge as problem:
            return {"oversized": str(problem)}, []
        except MemoryError:
            self._ceilings.breathe()
            return {"raised": {"ename": "MemoryError", "evalue": "", "traceback": []}}, []
        except BaseException as problem:  # SystemExit and its like end the call, not the session
            return {"raised": report(problem)}, []

    # ── what may be asked ────────────────────────────────────────────────────

    def _execute(self, header: Mapping[str, Any], blobs: list[memoryview]) -> Frame:
        limits = header["limits"]
        self._ceilings.question(**limits)
        walls.reset_peak()
        before = _cpu()
        try:
            try:
                self._busy = True
                outputs, error, log = self._shell.run(header["source"], header["output_bytes"])
            finally:
                self._busy = False
            self._ceilings.breathe()
            body = {"outputs": jsonable(outputs), "error": error, "dropped": log.dropped}
        except MemoryError:
            self._ceilings.breathe()
            body = {"outputs": [], "error": {"ename": "MemoryError", "evalue": "", "traceback": []}, "dropped": 0}
        except BaseException as problem:
            body = {"outputs": [], "error": report(problem), "dropped": 0}
        return {**body, "cpu": _cpu() - before, "peak_kib": walls.status_kib("VmHWM")}, []

    def _clear(self, header: Mapping[str, Any], blobs: list[memoryview]) -> Frame:
        for name in header["names"]:
            self._shell.names.pop(name, None)
        return {"done": True}, []

    def _fetch(self, header: Mapping[str, Any], blobs: list[memoryview]) -> Frame:
        names = self._shell.names
        if header["name"] not in names:
            return {"absent": True}, []
        return self._value(names[header["name"]])

    def _call(self, header: Mapping[str, Any], blobs: list[memoryview]) -> Frame:
        """``attribute`` first, if there is one; then a call, if there are arguments."""
        thing = self._handles[header["handle"]]
        if header.get("attribute"):
            thing = getattr(thing, header["attribute"])
        if "arguments" not in header:
            return self._value(thing)
        arguments = wire.unpack(header["arguments"], blobs, lambda number, _: self._handles[number])
        args, kwargs = arguments
        convert = _tensors_for(thing)
        args, kwargs = convert(args), convert(kwargs)
        try:
            return self._value(_quietly(thing, args, kwargs))
        finally:
            self._shell.drain()

    def _value(self, value: Any) -> Frame:
        blobs: list[bytes] = []
        return {"value": wire.pack(values.plain(value), blobs, self._handles.refer)}, blobs


def _quietly(thing: Any, args: Any, kwargs: Any) -> Any:
    torch = sys.modules.get("torch")
    if torch is None:
        return thing(*args, **kwargs)
    module = getattr(thing, "__self__", thing)
    if isinstance(module, torch.nn.Module):
        with torch.no_grad():
            return thing(*args, **kwargs)
    return thing(*args, **kwargs)


def _tensors_for(thing: Any) -> Any:
    """A torch module takes tensors: arrays for it become tensors of its precision. Keras converts by itself."""
    torch, keras = sys.modules.get("torch"), sys.modules.get("keras")
    module = getattr(thing, "__self__", thing)
    if torch is None or not isinstance(module, torch.nn.Module):
        return lambda arguments: arguments
    if keras is not None and isinstance(module, getattr(keras, "Layer", ())):
        return lambda arguments: arguments
    parameter = next((p for p in module.parameters() if p.is_floating_point()), None)
    return functools.partial(_tensors, torch, torch.get_default_dtype() if parameter is None else parameter.dtype)


def _tensors(torch: Any, precision: Any, value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_tensors(torch, precision, member) for member in value)
    if isinstance(value, dict):
        return {key: _tensors(torch, precision, member) for key, member in value.items()}
    if type(value).__name__ == "ndarray":
        tensor = torch.from_numpy(value.copy())
        return tensor.to(precision) if tensor.is_floating_point() else tensor
    return value


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def reseed(seed: int) -> None:
    """Python, numpy and torch start from ``seed``; Keras draws its own from Python's."""
    random.seed(seed)
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)
    if torch is not None:
        torch.manual_seed(seed % 2**63)


def run(
    connection: socket.socket, shell: Shell, request: Mapping[str, Any], program: bytes, settings: Mapping[str, Any]
) -> None:
    """Never returns."""
    status = 70
    try:
        os.setsid()
        walls.die_with_parent()
        if settings["inner"]:
            inner.enter(settings["inner"])
        shims.link(settings["data"])
        for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        walls.hide_memory(False)
        card.take(settings.get("card"))
        reseed(request["seed"])
        shell.begin()
        ceilings = walls.Ceilings(**request["limits"], strict=settings["strict"])
        walls.filter_calls(program)
        wire.write(connection, {"id": 0, "pid": os.getpid()})
        Child(connection, shell, ceilings).serve()
        status = 0
    except OutputFlood:
        status = 71
    except BaseException:
        inner.explain()
    finally:
        os._exit(status)  # no finalisers: torch and Keras would take seconds
