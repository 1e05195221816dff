"""Several small images as one, with letters from a built-in alphabet of 5 × 7 dots."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.figures.svg import WIDEST
from grader.figures.words import short

Image = NDArray[np.float64]

GAP = 10  # px between images
# Seven rows of five dots, as digits of base 32, for each character.
_DOTS = {
    "A": "0e11111f111111", "B": "1e11111e11111e", "C": "0e11101010110e", "D": "1e11111111111e",
    "E": "1f10101e10101f", "F": "1f10101e101010", "G": "0e11101713110f", "H": "1111111f111111",
    "I": "0e04040404040e", "J": "0702020202120c", "K": "11121418141211", "L": "1010101010101f",
    "M": "111b1515111111", "N": "11191513111111", "O": "0e11111111110e", "P": "1e11111e101010",
    "Q": "0e11111115120d", "R": "1e11111e141211", "S": "0f10100e01011e", "T": "1f040404040404",
    "U": "1111111111110e", "V": "11111111110a04", "W": "1111111515150a", "X": "11110a040a1111",
    "Y": "1111110a040404", "Z": "1f01020408101f", "0": "0e11131519110e", "1": "040c040404040e",
    "2": "0e11010204081f", "3": "1f02040201110e", "4": "02060a121f0202", "5": "1f101e0101110e",
    "6": "0608101e11110e", "7": "1f010204080808", "8": "0e11110e11110e", "9": "0e11110f01020c",
    "?": "0e110102040004", "+": "0004041f040400", "-": "0000001f000000", "=": "00001f001f0000",
    "*": "000a041f040a00", ".": "00000000000c0c", ",": "000000000c0408", " ": "00000000000000",
    "<": "02040810080402", ">": "08040201020408",
}  # fmt: skip


def lettering(text: str, scale: int = 2) -> NDArray[np.bool_]:
    """``text`` in dots: (7·scale, (6·len − 1)·scale) booleans. Raises ``ValueError`` on an unknown character."""
    unknown = sorted(set(text.upper()) - set(_DOTS))
    if unknown or not text:
        raise ValueError(f"{short(text)} cannot be lettered: A–Z, 0–9 and ?+-=*.,<> can")
    glyphs = []
    for character in text.upper():
        rows = [int(_DOTS[character][k : k + 2], 16) for k in range(0, 14, 2)]
        glyphs.append(np.array([[row >> (4 - column) & 1 for column in range(5)] + [0] for row in rows], dtype=bool))
    return np.concatenate(glyphs, axis=1)[:, :-1].repeat(scale, axis=0).repeat(scale, axis=1)


def strip(
    images: Any, *, letters: Any = True, zoom: int | None = None, columns: int | None = None, gap: int = GAP
) -> NDArray[np.uint8]:
    """Images side by side on white, each under its letter: uint8 (h, w) or, where one has colours, (h, w, 3).

    Images are grey (h, w) or RGB (h, w, 3), floats in [0, 1] or uint8. ``letters``: True for A, B, C…, False, or the
    texts to write. ``zoom`` is a whole number of px for each pixel, chosen so that 640 px are enough where it is not
    given; ``columns`` makes rows. Raises ``ValueError`` where the result would be wider.
    """
    pictures = [_colours(image, f"strip: image {k + 1}") for k, image in enumerate(_listed(images))]
    columns = min(columns or len(pictures), len(pictures))
    names = _letters(letters, len(pictures))
    high, wide = max(p.shape[0] for p in pictures), max(p.shape[1] for p in pictures)
    most = (WIDEST - gap) // columns - gap
    zoom = max(1, min(most // wide, 160 // max(high, wide))) if zoom is None else zoom
    if zoom < 1 or (wide * zoom + gap) * columns + gap > WIDEST:
        raise ValueError(
            f"strip: {columns} images of {wide} px do not fit in {WIDEST} px at zoom {zoom}: take columns="
        )
    above = 22 if any(names) else 0
    rows = -(-len(pictures) // columns)
    cell_h, cell_w = high * zoom + above + gap, wide * zoom + gap
    sheet = np.full((rows * cell_h + gap, columns * cell_w + gap, 3), 255, dtype=np.uint8)
    for k, (picture, name) in enumerate(zip(pictures, names, strict=True)):
        top, left = k // columns * cell_h + gap, k % columns * cell_w + gap
        if name:
            dots = lettering(name)
            if dots.shape[1] > wide * zoom + gap:
                raise ValueError(f"strip: {name!r} is wider than its image; zoom more, or write less")
            x = max(0, left + (wide * zoom - dots.shape[1]) // 2)
            sheet[top : top + dots.shape[0], x : x + dots.shape[1]][dots] = 0
        large = picture.repeat(zoom, axis=0).repeat(zoom, axis=1)
        y = top + above + (high * zoom - large.shape[0]) // 2
        x = left + (wide * zoom - large.shape[1]) // 2
        sheet[y - 1 : y + large.shape[0] + 1, x - 1 : x + large.shape[1] + 1] = 128  # a frame: some images are white
        sheet[y : y + large.shape[0], x : x + large.shape[1]] = large
    grey = (sheet[..., 0] == sheet[..., 1]).all() and (sheet[..., 1] == sheet[..., 2]).all()
    return sheet[..., 0] if grey else sheet


def _listed(images: Any) -> list[Any]:
    if isinstance(images, np.ndarray) and images.ndim in (3, 4):
        images = list(images)
    if not isinstance(images, list | tuple) or not images:
        raise ValueError("strip: expected a list of images")
    return list(images)


def _letters(letters: Any, count: int) -> list[str]:
    if letters is False or letters is None:
        return [""] * count
    names = list("ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letters is True else letters)
    if len(names) < count or (letters is not True and not isinstance(letters, str) and len(names) != count):
        raise ValueError(f"strip: {len(names)} letters for {count} images")
    return [str(name) for name in names[:count]]


def _colours(image: Any, what: str) -> NDArray[np.uint8]:
    """(h, w, 3) bytes."""
    pixels = np.asarray(image)
    if (
        pixels.dtype == object
        or not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3))
        or not pixels.size
    ):
        raise ValueError(f"{what}: expected (h, w) or (h, w, 3), got shape {pixels.shape}")
    if pixels.dtype != np.uint8:
        if not np.isfinite(pixels).all():
            raise ValueError(f"{what}: some pixels are not finite")
        pixels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return np.stack([pixels] * 3, axis=-1) if pixels.ndim == 2 else pixels
