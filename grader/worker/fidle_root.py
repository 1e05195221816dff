"""What ``import fidle`` gives inside: enough of that course's module for its notebooks to run.

Written anew, from the names and arguments that its notebooks use.
"""

from __future__ import annotations

import datetime
import os
import time
from typing import Any

from fidle import scrawler, utils  # ours too: shims.py says where they are

__version__ = "partiel"
__all__ = ["Chrono", "end", "init", "override", "scrawler", "utils"]

DATASETS = "datasets"
_mounts: dict[str, str] = {}  # data set: folder that holds public.npz; filled by shims.py
_started = time.monotonic()


def init(run_id: str | None = None, run_dir: str | None = None, **_: Any) -> tuple[str, str, str]:
    """The name of the run, its folder (made), and the folder of the data sets."""
    run_id = run_id or "run"
    run_dir = run_dir or f"./run/{run_id}"
    os.makedirs(run_dir, exist_ok=True)
    scrawler.set_save_fig(figs_dir=f"{run_dir}/figs", figs_name=f"{run_id}-")
    folder = os.path.abspath(DATASETS)
    os.makedirs(folder, exist_ok=True)
    if "gtsrb" in _mounts:
        _signs(_mounts["gtsrb"], os.path.join(folder, "GTSRB", "enhanced"))
    utils.subtitle(f"FIDLE - {run_id}")
    print(f"Run dir              : {run_dir}\nDatasets dir         : {folder}")
    return run_id, run_dir, folder


def _signs(mounted: str, enhanced_dir: str) -> None:
    """The images to train on and to validate with, as the course's notebooks read them: ``set-25x25-RGB.h5``."""
    import h5py
    import numpy as np

    with np.load(os.path.join(mounted, "public.npz"), allow_pickle=False) as arrays:
        x, y, x_val, y_val, x_meta = (arrays[name] for name in ("x_train", "y_train", "x_val", "y_val", "x_meta"))
    path = os.path.join(enhanced_dir, f"set-{x.shape[2]}x{x.shape[1]}-RGB.h5")
    if os.path.exists(path):
        return
    os.makedirs(enhanced_dir, exist_ok=True)
    sets = {"x_train": x, "x_test": x_val, "x_meta": x_meta}
    with h5py.File(path, "w") as file:
        for name, images in sets.items():
            file[name] = images.astype("float32") / 255
        file["y_train"], file["y_test"], file["y_meta"] = y, y_val, np.arange(len(x_meta))


def override(*names: str, return_attributes: bool = False, **_: Any) -> dict[str, Any] | None:
    """Nothing is overridden: what a notebook sets, it keeps."""
    return {} if return_attributes and names is not None else None


def end() -> None:
    print(f"End. Duration: {utils.hdelay(time.monotonic() - _started)}")


class Chrono:
    """Named stopwatches."""

    def __init__(self) -> None:
        self._from: dict[str, float] = {}
        self._took: dict[str, float] = {}

    def start(self, id: str = "default") -> None:
        self._from[id] = time.monotonic()

    def stop(self, id: str = "default") -> None:
        self._took[id] = time.monotonic() - self._from.get(id, _started)

    def get_delay(self, id: str = "default", format: str = "str") -> Any:
        took = self._took.get(id, 0.0)
        return utils.hdelay(took) if format == "str" else datetime.timedelta(seconds=took)

    def show(self, id: str = "default") -> None:
        print(f"Duration: {self.get_delay(id)}")
