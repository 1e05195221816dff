# fails: depends_on_the_seed_alone
import numpy as np


def split(labels, tracks, share, seed):
    is_val = np.zeros(len(labels), dtype=bool)
    for k in np.unique(labels):
        names = np.unique(tracks[labels == k])
        is_val |= (labels == k) & np.isin(tracks, names[: max(1, round(share * len(names)))])
    return np.flatnonzero(~is_val), np.flatnonzero(is_val)
