"""Data sets of Keras from files that are mounted, for an unchanged `keras.datasets.mnist.load_data()`; and `fidle`."""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

MODULES = {
    "mnist": ("keras.src.datasets.mnist", "keras.datasets.mnist"),
    "fashion_mnist": ("keras.src.datasets.fashion_mnist", "keras.datasets.fashion_mnist"),
    "cifar10": ("keras.src.datasets.cifar10", "keras.datasets.cifar10"),
}

FIDLE = {"fidle": "fidle_root.py", "fidle.utils": "fidle_utils.py", "fidle.scrawler": "fidle_scrawler.py"}


def loader(path: str) -> Any:
    """A ``load_data`` that returns ``((x_train, y_train), (x_val, y_val))`` of ``path``, fresh arrays at each call."""

    def load_data(*_args: object, **_kwargs: object) -> Any:
        """Training and validation images with their labels, as Keras returns them."""
        import numpy as np

        with np.load(path, allow_pickle=False) as file:
            return (file["x_train"], file["y_train"]), (file["x_val"], file["y_val"])

    return load_data


class _Loader(importlib.abc.Loader):
    """Loads a module as usual, then replaces its ``load_data``."""

    def __init__(self, loader: importlib.abc.Loader, path: str) -> None:
        self._loader, self._path = loader, path

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        module.load_data = loader(self._path)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, paths: Mapping[str, str]) -> None:
        self._paths = paths

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._paths:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._paths[fullname])
        return spec


class _Fidle(importlib.abc.MetaPathFinder):
    """``import fidle`` finds ours, also where the course's own is installed: that one wants its data and a network."""

    def __init__(self, mounts: Mapping[str, str]) -> None:
        self._mounts = mounts

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in FIDLE:
            return None
        file = os.path.join(os.path.dirname(__file__), FIDLE[fullname])
        inner: list[str] | None = [] if fullname == "fidle" else None  # it has modules of its own, in no folder
        spec = importlib.util.spec_from_file_location(fullname, file, submodule_search_locations=inner)
        if spec is not None and fullname == "fidle":
            spec.loader = _Told(fullname, file, self._mounts)
        return spec


class _Told(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, mounts: Mapping[str, str]) -> None:
        super().__init__(fullname, path)
        self._mounts = mounts

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        module._mounts.update(self._mounts)


def install(mounts: Mapping[str, str]) -> None:
    """``mounts``: data set to folder that holds ``public.npz``. Works before and after Keras is imported."""
    paths = {}
    for name, folder in mounts.items():
        path = os.path.join(folder, "public.npz")
        module = name.replace("-", "_")
        if module in MODULES and os.path.exists(path):
            paths.update(dict.fromkeys(MODULES[module], path))
    sys.meta_path.insert(0, _Fidle(mounts))
    if paths:
        sys.meta_path.insert(0, _Finder(paths))
    for name, path in paths.items():
        if name in sys.modules:
            sys.modules[name].load_data = loader(path)  # type: ignore[attr-defined]


def link(mounts: Mapping[str, str]) -> None:
    """``signs_few.npz`` in the working folder, as it lies beside the notebook at home."""
    for name, folder in mounts.items():
        with contextlib.suppress(OSError):  # it is there, or nothing can be written here
            os.symlink(os.path.join(folder, "public.npz"), f"{name}.npz")
