import numpy as np


def split(labels, tracks, share, seed):
    rng = np.random.default_rng(seed)
    is_val = np.zeros(len(labels), dtype=bool)
    for k in np.unique(labels):
        names = rng.permutation(np.unique(tracks[labels == k]))
        held_out = names[: max(1, round(share * len(names)))]
        is_val |= (labels == k) & np.isin(tracks, held_out)
    return np.flatnonzero(~is_val), np.flatnonzero(is_val)
