# fails: keeps_a_track_together, leaks_no_track, gives_every_class_its_share
import numpy as np


def split(labels, tracks, share, seed):
    order = np.random.default_rng(seed).permutation(len(labels))
    cut = round(share * len(labels))
    return order[cut:], order[:cut]
