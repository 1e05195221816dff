"""A file written whole, and on the disk, or left as it was: whatever is cut short, and whoever reads meanwhile."""

from __future__ import annotations

import os
from pathlib import Path


def write(file: Path, data: bytes, mode: int | None = None) -> None:
    """With these rights, if they are said; else as the umask has it. Raises OSError."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        made = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666 if mode is None else 0o600)
        with os.fdopen(made, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if mode is not None:
            beside.chmod(mode)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
