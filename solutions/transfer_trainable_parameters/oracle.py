import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from keras import layers


def network(a, b, norm, hidden, classes):
    norms = [layers.BatchNormalization()] if norm else []
    rows = [keras.Input((32, 32, 3)), layers.Conv2D(a, 3), *norms, layers.Conv2D(b, 3)]
    base = keras.Sequential(rows)
    head = [layers.GlobalAveragePooling2D(), layers.Dense(hidden), layers.Dense(classes)]
    return base, keras.Sequential([base, *head])


def trainable(model):
    return int(sum(np.prod(w.shape) for w in model.trainable_weights))


def total(a, b, norm, hidden, classes):
    return network(a, b, norm, hidden, classes)[1].count_params()


def frozen(a, b, norm, hidden, classes):
    base, model = network(a, b, norm, hidden, classes)
    base.trainable = False
    return trainable(model)


def unfrozen(a, b, norm, hidden, classes):
    return trainable(network(a, b, norm, hidden, classes)[1])


def last_convolution(a, b, norm, hidden, classes):
    base, model = network(a, b, norm, hidden, classes)
    for layer in base.layers[:-1]:
        layer.trainable = False
    return trainable(model)
