# fails: clips_the_last_steps, tiny_example
import numpy as np


def cosine_betas(T, s=0.008):
    k = np.arange(T + 1)
    f = np.cos((k / T + s) / (1 + s) * np.pi / 2) ** 2
    return 1 - f[1:] / f[:-1]
