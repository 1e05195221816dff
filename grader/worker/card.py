"""The card of one submission's process: named before any call of CUDA, which its parent must never have made."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any


def take(settings: Mapping[str, Any] | None) -> None:
    """In the child, before a student's code. ``settings``: what CUDA shall see, and the share of its memory."""
    if not settings:
        return
    os.environ["CUDA_VISIBLE_DEVICES"] = settings["visible"]
    torch, share = sys.modules.get("torch"), settings["share"]
    if torch is not None and share < 1:
        # Queued until CUDA starts, if it ever does: a cell without a card's work pays nothing.
        torch.cuda._lazy_call(lambda: torch.cuda.set_per_process_memory_fraction(share))
    core: Any = sys.modules.get("keras.src.backend.torch.core")
    if core is not None:  # it looked for a card when the parent imported it, which must see none
        core.DEFAULT_DEVICE = "cuda"


def untouched() -> bool:
    """Whether CUDA can still be started in children: neither torch nor anyone else initialised the driver here."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return False
    import ctypes

    try:
        driver = ctypes.CDLL("libcuda.so.1", mode=os.RTLD_NOLOAD)
    except OSError:
        return True  # nobody loaded it, so nobody initialised it
    return bool(driver.cuDeviceGetCount(ctypes.byref(ctypes.c_int())) == NOT_INITIALIZED)


NOT_INITIALIZED = 3  # CUDA_ERROR_NOT_INITIALIZED
