"""What a cell prints and displays, kept within bounds: the head, the tail, and how much was left out."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

FLOOD = 64  # a cell that produces this many times its budget is stopped


class OutputFlood(BaseException):
    """Raised in the cell that floods its outputs; not an Exception, so that `except Exception` does not swallow it."""


class OutputLog:
    """nbformat outputs in the order they came, of at most ``budget`` bytes in all."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._half = max(1, budget // 2)
        self._head: list[dict[str, Any]] = []
        self._tail: deque[tuple[dict[str, Any], int]] = deque()
        self._head_size = self._tail_size = 0
        self.total = self.dropped = 0
        self._clear_next = False

    def stream(self, name: str, text: str) -> None:
        self._cleared()
        if self._head_size < self._half and not self._tail:
            room = self._half - self._head_size
            self._head_size += min(len(text), room)
            self._append_text(name, text[:room])
            self.total += min(len(text), room)
            text = text[room:]
        if text:
            self._push({"output_type": "stream", "name": name, "text": text}, len(text))

    def rich(self, output: dict[str, Any]) -> None:
        self._cleared()
        size = len(json.dumps(output, default=str))
        if size > self.budget:
            note = f"[{output['output_type']} of {size >> 10} KiB left out]"
            self.total, self.dropped = self.total + size, self.dropped + size
            output, size = {"output_type": "stream", "name": "stderr", "text": note + "\n"}, len(note)
        if not self._tail and self._head_size + size <= self._half:
            self._head.append(output)
            self._head_size, self.total = self._head_size + size, self.total + size
        else:
            self._push(output, size)

    def update(self, display_id: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Replaces what was displayed under this id. Growth is counted as new output."""
        self.total += len(json.dumps([data, metadata], default=str))
        self._check()
        if len(json.dumps([data, metadata], default=str)) <= self._half:
            for output in [*self._head, *(output for output, _ in self._tail)]:
                if output.get("_display_id") == display_id:
                    output["data"], output["metadata"] = data, metadata

    def clear(self, wait: bool) -> None:
        self._clear_next = True
        if not wait:
            self._cleared()

    def take(self) -> list[dict[str, Any]]:
        """The outputs, with a line where some were left out."""
        outputs = [dict(output) for output in self._head]
        if self.dropped:
            note = f"\n[… {self.dropped} bytes of output left out …]\n"
            outputs.append({"output_type": "stream", "name": "stderr", "text": note})
        outputs += [dict(output) for output, _ in self._tail]
        merged: list[dict[str, Any]] = []
        for output in outputs:
            output.pop("_display_id", None)
            last = merged[-1] if merged else {}
            if output["output_type"] == "stream" == last.get("output_type") and output["name"] == last["name"]:
                last["text"] += output["text"]
            else:
                merged.append(output)
        return merged

    def _append_text(self, name: str, text: str) -> None:
        last = self._head[-1] if self._head else {}
        if last.get("output_type") == "stream" and last.get("name") == name and len(last["text"]) < 4096:
            last["text"] += text
        else:
            self._head.append({"output_type": "stream", "name": name, "text": text})

    def _push(self, output: dict[str, Any], size: int) -> None:
        self.total += size
        if output["output_type"] == "stream" and size > self._half:
            self.dropped += size - self._half
            output["text"], size = output["text"][-self._half :], self._half
        last = self._tail[-1] if self._tail else None
        if (
            last is not None
            and output["output_type"] == "stream" == last[0]["output_type"]
            and output["name"] == last[0]["name"]
            and last[1] < 4096
        ):
            last[0]["text"] += output["text"]
            self._tail[-1] = (last[0], last[1] + size)
        else:
            self._tail.append((output, size))
        self._tail_size += size
        while self._tail_size > self._half and len(self._tail) > 1:
            _, gone = self._tail.popleft()
            self._tail_size -= gone
            self.dropped += gone
        self._check()

    def _check(self) -> None:
        if self.total > FLOOD * self.budget:
            raise OutputFlood(f"more than {FLOOD * self.budget >> 10} KiB of output")

    def _cleared(self) -> None:
        if self._clear_next:
            self._clear_next = False
            self._head.clear()
            self._tail.clear()
            self._head_size = self._tail_size = self.dropped = 0
