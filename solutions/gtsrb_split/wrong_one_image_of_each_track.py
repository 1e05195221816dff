# fails: keeps_a_track_together, uses_every_image_once
import numpy as np


def split(labels, tracks, share, seed):
    rng = np.random.default_rng(seed)
    train, val = [], []
    for k in np.unique(labels):
        names = rng.permutation(np.unique(tracks[labels == k]))
        cut = max(1, round(share * len(names)))
        for rank, name in enumerate(names):
            (val if rank < cut else train).append(np.flatnonzero((labels == k) & (tracks == name))[0])
    return train, val
