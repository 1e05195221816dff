"""GTSRB, German traffic signs: the published images, or synthetic ones of the same classes, counts and tracks."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from grader.datasets import augment, classes
from grader.datasets.download import Archive
from grader.datasets.kind import Options, Transformation
from grader.datasets.split import Arrays, Images, Labelled, Split
from grader.errors import PartielError, UsageError
from grader.model import Text

REVISION = 1  # of the drawings, the split and the hidden transformation; thresholds hold for one revision
_WHERE = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"
_TEST = (  # the published checksums are MD5
    Archive(
        f"{_WHERE}GTSRB_Final_Test_Images.zip", "", "GTSRB_Final_Test_Images.zip", "c7e4e6327067d32654124b0fe9e82185"
    ),
    Archive(f"{_WHERE}GTSRB_Final_Test_GT.zip", "", "GTSRB_Final_Test_GT.zip", "fe31e9c9270bbcd7b84b7f21a9d9d9e5"),
)
_TRAINING, _FIXED = "GTSRB_Final_Training_Images.zip", "GTSRB-Training_fixed.zip"
ARCHIVES = {
    "official": (Archive(_WHERE + _TRAINING, "", _TRAINING, "f33fd80ac59bff73c82d25ab499e03a3"), *_TEST),
    "torchvision": (Archive(_WHERE + _FIXED, "", _FIXED, "513f3c79a4c5141765e10e952eaa2478"), *_TEST),
}
_OF = Text(
    "GTSRB (J. Stallkamp, M. Schlipsing, J. Salmen, C. Igel, 2012)",
    "GTSRB (J. Stallkamp, M. Schlipsing, J. Salmen, C. Igel, 2012)",
)
SOURCES = {
    "synthetic": Text(
        fr="panneaux synthétiques, dessinés pour ces exercices, avec les 43 classes, les effectifs et les pistes "
        "de GTSRB, mais aucune de ses photographies",
        en="synthetic signs, drawings made for these exercises, with the 43 classes, the counts and the tracks of "
        "GTSRB but none of its photographs",
    ),
    "official": Text(f"{_OF.fr}, archives officielles", f"{_OF.en}, the official archives"),
    "torchvision": Text(
        f"{_OF.fr}, images d'entraînement du concours de 2011, comme torchvision les distribue",
        f"{_OF.en}, training images of the 2011 competition, as torchvision distributes them",
    ),
    "yours": Text(f"{_OF.fr}, fichiers fournis par l'enseignant", f"{_OF.en}, files that the instructor provided"),
}
OPTIONS: Options = {"scale": 0.1, "size": 25.0}
VALIDATION = 7  # one track in 7 validates: the rarest class has 7
YOURS = "yours.zip"
CLASSES = classes.NAMES
MILD = augment.Strength(degrees=4.0, scale=0.04, shift=0.75)
HIDDEN = Transformation(partial(augment.secretly, strength=MILD, outside="edge"), augment.MOVED.words)


class _Labelled(Protocol):
    @property
    def label(self) -> int: ...
    @property
    def track(self) -> int: ...
    @property
    def frame(self) -> int: ...


One = TypeVar("One", bound=_Labelled)


def load(source: str, folder: Path, options: Options) -> Split:
    scale, size = options["scale"], int(options["size"])
    if not 0 < scale <= 1 or not 8 <= size <= 128:
        raise UsageError(
            f"gtsrb: scale={scale:g} size={size}", "cannot be", "The scale lies in ]0, 1], the size between 8 and 128."
        )
    if source == "synthetic":
        return _synthetic(scale, size)
    paths = [folder / YOURS] if source == "yours" else [folder / archive.file for archive in ARCHIVES[source]]
    if not all(path.is_file() for path in paths):
        raise PartielError("gtsrb", f"'{source}' is not on this machine", "Run 'partiel data fetch gtsrb'.")
    return _photographed(paths, scale, size)


def _synthetic(scale: float, size: int) -> Split:
    from grader.datasets import scenes, signs

    def cooked(chosen: Sequence[scenes.Photograph]) -> Labelled:
        x = np.stack([np.asarray(one.image((size, size))) for one in chosen])
        return _labelled(x, chosen, [one.size for one in chosen])

    return _split(scenes.training(), scenes.test(classes.TEST), scale, cooked, {"x_meta": signs.overview(size)})


def _photographed(paths: Sequence[Path], scale: float, size: int) -> Split:
    from grader.datasets import files, signs, tree

    def cooked(chosen: Sequence[tree.Sign]) -> Labelled:
        read = [one.pixels(size) for one in chosen]
        return _labelled(np.stack([x for x, _ in read]), chosen, [own for _, own in read])

    with ExitStack() as stack:
        opened = [stack.enter_context(files.opened(path)) for path in paths]
        training, test = tree.training(opened, paths[0]), tree.test(opened, paths[0])
        return _split(training, test, scale, cooked, {"x_meta": signs.overview(size)})


def _split(
    training: Sequence[One],
    test: Sequence[One],
    scale: float,
    cooked: Callable[[Sequence[One]], Labelled],
    shared: Arrays,
) -> Split:
    """int(n · scale) images of each part, every class in proportion; no track is in two parts."""
    name = f"partiel gtsrb {REVISION}"
    validating = {
        (label, track)
        for label in {one.label for one in training}
        for track in _kept(sorted({one.track for one in training if one.label == label}), f"{name} {label}")
    }
    parts = [[one for one in training if ((one.label, one.track) in validating) is kept] for kept in (False, True)]
    train, validation, hidden = (
        cooked(thinned(part, scale, f"{name} {kind}"))
        for part, kind in zip((*parts, test), ("train", "validation", "test"), strict=True)
    )
    return Split(train, validation, hidden, shared)


def _kept(tracks: list[int], name: str) -> list[int]:
    return sorted(tracks, key=lambda track: _hash(name, track))[: max(1, len(tracks) // VALIDATION)]


def thinned(signs: Sequence[One], scale: float, name: str) -> list[One]:
    """int(n · scale) of them, every class in proportion, in an order that says nothing. At least one of each class."""
    ranked = []
    for label in sorted({one.label for one in signs}):
        members = [
            (_hash(name, i, one.label, one.track, one.frame), one) for i, one in enumerate(signs) if one.label == label
        ]
        members.sort(key=lambda member: member[0])
        ranked += [((i + 0.5) / len(members) if i else 0.0, key, one) for i, (key, one) in enumerate(members)]
    ranked.sort(key=lambda entry: entry[:2])
    chosen = ranked[: max(int(len(signs) * scale), len({one.label for one in signs}))]
    return [one for _, _, one in sorted(chosen, key=lambda entry: entry[1])]


def _hash(name: str, *numbers: int) -> bytes:
    return hashlib.sha256(f"{name} {numbers}".encode()).digest()


def _labelled(x: Images, signs: Sequence[_Labelled], sizes: Sequence[tuple[int, int]]) -> Labelled:
    labels = np.array([one.label for one in signs], dtype=np.uint8)
    also: dict[str, NDArray[Any]] = {
        "track": np.array([one.label << 20 | one.track for one in signs], dtype=np.int32),
        "width": np.array([width for width, _ in sizes], dtype=np.uint16),
        "height": np.array([height for _, height in sizes], dtype=np.uint16),
    }
    return Labelled(x, labels, also)


def adopt(given: Path, folder: Path) -> None:
    """Official archives, torchvision's, or a tree of CSV files: packed as one zip, in the official names."""
    from grader.datasets import files, tree

    given_files = [*sorted(given.glob("*.zip")), given] if given.is_dir() else [given]  # torchvision keeps both
    part = folder / f"{YOURS}.part"
    try:
        with ExitStack() as stack:
            opened = [stack.enter_context(files.opened(path)) for path in given_files]
            training, test = tree.training(opened, given), tree.test(opened, given)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as whole:
                for one in training:
                    end = one.name.rsplit(".", 1)[-1].lower()
                    name = f"Training/{one.label:05}/{one.track:05}_{one.frame:05}.{end}"
                    whole.writestr(name, one.files.read(one.name))
                lines = ["Filename;ClassId"]
                for number, one in enumerate(test):
                    name = f"{number:05}.{one.name.rsplit('.', 1)[-1].lower()}"
                    whole.writestr(f"Test/{name}", one.files.read(one.name))
                    lines.append(f"{name};{one.label}")
                whole.writestr("GT-final_test.csv", "\n".join(lines))
        part.replace(folder / YOURS)
    except OSError as error:
        raise PartielError(folder, f"cannot be written ({error.strerror or error})", "Make room there.") from error
    finally:
        part.unlink(missing_ok=True)
