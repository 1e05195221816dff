"""Pictures made of nothing but a seed: a scene, a digit, a traffic sign, a fruit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from grader.figures.images import Image, gaussian, in_255ths, uniform
from grader.figures.raster import lettering
from grader.figures.words import one_of

Point = tuple[float, float]


class _Draw:
    """Numbers from a seed, one after another."""

    def __init__(self, seed: int, stream: int) -> None:
        self._numbers = iter(uniform(seed, 200, stream=stream).tolist())

    def __call__(self, low: float = 0.0, high: float = 1.0) -> float:
        return low + (high - low) * float(next(self._numbers))

    def index(self, count: int) -> int:
        return int(self() * count)


def _plane(size: int) -> tuple[Image, Image]:
    """x and y of each pixel's centre, from 0 to 1."""
    axis = (np.arange(size) + 0.5) / size
    x, y = np.meshgrid(axis, axis)
    return x, y


def _cover(distance: Image, size: int) -> Image:
    """How much of each pixel lies inside, from the signed distance to the edge (negative inside)."""
    return np.clip(0.5 - distance * size, 0, 1)


def _disc(x: Image, y: Image, centre: Point, radius: float) -> Image:
    return np.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2) - radius


def _polygon(x: Image, y: Image, corners: Sequence[Point]) -> Image:
    """The signed distance to a convex polygon's edges, its corners turning right as y goes down."""
    far = np.full_like(x, -np.inf)
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        length = math.hypot(x1 - x0, y1 - y0)
        far = np.maximum(far, ((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / length)
    return far


def _regular(count: int, centre: Point, radius: float, turn: float) -> list[Point]:
    angles = [turn + 2 * math.pi * k / count for k in range(count)]
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]


def _stroke(x: Image, y: Image, points: Sequence[Point], width: float) -> Image:
    """The signed distance to a line of round ends through ``points``."""
    near = np.full_like(x, np.inf)
    for (x0, y0), (x1, y1) in pairwise(points):
        dx, dy = x1 - x0, y1 - y0
        along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy or 1.0), 0, 1)
        near = np.minimum(near, (x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2)
    return np.sqrt(near) - width / 2


def scene(seed: int, size: int = 64) -> Image:
    """(size, size) grey levels: a sky that darkens, a disc, a tilted box, a triangle, bars both ways, checks, grain.

    It has edges in every orientation, flat parts and fine texture, so that kernels can be told apart on it.
    """
    if size < 16:
        raise ValueError(f"scene: at least 16 pixels a side, got {size}")
    draw = _Draw(seed, 11)
    x, y = _plane(size)
    turn = draw(0, 2 * math.pi)
    image = 0.55 + draw(0.15, 0.25) * (math.cos(turn) * (x - 0.5) + math.sin(turn) * (y - 0.5)) * 1.4

    def paint(distance: Image, level: Image | float) -> None:
        nonlocal image
        inside = _cover(distance, size)
        image = image * (1 - inside) + inside * level

    # Four quarters in a random order, so that no shape hides another.
    places = [(0.26, 0.27), (0.73, 0.27), (0.27, 0.73), (0.73, 0.73)]
    order = sorted(range(4), key=lambda _: draw())
    spots = [(places[k][0] + draw(-0.03, 0.03), places[k][1] + draw(-0.03, 0.03)) for k in order]
    dark = draw() < 0.5
    levels = (draw(0.02, 0.12), draw(0.9, 1.0)) if dark else (draw(0.9, 1.0), draw(0.02, 0.12))
    radius = draw(0.15, 0.2)
    paint(_disc(x, y, spots[0], radius), levels[0])
    paint(_disc(x, y, spots[0], radius * 0.5), levels[1])
    paint(_polygon(x, y, _regular(4, spots[1], draw(0.19, 0.23), draw(0.15, 1.4))), levels[1])
    paint(_polygon(x, y, _regular(3, spots[1], 0.09, draw(0, 6))), levels[0])
    side = draw(0.15, 0.18)
    box = _polygon(x, y, _regular(4, spots[2], side * math.sqrt(2), math.pi / 4))
    period = 2 * max(2, round(size / 21))
    column = np.arange(size) // (period // 2) % 2
    bars = np.where(y < spots[2][1], column[None, :], column[:, None]) * 0.8 + 0.1
    paint(box, bars)
    paint(_polygon(x, y, _regular(3, spots[3], draw(0.2, 0.24), draw(-0.4, 0.4) - math.pi / 2)), levels[0])
    paint(_stroke(x, y, [(0.02, draw(0.44, 0.56)), (0.98, draw(0.44, 0.56))], 1.6 / size), levels[1])
    paint(_stroke(x, y, [(draw(0.44, 0.56), 0.02), (draw(0.44, 0.56), 0.98)], 1.6 / size), levels[0])
    return in_255ths(image + 0.012 * gaussian(seed + 7919, size, size))


def _hundredths(point: str) -> Point:
    x, y = point.split(",")
    return int(x) / 100, int(y) / 100


# Strokes in a box of 100 × 100, y downwards: a smooth curve passes through the points of each.
_STROKES = {
    0: "50,5 20,20 15,55 30,90 55,95 80,75 85,40 70,10 50,5",
    1: "30,25 55,5 / 55,5 50,95",
    2: "20,25 40,5 72,12 75,38 45,68 15,93 / 15,93 85,92",
    3: "20,15 50,4 76,20 66,42 42,48 / 42,48 74,56 80,80 50,96 17,86",
    4: "55,5 15,62 / 15,62 88,60 / 68,33 62,97",
    5: "80,6 30,8 / 30,8 24,45 / 24,45 55,38 80,58 72,86 42,96 15,86",
    6: "70,6 38,24 20,60 30,90 58,95 78,76 68,54 42,52 22,70",
    7: "15,10 85,8 / 85,8 55,50 40,96",
    8: "50,48 24,32 30,10 55,4 76,18 70,36 50,48 22,66 24,88 50,96 78,86 76,64 50,48",
    9: "76,30 55,50 28,40 26,16 50,4 74,14 76,40 70,70 55,96",
}  # fmt: skip
_DIGITS: dict[int, list[list[Point]]] = {
    which: [[_hundredths(point) for point in stroke.split()] for stroke in strokes.split("/")]
    for which, strokes in _STROKES.items()
}


def _smooth(points: Sequence[Point], steps: int = 6) -> list[Point]:
    """A Catmull–Rom curve through ``points``."""
    if len(points) < 3:
        return list(points)
    around = [points[0], *points, points[-1]]
    curve: list[Point] = []
    for p0, p1, p2, p3 in zip(around, around[1:], around[2:], around[3:], strict=False):
        for k in range(steps):
            t = k / steps
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3)
            x, y = (sum(w * p[a] for w, p in zip(weights, (p0, p1, p2, p3), strict=True)) / 2 for a in (0, 1))
            curve.append((x, y))
    return [*curve, points[-1]]


def digit(seed: int, which: int | None = None, size: int = 28) -> Image:
    """(size, size) grey levels, white on black as MNIST is: a digit by hand, the seed's choice if not said."""
    draw = _Draw(seed, 12)
    drawn = draw.index(10)
    which = drawn if which is None else which
    if which not in _DIGITS or size < 8:
        raise ValueError(f"digit: one of 0 to 9 on at least 8 pixels, got {which} on {size}")
    x, y = _plane(size)
    slant, tall, wide = draw(-0.22, 0.22), draw(0.62, 0.7), draw(0.42, 0.56)
    turn, width = draw(-0.1, 0.1), draw(0.075, 0.115)
    centre = (0.5 + draw(-0.03, 0.03), 0.5 + draw(-0.03, 0.03))
    ink = np.zeros_like(x)
    for stroke in _DIGITS[which]:
        placed = []
        for px, py in stroke:
            u, v = (px - 0.5) * wide - slant * (py - 0.5) * tall, (py - 0.5) * tall
            u, v = u + draw(-0.012, 0.012), v + draw(-0.012, 0.012)
            placed.append(
                (
                    centre[0] + u * math.cos(turn) - v * math.sin(turn),
                    centre[1] + u * math.sin(turn) + v * math.cos(turn),
                )
            )
        ink = np.maximum(ink, np.clip(0.5 - _stroke(x, y, _smooth(placed), width) * size * 0.75, 0, 1))
    return in_255ths(ink)


_RED, _BLUE, _WHITE, _BLACK, _YELLOW = (
    (0.78, 0.08, 0.13),
    (0.06, 0.3, 0.66),
    (0.97, 0.97, 0.97),
    (0.07, 0.07, 0.07),
    (0.98, 0.79, 0.08),
)
SIGNS = ("speed", "warning", "mandatory", "stop", "priority", "no_entry", "yield")
Colour = tuple[float, float, float]


def sign(seed: int, kind: str | None = None, size: int = 48) -> Image:
    """(size, size, 3): a traffic sign in some street and light; its kind, of ``SIGNS``, the seed's choice."""
    draw = _Draw(seed, 13)
    drawn = SIGNS[draw.index(len(SIGNS))]
    kind = one_of(drawn if kind is None else kind, SIGNS, "sign")
    if size < 16:
        raise ValueError(f"sign: at least 16 pixels a side, got {size}")
    fine = size * 2  # drawn twice as large: the pictogram's edges are smooth
    x, y = _plane(fine)
    image = _street(draw, x, y)
    turn, zoom = draw(-0.12, 0.12), draw(0.36, 0.44)
    centre = (0.5 + draw(-0.04, 0.04), 0.5 + draw(-0.04, 0.04))
    # From here the sign stands in its own plane: its centre at the origin, its edge at 1.
    u = ((x - centre[0]) * math.cos(turn) + (y - centre[1]) * math.sin(turn)) / zoom
    v = (-(x - centre[0]) * math.sin(turn) + (y - centre[1]) * math.cos(turn)) / zoom
    light = (1 - 0.18 * v[..., None] * draw(-1, 1)) * draw(0.8, 1.05)
    for distance, colour in _shapes(kind, u, v, draw):
        inside = np.clip(0.5 - distance * zoom * fine, 0, 1)[..., None]
        image = image * (1 - inside) + inside * np.array(colour) * light
    image = image.reshape(size, 2, size, 2, 3).mean((1, 3))
    return in_255ths(image * draw(0.85, 1.0) + 0.02 * gaussian(seed + 104729, size, size, 3))


def _street(draw: _Draw, x: Image, y: Image) -> Image:
    """Sky above, something below, and a building that begins somewhere."""
    skies: tuple[Colour, ...] = ((0.6, 0.75, 0.9), (0.78, 0.8, 0.82), (0.9, 0.72, 0.55))
    grounds: tuple[Colour, ...] = ((0.3, 0.42, 0.22), (0.4, 0.38, 0.36), (0.5, 0.45, 0.35))
    horizon = draw(0.55, 0.8)
    below = np.clip(0.5 + (y - horizon) * 12, 0, 1)[..., None]
    image = np.array(skies[draw.index(3)]) * (1 - below) + np.array(grounds[draw.index(3)]) * below
    wall = np.clip(0.5 + (x - draw(0.55, 1.1)) * 30, 0, 1)[..., None] * 0.6
    return np.asarray(image * (1 - wall) + np.array([0.55, 0.48, 0.42]) * wall) * (1 - 0.15 * (y[..., None] - 0.5))


def _shapes(kind: str, u: Image, v: Image, draw: _Draw) -> list[tuple[Image, Colour]]:
    """Each layer of a sign, from the back: the signed distance to its edge, and its colour."""
    origin = (0.0, 0.0)
    if kind == "speed":
        text = ("30", "50", "60", "70", "80", "90")[draw.index(6)]
        return [
            (_disc(u, v, origin, 1.0), _RED),
            (_disc(u, v, origin, 0.76), _WHITE),
            (_written(text, u, v, 0.92), _BLACK),
        ]
    if kind == "warning":
        shift = (0.0, 0.2)
        inner = [(_polygon(u, v, _regular(3, shift, r, -math.pi / 2)), c) for r, c in ((1.2, _RED), (0.84, _WHITE))]
        bar, dot = _stroke(u, v, [(0, -0.2), (0, 0.24)], 0.17), _disc(u, v, (0.0, 0.46), 0.1)
        curve = _stroke(u, v, _smooth([(0.16, 0.5), (0.16, 0.25), (-0.1, 0.1), (-0.08, -0.12), (0.08, -0.25)]), 0.15)
        return [*inner, (np.minimum(bar, dot) if draw() < 0.5 else curve, _BLACK)]
    if kind == "mandatory":
        mirror = 1.0 if draw() < 0.5 else -1.0
        if draw() < 0.4:
            shaft, head = [(0.0, 0.6), (0.0, -0.2)], [(0.0, -0.72), (0.38, -0.16), (-0.38, -0.16)]
        else:
            shaft = [(-0.3 * mirror, 0.6), (-0.3 * mirror, 0.0), (0.15 * mirror, 0.0)]
            head = [(0.66 * mirror, 0.0), (0.14 * mirror, 0.37), (0.14 * mirror, -0.37)]
            head = head if mirror > 0 else head[::-1]
        arrow = np.minimum(_stroke(u, v, shaft, 0.24), _polygon(u, v, head))
        return [(_disc(u, v, origin, 1.0), _WHITE), (_disc(u, v, origin, 0.94), _BLUE), (arrow, _WHITE)]
    if kind == "stop":
        ring = [(_polygon(u, v, _regular(8, origin, r, math.pi / 8)), c) for r, c in ((1.04, _WHITE), (0.97, _RED))]
        return [*ring, (_written("STOP", u, v, 1.42), _WHITE)]
    if kind == "priority":
        corners = ((1.08, _WHITE), (0.98, _BLACK), (0.93, _WHITE), (0.62, _YELLOW))
        return [(_polygon(u, v, _regular(4, origin, r, 0.0)), c) for r, c in corners]
    if kind == "no_entry":
        return [
            (_disc(u, v, origin, 1.0), _WHITE),
            (_disc(u, v, origin, 0.95), _RED),
            (np.maximum(np.abs(u) - 0.68, np.abs(v) - 0.17), _WHITE),
        ]
    shift = (0.0, -0.2)
    return [(_polygon(u, v, _regular(3, shift, r, math.pi / 2)), c) for r, c in ((1.2, _RED), (0.76, _WHITE))]


def _written(text: str, u: Image, v: Image, width: float) -> Image:
    """The signed distance (± half a dot) to dotted letters ``width`` wide, centred."""
    dots = lettering(text, 1)
    dot = width / dots.shape[1]
    column = np.floor((u + width / 2) / dot).astype(int)
    row = np.floor((v + dot * 1.25 * 3.5) / (dot * 1.25)).astype(int)
    known = (column >= 0) & (column < dots.shape[1]) & (row >= 0) & (row < dots.shape[0])
    inside = dots[np.clip(row, 0, dots.shape[0] - 1), np.clip(column, 0, dots.shape[1] - 1)] & known
    return np.asarray(np.where(inside, -dot / 2, dot / 2))


FRUITS = ("apple", "banana", "pear", "cherry")
_FRUIT_COLOURS: dict[str, Colour] = {
    "red": (0.86, 0.12, 0.14),
    "green": (0.2, 0.66, 0.22),
    "yellow": (0.96, 0.82, 0.12),
}


def fruit(kind: str, colour: str, seed: int, size: int = 16) -> Image:
    """(size, size, 3): one of ``FRUITS`` in red, green or yellow on white, placed, tilted and shaded by the seed."""
    one_of(kind, FRUITS, "fruit")
    one_of(colour, tuple(_FRUIT_COLOURS), "fruit: colour")
    if size < 8:
        raise ValueError(f"fruit: at least 8 pixels a side, got {size}")
    draw = _Draw(seed, 14)
    fine = size * 4
    x, y = _plane(fine)
    turn, zoom = draw(-0.35, 0.35), draw(0.34, 0.4)
    cx, cy = 0.5 + draw(-0.05, 0.05), 0.52 + draw(-0.04, 0.04)
    u = ((x - cx) * math.cos(turn) + (y - cy) * math.sin(turn)) / zoom
    v = (-(x - cx) * math.sin(turn) + (y - cy) * math.cos(turn)) / zoom
    stem = _stroke(u, v, [(0.0, -0.75), (0.12, -1.1)], 0.16)
    if kind == "apple":
        body = np.minimum(_disc(u * 0.95, v, (-0.25, 0.1), 0.72), _disc(u * 0.95, v, (0.25, 0.1), 0.72))
    elif kind == "banana":
        body = np.maximum(_disc(u, v, (0.0, -0.35), 1.05), -_disc(u, v, (0.0, -0.85), 1.0))
        stem = _stroke(u, v, [(0.94, -0.42), (0.98, -0.68)], 0.22)
    elif kind == "pear":
        body = np.minimum(_disc(u, v, (0.0, 0.35), 0.66), _disc(u * 1.1, v * 0.75, (0.0, -0.28), 0.42))
    else:
        body = np.minimum(_disc(u, v, (-0.45, 0.5), 0.44), _disc(u, v, (0.5, 0.4), 0.44))
        stem = np.minimum(
            _stroke(u, v, [(-0.4, 0.3), (0.1, -0.9)], 0.12), _stroke(u, v, [(0.45, 0.2), (0.1, -0.9)], 0.12)
        )
    tone = np.clip(np.array(_FRUIT_COLOURS[colour]) + [draw(-0.05, 0.05) for _ in range(3)], 0, 1)
    shade = (1 - 0.16 * np.clip(u + v, -1, 1.4))[..., None]
    image = np.full((fine, fine, 3), 0.96)
    for distance, paint in ((stem, np.array([0.35, 0.22, 0.1])), (body, tone * shade)):
        inside = np.clip(0.5 - distance * zoom * fine, 0, 1)[..., None]
        image = image * (1 - inside) + inside * np.clip(paint, 0, 1)
    return in_255ths(image.reshape(size, 4, size, 4, 3).mean((1, 3)))
