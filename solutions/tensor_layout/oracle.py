from itertools import permutations

import keras
import numpy as np
import torch


def keras_layer(kernel, filters):
    layer = keras.layers.Conv2D(filters, kernel, data_format="channels_last")
    layer.build((None, None, None, 3))
    return layer


def torch_layer(kernel, filters):
    return torch.nn.Conv2d(3, filters, kernel_size=kernel, device="meta")


def keras_kernel(kernel, filters):
    return tuple(keras_layer(kernel, filters).kernel.shape)


def torch_kernel(kernel, filters):
    return tuple(torch_layer(kernel, filters).weight.shape)


def keras_images(images, size, kernel, filters):
    """The one order of the axes for which the layer makes maps as large as rows and columns call for."""
    rows, columns = size[0] - kernel[0] + 1, size[1] - kernel[1] + 1
    layer = keras_layer(kernel, filters)
    return only(images, size, lambda shape: tuple(layer.compute_output_shape(shape)), (images, rows, columns, filters))


def torch_images(images, size, kernel, filters):
    rows, columns = size[0] - kernel[0] + 1, size[1] - kernel[1] + 1
    layer = torch_layer(kernel, filters)
    return only(
        images, size, lambda s: tuple(layer(torch.zeros(s, device="meta")).shape), (images, filters, rows, columns)
    )


def only(images, size, layer, wanted):
    good = []
    for shape in permutations((images, *size, 3)):
        try:
            if layer(shape) == wanted:
                good.append(shape)
        except (RuntimeError, ValueError):  # the layer refuses this order
            continue
    return good[0] if len(good) == 1 else None


def labels(images, classes):
    return tuple(keras.utils.to_categorical(np.zeros(images, int), classes).shape)
