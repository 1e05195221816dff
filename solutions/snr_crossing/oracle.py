import numpy as np

COIN = np.array([-1.0, 1.0])  # mean 0, variance 1


def snr(abar):
    """The variances of the two terms, measured."""
    return float(np.var(np.sqrt(abar) * COIN) / np.var(np.sqrt(1 - abar) * COIN))


def first_below(beta):
    """Step by step."""
    share = np.cumprod(np.full(2000, 1 - beta))
    return int(np.argmax(share / (1 - share) < 1)) + 1
