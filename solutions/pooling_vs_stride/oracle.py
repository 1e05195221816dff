import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import keras
from keras import layers


def costs(n, k, d, m):
    found = {}
    for name, after in (("pool", [layers.MaxPooling2D(2)]), ("stride", [])):
        stride = 1 if after else 2
        model, convolution = built(n, k, d, m, stride, bool(after))
        positions = convolution[1] * convolution[2]
        found[f"{name}_size"] = model[0]
        found[f"{name}_params"] = model[1]
        # One multiplication for each weight at each position: an output cell holds each filter's weights once.
        found[f"{name}_macs"] = positions * model[2]
    return found


@cache
def built(n, k, d, m, stride, pooled):
    convolution = layers.Conv2D(m, k, strides=stride, padding="same")
    model = keras.Sequential([keras.Input((n, n, d)), convolution] + [layers.MaxPooling2D(2)] * pooled)
    facts = model.output_shape[1], model.count_params(), convolution.kernel.numpy().size
    return facts, convolution.output.shape


def difference():
    """With one filter that copies its input, A keeps the largest of each square of four, B one cell of each."""
    import numpy as np

    image = np.random.default_rng(0).random((1, 8, 8, 1)).astype("float32")
    copy = np.zeros((3, 3, 1, 1))
    copy[1, 1] = 1
    outputs = []
    for stride, after in ((1, [layers.MaxPooling2D(2)]), (2, [])):
        layer = layers.Conv2D(1, 3, strides=stride, padding="same", use_bias=False)
        model = keras.Sequential([keras.Input((8, 8, 1)), layer, *after])
        layer.set_weights([copy])
        outputs.append(model.predict(image, verbose=0)[0, :, :, 0])
    squares = image[0, :, :, 0].reshape(4, 2, 4, 2)
    largest = np.allclose(outputs[0], squares.max(axis=(1, 3)))
    return "sees_all" if largest and not np.allclose(*outputs) else "same_function"
