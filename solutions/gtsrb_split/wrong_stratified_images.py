# fails: keeps_a_track_together, leaks_no_track, gives_every_class_its_share
import numpy as np


def split(labels, tracks, share, seed):
    rng = np.random.default_rng(seed)
    train, val = [], []
    for k in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == k))
        cut = round(share * len(members))
        val += members[:cut].tolist()
        train += members[cut:].tolist()
    return train, val
