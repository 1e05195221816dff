"""The same tests on every machine: one thread, no display, no network for Keras, examples drawn from a fixed seed."""

from __future__ import annotations

import os

from hypothesis import settings

os.environ.update(
    OMP_NUM_THREADS="1",  # two contended torch threads cost ten times the processor
    KERAS_BACKEND="torch",
    MPLBACKEND="Agg",
    JUPYTER_PLATFORM_DIRS="1",
)

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")
