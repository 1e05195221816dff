import numpy as np


def to_channels_first(batch):
    return np.transpose(batch, (0, 3, 1, 2))
