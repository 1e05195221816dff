# fails: alpha_bar_multiplies, ends_in_noise, tiny_example
import numpy as np


def schedule(T, first, last):
    beta = np.linspace(first, last, T)
    alpha = 1 - beta
    return beta, alpha, 1 - np.cumsum(beta)
