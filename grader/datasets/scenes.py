"""Synthetic photographs of the drawn signs: a car drives past each, and takes 30 frames of a track."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from grader.datasets import signs
from grader.datasets.classes import COUNTS

FRAMES = 30  # of a track
WORK = 64  # pixels: at most so many are drawn, a larger photograph is enlarged
SMALLEST, LARGEST = 15, 250  # pixels: the sides of GTSRB's images
HIDDEN = 1 << 16  # tracks from this number on are of the hidden part


@dataclass(frozen=True, slots=True)
class Photograph:
    """One frame of a track of a class. The same three numbers always give the same picture."""

    label: int
    track: int
    frame: int

    @property
    def size(self) -> tuple[int, int]:
        """Its own width and height, in pixels."""
        view = _view(self.label, self.track)
        side = view.side * 1.03**self.frame
        return _side(side * view.ratio), _side(side)

    def image(self, size: tuple[int, int] | None = None) -> Image.Image:
        """In its own size, or in another (faster than to resize it afterwards, and as blurred)."""
        return _taken(self, size or self.size)


def training() -> list[Photograph]:
    """39 209 photographs, in the proportions of GTSRB."""
    return [
        Photograph(label, number // FRAMES, number % FRAMES)
        for label, count in enumerate(COUNTS)
        for number in range(count)
    ]


def test(count: int) -> list[Photograph]:
    """``count`` photographs of other signs, each of a track of its own, in the same proportions."""
    share = np.cumsum(COUNTS) / sum(COUNTS)
    labels = np.searchsorted(share, (np.arange(count) + 0.5) / count)
    return [Photograph(int(label), HIDDEN + i, i * 7 % FRAMES) for i, label in enumerate(labels)]


@dataclass(frozen=True, slots=True)
class _View:
    """What all frames of a track share: the sign's pose, the light, the weather, the camera."""

    corners: NDArray[np.float64]  # (4, 2): perspective, as a share of the side
    turn: float
    zoom: float
    side: float  # of the first frame, in pixels
    ratio: float  # width to height
    gamma: float
    gain: float
    tint: NDArray[np.float64]
    haze: float
    shade: tuple[float, float]
    noise: float


@lru_cache(maxsize=4096)
def _view(label: int, track: int) -> _View:
    rng = np.random.default_rng([1, label, track])
    return _View(
        corners=rng.uniform(-0.05, 0.05, (4, 2)),
        turn=float(rng.normal(0, 0.07)),
        zoom=float(rng.uniform(0.9, 1.1)),
        side=float(np.clip(rng.lognormal(3.3, 0.4), SMALLEST, 100)),
        ratio=float(rng.uniform(0.92, 1.08)),
        gamma=float(rng.uniform(0.75, 1.4)),
        gain=float(np.clip(rng.lognormal(-0.45, 0.45), 0.15, 1.15)),
        tint=rng.uniform(0.85, 1.15, 3),
        haze=float(rng.uniform(0, 0.1)),
        shade=(float(rng.uniform(-0.25, 0.25)), float(rng.uniform(-0.25, 0.25))),
        noise=float(rng.uniform(0.01, 0.035)),
    )


def _side(pixels: float) -> int:
    return int(min(max(pixels, SMALLEST), LARGEST))


def _taken(photograph: Photograph, size: tuple[int, int]) -> Image.Image:
    label, track, frame = photograph.label, photograph.track, photograph.frame
    view, rng = _view(label, track), np.random.default_rng([2, label, track, frame])
    scene = _background(np.random.default_rng([3, label, track]))  # the same behind all frames of a track
    sign = signs.drawings()[label].transform(
        (WORK, WORK), Image.Transform.PERSPECTIVE, _pose(view, rng), Image.Resampling.BILINEAR
    )
    scene.paste(sign, (0, 0), sign)
    seen = min(photograph.size[1], WORK)  # what the camera resolves
    scene = scene.resize((seen, seen), Image.Resampling.BOX)
    if rng.random() < 0.5:
        scene = scene.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.025 * seen + 0.3)))
    x = (np.asarray(scene, dtype=np.float64) / 255) ** view.gamma * view.gain * view.tint + view.haze
    slope = np.linspace(-1, 1, seen)
    x *= (1 + view.shade[0] * slope[:, None] + view.shade[1] * slope[None, :])[..., None]
    if rng.random() < 0.1:  # a branch, a post, a sticker
        side = int(rng.integers(2, max(4, seen // 3 + 1)))
        top, left = rng.integers(0, seen - side + 1, 2)
        x[top : top + side, left : left + side] = rng.uniform(0, 0.6)
    x += rng.normal(0, view.noise, x.shape)
    taken = Image.fromarray(np.rint(np.clip(x, 0, 1) * 255).astype(np.uint8))
    return taken if taken.size == size else taken.resize(size, Image.Resampling.BILINEAR)


def _background(rng: np.random.Generator) -> Image.Image:
    cells = int(rng.integers(2, 5))
    colours = rng.uniform(0, 255, (cells, cells, 3))
    vivid = rng.uniform(0, 1)
    colours = colours * vivid + colours.mean(axis=2, keepdims=True) * (1 - vivid)
    return Image.fromarray(colours.astype(np.uint8)).resize((WORK, WORK), Image.Resampling.BICUBIC)


def _pose(view: _View, rng: np.random.Generator) -> tuple[float, ...]:
    """The eight coefficients of the perspective, from the picture back to the drawing."""
    margin = 0.12
    square = np.array([[margin, margin], [1 - margin, margin], [1 - margin, 1 - margin], [margin, 1 - margin]])
    corners = square + view.corners + rng.uniform(-0.02, 0.02, (4, 2)) - 0.5
    cos, sin = math.cos(view.turn), math.sin(view.turn)
    corners = corners @ np.array([[cos, sin], [-sin, cos]]) * view.zoom + 0.5 + rng.uniform(-0.02, 0.02, 2)
    here, there = corners * WORK, np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * float(signs.SIDE)
    rows, right = [], []
    for (x, y), (u, v) in zip(here, there, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return tuple(float(c) for c in np.linalg.solve(np.array(rows), np.array(right)))
