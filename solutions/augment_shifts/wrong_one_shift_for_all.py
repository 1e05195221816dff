# fails: moves_each_image_its_own_way, reaches_every_shift
import numpy as np


def augment(images, digits, most, seed):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    down, right = rng.integers(0, 2 * most + 1, (2, 1)).repeat(n, 1)
    moved = [image[i : i + h, j : j + w] for image, i, j in zip(padded, down, right)]
    return np.stack(moved), digits
