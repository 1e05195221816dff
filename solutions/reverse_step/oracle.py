import numpy as np


def clean(noisy, estimate, abar):
    """The start that, noised with this noise, gives the pixel."""
    return float(np.linalg.solve([[np.sqrt(abar)]], [noisy - np.sqrt(1 - abar) * estimate])[0])


def posterior_mean(noisy, start, beta, abar):
    """E[x at t−1] given its two neighbours in the chain: two Gaussians weighed by their precisions."""
    before = abar / (1 - beta)
    from_start, from_noisy = np.sqrt(before) * start, noisy / np.sqrt(1 - beta)
    weight = np.array([1 / (1 - before), (1 - beta) / beta])
    return float(weight @ [from_start, from_noisy] / weight.sum())


def mean(noisy, estimate, beta, abar):
    return posterior_mean(noisy, clean(noisy, estimate, abar), beta, abar)


def previous(noisy, estimate, beta, abar, z):
    """z stretched until its variance is beta."""
    coin = np.array([-1.0, 1.0])
    return mean(noisy, estimate, beta, abar) + z * float(np.sqrt(beta / np.var(coin)))
