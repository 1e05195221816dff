import numpy as np
import torch
from keras import layers


def torch_size(i, k, s, p, extra):
    layer = torch.nn.ConvTranspose2d(1, 1, kernel_size=k, stride=s, padding=p, output_padding=extra)
    with torch.no_grad():
        return layer(torch.zeros(1, 1, i, i)).shape[-1]


def keras_size(i, k, s, mode):
    layer = layers.Conv2DTranspose(1, kernel_size=k, strides=s, padding=mode)
    return layer(np.zeros((1, i, i, 1), "float32")).shape[1]
