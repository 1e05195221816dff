import numpy as np


def noisy(abar, pixels, noise):
    """By rotating (image, noise): two weights whose squares keep the variance, at the angle where the image has its share."""
    angle = np.arccos(np.sqrt(abar))
    turned = np.array([[np.cos(angle), np.sin(angle)]]) @ np.array([pixels, noise])
    return dict(zip(("first", "second", "third"), turned[0].tolist(), strict=True))
