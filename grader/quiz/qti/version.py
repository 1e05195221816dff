"""One set of elements, written with the names of QTI 2.1, 2.2 or 3.0."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from html import escape

XSI = "http://www.w3.org/2001/XMLSchema-instance"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Version:
    """``kebab``: QTI 3 prefixes its elements, and writes names with hyphens."""

    name: str  # of the format
    short: str  # as in the types of resources: 2p1
    namespace: str
    schema: str
    package: str  # the manifest's namespace
    package_schema: str  # what the manifest calls the package
    package_version: str
    kebab: bool = False
    human: bool = True  # outcomes can say that a person scores them

    def tag(self, name: str, attributes: dict[str, object] | None = None, *inside: str) -> str:
        """An element of QTI; attributes that are None are left out."""
        named = self._element(name)
        written = "".join(
            f' {self._attribute(key)}="{escape(_said(value))}"'
            for key, value in (attributes or {}).items()
            if value is not None
        )
        return f"<{named}{written}>{''.join(inside)}</{named}>" if any(inside) else f"<{named}{written}/>"

    def _element(self, name: str) -> str:
        return f"qti-{_hyphens(name)}" if self.kebab else name

    def _attribute(self, name: str) -> str:
        return name if not self.kebab or ":" in name else _hyphens(name)

    def content(self, markup: str) -> str:
        """Markup inside feedback or a rubric, which QTI 3 wraps."""
        return self.tag("contentBody", None, markup) if self.kebab else f"<div>{markup}</div>"

    def document(self, name: str, attributes: dict[str, object], *inside: str) -> bytes:
        head: dict[str, object] = {
            "xmlns": self.namespace,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": f"{self.namespace} {self.schema}",
        }
        return HEAD + self.tag(name, {**head, **attributes}, *inside).encode() + b"\n"

    # ── expressions ──

    def variable(self, name: str) -> str:
        return self.tag("variable", {"identifier": name})

    def base(self, kind: str, value: object) -> str:
        return self.tag("baseValue", {"baseType": kind}, escape(_said(value), quote=False))

    def set(self, name: str, expression: str) -> str:
        return self.tag("setOutcomeValue", {"identifier": name}, expression)


def _hyphens(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _said(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return decimal(value) if isinstance(value, Fraction) else str(value)


def decimal(value: Fraction) -> str:
    """Six decimals at most, none that says nothing."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".")
