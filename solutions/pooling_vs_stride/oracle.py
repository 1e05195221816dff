import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import keras
import numpy as np
from keras import layers


def costs(n, k, d, m):
    found = {}
    for name, stride, after in (("pool", 1, [layers.MaxPooling2D(2)]), ("stride", 2, [])):
        convolution = layers.Conv2D(m, k, strides=stride, padding="same")
        convolution.build((1, n, n, d))
        shape = _, height, width, _ = convolution.compute_output_shape((1, n, n, d))
        for layer in after:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        found[f"{name}_size"] = shape[1]
        found[f"{name}_params"] = sum(layer.count_params() for layer in (convolution, *after))
        # Each weight multiplies once at each position.
        found[f"{name}_macs"] = height * width * convolution.kernel.value.numel()
    return found


@cache
def difference():
    """With one filter that copies its input, A keeps the largest of each square of four, B one cell of each."""
    image = np.random.default_rng(0).random((1, 8, 8, 1)).astype("float32")
    copy = np.zeros((3, 3, 1, 1))
    copy[1, 1] = 1
    outputs = []
    for stride, after in ((1, [layers.MaxPooling2D(2)]), (2, [])):
        layer = layers.Conv2D(1, 3, strides=stride, padding="same", use_bias=False)
        model = keras.Sequential([keras.Input((8, 8, 1)), layer, *after])
        layer.set_weights([copy])
        outputs.append(model(image)[0, :, :, 0].numpy(force=True))
    squares = image[0, :, :, 0].reshape(4, 2, 4, 2)
    largest = np.allclose(outputs[0], squares.max(axis=(1, 3)))
    return "sees_all" if largest and not np.allclose(*outputs) else "same_function"
