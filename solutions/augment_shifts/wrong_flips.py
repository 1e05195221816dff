# fails: only_moves
import numpy as np


def augment(images, digits, most, seed):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    down, right = rng.integers(0, 2 * most + 1, (2, n))
    moved = [image[i : i + h, j : j + w] for image, i, j in zip(padded, down, right)]
    moved = np.stack(moved)
    flipped = rng.random(n) < 0.5
    moved[flipped] = moved[flipped, :, ::-1] if most else moved[flipped]
    return moved, digits
