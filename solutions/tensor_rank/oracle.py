import keras
import numpy as np
from keras import layers


def ranks(rows, batch, side):
    images = np.zeros((batch, side, side, 3), "float32")
    convolution = layers.Conv2D(4, 3)
    convolution.build(images.shape)
    labels = np.zeros(batch, int)
    one_hot = keras.utils.to_categorical(labels, 10)
    tensors = {
        "grey_image": images[0, :, :, 0],
        "colour_image": images[0],
        "colour_batch": images,
        "video_batch": np.stack([images, images], axis=1),
        "sound_batch": np.zeros((batch, 16000, 2)),
        "integer_labels": labels,
        "one_hot_labels": one_hot,
        "loss": keras.losses.CategoricalCrossentropy()(one_hot, one_hot),
        "kernel": convolution.kernel,
        "flattened": layers.Flatten()(images),
    }
    return {row: len(tensors[row].shape) for row in rows}


def numbers(batch, side):
    return np.zeros((batch, side, side, 3), "float32").size
