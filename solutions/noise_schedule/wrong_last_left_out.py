# fails: beta_runs_from_first_to_last, ends_in_noise, tiny_example
import numpy as np


def schedule(T, first, last):
    beta = np.linspace(first, last, T, endpoint=False)
    alpha = 1 - beta
    return beta, alpha, np.cumprod(alpha)
