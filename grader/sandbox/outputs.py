"""Outputs that a hostile process claims, rebuilt as the nbformat outputs they may be, within a budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.worker.wire import clean

MOST_OUTPUTS = 2000
MOST_MIMES = 12


def rebuilt(claimed: object, budget: int) -> tuple[tuple[dict[str, Any], ...], bool]:
    """Outputs of at most about ``budget`` bytes, and whether something was left out."""
    if not isinstance(claimed, list):
        return (), True
    kept, left, cut = [], budget + 4096, len(claimed) > MOST_OUTPUTS
    for output in claimed[:MOST_OUTPUTS]:
        whole = _output(output)
        size = _size(whole)
        if not whole or size > left:
            cut = True
            continue
        kept.append(whole)
        left -= size
    return tuple(kept), cut


def _output(output: object) -> dict[str, Any]:
    if not isinstance(output, dict):
        return {}
    kind = output.get("output_type")
    if kind == "stream" and output.get("name") in ("stdout", "stderr") and isinstance(output.get("text"), str):
        return {"output_type": "stream", "name": output["name"], "text": clean(output["text"])}
    if kind == "error":
        return {
            "output_type": "error",
            "ename": text(output.get("ename"), 200),
            "evalue": text(output.get("evalue"), 4000),
            "traceback": list(lines(output.get("traceback"))),
        }
    if kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
        whole: dict[str, Any] = {"output_type": kind, "data": _bundle(output["data"]), "metadata": {}}
        if kind == "execute_result":
            count = output.get("execution_count")
            whole["execution_count"] = count if type(count) is int and 0 <= count < 10**6 else None
        return whole
    return {}


def _bundle(data: Mapping[Any, Any]) -> dict[str, Any]:
    """Mime types to text. JSON bundles of widgets and the like are of no use on paper and are left out."""
    return {
        clean(mime)[:100]: clean(body)
        for mime, body in list(data.items())[:MOST_MIMES]
        if isinstance(mime, str) and isinstance(body, str)
    }


def _size(output: Mapping[str, Any]) -> int:
    data = output.get("data", {})
    return 64 + len(output.get("text", "")) + sum(map(len, output.get("traceback", ()))) + sum(map(len, data.values()))


def text(claimed: object, most: int) -> str:
    return clean(claimed[:most]) if isinstance(claimed, str) else ""


def lines(claimed: object, most: int = 200, length: int = 8000) -> tuple[str, ...]:
    if not isinstance(claimed, list):
        return ()
    return tuple(text(line, length) for line in claimed[:most] if isinstance(line, str))
