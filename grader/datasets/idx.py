"""28 × 28 grey images in ten classes, as MNIST is published: idx files or one npz, and how they are cut."""

from __future__ import annotations

import gzip
import os
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from grader.datasets.split import Labelled, Split, cut
from grader.errors import PartielError

FILES = {  # array of an npz: the file's name, of which courses and libraries write several forms
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
DEPTH = 4  # folders below the one given: torchvision has MNIST/raw
MOST = 1 << 28  # bytes of one file, unpacked
YOURS = "yours.npz"
ALIKE = ("mnist", "fashionmnist", "kmnist", "qmnist", "emnist")  # what libraries unpack side by side, in the same names
LAYOUTS = (
    "Give an npz with x_train, y_train, x_test and y_test, or the folder that holds the four idx files, gzipped or "
    "not: torchvision's (MNIST/raw, FashionMNIST/raw) or Debian's are read as they are."
)


def read(path: Path) -> NDArray[np.uint8]:
    """One idx file of bytes, gzipped or not. Raises PartielError."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return _read(file)  # type: ignore[arg-type]
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise PartielError(path, f"is not an idx file of bytes ({error})", "Take the published file.") from error


def _read(file: BinaryIO) -> NDArray[np.uint8]:
    magic = file.read(4)
    axes = magic[-1] if magic[:3] == b"\0\0\x08" and len(magic) == 4 else 0
    if not 1 <= axes <= 3:
        raise ValueError("its first bytes say something else")
    shape = [int(length) for length in np.frombuffer(file.read(4 * axes), dtype=">u4")]
    size = int(np.prod(shape, dtype=object))
    if len(shape) != axes or size > MOST:
        raise ValueError(f"it announces {size} bytes")
    pixels = file.read(size + 1)
    if len(pixels) != size:
        raise ValueError(f"it announces {size} bytes and has {'more' if len(pixels) > size else len(pixels)}")
    return np.frombuffer(pixels, dtype=np.uint8).reshape(shape)


def arrays(given: Path, name: str) -> dict[str, NDArray[Any]]:
    """x_train, y_train, x_test and y_test from what a user has: an npz, or a folder with the four idx files in it."""
    if given.is_file() and given.suffix == ".npz":
        return _npz(given)
    if not given.exists():
        raise PartielError(given, "does not exist", "Give a file or a folder that is there.")
    folder = given if given.is_dir() else given.parent
    found = {array: _named(_find(folder, stem), folder, name) for array, stem in FILES.items()}
    if missing := [FILES[array] for array, paths in found.items() if not paths]:
        raise PartielError(given, f"has no {', no '.join(missing)} of {name}", LAYOUTS)
    if several := next((paths for paths in found.values() if len(paths) > 1), []):
        places = ", ".join(str(path.parent.relative_to(folder)) for path in several)
        raise PartielError(given, f"holds several sets: {places}", "Give the folder of the one you mean.")
    return {array: read(paths[0]) for array, paths in found.items()}


def _find(folder: Path, stem: str) -> list[Path]:
    """In each folder that has it, one form of this file."""
    names = {form + end for form in (stem, stem.replace("-idx", ".idx")) for end in ("", ".gz")}
    found = []
    for place, folders, files in os.walk(folder):
        if len(Path(place).relative_to(folder).parts) >= DEPTH:
            folders.clear()
        folders.sort()
        if here := sorted(names & set(files)):
            found.append(Path(place, here[0]))
    return found


def _named(paths: list[Path], folder: Path, name: str) -> list[Path]:
    """Those that no folder's name gives to another set; where some have this set's own name, those alone."""

    def sets(path: Path) -> set[str]:
        parts = (folder.absolute().name, *path.relative_to(folder).parts[:-1])
        return {re.sub(r"[^a-z0-9]", "", part.lower()) for part in parts} & set(ALIKE)

    own = name.replace("-", "")
    named = [path for path in paths if own in sets(path)]
    return named or [path for path in paths if not sets(path)]


def _npz(path: Path) -> dict[str, NDArray[Any]]:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
        return {name: found[name] for name in FILES}


def adopt(given: Path, folder: Path, name: str) -> None:
    """Reads what the user has, and writes it to ``folder`` as one npz."""
    try:
        found = arrays(given, name)
        _halves(found, given, name)
        part = folder / f"{YOURS}.part"
        with part.open("wb") as file:
            np.savez_compressed(file, **found)  # type: ignore[arg-type]
        part.replace(folder / YOURS)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise PartielError(given, f"cannot be read ({error})", LAYOUTS) from error


def split(path: Path, name: str, revision: int) -> Split:
    """The test images are hidden; 1 in 12 of the training images (5 000 of 60 000) validate."""
    try:
        found = _npz(path)
    except FileNotFoundError:
        raise absent(name) from None
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise PartielError(
            path, f"is not {name} as Keras lays it out ({error})", f"Fetch it again: 'partiel data fetch {name}'."
        ) from error
    return split_of(found, path, name, revision)


def absent(name: str) -> PartielError:
    return PartielError(name, "the full set is not on this machine", f"Run 'partiel data fetch {name}'.")


def split_of(found: dict[str, NDArray[Any]], where: Path, name: str, revision: int) -> Split:
    training, hidden = _halves(found, where, name)
    kept = len(training) // 12
    train, validation = cut(training, (len(training) - kept, kept), f"partiel {name} {revision}")
    return Split(train, validation, hidden)


def _halves(found: dict[str, NDArray[Any]], where: Path, name: str) -> tuple[Labelled, Labelled]:
    parts = Labelled(found["x_train"], found["y_train"]), Labelled(found["x_test"], found["y_test"])
    for part in parts:
        right = part.x.dtype == np.uint8 and part.x.shape[1:] == (28, 28) and part.y.shape == part.x.shape[:1]
        if not right or not len(part) or not 0 <= part.y.min() <= part.y.max() <= 9:
            raise PartielError(
                where,
                f"holds images {part.x.dtype}{part.x.shape} with classes {part.y.shape}, not (n, 28, 28) and (n,)",
                f"Fetch the published files: 'partiel data fetch {name}'.",
            )
    training, test = (Labelled(part.x, part.y.astype(np.uint8)) for part in parts)
    return training, test
