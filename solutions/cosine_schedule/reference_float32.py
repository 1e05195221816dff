import numpy as np


def cosine_betas(T, s=0.008):
    s, turn = np.float32(s), np.float32(np.pi / 2)
    part = (np.arange(T + 1, dtype=np.float32) / np.float32(T) + s) / (1 + s)
    alpha_bar = np.cos(part * turn) ** 2
    beta = 1 - alpha_bar[1:] / alpha_bar[:-1]
    assert beta.dtype == np.float32
    return beta.clip(max=np.float32(0.999))
