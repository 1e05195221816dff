# fails: gives_every_class_its_share
import numpy as np


def split(labels, tracks, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(tracks))
    is_val = np.isin(tracks, names[: round(share * len(names))])
    return np.flatnonzero(~is_val), np.flatnonzero(is_val)
