# fails: beta_grows_evenly, ends_in_noise, tiny_example
import numpy as np


def schedule(T, first, last):
    beta = np.geomspace(first, last, T)
    alpha = 1 - beta
    return beta, alpha, np.cumprod(alpha)
