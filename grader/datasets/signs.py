"""43 traffic signs, drawn: the classes of GTSRB, in pictures that are nobody's."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from grader.datasets.classes import NAMES

SIDE = 96  # pixels of a drawing
FINE = 2  # drawn twice as large, then reduced
MIDDLE = SIDE / 2
RED, BLUE, WHITE, BLACK = (196, 20, 32), (16, 80, 170), (245, 245, 245), (18, 18, 18)
YELLOW, GREY, GREEN = (250, 200, 20), (120, 120, 120), (20, 140, 60)
LIMITS = {0: "20", 1: "30", 2: "50", 3: "60", 4: "70", 5: "80", 7: "100", 8: "120"}  # km/h
Colour = tuple[int, int, int]
Point = tuple[float, float]


@lru_cache(maxsize=1)
def drawings() -> tuple[Image.Image, ...]:
    """One picture (96 × 96, with transparency) for each class."""
    return tuple(_drawing(label) for label in range(len(NAMES)))


@lru_cache(maxsize=4)
def overview(size: int) -> NDArray[np.uint8]:
    """The drawings (43, size, size, 3) on grey, in 0–255: what the course calls ``x_meta``."""
    pages = []
    for sign in drawings():
        page = Image.new("RGBA", sign.size, (128, 128, 128, 255))
        page.alpha_composite(sign)
        pages.append(np.asarray(page.convert("RGB").resize((size, size), Image.Resampling.BOX)))
    return np.stack(pages)


class _Pen:
    """Draws in units of 1/96 of the sign."""

    def __init__(self) -> None:
        self.image = Image.new("RGBA", (SIDE * FINE, SIDE * FINE), (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self.image)

    def done(self) -> Image.Image:
        return self.image.resize((SIDE, SIDE), Image.Resampling.BOX)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        self._draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=fill)

    def disc(self, radius: float, fill: Colour, x: float = MIDDLE, y: float = MIDDLE) -> None:
        box = [(x - radius) * FINE, (y - radius) * FINE, (x + radius) * FINE, (y + radius) * FINE]
        self._draw.ellipse(box, fill=fill)

    def ring(self, radius: float, fill: Colour, x: float, y: float, width: float) -> None:
        box = [(x - radius) * FINE, (y - radius) * FINE, (x + radius) * FINE, (y + radius) * FINE]
        self._draw.ellipse(box, outline=fill, width=round(width * FINE))

    def box(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        self._draw.rectangle([left * FINE, top * FINE, right * FINE, bottom * FINE], fill=fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        places = [(x * FINE, y * FINE) for x, y in points]
        self._draw.line(places, fill=fill, width=max(1, round(width * FINE)), joint="curve")

    def regular(self, corners: int, radius: float, turn: float, fill: Colour, y: float = MIDDLE) -> None:
        angles = [turn + 2 * math.pi * k / corners for k in range(corners)]
        self.shape([(MIDDLE + radius * math.cos(a), y + radius * math.sin(a)) for a in angles], fill)

    def words(self, text: str, size: float, fill: Colour) -> None:
        font = ImageFont.load_default(size=size * FINE)
        left, top, right, bottom = self._draw.textbbox((0, 0), text, font=font)
        place = (MIDDLE * FINE - (left + right) / 2, MIDDLE * FINE - (top + bottom) / 2)
        self._draw.text(place, text, font=font, fill=fill, stroke_width=FINE, stroke_fill=fill)

    def arrow(self, points: Sequence[Point], fill: Colour, width: float, head: float) -> None:
        self.line(points, fill, width)
        (x0, y0), (x1, y1) = points[-2:]
        along = math.atan2(y1 - y0, x1 - x0)
        tips = [(head, along), (0.9 * head, along + 2.2), (0.9 * head, along - 2.2)]
        self.shape([(x1 + r * math.cos(a), y1 + r * math.sin(a)) for r, a in tips], fill)

    def car(self, x: float, y: float, fill: Colour, size: float = 1.0) -> None:
        s = size
        self.box(x - 11 * s, y - 3 * s, x + 11 * s, y + 6 * s, fill)
        self.shape(
            [(x - 7 * s, y - 3 * s), (x - 4 * s, y - 10 * s), (x + 4 * s, y - 10 * s), (x + 7 * s, y - 3 * s)], fill
        )
        self.box(x - 10 * s, y + 6 * s, x - 5 * s, y + 10 * s, fill)
        self.box(x + 5 * s, y + 6 * s, x + 10 * s, y + 10 * s, fill)

    def lorry(self, x: float, y: float, fill: Colour, size: float = 1.0) -> None:
        s = size
        self.box(x - 16 * s, y - 12 * s, x + 4 * s, y + 6 * s, fill)
        self.box(x + 5 * s, y - 5 * s, x + 15 * s, y + 6 * s, fill)
        self.disc(4 * s, fill, x - 9 * s, y + 8 * s)
        self.disc(4 * s, fill, x + 9 * s, y + 8 * s)

    def person(self, x: float, y: float, size: float = 1.0) -> None:
        s = size
        self.disc(4 * s, BLACK, x, y - 13 * s)
        self.line([(x, y - 9 * s), (x, y + 3 * s)], BLACK, 5 * s)
        for foot in (-6 * s, 6 * s):
            self.line([(x, y + 2 * s), (x + foot, y + 14 * s)], BLACK, 4 * s)
        self.line([(x - 7 * s, y - s), (x + 7 * s, y - 5 * s)], BLACK, 3 * s)

    def bars(self) -> None:
        """The slanting lines of the end of a restriction."""
        for o in range(-6, 7, 4):
            self.line([(MIDDLE - 30 + o, MIDDLE + 30 + o), (MIDDLE + 30 + o, MIDDLE - 30 + o)], BLACK, 2)


def _drawing(label: int) -> Image.Image:
    pen = _Pen()
    if label in LIMITS or label in (9, 10, 15, 16):
        pen.disc(46, RED)
        pen.disc(36, WHITE)
        _forbidden(pen, label)
    elif label in (6, 32, 41, 42):
        pen.disc(46, BLACK)
        pen.disc(44, WHITE)
        _ended(pen, label)
    elif label == 11 or 18 <= label <= 31:
        pen.regular(3, 52, -math.pi / 2, RED, MIDDLE + 9)
        pen.regular(3, 35, -math.pi / 2, WHITE, MIDDLE + 10)
        WARNINGS[label](pen, MIDDLE, MIDDLE + 12)
    elif 33 <= label <= 40:
        pen.disc(46, WHITE)
        pen.disc(44, BLUE)
        _ordered(pen, label, MIDDLE)
    else:
        _alone(pen, label)
    return pen.done()


def _forbidden(pen: _Pen, label: int) -> None:
    if label in LIMITS:
        pen.words(LIMITS[label], 44 if len(LIMITS[label]) == 2 else 34, BLACK)
    elif label == 9:
        pen.car(MIDDLE - 15, MIDDLE, RED)
        pen.car(MIDDLE + 15, MIDDLE, BLACK)
    elif label == 10:
        pen.lorry(MIDDLE - 15, MIDDLE, RED, 0.85)
        pen.car(MIDDLE + 17, MIDDLE + 2, BLACK, 0.8)
    elif label == 16:
        pen.lorry(MIDDLE, MIDDLE, BLACK, 1.3)


def _ended(pen: _Pen, label: int) -> None:
    if label == 6:
        pen.words("80", 40, GREY)
    elif label == 41:
        pen.car(MIDDLE - 15, MIDDLE, GREY)
        pen.car(MIDDLE + 15, MIDDLE, BLACK)
    elif label == 42:
        pen.lorry(MIDDLE - 15, MIDDLE, GREY, 0.85)
        pen.car(MIDDLE + 17, MIDDLE + 2, BLACK, 0.8)
    pen.bars()


def _ordered(pen: _Pen, label: int, c: float) -> None:
    if label in (33, 34, 36, 37, 38, 39):
        right = 1 if label in (33, 36, 38) else -1  # each of these has a mirror image
        if label in (33, 34):
            pen.arrow([(c - 10 * right, c + 24), (c - 10 * right, c), (c + 12 * right, c)], WHITE, 10, 16)
        elif label in (36, 37):
            pen.arrow([(c - 8 * right, c + 28), (c - 8 * right, c - 14)], WHITE, 9, 14)
            pen.arrow([(c - 8 * right, c + 14), (c - 4 * right, c + 4), (c + 14 * right, c + 4)], WHITE, 9, 14)
        else:
            pen.arrow([(c - 20 * right, c - 20), (c + 12 * right, c + 12)], WHITE, 10, 18)
    elif label == 35:
        pen.arrow([(c, c + 28), (c, c - 12)], WHITE, 10, 18)
    else:
        for third in range(3):
            angles = [third * 2 * math.pi / 3 + step * 0.25 for step in range(6)]
            pen.arrow([(c + 24 * math.cos(a), c + 24 * math.sin(a)) for a in angles], WHITE, 7, 11)


def _alone(pen: _Pen, label: int) -> None:
    if label == 12:
        for radius, fill in ((47, WHITE), (40, BLACK), (39, WHITE), (29, YELLOW)):
            pen.regular(4, radius, 0, fill)
    elif label == 13:
        pen.regular(3, 52, math.pi / 2, RED, MIDDLE - 9)
        pen.regular(3, 32, math.pi / 2, WHITE, MIDDLE - 10)
    elif label == 14:
        pen.regular(8, 48, math.pi / 8, WHITE)
        pen.regular(8, 45, math.pi / 8, RED)
        pen.words("STOP", 28, WHITE)
    else:  # 17
        pen.disc(46, WHITE)
        pen.disc(44, RED)
        pen.box(MIDDLE - 32, MIDDLE - 8, MIDDLE + 32, MIDDLE + 8, WHITE)


# ── what stands in a warning's triangle ──────────────────────────────────────


def _priority(pen: _Pen, x: float, y: float) -> None:
    shaft = [(-7, 20), (7, 20), (5, -8), (11, -8), (0, -26), (-11, -8), (-5, -8)]
    pen.shape([(x + dx, y + dy) for dx, dy in shaft], BLACK)
    pen.line([(x - 17, y + 6), (x + 17, y + 6)], BLACK, 5)


def _danger(pen: _Pen, x: float, y: float) -> None:
    pen.shape([(x - 5, y - 24), (x + 5, y - 24), (x + 3, y + 6), (x - 3, y + 6)], BLACK)
    pen.disc(5, BLACK, x, y + 15)


def _left(pen: _Pen, x: float, y: float) -> None:
    pen.arrow([(x + 9, y + 19), (x + 9, y), (x - 5, y - 10)], BLACK, 7, 11)


def _right(pen: _Pen, x: float, y: float) -> None:
    pen.arrow([(x - 9, y + 19), (x - 9, y), (x + 5, y - 10)], BLACK, 7, 11)


def _double(pen: _Pen, x: float, y: float) -> None:
    bends = [(8, 20), (8, 10), (-8, 0), (-8, -8), (2, -17)]
    pen.arrow([(x + dx, y + dy) for dx, dy in bends], BLACK, 6, 9)


def _uneven(pen: _Pen, x: float, y: float) -> None:
    bumps = [(-24, 19), (-20, 8), (-11, 3), (-3, 10), (3, 10), (11, 3), (20, 8), (24, 19)]
    pen.shape([(x + dx, y + dy) for dx, dy in bumps], BLACK)


def _slippery(pen: _Pen, x: float, y: float) -> None:
    pen.car(x, y - 5, BLACK, 0.9)
    for o in (-8, 6):
        pen.line([(x + o, y + 8), (x + o + 6, y + 12), (x + o - 4, y + 16), (x + o + 4, y + 21)], BLACK, 3)


def _narrow(pen: _Pen, x: float, y: float) -> None:
    pen.line([(x - 9, y + 20), (x - 9, y - 18)], BLACK, 6)
    pen.line([(x + 14, y + 20), (x + 14, y + 6), (x + 5, y - 5), (x + 5, y - 18)], BLACK, 6)


def _works(pen: _Pen, x: float, y: float) -> None:
    pen.person(x - 5, y, 1.1)
    pen.shape([(x + 2, y + 19), (x + 20, y + 19), (x + 11, y + 7)], BLACK)


def _lights(pen: _Pen, x: float, y: float) -> None:
    for o, fill in ((-14, RED), (0, YELLOW), (14, GREEN)):
        pen.disc(6, fill, x, y + o + 1)


def _pedestrians(pen: _Pen, x: float, y: float) -> None:
    pen.person(x, y, 1.3)
    for o in (-22, -12, 8, 18):
        pen.line([(x + o, y + 20), (x + o + 4, y + 20)], BLACK, 3)


def _children(pen: _Pen, x: float, y: float) -> None:
    pen.person(x - 8, y + 2, 1.0)
    pen.person(x + 9, y + 6, 0.75)


def _cyclists(pen: _Pen, x: float, y: float) -> None:
    for o in (-11, 11):
        pen.ring(9, BLACK, x + o, y + 10, 3)
    frame = [(-11, 10), (-3, -6), (6, -6), (11, 10), (0, 10), (-3, -6)]
    pen.line([(x + dx, y + dy) for dx, dy in frame], BLACK, 3)


def _snow(pen: _Pen, x: float, y: float) -> None:
    for third in range(3):
        dx, dy = 17 * math.cos(third * math.pi / 3), 17 * math.sin(third * math.pi / 3)
        pen.line([(x - dx, y + 3 - dy), (x + dx, y + 3 + dy)], BLACK, 4)


def _animals(pen: _Pen, x: float, y: float) -> None:
    deer = [(-18, 4), (6, -4), (14, -18), (18, -12), (10, 4), (14, 19), (9, 19), (3, 6), (-10, 8), (-14, 19), (-19, 17)]
    pen.shape([(x + dx, y + dy) for dx, dy in deer], BLACK)


WARNINGS: dict[int, Callable[[_Pen, float, float], None]] = {
    11: _priority, 18: _danger, 19: _left, 20: _right, 21: _double, 22: _uneven, 23: _slippery, 24: _narrow, 25: _works,
    26: _lights, 27: _pedestrians, 28: _children, 29: _cyclists, 30: _snow, 31: _animals,
}  # fmt: skip
