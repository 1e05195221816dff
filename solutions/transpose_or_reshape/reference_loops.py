import numpy as np


def to_channels_first(batch):
    images, rows, columns, channels = batch.shape
    result = np.zeros((images, channels, rows, columns), batch.dtype)
    for c in range(channels):
        result[:, c] = batch[:, :, :, c]
    return result
