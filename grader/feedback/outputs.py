"""What a student's code printed or displayed, made harmless for whoever opens it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import count
from typing import Any

from grader.feedback.markup import clean
from grader.feedback.words import said
from grader.model import Lang
from grader.watch import ESCAPES

Output = dict[str, Any]
_LARGEST = 200_000  # characters of one output: what a page can bear, below what the sandbox lets out
_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def text(value: object) -> str:
    """Text as nbformat keeps it (a string or a list of lines), without terminal escapes or control characters."""
    whole = "".join(str(part) for part in value) if isinstance(value, list) else str(value)
    whole = ESCAPES.sub("", whole.replace("\r\n", "\n"))
    whole = "\n".join(_as_left(line) for line in whole.split("\n"))
    whole = "".join(c if c in "\n\t" or (c >= " " and not "\x7f" <= c <= "\x9f") else "\ufffd" for c in whole)
    whole = re.sub("[\u202a-\u202e\u2066-\u2069]", "\ufffd", whole)  # they reorder what stands around them
    return whole if len(whole) <= _LARGEST else whole[: _LARGEST // 2] + "\n[…]\n" + whole[-_LARGEST // 2 :]


def _as_left(line: str) -> str:
    """A line that was written over, as progress bars do, as it stood in the end."""
    if "\r" not in line and "\b" not in line:
        return line
    written = [part for part in line.replace("\b", "").split("\r") if part]
    return written[-1] if written else ""


def harmless(outputs: Iterable[Mapping[str, Any]]) -> list[Output]:
    """nbformat outputs of which nothing runs, wherever a notebook is shown.

    Formgrader shows them in the grader's own browser, with the grader's rights. What is kept: streams, errors,
    plain text, PNG and JPEG whose bytes are what they say, and HTML without scripts, links to load or styles.
    SVG, JavaScript, Markdown, LaTeX and widgets go, and so does all metadata.
    """
    return [kept for output in outputs if (kept := _harmless(output)) is not None]


def _harmless(output: Mapping[str, Any]) -> Output | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": text(output.get("text", ""))}
    if kind == "error":
        lines = output.get("traceback", [])
        return {
            "output_type": "error",
            "ename": text(output.get("ename", "")),
            "evalue": text(output.get("evalue", "")),
            "traceback": [text(line) for line in (lines if isinstance(lines, list) else [lines])][:200],
        }
    if kind not in ("display_data", "execute_result"):
        return None
    data = _harmless_data(output.get("data", {}))
    return {"output_type": "display_data", "data": data, "metadata": {}} if data else None


def _harmless_data(data: object) -> dict[str, str]:
    if not isinstance(data, Mapping):
        return {}
    kept = {kind: picture for kind in _PICTURES if (picture := _picture(data.get(kind), kind)) is not None}
    if "text/html" in data:
        kept["text/html"] = clean(text(data["text/html"]))
    if "text/plain" in data:
        kept["text/plain"] = text(data["text/plain"])
    return kept


def _picture(encoded: object, kind: str) -> str | None:
    if isinstance(encoded, list):
        encoded = "".join(str(part) for part in encoded)
    if not isinstance(encoded, str):
        return None
    try:
        picture = base64.b64decode(re.sub(r"\s", "", encoded), validate=True)
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(picture).decode() if picture.startswith(_PICTURES[kind]) else None


def shown(outputs: Iterable[Mapping[str, Any]], lang: Lang = "fr") -> str:
    """The same outputs on a feedback page."""
    pictures = count(1)
    return "\n".join(_shown(output, pictures, lang) for output in harmless(outputs))


def _shown(output: Output, pictures: Iterator[int], lang: Lang) -> str:
    if output["output_type"] == "stream":
        return f'<pre class="{output["name"]}">{escape(output["text"])}</pre>'
    if output["output_type"] == "error":
        lines = output["traceback"] or [f"{output['ename']}: {output['evalue']}"]
        return f'<pre class="error">{escape(chr(10).join(lines))}</pre>'
    data = output["data"]
    for kind in _PICTURES:
        if kind in data:
            alt = said(lang)["picture"].format(n=next(pictures))
            return f'<img alt="{alt}" src="data:{kind};base64,{data[kind]}">'
    if "text/html" in data:
        return f'<div class="rich">{data["text/html"]}</div>'
    return f"<pre>{escape(data['text/plain'])}</pre>"
