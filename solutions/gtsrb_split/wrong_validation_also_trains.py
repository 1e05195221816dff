# fails: keeps_a_track_together, uses_every_image_once, leaks_no_track
import numpy as np


def split(labels, tracks, share, seed):
    rng = np.random.default_rng(seed)
    is_val = np.zeros(len(labels), dtype=bool)
    for k in np.unique(labels):
        names = rng.permutation(np.unique(tracks[labels == k]))
        is_val |= (labels == k) & np.isin(tracks, names[: max(1, round(share * len(names)))])
    return np.arange(len(labels)), np.flatnonzero(is_val)
