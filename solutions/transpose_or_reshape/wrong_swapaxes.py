# fails: has_the_shape, keeps_pixels_in_place
import numpy as np


def to_channels_first(batch):
    return np.swapaxes(batch, 1, 3)
