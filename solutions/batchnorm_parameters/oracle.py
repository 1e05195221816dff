import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import keras
from keras import layers


@cache
def model(channels, filters, side, k):
    return keras.Sequential(
        [
            keras.Input((side, side, channels)),
            layers.Conv2D(filters, k, padding="same", use_bias=False),
            layers.BatchNormalization(name="normalised"),
            layers.ReLU(),
        ]
    )


def everything(channels, filters, side, k):
    return model(channels, filters, side, k).get_layer("normalised").count_params()


def trainable(channels, filters, side, k):
    weights = model(channels, filters, side, k).get_layer("normalised").trainable_weights
    return sum(w.shape[0] for w in weights)


def layer_norm(filters, side):
    layer = layers.LayerNormalization()
    layer.build((None, side, side, filters))
    return layer.count_params()


def block(channels, filters, side, k):
    return model(channels, filters, side, k).count_params()
