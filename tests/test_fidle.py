"""A notebook that does ``import fidle`` runs inside, with nothing of that course installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grader import datasets
from grader.model import Limits
from grader.sandbox import Ran, Sandbox, Session, open_sandbox, standing

CELLS = (
    """\
import os
import h5py
import numpy as np
import fidle

run_id, run_dir, datasets_dir = fidle.init('K3GTSRB2')
scale = 0.1
enhanced_dir = f'{datasets_dir}/GTSRB/enhanced'
fidle.override('scale', 'enhanced_dir')
""",
    """\
def read_dataset(enhanced_dir, dataset_name):
    with h5py.File(f'{enhanced_dir}/{dataset_name}.h5', 'r') as f:
        return tuple(f[name][:] for name in ('x_train', 'y_train', 'x_test', 'y_test', 'x_meta', 'y_meta'))

x_train, y_train, x_test, y_test, x_meta, y_meta = read_dataset(enhanced_dir, 'set-12x12-RGB')
x_train, y_train = fidle.utils.shuffle_np_dataset(x_train, y_train)
x_train, y_train = fidle.utils.rescale_dataset(x_train, y_train, scale=0.5)
""",
    """\
fidle.utils.subtitle('A few images:')
fidle.utils.np_print(x_train[0, 0, :2], precision=2)
fidle.scrawler.images(x_train, y_train, range(6), columns=3, x_size=1, y_size=1, save_as='01-images')
fidle.scrawler.image(x_meta[14])
history = {'loss': [2.0, 1.0], 'val_loss': [2.1, 1.4]}
fidle.scrawler.history(history, plot={'Loss': ['loss', 'val_loss']}, save_as='02-history')
y_pred = np.where(np.arange(len(y_test)) % 3, y_test, 0)
fidle.scrawler.images(x_test, y_test, range(4), columns=4, y_pred=y_pred)
fidle.scrawler.confusion_matrix(y_test, y_pred, range(43), normalize=True, save_as='03-confusion-matrix')
fidle.scrawler.confusion_matrix_txt(y_test, y_pred, range(43))
fidle.scrawler.donut([3, 1], ['right', 'wrong'])
""",
    """\
chrono = fidle.Chrono()
chrono.start('all')
fidle.utils.update_progress('images', 10, 10)
chrono.stop('all')
chrono.show('all')
print(fidle.utils.hdelay(65.25), fidle.utils.hsize(2048), fidle.utils.rmax([[1, [5]], [2]]))
facts = (run_id, run_dir, os.path.isdir(run_dir), x_train.dtype.name, x_train.shape[1:], len(x_train), int(y_meta[-1]))
fidle.end()
""",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    before = os.environ.get("PARTIEL_CACHE")
    os.environ["PARTIEL_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    folder = datasets.public("gtsrb", "synthetic scale=0.02 size=12")
    os.environ.pop("PARTIEL_CACHE") if before is None else os.environ.update(PARTIEL_CACHE=before)
    return folder


WALLS = ["plain", *(["bubblewrap"] if standing().level.value != "none" else [])]


@pytest.fixture(scope="module", params=["plain", "bubblewrap"])
def sandbox(request: pytest.FixtureRequest, data: Path) -> Iterator[Sandbox]:
    if request.param not in WALLS:
        pytest.skip("no walls stand here")
    with open_sandbox(request.param, data={"gtsrb": data}) as opened:
        yield opened


def said(ran: Ran) -> str:
    return "".join(str(output.get("text") or output.get("data", "")) for output in ran.outputs)


def run(session: Session, source: str) -> Ran:
    ran = session.execute(source, Limits(seconds=120, output_kib=2048))
    assert ran.crash is None and ran.exhausted is None, (source, ran.crash, ran.exhausted)
    return ran


def test_a_notebook_of_that_course_runs_from_top_to_bottom(sandbox: Sandbox, data: Path) -> None:
    with np.load(data / "public.npz") as arrays:
        n = len(arrays["x_train"])
    with sandbox.session(seed=1) as session:
        ran = [run(session, source) for source in CELLS]
        assert session.fetch("facts") == (
            "K3GTSRB2", "./run/K3GTSRB2", True, "float32", (12, 12, 3), n // 2, 42,
        )  # fmt: skip
        assert session.fetch("datasets_dir").endswith("/datasets")
    assert "K3GTSRB2" in said(ran[0]) and "A few images" in said(ran[2])
    assert sum("image/png" in output.get("data", {}) for output in ran[2].outputs) >= 6
    assert "0:01:05 250ms 2.0 Ko 5" in said(ran[3])


def test_what_the_shim_lacks_is_said_in_words(sandbox: Sandbox) -> None:
    with sandbox.session(seed=1) as session:
        ran = session.execute("import fidle\nfidle.scrawler.serie_2d([])", Limits())
        assert ran.crash and ran.crash.evalue == "fidle.scrawler.serie_2d is not available when this notebook is graded"


def test_nobody_who_does_not_import_it_pays_for_it(sandbox: Sandbox) -> None:
    with sandbox.session(seed=1) as session:
        run(session, "import sys\nloaded = 'fidle' in sys.modules")
        assert session.fetch("loaded") is False


def test_no_hidden_image_is_in_the_file_that_it_writes(sandbox: Sandbox, data: Path) -> None:
    hidden = data.parent / "hidden" / "hidden.npz"
    with sandbox.session(seed=1) as session:
        run(session, CELLS[0] + CELLS[1].split("x_train, y_train = ")[0])
        seen = session.fetch("x_train"), session.fetch("x_test")
    with np.load(hidden) as arrays:
        unseen = {image.tobytes() for image in arrays["x"]}
    for images in seen:
        assert not unseen & {image.tobytes() for image in np.rint(images * 255).astype(np.uint8)}
