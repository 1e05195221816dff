import numpy as np


def subset(images, scale):
    return len(np.empty(images)[: int(images * scale)])


def validation(largest, frames, share):
    track = np.repeat(np.arange(largest), frames)
    return int(np.isin(track, np.arange(largest)[: int(largest * share)]).sum())


def imbalance(largest, smallest, frames):
    counts = np.bincount([0] * (largest * frames) + [1] * (smallest * frames))
    return counts.max() / counts.min()
