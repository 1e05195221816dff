import numpy as np

REMEDIES = {
    "good": "keep",
    "over": "regularise",
    "lr_large": "lower_rate",
    "regularised": "keep_dropout",
    "under": "bigger",
    "lr_small": "raise_rate",
}


def situation(losses):
    """Read off the curves themselves, as a person would: jumps, slope at the end, gap, level."""
    train, val = (np.array(losses[name]) for name in ("train", "val"))
    if np.abs(np.diff(train)).mean() > 0.2:
        return "lr_large"
    if val[-5:].mean() > val.min() + 0.3:
        return "over"
    if val[-5:].mean() < train[-5:].mean() - 0.1:
        return "regularised"
    if val[-5:].mean() < 0.8:
        return "good"
    return "lr_small" if val[-15:-10].mean() - val[-5:].mean() > 0.1 else "under"


def remedy(losses):
    return REMEDIES[situation(losses)]
