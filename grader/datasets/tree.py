"""The layouts in which GTSRB goes round: the official archives, torchvision's, the tree of CSV files of courses."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.datasets.files import Files
from grader.datasets.scenes import Photograph
from grader.errors import PartielError

# 00033/00002_00017.ppm, or 33/00033_00002_00017.png: class, track, frame
TRAINING = re.compile(r"(?:^|/)(\d{1,5})/(?:\d{5}_)?(\d{5})_(\d{5})\.(?:ppm|png)$", re.IGNORECASE)
TRUTH = re.compile(r"(?:^|/)(?:GT-final_test|Test)\.csv$", re.IGNORECASE)  # which class each test image is of
CLASSES = 43
MOST_PIXELS = 1 << 22
REMEDY = (
    "Give the three official archives in a folder, or unpacked; torchvision's folder (GTSRB/Training, GTSRB/Final_Test "
    "and GT-final_test.csv, which it fetches with both splits); or the tree with Train/, Test/ and Test.csv, as a "
    "folder or in one zip."
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One image of a set. Test images have no track."""

    label: int
    track: int
    frame: int
    name: str
    files: Files

    def pixels(self, size: int) -> tuple[NDArray[np.uint8], tuple[int, int]]:
        """Resized to (size, size, 3), and the width and height that it had."""
        return resized(self.files.read(self.name), size, self.name)


def resized(content: bytes, size: int, name: str) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Raises PartielError where ``content`` is no image."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PPM", "PNG")) as image:
                own = image.size
                if own[0] * own[1] > MOST_PIXELS:
                    raise ValueError(f"{own[0]} × {own[1]} pixels")
                small = image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise PartielError(name, f"is not an image ({error})", "Fetch the set again.") from error
    return np.asarray(small), own


def training(files: Iterable[Files], where: Path) -> list[Sign]:
    """Every training image that is there, whichever set it is. Raises PartielError."""
    found = {}
    for place in files:
        for name in place.names:
            if (match := TRAINING.search(name)) and "final_test" not in name.lower():
                label, track, frame = map(int, match.groups())
                found[label, track, frame] = Sign(label, track, frame, name, place)
    labels = {label for label, _, _ in found}
    if labels != set(range(CLASSES)):
        missing = f"of classes {_listed(set(range(CLASSES)) - labels)}" if labels else "at all"
        if odd := labels - set(range(CLASSES)):
            problem = f"has classes that GTSRB has not: {_listed(odd)}"
        else:
            problem = f"has {len(found)} training images, and none {missing}"
        raise PartielError(where, problem, REMEDY)
    return [found[key] for key in sorted(found)]


def test(files: Sequence[Files], where: Path) -> list[Sign]:
    """The test images whose class a CSV file says; each line must have its image. Raises PartielError."""
    images = {_end(name): (name, place) for place in files for name in place.names if _is_test(name)}
    found: list[Sign] = []
    for place in files:
        for name in place.names:
            if TRUTH.search(name) and not found:
                found = [_test_sign(line, images, where, name) for line in _lines(place.read(name), where, name)]
    if not found:
        raise PartielError(where, "has no GT-final_test.csv or Test.csv with a column ClassId", REMEDY)
    return found


def _is_test(name: str) -> bool:
    return name.lower().endswith((".ppm", ".png")) and not TRAINING.search(name) and "meta" not in name.lower()


def _end(name: str) -> str:
    return name.rsplit("/", 1)[-1].lower()


def _lines(content: bytes, where: Path, name: str) -> Iterator[dict[str, str]]:
    text = content.decode("utf-8", errors="replace")
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    if not {"ClassId"} < set(reader.fieldnames or ()):
        return  # the test set as the competition gave it: without the classes
    try:
        yield from reader
    except csv.Error as error:
        raise PartielError(where, f"{name} is not a table ({error})", REMEDY) from error


def _test_sign(line: dict[str, str], images: dict[str, Any], where: Path, table: str) -> Sign:
    file = line.get("Filename") or line.get("Path") or ""
    said = line["ClassId"] or ""
    if not said.isdecimal() or int(said) >= CLASSES:
        raise PartielError(where, f"{table} gives {file} the class {said!r}", REMEDY)
    if _end(file) not in images:
        raise PartielError(where, f"{table} names {file}, which is not there", REMEDY)
    name, place = images[_end(file)]
    return Sign(int(said), 0, 0, name, place)


def _listed(labels: set[int]) -> str:
    few = sorted(labels)[:5]
    return ", ".join(map(str, few)) + (", …" if len(labels) > len(few) else "")


# ── written ──────────────────────────────────────────────────────────────────


def write(folder: Path, training: Iterable[Photograph], test: Iterable[Photograph], form: str = "png") -> None:
    """The tree of a course: Train.csv, Test.csv and Meta.csv, and images in their own sizes (synthetic)."""
    from grader.datasets import signs

    folder.mkdir(parents=True, exist_ok=True)
    _written(folder, "Train", training, lambda p: f"Train/{p.label}/{p.label:05}_{p.track:05}_{p.frame:05}.{form}")
    numbers = iter(range(1 << 20))
    _written(folder, "Test", test, lambda _: f"Test/{next(numbers):05}.{form}")
    (folder / "Meta").mkdir(exist_ok=True)
    for label, drawing in enumerate(signs.drawings()):
        drawing.save(folder / f"Meta/{label}.png")
    lines: list[list[Any]] = [["Path", "ClassId"], *([f"Meta/{label}.png", label] for label in range(CLASSES))]
    _table(folder / "Meta.csv", lines)


def _written(folder: Path, part: str, photographs: Iterable[Photograph], path: Callable[[Photograph], str]) -> None:
    lines: list[list[Any]] = [["Width", "Height", "Roi.X1", "Roi.Y1", "Roi.X2", "Roi.Y2", "ClassId", "Path"]]
    for photograph in photographs:
        width, height = photograph.size
        edge_x, edge_y = max(1, round(width * 0.1)), max(1, round(height * 0.1))  # of what surrounds the sign
        name = path(photograph)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        photograph.image().save(folder / name)
        lines.append([width, height, edge_x, edge_y, width - edge_x, height - edge_y, photograph.label, name])
    _table(folder / f"{part}.csv", lines)


def _table(path: Path, lines: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
