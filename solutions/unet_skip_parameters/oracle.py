import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import keras
from keras import layers


@cache
def model(side, channels, k, widths, skips=True):
    one, two, bottom = widths
    x = keras.Input((side, side, channels))

    def conv(name, filters, size=k):
        return layers.Conv2D(filters, size, padding="same", name=name)

    def join(up, down):
        return layers.Concatenate()([up, down]) if skips else up

    first = conv("down_1", one)(x)
    second = conv("down_2", two)(layers.MaxPooling2D(2)(first))
    y = conv("bottom", bottom)(layers.MaxPooling2D(2)(second))
    y = conv("up_2", two)(join(layers.UpSampling2D(2)(y), second))
    y = conv("up_1", one)(join(layers.UpSampling2D(2)(y), first))
    return keras.Model(x, conv("final", channels, 1)(y))


def parameters(side, channels, k, widths):
    unet = model(side, channels, k, widths)
    rows = {layer.name: layer.count_params() for layer in unet.layers if layer.count_params()}
    return {**rows, "total": unet.count_params()}


def skip_cost(side, channels, k, widths):
    return model(side, channels, k, widths).count_params() - model(side, channels, k, widths, False).count_params()


def joining():
    maps = keras.Input((8, 8, 3)), keras.Input((8, 8, 5))
    shape = layers.Concatenate()(list(maps)).shape
    return {(8, 8, 8): "concatenated", (16, 8, 3): "longer"}[shape[1:]]
