import numpy as np


def to_channels_first(batch):
    return np.moveaxis(batch, -1, 1)
