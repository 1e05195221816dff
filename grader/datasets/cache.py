"""Where the images lie on this machine: a part that a sandbox mounts, and a part that it never sees."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import platformdirs

from grader.datasets.split import Labelled, Split
from grader.errors import PartielError

_NONE = np.zeros(0, np.uint8)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One source of one dataset: ``public/`` for everyone, ``hidden/`` for the trusted side only."""

    root: Path

    @property
    def public(self) -> Path:
        """The folder to mount: it holds ``public.npz`` and nothing else."""
        return self.root / "public"

    @property
    def hidden(self) -> Path:
        """Never mounted, and closed to other users of the machine."""
        return self.root / "hidden"

    def prepare(self) -> None:
        """Makes both folders."""
        try:
            self.public.mkdir(parents=True, exist_ok=True)
            self.hidden.mkdir(mode=0o700, exist_ok=True)
            self.public.chmod(0o755)  # the sandbox may be another user of the machine
            self.hidden.chmod(0o700)
        except OSError as error:
            raise _unwritable(self.root, error) from error


def shelf(name: str, source: str) -> Shelf:
    """``$PARTIEL_CACHE``, or the user's cache folder."""
    folder = os.environ.get("PARTIEL_CACHE")
    root = Path(folder).expanduser() if folder else platformdirs.user_cache_path("partiel")
    return Shelf(root.absolute() / "datasets" / name / source.replace(" ", "-"))


def stored(place: Shelf, revision: int, make: Callable[[], Split]) -> Split:
    """What lies on the shelf, if it is whole and of this revision; otherwise what ``make`` gives, put there first.

    Any number of processes may do this at once: every file is renamed into place, all write the same
    content, and what is read is checked against the digests.
    """
    found = _read(place, revision)
    if found is not None:
        return found
    split = make()
    _write(place, revision, split)
    return split


def forget(place: Shelf) -> None:
    """What was made from other files is made again."""
    (place.hidden / "digests.json").unlink(missing_ok=True)


def _read(place: Shelf, revision: int) -> Split | None:
    try:
        digests = json.loads((place.hidden / "digests.json").read_bytes())
        with (place.public / "public.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            public = dict(arrays)
        with (place.hidden / "hidden.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            kept = dict(arrays)
        train, validation = _part(public, "_train"), _part(public, "_val")
        hidden = Labelled(kept.pop("x"), kept.pop("y"), kept)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return None  # absent, or half of something: it is made again
    split = Split(train, validation, hidden, public)
    return split if digests == _digests(split, revision) else None


def _write(place: Shelf, revision: int, split: Split) -> None:
    place.prepare()
    public = {**_named(split.train, "_train"), **_named(split.validation, "_val"), **split.shared}
    _into(place.public / "public.npz", 0o644, lambda file: np.savez_compressed(file, **public))
    hidden = _named(split.hidden, "")
    _into(place.hidden / "hidden.npz", 0o600, lambda file: np.savez_compressed(file, **hidden))
    digests = json.dumps(_digests(split, revision), indent=1).encode()
    _into(place.hidden / "digests.json", 0o600, lambda file: file.write(digests))


def _named(part: Labelled, suffix: str) -> dict[str, Any]:
    """``x_train``, ``y_train``, and ``track_train`` for what else is known of each image."""
    return {f"{name}{suffix}": array for name, array in {"x": part.x, "y": part.y, **part.also}.items()}


def _part(arrays: dict[str, Any], suffix: str) -> Labelled:
    """The same read back, and taken out of ``arrays``."""
    names = [name for name in arrays if name.endswith(suffix)]
    found = {name.removesuffix(suffix): arrays.pop(name) for name in names}
    return Labelled(found.pop("x"), found.pop("y"), found)


def _digests(split: Split, revision: int) -> dict[str, int | str]:
    return {
        "revision": revision,
        "train": split.train.digest(),
        "validation": split.validation.digest(),
        "hidden": split.hidden.digest(),
        **({"shared": Labelled(_NONE, _NONE, split.shared).digest()} if split.shared else {}),
    }


def _into(path: Path, mode: int, write: Callable[[BinaryIO], object]) -> None:
    # Unfinished, it lies in hidden/: what a sandbox mounts never holds more than public.npz.
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent.parent / "hidden", prefix=path.name)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                write(file)
            part.chmod(mode)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> PartielError:
    return PartielError(
        path, f"cannot be written ({error.strerror or error})",
        "Make room or give yourself the right to write there, or set PARTIEL_CACHE to another folder.",
    )  # fmt: skip
