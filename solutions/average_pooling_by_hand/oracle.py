import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras as real_keras
import numpy as np
import torch

same_pooling = real_keras.layers.AveragePooling2D(3, strides=2, padding="same")


def pytorch(image):
    return torch.nn.AvgPool2d(3, stride=2, padding=1)(torch.tensor(image, dtype=torch.float64)[None, None])[
        0, 0
    ].tolist()


def keras(image):
    return same_pooling(np.float32(image)[None, :, :, None])[0, :, :, 0].numpy(force=True).tolist()


def option(image):
    """The option under which both layers agree."""
    x = torch.tensor(image, dtype=torch.float64)[None, None]
    tried = {"count_include_pad": {"count_include_pad": False}, "ceil_mode": {"ceil_mode": True}}
    for name, options in tried.items():
        found = torch.nn.AvgPool2d(3, stride=2, padding=1, **options)(x)[0, 0].numpy()
        if np.allclose(found, keras(image), atol=1e-5):
            return name
    return "none of them"
