"""Small drawings of fruits with captions: apples and bananas, red, green or yellow, 16 × 16 pixels.

Drawn with whole numbers only, from the digest of a name: the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.datasets.download import Archive
from grader.datasets.kind import Options, Transformation
from grader.datasets.split import Labelled, Split
from grader.errors import UsageError
from grader.model import Text

REVISION = 1  # of the drawings; thresholds hold for one revision
SOURCES = {
    "synthetic": Text(
        fr="fruits synthétiques, dessinés par Partiel (domaine public)",
        en="synthetic fruits, drawn by Partiel (public domain)",
    )
}
OPTIONS: Options = {}
ARCHIVES: dict[str, tuple[Archive, ...]] = {}  # they are drawn on this machine

SHAPES = (Text(fr="pomme", en="apple"), Text(fr="banane", en="banana"))
COLOURS = (Text(fr="rouge", en="red"), Text(fr="verte", en="green"), Text(fr="jaune", en="yellow"))
CLASSES = tuple(Text(fr=f"{s.fr} {c.fr}", en=f"{c.en} {s.en}") for s in SHAPES for c in COLOURS)

TRAIN, VALIDATION, HIDDEN_ONES = 2000, 300, 600
PAINT = np.array([[216, 38, 40], [58, 168, 62], [240, 206, 40]])  # of the colours, in 0–255
STEM = np.array([92, 58, 30])

Numbers = NDArray[np.int64]


def load(_source: str, _folder: Path, _options: Options) -> Split:
    """2 000 fruits to train on, 300 to validate, 600 hidden, each caption equally often."""
    return Split(
        draw(TRAIN, f"fruits {REVISION} train"),
        draw(VALIDATION, f"fruits {REVISION} validation"),
        draw(HIDDEN_ONES, f"fruits {REVISION} hidden"),
    )


def adopt(given: Path, _folder: Path) -> None:
    raise UsageError(f"fruits: {given}", "cannot be used", "These images are drawn by Partiel: nothing is to be given.")


def draw(n: int, name: str, caption: int | None = None) -> Labelled:
    """``n`` fruits (n, 16, 16, 3) in 0–255 and their captions in 0–5: every caption in turn, or only ``caption``.

    Another name gives other fruits. Caption ``k`` is shape ``k // 3`` in colour ``k % 3``.
    """
    captions = np.arange(n) % len(CLASSES) if caption is None else np.full(n, caption)
    words = np.frombuffer(hashlib.shake_256(name.encode()).digest(64 * n), "<u4").reshape(n, 16).astype(np.int64)
    parts = [slice(start, start + 250) for start in range(0, n, 250)]  # bounds the memory used
    images = [_painted(words[part], captions[part]) for part in parts]
    x = np.concatenate(images) if images else np.zeros((0, 16, 16, 3), np.uint8)
    also = {"shape": (captions // 3).astype(np.uint8), "colour": (captions % 3).astype(np.uint8)}
    return Labelled(x, captions.astype(np.uint8), also)


def _redrawn(data: Labelled, secret: str, purpose: str) -> Labelled:
    """As many fruits that nobody without the secret can draw."""
    return draw(len(data), hmac.new(secret.encode(), purpose.encode(), "sha256").hexdigest())


HIDDEN = Transformation(
    _redrawn,
    Text(fr="des fruits dessinés pour ce cours", en="fruits drawn for this course"),
)


def _painted(words: Numbers, captions: Numbers) -> NDArray[np.uint8]:
    """Images (n, 16, 16, 3), each from its row of 16 numbers. Lengths are in 1/32 pixel, on 4 × 4 points a pixel."""
    n = len(words)

    def between(k: int, low: int, high: int) -> Numbers:
        return (low + words[:, k] % (high - low + 1)).reshape(n, 1, 1)

    def disc(x: int, y: int, size: int) -> NDArray[np.bool_]:
        """Centre and radius in hundredths of the fruit's radius."""
        inside: NDArray[np.bool_] = (100 * u - x * radius) ** 2 + (100 * v - y * radius) ** 2 < (size * radius) ** 2
        return inside

    def share(mask: NDArray[np.bool_]) -> Numbers:
        """Of the 16 points of each pixel, how many."""
        counted: Numbers = mask.reshape(n, 16, 4, 16, 4).sum(axis=(2, 4))[..., None]
        return counted

    point = 8 * np.arange(64) + 4
    radius = between(0, 134, 180)
    right, down = point.reshape(1, 1, 64) - between(1, 214, 298), point.reshape(1, 64, 1) - between(2, 226, 306)
    turn = np.radians(1.7) * between(3, -20, 20)
    cos, sin = np.rint(4096 * np.cos(turn)).astype(np.int64), np.rint(4096 * np.sin(turn)).astype(np.int64)
    u, v = (cos * right + sin * down) // 4096, (cos * down - sin * right) // 4096

    is_apple = (captions < 3).reshape(n, 1, 1)
    apple = disc(-34, -12, 68) | disc(34, -12, 68) | disc(0, 18, 78)
    banana = disc(0, -30, 115) & ~disc(0, -108, 108)
    body = np.where(is_apple, apple, banana)
    stem = is_apple & ~body & (np.abs(8 * u - 2 * (v + radius)) < 144) & (-13 * radius < 10 * v) & (2 * v < -radius)

    light = between(7, 90, 108) - 7 * (right + down)[:, 2::4, 2::4] // radius  # in per cent: from the upper left
    jitter = np.stack([between(k, -12, 12) for k in (4, 5, 6)], axis=-1)
    paint = np.clip((PAINT[captions % 3].reshape(n, 1, 1, 3) + jitter) * light[..., None] // 100, 0, 255)
    ground = between(8, 230, 242)[..., None]
    mixed = share(body) * paint + share(stem) * STEM + (16 - share(body | stem)) * ground
    return np.asarray((mixed + 8) // 16, dtype=np.uint8)
