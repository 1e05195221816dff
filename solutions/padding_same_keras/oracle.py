from functools import cache

import keras
import numpy as np
from keras import layers


@cache
def outputs(n, k, s):
    """What "same" gives along one axis for a signal of random numbers, the signal and the kernel."""
    rng = np.random.default_rng([n, k, s])
    signal, kernel = rng.normal(size=(1, n, 1)).astype("float32"), rng.normal(size=(k, 1, 1)).astype("float32")
    return signal, kernel, through(signal, kernel, s, "same")


def through(signal, kernel, s, padding):
    layer = layers.Conv1D(1, len(kernel), strides=s, padding=padding, use_bias=False)
    layer.build(signal.shape)
    layer.set_weights([kernel])
    return layer(signal).numpy(force=True)


def size(n, k, s):
    return outputs(n, k, s)[2].shape[1]


def zeros(n, k, s):
    """The fewest zeros that make "valid" give the same numbers."""
    signal, kernel, same = outputs(n, k, s)
    for total in range(2 * k):
        for before in range(total + 1):
            padded = np.pad(signal, ((0, 0), (before, total - before), (0, 0)))
            given = through(padded, kernel, s, "valid")
            if given.shape == same.shape and np.allclose(given, same, atol=1e-5):
                return before, total - before
    return None
