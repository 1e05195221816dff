"""A graphics card shown to a sandbox: which device files, under which name CUDA knows it, and what share of it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.sandbox.protocol import SandboxFault

DRIVER = Path("/proc/driver/nvidia/gpus")
DEVICES = Path("/dev")
UUID = re.compile(r"GPU-[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class Card:
    """``number`` is that of nvidia-smi, ``minor`` that of its device file; ``uuid`` is empty where unknown."""

    number: int
    minor: int
    uuid: str = ""
    share: float = 1.0

    @property
    def visible(self) -> str:
        """For CUDA_VISIBLE_DEVICES. Without a UUID: the only card whose device file is there."""
        return self.uuid or "0"

    def arguments(self) -> list[str]:
        """For bubblewrap, after ``--dev /dev``. A plain bind would forbid the device; CUDA reads /sys."""
        files = ("nvidiactl", "nvidia-uvm", f"nvidia{self.minor}")
        maybe = ("nvidia-uvm-tools", "nvidia-caps")
        needed = [word for name in files for word in ("--dev-bind", f"/dev/{name}", f"/dev/{name}")]
        wanted = [word for name in maybe for word in ("--dev-bind-try", f"/dev/{name}", f"/dev/{name}")]
        return [*needed, *wanted, "--ro-bind", "/sys", "/sys"]

    def settings(self) -> dict[str, Any]:
        """For the worker."""
        return {"visible": self.visible, "share": self.share}


def card(number: int, share: float = 1.0, driver: Path = DRIVER, devices: Path = DEVICES) -> Card:
    """The card of this number, of which a process gets ``share`` (0 to 1) of the memory.

    Student code can undo a share: for submissions that are not trusted, one job per card, or MIG.
    Raises ValueError, SandboxFault where there is no such card.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share of a card is between 0 and 1, not {share}")
    known = _known(driver)
    minor, uuid = known[number] if 0 <= number < len(known) else (number, "")
    missing = [
        n for n in ("nvidiactl", "nvidia-uvm", f"nvidia{minor}") if not os.access(devices / n, os.R_OK | os.W_OK)
    ]
    if number < 0 or missing:
        there = ", ".join(str(i) for i in range(len(known))) or "none"
        what = f"/dev/{missing[0]} cannot be opened" if missing else "there is no such card"
        raise SandboxFault(
            f"gpu {number}", f"{what} (cards here: {there})", "Run nvidia-smi, or grade with --device cpu."
        )
    return Card(number, minor, uuid, share)


def count(driver: Path = DRIVER) -> int:
    """How many cards the driver knows."""
    return len(_known(driver))


def _known(driver: Path) -> list[tuple[int, str]]:
    """Minor and UUID of each card, in the order of the bus, which is nvidia-smi's."""
    found: list[tuple[int, str]] = []
    for folder in sorted(driver.glob("*")):
        try:
            text = (folder / "information").read_text()
        except OSError:
            continue
        minor = re.search(r"Device Minor:\s*(\d+)", text)
        uuid = UUID.search(text)
        found.append((int(minor[1]) if minor else len(found), uuid[0] if uuid else ""))
    return found
