"""What is done to images, and how to tell two of them apart: filters, noise, correlation, and a random source."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float64]


def uniform(seed: int, *shape: int, stream: int = 0) -> Image:
    """Numbers in [0, 1), the same with every version of numpy (SplitMix64 on seed, stream and position)."""
    count = int(np.prod(shape, dtype=int))
    start = _mix(
        np.array([(int(seed) * 0x9E3779B97F4A7C15 + stream * 0xD1342543DE82EF95 + 1) % 2**64], dtype=np.uint64)
    )
    steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return ((_mix(start + steps) >> np.uint64(11)).astype(np.float64) * 2.0**-53).reshape(shape)


def _mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def gaussian(seed: int, *shape: int) -> Image:
    """Standard normal numbers, rounded to 1e-6 so that every processor agrees on them."""
    radius = np.sqrt(-2 * np.log(1 - uniform(seed, *shape, stream=1)))
    normal: Image = np.round(radius * np.cos(2 * np.pi * uniform(seed, *shape, stream=2)), 6)
    return normal


def noised(image: Any, alpha_bar: float, seed: int = 0) -> Image:
    """√ᾱ·x + √(1 − ᾱ)·ε for x = 2·image − 1, shown as an image again: in [0, 1], of the same shape.

    One ``seed`` is one ε: a row of images with ᾱ from 1 to 0 is one chain. Raises ``ValueError`` unless 0 ≤ ᾱ ≤ 1.
    """
    x = _checked(image, "noised", (2, 3))
    if not 0 <= alpha_bar <= 1:
        raise ValueError(f"noised: ᾱ is between 0 and 1, got {alpha_bar}")
    mixed = np.sqrt(alpha_bar) * (2 * x - 1) + np.sqrt(1 - alpha_bar) * gaussian(seed, *x.shape)
    return in_255ths((mixed + 1) / 2)


def response(image: Any, kernel: Any) -> Image:
    """The cross-correlation of a grey image with a kernel, of the image's size (its border is repeated), signed."""
    x, k = _checked(image, "filtered", (2,)), _checked(kernel, "filtered: kernel", (2,))
    (high, wide), (h, w) = x.shape, k.shape
    if h > high or w > wide:
        raise ValueError(f"filtered: a {h}×{w} kernel does not fit in an image of {high}×{wide}")
    padded = np.pad(x, (((h - 1) // 2, h // 2), ((w - 1) // 2, w // 2)), mode="edge")
    total = np.zeros_like(x)
    for i in range(h):
        for j in range(w):
            total += k[i, j] * padded[i : i + high, j : j + wide]
    return np.round(total, 9)


def in_numbers(image: Any) -> tuple[int, int, int]:
    """A grey image for whoever cannot see it: its mean, and how far neighbours are apart along rows and along columns.

    Out of 255.
    """
    seen = np.asarray(image, dtype=float)
    steps = (float(np.abs(np.diff(seen, axis=axis)).mean()) for axis in (1, 0))
    mean, rows, columns = (round(255 * x) for x in (float(seen.mean()), *steps))
    return mean, rows, columns


def filtered(image: Any, kernel: Any) -> Image:
    """What a kernel makes of a grey image, as an image in [0, 1].

    A kernel whose weights sum to 0 answers with a sign: 0 is mid-grey, and the strongest answer black or white. Any
    other is divided by |sum|, as brightness is, and cut at black and white; a negative sum gives the negative.
    """
    answer = response(image, kernel)
    total = float(np.asarray(kernel, dtype=float).sum())
    if abs(total) < 1e-9:
        return in_255ths(0.5 + answer / (2 * (np.abs(answer).max() or 1.0)))
    return in_255ths(answer / abs(total) + (1.0 if total < 0 else 0.0))


def separable(a: Any, b: Any) -> float:
    """1 − |correlation| of two images of one shape: 0 where one is the other or its negative, but for contrast.

    Below 0.10 nobody can say which is which: never offer both. A uniform image has no correlation with any other (1),
    but with another uniform one (0).
    """
    x, y = (_checked(image, "separable", (2, 3)) for image in (a, b))
    if x.shape != y.shape:
        raise ValueError(f"separable: two images of one shape, got {x.shape} and {y.shape}")
    x, y = x - x.mean(), y - y.mean()
    power, other = float((x * x).sum()), float((y * y).sum())
    if min(power, other) < 1e-12:
        return 0.0 if max(power, other) < 1e-12 else 1.0
    return round(1 - abs(float((x * y).sum())) / math.sqrt(power * other), 9)


def _checked(image: Any, what: str, dimensions: tuple[int, ...]) -> Image:
    try:
        values = np.asarray(image)
        values = values / 255 if values.dtype == np.uint8 else values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: expected an array of numbers") from error
    if values.ndim not in dimensions or not values.size or not np.isfinite(values).all():
        raise ValueError(f"{what}: expected finite numbers in {dimensions} dimensions, got shape {values.shape}")
    return values


def in_255ths(image: Image) -> Image:
    """In [0, 1], a whole number of 255ths: what a PNG holds, whatever the processor did with the last bit."""
    return np.asarray(np.rint(np.clip(np.round(image, 6), 0, 1) * 255) / 255)
