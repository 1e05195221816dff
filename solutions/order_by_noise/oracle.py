import numpy as np


def forward(images):
    """By the difference between neighbouring pixels, which noise makes larger."""
    rough = {name: np.abs(np.diff(np.asarray(picture), axis=1)).mean() for name, picture in images.items()}
    return tuple(sorted(rough, key=rough.get))


def level(ratios):
    shares = [r / (1 + r) for r in ratios]
    return "lower" if shares[-1] == min(shares) else "higher"
