import math

import numpy as np

# Noise with exactly the moments of a standard normal up to the second: two values, as likely as each other.
COIN = np.array([-1.0, 1.0])


def noisy(a, x, e):
    """The rotation by the angle whose squared cosine is a: it keeps the variance, and leaves the image its share."""
    angle = math.acos(math.sqrt(a))
    return math.cos(angle) * x + math.sin(angle) * e


def clean():
    """The only option that undoes the noising."""
    a, x, e = 0.3, 0.7, -1.1
    xt, r, s = noisy(a, x, e), math.sqrt(1 - a), math.sqrt(a)
    options = {
        "estimate": (xt - r * e) / s,
        "no_root": (xt - (1 - a) * e) / a,
        "swapped": (xt - s * e) / r,
        "added": (xt + r * e) / s,
        "undivided": xt - r * e,
    }
    (found,) = (name for name, value in options.items() if abs(value - x) < 1e-9)
    return found


def noisy_mean(abar, mean):
    return float(np.mean([noisy(abar, mean, e) for e in COIN]))


def noisy_variance(abar, variance):
    return float(np.var([noisy(abar, x, e) for x in COIN * math.sqrt(variance) for e in COIN]))
