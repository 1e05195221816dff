# fails: has_the_shape, keeps_channels_together, keeps_pixels_in_place
import numpy as np


def to_channels_first(batch):
    return np.transpose(batch, (0, 2, 3, 1))
