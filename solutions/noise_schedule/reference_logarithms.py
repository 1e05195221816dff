import numpy as np


def schedule(T, first, last):
    alpha = np.linspace(1 - first, 1 - last, T)
    return 1 - alpha, alpha, np.exp(np.cumsum(np.log(alpha)))
