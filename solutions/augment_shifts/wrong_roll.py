# fails: only_moves, reaches_every_shift
import numpy as np


def augment(images, digits, most, seed):
    rng = np.random.default_rng(seed)
    shifts = rng.integers(-most, most + 1, (len(images), 2))
    return np.stack([np.roll(image, shift, (0, 1)) for image, shift in zip(images, shifts)]), digits
