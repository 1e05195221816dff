# fails: beta_runs_from_first_to_last, tiny_example
import numpy as np


def schedule(T, first, last):
    beta = np.linspace(first, last, 1000)
    alpha = 1 - beta
    return beta, alpha, np.cumprod(alpha)
