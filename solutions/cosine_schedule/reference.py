import numpy as np


def cosine_betas(T, s=0.008):
    k = np.arange(T + 1)
    f = np.cos((k / T + s) / (1 + s) * np.pi / 2) ** 2
    return np.minimum(1 - f[1:] / f[:-1], 0.999)
