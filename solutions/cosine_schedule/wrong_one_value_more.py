# fails: as_many_values_as_steps, clips_the_last_steps, follows_the_cosine, tiny_example, uses_the_offset
import numpy as np


def cosine_betas(T, s=0.008):
    k = np.arange(T + 1)
    f = np.cos((k / T + s) / (1 + s) * np.pi / 2) ** 2
    return np.minimum(1 - f, 0.999)
