import numpy as np


def q_sample(x0, t, noise, alpha_bar):
    kept = np.take(alpha_bar, t)
    return (np.sqrt(kept) * x0.T + np.sqrt(1 - kept) * noise.T).T
