"""An exercise for timings: it imports torch and Keras, and builds a small model."""

import numpy as np

from grader.author import grid, task

minutes = 5
tags = ("benchmark",)
needs = ("torch", "keras")

params = grid(filters=[4, 8])


@task(points=2, asks=("model",), seconds=60, memory_mib=4096)
def build():
    import keras  # noqa: F401  a starter, to be completed
    import torch  # noqa: F401

    model = ...  # noqa: F841


@build.check
def gives_ten_numbers(model):
    images = np.zeros((2, 28, 28, 1), dtype="float32")
    assert np.asarray(model.predict(images, verbose=0)).shape == (2, 10)


@build.hidden_check
def has_few_parameters(model):
    assert 10 < int(model.count_params()) < 100000
