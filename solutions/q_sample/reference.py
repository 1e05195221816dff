import numpy as np


def q_sample(x0, t, noise, alpha_bar):
    kept = alpha_bar[t].reshape(-1, 1, 1, 1)
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise
