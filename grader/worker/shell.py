"""Jupyter's own shell without its sockets: ipykernel's kernel over an in-memory session, no thread, no ZeroMQ."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import fcntl
import inspect
import io
import json
import logging
import os
import re
import sys
import threading
import types
from typing import Any

from .output import OutputLog

WARM = (
    "a = 1\na + 1",
    "print('x')",
    "def f():\n    return 1/0\nf()",
    "from IPython.display import display, HTML\ndisplay(HTML('x'))",
    "await __import__('asyncio').sleep(0)",
    "1 +",
)


class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of a cell."""

    encoding = "UTF-8"
    errors = "replace"

    def __init__(self, shell: Shell, name: str) -> None:
        self._shell, self._name = shell, name

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._shell.log.stream(self._name, str.__str__(text))
        return len(text)

    def fileno(self) -> int:
        return 1 if self._name == "stdout" else 2

    def isatty(self) -> bool:
        return False

    def set_parent(self, parent: Any) -> None:
        """ipykernel tells its streams which message they answer; ours know."""


class RawOutput:
    """A file under fd 1 or 2, so that writes below Python (C code, subprocesses) are seen and never block."""

    def __init__(self, fd: int, name: str) -> None:
        self._fd, self._name = fd, name

    def open(self) -> None:
        file = os.memfd_create(self._name) if hasattr(os, "memfd_create") else _anonymous()
        fcntl.fcntl(file, fcntl.F_SETFL, fcntl.fcntl(file, fcntl.F_GETFL) | os.O_APPEND)
        os.dup2(file, self._fd)
        self._file = file

    def drain(self, log: OutputLog) -> None:
        size = os.fstat(self._file).st_size
        if not size:
            return
        head = os.pread(self._file, log.budget, 0)
        tail = os.pread(self._file, log.budget, max(len(head), size - log.budget))
        os.ftruncate(self._file, 0)
        log.stream(self._name, head.decode("utf-8", "replace"))
        missing = size - len(head) - len(tail)
        log.dropped += missing
        if tail:
            log.stream(self._name, tail.decode("utf-8", "replace"))


def _anonymous() -> int:
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class Shell:
    """One kernel. Built once in the warm parent; each forked child runs cells in its own copy."""

    def __init__(self) -> None:
        self.log = OutputLog(1 << 20)
        self.error: dict[str, Any] | None = None
        self._known: dict[str, types.CodeType] = {}
        self._raw: list[RawOutput] = []
        _answer_getmodule_for_cells()
        self.kernel = _build(self._message)
        self.ip = self.kernel.shell
        own = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = Stream(self, "stdout"), Stream(self, "stderr")
        loop = asyncio.new_event_loop()
        for source in WARM:
            loop.run_until_complete(self._request(source))
        loop.close()
        sys.stdout, sys.stderr = own
        self._forget()

    def begin(self) -> None:
        """Takes over the standard streams and ``__main__``, in a child."""
        self._raw = [RawOutput(1, "stdout"), RawOutput(2, "stderr")]
        for raw in self._raw:
            raw.open()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115  it lives as long as the process
        sys.stdout, sys.stderr = Stream(self, "stdout"), Stream(self, "stderr")
        sys.__stdout__ = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), write_through=True)  # type: ignore[misc]
        sys.__stderr__ = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), write_through=True)  # type: ignore[misc]
        sys.modules["__main__"] = self.ip.user_module
        sys.argv[:] = ["ipykernel_launcher"]
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)

    @property
    def names(self) -> dict[str, Any]:
        namespace: dict[str, Any] = self.ip.user_ns
        return namespace

    def run(self, source: str, budget: int) -> tuple[list[dict[str, Any]], dict[str, Any] | None, OutputLog]:
        """Outputs, the error if there was one, and the log that counted them."""
        self.log, self.error = OutputLog(budget), None
        caught: BaseException | None = None
        try:
            if source in self._known:
                exec(self._known[source], self.ip.user_ns)  # noqa: S102  the exercise's own text
                self._count(source)
            elif source.strip():
                self._loop.run_until_complete(self._request(source))
        except BaseException as problem:  # KeyboardInterrupt reaches here when it falls between two steps
            caught = problem
        self.drain()
        if caught is not None and self.error is None:
            self.error = report(caught)
        outputs = self.log.take()
        if caught is not None and not any(output["output_type"] == "error" for output in outputs):
            outputs.append({"output_type": "error", **(self.error or {})})
        return outputs, self.error, self.log

    def learn(self, source: str) -> None:
        """In the parent: a cell of plain Python without output, compiled once for all children."""
        with contextlib.suppress(SyntaxError, ValueError):  # a magic, say: it runs as any other cell
            self._known[source] = compile(source, self.ip.compile.cache(source, len(self._known) + 1), "exec")

    def _count(self, source: str) -> None:
        """As a cell that ran: the next one is In [n + 1]."""
        self.ip.history_manager.store_inputs(self.ip.execution_count, source, source)
        self.ip.execution_count += 1
        self.kernel.execution_count = self.ip.execution_count - 1

    def drain(self) -> None:
        for raw in self._raw:
            with contextlib.suppress(BaseException):
                raw.drain(self.log)

    async def _request(self, source: str) -> None:
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        header = {"msg_id": "m", "msg_type": "execute_request", "session": "s", "username": "u", "version": "5.4"}
        message = {
            "header": {**header, "date": ""},
            "parent_header": {},
            "metadata": {},
            "msg_id": "m",
            "msg_type": "execute_request",
            "content": content,
        }
        self.kernel.set_parent([], message, channel="shell")
        await self.kernel.execute_request(None, [], message)

    def _message(self, kind: str, content: dict[str, Any]) -> None:
        log = self.log
        if kind == "stream":
            log.stream(content["name"], content["text"])
        elif kind in ("display_data", "execute_result"):
            output = {"output_type": kind, "data": content["data"], "metadata": content.get("metadata") or {}}
            if kind == "execute_result":
                output["execution_count"] = content["execution_count"]
            display_id = (content.get("transient") or {}).get("display_id")
            log.rich({**output, "_display_id": display_id} if display_id else output)
        elif kind == "update_display_data":
            log.update(content["transient"]["display_id"], content["data"], content.get("metadata") or {})
        elif kind == "clear_output":
            log.clear(bool(content.get("wait")))
        elif kind == "error":
            self.error = {key: content[key] for key in ("ename", "evalue", "traceback")}
            self.error["evalue"] = self.error["evalue"][:4000]
            self.error["traceback"] = _shorten(self.error["traceback"])
            log.rich({"output_type": "error", **self.error})
        elif kind == "execute_reply" and content.get("status") == "error" and self.error is None:
            self.error = {
                "ename": str(content.get("ename")),
                "evalue": str(content.get("evalue"))[:4000],
                "traceback": _shorten(content.get("traceback") or []),
            }

    def _forget(self) -> None:
        """What the warm-up left: a child's first cell is In [1] of an empty namespace."""
        ip = self.ip
        for name in [name for name in ip.user_ns_hidden if re.fullmatch(r"_+(i*\d+)?", name)]:
            del ip.user_ns_hidden[name]  # the values of earlier cells
        keep = set(ip.user_ns_hidden) | {"__name__", "__doc__", "__builtins__"}
        for name in [name for name in ip.user_ns if name not in keep]:
            del ip.user_ns[name]
        ip.user_ns.update({"_": "", "__": "", "___": ""})
        ip.user_ns_hidden.update({"_": "", "__": "", "___": ""})
        ip.displayhook._ = ip.displayhook.__ = ip.displayhook.___ = ""
        for history in (ip.user_ns.get("In"), ip.user_ns.get("_ih")):
            if history:
                history[:] = [""]
        ip.user_ns.get("Out", {}).clear()
        ip.history_manager.input_hist_raw[:] = [""]
        ip.history_manager.input_hist_parsed[:] = [""]
        ip.history_manager.output_hist.clear()
        ip.execution_count = 1
        self.kernel.execution_count = 0
        ip.last_execution_succeeded, ip.last_execution_result = True, None
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            if hasattr(sys, name):
                delattr(sys, name)
        self.log, self.error = OutputLog(1 << 20), None


def report(problem: BaseException, most: int = 4000) -> dict[str, Any]:
    """An exception as data: ename, evalue, traceback. Its own methods may be hostile."""
    import traceback

    try:
        text = str(problem)[:most]
    except BaseException:
        text = "<an exception that cannot be shown>"
    try:
        lines = "".join(
            traceback.format_exception(type(problem), problem, problem.__traceback__, limit=20)
        ).splitlines()
    except BaseException:
        lines = []
    return {"ename": type(problem).__name__[:200], "evalue": text, "traceback": _shorten(lines)}


def _shorten(lines: list[str], most: int = 32_000) -> list[str]:
    """The first and the last lines of a traceback."""
    if sum(map(len, lines)) <= most:
        return list(lines)
    cut = [line[: most // 8] for line in lines]
    return cut if len(cut) <= 6 else [*cut[:3], "[…]", *cut[-3:]]


def _build(sink: Any) -> Any:
    import ipykernel.debugger as debugger
    from ipykernel.ipkernel import IPythonKernel
    from jupyter_client.session import Session
    from traitlets.config import Config

    debugger._is_debugpy_available = False  # the debugger would open sockets and threads

    class MemorySession(Session):
        def send(self, stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **kwargs: Any) -> Any:
            if isinstance(msg_or_type, dict):
                sink(msg_or_type["header"]["msg_type"], msg_or_type["content"])
            else:
                sink(msg_or_type, content or {})
            return {"content": content or {}, "header": {}}

    class QuietKernel(IPythonKernel):
        def _abort_queues(self, subshell_id: Any = None) -> None: ...
        def _publish_status(self, *args: Any, **kwargs: Any) -> None: ...
        def _publish_execute_input(self, *args: Any, **kwargs: Any) -> None: ...

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    logger = logging.getLogger("partiel.worker")
    logger.setLevel(logging.CRITICAL)
    kernel = QuietKernel(config=config, session=MemorySession(key=b""), user_ns={}, log=logger)
    kernel._execute_sleep = 0
    kernel.shell_channel_thread = types.SimpleNamespace(parent_thread=threading.main_thread())
    kernel.shell.enable_gui = lambda *_: None  # no event loop of a window system runs here
    kernel.shell.keepkernel_on_exit = True  # `exit` in a cell ends the cell, not the session
    return kernel


def _answer_getmodule_for_cells() -> None:
    """A cell belongs to no module; finding that out costs a scan of thousands, four times per traceback."""
    original = inspect.getmodule

    def getmodule(object: Any, _filename: str | None = None) -> Any:  # noqa: A002  the name is inspect's
        frame = object.tb_frame if isinstance(object, types.TracebackType) else object
        code = frame.f_code if isinstance(frame, types.FrameType) else frame
        filename = code.co_filename if isinstance(code, types.CodeType) else None
        if filename is not None and (filename.startswith("<") or "/ipykernel_" in filename):
            return None
        return original(object, _filename)

    inspect.getmodule = getmodule


def jsonable(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs as JSON can carry them: bytes in base64, as Jupyter sends them; a repr that returns nonsense as text."""

    def text(value: object) -> str:
        return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)

    result: list[dict[str, Any]] = json.loads(json.dumps(outputs, default=text, allow_nan=False, skipkeys=True))
    return result
