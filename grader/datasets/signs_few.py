"""Eight drawn signs, five photographs of each to train on, and a small network that has learnt the 35 others."""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.datasets import classes
from grader.datasets.download import Archive
from grader.datasets.kind import Options, Transformation
from grader.datasets.split import Labelled, Split
from grader.errors import PartielError
from grader.model import Text

REVISION = 2  # of the photographs and of the base: the cache and the thresholds hold for one revision
SIZE = 24  # pixels
KEPT = (2, 3, 5, 8, 20, 24, 28, 29)  # signs that the base has never seen, each like others that it has
TRAIN, VALIDATION, HIDDEN_EACH = 5, 20, 100  # of each sign
FIRST, BASE = 1 << 17, 1 << 18  # tracks from these numbers on are of nothing else
SOURCES = {
    "synthetic": Text(
        fr="panneaux dessinés et photographies synthétiques, faits par Partiel",
        en="drawn signs and synthetic photographs, made by Partiel",
    )
}
OPTIONS: Options = {}
ARCHIVES: dict[str, tuple[Archive, ...]] = {}
CLASSES = tuple(classes.NAMES[label] for label in KEPT)
FILE = Path(__file__).with_name("signs_base.safetensors")


def load(_source: str, _folder: Path, _options: Options) -> Split:
    """Images (n, 24, 24, 3); with them the arrays of the base, by name."""
    train = _taken("train", TRAIN)
    validation = _taken("validation", VALIDATION)
    return Split(train, validation, _taken("hidden", HIDDEN_EACH), base())


def adopt(given: Path, _folder: Path) -> None:
    raise PartielError(given, "signs_few is drawn, never read from a file", "Leave it: there is nothing to fetch.")


def base() -> dict[str, NDArray[np.float16]]:
    """The base's arrays, in Keras' layout: for each of three layers, a convolution and its batch normalisation."""
    data = FILE.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header: dict[str, Any] = json.loads(data[8:start])
    header.pop("__metadata__")
    arrays = {}
    for name, said in header.items():
        first, last = (start + offset for offset in said["data_offsets"])
        arrays[name] = np.frombuffer(data[first:last], "<f2").reshape(said["shape"]).astype(np.float16)
    return arrays


def _redrawn(data: Labelled, secret: str, purpose: str) -> Labelled:
    """As many photographs that nobody without the secret can take."""
    return _taken(f"{purpose} {secret}", len(data) // len(KEPT))


HIDDEN = Transformation(
    _redrawn,
    Text(fr="photographiées pour ce cours", en="photographed for this course"),
)


def _taken(name: str, each: int) -> Labelled:
    """Photographs of as many tracks of each sign, in an order that says nothing. All of it follows from ``name``."""
    from grader.datasets import scenes  # Pillow is imported late

    seed = int.from_bytes(hmac.digest(name.encode(), b"signs_few", "sha256")[:5])
    order = np.random.default_rng([3, seed]).permutation(each * len(KEPT))
    x, y = [], []
    for number in order.tolist():
        place, track = divmod(number, each)
        photograph = scenes.Photograph(KEPT[place], FIRST + (seed << 20) + track, track * 7 % scenes.FRAMES)
        x.append(np.asarray(photograph.image((SIZE, SIZE)).convert("RGB")))
        y.append(place)
    return Labelled(np.stack(x), np.array(y, np.uint8))
