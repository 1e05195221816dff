import numpy as np


def cooked(photos, width, height):
    out = np.empty((len(photos), height, width, 3))
    for image, photo in zip(out, photos):
        rows = np.linspace(0, len(photo) - 1, height).round().astype(int)
        columns = np.linspace(0, photo.shape[1] - 1, width).round().astype(int)
        image[...] = photo[np.ix_(rows, columns)]
    return np.divide(out, 255.0)


def split(x, y, tracks, share, seed):
    """Tracks are taken at random until there are enough photos."""
    rng = np.random.RandomState(seed)
    names, sizes = np.unique(tracks, return_counts=True)
    held_out = np.zeros(len(x), dtype=bool)
    for k in rng.permutation(len(names)):
        if held_out.sum() + sizes[k] / 2 > share * len(x):
            break
        held_out |= np.asarray(tracks) == names[k]
    return x[~held_out], y[~held_out], x[held_out], y[held_out]


def with_mirrors(x, y, symmetric):
    kept = [i for i in range(len(y)) if y[i] in list(symmetric)]
    return np.vstack([x, np.flip(x[kept], axis=2)]), np.hstack([y, y[kept]])
