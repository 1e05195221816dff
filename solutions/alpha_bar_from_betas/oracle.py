import numpy as np


def abar(betas):
    """Step after step, the exact variance that an image of variance 1 brings to a chain x ← √(1 − β)·x + √β·z."""
    x, found = np.array([-1.0, 1.0]), []
    for beta in betas:
        x = np.sqrt(1 - beta) * x  # the noise is independent of the image: it takes nothing from its part
        found.append(float(np.var(x)))
    return dict(zip(("one", "two", "three", "four"), found, strict=True))
