# fails: keeps_pixels_in_place
import numpy as np


def to_channels_first(batch):
    return np.stack([batch[..., c] for c in range(3)], axis=1)
