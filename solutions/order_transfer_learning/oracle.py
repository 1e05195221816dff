"""The blocks run in Keras on a small base: among the orders of freezing, compiling and fitting, the one that trains what is wanted."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import keras
import numpy as np
from keras import layers

HEAD = ("load_base", "freeze", "assemble", "compile", "fit_head")
TUNING = ("unfreeze", "recompile", "fine_tune", "evaluate")


def copied(model):
    return [w.value.numpy(force=True).copy() for w in model.weights]


@cache
def weights_after():
    """Which of base and head moved in each of the two trainings."""
    x, y = np.random.default_rng(0).normal(size=(8, 8, 8, 3)).astype("float32"), np.arange(8) % 2
    base = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3)])
    base.trainable = False
    model = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax")])
    moved = []
    for rate, trainable in ((1e-2, False), (1e-2, True)):
        base.trainable = trainable
        model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy")
        before = copied(model)
        model.fit(x, y, verbose=0)
        moved.append([not np.allclose(a, b, atol=0) for a, b in zip(before, copied(model), strict=True)])
    return moved


def order():
    first, second = weights_after()
    assert first == [False, False, True, True] and all(second)
    return (*HEAD, *TUNING)
