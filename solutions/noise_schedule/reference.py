import numpy as np


def schedule(T, first, last):
    beta = np.linspace(first, last, T)
    alpha = 1 - beta
    return beta, alpha, np.cumprod(alpha)
