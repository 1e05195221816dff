import numpy as np
import torch
from keras import layers


def width(n, **arguments):
    return torch.nn.MaxPool2d(**arguments)(torch.zeros(1, 1, n, n)).shape[-1]


def size(n, k, s):
    return width(n, kernel_size=k, stride=s)


def ceil_size(n, k, s):
    return width(n, kernel_size=k, stride=s, ceil_mode=True)


def output(n, k, maps):
    return tuple(layers.MaxPooling2D(k)(np.zeros((1, n, n, maps), "float32")).shape[1:])
