"""The same digits a little moved, turned and scaled, as a course's secret says.

MNIST is public: a table of its images and their classes must not earn a grade.
"""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grader.datasets.kind import Transformation
from grader.datasets.split import Images, Labelled
from grader.model import Text

Outside = Literal["black", "edge"]
ONE = 1 << 12  # coordinates are whole numbers of 1/4096 pixel: the same bytes on every machine


@dataclass(frozen=True, slots=True)
class Strength:
    """How far at most: ``degrees`` either way, ``scale`` as a share, ``shift`` in pixels along each axis."""

    degrees: float
    scale: float
    shift: float


MILD = Strength(degrees=8.0, scale=0.08, shift=1.0)


def secretly(
    data: Labelled, secret: str, purpose: str, strength: Strength = MILD, outside: Outside = "black"
) -> Labelled:
    """Each image transformed by its own few numbers, and all in another order.

    The numbers are an HMAC of the image under the secret: without it they cannot be
    known, with it they are always the same. Images are (n, height, width[, channels]).
    """
    key = hmac.digest(secret.encode(), purpose.encode(), "sha256")
    digests = [hmac.digest(key, image.tobytes(), "sha256") for image in data.x]
    draws = np.array([[int.from_bytes(d[i : i + 4]) for i in (0, 4, 8, 12)] for d in digests]) / 2**31 - 1
    moved = affine(
        data.x,
        degrees=draws[:, 0] * strength.degrees,
        scale=1 + draws[:, 1] * strength.scale,
        shift=draws[:, 2:4] * strength.shift,
        outside=outside,
    )
    order = np.argsort([d[16:] for d in digests], kind="stable")
    return Labelled(moved, data.y, data.also).take(order)


def affine(
    images: Images,
    degrees: NDArray[np.float64],
    scale: NDArray[np.float64],
    shift: NDArray[np.float64],
    outside: Outside = "black",
) -> Images:
    """Images (n, h, w[, c]) turned about their centre, scaled, then moved by ``shift`` (n, 2) pixels (down, right).

    Bilinear; what lies outside is black, or continues the edge. ``degrees`` and ``scale`` are (n,); turning is
    anticlockwise as seen on a screen.
    """
    parts = [slice(start, start + 1000) for start in range(0, len(images), 1000)]  # bounds the memory used
    done = [_affine(images[p], degrees[p], scale[p], shift[p], outside) for p in parts]
    return np.concatenate(done) if done else images.copy()


def _affine(
    images: Images,
    degrees: NDArray[np.float64],
    scale: NDArray[np.float64],
    shift: NDArray[np.float64],
    outside: Outside,
) -> Images:
    n, height, width = images.shape[:3]
    angle = np.array([math.radians(d) for d in degrees])
    cos, sin = _fixed(np.cos(angle) / scale), _fixed(np.sin(angle) / scale)
    down, right = _fixed(shift[:, 0]), _fixed(shift[:, 1])
    # For each pixel of the result, where it comes from: distances to the centre in half pixels, to stay whole.
    rows = (2 * np.arange(height) - (height - 1)).reshape(1, height, 1)
    columns = (2 * np.arange(width) - (width - 1)).reshape(1, 1, width)
    r = rows * ONE - 2 * _each(down)
    c = columns * ONE - 2 * _each(right)
    from_row = (_each(cos) * r + _each(sin) * c) // (2 * ONE) + (height - 1) * ONE // 2
    from_column = (_each(cos) * c - _each(sin) * r) // (2 * ONE) + (width - 1) * ONE // 2
    if outside == "edge":
        from_row = np.clip(from_row, 0, (height - 1) * ONE)
        from_column = np.clip(from_column, 0, (width - 1) * ONE)

    row, column = from_row // ONE, from_column // ONE
    y, x = from_row - row * ONE, from_column - column * ONE
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2), *[(0, 0)] * (images.ndim - 3))).astype(np.int64)
    top, left = np.clip(row + 1, 0, height + 1), np.clip(column + 1, 0, width + 1)
    image = np.arange(n).reshape(n, 1, 1)
    inside = (row >= -1) & (row < height) & (column >= -1) & (column < width)
    if images.ndim == 4:  # the same for each channel
        y, x, inside = y[..., None], x[..., None], inside[..., None]
    total = (
        (ONE - y) * (ONE - x) * padded[image, top, left]
        + (ONE - y) * x * padded[image, top, left + 1]
        + y * (ONE - x) * padded[image, top + 1, left]
        + y * x * padded[image, top + 1, left + 1]
    )
    rounded = np.where(inside, (total + ONE * ONE // 2) // (ONE * ONE), 0)
    return rounded.astype(np.uint8)


def _fixed(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(values * ONE).astype(np.int64)


def _each(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return values.reshape(-1, 1, 1)


MOVED = Transformation(
    secretly,
    Text(
        fr="un peu décalées, tournées, agrandies ou réduites",
        en="slightly shifted, rotated, enlarged or reduced",
    ),
)
