import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import keras
import numpy as np
from keras import layers


@cache
def network(a, b, norm, hidden, classes):
    norms = [layers.BatchNormalization()] if norm else []
    rows = [keras.Input((32, 32, 3)), layers.Conv2D(a, 3), *norms, layers.Conv2D(b, 3)]
    base = keras.Sequential(rows)
    head = [layers.GlobalAveragePooling2D(), layers.Dense(hidden), layers.Dense(classes)]
    return base, keras.Sequential([base, *head])


def trainable(base, model, *still):
    """What training would change once these layers, and only these, are frozen."""
    base.trainable = True
    for layer in still:
        layer.trainable = False
    return int(sum(np.prod(w.shape) for w in model.trainable_weights))


def total(a, b, norm, hidden, classes):
    return network(a, b, norm, hidden, classes)[1].count_params()


def frozen(a, b, norm, hidden, classes):
    base, model = network(a, b, norm, hidden, classes)
    return trainable(base, model, base)


def unfrozen(a, b, norm, hidden, classes):
    return trainable(*network(a, b, norm, hidden, classes))


def last_convolution(a, b, norm, hidden, classes):
    base, model = network(a, b, norm, hidden, classes)
    return trainable(base, model, *base.layers[:-1])
