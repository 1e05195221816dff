"""Fashion-MNIST: clothes of the shape, the counts and the file format of MNIST."""

from __future__ import annotations

from pathlib import Path

from grader.datasets import augment, idx
from grader.datasets.download import Archive
from grader.datasets.kind import Options
from grader.datasets.split import Split
from grader.model import Text

REVISION = 1
_WHERE = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"
ARCHIVES = {  # the checksums that its authors publish are MD5
    "full": tuple(
        Archive(f"{_WHERE}{stem}.gz", "", f"{stem}.gz", md5)
        for stem, md5 in {
            "train-images-idx3-ubyte": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "train-labels-idx1-ubyte": "25c81989df183df01b3e8a0aad5dffbe",
            "t10k-images-idx3-ubyte": "bef4ecab320f06d8554ea6380940ec79",
            "t10k-labels-idx1-ubyte": "bb300cfdad3c16e7a12a480ee83cd310",
        }.items()
    )
}
SOURCES = {
    "full": Text(
        fr="Fashion-MNIST (Zalando Research, licence MIT), fichiers publiés par ses auteurs",
        en="Fashion-MNIST (Zalando Research, MIT licence), the files its authors publish",
    ),
    "yours": Text(
        fr="Fashion-MNIST (Zalando Research, licence MIT), fichiers fournis par l'enseignant",
        en="Fashion-MNIST (Zalando Research, MIT licence), files that the instructor provided",
    ),
}
OPTIONS: Options = {}
CLASSES = (
    Text("t-shirt ou haut", "T-shirt or top"),
    Text("pantalon", "trousers"),
    Text("pull", "pullover"),
    Text("robe", "dress"),
    Text("manteau", "coat"),
    Text("sandale", "sandal"),
    Text("chemise", "shirt"),
    Text("basket", "sneaker"),
    Text("sac", "bag"),
    Text("bottine", "ankle boot"),
)
HIDDEN = augment.MOVED


def load(source: str, folder: Path, _options: Options) -> Split:
    if source == "yours":
        return idx.split(folder / idx.YOURS, "fashion-mnist", REVISION)
    if not all((folder / archive.file).is_file() for archive in ARCHIVES["full"]):
        raise idx.absent("fashion-mnist")
    return idx.split_of(idx.arrays(folder, "fashion-mnist"), folder, "fashion-mnist", REVISION)


def adopt(given: Path, folder: Path) -> None:
    idx.adopt(given, folder, "fashion-mnist")
