import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import keras
from keras import layers


@cache
def count(code):
    model = keras.Sequential(list(eval(f"({code})", {"keras": keras, "layers": layers})))  # the code as printed
    return model.count_params()


def parameters(layer):
    return count(layer)


def effect(layer, changed):
    before, after = count(layer), count(changed)
    exact = {1: "same", 2: "double", 4: "quadruple"}
    if after in [times * before for times in exact]:
        return exact[after // before]
    return "fewer" if after < before else "almost_double" if after < 2 * before else "almost_quadruple"
