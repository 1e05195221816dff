"""A sheet to draw on that knows its own extent: nothing is clipped, and nothing comes from outside the file."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from html import escape

WIDEST = 640  # px: the text column of a notebook, and of a page
SMALLEST = 12  # px
FONT = "Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif"
# Okabe & Ito's colours that stand out on white, in an order in which neighbours differ in lightness too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
DASHES = ("", "8 4", "2 3", "10 3 2 3", "5 3", "14 4", "10 3 2 3 2 3")
GREY = "#767676"
PALE = "#DDDDDD"

Point = tuple[float, float]


def text_width(text: str, size: float = 13) -> float:
    """px, from above: the widest of the fonts in the stack, or nearly."""
    return size * sum(_advance(character) for character in text)


def _advance(character: str) -> float:
    if character in " .,;:!|'ilj’\u202f\u00a0":
        return 0.34
    if character in "frtI()[]-·⁻⁰¹²³⁴⁵⁶⁷⁸⁹":
        return 0.45
    if character in "mwMW%—@":
        return 0.95
    if character.isupper() or character in "×+−=<>→≤≥":
        return 0.76
    return 0.62


def _n(value: float) -> str:
    """One decimal: half a tenth of a pixel is not seen."""
    if not math.isfinite(value):
        raise ValueError(f"a figure cannot place {value}")
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"


class Sheet:
    """Shapes in the order they are drawn; x goes right and y down, in px, from anywhere."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.left = self.top = math.inf
        self.right = self.bottom = -math.inf

    def reserve(self, x: float, y: float, width: float = 0, height: float = 0) -> None:
        self.left, self.right = min(self.left, x), max(self.right, x + width)
        self.top, self.bottom = min(self.top, y), max(self.bottom, y + height)

    def rect(
        self, x: float, y: float, width: float, height: float, *,
        fill: str = "none", stroke: str = "#000", thick: float = 1, dash: str = "", round_: float = 0,
    ) -> None:  # fmt: skip
        self.reserve(x, y, width, height)
        corner = f' rx="{_n(round_)}"' if round_ else ""
        self.parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"{corner} fill="{fill}"'
            + _stroke(stroke, thick, dash)
            + "/>"
        )

    def circle(
        self, x: float, y: float, radius: float, *, fill: str = "#fff", stroke: str = "#000", thick: float = 1
    ) -> None:
        self.reserve(x - radius, y - radius, 2 * radius, 2 * radius)
        self.parts.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{fill}"' + _stroke(stroke, thick, "") + "/>"
        )

    def line(self, *points: Point, stroke: str = "#000", thick: float = 1, dash: str = "") -> None:
        for x, y in points:
            self.reserve(x, y)
        places = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        join = ' stroke-linejoin="round"' if len(points) > 2 else ""
        self.parts.append(f'<polyline points="{places}" fill="none"{join}' + _stroke(stroke, thick, dash) + "/>")

    def polygon(self, points: Sequence[Point], *, fill: str = "#000", stroke: str = "none", thick: float = 1) -> None:
        for x, y in points:
            self.reserve(x, y)
        places = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self.parts.append(f'<polygon points="{places}" fill="{fill}"' + _stroke(stroke, thick, "") + "/>")

    def arrow(self, *points: Point, stroke: str = "#000", thick: float = 1.3, dash: str = "", head: float = 7) -> None:
        """Along ``points``, its head at the last one."""
        (x0, y0), (x1, y1) = points[-2], points[-1]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        u, v = (x1 - x0) / length, (y1 - y0) / length
        neck = (x1 - u * head, y1 - v * head)
        self.line(*points[:-1], neck, stroke=stroke, thick=thick, dash=dash)
        half = head * 0.45
        self.polygon(
            [(x1, y1), (neck[0] - v * half, neck[1] + u * half), (neck[0] + v * half, neck[1] - u * half)], fill=stroke
        )

    def hatch(self, x: float, y: float, width: float, height: float, *, gap: float = 6, stroke: str = "#000") -> None:
        """Strokes at 45°, cut at the rectangle's sides: told apart without any colour."""
        offset = gap
        while offset < width + height:
            a = (x + min(offset, width), y + max(0.0, offset - width))
            b = (x + max(0.0, offset - height), y + min(offset, height))
            self.line(a, b, stroke=stroke, thick=0.8)
            offset += gap

    def text(
        self, x: float, y: float, text: str, *,
        size: float = 13, anchor: str = "middle", bold: bool = False, halo: bool = False, upright: bool = False,
    ) -> None:  # fmt: skip
        """``text`` centred on ``y``, and on ``x`` unless ``anchor`` is start or end; ``upright`` reads from below."""
        if not text:
            return
        if size < SMALLEST:
            raise ValueError(f"text of {size} px cannot be read: at least {SMALLEST}")
        width = text_width(text, size) * (1.06 if bold else 1)
        before = {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        if upright:
            self.reserve(x - size / 2, y - width + before, size, width)
            place = f'transform="translate({_n(x + size * 0.35)} {_n(y)}) rotate(-90)"'
        else:
            self.reserve(x - before, y - size / 2, width, size)
            place = f'x="{_n(x)}" y="{_n(y + size * 0.35)}"'
        extra = "" if anchor == "start" else f' text-anchor="{anchor}"'
        extra += "" if size == 13 else f' font-size="{_n(size)}"'
        extra += ' font-weight="bold"' if bold else ""
        extra += ' stroke="#fff" stroke-width="4" stroke-linejoin="round" paint-order="stroke"' if halo else ""
        self.parts.append(f"<text {place}{extra}>{escape(text)}</text>")

    def finish(self, margin: float = 6) -> str:
        """The file. Raises ``ValueError`` where it would be wider than a page."""
        if not self.parts:
            raise ValueError("nothing was drawn")
        x, y = math.floor(self.left - margin), math.floor(self.top - margin)
        width, height = math.ceil(self.right + margin) - x, math.ceil(self.bottom + margin) - y
        if width > WIDEST:
            raise ValueError(f"the figure would be {width} px wide, at most {WIDEST}: draw less, or shorter words")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x} {y} {width} {height}" width="{width}"'
            f' height="{height}" font-family="{FONT}" font-size="13">'
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="#fff"/>{"".join(self.parts)}</svg>'
        )


def _stroke(colour: str, thick: float, dash: str) -> str:
    if colour == "none" or not thick:
        return ""
    width = "" if thick == 1 else f' stroke-width="{_n(thick)}"'
    return f' stroke="{colour}"{width}' + (f' stroke-dasharray="{dash}"' if dash else "")


def uri(drawing: str) -> str:
    """An SVG file as an address an ``img`` can hold."""
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()
