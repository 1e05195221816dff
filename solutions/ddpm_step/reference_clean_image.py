import numpy as np


def ddpm_step(x, t, predicted, z, beta):
    kept = np.prod(1 - beta[: t + 1])
    before = np.prod(1 - beta[:t])
    clean = (x - np.sqrt(1 - kept) * predicted) / np.sqrt(kept)
    mean = np.sqrt(before) * beta[t] * clean + np.sqrt(1 - beta[t]) * (1 - before) * x
    return mean / (1 - kept) + (t > 0) * np.sqrt(beta[t]) * z
