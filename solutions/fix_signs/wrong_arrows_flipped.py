# fails: arrows_are_not_mirrored, whole_script
import numpy as np


def resized(photo, size):
    width, height = size
    rows = np.arange(height) * photo.shape[0] // height
    columns = np.arange(width) * photo.shape[1] // width
    return photo[rows][:, columns]


def cooked(photos, width, height):
    x = np.array([resized(photo, (width, height)) for photo in photos])
    return x / 255


def split(x, y, tracks, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(tracks))
    held_out = names[: round(share * len(names))]
    is_val = np.isin(tracks, held_out)
    train = x[~is_val], y[~is_val]
    val = x[is_val], y[is_val]
    return *train, *val


def with_mirrors(x, y, symmetric):
    mirrored = np.full(len(y), True)
    mirrors = x[mirrored, :, ::-1]
    x = np.concatenate([x, mirrors])
    y = np.concatenate([y, y[mirrored]])
    return x, y
