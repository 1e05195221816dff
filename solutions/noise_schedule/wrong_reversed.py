# fails: alpha_bar_starts_after_one_step, beta_runs_from_first_to_last, tiny_example
import numpy as np


def schedule(T, first, last):
    beta = np.linspace(last, first, T)
    alpha = 1 - beta
    return beta, alpha, np.cumprod(alpha)
