"""Labelled images cut into what students see and what grades them, the same way everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Images ``x`` (n, height, width[, channels]) in 0–255, and their classes ``y`` (n,).

    ``also`` holds what else is known of each image: a track, a caption, a size; arrays of n rows.
    """

    x: Images
    y: Labels
    also: Arrays = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.y)

    def take(self, indices: NDArray[np.intp]) -> Labelled:
        return Labelled(self.x[indices], self.y[indices], {name: a[indices] for name, a in self.also.items()})

    def digest(self) -> str:
        """Of the pixels, the labels, what else there is, their shapes and order; no file format comes into it."""
        sha = hashlib.sha256(f"{self.x.dtype}{self.x.shape}{self.y.dtype}{self.y.shape}".encode())
        sha.update(np.ascontiguousarray(self.x).tobytes())
        sha.update(np.ascontiguousarray(self.y).tobytes())
        for name, array in sorted(self.also.items()):
            sha.update(f"{name}{array.dtype}{array.shape}".encode())
            sha.update(np.ascontiguousarray(array).tobytes())
        return sha.hexdigest()


@dataclass(frozen=True, slots=True)
class Split:
    """Students train and validate; the hidden images never reach them.

    ``shared`` are arrays that belong to no image, shown to students under their own names (``x_meta``).
    """

    train: Labelled
    validation: Labelled
    hidden: Labelled
    shared: Arrays = field(default_factory=dict)


def cut(data: Labelled, sizes: Sequence[int], name: str) -> tuple[Labelled, ...]:
    """Disjoint parts of the given sizes, each with the classes in the proportions of the whole, shuffled.

    The order comes from a hash of ``name`` and of each image, so it is the same on every
    machine, for every version of NumPy, and whatever the order of the file.
    """
    if sum(sizes) > len(data):
        raise ValueError(f"{sum(sizes)} images are wanted, {len(data)} are there")
    shuffled = np.argsort([_hash(name, image) for image in data.x], kind="stable")
    rank = np.empty(len(data))  # how far through its own class an image comes: any prefix has every class in proportion
    for label in np.unique(data.y):
        members = shuffled[data.y[shuffled] == label]
        rank[members] = (np.arange(len(members)) + 0.5) / len(members)
    by_rank = shuffled[np.argsort(rank[shuffled], kind="stable")]
    parts, start = [], 0
    for size in sizes:
        part = data.take(by_rank[start : start + size])
        # By another hash: inside a part the first one still follows the ranks, and so the classes.
        parts.append(part.take(np.argsort([_hash(f"{name}, order", image) for image in part.x], kind="stable")))
        start += size
    return tuple(parts)


def _hash(name: str, image: Images) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + image.tobytes()).digest()
