# fails: gives_every_class_its_share
import numpy as np


def split(labels, tracks, share, seed):
    pairs = np.random.default_rng(seed).permutation(np.unique(np.stack([labels, tracks], 1), axis=0))
    held_out = {tuple(pair) for pair in pairs[: round(share * len(pairs))]}
    is_val = np.array([pair in held_out for pair in zip(labels, tracks)])
    return np.flatnonzero(~is_val), np.flatnonzero(is_val)
