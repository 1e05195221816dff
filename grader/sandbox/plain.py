"""No walls: one warm parent that forks a process per session. For authors' own code and trusted submissions."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.model import Level
from grader.sandbox.kept import Kept
from grader.sandbox.session import Conversation
from grader.sandbox.stock import Stock
from grader.sandbox.warm import WORKER, WarmParent

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def environment(home: str, path: str) -> dict[str, str]:
    """The same within walls and without, so that code cannot tell and results agree."""
    return {
        "PATH": path,
        "HOME": home,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "KERAS_BACKEND": "torch",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "CUDA_VISIBLE_DEVICES": "",
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        "IPYTHONDIR": f"{home}/.ipython",
        **dict.fromkeys(THREADS, "1"),
    }


@dataclass(frozen=True, eq=False)
class _Alone:
    """A parent for which nothing else was made."""

    parent: WarmParent

    def close(self) -> None:
        self.parent.close()


class PlainSandbox:
    """Processes like any other of this user. ``Level.NONE``: fit for code that is trusted."""

    level = Level.NONE

    def __init__(self, stock: Stock) -> None:
        self._home = tempfile.mkdtemp(prefix="partiel-")
        folders = {}
        for name, source in stock.data.items():
            folders[name] = str(source if source.is_dir() else _folder(self._home, name, source))
        self._on_card = stock.card is not None
        settings = stock.settings(folders) | {"strict": False, "inner": None}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
        command = [sys.executable, "-s", "-P", str(WORKER / "__main__.py")]
        env = environment(self._home, path)
        self._kept = Kept(lambda: _Alone(WarmParent(command, settings, env, self._home, cells=stock.cells)))
        self._kept.begin()  # its imports run while the caller does something else

    def session(self, seed: int) -> Conversation:
        """A fresh process whose generators start from ``seed``. Raises SandboxFault."""
        lease = self._kept.lease()
        return Conversation(lease.parent, self.level, seed, b"", lease.release, on_card=self._on_card)

    def close(self) -> None:
        self._kept.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _folder(home: str, name: str, source: Path) -> Path:
    folder = Path(home) / ".data" / name
    folder.mkdir(parents=True)
    (folder / "public.npz").symlink_to(source.resolve())
    return folder
